from __future__ import annotations

import numpy as np
import pytest

from rehabcoder.language.behind import closing_labels, names_of_others
from rehabcoder.language.layout import layout_features
from rehabcoder.language.named import listed_items, named_only, only_billed, only_summed, parted
from rehabcoder.language.reading import read

CLASSES = ("97110", "97530", "none", "other", "out")
WORDS = {"squats": "97110", "rows": "97110", "pans": "97530", "bed": "97530", "bus": "other"}


def kinds(pieces: list[str]) -> np.ndarray:
    """What a model would say that knows a few words."""
    table = np.full((len(pieces), len(CLASSES)), 0.02, dtype=np.float32)
    for row, piece in zip(table, pieces, strict=True):
        row[CLASSES.index(next((code for word, code in WORDS.items() if word in piece.lower()), "out"))] = 0.92
    return table


def closing(text: str, aside: tuple[int, ...] = ()) -> list[str]:
    reading = read(text)
    pieces = [text[p.start : p.end] for p in reading.pieces]
    found = closing_labels(reading, layout_features(reading), kinds(pieces), CLASSES, aside)
    return [pieces[k] for k in found]


@pytest.mark.parametrize(
    "text",
    [
        "Mrs. V., 60. Squats to a chair. 97110, 12 min. Pans to the shelf. 97530, 9 min. Tired after.",
        "Seen at home. Squats by the sink. TE 12 min. Pans to the shelf. TA 9 min. No pain.",
        "Visit 4.\nSquats by the sink, slow\n97110 12 min\nPans to the shelf\n97530 9 min\n\nNo pain.",
    ],
)
def test_labels_that_close_their_services(text: str) -> None:
    assert len(closing(text)) == 2


def test_a_model_that_knows_few_kinds_of_services_finds_them_too() -> None:
    text = "Mrs. V., 60. Squats to a chair. 97110, 12 min. Bus to the library. 97537, 9 min. Tired after."
    reading = read(text)
    pieces = [text[p.start : p.end] for p in reading.pieces]
    few = [CLASSES.index("97110"), CLASSES.index("out")]
    found = closing_labels(reading, layout_features(reading), kinds(pieces)[:, few], ("97110", "out"), ())
    assert [pieces[k] for k in found] == closing(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "Mrs. V., 60. 97110, 12 min. Squats to a chair. 97530, 9 min. Pans to the shelf. Tired after.",
        "Visit 4.\n97110 12 min\nSquats by the sink, slow\n97530 9 min\nPans to the shelf\n\nNo pain.",
        "Squats and rows, slow.\nNo pain. TE 12, TA 9.",  # a charge line
        "Squats and rows, slow. MT 9 min. No pain.",  # a service more, without a number
        "Squats for 12 min. 97530, 9 min. No pain.",  # the words before it have a time of their own
        "Sore. 97110, 12 min. No pain.",
        "Visit 4.\n97110 12 min\nSquats by the sink, slow\n97530 9 min\nPans to the shelf\nNo pain.\nBilled: 97110-1",
    ],
)
def test_labels_that_head_their_services_or_stand_alone(text: str) -> None:
    assert closing(text) == []


def test_a_single_code_with_its_time_closes_what_has_none() -> None:
    assert closing("Mr. L., 44. Bus to the library, paid. 97537, 40 min. Calm.") == ["97537, 40 min."]
    assert closing("Mr. L., 44. Bus to the library, paid. 97537, 40 min. Calm.", aside=(1,)) == []


def named(text: str, *inside: float) -> list[str]:
    reading = read(text)
    chances = inside or (0.0,) * len(reading.pieces)
    found = named_only(reading, layout_features(reading), chances, ())
    return [text[reading.pieces[a].start : reading.pieces[b - 1].end] for a, b in found]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("TE, MT, CP. 3 units. See flow sheet.", ["TE,", "MT,", "CP."]),
        ("THER EXERCISES 20 MIN. THER ACTIVITIES 15 MIN.", ["THER EXERCISES 20 MIN.", "THER ACTIVITIES 15 MIN."]),
        ("OT gave self care and ther ex per plan of care.", ["OT gave self care and", "ther ex per plan of care."]),
        ("Next visit: ther ex. Continue gait training.", []),
        ("Billed: TE, MT", []),
        ("Yesterday ther ex 15 min.", []),
        ("Gait training refused.", []),
        ("Sched TE 15 / NMR 15, no show.", []),
        ("Ther ex and gait training and balance training given.", ["Ther ex and", "gait training and balance training given."]),
        ("97110, 97140", []),
    ],
)  # fmt: skip
def test_names_without_a_description(text: str, answer: list[str]) -> None:
    assert named(text)[-len(answer) :] == answer if answer else named(text) == []


