from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabcoder.language.durations import find_durations
from rehabcoder.language.labels import find_labels
from rehabcoder.language.pieces import split
from rehabcoder.language.reading import read
from rehabcoder.language.text import shadow

SNIPPETS = ["Ther Ex 15 min.", "squats 3x10", ", then", "1. Bike", "Dr. Smith", ";", "\n", "\r\n", "  ", "nine minutes on steps",
            ", another ten min", "TE x15", " // ", "approx.", "(12)", "\u00a0", "[ ]", "|", "97110", "!", "\t"]  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(SNIPPETS), max_size=14).map(" ".join))


def pieces(text: str) -> list[str]:
    low = shadow(text)
    found = find_labels(text, low)
    return [text[p.start : p.end] for p in split(text, low, found, find_durations(low, found))]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", []),
        (" \n\t ", []),
        ("clams 3x10 manual 12 min hip pulls", ["clams 3x10", "manual 12 min hip pulls"]),
        ("14 min of ther ex 14 min", ["14 min of ther ex 14 min"]),
        ("9:00-9:12 Manual Therapy hip 9:12-9:30 Ther Ex clams", ["9:00-9:12 Manual Therapy hip", "9:12-9:30 Ther Ex clams"]),
        ("wk 3 - 9 min te clams - 8 min mt hip - no pain - see fri", ["wk 3", "9 min te clams", "8 min mt hip", "no pain", "see fri"]),
        ("Carried crates for 9 min. Manual therapy 8 min.", ["Carried crates for 9 min.", "Manual therapy 8 min."]),
        ("hip wk 3 - pain 2 > 1 after", ["hip wk 3 - pain 2 > 1 after"]),
        ("Squats 3x10\nBike", ["Squats 3x10", "Bike"]),
        ("A b c. Then we walked.", ["A b c.", "Then we walked."]),
        ("Good? Yes!", ["Good?", "Yes!"]),
        ("squats.Then gait", ["squats.", "Then gait"]),
        ("Pt. did squats; then steps", ["Pt. did squats;", "then steps"]),
        ("bike, then squats", ["bike", ", then squats"]),
        ("1. Bike\n2. Squats", ["1. Bike", "2. Squats"]),
        ("10 min. Sat at edge", ["10 min.", "Sat at edge"]),
        ("Gait in // bars 10 ft x4 // cane 40 ft", ["Gait in // bars 10 ft x4", "cane 40 ft"]),
        ("Bike by the aide. I was in next bay.", ["Bike by the aide.", "I was in next bay."]),
        ("NMES/IFC unattended 15 min to the knee", ["NMES/IFC unattended 15 min to the knee"]),
        ("3.5 lb. Walked", ["3.5 lb.", "Walked"]),
        ("approx. 5 reps", ["approx. 5 reps"]),
        ("Dr. Smith", ["Dr. Smith"]),
        ("J. Smith came. We walked", ["J. Smith came.", "We walked"]),
        ("Ther Act x15, TE x15", ["Ther Act x15,", "TE x15"]),
        (
            "twelve minutes on deep squats to the chair, nine minutes on the steps",
            ["twelve minutes on deep squats to the chair,", "nine minutes on the steps"],
        ),
        ("Manual therapy 97140 15 min", ["Manual therapy 97140 15 min"]),
    ],
)  # fmt: skip
def test_where_a_note_is_cut(text, answer):
    assert pieces(text) == answer


def test_pieces_know_their_line():
    text = "Bike. Squats.\n\nGait"
    found = split(text, shadow(text))
    assert [(text[p.start : p.end], p.line, p.first) for p in found] == [
        ("Bike.", 0, True),
        ("Squats.", 0, False),
        ("Gait", 2, True),
    ]


