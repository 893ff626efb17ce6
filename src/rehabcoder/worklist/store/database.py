"""Opening the database: made on first use, owned by its user alone, migrated when it is older than the program."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from rehabcoder.errors import MissingExtra, RehabcoderError

try:
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection, Engine, create_engine, event, inspect
    from sqlalchemy.exc import DatabaseError, OperationalError
except ImportError as error:
    raise MissingExtra(error.name or "sqlalchemy", "review", needed_for="The worklist") from error

from rehabcoder.worklist.store.server import one_writer, server_engine, write_anew


class WorklistError(RehabcoderError):
    """The database is missing, damaged, locked, or of a version that this program does not know."""


def now() -> str:
    """The present moment in UTC, as it is written to the log."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Database:
    """A worklist database. `read()` and `write()` give connections; a write is one transaction, all or nothing.

    Args:
        place: a file, or the URL of a database that SQLAlchemy knows.
        create: make the file when it does not exist.
        wait: seconds to wait for another program that is writing.

    Raises:
        WorklistError: there is no such worklist, it is damaged, or it was made by a newer version.
    """

    def __init__(self, place: str | Path, *, create: bool = False, wait: float = 30.0) -> None:
        self.place = str(place)  # as it may be shown: a password in an address is hidden
        self._file = None if "://" in self.place else Path(self.place)
        if self._file is not None:
            self._check_file(self._file, create=create)
            self.engine = _engine(self._file, wait)
        else:
            self.engine = server_engine(self.place)
            self.place = self.engine.url.render_as_string(hide_password=True)
        self._wait = wait
        try:
            self._migrate(create=create)
        except DatabaseError as error:
            self.engine.dispose()
            raise self._explained(error) from error.with_traceback(None)
        except RehabcoderError:
            self.engine.dispose()
            raise
        if self._file is not None:
            for path in (self._file, *(Path(f"{self._file}{end}") for end in ("-wal", "-shm"))):
                if path.exists():
                    path.chmod(0o600)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for queries."""
        try:
            with self.engine.connect() as connection:
                yield connection
        except OperationalError as error:
            raise self._explained(error) from error

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction, committed at the end of the block. Waits for other writers, then refuses."""
        try:
            with self.engine.connect() as connection:
                if self._file is not None:
                    # Take the write lock at once: a read that turns into a write can fail without ever waiting.
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                with _commits(connection):
                    if self._file is None:
                        one_writer(connection, self._wait)
                    yield connection
        except OperationalError as error:
            raise self._explained(error) from error

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file, so that nothing overwritten stays readable in it.

        PostgreSQL writes the tables that held words anew instead; its own log and backups are the server's to keep.
        """
        if self._file is not None:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            write_anew(self.engine, ("text", "coding", "note"))

    def close(self) -> None:
        self.engine.dispose()

    def _check_file(self, file: Path, *, create: bool) -> None:
        if file.exists():
            return
        if not create:
            raise WorklistError(
                "there is no worklist here",
                where=str(file),
                remedy="Make one with: rehabcoder import CODED --notes NOTES --db " + str(file) + ".",
            )
        try:
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            return  # another import made it meanwhile
        except OSError as error:
            raise WorklistError(
                "the worklist cannot be made here", where=str(file), remedy="Check the folder."
            ) from error

    def _migrate(self, *, create: bool) -> None:
        # `write` opens its transaction by hand, so that tables are made inside it too: a migration that stops in the
        # middle leaves the old version, and two programs that start at once wait for each other.
        with self.engine.connect() as connection:
            head = ScriptDirectory.from_config(_alembic()).get_current_head()
            # The tables first: another program may make them, and write down their version, at this moment.
            tables = inspect(connection).get_table_names()
            found = MigrationContext.configure(connection).get_current_revision()
            if found == head:
                return
            if found is None and tables:
                raise WorklistError(
                    "this database is not a worklist", where=self.place, remedy="Name another file with --db."
                )
            if found is None and not create and (self._file is None or self._file.stat().st_size > 0):
                raise WorklistError("this worklist is empty", where=self.place, remedy="Import into it first.")
            known = {script.revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions()}
            if found is not None and found not in known:
                raise WorklistError(
                    f"this worklist has version {found}, which is newer than this program's {head}",
                    where=self.place,
                    remedy="Update with: pip install --upgrade 'rehabcoder[review]'.",
                )
        with self.write() as connection:
            if MigrationContext.configure(connection).get_current_revision() != head:
                configuration = _alembic()
                configuration.attributes["connection"] = connection
                command.upgrade(configuration, "head")

    def _explained(self, error: DatabaseError) -> WorklistError:
        reason = str(error.orig).lower()
        if "locked" in reason or "busy" in reason or "lock timeout" in reason:
            return WorklistError(
                "another program is writing to the worklist", where=self.place, remedy="Wait for it, then try again."
            )
        if "readonly" in reason or "unable to open" in reason:
            return WorklistError("the worklist cannot be written", where=self.place, remedy="Check its permissions.")
        if "disk is full" in reason or "disk i/o" in reason:
            return WorklistError("the disk did not take it", where=self.place, remedy="Free some space.")
        if self._file is None:
            return WorklistError(
                "the database cannot be reached, or refuses what a worklist needs",
                where=self.place,
                remedy="Check the address, the server, and that you may make tables there.",
            )
        return WorklistError(
            "this file is not a worklist, or it is damaged",
            where=self.place,
            remedy="Name another file with --db, or bring it back from a backup.",
        )


@contextmanager
def _commits(connection: Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _alembic() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(resources.files(__package__).joinpath("migrations")))
    configuration.set_main_option("path_separator", "os")
    return configuration


def _engine(file: Path, wait: float) -> Engine:
    arguments = {"timeout": wait, "check_same_thread": False}
    # An error must not quote a note: it never holds the values of a statement.
    engine = create_engine(f"sqlite:///{file}", connect_args=arguments, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # transactions are opened by hand, in write()
        cursor = connection.cursor()
        _write_ahead(cursor, wait)
        # With WAL, NORMAL never damages the file, but a power cut may take the last decisions with it: FULL does not.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA temp_store=MEMORY")  # no words of a note in temporary files
        cursor.execute("PRAGMA secure_delete=ON")  # purged text is overwritten, not only unlinked
        cursor.execute("PRAGMA cache_size=-262144")
        cursor.close()

    return engine


def _write_ahead(cursor: sqlite3.Cursor, wait: float) -> None:
    """Keep a log of what is written ahead of the file. SQLite does not wait here for one who makes the file right now."""
    deadline = time.monotonic() + wait
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
