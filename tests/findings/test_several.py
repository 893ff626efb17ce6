"""Two visits or two patients in one text: never settled, since their minutes would be pooled."""

from __future__ import annotations

import time

import pytest

import rehabcoder
from rehabcoder.note import Note

FIRST = "Ther Ex 97110, 30 min: leg press 60# 3x10, seated knee extension 3x10 for quadriceps strength."
SECOND = "Manual therapy 97140, 15 min: patellar glides grade III, soft tissue work to the quadriceps."


@pytest.fixture(scope="module")
def coder():
    return rehabcoder.load()


def found(coder, text):
    [coded] = coder.code([Note("n", text)])
    return next((flag for flag in coded.flags if flag.id == "several_visits"), None), coded


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        ("Date of Service: 10/02/2026", "Date of Service: 10/05/2026", "day"),
        ("DOS 2026-10-02", "D.O.S. 10/5", "day"),
        ("Visit date: 9.28.26", "- visit date: 10.5.26", "day"),
        ("Patient: Lee, Ann", "Patient: Bo Sand", "patient"),
        ("Patient Name: Ann Lee   DOB 1/2/60", "Patient Name: Bo Sand   DOB 3/4/70", "patient"),
        ("MRN: 00412", "MRN: 00977", "patient"),
    ],
)
def test_a_second_day_or_patient_sends_the_note_to_a_person(coder, one, other, says):
    text = f"{one}\n{FIRST}\n\n{other}\n{SECOND}"
    flag, coded = found(coder, text)
    assert coded.needs_review
    assert "several_visits" in coded.review_reasons
    assert f"a second {says}" in flag.message
    assert text[flag.start : flag.end] in other


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Date of service: 10/02/2026", "Date of service: 10/2"),  # the foot of the page
        ("Patient: Lee, Ann", "Patient: Ann Lee"),
        ("Date of service: 10/02/2026", "DOS: 8/14/2026"),  # of surgery
        ("Date of service: 10/02/2026", "Signed, date: 10/05/2026"),
        ("Date of service: 10/02/2026", "Next visit date: 10/05/2026"),
        ("Patient: Ann Lee", "Patient: reports less pain, home with the dog"),
        ("Patient: Tired today.", "Patient: Sore after."),
        ("Visit 9/16", "Visit 10/16"),
    ],
)
def test_what_a_single_visit_says_twice_tells_nothing(coder, one, other):
    assert found(coder, f"{one}\n{FIRST}\n\n{other}\n{SECOND}")[0] is None


@pytest.mark.parametrize("text", ["DOS ", "Patient: A", "\nMRN: 1", " ", "DOS 10/02\n"])
def test_the_time_taken_grows_with_the_text_alone(text):
    from rehabcoder.findings.several import _second_day, _second_patient

    whole, start = text * (2_000_000 // len(text)), time.process_time()
    _second_day(whole)
    _second_patient(whole)
    assert time.process_time() - start < 5
