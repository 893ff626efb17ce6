"""A worklist on a database server, by its address; PostgreSQL is what is tested."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from rehabcoder.errors import RehabcoderError, UsageError

EXAMPLE = "postgresql+psycopg://user@host/worklist"
_LOCK = 0x72_68_63_64  # "rhcd": the advisory lock that writers of a worklist take


def server_engine(address: str) -> Engine:
    """The engine for an address that SQLAlchemy knows. It is not connected yet.

    Raises:
        UsageError: it is no address, or of a kind of database that SQLAlchemy does not know.
        RehabcoderError: the driver of that database is not installed.
    """
    try:
        # An error must not quote a note: it never holds the values of a statement.
        return create_engine(make_url(address), hide_parameters=True)
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        # The message may quote the address, and so a password: it is not passed on.
        raise UsageError(
            "--db is no file and no database address", remedy=f"Write {EXAMPLE}."
        ) from error.with_traceback(None)
    except ImportError as error:
        driver = error.name or "of this database"
        remedy = f"Install it with: pip install {driver}."
        raise RehabcoderError(f"the driver {driver} is not installed", remedy=remedy) from error


def one_writer(connection: Connection, wait: float) -> None:
    """Make writers take turns until the end of the transaction, as they do on a file.

    What is looked up before it is added must not change in between: two imports at once would add a note twice.

    Raises:
        OperationalError: another writer held on for longer than `wait` seconds.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(wait * 1000)}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def write_anew(engine: Engine, tables: Sequence[str]) -> None:
    """Write tables without the rows that were changed or removed, where the server keeps those beside the new ones."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in tables:
                connection.exec_driver_sql(f'VACUUM (FULL) "{table}"')
