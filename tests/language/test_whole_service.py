from __future__ import annotations

import pytest

from rehabcoder.language.note_minutes import Minutes
from rehabcoder.language.reading import read
from rehabcoder.language.whole_service import in_its_column, said_whole


def whole(text: str, *services: tuple[str, str, int | None]) -> list[int | None]:
    """Minutes of the services (words, code and minutes read so far) with times said to be all of one."""
    reading = read(text)
    spans = [(text.index(words), text.index(words) + len(words)) for words, _, _ in services]
    chosen = []
    for (start, end), (_, _, minutes) in zip(spans, services, strict=True):
        time = next((t for t in reading.times if start <= t.start < end and t.minutes == minutes), None)
        chosen.append(Minutes(minutes, time.start, time.end, 0.9) if time else Minutes(None, None, None, 0.9))
    said_whole(reading, spans, [code for _, code, _ in services], chosen, [False] * len(spans))
    in_its_column(reading, spans, chosen)
    return [m.minutes for m in chosen]


POOL = "Pool jogging 10 min, kicks 3x20, rows 3x15."
EX = "TE: bike 6 min, leg press 3x10, steps"


@pytest.mark.parametrize(
    "says",
    [
        "Therapist one on one entire 38 minutes.",
        "Total in-water one-on-one time 38 min.",
        "In water with pt x 38 min.",
        "1:1 x 38 min",
        "Time 38 min 1:1.",
        "38 minutes one-on-one throughout.",
        "PT in pool with patient for 38 min.",
    ],
)
def test_the_time_with_the_therapist_beats_that_of_one_thing_of_the_list(says):
    assert whole(f"{POOL} {says}", (POOL, "97113", 10)) == [38]


@pytest.mark.parametrize(
    ("first", "answer"),
    [
        (f"{EX}, for a total of 20 min of ther ex.", 20),
        (f"{EX} - 20 min total", 20),
        (f"{EX}, total 20 min.", 20),
        (f"{EX}. Walk 20 min total distance", 6),
        (f"{EX}, 20 min total at home last visit", 6),
    ],
)
def test_a_total_within_a_service_is_its_own_where_another_follows(first, answer):
    second = "MT 12 min glides."
    assert whole(f"{first}\n{second}", (first, "97110", 6), (second, "97140", 12)) == [answer, 12]
    if answer != 6:  # and so where no time was taken for it, unless the other has none either
        assert whole(f"{first}\n{second}", (first, "97110", None), (second, "97140", 12)) == [answer, 12]


def test_a_total_that_the_services_come_to_is_that_of_the_session():
    first, second = f"{EX} - 18 min total", "MT 12 min glides."
    assert whole(f"{first}\n{second}", (first, "97110", 6), (second, "97140", 12)) == [6, 12]


@pytest.mark.parametrize(
    "text",
    [
        "TE 10 min, rows 3x15. Total 1:1 time 40 min.",
        f"{POOL} Total 40 min.",
        f"{POOL} 1:1 stretching 12 min.",
        "Bike 10 min. One on one 40 min.",
    ],
)
def test_other_times_leave_the_minutes_of_a_service_alone(text):
    assert whole(text, (text, "97110", 10)) == [10]


def test_the_column_of_minutes_beats_a_dose_of_the_row():
    rows = ("Bike | 5 min L3 | 6 | 97110", "Press | 3x10 | 7 | 97110")
    text = "Exercise | Dose | Min | Code\n" + "\n".join(rows)
    assert whole(text, (rows[0], "97110", 5), (rows[1], "97110", 7)) == [6, 7]
    assert whole(text, (rows[0], "97110", None), (rows[1], "97110", 7)) == [6, 7]
    bare = text.replace("Min", "Load")
    assert whole(bare, (rows[0], "97110", 5), (rows[1], "97110", None)) == [5, None]
