from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rehabcoder.findings.times import contradiction
from rehabcoder.findings.windows import own_ranges, with_ranges_of_the_bill
from rehabcoder.language.minutes import Minutes
from rehabcoder.language.reading import read
from rehabcoder.language.totals import find_totals
from rehabcoder.note import Service, Span
from rehabcoder.predict.predicted import Found, Predicted


def found(text: str, *services: tuple[str, str, int | None]) -> str | None:
    """What is contradictory in a note with these services: words, code, minutes."""
    reading = read(text)
    listed, places = [], []
    for words, code, minutes in services:
        start = text.index(words)
        end = start + len(words)
        time = next((t for t in reading.times if start <= t.start < end and t.minutes == minutes), None)
        span = Span(time.start, time.end) if time else None
        listed.append(Service(start, end, words, code, None, minutes, minutes_span=span))
        at = Minutes(minutes, time.start if time else None, time.end if time else None, 1.0)
        places.append(Found(start, end, (0, 0), None, None, [(code, 1.0)], [(code, 1.0)], at, 1.0, 1.0))
    predicted = Predicted(reading, find_totals(reading), places, np.zeros((0, 0), dtype=np.float32), [], "unstated")
    told = contradiction(predicted, listed)
    return told.says if told else None


ROWS = ("rows 20 min", "97110", 20)
CRATES = ("crates 15 min", "97530", 15)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rows 20 min\ncrates 15 min\nTimed minutes: 40", "35 timed minutes, 40 are stated"),
        ("rows 20 min\ncrates 15 min\nTotal treatment time 30 min", "more than the stated total of 30"),
        ("rows 20 min\ncrates 15 min\nTotal treatment time 45 min", "less than the stated total of 45"),
        (
            "rows 20 min\ncrates 15 min\nTotal treatment time 45 min\nHEP: walk 10 min",
            "less than the stated total of 45",
        ),
        ("In at 2:00, out at 2:30.\nrows 20 min\ncrates 15 min", "do not fit into a visit of 30"),
        ("Seen between 2:00 and 2:30.\nrows 20 min\ncrates 15 min", "do not fit into a visit of 30"),
        ("I rang the bell at 2:00 and was back in the car at 2:30.\nrows 20 min\ncrates 15 min", "into a visit of 30"),
        ("In at two and out at two thirty.\nrows 20 min\ncrates 15 min", "into a visit of 30"),
        ("I saw her from two until half past two.\nrows 20 min\ncrates 15 min", "into a visit of 30"),
        ("rows 20 min\ncrates 15 min\n20 + 15 = 36 min", "come to 35, not 36"),
        ("rows 20 min\ncrates 15 min\nind 46 conc 0 grp 0", "46 minutes are given by mode"),
        (
            "rows 20 min\ncrates 15 min\nIndividual: 30 min / Concurrent: 0 min / Group: 0 min",
            "30 minutes are given by mode",
        ),
        ("PT   Time in 1400  Time out 1430\nMIN  TE 20 | TA 15\n\nrows 20 min\ncrates 15 min", "into a visit of 30"),
        ("rows 20 min\ncrates 15 min\nTE 20  TA 11", "15 minutes are written with the service, 11 further below"),
        ("rows 20 min\ncrates 15 min\n97110 18', 97530 15'", "20 minutes are written with the service, 18 further"),
        ("rows 20 min\ncrates 15 min\nMinutes: TE 20 / TA 16", "15 minutes are written with the service, 16 further"),
        ("7 y, 1:1, 4:00 to 4:30 pm.\nrows 20 min\ncrates 15 min", "into a visit of 30"),
        ("Door 2:00, out 2:30.\nrows 20 min\ncrates 15 min", "into a visit of 30"),
        ("He arrived at 2:20 for a 2:00 visit and left at 2:50.\nrows 20 min\ncrates 15 min", "into a visit of 30"),
        ("in at 2 out at 230\nrows 20 min\ncrates 15 min", "into a visit of 30"),
        ("In the gym at ten after two. rows 20 min. crates 15 min. Out at twenty to three.", "into a visit of 30"),
        ("She arrived at 2:00. rows 20 min\ncrates 15 min\nWe finished at 2:30.", "into a visit of 30"),
        ("Started 1400.\nrows 20 min\ncrates 15 min\nDone well.\nEnded 1430", "into a visit of 30"),
        ("Arr 1400, dep 1430.\nrows 20 min\ncrates 15 min", "into a visit of 30"),
        ("In | 14:00  Out | 14:30\nrows 20 min\ncrates 15 min", "into a visit of 30"),
        ("1400 in, 1430 out.\nrows 20 min\ncrates 15 min", "into a visit of 30"),
        ("Knee, visit 3.\nO: 2:00 to 2:30\nrows 20 min\ncrates 15 min", "into a visit of 30"),
        ("200-230. 8 yo with his aunt, sunny day. rows 20 min, crates 15 min", "into a visit of 30"),
        ("rows 20 min\ncrates 15 min\nTimed 35. Total 30", "35 timed minutes do not fit"),
        ("rows 20 min\ncrates 15 min\nTimed 40 / Total 45", "35 timed minutes, 40 are stated"),
        ("Check-in 2:00  check-out 2:30\nrows 20 min\ncrates 15 min", "into a visit of 30"),
        (
            "Concussion, week four, and I had him from two o'clock to two thirty. rows 20 min, crates 15 min",
            "into a visit of 30",
        ),
        ("He came back and was with me from 2:00 to 2:30. rows 20 min, crates 15 min", "into a visit of 30"),
        ("Sore today. We were at it from two until half past two. rows 20 min, crates 15 min", "into a visit of 30"),
    ],
)
def test_minutes_that_do_not_agree(text, says):
    assert says in (found(text, ROWS, CRATES) or "")


