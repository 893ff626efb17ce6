from __future__ import annotations

import pytest

from rehabcoder.language.minutes import Candidate, attach
from rehabcoder.language.note_minutes import Minutes, as_its_neighbours, in_order
from rehabcoder.language.reading import read

LABELS = {"Aquatic": "97113", "TE": "97110", "MT": "97140", "TA": "97530", "NMR": "97112"}


def minutes(text: str, *services: str, total: int | None = None) -> list[int | None]:
    """Minutes of the services, whose words and labels are given; every time within or beside them counts as theirs."""

    def score(found: list[Candidate]) -> list[float]:
        return [0.9 - 0.1 * i if c.form != "ell" else 0.1 for i, c in enumerate(found)]

    spans = [(text.index(words), text.index(words) + len(words)) for words in services]
    labels = [next((code for name, code in LABELS.items() if words.startswith(name)), None) for words in services]
    names = [(label, label or "97110") for label in labels]
    found = attach(read(text), spans, names, total, score, [False] * len(spans))  # type: ignore[arg-type]
    return [m.minutes for m in found]


@pytest.mark.parametrize(
    ("text", "services", "answer"),
    [
        ("TE, TA x 12 min each\nTE: rows\nTA: crates", ["TE: rows", "TA: crates"], [12, 12]),
        ("We did bridges and lifted crates, ten minutes each.", ["bridges", "lifted crates"], [10, 10]),
        ("Seen 9 wk post op. 12 ea: treadmill, then crates, f/b steps. Back Weds.", ["treadmill", "crates", "steps"], [12, 12, 12]),
        ("12 min each: treadmill, then crates", ["treadmill", "crates"], [12, 12]),
        ("12' each on treadmill and crates", ["treadmill", "crates"], [12, 12]),
        ("12 min apiece - treadmill, crates. Then rows.", ["treadmill", "crates", "rows"], [12, 12, None]),
        ("INTERVENTIONS GIVEN (15 MIN EACH):\nrows\ncrates", ["rows", "crates"], [15, 15]),
        ("3 blocks, 15 min each (0.75 h):\nrows\ncrates\nglides", ["rows", "crates", "glides"], [15, 15, 15]),
        ("Blocks: 15 min each unless stated.\nrows\ncrates", ["rows", "crates"], [15, 15]),
        ("15 min each: Aquatic: rows. TE on deck: stretch.\nSore.", ["Aquatic: rows", "TE on deck: stretch"], [15, 15]),
        ("15 min per block\nrows\ncrates", ["rows", "crates"], [15, 15]),
        ("Each row was 15 min.\nrows 3x10\ncrates", ["rows 3x10", "crates"], [15, 15]),
        ("Each of the two took fifteen minutes.\nrows\ncrates", ["rows", "crates"], [15, 15]),
        ("The hour was a quarter of an hour each on two things:\nrows\ncrates", ["rows", "crates"], [15, 15]),
    ],
)  # fmt: skip
def test_a_time_said_for_each_is_that_of_the_services_it_speaks_of(text, services, answer):
    assert minutes(text, *services) == answer


@pytest.mark.parametrize(
    "text",
    [
        "She drives about forty minutes each way.\nTE: rows\nTA: crates",
        "Walks the dog twenty minutes each morning.\nTE: rows\nTA: crates",
        "Home: TE and TA 10 min each.\nTE: rows\nTA: crates",
        "Plan: TE, TA, thirty minutes each.\nTE: rows\nTA: crates",
        "Reps 12 ea: left, right\nTE: rows\nTA: crates",
        "TE, TA: 2 min each round\nTE: rows\nTA: crates",
        "15 min per visit is what her plan allows.\nTE: rows\nTA: crates",
        "A sheet of stretches, eight minutes each.\nTE: rows\nTA: crates",
    ],
)
def test_a_time_for_each_of_other_things_is_nobodys(text):
    assert minutes(text, "TE: rows", "TA: crates") == [None, None]


