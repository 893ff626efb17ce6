"""From decisions in the worklist to labels that can be trained on: nothing is lost or turned on the way."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from small_world import World, records

from rehabcoder import cli
from rehabcoder.training.inputs import read_own
from rehabcoder.worklist.labels import export_labels
from rehabcoder.worklist.store import decisions, queue
from rehabcoder.worklist.store.database import Database
from rehabcoder.worklist.store.queue import Filters


def rehabcoder(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr("sys.argv", ["rehabcoder", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert not stop.value.code


def test_decisions_become_labels(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes, coded, db = tmp_path / "notes.jsonl", tmp_path / "coded.jsonl", tmp_path / "worklist.db"
    rows = records("clinic-d", slice(None))  # those that the model settles are not in the queue
    lines = [{"note_id": r["id"], "text": r["text"], "clinic": "Riverside", "discipline": "PT"} for r in rows]
    notes.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    rehabcoder(monkeypatch, "code", notes, "--out", coded, "--model", world.model)
    rehabcoder(monkeypatch, "import", coded, "--notes", notes, "--db", db)
    database = Database(str(db))
    changed: dict[str, str] = {}
    with database.write() as connection:
        for number, item in enumerate(queue.page(connection, Filters(), limit=100)):
            case = queue.open_case(connection, item.id)
            answer = case.answer
            if number % 3 == 0 and answer.services:
                first = replace(answer.services[0], code="97750", minutes=7, status="changed")
                answer = replace(answer, services=(first, *answer.services[1:]))
                changed[item.note_id] = "97750"
            decisions.record(connection, case, "settle", reviewer="Ann", after=answer)
    export_labels(database, tmp_path / "labels.jsonl")
    database.close()

    own = read_own([tmp_path / "labels.jsonl"])
    assert len(own.notes) >= 20
    assert own.clinics == ["Riverside"]
    by_mark = {mark: [n for n in own.notes if n.mark == mark] for mark in ("accepted", "changed")}
    assert {n.note.note_id for n in by_mark["changed"]} == set(changed)
    assert {n.note.weight for n in by_mark["accepted"]} == {0.3}
    assert {n.note.weight for n in by_mark["changed"]} == {1.0}
    for label in by_mark["changed"]:
        first = label.note.services[0]
        assert (first.code, first.minutes) == ("97750", 7)