def assert_covers(text: str, spans: list[tuple[int, int]]) -> None:
    assert all(a[1] <= b[0] for a, b in pairwise(spans)), "pieces overlap"
    assert all(text[a:b] and text[a:b] == text[a:b].strip() for a, b in spans)
    covered = {i for a, b in spans for i in range(a, b)}
    # What the shadow blanks, a null or a stop that was spoken, is white space too.
    assert {i for i, char in enumerate(shadow(text)) if not char.isspace()} <= covered


@given(TEXTS)
def test_cut_pieces_cover_all_but_white_space_and_the_parting_marks(text):
    # "//" and "||" with blanks around them part pieces and belong to none.
    text = text.replace("/", "").replace("|", "")
    low = shadow(text)
    found = find_labels(text, low)
    assert_covers(text, [(p.start, p.end) for p in split(text, low, found, find_durations(low, found))])
    assert_covers(text, [(p.start, p.end) for p in split(text, low)])


@given(TEXTS)
def test_joined_pieces_are_in_order_and_never_overlap(text):
    spans = [(p.start, p.end) for p in read(text).pieces]
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert all(a < b and text[a:b] == text[a:b].strip() for a, b in spans)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Squats 3x10 for knees. 17 min", ["Squats 3x10 for knees. 17 min"]),
        ("Ther Ex:\nSquats 3x10 for knees", ["Ther Ex:\nSquats 3x10 for knees"]),
        ("TherEx 15 min\nNMR 15 min", ["TherEx 15 min", "NMR 15 min"]),
        ("Ther Ex per flow sheet.\nSquats 3x10", ["Ther Ex per flow sheet.", "Squats 3x10"]),
        ("Ther Ex. Squats 3x10", ["Ther Ex. Squats 3x10"]),
        ("Ther Ex. Then we made soup", ["Ther Ex.", "Then we made soup"]),
        ("Gait training then took us down the hall", ["Gait training then took us down the hall"]),
        ("MT as last visit. Hall walk, mirror", ["MT as last visit.", "Hall walk, mirror"]),
        ("NMR unchanged. Hall walk, mirror", ["NMR unchanged.", "Hall walk, mirror"]),
        ("He did gait training. Calm all day", ["He did gait training.", "Calm all day"]),
        (
            "97535 2u - spoon, dish, breakfast tray\n97110 1u - BUE ex\nBack to dayroom",
            ["97535 2u - spoon, dish, breakfast tray", "97110 1u - BUE ex", "Back to dayroom"],
        ),
        ("97110 1u - BUE ex\nBands and rows", ["97110 1u - BUE ex\nBands and rows"]),
        (
            "ADL: tub bench tried, ther ex, and bed transfers",
            ["ADL: tub bench tried,", "ther ex,", "and bed transfers"],
        ),
        ("Ther ex, and bed transfers", ["Ther ex, and bed transfers"]),
        ("MT 1u\nA: Good effort", ["MT 1u", "A: Good effort"]),
        ("MT 1u\nPost: 3/10", ["MT 1u", "Post: 3/10"]),
        ("Gait\nPre: 60 ft in the hall", ["Gait\nPre: 60 ft in the hall"]),
        ("97110 - 2u\n97140 - 1u\nSwelling is down", ["97110 - 2u", "97140 - 1u", "Swelling is down"]),
        ("97140 - 1u\nSwelling rubbed", ["97140 - 1u\nSwelling rubbed"]),
        ("97140, 1 unit:\nGlides to the patella", ["97140, 1 unit:\nGlides to the patella"]),
        ("TE squats, rows and wall slides, MT. Felt good", ["TE squats, rows and wall slides,", "MT.", "Felt good"]),
        ("Squats, rows and wall slides, TE. Felt good", ["Squats, rows and wall slides, TE.", "Felt good"]),
        ("TE: squats, rows at the wall. NMR, 15 min", ["TE: squats, rows at the wall.", "NMR, 15 min"]),
        ("Squats, rows at the wall. NMR, 15 min", ["Squats, rows at the wall. NMR, 15 min"]),
        ("Slept well. te + ta 30m; sore", ["Slept well.", "te +", "ta 30m;", "sore"]),
        ("TE/NMR 25 min: squats, foam", ["TE/NMR 25 min: squats, foam"]),
        ("Ther ex and NMR: squats, foam", ["Ther ex and NMR: squats, foam"]),
        ("AQUATIC THERAPY LOG\nPool 92 F", ["AQUATIC THERAPY LOG", "Pool 92 F"]),
        ("AQUATIC THERAPY\nLaps, squats", ["AQUATIC THERAPY\nLaps, squats"]),
        (
            "Had ther ex for 15 min and some gait training, 10 min",
            ["Had ther ex for 15 min and", "some gait training, 10 min"],
        ),
        (
            "Bike alone for 15 min then 14 min ther ex with me, rows",
            ["Bike alone for 15 min", "then 14 min ther ex with me, rows"],
        ),
        ("Slept well. Thera-\npeutic exercise: squats", ["Slept well.", "Thera-\npeutic exercise: squats"]),
    ],
)
def test_a_thin_piece_joins_what_it_belongs_to(text, answer):
    assert [text[p.start : p.end] for p in read(text).pieces] == answer