@pytest.mark.parametrize(
    "text",
    [
        "TE: rows, MT: glides, 25 min together",
        "TE: rows, MT: glides, 25 min for both",
        "TE: rows, MT: glides, these two x 25 min",
        "TE: rows, MT: glides, 25 min for the two of them",
        "TE: rows, MT: glides - combined 25 min",
        "TE: rows, MT: glides, 25 min not split",
        "TE: rows, MT: glides, 25 min both",
        "TE: rows, MT: glides = 25 min the both.",
        "TE: rows. MT: glides. Those two took 25 min with rests.",
        "TE: rows. MT: glides. These took 25 min together.",
        "TE: rows; MT: glides; the two together lasted 25 minutes",
    ],
)
def test_a_time_of_several_services_together_is_nobodys(text):
    assert minutes(text, "TE: rows", "MT: glides") == [None, None]


def test_the_time_behind_two_names_or_their_heading_is_nobodys():
    assert minutes("Sore. te + ta 30m; gait 15 min cane.", "te +", "ta 30m", "gait 15 min cane") == [None, None, 15]
    assert minutes("TE 15m / NMR 15m", "TE 15m /", "NMR 15m") == [15, 15]
    assert minutes("For the first half hour we did rows, then lifted crates.", "rows", "lifted crates") == [None, None]
    text = "TE/NMR 25 min: rows, bridges; stance on foam"
    assert minutes(text, "TE/NMR 25 min: rows, bridges", "stance on foam") == [None, None]
    assert minutes(text, text) == [25]


def test_together_within_one_service_is_its_time():
    assert minutes("TE: rows and bridges, 25 min together", "TE: rows and bridges, 25 min together") == [25]
    assert minutes(
        "TE: rows for both arms 10 min\nMT: glides 8 min", "TE: rows for both arms 10 min", "MT: glides 8 min"
    ) == [10, 8]


@pytest.mark.parametrize("line", ["-- 24 min", "24 min", "= 24 minutes"])
def test_a_time_on_a_line_of_its_own_is_that_of_the_block_above(line):
    text = f"TREADMILL\nslow, long steps\n{line}\n\nSTEPS\ntwo rails\n-- 9 min\n\nTired."
    assert minutes(text, "TREADMILL\nslow, long steps", f"{line}\n\nSTEPS\ntwo rails") == [24, 9]
    assert minutes(text, "TREADMILL\nslow, long steps", "STEPS\ntwo rails") == [24, 9]


def test_a_time_on_a_line_above_a_block_is_not_that_of_the_one_before():
    text = "TREADMILL\nslow, long steps\n\n12 min\nSTEPS, two rails"
    assert minutes(text, "slow, long steps", "12 min\nSTEPS, two rails") == [None, 12]


@pytest.mark.parametrize(
    ("text", "services", "answer"),
    [
        ("From 1:10 to 1:25 gait in the hall. From 1:25 to 1:45 stairs.", ["gait in the hall. From 1:25 to 1:45", "stairs"], [15, 20]),
        ("For fifteen minutes, crates to the shelf. Then ten minutes of rows.", ["crates to the shelf", "rows"], [15, 10]),
        ("30 minutes wheelchair work, 97542: up the ramp. 15 min of rows.", ["97542: up the ramp", "rows"], [30, 15]),
        ("crates to the shelf, 12 min. rows in standing, 9 min.", ["crates to the shelf", "rows in standing"], [12, 9]),
    ],
)  # fmt: skip
def test_a_time_that_opens_or_closes_the_sentence_beside_a_service_is_its_own(text, services, answer):
    assert minutes(text, *services) == answer


def test_a_footer_beats_a_dose_within_the_service():
    text = "TE: rows\nTA: wrench overhead, 2 min on, 1 off\nTE 14 / TA 16"
    assert minutes(text, "TE: rows", "TA: wrench overhead, 2 min on, 1 off") == [14, 16]


def test_a_footer_beats_a_figure_without_its_unit():
    text = "TE\ntable slides x20\nER isometrics x10\nMT\nglides, grade III\nTE 15  MT 10"
    assert minutes(text, "TE\ntable slides x20\nER isometrics x10", "MT\nglides, grade III") == [15, 10]


def test_a_billing_table_that_says_the_minutes_twice_gives_them():
    text = "TE: rows\nTA: crates\n\nCPT    time         min\n97110  0900-0916    16\n97530  0916-0930    14"
    assert minutes(text, "TE: rows", "TA: crates") == [16, 14]


