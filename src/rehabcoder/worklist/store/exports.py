"""Which workbooks were written from this worklist, so that only those come back."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from rehabcoder.errors import ReadError
from rehabcoder.worklist.store.database import now
from rehabcoder.worklist.store.tables import exported


def keep(connection: Connection, export: str, kind: str, *, rows: int, sample_id: int | None = None) -> None:
    """Remember a workbook that was written."""
    connection.execute(insert(exported).values(id=export, at=now(), kind=kind, sample_id=sample_id, rows=rows))


def check(connection: Connection, export: str, kind: str, where: str) -> None:
    """Raises: ReadError when no workbook of that id and kind was written from here."""
    found = connection.execute(select(exported.c.kind).where(exported.c.id == export)).scalar()
    if found != kind:
        raise ReadError(
            "this workbook was not written from this worklist",
            where=where,
            remedy="Name the worklist that it came from.",
        )
