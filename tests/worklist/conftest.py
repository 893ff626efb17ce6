from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from labelled_notes import pairs

from rehabcoder.billing.policies import load_policy
from rehabcoder.note import CodedNote, Note
from rehabcoder.worklist.importing import import_coded
from rehabcoder.worklist.store.database import Database

TODAY = date(2026, 11, 1)


@pytest.fixture(scope="session")
def items() -> list[tuple[Note, CodedNote]]:
    return pairs(60, "clinic-a", "clinic-b")


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "worklist.db", create=True)
    yield database
    database.close()


def load(database: Database, items: list[tuple[Note, CodedNote]], **more):
    lines = [(json.dumps(coded.to_json()), f"coded.jsonl:{at}") for at, (_, coded) in enumerate(items, 1)]
    return import_coded(
        database, lines, [note for note, _ in items], policy=load_policy(), name="coded.jsonl", today=TODAY, **more
    )


@pytest.fixture
def database(empty: Database, items: list[tuple[Note, CodedNote]]) -> Database:
    load(empty, items)
    return empty
