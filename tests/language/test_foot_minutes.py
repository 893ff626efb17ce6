from __future__ import annotations

import pytest

from rehabcoder.language.foot_lists import foot_list
from rehabcoder.language.foot_minutes import from_foot_list
from rehabcoder.language.note_minutes import Minutes
from rehabcoder.language.reading import read
from rehabcoder.language.totals import find_totals

UP = "Up from a low bed and the commode x4"
WALK = "Ambulation: RW 40 ft twice"
BANDS = "Bands and bridges 3x10"
FOAM = "Foam with nudges at the hips"
CODES = {UP: "97530", WALK: "97116", BANDS: "97110", FOAM: "97112"}


def minutes(foot: str, *services: str) -> list[int | None]:
    """Minutes that a line gives services without labels or times of their own."""
    text = "\n".join([*services, "Left in the chair.", foot])
    spans = [(text.index(words), text.index(words) + len(words)) for words in services]
    chosen = [Minutes(None, None, None, 0.5) for _ in spans]
    from_foot_list(read(text), spans, [(None, CODES[words]) for words in services], chosen)
    return [m.minutes for m in chosen]


@pytest.mark.parametrize(
    "foot",
    [
        "Minutes: mobility 16, gait 11, ex 9",
        "Min - mobility 16; ambulation 11; strengthening 9",
        "Tx time: gait 11 / exercise 9 / bed mobility 16",
        "Times: 16 min transfers, 11 min walking, 9 min exercise = 36",
        "Timed 36: transfers 16, walking 11, exercise 9",
        "Transfers 16 min, gait 11 min, ex 9 min",
        "Transfers 16, gait 11, ex 9 min.",
        "Minutes: getting up 16, gait 11, ex 9. Total 36",
        "Transfers 16, gait 11, exercise 9, total 36. Units 97530 1, 97116 1",
        "Getting up (97530) 16, gait (97116) 11, exercise 9. Timed 36 min.",
        "Minutes 16, 11 and 9, total 36",
        "Time: transfers sixteen minutes, walking eleven minutes, exercises nine minutes. Thirty-six minutes in all.",
    ],
)
def test_plain_words_at_the_foot_give_the_services_their_minutes(foot):
    assert minutes(foot, UP, WALK, BANDS) == [16, 11, 9]


def test_the_one_left_over_is_that_of_the_one_left_over():
    assert minutes("Minutes: gait 11, curling 9, ex 16", BANDS, FOAM, WALK) == [16, 9, 11]


def test_an_entry_that_may_be_of_two_services_is_neithers():
    assert minutes("Minutes: walking and transfers 27, ex 9", UP, WALK, BANDS) == [None, None, 9]


def test_a_service_with_a_time_of_its_own_is_not_in_the_list():
    text = f"Fluidotherapy 10 min\n{BANDS}\n{WALK}\nTime: bending nine minutes, corridor eleven minutes."
    spans = [(text.index(words), text.index(words) + len(words)) for words in ("Fluidotherapy 10 min", BANDS, WALK)]
    chosen = [Minutes(10, 14, 20, 0.9), Minutes(None, None, None, 0.5), Minutes(None, None, None, 0.5)]
    from_foot_list(read(text), spans, [(None, "97022"), (None, CODES[BANDS]), (None, CODES[WALK])], chosen)
    assert [m.minutes for m in chosen] == [10, None, None]
    named = text.replace("corridor", "walking")
    from_foot_list(read(named), spans, [(None, "97022"), (None, CODES[BANDS]), (None, CODES[WALK])], chosen)
    assert [m.minutes for m in chosen] == [10, 9, 11]


@pytest.mark.parametrize(
    "foot",
    [
        "Home: walking 10 min, stretching 15 min",
        "Time: in 10, out 40",
        "Up 45, down 30, lying 60 cm",
        "Pulse: rest 72, walking 98",
        "Goal: walking 15 min and stairs 12 in two weeks",
        "Next time: gait 15, transfers 15 if she can",
        "Transfers 16, gait 11, total 40",
        "Rows 12, presses 10, total 22 reps, 3 sets",
        "Minutes 5 to 10 and 15 at most",
    ],
)
def test_other_lines_of_words_and_figures_give_no_minutes(foot):
    assert minutes(foot, UP, WALK) == [None, None]


@pytest.mark.parametrize("total", [". Total 23", ", total 23", " = 23 total", ". Total 23 min"])
def test_what_the_entries_come_to_is_the_stated_total(total):
    stated = find_totals(read(f"Up for breakfast 30 min.\nMinutes: transfers 10, gait 13{total}"))
    assert stated.total == 23


def test_a_list_says_where_it_begins_and_ends():
    low = "rows.\nminutes: transfers 10, gait 13 (corridor). sore."
    found = foot_list(low)
    assert found
    assert low[found.start : found.end] == "minutes: transfers 10, gait 13 (corridor)"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("rows, sts x5. 25 ta 14 te. pain 2", [25, 14]),
        ("rows, sts x5. 25 ta, 14 te", [25, 14]),
        ("rows, sts x5. 25' ta 14' te.", [25, 14]),
        ("rows, sts x5. 25 min ta and 14 min te.", [25, 14]),
        ("rows, sts x5. ta 25 te 14. pain 2", [25, 14]),
        ("rows, sts x5. ta: 25, te: 14", [25, 14]),
        ("rows, sts x5.\n14 te/25 ta", [14, 25]),
        ("rows, sts x5. 2 ta 1 te.", None),  # units
        ("15 te: pulleys, 10 mt: glides", None),  # each is told behind its name
        ("rows, sts x5. 25 ta.", None),
        ("12 te 14 te.", None),
    ],
)
def test_a_sentence_of_minutes_and_short_names(text, answer):
    found = foot_list(text)
    assert (found and [entry.minutes for entry in found.entries]) == answer
