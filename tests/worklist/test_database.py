"""The file: private, versioned, locked, damaged, and the log that only grows."""

from __future__ import annotations

import sqlite3
import stat
import sys
import threading
from pathlib import Path

import pytest
from alembic import command
from labelled_notes import load
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError

from rehabcoder.errors import RehabcoderError
from rehabcoder.worklist.store import database as module
from rehabcoder.worklist.store import decisions, queue
from rehabcoder.worklist.store.database import Database, WorklistError
from rehabcoder.worklist.store.tables import metadata


def test_the_file_is_the_owners_alone(database, tmp_path: Path):
    for path in tmp_path.glob("worklist.db*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_migrations_make_the_tables_that_the_program_uses(empty):
    with empty.read() as connection:
        found = inspect(connection)
        for table in metadata.tables.values():
            assert {column["name"] for column in found.get_columns(table.name)} == set(table.columns.keys())
            assert {index["name"] for index in found.get_indexes(table.name)} >= {index.name for index in table.indexes}


def test_a_missing_worklist_is_named_with_the_command_that_makes_one(tmp_path: Path):
    with pytest.raises(WorklistError, match=r"there is no worklist here.*rehabcoder import"):
        Database(tmp_path / "none.db")


def test_a_worklist_that_another_program_makes_meanwhile_is_opened(place, monkeypatch: pytest.MonkeyPatch):
    def made_just_now(connection):
        monkeypatch.setattr(module, "inspect", inspect)
        Database(place, create=True).close()
        return inspect(connection)

    monkeypatch.setattr(module, "inspect", made_just_now)
    Database(place, create=True).close()


def test_whoever_makes_the_file_at_this_moment_is_waited_for(tmp_path: Path):
    other = sqlite3.connect(tmp_path / "new.db", isolation_level=None, check_same_thread=False)
    other.executescript("CREATE TABLE t (x); DROP TABLE t; BEGIN IMMEDIATE")
    end = threading.Timer(0.3, other.rollback)
    end.start()
    Database(tmp_path / "new.db", create=True).close()
    end.join()
    other.close()


def test_an_older_worklist_is_migrated_and_keeps_its_notes(empty, items):
    load(empty, items[:5])
    with empty.write() as connection:
        configuration = module._alembic()
        configuration.attributes["connection"] = connection
        command.downgrade(configuration, "0001")
    with empty.read() as connection:
        assert not inspect(connection).has_table("purge")
    again = Database(empty.place)
    with again.read() as connection:
        assert inspect(connection).has_table("purge")
        assert sum(queue.states(connection).values()) == 5
    again.close()


def test_a_newer_worklist_is_refused_with_the_command_to_run(empty):
    with empty.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(WorklistError, match=r"version 9999, which is newer.*pip install --upgrade"):
        Database(empty.place)


def test_another_programs_database_is_left_alone(tmp_path: Path):
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE invoices (id)")
    other.close()
    with pytest.raises(WorklistError, match="this database is not a worklist"):
        Database(tmp_path / "other.db", create=True)
    assert sqlite3.connect(tmp_path / "other.db").execute("SELECT name FROM sqlite_master").fetchall() == [
        ("invoices",)
    ]


def test_a_damaged_file_is_explained(tmp_path: Path):
    (tmp_path / "w.db").write_bytes(b"PK\x03\x04 not a database at all" * 100)
    with pytest.raises(WorklistError, match="not a worklist, or it is damaged"):
        Database(tmp_path / "w.db")


def test_a_locked_worklist_is_explained_after_a_wait(database):
    impatient = Database(database.place, wait=0.1)
    with (
        database.write(),
        pytest.raises(WorklistError, match="another program is writing"),
        impatient.write(),
    ):
        pass
    with impatient.write():
        pass
    impatient.close()


@pytest.mark.parametrize(
    "address", ["postgresql+psycopg://ann:secret@", "nosuch://ann:secret@host/w", "://secret", "x://"]
)
def test_an_address_that_is_none_is_refused_without_its_password(address):
    with pytest.raises(RehabcoderError) as refused:
        Database(address.replace("psycopg", "nosuchdriver"))
    assert "secret" not in str(refused.value)
    assert "Write postgresql+psycopg://user@host/worklist." in str(refused.value)


def test_a_driver_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(
        RehabcoderError, match=r"the driver psycopg is not installed\. Install it with: pip install psycopg"
    ):
        Database("postgresql+psycopg://ann:secret@host/w")


def test_a_server_that_cannot_be_reached_is_named_without_the_password(monkeypatch):
    class Unreachable:
        url = make_url("postgresql+psycopg://ann:secret@host/w")

        def connect(self):
            raise OperationalError("", {}, Exception("connection refused for ann:secret"))

        def dispose(self):
            pass

    monkeypatch.setattr(module, "server_engine", lambda address: Unreachable())
    with pytest.raises(WorklistError) as refused:
        Database("postgresql+psycopg://ann:secret@host/w")
    assert "postgresql+psycopg://ann:***@host/w: the database cannot be reached" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_database_by_its_address_is_made_by_import_alone(tmp_path: Path):
    address = f"sqlite:///{tmp_path}/w.db"
    with pytest.raises(WorklistError, match="this worklist is empty"):
        Database(address)
    Database(address, create=True).close()
    Database(address).close()
    with pytest.raises(WorklistError, match=r"cannot be reached|cannot be written"):
        Database(f"sqlite:///{tmp_path}/no/such/folder/w.db", create=True)


@pytest.mark.parametrize("statement", ["UPDATE decision SET reviewer = 'x'", "DELETE FROM decision"])
def test_the_log_cannot_be_rewritten(database, statement):
    with database.write() as connection:
        case = queue.open_case(connection, 1)
        decisions.record(connection, case, "comment", reviewer="Ann", reason="hm")
    with pytest.raises(DatabaseError, match="append-only"), database.write() as connection:
        connection.execute(text(statement))


def test_no_sql_outside_the_store():
    package = Path(module.__file__).parents[1]
    others = [*package.rglob("*.py"), *(package.parent / "web").rglob("*.py"), *(package.parent / "cli").glob("*.py")]
    outside = [path for path in others if "store" not in path.parts]
    assert len(outside) > 10
    for path in outside:
        assert "sqlalchemy" not in path.read_text(encoding="utf-8"), path.name