def test_minutes_written_out_beat_the_clock():
    assert minutes("TE 1:05-1:20 (20 min): rows", "TE 1:05-1:20 (20 min): rows") == [20]
    assert minutes("TE 1:05-1:20: rows, bike 2 min", "TE 1:05-1:20: rows, bike 2 min") == [15]
    text = "Code\tTime\tMin\tWhat\nTE\t1:05-1:25\t15\trows"
    assert minutes(text, "TE\t1:05-1:25\t15\trows") == [15]


def test_the_rest_of_the_time_is_what_the_others_leave():
    text = "MT: glides 10 min\nTE: rows had the rest of the time\nTotal 35 min"
    assert minutes(text, "MT: glides 10 min", "TE: rows had the rest of the time", total=35) == [10, 25]


def test_the_rest_is_that_of_the_service_that_stands_beside_it():
    text = "MT: glides 10 min\nTE: rows\nHe was tired for the rest of the session.\nTotal 35 min"
    assert minutes(text, "MT: glides 10 min", "TE: rows", total=35) == [10, None]


def test_a_place_may_stand_between_a_time_and_its_service():
    text = "Seen today. Thirty minutes in the water, aquatic steps. Then ramps, twelve minutes."
    assert minutes(text, "aquatic steps", "ramps, twelve minutes") == [30, 12]


def test_the_time_of_one_row_gives_way_to_a_table_that_gives_the_service_more():
    text = "bike\t6 min\npress\t3x10\nMT thumbs\tIII\nCharges\nTE 97110\t20\t1\nMT 97140\t10\t1"
    assert minutes("TE rows\n" + text, "TE rows\nbike\t6 min\npress\t3x10", "MT thumbs\tIII") == [20, 10]
    assert minutes("TE rows, press 6 min\nCharges\nTE 97110\t20\t1\nMT 97140\t10\t1", "TE rows, press 6 min") == [6]


def test_rows_of_one_code_go_to_its_services_in_order():
    text = "TA crates\nTA stairs\nCharges\nTA 97530\t18\t1\nTA 97530\t9\t1"
    assert minutes(text, "TA crates", "TA stairs") == [18, 9]


def test_a_heading_of_two_codes_gives_its_time_to_neither():
    assert minutes("NMR / TA 26 min\nfoam stance\nTA: crates", "foam stance", "TA: crates") == [None, None]


@pytest.mark.parametrize(("total", "answer"), [(30, [20, None]), (15, [20, 15])])
def test_a_stated_total_is_no_services_own_time_unless_it_cannot_be_one(total, answer):
    text = f"TE: rows 20 min\nTA: crates {total} min in all"
    services = ["TE: rows 20 min", f"TA: crates {total} min in all"]
    span = (text.index(f"{total} min in"), len(text))
    found = attach(
        read(text),
        [(text.index(s), text.index(s) + len(s)) for s in services],
        [("97110", "97110"), ("97530", "97530")],
        total,
        lambda found: [0.9] * len(found),
        [False, False],
        span,
    )
    assert [m.minutes for m in found] == answer


def test_the_row_of_minutes_of_a_flowsheet_closes_its_block():
    text = (
        "LOG        3/4        3/6\n"
        "TE\n rows      x8         x10\n min       12         14\n"
        "TA\n crates    x4         x6\n min       8          9"
    )
    services = ["TE\n rows      x8         x10", "min       12         14\nTA\n crates    x4         x6"]
    assert minutes(text, *services) == [14, 9]


@pytest.mark.parametrize(
    ("closing", "total", "answer"),
    [
        ("The rows took fourteen minutes, the crates nine.", None, [14, 9]),
        ("Rows 14 minutes, crates 9, twenty-three timed minutes in all.", 23, [14, 9]),
        ("The rows took fourteen minutes, the crates nine.", 30, [None, None]),
        ("The rows took fourteen minutes, the crates nine, the walk eight.", None, [None, None]),
        ("At home do rows for fourteen minutes, crates nine.", None, [None, None]),
        ("Do the rows fourteen minutes, heat for ten minutes before bed.", None, [None, None]),
    ],
)
def test_a_sentence_that_sums_up_gives_each_service_its_time_in_order(closing, total, answer):
    text = f"He began with rows. He went on to crates. He felt well and kept his shoulder low. {closing}"
    assert minutes(text, "He began with rows.", "He went on to crates.", total=total) == answer


