from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabcoder.language.text import shadow
from rehabcoder.language.times import clock, find_times, number

ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]  # fmt: skip
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def words(value: int, join: str = "-") -> str:
    if value < 20:
        return ONES[value]
    tens, ones = divmod(value, 10)
    return TENS[tens - 2] + (join + ONES[ones] if ones else "")


def times(text: str) -> list[tuple[str, int, str]]:
    return [(text[m.start : m.end], m.minutes, m.form) for m in find_times(shadow(text))]


@pytest.mark.parametrize(
    ("said", "minutes", "form"),
    [
        ("15 min", 15, "min"),
        ("15 minutes", 15, "min"),
        ("8-min", 8, "min"),
        ("15'", 15, "prime"),
        ("15\u2032", 15, "prime"),
        ("15m", 15, "m"),
        ("fifteen minutes", 15, "word"),
        ("Twenty-five min", 25, "word"),
        ("0.5 h", 30, "hour"),
        ("1/4 hr", 15, "hour"),
        ("1 h 15 min", 75, "hour"),
        ("1h15", 75, "hour"),
        ("0.25 h", 15, "hour"),
        ("1 1/4 hours", 75, "hour"),
        ("1\u00bd h", 90, "hour"),
        ("one hour and 5 min", 65, "frac"),
        ("from ten past two until half past two", 20, "range"),
        ("between 1:05 and 1:25", 20, "range"),
        ("half an hour", 30, "frac"),
        ("quarter of an hour", 15, "frac"),
        ("three quarters of an hour", 45, "frac"),
        ("an hour and a quarter", 75, "frac"),
        ("an hour and ten minutes", 70, "frac"),
        ("0:38", 38, "hmm"),
        ("00:17:42", 17, "hmm"),
        ("8+7 min", 15, "min"),
        ("15 + 10 min", 25, "min"),
        ("8 min + 7 min", 15, "min"),
        ("12+5+3 min", 20, "min"),
        ("20-25 min", 25, "either"),
        ("fifteen or twenty minutes", 20, "either"),
        ("3p-3:55p", 55, "range"),
        ("3:00 p.m. - 3:55 p.m", 55, "range"),
        ("(12)", 12, "brack"),
        ("[12]", 12, "brack"),
        ("40% of the session", 40, "pct"),
        ("another twelve", 12, "ell"),
        ("0905-0923", 18, "range"),
        ("9:05-9:23", 18, "range"),
        ("9:05 \u2013 9:23", 18, "range"),
        ("0905 to 0923", 18, "range"),
        ("9.05-9.20", 15, "range"),
        ("11:50-12:10 pm", 20, "range"),
        ("12:50-1:10", 20, "range"),
        ("1:50pm to 2:10pm", 20, "range"),
        ("23:50-0:10", 20, "range"),
        ("start 0905 stop 0923", 18, "range"),
        ("from half past nine to ten", 30, "range"),
        ("from quarter to ten to ten", 15, "range"),
        ("9:05", 545, "clock"),
    ],
)
def test_the_ways_to_say_a_time(said, minutes, form):
    assert times(f"squats {said} on foam") == [(said, minutes, form)]


@pytest.mark.parametrize(
    "text",
    [
        *("3 x 40 m", "130 mmHg", "pain 5/10", "2/14/2024", "10-15 reps", "0800-2000", "3x10", "90 degrees", "5 lb"),
        *("150' x 2", "75' x3", "5 x 80'", "4x60'", "80', 120', 150'", "80', then 120'", "from nine to four"),
        *(
            "a figure eight on the wall",
            "5 of the 54 steps",
            "3 of them",
            "the last twelve rungs",
            "three miles an hour",
        ),
    ],
)
def test_what_is_no_time(text):
    assert times(text) == []


def test_seconds_are_dropped():
    assert times("plank 12:30 min")[0][1] == 12
    assert times("BLOCK 1: 15 min") == [("15 min", 15, "min")]


@given(st.integers(1, 99), st.sampled_from([" ", "-"]))
def test_number_words_round_trip(value, join):
    assert number(words(value, join)) == value
    assert number(f" {value} ") == value
    assert [minutes for _, minutes, _ in times(f"bike {words(value, join)} minutes today")] == [value]


@pytest.mark.parametrize("text", ["", "many", "ten-ish", "one hundred", "3x10"])
def test_what_is_no_number(text):
    assert number(text) is None


@given(st.integers(0, 24 * 60 - 1))
def test_a_clock_time_round_trips(at):
    hour, minute = divmod(at, 60)
    assert clock(f"{hour:02}{minute:02}") == at
    assert clock(f"{hour}:{minute:02}") == at
    assert clock(f"{hour % 12 or 12}:{minute:02}", "am" if hour < 12 else "pm") == at


@given(st.integers(6 * 60, 18 * 60), st.integers(1, 240))
def test_a_clock_range_round_trips(begin, length):
    ends = [begin, begin + length]
    military = "-".join(f"{t // 60:02}{t % 60:02}" for t in ends)
    colons = " - ".join(f"{t // 60}:{t % 60:02}" for t in ends)
    halves = " to ".join(f"{t // 60 % 12 or 12}:{t % 60:02} {'am' if t < 720 else 'pm'}" for t in ends)
    for written in (military, colons, halves):
        found = find_times(f"{written} squats")
        assert [(m.minutes, m.begins, m.ends) for m in found] == [(length, *ends)], written


