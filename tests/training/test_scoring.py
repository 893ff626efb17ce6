"""The figures are those of the yardstick, on true answers and on answers spoilt in every way."""

from __future__ import annotations

import json
import math
import random
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yardstick import oracle, with_ones

import rehabcoder
from rehabcoder import Note
from rehabcoder.training.rates import FLAGS, calibration_error
from rehabcoder.training.scoring import score

ROOT = Path(__file__).parents[2]
CODES = ("97110", "97112", "97530", "97140", "97129", "97130", "97014", "G0283", "97150", "97161", "none")
Row = dict[str, Any]


@cache
def labelled() -> list[Row]:
    files = ("clinic-a", "clinic-h", "clinic-m", "contrast")
    texts = [(ROOT / "data" / "notes" / f"{name}.jsonl").read_text(encoding="utf-8") for name in files]
    return [json.loads(line) for text in texts for line in text.splitlines() if line.strip()]


@cache
def coded() -> list[Row]:
    notes = [Note(str(note["id"]), note["text"]) for note in labelled()]
    return [row.to_json() for row in rehabcoder.load().code(notes)]


def agree(rows: list[Row], notes: list[Row]) -> None:
    ours = score(rows, notes, draws=0)
    figures, errors = oracle().score(rows, notes)
    assert with_ones(ours.figures) == figures
    assert list(ours.figures) == list(figures)
    assert {name: len(wrong) for name, wrong in ours.errors} == {str(name): len(wrong) for name, wrong in errors}


def test_both_agree_on_what_the_coder_says() -> None:
    agree(coded(), labelled())
    assert 0.5 < score(coded(), labelled(), draws=0).figures["claim_exact"] <= 1


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32))
def test_both_agree_on_spoilt_answers(seed: int) -> None:
    chance = random.Random(seed)
    some = chance.sample(range(len(labelled())), chance.randint(0, 40))
    notes = [_spoilt_labels(deepcopy(labelled()[i]), chance) for i in some]
    rows = [_spoilt(deepcopy(coded()[i]), chance) for i in some]
    rows += [deepcopy(row) for row in rows if chance.random() < 0.05]
    agree([row for row in rows if chance.random() < 0.95], notes)


def _spoilt(row: Row, chance: random.Random) -> Row:
    for service in list(row["interventions"]):
        what = chance.random()
        if what < 0.08:
            row["interventions"].remove(service)
        elif what < 0.16:
            shift = chance.randint(-40, 40)
            service["start"], service["end"] = max(0, service["start"] + shift), max(1, service["end"] + shift)
        elif what < 0.24:
            middle = (service["start"] + service["end"]) // 2
            row["interventions"].append({**service, "start": middle, "code": chance.choice(CODES)})
            service["end"] = middle
        elif what < 0.34:
            service["code"] = chance.choice(CODES)
        elif what < 0.40:
            service["labelled"] = chance.choice([*CODES, None])
        elif what < 0.46:
            service["minutes"] = chance.choice([None, 0, 8, 15, 23])
        elif what < 0.50:
            service["confidence"] = chance.choice([None, 0.0, 0.5, 1.0])
        elif what < 0.53:
            service["start"] = service["end"] = None
        elif what < 0.60:
            service["needs_review"] = not service["needs_review"]
        elif what < 0.64:
            for name in ("needs_review", "labelled", "minutes", "confidence"):
                del service[name]
    for line in row["lines"]:
        if chance.random() < 0.1:
            line["units"] = chance.choice([None, 0, 1, 2, 9])
        if chance.random() < 0.05:
            line["code"] = chance.choice(CODES)
    if chance.random() < 0.1:
        row["flags"] = [{"id": name} for name in chance.sample([*FLAGS, "label_followed", "mue_exceeded"], 4)]
    if chance.random() < 0.1:
        row["totals"] = chance.choice([{}, {"stated_timed": 15, "billed_units": {}}, {"stated_total": 40}])
    if chance.random() < 0.1:
        row["needs_review"] = not row["needs_review"]
    if chance.random() < 0.05:
        row |= {"status": "failed", "error": "x", "interventions": [], "lines": [], "flags": [], "totals": {}}
    if chance.random() < 0.03:
        row["note_id"] = "someone else"
    if chance.random() < 0.05:
        for name in chance.sample(("interventions", "lines", "flags", "totals", "needs_review"), 2):
            row.pop(name, None)
    return row


def _spoilt_labels(note: Row, chance: random.Random) -> Row:
    for item in note["interventions"]:
        if chance.random() < 0.1:
            item["code"] = chance.choice(CODES)
        if chance.random() < 0.1:
            item["minutes"] = chance.choice([None, 0, 7, 8, 22, 23, 40])
        if chance.random() < 0.1:
            item["labelled"] = chance.choice([*CODES, None])
    if chance.random() < 0.1:
        chance.shuffle(note["interventions"])
    if chance.random() < 0.05:
        note.pop("stated", None)
    return note


def note(number: int, code: str = "97110", minutes: int | None = 15) -> Row:
    quote = "squats 3x10 for strength 15 min"
    service = {"quote": quote, "code": code, "labelled": None, "minutes": minutes}
    return {"id": f"n{number}", "text": f"Seen today. {quote}.", "interventions": [service], "flags": []}