def test_beside_a_description_names_in_a_row_are_a_charge_line() -> None:
    assert named("Squats for quads 3x10.\nTE 12, NMR 9.", 0.9, 0.0, 0.0) == []
    assert named("Squats for quads 3x10.\nGait training done.", 0.9, 0.0) == ["Gait training done."]
    assert named("Gait training in the hall 3 laps.\nGait training done.", 0.9, 0.0) == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("- MT 15', TE grip, wrist curl 5#, bike", ["TE grip, wrist curl 5#, bike"]),
        ("Ther act x 15, gait w/ RW 120 ft x 10 min.", ["gait w/ RW 120 ft x 10 min."]),
        ("TE 12 min; manual w/ glides 9 min", ["manual w/ glides 9 min"]),
        ("IFC 15 min lumbar, hot pack, unattended", []),  # no code of minutes
        ("Ther ex 97110 15 min, ther ex 97110 squats", []),
        (
            "MT 12 min to the neck, then 14 min NMR with the laser",
            [", then 14 min NMR with the laser"],
        ),  # each with its time
        ("25 min TA steps, TE 97110 bike 12 min", []),  # a dose of the second
        ("TE 15 min squats to a box, NMR stance on foam", []),  # the first says what was done
        ("TE: squats to a box, rows; cue for the knees. NMR, 15 min", ["NMR, 15 min"]),
        ("Squats to a box, rows; cue for the knees. NMR, 15 min", []),  # the name of what was described
        ("TE: squats to a box, rows at the wall w/ grp", []),
        ("manual - 10\nrows and chin tucks 2x15 - 10\nsore", ["rows and chin tucks 2x15 - 10"]),
        ("ther act\t15\nwrist curl, band 2x10\t10", ["wrist curl, band 2x10\t10"]),
        ("Manual, 8 min\nBand rows, chin tucks, 12 min", ["Band rows, chin tucks, 12 min"]),
        ("Ther ex - 20\nband rows, pulleys - 12\nwall slides, squats - 8", []),  # its parts
        ("Ther ex 20 min\nstepper level four 6 min", []),
        ("Ther ex - 20:\nrows and chin tucks 2x15", []),
    ],
)
def test_where_a_name_with_its_time_leaves_the_rest_of_its_line_to_the_next(text: str, answer: list[str]) -> None:
    reading = read(text)
    found = parted(reading, layout_features(reading), ())
    assert [text[reading.pieces[k].start : reading.pieces[k].end] for k in found] == answer


def test_a_name_counts_as_said_elsewhere_only_outside_of_the_charges() -> None:
    text = "Squats for quads 3x10.\nGait training done.\nCharges: 97110 x2, 97116 x1"
    assert named(text, 0.9, 0.0, 0.0, 0.0, 0.0) == ["Gait training done."]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Squats, rows, bike\nSTM quad\n97110 - 2u\n97140 - 1u\nRTC Fri", ["97110 - 2u", "97140 - 1u"]),
        ("Squats, rows, bike\n97110 - 2u\nSTM quad\n97140 - 1u", []),  # each closes or heads what was done
        ("TE x2\nMT x1\nNo pain", []),  # nothing else says what was done
    ],
)
def test_names_with_their_units_side_by_side_are_the_bill(text: str, answer: list[str]) -> None:
    reading = read(text)
    pieces = [text[p.start : p.end] for p in reading.pieces]
    inside = [0.9 if "quad" in piece.lower() or "squats" in piece.lower() else 0.1 for piece in pieces]
    found = only_billed(reading, layout_features(reading), inside, (0, len(text)), ())
    assert [pieces[k] for k in found] == answer


