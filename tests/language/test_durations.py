from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabcoder.language.reading import read


def durations(text: str) -> list[tuple[str, int, str]]:
    return [(text[m.start : m.end], m.minutes, m.form) for m in read(text).times]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("TE 15", [("15", 15, "label")]),
        ("TE 13 + 15  MT 9", [("13", 13, "label"), ("15", 15, "label"), ("9", 9, "label")]),
        ("15 min of TE and 10 of NMR", [("15 min", 15, "min"), ("10", 10, "word")]),
        ("ten minutes of ther ex, twelve of gait training", [("ten minutes", 10, "word"), ("twelve", 12, "word")]),
        ("three sets of ten and five of ther ex", []),
        ("TE 13 + 2 sets", [("13", 13, "label")]),
        ("For two fifths of it we did rows", [("two fifths of it", 40, "pct")]),
        ("A quarter was exercise", [("A quarter was", 25, "pct")]),
        ("a third of the session steps", [("a third of the session", 33, "pct")]),
        ("walked a quarter mile, two thirds of the way", []),
        ("came for a full hour", [("a full hour", 60, "frac")]),
        ("Ther Ex: 23", [("23", 23, "label")]),
        ("97110 15", [("15", 15, "label")]),
        ("TE x15", [("15", 15, "label")]),
        ("TE 45'", [("45'", 45, "prime")]),
        ("gait training: 120' with the walker", []),
        ("Ionto, 40 mA-min", []),
        ("Ionto 80 mA*min, 12 min", [("12 min", 12, "min")]),
        ("dur: 15", [("15", 15, "kv")]),
        ("time=12", [("12", 12, "kv")]),
        ("bike .... 8", [("8", 8, "trail")]),
        ("(ind 15)", [("15", 15, "brack")]),
        ("half the session was gait", [("half the", 50, "pct")]),
        ("the rest of the time was on stairs", [("the rest of the time was", 0, "rest")]),
        ("0-8 bike\n8-20 squats", [("0-8", 8, "range"), ("8-20", 12, "range")]),
        ("Ther Ex 15 min", [("15 min", 15, "min")]),
    ],
)
def test_minutes_that_the_layout_gives(text, answer):
    assert durations(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("the bike for six minutes, and step-ups for fourteen, and I rubbed the scar for five, then ice for ten.", [6, 14, 5, 10]),
        ("Bike for 8 minutes. Then the stairs for about 12, resting once.", [8, 12]),
        ("We did the mat for twenty minutes and kitchen work for eighteen\nSore after.", [20, 18]),
        ("the bike for six minutes, step-ups for fourteen reps and held the plank for five, then for seven seconds", [6]),
        ("the bike for six minutes, three sets of ten, counted for five, and rows", [6]),
        ("the bike, then step-ups for fourteen, and rows", []),
        ("the bike for six minutes, she has farmed for ninety five and rows", [6]),
    ],
)  # fmt: skip
def test_minutes_said_once_for_a_list(text, answer):
    assert [minutes for _, minutes, form in durations(text) if form in ("word", "min", "ellfor")] == answer


@pytest.mark.parametrize("mark", ["|", "\t", " | "])
def test_a_column_of_minutes(mark):
    rows = [["Code", "What", "Min"], ["TE", "squats", "15"], ["TA", "stairs", "12"]]
    text = "\n".join(mark.join(row) for row in rows)
    assert durations(text) == [("15", 15, "cell"), ("12", 12, "cell")]


def test_a_column_of_minutes_beside_one_of_the_clock():
    text = "Code\tTime\tMin\tWhat\nTE\t0910-0930\t15\tsquats"
    assert [(cut, form) for cut, _, form in durations(text)] == [("0910-0930", "range"), ("15", "cell")]


@pytest.mark.parametrize("text", ["TE 3x10", "TE 5 lb", "TE x 3 sets", "TE 90%", "TE 10 reps", "97110 2 units"])
def test_a_dose_behind_a_label_is_no_time(text):
    assert durations(text) == []


def test_clock_times_that_log_when_each_thing_began():
    lengths = [(cut, minutes) for cut, minutes, form in durations("9:00 squats\n9:15 gait\n9:25 done") if form == "run"]
    assert lengths == [("9:00", 15), ("9:15", 10)]


PARTS = [
    "TE 15",
    "305 TE",
    "315",
    "430-445",
    "0902  0917",
    "9:00",
    "15 min",
    "0-8",
    "8-20",
    "|",
    "Min",
    "\n",
    "min: 12",
    "squats",
]


@given(st.lists(st.sampled_from(PARTS)))
def test_mentions_are_in_order_and_never_overlap(parts):
    text = " ".join(parts)
    found = read(text).times
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(text[m.start : m.end].strip() for m in found)