@pytest.mark.parametrize(
    "text",
    [
        "TE: rows // TA: crates // HEP wall sits against the kitchen door // TE 12 / TA 15 // next v planks",
        "TE: rows // TA: crates // next wk planks and the tall box, if quiet // TE 12 // TA 15",
    ],
)
def test_double_slashes_part_the_home_programme_from_a_footer(text):
    assert minutes(text, "TE: rows", "TA: crates") == [12, 15]


@pytest.mark.parametrize(
    "footer",
    [
        "MINUTES  TE 21  MT 9   Timed 30",
        "Min: TE 21, MT 9. Timed 30",
        "TE 21 / MT 9 / total 30",
        "TE 21 MT 9 min  Total 30 min",
        "TE 21, MT 9  timed min 30",
        "TE total 21 min, MT total 9 min",
    ],
)
def test_the_figure_of_a_total_takes_no_label_its_minutes(footer):
    assert minutes(f"TE: rows\nMT: glides\nPain 2/10.\n{footer}", "TE: rows", "MT: glides") == [21, 9]


def test_two_times_of_one_label_are_those_of_two_services_or_of_one():
    assert minutes("TA: crates\nTA: stairs\nTE: rows\n\nTA 13 + 15   TE 9", "TA: crates", "TA: stairs", "TE: rows") == [
        13,
        15,
        9,
    ]
    assert minutes("TA: crates\nTE: rows\n\nTA 13+15, TE 9", "TA: crates", "TE: rows") == [28, 9]
    assert minutes("TA: crates\nTE: rows\n\nTA 13 + 2 sets, TE 9", "TA: crates", "TE: rows") == [13, 9]


def test_a_time_between_them_is_nobodys_even_where_one_service_was_found():
    assert minutes("TE: rows, glides, 25 min between them // then home", "TE: rows, glides, 25 min between them") == [
        None
    ]


@pytest.mark.parametrize("together", ["[both (28)]", "(both 28 min)", "- both 28 min", "; together 28 min"])
def test_a_time_of_both_is_that_of_the_line_above_too(together):
    assert minutes(f"TE: rows 3x10\nTA: crates to shelf {together}\nMT: glides 12 min", "TE: rows 3x10",
                   f"TA: crates to shelf {together}", "MT: glides 12 min") == [None, None, 12]  # fmt: skip


def test_a_time_for_both_of_something_else_is_that_of_its_service():
    text = "TE: rows 3x10\nMT: glides to both x 28 min"
    assert minutes(text, "TE: rows 3x10", "MT: glides to both x 28 min") == [None, 28]


@pytest.mark.parametrize(
    "text",
    [
        "I spent half an hour on two things, TE: rows, TA: crates",
        "30 minutes were given in two parts, TE: rows, TA: crates",
    ],
)
def test_a_time_on_several_things_is_no_single_ones(text):
    begin = text.index("TE")
    found = minutes(text, text[begin : text.index(", TA")], "TA: crates")
    assert found == [None, None]


def test_the_minutes_of_one_row_are_not_those_of_several_that_share_a_time_with_others():
    text = "TE rows 3x10\nbike 8 min\nTA stairs\nTE squats\nMinutes: TE 26, TA 12"
    assert minutes(text, "TE rows 3x10\nbike 8 min", "TA stairs", "TE squats") == [None, 12, None]


@pytest.mark.parametrize(
    ("lead", "answer"),
    [("In the first 40 minutes of the visit", None), ("Over the following 28 minutes", None), ("For 20 minutes", 20)],
)
def test_a_time_that_opens_a_sentence_of_several_services_is_theirs_together(lead, answer):
    text = f"{lead} rows were done with the band, as well as lifting crates to the shelf. Ice 10 min."
    services = [text[: text.index(", as well")], "lifting crates to the shelf"]
    assert minutes(text, *services)[0] == answer
    alone = f"{lead} rows were done with the band. Ice 10 min."
    assert minutes(alone, alone[: alone.index(". Ice")]) == [int(lead.split(" minutes")[0].split()[-1])]


TABLE = "| MT calf | 10 |\n| TE rows | |\n| NMR foam | 30 |\n| TA crates | |\n"