@given(st.integers(8 * 60, 17 * 60), st.integers(1, 120))
def test_a_half_of_the_day_said_once_holds_for_both(begin, length):
    end = begin + length
    half = "am" if end < 720 else "pm"
    written = f"{begin // 60 % 12 or 12}:{begin % 60:02}-{end // 60 % 12 or 12}:{end % 60:02} {half}"
    assert [m.minutes for m in find_times(written)] == [length]


@given(st.lists(st.sampled_from(["15 min", "0905-0923", "half an hour", "(12)", "9:05", "squats", "3x10", "\n"])))
def test_times_are_in_order_and_never_overlap(parts):
    text = " ".join(parts)
    found = find_times(shadow(text))
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(0 <= m.start < m.end <= len(text) and text[m.start : m.end].strip() for m in found)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("four forty two to four fifty six is ther ex", 14),
        ("four fifty six to five twelve is gait", 16),
        ("therapeutic activities nine oh two to nineteen after, raising", 17),
        ("nine thirty-one to nine forty-six i worked", 15),
        ("from ten to twenty five past three neuro re-ed", 15),
        ("then twenty five past to three thirty-nine, stairs", 14),
        ("one oh five to one twenty one one-handed cooking", 16),
        ("quarter past nine to ten to ten gait", 35),
        ("half past nine until quarter to ten gait", 15),
        ("from nine until half past nine", 30),
        ("eleven fifty eight till twelve ten", 12),
        ("on deck from ten to three to three o'clock i stretched", 10),
    ],
)
def test_a_spoken_clock_range_may_leave_an_hour_to_its_other_end(text, minutes):
    assert [m.minutes for m in find_times(text)] == [minutes]


@pytest.mark.parametrize(
    "text",
    [
        "flexion one ten to one twenty",
        "one forty to one fifty five degrees",
        "heart rate one ten to one twenty",
        "blood pressure one twenty to one thirty over eighty",
        "pain from six to four of ten",
        "three sets of ten to twelve",
        "ten of ten to two of ten",
        "from twenty to thirty degrees",
    ],
)
def test_spoken_measures_are_no_times_of_day(text):
    assert find_times(text) == []


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("from ten past to twenty five past i worked on balance", 15),
        ("nine to nine fifteen ther ex, bridges", 15),
        ("she was seen two to two forty", 40),
    ],
)
def test_spoken_ranges_that_say_the_hour_once_or_never(text, minutes):
    assert [m.minutes for m in find_times(text)] == [minutes]


def test_one_to_one_is_no_clock_range():
    assert [(m.minutes, m.form) for m in find_times("one to one fifteen minutes")] == [(15, "word")]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("which took 17 of the 54 minutes", [17, 54]),
        ("eighteen of those forty minutes", [18, 40]),
        ("Re-education used 22 of them", [22]),
        ("spent ten of these on the stairs", [10]),
        ("He spent the last twelve walking the hall", [12]),
        ("3 x 10'", [10]),
    ],
)
def test_a_part_of_the_time_is_a_time(text, minutes):
    assert [time for _, time, _ in times(text)] == minutes


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("6 minute walk with rollator 412 ft", []),
        ("six-minute walk test 300 ft", []),
        ("2 min walk: 80 ft", []),
        ("6 min walk to the mailbox", [("6 min", 6, "min")]),
        ("6 min of walking", [("6 min", 6, "min")]),
        ("10 min walk 400 ft", [("10 min", 10, "min")]),
        ("97130 each additional 15 min", []),
        ("per add'l 15 minutes", []),
        ("additional 15 min of gait", [("15 min", 15, "min")]),
    ],
)
def test_what_only_names_a_test_or_the_unit_of_a_code_is_no_time(text, answer):
    assert times(text) == answer


@pytest.mark.parametrize(
    "text",
    ["LAST TWO MIN A.", "first 3 min A, then CGA", "x4, two min assist", "2 min a x3 then sba", "one min assistance"],
)
def test_minimal_assistance_is_no_time(text):
    assert times(text) == []


@pytest.mark.parametrize(
    "text", ["10 min a day", "gait 12 min A: tolerated well", "5 min a.m.", "20 min a, b", "8 min"]
)
def test_minutes_before_another_a_are_a_time(text):
    assert len(times(text)) == 1


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("MMT 3+ 10 min", [10]),
        ("SLR 3x10 - 15 min", [15]),
        ("bike 5 min - 12 min", [5, 12]),
        ("TE 15 min + 10 min rest", [15, 10]),
        ("breaks of two or three minutes", [3]),
        ("treated forty to fifty minutes at each visit", [50]),
        ("[00:17:42] leg press", []),
    ],
)
def test_what_only_looks_like_a_sum_or_a_range(text: str, minutes: list[int]) -> None:
    assert [m.minutes for m in find_times(shadow(text))] == minutes