def test_the_models_see_no_code_no_name_of_one_and_no_minutes():
    reading = read("TherEx 97110 for 15 min: Mr. Jones did squats, 3/14/2024, then ultrasound")
    assert len(reading.masked) == len(reading.text)
    assert "squats" in reading.masked
    assert "ultrasound" in reading.masked
    assert not any(hidden in reading.masked for hidden in ("therex", "97110", "15", "jones", "2024"))


@pytest.mark.parametrize(
    "said", ["pain 5/10", "7/10 -> 3/10 after", "7/10 steps even, was 4/10", "effort 10/10", "Sore 2/10 on leaving"]
)
def test_ratings_and_counts_of_ten_are_no_dates(said: str) -> None:
    assert read(f"Bridges x10. {said}.").masked == f"bridges x10. {said.lower()}."


@pytest.mark.parametrize(
    "said", ["seen 5/10", "since 5/10", "on 7/10", "DOS: 3/10", "05/10", "12/10", "4/12", "3/10/26", "2026-03-10"]
)
def test_dates_are_hidden(said: str) -> None:
    masked = read(f"Bridges x10, {said}, clams").masked
    assert not any(figure in masked.replace("x10", "") for figure in "0123456789")


@pytest.mark.parametrize(
    "row",
    [
        "SLS on foam, rail then none | 6 x 20 sec | - | NM",
        "Leg press, stepper - w/ aide, PT w/  next pt | 3 x 12 | 90 lb | TE",
        "Step over 5 in, both ways, then sit on stool | 6 | - | TA",
        "Cone reach; cued at hip. Then eyes closed | 4 x 5 | BW | NM",
        "Reach to shelf / set down on counter in one go, both hands | 10 | 5 lb | TA",
    ],
)
def test_a_row_of_a_table_stays_whole(row):
    text = f"ACTIVITY | DOSE | LOAD | CODE\nBike | 6 min | L2 | TE\n{row}\nPain 2/10; tired."
    assert pieces(text)[2:] == [row, "Pain 2/10;", "tired."]


def test_sentences_between_bars_of_a_single_line_are_cut():
    assert pieces("S: sore. Slept well. | O: rows 3x10; then steps | A: tired. Better.") == [
        "S: sore.", "Slept well.", "| O: rows 3x10;", "then steps | A: tired.", "Better.",
    ]  # fmt: skip


def test_a_unit_behind_a_figure_ends_a_sentence_and_an_initial_does_not():
    assert pieces("Stretch 4 x 20 s. Long axis pull.") == ["Stretch 4 x 20 s.", "Long axis pull."]
    assert pieces("Seen by J. Long today.") == ["Seen by J. Long today."]
    assert pieces("Hold 20 s. each side.") == ["Hold 20 s. each side."]