@pytest.mark.parametrize(
    "text",
    [
        "rows 20 min\ncrates 15 min",
        "rows 20 min\ncrates 15 min\nTimed minutes: 35",
        "rows 20 min\ncrates 15 min\nTimed 35 / Total 45",
        "1. rows 20 min\n2. crates 15 min\n1+2 = 35 min",
        "rows 20 min\ncrates 15 min\nTimed 35 minutes, 3 units, total visit 50 minutes",
        "rows 20 min\ncrates 15 min\nBefore that I had him on ice from 2:00 to 2:30.",
        "rows 20 min\ncrates 15 min\nTE 20  TA 15",
        "rows 20 min\ncrates 15 min\nind 35 conc 0 grp 0",
        "MODE: Ind 20 | CoTx 15 (PT 10, OT 5) | Grp 20\nrows 20 min\ncrates 15 min",
        "rows 20 min\ncrates 15 min\n97110 (1)  97530 (1)",
        "rows 20 min\ncrates 15 min\nPlan: TE 10, TA 25",
        "rows 20 min\ncrates 15 min\nTotal treatment time 35 min",
        "rows 20 min\ncrates 15 min\nTotal treatment time 36 min",
        "rows 20 min\ncrates 15 min\n20 + 15 = 35 min",
        "Visit 7   Time in 8:00 AM   Time out 8:45 AM\nrows 20 min\ncrates 15 min",
        "rows 20 min\ncrates 15 min\nrested 10 min\nTotal treatment time 45 min",
        "In at 2:00, out at 2:40.\nrows 20 min\ncrates 15 min",
        "Nurse's visit from 1:00 to 1:30.\nrows 20 min\ncrates 15 min",
        "Wife visits from two until half past two.\nrows 20 min\ncrates 15 min",
        "Cues fell from nine to four.\nrows 20 min\ncrates 15 min",
        "AM, bedside, 0900-0920. PM, gym, 1400-1420.\nrows 20 min\ncrates 15 min",
    ],
)
def test_minutes_that_agree(text):
    assert found(text, ROWS, CRATES) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2:00 rows 20 min\n2:20 crates 15 min\n2:30 out, wife here", "15 minutes do not fit into the 10"),
        ("2:00 rows 20 min\n2:20 crates 15 min\n2:30 done", "15 minutes do not fit into the 10"),
        ("2:00 rows 20 min\n2:15 crates 15 min\n2:30 in the car", "20 minutes do not fit into the 15"),
        ("1400 rows 20 min\n1420 crates 15 min\n1430 water", "15 minutes do not fit into the 10"),
        ("2:00-2:20 rows 20 min\n2:20-2:35 crates 15 min\n2:30 out to the car", "over before a service was"),
        ("2:00-2:20 rows 20 min\n2:20-2:35 crates 15 min\nLeft at 2:30", "over before a service was"),
        ("2:00-2:20 rows 20 min\n2:20-2:35 crates 15 min // out 2:30", "over before a service was"),
    ],
)
def test_a_service_that_runs_past_the_next_time_is_a_contradiction(text, says):
    assert says in (found(text, *stamped(text)) or "")