def test_a_label_behind_a_mark_closes_what_stands_above() -> None:
    text = "Visit 4.\nSquats by the sink, slow\n   ...TE\nPans to the shelf\n   ...TA\nNo pain."
    assert closing(text) == ["...TE", "...TA"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Rolled dough; logged as therapeutic activities. Then rows.", ["logged as therapeutic activities."]),
        ("Rolled dough. This was billed as 97530, 2 units. Then rows.", ["This was billed as 97530, 2 units."]),
        ("Rolled dough, charged as therapeutic activities.", []),
        ("Rolled dough. Billed as therapeutic activities with rows done too.", []),
        ("Therapeutic activities: rolled dough as she does at work.", []),
    ],
)
def test_a_sentence_that_only_says_under_which_name_a_service_went_out(text: str, answer: list[str]) -> None:
    reading = read(text)
    assert [text[reading.pieces[k].start : reading.pieces[k].end] for k in names_of_others(reading)] == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "Knee 6 wk\n97110 2u ther ex as per plan\n97140 1u manual\nBP 118/70",
            ["97110 2u ther ex as per plan", "97140 1u manual"],
        ),
        ("Knee 6 wk\n97110 2\n97140 1", []),
        ("Knee 6 wk\n97110 2u ther ex, will start Friday", []),
        ("Knee 6 wk. Billed: 97110 ther ex", []),
    ],
)
def test_lines_of_a_code_and_its_name_where_nothing_more_is_told(text: str, answer: list[str]) -> None:
    reading = read(text)
    layout = layout_features(reading)
    found = named_only(reading, layout, [0.0] * len(layout), ())
    assert [text[reading.pieces[a].start : reading.pieces[b - 1].end] for a, b in found] == answer


@pytest.mark.parametrize(
    ("sheet", "answer"),
    [
        ("NMR and TE per flowsheet.", ["NMR and", "TE per flowsheet."]),
        ("NMR, TE - see exercise log.", ["NMR,", "TE - see exercise log."]),
        ("Bill NMR and TE per flowsheet.", []),
        ("NMR and TE next visit.", []),
    ],
)
def test_names_told_on_a_sheet_are_services_beside_a_description(sheet: str, answer: list[str]) -> None:
    text = f"MIN  NMR 15 | Gait 15 | TE 15 | Total 45\n\n{sheet} Gait: squats and rows with the stick."
    reading = read(text)
    layout = layout_features(reading)
    chances = [0.9 if "squats" in text[p.start : p.end] else 0.1 for p in reading.pieces]
    assert [
        text[reading.pieces[a].start : reading.pieces[b - 1].end] for a, b in named_only(reading, layout, chances, ())
    ] == answer


def summed(text: str, stated: str, aside: tuple[int, ...] = ()) -> list[str]:
    reading = read(text)
    span = (text.index(stated), text.index(stated) + len(stated))
    rows = only_summed(reading, layout_features(reading, aside), (None, span), aside)
    return [text[reading.pieces[k].start : reading.pieces[k].end] for k in rows]


def test_a_total_that_the_other_times_come_to_is_no_service():
    assert summed("TE 15 min: rows\nMT 15 min: glides\n30 min, 3u", "30 min") == ["30 min, 3u"]
    assert summed("TE 15 min: rows\nMT 15 min: glides\n25 min, 3u", "25 min") == []  # may be a third one
    assert summed("Rows and pulls\n30 min", "30 min") == []  # the time of what stands above


def test_a_word_that_adds_a_service_to_another_parts_them() -> None:
    def begins(text: str) -> list[str]:
        reading = read(text)
        return [
            text[reading.pieces[k].start : reading.pieces[k].end] for k in parted(reading, layout_features(reading), ())
        ]

    assert begins("Ther ex (rows, squats) plus neuro re-ed (foam), 20 min") == ["neuro re-ed (foam), 20 min"]
    assert begins("TE: rows, squats as well as therapeutic activities: pans") == ["therapeutic activities: pans"]
    assert begins("Ther ex rows plus therapeutic exercise squats") == []
    assert begins("Ther ex rows plus steps, gait 10 ft") == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("MT 12: glides; nod 8 - cuff; shelf work 10: drill", ["MT 12: glides;", "nod 8 - cuff;", "shelf work 10: drill"]),
        ("MT 12: glides; Spurling still +; shelf work 10: drill", []),
        ("MT 12: glides, rows; pain 5", []),
        ("MT 12: glides\nshelf work 10: drill", []),
    ],
)  # fmt: skip
def test_items_of_a_list_with_their_minutes_are_services(text: str, answer: list[str]) -> None:
    reading = read(text)
    found = listed_items(reading, frozenset())
    assert [text[reading.pieces[k].start : reading.pieces[k].end] for k in found] == answer
    assert not found or found[1:] == listed_items(reading, {0})