def test_two_measures_of_one_joint_stay_together():
    row = (
        "distraction and glides, the arm at rest, PROM to 120 flex / 30 ER, pulleys and isometrics in all the six ways"
    )
    assert len(pieces(f"// {row} // a further part that makes the line long, so that a slash may part it")) == 2
    assert (
        len(pieces(f"// {row.replace('30 ER', 'wand')} // a further part that makes the line long, so that it parts"))
        == 3
    )


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "The first twelve minutes, glides in side lying, and the next sixteen, wand and band work, passed.",
            ["The first twelve minutes, glides in side lying", ", and the next sixteen, wand and band work, passed."],
        ),
        (
            "There were 20 minutes of linear and then rotary input, and 15 minutes followed at a table, packing.",
            ["There were 20 minutes of linear", "and then rotary input, and", "15 minutes followed at a table, packing."],
        ),
        (
            "He hung coats for seventeen minutes, then slid the blade forward, for thirteen minutes, and rested.",
            ["He hung coats for seventeen minutes", ", then slid the blade forward, for thirteen minutes, and rested."],
        ),
        (
            "Fifteen minutes of therapeutic exercise and ten of neuromuscular re-education with him.",
            ["Fifteen minutes of therapeutic exercise and", "ten of neuromuscular re-education with him."],
        ),
        (
            "He had 8 min of manual therapy and 16 min on joint care at the table.",
            ["He had 8 min of manual therapy and", "16 min on joint care at the table."],
        ),
        ("Ther act x 15, gait w/ RW 120 ft x 10 min.", ["Ther act x 15,", "gait w/ RW 120 ft x 10 min."]),
        ("TE 12 min; manual w/ glides 9 min", ["TE 12 min;", "manual w/ glides 9 min"]),
        ("ther ex and manual to the shoulder", ["ther ex and", "manual to the shoulder"]),
        ("NMR, TA, gait, 45m total.", ["NMR,", "TA,", "gait, 45m total."]),
        ("Stood for balance and gait was steady", ["Stood for balance and gait was steady"]),
        ("He walked, and we finished with some gait training.", ["He walked", ", and we finished with some gait training."]),
        ("He did rows, as well as lifting crates", ["He did rows", ", as well as lifting crates"]),
        ("He did rows as well as last time", ["He did rows as well as last time"]),
        ("Me at the computer in the next room", ["Me at the computer in the next room"]),
    ],
)  # fmt: skip
def test_where_a_sentence_with_several_times_is_cut(text, answer):
    assert pieces(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("mt – glides\nte – rows\nnmr\nkept glides gentle", ["mt – glides", "te – rows", "nmr", "kept glides gentle"]),
        ("O:\n- Neuro re-ed\n- Errors 3 on bills", ["O:", "- Neuro re-ed", "- Errors 3 on bills"]),
        ("Ther Ex\nrows 3x10\nNMR\nstance on foam", ["Ther Ex\nrows 3x10", "NMR\nstance on foam"]),
        ("TE: rows 3x10\nMT: glides\nNMR:\nstance on foam", ["TE: rows 3x10", "MT: glides", "NMR:\nstance on foam"]),
        ("TE: rows 3x10\nMT: glides\nNMR\n- stance on foam", ["TE: rows 3x10", "MT: glides", "NMR\n- stance on foam"]),
        ("\u2713 Ther Ex rows\n\u2713 Manual glides\nGait\nStiff in bed",
         ["\u2713 Ther Ex rows", "\u2713 Manual glides", "Gait\nStiff in bed"]),
    ],
)  # fmt: skip
def test_a_bare_label_heads_what_follows_unless_its_list_says_all_on_one_line(text, answer):
    reading = read(text)
    assert [text[p.start : p.end] for p in reading.pieces] == answer


def test_a_sentence_ends_at_double_slashes_and_so_do_its_times():
    text = "TSA, 10 min late, retired from the shop // glides and pulleys, wand, 25 min between them"
    assert pieces(text) == ["TSA, 10 min late, retired from the shop", "glides and pulleys, wand, 25 min between them"]