@pytest.mark.parametrize(
    "text",
    [
        "2:00 rows 20 min\n2:20 crates 15 min\n2:35 out",
        "2:00 rows 20 min\n2:25 crates 15 min\n2:45 out",
        "2:00-2:20 rows 20 min\n2:20-2:35 crates 15 min\n2:35 out to the car",
        "2:00-2:20 rows 20 min\n2:20-2:35 crates 15 min. He needed a stop at 2:30.",
        "2:00-2:20 rows 20 min\n2:20-2:35 crates 15 min\nNext visit out 2:30",
        "2:00-2:20 rows 20 min\n2:20-2:35 crates 15 min\nHis wife left 2:30",
        "1358 greeted in the chair. 1400 pulse 80\n1401-1421: pulse 118 at 1412, sat down, 90 at 1414, rows 20 min\n"
        "1422-1437: 1430 pulse 88, 1434 92, crates 15 min\n1438 left in the chair, pulse 90",
        "2:00-2:20 bike, stopped 2:12 for his pulse; then rows 20 min\n2:20-2:35 crates 15 min",
    ],
)
def test_a_running_log_that_holds_its_minutes_agrees(text):
    assert found(text, *stamped(text)) is None


def stamped(text: str) -> list[tuple[str, str, int]]:
    """The rows and the crates of a log, their times of day among their words."""
    out = []
    for words, code, minutes in (ROWS, CRATES):
        begin = text.rindex("\n", 0, text.index(words)) + 1 if "\n" in text[: text.index(words)] else 0
        out.append((text[begin : text.index(words) + len(words)], code, minutes))
    return out


def test_a_total_of_one_service_is_its_minutes():
    row = "12 min cane 30 ft x3 (gait total 15 min)"
    assert "15 minutes are stated for a service that has 12" in (found(row, (row, "97116", 12)) or "")
    row = "15 min cane 30 ft x3 (gait total 15 min)"
    assert found(row, (row, "97116", 15)) is None
    row = "12 min at the sink, stands total 4 min"
    assert found(row, (row, "97530", 12)) is None


def test_a_total_may_leave_out_packs():
    pack = ("hot pack 10 min", "97010", 10)
    assert found("rows 20 min\ncrates 15 min\nhot pack 10 min\nTotal treatment time 35 min", ROWS, CRATES, pack) is None


def test_rows_of_the_clock():
    first, second = ("900-920 rows", "97110", 20), ("920-935 crates", "97530", 15)
    late, over = ("920-945 crates", "97530", 25), ("915-930 crates", "97530", 15)
    assert found("900-940\n900-920 rows\n920-935 crates", first, second) is None
    assert found("900-940\n900-920 rows\n920-945 crates", first, late) is not None
    assert "overlap" in (found("900-920 rows\n915-930 crates", first, over) or "")
    group = ("915-930 crates", "97150", 15)
    assert found("900-920 rows\n915-930 crates", first, group) is None


def test_rows_of_the_clock_in_a_bill():
    bill = "rows 3x10\ncrates\n97110 | TE | 9:00 | 9:20 | 20 | 1\n97530 | TA | 9:{} | 9:35 | 15 | 1"
    services = [Service(0, 9, "rows 3x10", "97110", None, 20), Service(10, 16, "crates", "97530", None, 15)]
    for begins in ("20", "15"):
        reading = read(bill.format(begins))
        billed = [
            replace(service, minutes_span=Span(row.time.start, row.time.end))
            for service, row in zip(services, reading.charges, strict=True)
        ]
        ranges = with_ranges_of_the_bill(reading, billed, own_ranges(reading, [(0, 9), (10, 16)]))
        assert [own.begins for own in ranges if own] == [540, 540 + int(begins)]


