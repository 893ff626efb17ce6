"""What shows only across the visits of a patient or the day of a therapist."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from billing_cases import service
from hypothesis import given
from hypothesis import strategies as st

from rehabcoder.billing.visit_signs import _in_common, unchanged_share
from rehabcoder.billing.visits import across_visits, default_limits, read_limits
from rehabcoder.errors import PolicyError
from rehabcoder.note import Activity, CodedNote, Finding, Note, Service

Make = Callable[..., tuple[Note, CodedNote]]

SQUATS = (
    "Squats to a chair of 45 cm, three sets of ten, verbal cues to keep the knee over the second toe, tactile cue at "
    "the hip, rest of one minute between the sets, patient reports fatigue of four of ten at the end of the last set."
)
STAIRS = (
    "Stairs, two flights of twelve with the right rail, contact guard going down, cue to place the whole foot, one "
    "stop for breath, heart rate 96 afterwards and back to 78 within two minutes of sitting in the chair nearby."
)


def visit(make: Make, day: int, services: list[Service], **fields: Any) -> tuple[Note, CodedNote]:
    given = {"patient_id": "p1", "clinician": "K", "discipline": "PT", "date_of_service": f"2024-05-{day:02}"} | fields
    return make(f"n{day}", services, **given)


def ids(visits: list[tuple[Note, CodedNote]]) -> list[str]:
    return [finding.id for finding in across_visits(visits)]


def test_a_cloned_note_is_found_with_the_share_unchanged(coded_visit: Make) -> None:
    first = visit(coded_visit, 1, [service("97110", 15, text=SQUATS)])
    second = visit(coded_visit, 3, [service("97110", 15, text=SQUATS.replace("four of ten", "five of ten"))])
    (found,) = across_visits([second, first])
    assert (found.id, found.note_ids, found.patient) == ("cloned_note", ("n1", "n3"), "p1")
    assert found.value is not None
    assert 0.95 < found.value < 1
    assert "98%" in found.message
    assert "Squats" not in found.message


def test_a_note_written_anew_is_no_clone(coded_visit: Make) -> None:
    first = visit(coded_visit, 1, [service("97110", 15, text=SQUATS)])
    second = visit(coded_visit, 3, [service("97530", 15, text=STAIRS)])
    assert ids([first, second]) == []


def test_short_services_and_other_patients_are_alike_by_nature(coded_visit: Make) -> None:
    short = [visit(coded_visit, day, [service("97110", 15, text="Ther Ex x 15 min")]) for day in (1, 3)]
    assert ids(short) == []
    others = [visit(coded_visit, d, [service("97110", 15, text=SQUATS)], patient_id=f"p{d}") for d in (1, 3)]
    assert ids(others) == []


@given(st.lists(st.sampled_from("abcd"), max_size=12), st.lists(st.sampled_from("abcd"), max_size=12))
def test_the_share_unchanged_lies_between_none_and_all(before: list[str], now: list[str]) -> None:
    assert 0 <= unchanged_share(before, now) <= 1
    assert unchanged_share(now, now) == (1 if now else 0)
    assert unchanged_share([], now) == 0


def with_dose(day: int, make: Make, reps: int, **fields: Any) -> tuple[Note, CodedNote]:
    exercise = service("97110", 15, text=f"visit {day}")
    exercise.activities = [Activity("heel raise", side="left", sets=3, reps=reps, load="5 lb")]
    return visit(make, day, [exercise], **fields)


def test_the_same_dose_for_many_visits(coded_visit: Make) -> None:
    found = across_visits([with_dose(day, coded_visit, 10) for day in (1, 3, 5, 8, 10)])
    (finding,) = found
    assert (finding.id, finding.value) == ("dose_unchanged", 5)
    assert "left heel raise" in finding.message
    assert "3 sets, 10 reps, load 5 lb" in finding.message
    assert len(finding.note_ids) == 5


def test_a_change_of_dose_starts_the_count_anew(coded_visit: Make) -> None:
    visits = [with_dose(day, coded_visit, 10) for day in (1, 3, 5, 8)]
    assert ids([*visits, with_dose(10, coded_visit, 12), with_dose(12, coded_visit, 12)]) == []


def growing(make: Make, counts: list[int], flags: list[Finding]) -> list[tuple[Note, CodedNote]]:
    codes = ["97110", "97140", "97112", "97530"]
    return [
        visit(make, day, [service(code, 15, text=f"{code} {day}") for code in codes[:n]], flags=flags)
        for day, n in enumerate(counts, 1)
    ]


def test_more_therapies_as_the_patient_improves(coded_visit: Make) -> None:
    found = across_visits(growing(coded_visit, [1, 1, 1, 3, 3, 3], []))
    assert [(finding.id, finding.value) for finding in found] == [("therapies_rising", 2.0)]
    assert "from 1.0 to 3.0 over 6 visits" in found[0].message


def test_fewer_therapies_or_no_progress_is_no_such_finding(coded_visit: Make) -> None:
    assert ids(growing(coded_visit, [3, 3, 3, 1, 1, 1], [])) == []
    stuck = [Finding("missing_progress", "medium", "")]
    assert ids(growing(coded_visit, [1, 1, 1, 3, 3, 3], stuck)) == []
    assert ids(growing(coded_visit, [1, 1, 3, 3, 3], [])) == []


def test_more_timed_minutes_in_a_therapist_s_day_than_the_day_holds(coded_visit: Make) -> None:
    def day(patients: int) -> list[tuple[Note, CodedNote]]:
        return [
            coded_visit(f"n{n}", [service("97110", 60), service("97012", 30)], patient_id=f"p{n}", clinician="K",
                        date_of_service="2024-05-01")
            for n in range(patients)
        ]  # fmt: skip

    assert across_visits(day(10)) == []
    (long,) = across_visits(day(11))
    assert (long.id, long.severity, long.value, long.clinician, long.date) == (
        "day_overfull",
        "medium",
        660,
        "K",
        "2024-05-01",
    )
    (impossible,) = across_visits(day(25))
    assert (impossible.severity, impossible.value) == ("high", 1500)
    assert across_visits(day(11), limits=replace(default_limits(), many_minutes=720)) == []


def test_two_notes_of_one_day_are_one_visit(coded_visit: Make) -> None:
    days = (1, 1, 3, 5, 8)
    doses = [with_dose(day, coded_visit, 10, text=f"{n}") for n, day in enumerate(days)]
    assert ids(doses) == []  # four days, though five notes
    same_day = [visit(coded_visit, 1, [service("97110", 15, text=SQUATS)], text=name) for name in ("am", "pm")]
    assert ids(same_day) == []
    # A morning and an afternoon note that each name one therapy make a visit of two.
    split = [
        visit(coded_visit, day, [service(code, 15)], text=f"{day} {code}")
        for day, codes in enumerate((["97110"],) * 3 + (["97110", "97140"],) * 3, 1) for code in codes
    ]  # fmt: skip
    (found,) = across_visits(split)
    assert (found.id, found.value, len(found.note_ids)) == ("therapies_rising", 1.0, 9)


def test_a_copy_of_a_note_counts_once(coded_visit: Make) -> None:
    long = [
        coded_visit("n", [service("97110", 400)], patient_id="p", clinician="K", date_of_service="2024-05-01")
        for _ in range(2)
    ]
    assert across_visits(long) == []


def test_a_therapist_is_one_however_the_name_is_cased(coded_visit: Make) -> None:
    names = ("Ann  Lee", "ANN LEE")
    notes = [
        coded_visit(name, [service("97110", 400)], patient_id=name, clinician=name, date_of_service="2024-05-01T08:00")
        for name in names
    ]
    (found,) = across_visits(notes)
    assert (found.id, found.value, found.date) == ("day_overfull", 800, "2024-05-01")


def test_notes_without_a_patient_still_fill_their_therapist_s_day(coded_visit: Make) -> None:
    notes = [coded_visit(f"n{n}", [service("97110", 400)], clinician="K", date_of_service="2024-05-01") for n in (1, 2)]
    assert ids(notes) == ["day_overfull"]
    assert ids([visit(coded_visit, day, [service("97110", 15, text=SQUATS)], patient_id=None) for day in (1, 3)]) == []


def test_disciplines_are_looked_at_apart(coded_visit: Make) -> None:
    pt, ot = (
        visit(coded_visit, day, [service("97110", 15, text=SQUATS)], discipline=discipline)
        for day, discipline in ((1, "PT"), (3, "OT"))
    )
    assert ids([pt, ot]) == []


def test_a_site_s_own_limits(tmp_path: Path, coded_visit: Make) -> None:
    path = tmp_path / "limits.toml"
    path.write_text("[dose]\nleast_visits = 3\n[cloned]\nleast_share = 1\n")
    limits = read_limits(path)
    assert (limits.dose_visits, limits.cloned_share, limits.day_minutes) == (3, 1, 1440)
    assert [
        found.value for found in across_visits([with_dose(day, coded_visit, 10) for day in (1, 3, 5)], limits=limits)
    ] == [3]


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("[dosis]\nx = 1", r"limits\.toml: has the unknown table dosis\. The tables are: \[cloned\], \[dose\]"),
        ("cloned = 3", "unknown table cloned"),
        ("[dose]\nvisits = 3", r"unknown key dose\.visits\. \[dose\] has: least_visits"),
        (
            "[dose]\nleast_visits = 2.5",
            r"dose\.least_visits is no whole number above zero and at most 1440\. Write one such as 5",
        ),
        ("[dose]\nleast_visits = true", "no whole number"),
        ("[dose]\nleast_visits = 0", "above zero"),
        (
            '[cloned]\nleast_share = "most"',
            r"least_share is no number above zero and at most 1\. Write one such as 0\.9",
        ),
        ("[cloned]\nleast_share = inf", "no number"),
        ("[cloned]\nleast_share = 90", "at most 1"),
        ("[dose", "is no valid TOML"),
    ],
)
def test_wrong_limits_are_refused(tmp_path: Path, toml: str, says: str) -> None:
    path = tmp_path / "limits.toml"
    path.write_text(toml)
    with pytest.raises(PolicyError, match=says):
        read_limits(path)
    with pytest.raises(PolicyError, match="No such file"):
        read_limits(tmp_path / "nowhere.toml")


@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=30), st.lists(st.sampled_from("abcde"), max_size=30))
def test_the_cheap_bound_never_hides_a_clone(now: list[str], before: list[str]) -> None:
    assert _in_common(before, now) >= unchanged_share(before, now)


def test_failed_and_undated_notes_take_no_part(coded_visit: Make) -> None:
    good = visit(coded_visit, 1, [service("97110", 15, text=SQUATS)])
    failed = (Note("x", "", patient_id="p1", date_of_service="2024-05-02"), CodedNote("x", status="failed"))
    undated = visit(coded_visit, 3, [service("97110", 15, text=SQUATS)], date_of_service=None)
    assert across_visits([good, failed, undated]) == []


def test_findings_can_be_left_out(coded_visit: Make) -> None:
    visits = [visit(coded_visit, day, [service("97110", 15, text=SQUATS)]) for day in (1, 3)]
    assert across_visits(visits, off=["cloned_note"]) == []


def test_a_finding_as_json(coded_visit: Make) -> None:
    visits = [visit(coded_visit, day, [service("97110", 15, text=SQUATS)]) for day in (1, 3)]
    (found,) = across_visits(visits)
    assert found.to_json()["note_ids"] == ["n1", "n3"]
    assert found.to_json()["value"] == 1.0
    assert "ch. 15 §220.2" in found.to_json()["rule"]