@pytest.mark.parametrize(
    "says",
    [
        "Rows 2-4 share the 30.",
        "The 30 covers rows 2 to 4.",
        "TE, NMR and TA split the 30 min.",
        "30 min was shared between TE, NMR and TA",
    ],
)
def test_a_figure_that_rows_share_is_no_single_ones(says):
    services = ["MT calf | 10", "TE rows", "NMR foam | 30", "TA crates"]
    assert minutes(TABLE + says, *services) == [10, None, None, None]


@pytest.mark.parametrize("says", ["Split squats 30 each side", "She shares a room with 30 others", "PT share 30 of 60"])
def test_what_is_shared_otherwise_leaves_the_time_of_a_row(says):
    assert minutes(TABLE + says, "MT calf | 10", "TE rows", "NMR foam | 30", "TA crates")[2] == 30


def test_a_time_of_three_rows_of_different_codes_is_no_single_ones():
    text = "MT: calf 9 min\nTE: rows\nNMR: foam\nTA: crates\t30 min all 3"
    services = ["MT: calf 9 min", "TE: rows", "NMR: foam", "TA: crates\t30 min"]
    assert minutes(text, *services) == [9, None, None, None]
    assert minutes(text.replace("NMR: foam", "NMR: foam 8 min"), *services) == [9, None, 8, 30]


@pytest.mark.parametrize(
    "says",
    [
        "We went into the pool at 2:00 and left it at 2:26.",
        "In the water 2:00, out 2:26.",
        "He entered the water at 11:45 and was out of it by 12:11.",
        "To pool 2:00 am, exited 2:26.",
    ],
)
def test_the_time_in_the_water_is_that_of_the_aquatic_service(says):
    text = says + "\nAquatic: laps, wall squats\nTE: rows 9 min"
    assert minutes(text, "Aquatic: laps, wall squats", "TE: rows 9 min") == [26, 9]
    assert minutes(text.replace("wall squats", "8 min"), "Aquatic: laps, 8 min", "TE: rows 9 min") == [8, 9]


@pytest.mark.parametrize(
    "says", ["In the pool at home 2:00, out 2:26.", "Arrived 2:00, left 2:26.", "In the water 2:00 and felt well."]
)
def test_other_times_of_day_are_not_the_time_in_the_water(says):
    text = says + "\nAquatic: laps, wall squats\nTE: rows 9 min"
    assert minutes(text, "Aquatic: laps, wall squats", "TE: rows 9 min") == [None, 9]


def doubtful(text: str, *services: str) -> list[int | None]:
    """Minutes of the services where the words leave every time of the first in doubt, and none of the others'."""
    spans = [(text.index(words), text.index(words) + len(words)) for words in services]

    def score(found: list[Candidate]) -> list[float]:
        marks = {"prime": 0.4, "min": 0.4, "word": 0.4}
        return [0.9 if c.start > spans[0][1] else marks.get(c.form, 0.02) for c in found]

    found = attach(read(text), spans, [(None, "97110")] * len(spans), None, score, [False] * len(spans))  # type: ignore[arg-type]
    return [m.minutes for m in found]


@pytest.mark.parametrize(
    "says",
    [
        "LAQ 2# 2x10 and standing calf raises for LE strength, 7 min.",
        "Pt ed with caregiver re night light, 7 min, who returned demo.",
        "Friction at the tendon x7', pressure backed off when he guarded.",
        "Wrist curls and forearm turns (7 min)",
        "CUFF BLOCK - 7 min\n  wall walks x15\n  ER red 3x15",
        "Seven minutes went to buttons and a zip.",
    ],
)
def test_the_only_time_said_of_a_service_is_its_own_where_the_words_leave_it_open(says):
    assert doubtful(f"{says}\nGait 80 ft, 9 min", says, "Gait 80 ft, 9 min") == [7, 9]
    assert doubtful(says, says) == [7]


@pytest.mark.parametrize(
    "says",
    [
        "Basket 8 lb to hip, carried 40' and up the stairs.",
        "Strap moved after 15 minutes of wear, checked for red marks.",
        "Cycle L3 6 min, trunk rotation stretch, rows.",
        "NuStep | 8 min | L3\nseated row | 2x12",
        "Reach to the mat, 8 min, then cones, 9 min, and putty.",
        "Rows and bridges with 2 min between.",
    ],
)
def test_a_doubtful_time_of_something_else_is_nobodys(says):
    assert doubtful(f"{says}\nGait 80 ft, 9 min", says, "Gait 80 ft, 9 min") == [None, 9]


