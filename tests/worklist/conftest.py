from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from labelled_notes import load, pairs

from rehabcoder.note import CodedNote, Note
from rehabcoder.worklist.store.database import Database


@pytest.fixture(scope="session")
def items() -> list[tuple[Note, CodedNote]]:
    return pairs(60, "clinic-a", "clinic-b")


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "worklist.db", create=True)
    yield database
    database.close()


@pytest.fixture
def database(empty: Database, items: list[tuple[Note, CodedNote]]) -> Database:
    load(empty, items)
    return empty
