"""A rationale for each therapy: where it is looked for, and what counts as one."""

from __future__ import annotations

from functools import cache

import pytest

import rehabcoder
from rehabcoder.cli.query import queries_of
from rehabcoder.note import Finding, Note

MASSAGE = "Manual therapy 15 min: soft tissue mobilization to bilateral upper trapezius"
ROWS = "Therapeutic exercise 15 min: cervical retraction 2x10, rows with yellow band 3x10"


@cache
def network() -> rehabcoder.Coder:
    return rehabcoder.load(policy="chiropractic-network")


def found(text: str) -> Finding | None:
    """The finding, if the network's policy raises it."""
    coded = network()(text)
    assert coded.interventions, text
    return next((flag for flag in coded.flags if flag.id == "missing_rationale"), None)


@pytest.mark.parametrize(
    "reason",
    [
        " to reduce hypertonicity.",
        " to gently restore rotation.",
        " for pain relief.",
        ", for cervical range of motion.",
        " due to guarding on the right.",
        " so that she can turn to check the mirror.",
        " because rotation stops at 40 degrees.",
        " in preparation for exercise.",
        ", the way he must look over his shoulder at work.",
        ". Purpose: less guarding at end range.",  # the next sentence of the line
    ],
)
def test_what_counts_as_a_reason(reason: str) -> None:
    assert found(MASSAGE + reason) is None


@pytest.mark.parametrize(
    "more",
    [
        ".",
        " for 15 minutes.",
        ", cues to relax the jaw.",
        ", told to stop if dizzy.",
        ", patient in sitting.",
        ".\nHeadache gone afterwards. Plan: to reduce visits.",  # no reason of this therapy
    ],
)
def test_what_does_not(more: str) -> None:
    assert found(MASSAGE + more) is not None


def test_it_says_which_where_it_looked_and_its_rule() -> None:
    text = f"{ROWS} for postural control.\n{MASSAGE}."
    flag = found(text)
    assert flag is not None
    assert text[flag.start : flag.end].startswith("Manual therapy")
    assert "None was found for 1 of 2 (97140)." in flag.message
    assert (
        "Looked in the words of each service, in the next sentence of its line, and in sentences that name"
        in flag.message
    )
    assert flag.rule is not None
    assert flag.rule.startswith("Every therapy needs a rationale: HNS policy pages")
    assert flag.severity == "medium"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "Plan: continue manual therapy and therapeutic exercise to restore rotation.",
        "All therapies today aimed at restoring rotation for driving.",
        "Rationale: to restore rotation for driving.",
    ],
)
def test_a_sentence_elsewhere_that_names_the_therapy_or_all_of_them(elsewhere: str) -> None:
    assert found(f"{ROWS}.\n{MASSAGE}.") is not None
    assert found(f"{ROWS}.\n{MASSAGE}.\n{elsewhere}") is None


def test_a_reason_of_one_therapy_is_none_of_another() -> None:
    flag = found(f"{ROWS}.\n{MASSAGE}.\nPlan: continue manual therapy to reduce guarding.")
    assert flag is not None
    assert "(97110)" in flag.message


def test_evaluations_and_notes_without_therapy_are_not_asked() -> None:
    assert all(flag.id != "missing_rationale" for flag in network()("Patient called to cancel. Rescheduled.").flags)
    evaluation = network()("PT evaluation, low complexity 97161, 30 min. History, ROM and strength tested.")
    assert all(flag.id != "missing_rationale" for flag in evaluation.flags)


def test_only_a_policy_that_asks_for_it_raises_it() -> None:
    assert all(flag.id != "missing_rationale" for flag in rehabcoder.load()(f"{MASSAGE}.").flags)


def test_the_question_to_the_clinician_shows_the_services_without_a_reason() -> None:
    note = Note("n", f"{ROWS} for postural control.\n{MASSAGE}.")
    (asked,) = (query for query in queries_of(note, network()) if query.finding == "missing_rationale")
    assert [quote.text for quote in asked.quotes] == [f"{MASSAGE}."]
    assert asked.question.startswith("What, if anything")
