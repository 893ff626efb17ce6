from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from labelled_notes import load, pairs
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from rehabcoder.note import CodedNote, Note
from rehabcoder.worklist.store.database import Database

SERVER = os.environ.get("REHABCODER_TEST_POSTGRESQL")
"""Address of a PostgreSQL server: with it the tests that use these fixtures run there, in databases of their own."""
_numbers = itertools.count()


def on_server(template: str = "template0") -> str:
    """The address of a fresh database on the server, a copy of `template`."""
    assert SERVER is not None
    name = f"rehabcoder_{os.getpid()}_{next(_numbers)}"
    engine = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    engine.dispose()
    return make_url(SERVER).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def items() -> list[tuple[Note, CodedNote]]:
    return pairs(60, "clinic-a", "clinic-b")


@pytest.fixture
def place(tmp_path: Path) -> str:
    """Where there is no worklist yet."""
    return on_server() if SERVER else str(tmp_path / "empty.db")


@pytest.fixture
def empty(place: str) -> Iterator[Database]:
    database = Database(place, create=True)
    yield database
    database.close()


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory, items: list[tuple[Note, CodedNote]]) -> Callable[[Path], str]:
    """Makes a copy, in a folder, of a worklist with the notes in it, to be used by one test; gives its place."""
    place = on_server() if SERVER else str(tmp_path_factory.mktemp("ready") / "worklist.db")
    database = Database(place, create=True)
    load(database, items)
    database.checkpoint()
    database.close()
    if SERVER:
        return lambda _: on_server(str(make_url(place).database))
    return lambda folder: str(shutil.copy(place, folder / "worklist.db"))


@pytest.fixture
def database(ready: Callable[[Path], str], tmp_path: Path) -> Iterator[Database]:
    database = Database(ready(tmp_path))
    yield database
    database.close()
