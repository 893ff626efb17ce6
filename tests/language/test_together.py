from __future__ import annotations

import pytest

from rehabcoder.language.reading import read
from rehabcoder.language.together import (
    at_headings,
    coded_rows,
    in_parts,
    join_rows,
    opened_by_headings,
    split_rows,
    timed_headings,
    timed_rows,
    with_rows,
)

SHEET = """Activity | Dose | Code
{rows}
No pain after.
{footer}"""
ROWS = "Bike | 6 min | TE\nRows | 3x10 | TE\nSLS on foam | 5 x 30 sec | NM\nTandem | 4 laps | NM\nTibial glide | gr III | MT"


def joined(rows: str, footer: str) -> list[str]:
    """What each service says, if every row was taken for one."""
    text = SHEET.format(rows=rows, footer=footer)
    reading = read(text)
    lines = rows.split("\n")
    spans = [(k, k + 1) for k, p in enumerate(reading.pieces) if text[p.start : p.end] in lines]
    assert len(spans) == len(lines)
    return [text[reading.pieces[a].start : reading.pieces[b - 1].end] for a, b in join_rows(reading, spans)]


@pytest.mark.parametrize(
    "footer",
    [
        "MINUTES  TE 21  NM 12  MT 9   Timed 42",
        "TE 21 min, NM 12 min, MT 9 min",
        "Minutes: TE 21 / NM 12 / MT 9",
        "97110 21 min\n97112 12 min\n97140 9 min",
    ],
)
def test_rows_of_one_code_with_one_time_in_a_footer_are_one_service(footer: str) -> None:
    bike, rows, sls, tandem, glide = ROWS.split("\n")
    assert joined(ROWS, footer) == [f"{bike}\n{rows}", f"{sls}\n{tandem}", glide]


@pytest.mark.parametrize("footer", ["Timed 42", "MINUTES  TE 10  TE 11  NM 6  NM 6", "UNITS  97110 x2  97112 x1"])
def test_rows_whose_code_has_no_one_time_stay_as_they_are(footer: str) -> None:
    assert joined(ROWS, footer) == ROWS.split("\n")


@pytest.mark.parametrize(
    "time", ["18 for the 3", "18 min all 3", "18 min for all three", "18 min together", "18' (for the 3)"]
)
def test_rows_of_one_code_are_one_service_where_the_last_gives_the_time_of_all(time: str) -> None:
    rows = f"Glide\tMT\t9 min\nBike\tTE\nRows\tTE\nPress\tTE\t{time}"
    assert joined(rows, "") == ["Glide\tMT\t9 min", f"Bike\tTE\nRows\tTE\nPress\tTE\t{time}"]


def test_a_time_of_the_last_two_rows_joins_two() -> None:
    rows = "Bike\tTE\t6 min\nRows\tTE\nPress\tTE\t12 min for the last 2"
    assert joined(rows, "") == ["Bike\tTE\t6 min", "Rows\tTE\nPress\tTE\t12 min for the last 2"]
    assert joined(rows.replace("last 2", "3"), "") == rows.replace("last 2", "3").split("\n")


def test_rows_that_all_have_minutes_of_their_own_stay_services_of_their_own() -> None:
    rows = "Bike | 6 min | TE\nRows | 15 min | TE"
    assert joined(rows, "MINUTES  TE 21") == rows.split("\n")


def test_rows_of_one_code_that_do_not_stand_side_by_side_stay_apart() -> None:
    rows = "Rows | 3x10 | TE\nStairs with bag | 3 trips | TA\nSquats | 3x8 | TE"
    assert joined(rows, "MINUTES  TE 26  TA 12") == rows.split("\n")


def test_every_row_with_a_code_alone_in_a_cell_is_a_service() -> None:
    rows = "Bike | 6 min | TE\nPress, eyes on screen | - | -\nBalance | - | NM\nGlide | held | MT\nBathing, deferred | 0 | SC"
    reading = read(SHEET.format(rows=rows, footer="TE 21"))
    found = coded_rows(reading, ())
    said = [reading.text[reading.pieces[a].start : reading.pieces[b - 1].end] for a, b in found]
    assert said == ["Bike | 6 min | TE", "Balance | - | NM"]
    assert coded_rows(reading, [found[0][0]]) == found[1:]
    assert with_rows([(found[0][0], found[0][1] + 1)], found) == [(found[0][0], found[0][1] + 1), found[1]]


def test_bars_without_a_column_of_codes_make_no_rows() -> None:
    assert coded_rows(read("S: sore | O: TE bike | A: ok\nS: sore | O: MT glides | A: ok"), ()) == []


HEADED = """Interventions
Aquatic Therapy 97113 [25 min]
Chest-deep: lunge walk and step-ups
Aquatic Therapy 97113 [10 min]
Kickboard laps on own
Therapeutic Exercise 97110 - 8 min
Sit to stand 3 x 8"""