@pytest.mark.parametrize("word", ["followed by", "f/b", "followed up with", "then", "and then"])
def test_words_that_lead_on_part_two_services(word):
    said = pieces(f"glides gr III, {word} rows 3x12 green")
    assert len(said) == 2
    assert said[1].lstrip(", ").startswith(word.split()[0])


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "Manual therapy thirteen minutes, hip distraction with the belt, and eight minutes of NMR with tandem stance.",
            [
                "Manual therapy thirteen minutes, hip distraction with the belt, and",
                "eight minutes of NMR with tandem stance.",
            ],
        ),
        (
            "Next came therapeutic activities for 24 minutes, split squats, for strength, and after that 20 minutes of exercise.",
            [
                "Next came therapeutic activities for 24 minutes, split squats, for strength",
                ", and after that 20 minutes of exercise.",
            ],
        ),
        (
            "From 2:07 to 2:24 heel raises, told each time the arch rolled in, and from 2:36 to 2:47 up and down the ladder.",
            [
                "From 2:07 to 2:24 heel raises, told each time the arch rolled in,",
                "and from 2:36 to 2:47 up and down the ladder.",
            ],
        ),
        (
            "Squats to a low chair 12 min, step ups on the box with cues, 9 min, and stretching of the calf 8 min.",
            [
                "Squats to a low chair 12 min,",
                "step ups on the box with cues, 9 min, and",
                "stretching of the calf 8 min.",
            ],
        ),
    ],
)
def test_a_time_behind_the_label_that_opens_a_service_opens_it_too(text, answer):
    assert pieces(text) == answer


def test_words_that_move_on_lead_up_to_a_label_with_its_time():
    assert pieces("Began with MT x12, glides gr III, on to NMR x17, nods with the cuff.") == [
        "Began with",
        "MT x12, glides gr III, on to",
        "NMR x17, nods with the cuff.",
    ]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "TX[1]: TE. leg press\nTX[2]: NMR.\nRESPONSE: calm",
            ["TX[1]: TE. leg press", "TX[2]: NMR.", "RESPONSE: calm"],
        ),
        ("tx2=NMR\ntx2_note=stance on foam", ["tx2=NMR\ntx2_note=stance on foam"]),
    ],
)
def test_a_bare_label_in_a_numbered_field_is_all_that_is_said_of_its_service(text, answer):
    reading = read(text)
    assert [text[p.start : p.end] for p in reading.pieces] == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "[x] TE 15 min bike [ ] NMR __ [x] MT 10 min glides",
            ["[x] TE 15 min bike", "[ ] NMR __", "[x] MT 10 min glides"],
        ),
        ("TE 15 min cues: [x] verbal [ ] tactile", ["TE 15 min cues: [x] verbal [ ] tactile"]),
        (
            "ther act 15 min, plus 10 min hair wash over the sink",
            ["ther act 15 min, plus", "10 min hair wash over the sink"],
        ),
        (
            "Up at 8. 0915-0927 ther ex 0927-0942 ther act: chair to bed 0942-0955 gait: 40 ft",
            ["Up at 8.", "0915-0927 ther ex", "0927-0942 ther act: chair to bed", "0942-0955 gait: 40 ft"],
        ),
        (
            "MT 12 min to the neck, then 14 min NMR with the laser",
            ["MT 12 min to the neck", ", then 14 min NMR with the laser"],
        ),
    ],
)
def test_boxes_and_further_times_of_a_line(text, answer):
    assert pieces(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Made a splint. I then stretched the flexors.", ["Made a splint.", "I then stretched the flexors."]),
        ("Mirror box, and she then stood at the counter.", ["Mirror box", ", and she then stood at the counter."]),
        ("We did squats and he then carried a crate.", ["We did squats", "and he then carried a crate."]),
        ("O: Pt then did rows 2x10", ["O: Pt then did rows 2x10"]),
        (
            "For the first fifteen minutes I ranged the arm, for the next fifteen he reached to a peg at eye level, "
            "and in the last fifteen we did transfers.",
            [
                "For the first fifteen minutes I ranged the arm",
                ", for the next fifteen he reached to a peg at eye level, and",
                "in the last fifteen we did transfers.",
            ],
        ),
        (
            "Pegs for pinch strength, and at the last she put her cardigan on.",
            ["Pegs for pinch strength", ", and at the last she put her cardigan on."],
        ),
        ("Fell at the last visit.", ["Fell at the last visit."]),
        (
            "Ultrasound to the wrist for eight minutes, twelve minutes of soft tissue work, and twenty minutes of putty.",
            [
                "Ultrasound to the wrist for eight minutes,",
                "twelve minutes of soft tissue work, and",
                "twenty minutes of putty.",
            ],
        ),
        (
            "She curled 2 lb, and after it she did the hammer.",
            ["She curled 2 lb", ", and after it she did the hammer."],
        ),
    ],
)
def test_who_did_what_comes_next_goes_with_it(text, answer):
    assert pieces(text) == answer


