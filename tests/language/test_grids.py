"""Flowsheets with a column for each visit."""

from __future__ import annotations

import pytest

from rehabcoder.language.aside import set_aside
from rehabcoder.language.grids import find_grid
from rehabcoder.language.reading import read

SHEET = """EXERCISE LOG          {heads}
TE
 wall slides              2x8        2x10       3x10
 min                      16         17         19
TA
 crate lift               x6         x8         -
 min                      10         10         -
MT hip                    9 min      9 min      9 min
"""


def _today(heads: str) -> list[int]:
    grid = find_grid(SHEET.format(heads=heads).lower())
    assert grid
    return [minutes for *_, minutes in grid.minutes]


@pytest.mark.parametrize(
    ("heads", "minutes"),
    [
        ("    3/4        3/6        3/11", [19, 9]),
        ("    3/4        3/6 *      3/11 (plan)", [17, 10, 9]),
        ("    3/4        3/6        3/11 (next)", [17, 10, 9]),
        ("    3/4=today  3/6        3/11", [16, 10, 9]),
    ],
)
def test_only_todays_column_gives_minutes(heads: str, minutes: list[int]) -> None:
    assert _today(heads) == minutes


def test_the_date_of_today_may_be_named_elsewhere() -> None:
    text = "Today: 3/6\n" + SHEET.format(heads="    3/4        3/6        3/11")
    grid = find_grid(text.lower())
    assert grid
    assert [m for *_, m in grid.minutes] == [17, 10, 9]


def test_times_of_other_days_are_no_times_of_the_session() -> None:
    reading = read(SHEET.format(heads="    3/4        3/6        3/11"))
    assert [t.minutes for t in reading.times] == [19, 9]


def test_rows_that_were_struck_today_are_set_aside_with_their_heading() -> None:
    reading = read(SHEET.format(heads="    3/4        3/6        3/11"))
    aside = {reading.text[reading.pieces[i].start :].split()[0] for i in set_aside(reading)}
    assert aside & {"TE", "TA", "wall", "crate", "MT"} <= {"TA", "crate"}
    assert "TA" in aside


def test_dates_in_prose_head_no_columns() -> None:
    assert find_grid("seen 3/4 and 3/6, next 3/11.\nbalance 20/30, 22/30") is None
    assert find_grid("grip  44/50  40/48\nlift  10  12") is None


BARRED = "ACTIVITY | {heads} | CODE\nWrist AROM | done | held | TE\nPutty | 8 min | 9 min | TE\nScar mobs | 10 | - | MT\nPain 2/10."


@pytest.mark.parametrize(
    ("heads", "minutes", "undone"), [("10/18 | 10/22", [9], ["Wrist", "Scar"]), ("10/18 * | 10/22", [8, 10], [])]
)
def test_bars_tell_which_column_a_cell_stands_in(heads: str, minutes: list[int], undone: list[str]) -> None:
    reading = read(BARRED.format(heads=heads))
    grid = find_grid(reading.low)
    assert grid
    assert [m for *_, m in grid.minutes] == minutes
    aside = [reading.text[reading.pieces[i].start :].split()[0] for i in set_aside(reading)]
    assert aside == undone


def test_an_empty_cell_between_bars_was_not_done() -> None:
    grid = find_grid("| act | 3/4 | 3/6 |\n| bike | 8 | 10 |\n| rows | | 12 |\n| mobs | 9 | |")
    assert grid
    assert [m for *_, m in grid.minutes] == [10, 12]
    assert len(grid.undone) == 1


BY_VISIT = """Minutes by visit         {heads}
97110 Ther Ex             10    10     15     12
   arm ergometer L2
97112 Neuro Re-ed         15    18     -     17
   supine D2 flexion
97140 Manual              12    12     12     -
97535 Self Care           10    10     10
   one-handed shoe tie
97032 e-stim              12    12     12
97150 Group               -      -      -     as before
Timed code treatment minutes   29
Grip 20 (18 on 6/3)"""


@pytest.mark.parametrize(
    "heads",
    [
        "6/3   6/6   6/10   TODAY",
        "6/3   6/6   6/10   today 6/13",
        "6/3   6/6   6/10   6/13",
        "6/3   6/6   Last   Today",
    ],
)
def test_a_column_may_be_headed_by_the_word_today(heads: str) -> None:
    reading = read(BY_VISIT.format(heads=heads))
    grid = find_grid(reading.low)
    assert grid
    assert [m for *_, m in grid.minutes] == [12, 17]
    aside = {reading.text[reading.pieces[i].start :].split()[0] for i in set_aside(reading)}
    assert aside == {"97140", "97032"}  # an empty cell is no "no" where the line below says what was done
    assert "29" in {reading.text[t.start : t.end] for t in reading.times}


def test_measures_of_an_earlier_day_and_of_today_head_no_minutes() -> None:
    assert find_grid("measure      eval    today\ngrip         20      28\npinch        6       8") is None
    assert find_grid("task       last visit    today\nstairs       20      28") is None
