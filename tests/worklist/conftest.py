from __future__ import annotations

import shutil
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
    database = Database(tmp_path / "empty.db", create=True)
    yield database
    database.close()


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory, items: list[tuple[Note, CodedNote]]) -> Path:
    """A worklist with the notes in it, to be copied by each test."""
    path = tmp_path_factory.mktemp("ready") / "worklist.db"
    database = Database(path, create=True)
    load(database, items)
    database.checkpoint()
    database.close()
    return path


@pytest.fixture
def database(ready: Path, tmp_path: Path) -> Iterator[Database]:
    shutil.copy(ready, tmp_path / "worklist.db")
    database = Database(tmp_path / "worklist.db")
    yield database
    database.close()