def test_a_doubtful_time_counts_only_where_the_note_times_its_services():
    assert (
        doubtful(
            "Rows and the arm bike, 6 min, band.\nGait 80 ft", "Rows and the arm bike, 6 min, band.", "Gait 80 ft"
        )[0]
        is None
    )


@pytest.mark.parametrize(
    ("text", "answer"),
    {
        "TE lasted 20 minutes: clams, bridges.|MT glides, 8 min": [20, 8],
        "TE, 20 minutes in all. Clams, bridges.|MT glides, 8 min": [20, 8],
        "TE clams, bridges. 20 minutes in all.|MT glides, 8 min": [None, 8],
        "MT glides, 8 min|TE clams, 20 minutes in all": [8, None],
    }.items(),
)
def test_a_total_in_the_sentence_that_names_a_service_is_its_own_where_others_follow(text, answer):
    services = text.split("|")
    at = text.index("20 min")

    def score(found: list[Candidate]) -> list[float]:
        return [0.9 if c.form == "min" else 0.1 for c in found]

    spans = [(text.index(words), text.index(words) + len(words)) for words in services]
    names = [(LABELS[words[:2]], LABELS[words[:2]]) for words in services]
    found = attach(read(text), spans, names, 20, score, [False, False], (at, at + 10))  # type: ignore[arg-type]
    assert [m.minutes for m in found] == answer


@pytest.mark.parametrize(
    "head", ["CODE\tTIME\tMIN\tWORK", "CPT\tFrom-to\tMinutes\tWhat", "Code\tTime\tTx mins\tService"]
)
def test_a_figure_in_a_minutes_column_beats_a_clock_range_that_contradicts_it(head):
    services = ["97112\t0910-0930\t15\tweight shift", "97116\t0930-0942\t12\tfloor strips"]
    assert minutes("\n".join([head, *services]), *services) == [15, 12]
    assert [t.form for t in read("\n".join([head, *services])).times] == ["range", "cell"] * 2


@pytest.mark.parametrize(
    "said",
    [
        "45 min today, all of it TE except 15 min MT: glides gr III. TE was clams and bridges.",
        "45 min today, all TE except for 15 min MT: glides gr III. TE was clams and bridges.",
        "45 min today, the whole session TE apart from 15 min MT: glides gr III. TE was clams and bridges.",
    ],
)
def test_what_is_not_excepted_is_the_rest_of_the_session(said):
    services = ["MT: glides gr III.", "TE was clams and bridges."]
    spans = [(said.index(words), said.index(words) + len(words)) for words in services]

    def score(found: list[Candidate]) -> list[float]:
        return [0.9 if c.start >= said.index("15 min") else 0.1 for c in found]

    names = [("97140", "97140"), ("97110", "97110")]
    found = attach(read(said), spans, names, 45, score, [False, False], (0, 12))  # type: ignore[arg-type]
    assert [m.minutes for m in found] == [15, 30]


def test_an_exception_without_a_time_leaves_no_rest():
    assert not any(
        t.form == "rest"
        for t in read("All goals met except the stairs, 15 min MT. All pain gone except at night.").times
    )


@pytest.mark.parametrize(
    ("service", "answer"),
    [
        ("TE: NuStep 15 min L2 and leg program 12 min (LAQ, marches), tolerated", 27),
        ("TE: 15 min, NuStep and leg program", 15),
        ("TE 15 min: NuStep and leg program", 15),
        ("TE: NuStep and leg program, 15 min", 15),
    ],
)
def test_a_row_of_minutes_gives_a_service_more_than_one_thing_within_it(service, answer):
    text = f"MIN   NMR 18 | TE 27 | Total 45\n\nNMR: reaches on foam\n{service}\n"
    assert minutes(text, "NMR: reaches on foam", service) == [18, answer]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("30 min timed, 15 min each", [15, 15]),
        ("15 min each, 30 timed", [15, 15]),
        ("Timed 30 min (15 min each)", [15, 15]),
        ("15 min each = 30 min", [15, 15]),
        ("45 min timed, 15 min each", [None, None]),
        ("Bands at home 15 min each, 30 total", [None, None]),
        ("15 min each morning, 30 in all", [None, None]),
    ],
)
def test_a_line_that_gives_each_its_time_and_what_they_come_to(line: str, answer: list[int | None]) -> None:
    assert minutes(f"TE: rows\nTA: crates\n{line}", "TE: rows", "TA: crates") == answer


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        ("UBE  6 min", None),
        ("UBE        5 min      6 min", None),
        ("Bike lvl 3, 8 min", None),
        ("Bike, bands and steps, 18 min", 18),
        ("15 min", 15),
    ],
)
def test_the_time_of_a_machine_is_not_that_of_the_rows_around_it(row: str, answer: int | None) -> None:
    service = f"TE\n rows 3x10\n press 2x12\n {row}"
    assert minutes(service, service) == [answer]