def answer(number: int, *, code: str = "97110", units: int = 1, sure: float = 0.9, review: bool = False) -> Row:
    service = {"start": 12, "end": 43, "code": code, "minutes": 15, "confidence": sure, "needs_review": review}
    line = {"code": code, "minutes": 15, "units": units}
    return {"note_id": f"n{number}", "interventions": [service], "lines": [line], "flags": [], "needs_review": review}


class TestFigures:
    def test_all_right(self) -> None:
        figures = score([answer(i) for i in range(4)], [note(i) for i in range(4)]).figures
        ones = ("found_f1", "code_f1", "f1_97110", "minutes_exact", "claim_exact", "settled_right", "stated_exact")
        assert all(figures[name] == 1 for name in ones)
        assert math.isclose(figures["ece"], 0.1)

    def test_a_wrong_code_is_a_miss_and_a_false_one(self) -> None:
        rows = [answer(0), answer(1, code="97530"), answer(2), answer(3)]
        found = score(rows, [note(i) for i in range(4)])
        assert (found.figures["found_f1"], found.figures["code_given_found"]) == (1, 0.75)
        assert math.isclose(found.figures["code_f1"], 0.75)
        assert (found.figures["claim_exact"], found.figures["settled_right"]) == (0.75, 0.75)
        [(name, wrong)] = found.errors
        assert name == "n1"
        assert wrong[0].startswith("coded 97530, is 97110: 'squats")

    def test_a_note_that_was_not_coded_counts(self) -> None:
        found = score([answer(0)], [note(0), note(1)]).figures
        assert (found["absent"], found["claim_exact"], found["notes_settled_share"]) == (1, 0.5, 0.5)

    def test_rows_of_no_note_and_rows_that_come_twice_are_counted(self) -> None:
        found = score([answer(0), answer(0), answer(7)], [note(0)]).figures
        assert (found["duplicate"], found["extra"]) == (1, 1)

    def test_billing_a_note_without_billable_service(self) -> None:
        found = score([answer(0)], [note(0, code="none", minutes=None)]).figures
        assert (found["false_notes"], found["empty_notes"], found["found_f1"]) == (1, 1, 0)

    def test_nothing_at_all(self) -> None:
        found = score([], [])
        assert (found.figures["notes"], found.figures["claim_exact"], found.intervals) == (0, None, {})

    def test_where_nothing_was_compared_there_is_no_figure(self) -> None:
        found = score([answer(0)], [note(0)])
        empty = ("f1_97112", "mismatch_f1", "flags_mean_f1")
        assert [found.figures[name] for name in empty] == [None] * 3
        assert set(found.figures["flags"].values()) == {None}
        assert not found.intervals.keys() & {*empty, *FLAGS}
        flagged = note(0) | {"flags": ["missing_response", "missing_progress"]}
        raised = answer(0) | {"flags": [{"id": "missing_response"}]}
        figures = score([raised], [flagged]).figures
        assert figures["flags_mean_f1"] == 0.5  # one right, one missed, eight not there

    def test_without_a_service_nothing_is_said_of_services(self) -> None:
        nothing = {"note_id": "n0", "interventions": [], "lines": [], "flags": [], "needs_review": True}
        figures = score([nothing], [note(0) | {"interventions": []}]).figures
        names = ("found_f1", "code_given_found", "minutes_exact", "claim_exact", "settled_right", "ece")
        assert {figures[name] for name in names} == {None}
        assert (figures["empty_notes"], figures["false_notes"], figures["notes_settled_share"]) == (1, 0, 0)

    @pytest.mark.parametrize(
        ("sure", "error"), [([(0.5, True), (0.5, False)], 0.5), ([(1.0, True)] * 10, 0.0), ([], None)]
    )
    def test_calibration_error(self, sure: list[tuple[float, bool]], error: float | None) -> None:
        assert calibration_error(sure) == error


class TestIntervals:
    def test_as_wide_as_chance_makes_them(self) -> None:
        rows = [answer(i, units=1 + i % 2) for i in range(100)]
        low, high = score(rows, [note(i) for i in range(100)]).intervals["claim_exact"]
        assert 0.37 <= low <= 0.43  # 0.5 +- 1.96 * sqrt(0.25 / 100)
        assert 0.57 <= high <= 0.63

    def test_they_hold_the_figure_and_are_the_same_each_time(self) -> None:
        found, again = score(coded(), labelled()), score(coded(), labelled())
        assert found.intervals == again.intervals
        assert found.intervals.keys() >= {"claim_exact", "code_given_found", "flags_mean_f1", *FLAGS}
        figures = found.figures | found.figures["flags"]
        for name, (low, high) in found.intervals.items():
            assert 0 <= low <= figures[name] <= high <= 1, name

    def test_what_never_varies_has_no_width(self) -> None:
        found = score([answer(i) for i in range(9)], [note(i) for i in range(9)])
        assert found.intervals["claim_exact"] == (1, 1)
        assert score([answer(0)], [note(0)], draws=0).intervals == {}