def test_a_clock_range_beside_written_minutes():
    wrong, right = ("0900-0920 rows (15 min)", "97110", 15), ("0900-0915 rows (15 min)", "97110", 15)
    assert "20 minutes, 15 are written" in (found("0900-0920 rows (15 min)", wrong) or "")
    assert found("0900-0915 rows (15 min)", right) is None
    assert found("Seen in the gym 9:00 to 9:50.\n\nrows 20 min\ncrates 15 min", ROWS, CRATES) is None
    block = ("Individual 1000-1035: rows 20 min", "97110", 20)
    assert found("Individual 1000-1035: rows 20 min\ncrates 15 min", block, CRATES) is None


def test_the_tests_of_an_evaluation_take_their_own_times():
    text = "MiniBEST 1030-1044\nTUG 1044-1050\n97162 x1, 47 min"
    assert found(text, (text, "97162", 47)) is None
    text = "97162 1030-1044, 47 min"
    assert found(text, (text, "97162", 47)) is not None


BIKE = ("bike alone 12 min", "none", 12)


def test_a_service_given_alone_may_be_counted_among_the_timed_minutes():
    assert found("bike alone 12 min\nrows 20 min\ncrates 15 min\nTimed minutes: 47", BIKE, ROWS, CRATES) is None
    assert found("bike alone 12 min\nrows 20 min\ncrates 15 min\nTimed minutes: 35", BIKE, ROWS, CRATES) is None
    for text in ("Timed minutes: 45", "Timed minutes: 50"):
        assert found(f"bike alone 12 min\nrows 20 min\ncrates 15 min\n{text}", BIKE, ROWS, CRATES)
    unbilled = ("bike alone 12 min, not billed", "none", 12)
    assert found("bike alone 12 min, not billed\nrows 20 min\ncrates 15 min\nTimed minutes: 47", unbilled, ROWS, CRATES)
    rest = ("rested 5 min", "none", 5)
    assert found("rested 5 min\nrows 20 min\ncrates 15 min\nTimed minutes: 40", rest, ROWS, CRATES)


def test_more_timed_minutes_than_stated_though_a_service_has_none() -> None:
    text = "rows 20 min\ncrates 15 min\nclams\nTimed {}"
    assert "and more, 30 are stated" in (found(text.format(30), ROWS, CRATES, ("clams", "97110", None)) or "")
    assert found(text.format(45), ROWS, CRATES, ("clams", "97110", None)) is None


def test_a_total_with_the_timed_minutes_beside_it_holds_the_packs_too() -> None:
    text = "rows 20 min\ncrates 15 min\npack 10 min\n{}Total treatment 35"
    pack = ("pack 10 min", "97010", 10)
    assert found(text.format(""), ROWS, CRATES, pack) is None
    assert "more than the stated total of 35" in (found(text.format("Total timed 35   "), ROWS, CRATES, pack) or "")


def test_what_a_machine_within_a_service_took_does_not_fill_a_total() -> None:
    rows = "SLR, bike L4 5 min, rows, 20 min"
    assert "less than" in (found(f"{rows}\ncrates 15 min\nTotal time 40 min", (rows, "97110", 20), CRATES) or "")
    rest = "SLR, rows 20 min, rest 5 min"
    assert found(f"{rest}\ncrates 15 min\nTotal time 40 min", (rest, "97110", 20), CRATES) is None


def test_time_on_the_premises_is_no_length_of_treatment() -> None:
    text = "rows 20 min\ncrates 15 min\n{}"
    for stay in (
        "Total time in the clinic 60 min.",
        "Total time in the clinic was sixty minutes, timed thirty five minutes.",
        "Patient was in the building a total of 60 min.",
        "Here 60 min total in clinic.",
    ):
        assert found(text.format(stay), ROWS, CRATES) is None
    for treated in (
        "Total treatment time in clinic 60 min.",
        "Total time 60 min.",
        "In clinic for 60 min total therapy time.",
    ):
        assert "less than the stated total of 60" in (found(text.format(treated), ROWS, CRATES) or "")