def test_a_heading_of_code_and_minutes_opens_a_service_of_its_own() -> None:
    reading = read(HEADED)
    headings = timed_headings(reading)
    assert [HEADED[reading.pieces[k].start : reading.pieces[k].end].split()[0] for k in headings] == [
        "Aquatic",
        "Aquatic",
        "Therapeutic",
    ]
    assert at_headings([(1, 5), (5, 7)], headings) == [(1, 3), (3, 5), (5, 7)]
    assert at_headings([(0, 2), (2, 4)], headings) == [(0, 2), (2, 4)]  # at its end it closes


@pytest.mark.parametrize(
    "text",
    [
        "Cognition 97129 15 min\nCognition 97130 10 min\nlist recall",
        "Ther Ex 15 min\nsquats",
        "squats 15 min\nbridges 10 min",
    ],
)
def test_one_heading_or_none_shows_no_layout(text: str) -> None:
    assert timed_headings(read(text)) == []


def cut(text: str) -> list[str]:
    """What the services would say, if all lines were taken for one."""
    reading = read(text)
    spans = split_rows([(0, len(reading.pieces))], timed_rows(reading))
    return [text[reading.pieces[a].start : reading.pieces[b - 1].end] for a, b in spans]


@pytest.mark.parametrize("mark", ["\t", " | "])
def test_each_row_of_a_sheet_that_ends_with_its_minutes_is_a_service(mark: str) -> None:
    rows = [f"glide{mark}9", f"ther act{mark}15", f"bands{mark}2x12{mark}10"]
    assert cut("\n".join(rows)) == rows
    assert cut("\n".join([rows[0], f"clams{mark}2x12", rows[2], rows[1]])) == [
        rows[0],
        f"clams{mark}2x12\n{rows[2]}",
        rows[1],
    ]


EDGE = ["stepper L4 seat 9       8", "leg raises 2x10        14", "   slow and held\nheel slides            10"]


def test_each_row_of_a_sheet_with_minutes_at_its_edge_is_a_service() -> None:
    assert cut("\n".join([*EDGE, "Total 32"])) == [
        EDGE[0], f"{EDGE[1]}\n   slow and held", EDGE[2].rpartition("\n")[2], "Total 32"
    ]  # fmt: skip
    assert len(cut("\n".join([*EDGE, "cold pack               9", "Timed 32"]))) == 5


@pytest.mark.parametrize(
    "rows",
    [
        [*EDGE, "No pain."],  # loads, for all that the note says
        [f"{row[:18]}  12  {row[18:]}" for row in EDGE[:2]] + ["heel slides         12       10", "Total 32"],
        [*EDGE[:2], "Total 22"],
    ],
)
def test_other_figures_at_the_edge_show_no_sheet(rows: list[str]) -> None:
    assert cut("\n".join(rows)) == ["\n".join(rows)]


def test_a_few_rows_or_doses_with_their_unit_show_no_sheet() -> None:
    for text in ("TE\t15\nbands\t10", "bike\t7 min\nrows\t5 min\nsteps\t4 min\npress\t3x10", "TE 15\nbike 10\nrows 12"):
        assert cut(text) == [text]


PARTS = ("97110, 30 min", "leg press 90 lb, 18 min", "step ups, 12 min")


@pytest.mark.parametrize(
    ("heading", "labels", "minutes", "found"),
    [
        (PARTS[0], ("97110", None, None), (30, 18, 12), {0: range(1, 3)}),
        (PARTS[0], ("97110", "97110", None), (30, 18, 12), {0: range(1, 3)}),
        (PARTS[0], ("97110", None, None), (30, 18, 10), {}),  # not its sum
        (PARTS[0], ("97110", None, None), (30, 30, None), {}),  # one service and its charge line
        (PARTS[0], ("97110", None, "97140"), (30, 18, 12), {}),
        (PARTS[0], (None, None, None), (30, 18, 12), {}),
        ("97110, 30 min: squats", ("97110", None, None), (30, 18, 12), {}),  # says what was done
    ],
)
def test_a_heading_stands_for_the_parts_that_make_its_time(heading, labels, minutes, found):
    parts = (heading, *PARTS[1:])
    text = "\n".join(parts)
    places = [(text.index(part), text.index(part) + len(part)) for part in parts]
    assert in_parts(read(text), places, labels, minutes) == found


FORM = """97535 SELF CARE{one}
Minutes 21
She has lived with her lungs for ten years and was glad to be asked. {told}
97110 THER EX
Minutes 12
{two}"""
PRESSES = "Chair presses in three sets of eight for the strength of both arms."


@pytest.mark.parametrize(
    ("one", "two", "opened"),
    [
        ("", PRESSES, 2),
        (" EA 15 MIN", PRESSES, 2),
        ("", "97140 MANUAL THERAPY\nMinutes 9", 0),  # rows of charges
        ("", "Pain 2/10.", 0),  # too little to tell of a service
    ],
)
def test_headings_of_a_number_and_minutes_open_services(one: str, two: str, opened: int) -> None:
    reading = read(FORM.format(one=one, two=two, told="We planned the morning and sat to wash."))
    timed = timed_headings(reading)
    headings = opened_by_headings(reading, timed, ())
    assert len(headings) == opened
    assert opened_by_headings(reading, timed, range(len(reading.pieces))) == []
    assert all(reading.text[reading.pieces[k].start :].startswith("97") for k in headings)