def test_a_table_by_code_gives_a_service_more_than_the_machine_in_it() -> None:
    text = "TE: curls, calf raise 3x12, {} 8 min.\nMT: glides\nCODE  MIN\nTE    27\nMT    10\n"
    assert minutes(text.format("bike"), "TE: curls, calf raise 3x12, bike 8 min.", "MT: glides") == [27, 10]
    assert minutes(text.format("in all"), "TE: curls, calf raise 3x12, in all 8 min.", "MT: glides") == [8, 10]


@pytest.mark.parametrize(
    ("cell", "answer"),
    [("9:00-9:15", 15), ("15 min", 15), ("9:00-9:15 |", 15)],
)
def test_a_time_with_a_cell_of_its_own_beats_one_within_another_cell(cell, answer):
    text = f"TE | treadmill 5 min, bridges 3x10 | {cell}\nMT | glides | 10 min"
    assert minutes(text, text.partition("\n")[0], "MT | glides | 10 min") == [answer, 10]


@pytest.mark.parametrize("said", ["for 16 minutes in all", "for sixteen minutes altogether"])
def test_a_sum_said_of_a_thing_done_that_leaves_no_room_for_the_others_is_its_own(said):
    text = f"We walked for 12 minutes. He stood on foam {said}, feet together. Then rows 2x10."
    begin = text.index(said.removeprefix("for "))
    found = read(text)
    services = [text[: text.index(" He")], text[text.index("He") : text.index(" Then")], text[text.index("Then") :]]
    spans = [(text.index(words), text.index(words) + len(words)) for words in services]
    names = [(None, "97116"), (None, "97112"), (None, "97110")]
    chosen = attach(found, spans, names, 16, lambda c: [0.9] * len(c), [False] * 3, (begin, begin + 17))
    assert [m.minutes for m in chosen] == [12, 16, None]


@pytest.mark.parametrize(
    ("service", "answer"),
    [
        ("TE: bike L3 6 min, clams 3x10, rows 2x12", None),
        ("TE - nustep x 10', heel slides x20", None),
        ("TE: bike 16 min, pulse kept at 120", 16),
        ("TE 21 min: bike 6 min, clams 3x10", 21),
    ],
)
def test_the_few_minutes_of_the_machine_that_opens_a_list_are_not_those_of_the_list(service, answer):
    assert minutes(f"{service}\nMT glides 10 min", service, "MT glides 10 min") == [answer, 10]


def test_the_stated_timed_minutes_are_not_those_of_a_service_that_has_a_time_before_them():
    text = "bike for endurance, 18 min. lifted crates to the shelf, 17 min. Total timed 50 min."
    spans = [(0, text.index(" lifted")), (text.index("lifted"), len(text))]
    said = (text.index("Total timed"), len(text) - 1)

    def longest(found: list[Candidate]) -> list[float]:
        return [0.5 + c.minutes / 1000 if c.form == "min" else 0.1 for c in found]

    names = [(None, "97110"), (None, "97530")]
    found = attach(read(text), spans, names, 50, longest, [False, False], timed_span=said)
    assert [m.minutes for m in found] == [18, 17]
    assert [m.minutes for m in attach(read(text), spans, names, 50, longest, [False, False])] == [18, 50]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("10:30 to 11:15 we practiced rows, then I went over crates, and did glides.", [None, None, None]),
        ("From 10:30 to 11:15 she worked on rows, then crates and glides.", [None, None, None]),
        ("We had forty minutes this morning between rows and crates and then glides.", [None, None, None]),
        ("10:30 to 11:15 we practiced rows. Then crates and glides.", [45, None, None]),
        ("10:30 to 10:45 we practiced rows, then 15 min of crates and 10 min of glides.", [15, 15, 10]),
        ("rows with 5 min between rows and crates, glides.", [5, None, None]),
    ],
)
def test_a_time_that_opens_what_is_told_of_several_services_is_no_single_ones(text, answer):
    assert minutes(text, "rows", "crates", "glides") == answer


