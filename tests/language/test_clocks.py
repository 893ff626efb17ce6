from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabcoder.language.reading import read


def lengths(text: str) -> list[tuple[str, int, str]]:
    """What the ranges and running clocks of a text come to."""
    return [(text[m.start : m.end], m.minutes, m.form) for m in read(text).times if m.form in ("range", "run")]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("te 815-830 leg press\nmt 830-845 glides", [("815-830", 15, "range"), ("830-845", 15, "range")]),
        ("te 1240 to 105 leg press\nta 105 to 120 crates", [("1240 to 105", 25, "range"), ("105 to 120", 15, "range")]),
        (
            "START  STOP\nbike, rows      0810   0822\nladder          0822   0840",
            [("0810   0822", 12, "range"), ("0822   0840", 18, "range")],
        ),
        ("what\tON\tOFF\nkettle and cups\t1410\t1432\nrest\t", [("1410\t1432", 22, "range")]),
        (
            "215 TE squats 230 MT glides 242 TA crates 255 done",
            [("215", 15, "run"), ("230", 12, "run"), ("242", 13, "run")],
        ),
        (
            "9:00 gait 9:12 stairs 9:20 TE squats, done 9:35",
            [("9:00", 12, "run"), ("9:12", 8, "run"), ("9:20", 15, "run")],
        ),
        (
            "Arrived 1:00. Until 1:15 balance. From 1:15 to 1:30 gait.",
            [("1:15", 15, "run"), ("1:15 to 1:30", 15, "range")],
        ),
        ("TE finished 9:15\nMT finished 9:30", [("9:30", 15, "run")]),
        (
            "From twenty to eleven. Until five to eleven I stretched. At five to eleven we stood. Done at ten past.",
            [("five to eleven", 15, "run"), ("five to eleven", 15, "run")],
        ),
        (
            "We began at ten past nine with gait. At half past we went to the mat. We stopped at ten to ten.",
            [("ten past nine", 20, "run"), ("half past", 20, "run")],
        ),
        (
            "From nine o'clock until quarter past glides. At quarter past we took the pulleys. We finished at twenty to ten.",
            [("From nine o'clock until quarter past", 15, "range"), ("quarter past", 25, "run")],
        ),
        ("Pills at half past seven. Balance and gait. Sleeps at ten o'clock.", []),
        (
            "Pills at twelve fifteen. We started at one. Until one fourteen big steps, until one thirty gait.",
            [("one fourteen", 14, "run"), ("one thirty", 16, "run")],
        ),
        ("Treadmill at three miles an hour", []),
        (
            "0:00 forms\n0:06 gaze drill\n0:20 gait\n0:33 stop",
            [("0:00", 6, "run"), ("0:06", 14, "run"), ("0:20", 13, "run")],
        ),
    ],
)
def test_times_of_day_that_follow_one_another(text, answer):
    assert lengths(text) == answer


@pytest.mark.parametrize(
    "text",
    [
        "bike, HR 100-115 then 115-130 bpm",
        "knee flexion 100-110, last week 110-120",
        "gait 150-200 ft, then 200-230 ft",
        "TE leg press 110 lb, rows 120 lb, press 130 lb",
        "room 215-1, bed 230",
        "ROM 105 TE, 110 TA, 115 MT",
        "grip 100 105 110",
        "TE 815-830 kg",
        "Took oxycodone at 0700. In 0730 out 0815.",
    ],
)
def test_measures_are_no_times_of_day(text):
    assert lengths(text) == []


@given(st.integers(7 * 60, 11 * 60), st.lists(st.integers(5, 40), min_size=3, max_size=6))
def test_rows_that_follow_one_another_come_to_their_lengths(begin, steps):
    rows, at = [], begin
    for step in steps:
        ends = at + step
        rows.append(f"squats {at // 60}{at % 60:02}-{ends // 60}{ends % 60:02}")
        at = ends
    assert [minutes for _, minutes, _ in lengths("\n".join(rows))] == steps


def test_of_two_things_at_the_same_time_the_first_took_none():
    text = "3:02 R epley x2\n3:14 retest, no nystagmus\n3:14 nmr romberg\n3:30 out"
    assert lengths(text) == [("3:02", 12, "run"), ("3:14", 16, "run")]


def test_what_went_on_until_a_time_of_day_began_where_the_thing_before_it_ended():
    for text in (
        "9:10-9:25 bridges and clamshells, then until 9:40 car transfers four times",
        "from nine ten to nine twenty five bridges, then until twenty to ten car transfers",
    ):
        assert [t.minutes for t in read(text).times if t.form in ("range", "run")] == [15, 15]
