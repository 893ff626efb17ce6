"""How sure an answer must be to be settled: chosen on notes that no rule was mended on, where there are enough of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rehabcoder.training.calibrate import ENOUGH, settle_threshold, telling
from rehabcoder.training.labelled import read_notes
from rehabcoder.training.records import own_note

NOTE = {
    "id": "n-1",
    "text": "Ther ex: leg press 3x10 for quad strength, 15 min.",
    "interventions": [
        {
            "quote": "Ther ex: leg press 3x10 for quad strength, 15 min.",
            "code": "97110",
            "labelled": "97110",
            "minutes": 15,
        }
    ],
    "flags": [],
}


@pytest.mark.parametrize(("unread", "chosen"), [(ENOUGH, ENOUGH), (ENOUGH - 1, 2 * ENOUGH)])
def test_unread_notes_choose_where_there_are_enough(unread: int, chosen: int) -> None:
    known = np.ones(2 * ENOUGH, dtype=np.bool_)
    marks = np.arange(2 * ENOUGH) < unread
    by = telling(known, marks)
    assert by.sum() == chosen
    assert not (by & ~known).any()


def test_answers_that_no_model_left_out_choose_nothing() -> None:
    marks = np.ones(2 * ENOUGH, dtype=np.bool_)
    known = np.arange(2 * ENOUGH) < ENOUGH
    assert (telling(known, marks) == known).all()


def test_the_threshold_keeps_the_share_of_right_answers() -> None:
    probabilities = np.array([0.99, 0.9, 0.8, 0.7, 0.6])
    right = np.array([1, 1, 1, 0, 1])
    assert settle_threshold(probabilities, right, clean=0.8) == pytest.approx(0.6)  # four of five
    assert settle_threshold(probabilities, right, clean=0.9) == pytest.approx(0.8)
    assert settle_threshold(probabilities, np.zeros(5, dtype=np.int64), clean=0.5) > 0.99  # nothing is settled


def test_shipped_notes_say_which_are_unread_and_a_users_own_always_are(tmp_path: Path) -> None:
    records = [NOTE, NOTE | {"id": "n-2", "unread": True}]
    (tmp_path / "clinic-x.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    assert [note.unread for note in read_notes(tmp_path)] == [False, True]
    own = [own_note(record, number=1, place="own:1", stem="own", say=pytest.fail) for record in records]
    assert [one.note.unread for one in own if one] == [True, True]