def test_minutes_stand_in_one_of_the_columns_for_how_a_service_was_given() -> None:
    text = "                     Ind   Conc   Grp\nGait on ramp          20    -      -\nChair class           -     -      25\n"
    assert [(t.minutes, t.form) for t in read(text).times] == [(20, "cell"), (25, "cell")]


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("The other 0.25 h went to stairs", [15]),
        ("11:02 start / 11:20 stop hip stretches", [18]),
        ("one on one with the patient", []),
        ("TA; 14; carrying a tray", [14]),
        ("gait with cane 40m x3", []),
        ("TA = 9 words copied from the board", []),
        ("Balance work for 22, then a rest", [22]),
        ("I took twelve for the wrist", [12]),
        ("[1] rows\n[2] crates", []),
        ("ADL - coat on and off, 14; hook shown", [14]),
        ("(12) rows\n(15) crates", [12, 15]),
        ("6 m timed hop, 8 min rows", [8]),
    ],
)
def test_lengths_are_told_from_what_only_looks_like_them(text: str, lengths: list[int]) -> None:
    assert [t.minutes for t in read(text).times if t.form not in ("clock", "rest", "pct")] == lengths


@pytest.mark.parametrize(
    "text",
    [
        "TX[1]: gait on the ramp\nTX[2]: stairs",
        "[1] gait on the ramp\n[2] stairs",
        "service_1_note: leg press\nservice_2_note: stairs",
        "svc[1]=gait; svc[2]=stairs",
    ],
)
def test_the_number_of_a_field_is_no_time(text):
    assert durations(text) == []


def test_minutes_in_brackets_behind_a_name_stay_minutes():
    assert [minutes for _, minutes, _ in durations("TE (12): squats\nMT (9): glides")] == [12, 9]


@pytest.mark.parametrize(
    ("text", "answer"),
    [("TE bridges X12 20", ("20", 20, "trail")), ("ther ex - press 60# 3x10 23", ("23", 23, "trail"))],
)
def test_minutes_at_the_end_of_a_line_behind_repetitions(text: str, answer: tuple[str, int, str]) -> None:
    assert durations(text) == [answer]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("A dozen minutes of stairs", ("A dozen minutes", 12, "word")),
        ("9:00 | Code 97110 | Min 18", ("18", 18, "kv")),
        ("Code 97535   Time 26", ("26", 26, "kv")),
        ("CPT 97140  Min 9\nGlides", ("9", 9, "kv")),
        ("905-925, resource room", ("905-925", 20, "range")),
        ("900-925. 8 yo", ("900-925", 25, "range")),
    ],
)
def test_further_ways_to_write_a_time(text: str, answer: tuple[str, int, str]) -> None:
    assert answer in durations(text)


@pytest.mark.parametrize("text", ["A dozen eggs", "120-125 lb carried", "He weighs 180-185.", "| Min A 2 |"])
def test_what_is_no_further_one(text: str) -> None:
    assert durations(text) == []


def test_figures_that_open_lines_before_a_name_are_minutes():
    text = "15 te: pulleys, rows\n10 mt: glides\n14 nmr: scap clock"
    assert [(minutes, form) for _, minutes, form in durations(text)] == [(15, "label"), (10, "label"), (14, "label")]


@pytest.mark.parametrize(
    "text",
    ["5 TE: pulleys\n6 MT: glides\n7 NMR: scap clock", "1 TE: pulleys\n2 MT: glides", "12 MT visits so far. Better."],
)
def test_figures_that_number_lines_or_count_something_are_none(text: str) -> None:
    assert durations(text) == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("14 hall: gait w/ rw x2. 20 bathroom: tub transfer x3.", [14, 20]),
        ("15 kitchen: reach to shelf\n12 stairs: up and down w/ rail", [15, 12]),
        ("5 balance: foam\n6 gait: hall", []),  # numbers of a list
        ("12 stairs: w/ rail. 10 steps: no rail.", []),  # counts
        ("14 hall: gait w/ rw x2.", []),  # one alone
        ("12 wks: dress self. 18 visits: walk.", []),
    ],
)
def test_figures_before_a_place_are_its_minutes(text, answer):
    assert [minutes for _, minutes, form in durations(text) if form == "label"] == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("bike and squats ten minutes then foam and that was twelve then glides", [10, 12]),
        ("Glides for ten minutes. Rows, and that took me about fourteen.", [10, 14]),
        ("Glides 10 min, bands and that made 14, then steps", [10, 14]),
        ("Glides for ten minutes. In all that was thirty.", [10]),
        ("Glides for ten minutes. He had three sets and that was twelve reps", [10]),
        ("Pain three and that was twelve.", []),  # no minutes were said
    ],
)
def test_a_bare_number_of_what_was_told_last(text, answer):
    assert [minutes for _, minutes, _ in durations(text)] == answer


@pytest.mark.parametrize(
    "text", ["walked the hall. hr 88", "rows, pain 14", "heel slides, flex: 98", "Visit 12", "spo2 93"]
)
def test_a_measure_at_the_end_of_a_line_is_no_time(text):
    assert durations(text) == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Minutes 21", [("21", 21, "kv")]),
        ("97110 THER EX\nMin 14\nSLR", [("14", 14, "kv")]),
        ("slr 3x10, calf stretch   te incl nustep 24", [("24", 24, "label")]),
        ("gait incl. stairs 16", [("16", 16, "label")]),
    ],
)
def test_minutes_beside_their_names(text, answer):
    assert durations(text) == answer