@pytest.mark.parametrize(
    ("service", "answer"),
    [
        ("TA: sit to stand 3x8, carry 10# bag 50 ft x 4, floor pick up x10", None),
        ("TA: bag lift 20# x20, push cart 120 ft x4, shelf stack x25.", None),
        ("TA: lifting crates and pushing a cart x15", 15),
        ("TA x15", 15),
        ("TA: sit to stand 3x8, crates x 15", 15),
    ],
)
def test_repetitions_that_close_a_list_of_them_are_no_minutes(service, answer):
    assert minutes(f"{service}\nMT: glides", service, "MT: glides") == [answer, None]


def test_a_figure_behind_an_x_is_minutes_where_every_service_has_one():
    text = "TE: rows 3x10, stretch 3x30s x13\nTA: crates 3x8, cart x10"
    assert minutes(text, *text.split("\n")) == [13, 10]


@pytest.mark.parametrize(
    "home", ["wand exercises 10 min daily", "ther ex 12 min walk with aide", "ther ex 10 min twice a day"]
)
def test_a_time_of_every_day_is_no_footer(home):
    assert minutes(f"She did {home}.\nTE: rows\nMT: glides", "TE: rows", "MT: glides") == [None, None]


@pytest.mark.parametrize(
    ("closing", "answer"),
    [
        ("Rows took fifteen minutes, crates ten.", [15, 10]),
        ("Rows took fifteen minutes, this weekly, and at home crates ten.", [None, None]),
    ],
)
def test_a_sentence_that_speaks_of_the_home_sums_up_no_session(closing, answer):
    chosen = [Minutes(None, None, None, 0.5), Minutes(None, None, None, 0.5)]
    in_order(read(f"rows, crates. Sore. {closing}"), [(0, 4), (6, 12)], chosen, None, [False, False])
    assert [m.minutes for m in chosen] == answer


@pytest.mark.parametrize(
    "heading", ["TE/MT 28 min", "[x] TE  [x] MT   28 min", "TE and MT: 28 min", "Tx (TE, MT) 28 min"]
)
def test_a_time_behind_several_names_on_their_line_is_no_single_ones(heading):
    assert minutes(f"{heading}\nTE: rows\nMT: glides", "TE: rows", "MT: glides") == [None, None]
    assert minutes(f"{heading}\nrows, glides", f"{heading}\nrows, glides") == [28]


def test_a_heading_of_two_names_gives_its_time_to_neither_of_the_lines_below():
    assert minutes("TE/MT 28 min\nrows\nglides", "TE/MT 28 min\nrows", "glides") == [None, None]
    assert minutes("TE/MT 28 min\nrows\n\nglides", "TE/MT 28 min\nrows", "glides") == [28, None]


@pytest.mark.parametrize(
    ("bike", "own", "answer"),
    [
        ("bike 6 for bend", None, 6),
        ("bike 6 for bend", 4, 4),
        ("bike for bend", None, None),
        ("\nbike 6 for bend", None, None),  # a line of its own
    ],
)
def test_a_service_of_a_list_has_its_figure_where_its_neighbours_do(bike, own, answer):
    quads, man = "quads 8 - SAQ 3x10;", "man 10 - glides;"
    text = f"{quads} {man} {bike}"
    reading, spans = (
        read(text),
        [(text.index(words), text.index(words) + len(words)) for words in (quads, man, bike.strip())],
    )
    chosen = [Minutes(8, 6, 7, 0.9), Minutes(10, len(quads) + 5, len(quads) + 7, 0.9), Minutes(own, None, None, 0.9)]
    as_its_neighbours(reading, spans, chosen, [False] * 3)
    assert chosen[2].minutes == answer