@pytest.mark.parametrize(
    "joint", ["and ended on", "finished up with", "and closed with", "finishing on", "and wound up with"]
)
def test_words_that_end_a_session_open_a_piece(joint: str) -> None:
    assert len(pieces(f"We did bridges and clams, {joint} crates to the shelf.")) == 2


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("MHP 10 min before tx. Manual therapy to QL", ["MHP 10 min before tx.", "Manual therapy to QL"]),
        ("Ice 8 min after rx. US 8 min", ["Ice 8 min after rx.", "US 8 min"]),
        ("hot pack 8 min before tx. rows 3x10", ["hot pack 8 min before tx.", "rows 3x10"]),
        ("STM 12 min UT B. TE rows", ["STM 12 min UT B.", "TE rows"]),
        ("Glides to knee R. Then steps", ["Glides to knee R.", "Then steps"]),
        ("(calf L. Gait drills", ["(calf L.", "Gait drills"]),
        ("Rows with bands bilat. Gait drills", ["Rows with bands bilat.", "Gait drills"]),
    ],
)
def test_a_sentence_may_end_with_a_side_or_an_abbreviation(text, answer):
    assert pieces(text) == answer


@pytest.mark.parametrize(
    "text",
    [
        "Seen by B. Long today",
        "With pt L. Moss in the gym",
        "Robert B. Smith, PTA",
        "M. R. Jones came",
        "STM UT B. trap",
        "per tx. x",
    ],
)
def test_initials_and_abbreviations_in_a_sentence_end_none(text):
    assert pieces(text) == [text]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "wife in room quad sets and bridges ta: onto the tub bench, 4x te: rows 2x10 adl: socks with the aid",
            [
                "wife in room quad sets and bridges",
                "ta: onto the tub bench, 4x",
                "te: rows 2x10",
                "adl: socks with the aid",
            ],
        ),
        ("20 minutes of nmr: tall kneeling", ["20 minutes of nmr: tall kneeling"]),
        ("PT performed TE: bike, bridges", ["PT performed TE: bike, bridges"]),
        ("Group TE: seated march", ["Group TE: seated march"]),
    ],
)
def test_initials_before_a_colon_open_what_follows_where_a_line_break_got_lost(text, answer):
    assert pieces(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "We walked the corridor, first looking ahead and then with head turns to either side.",
            ["We walked the corridor, first looking ahead and then with head turns to either side."],
        ),
        (
            "She stood on the foam with eyes open, then without hands for half a minute.",
            ["She stood on the foam with eyes open, then without hands for half a minute."],
        ),
        (
            "She pressed the leg press, then with the belt on she carried the crate.",
            ["She pressed the leg press", ", then with the belt on she carried the crate."],
        ),
        (
            "He lifted crates to the bench, and there was some therapeutic exercise before lunch.",
            ["He lifted crates to the bench, and", "there was some therapeutic exercise before lunch."],
        ),
        (
            "She carried a tray to the table, plus a bit of gait training.",
            ["She carried a tray to the table, plus", "a bit of gait training."],
        ),
    ],
)
def test_what_goes_on_with_the_words_before_it_and_what_does_not(text, answer):
    assert pieces(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "We did ther ex and neuro re-ed, and then walked to the shop.",
            ["We did ther ex and", "neuro re-ed", ", and then walked to the shop."],
        ),
        (
            "Part of it was therapeutic exercise and the larger part was dressing at the sink.",
            ["Part of it was therapeutic exercise", "and the larger part was dressing at the sink."],
        ),
        (
            "Joint mobs, one hand on the rail and the other on the hip.",
            ["Joint mobs, one hand on the rail and the other on the hip."],
        ),
    ],
)
def test_a_bare_name_is_no_heading_of_what_comes_then_or_of_the_rest(text, answer):
    assert pieces(text) == answer


