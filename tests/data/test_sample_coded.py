"""The stories that the sample tells, told by the shipped model: what a newcomer sees first must be right."""

from __future__ import annotations

from pathlib import Path

import pytest

import rehabcoder
from rehabcoder.note import CodedNote
from rehabcoder.readers import read_notes

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


@pytest.fixture(scope="module")
def coded() -> dict[str, CodedNote]:
    notes = list(read_notes([str(SAMPLE)]))
    return {note.note_id: note for note in rehabcoder.load().code(notes)}


def lines(note: CodedNote) -> dict[str, tuple[int | None, int | None]]:
    return {line.code: (line.minutes, line.units) for line in note.lines}


def flags(note: CodedNote) -> set[str]:
    return {flag.id for flag in note.flags}


def test_every_note_is_coded(coded: dict[str, CodedNote]) -> None:
    assert len(coded) == 34
    assert {note.status for note in coded.values()} == {"coded"}


def test_what_the_squats_are_for_decides_their_code(coded: dict[str, CodedNote]) -> None:
    names = ("squats-for-strength", "squats-on-foam", "squats-for-laundry")
    assert [coded[name].primary_code for name in names] == ["97110", "97112", "97530"]
    assert [coded[name].totals.timed_minutes for name in names] == [35, 40, 38]


def test_balance_training_called_exercise_is_found_out(coded: dict[str, CodedNote]) -> None:
    note = coded["wrong-label"]
    assert lines(note) == {"97112": (28, 2), "97530": (12, 1)}
    assert {"code_mismatch", "units_mismatch"} <= flags(note)
    assert note.needs_review


def test_one_unit_too_many_is_found_out(coded: dict[str, CodedNote]) -> None:
    note = coded["one-unit-too-many"]
    assert lines(note)["97140"] == (16, 1)
    assert lines(note)["97110"] == (22, 2)
    assert "units_mismatch" in flags(note)


def test_an_honest_group_is_one_untimed_unit_and_raises_nothing(coded: dict[str, CodedNote]) -> None:
    note = coded["balance-class"]
    assert lines(note) == {"97150": (None, 1)}
    assert "not_one_on_one" not in flags(note)


def test_a_group_billed_as_exercise_is_found_out(coded: dict[str, CodedNote]) -> None:
    note = coded["hv-102"]
    assert lines(note) == {"97150": (None, 1)}
    assert {"not_one_on_one", "code_mismatch"} <= flags(note)


def test_an_evaluation_day_bills_the_evaluation_once_and_its_exercise_by_minutes(coded: dict[str, CodedNote]) -> None:
    assert lines(coded["evaluation-day"]) == {"97162": (None, 1), "97110": (10, 1)}


@pytest.mark.parametrize("name", ["phone-call", "cb-3910"])
def test_a_note_without_therapy_bills_nothing(name: str, coded: dict[str, CodedNote]) -> None:
    assert coded[name].lines == []


def test_a_bare_note_is_told_what_it_lacks(coded: dict[str, CodedNote]) -> None:
    wanted = {"missing_functional_goal", "missing_progress", "missing_skilled_need", "missing_activity_detail"}
    assert wanted <= flags(coded["hardly-anything"])


def test_two_visits_of_one_day_are_two_notes_with_units_of_their_own(coded: dict[str, CodedNote]) -> None:
    assert lines(coded["cb-3905"]) == {"97116": (15, 1), "97530": (18, 1)}
    assert lines(coded["cb-3906"]) == {"97530": (20, 1)}


def test_most_good_notes_are_settled_without_a_person(coded: dict[str, CodedNote]) -> None:
    names = ("squats-for-strength", "squats-on-foam", "squats-for-laundry", "after-the-stroke", "hand-therapy")
    assert len([name for name in names if coded[name].needs_review]) <= 1  # a model may be careful once


def test_the_gravest_finding_comes_first(coded: dict[str, CodedNote]) -> None:
    order = {
        name: [("high", "medium", "low").index(flag.severity) for flag in note.flags] for name, note in coded.items()
    }
    assert order == {name: sorted(severities) for name, severities in order.items()}
    assert any(len(set(severities)) > 1 for severities in order.values())


def test_a_refuted_label_is_what_the_words_speak_against(coded: dict[str, CodedNote]) -> None:
    [refuted] = [s for s in coded["wrong-label"].interventions if "code_mismatch" in s.review_reasons]
    assert {words.says for words in refuted.why if words.code == "97112"} == {"speaks for 97112 over 97110"}
