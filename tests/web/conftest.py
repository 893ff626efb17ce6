from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "worklist"))

from labelled_notes import load, pairs
from person import HOST, Person

import rehabcoder
from rehabcoder.note import CodedNote, Note
from rehabcoder.readers import read_notes
from rehabcoder.web.app import Review, create_app
from rehabcoder.worklist.rules import policy_on
from rehabcoder.worklist.store.database import Database


@pytest.fixture(scope="session")
def items() -> list[tuple[Note, CodedNote]]:
    return pairs(40, "clinic-a", "clinic-c")


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
    database = Database(tmp_path / "worklist.db", wait=0.3)
    yield database
    database.close()


@pytest.fixture
def app(database: Database) -> Review:
    return create_app(database, policy_on(), hosts=frozenset({HOST}))


@pytest.fixture
def ann(app: Review) -> Person:
    return Person(app, "Ann")


@pytest.fixture
def bo(app: Review) -> Person:
    return Person(app, "Bo")


@pytest.fixture(scope="session")
def sample_backlog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample backlog of the project, coded by the shipped model, in a worklist."""
    path = tmp_path_factory.mktemp("sample") / "worklist.db"
    notes = list(read_notes([str(Path(__file__).parents[2] / "data" / "sample")]))
    database = Database(path, create=True)
    load(database, list(zip(notes, rehabcoder.load().code(notes), strict=True)))
    database.checkpoint()
    database.close()
    return path