def test_the_next_minutes_that_a_service_filled_open_nothing():
    text = "Therapeutic exercise filled the next 29 minutes: wall slides and leg press."
    assert [text[piece.start : piece.end] for piece in read(text).pieces] == [text]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "Cues faded to every 4th rep. Gait training with cane",
            ["Cues faded to every 4th rep.", "Gait training with cane"],
        ),
        ("Levator trigger pts. NMR with laser", ["Levator trigger pts.", "NMR with laser"]),
        ("Trunk rot. in sitting, both sides", ["Trunk rot. in sitting, both sides"]),
        (
            "Bridges and clams for the hips, and five rounds of steps with a bag",
            ["Bridges and clams for the hips,", "and five rounds of steps with a bag"],
        ),
        ("Bridges, and clams for the hips", ["Bridges, and clams for the hips"]),
        (
            "97760, 24 minutes, molded it, trimmed it, skin to be looked at after an hour.",
            ["97760, 24 minutes, molded it, trimmed it, skin to be looked at after an hour."],
        ),
    ],
)
def test_where_a_short_word_or_a_joint_ends_a_piece(text: str, answer: list[str]) -> None:
    assert [text[piece.start : piece.end] for piece in read(text).pieces] == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "TE UE 12m NMR sitting bal 14m TA bed mob 10m.",
            ["TE UE 12m", "NMR sitting bal 14m", "TA bed mob 10m."],
        ),
        (
            "TE BLE 12 min TA sts 15 min Gait 80 ft RW 9 min",
            ["TE BLE 12 min", "TA sts 15 min", "Gait 80 ft RW 9 min"],
        ),
        ("TE quads 10' MT glides 8'", ["TE quads 10'", "MT glides 8'"]),
    ],
)
def test_services_of_a_line_each_of_which_ends_in_its_time(text, answer):
    assert [text[p.start : p.end] for p in read(text).pieces] == answer


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("97110 Ther Ex\nMinutes 12\nSLR 3x10, bridges", "97110 Ther Ex\nMinutes 12"),
        ("97110 THER EX EA 15 MIN\nTime: 23\nSLR 3x10, bridges", "97110 THER EX EA 15 MIN\nTime: 23"),
        ("97110 Ther Ex\n12 min\nSLR 3x10, bridges", "97110 Ther Ex\n12 min"),
        ("97110 Ther Ex 8 min\nMinutes 12\nSLR 3x10, bridges", "97110 Ther Ex 8 min"),
        ("97110 Ther Ex\n\nMinutes 12\nSLR 3x10, bridges", "97110 Ther Ex"),
        ("CPT: 97110\nMIN: 12\nSLR 3x10, bridges", "CPT: 97110"),
    ],
)
def test_a_line_of_minutes_right_below_a_name_is_of_its_line(text, first):
    assert text[read(text).pieces[0].start : read(text).pieces[0].end] == first
