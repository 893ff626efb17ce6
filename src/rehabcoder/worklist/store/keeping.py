"""Removing text that may no longer be kept. The decisions stay: they hold codes, minutes and places, no words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update

from rehabcoder.billing.pooling import day_of
from rehabcoder.worklist.store.database import Database, now
from rehabcoder.worklist.store.tables import coding, note, purge, text

KEPT_META = ("clinic", "clinician", "credential", "discipline", "payer", "date_of_service", "billed_units")
BATCH = 1_000


def purge_text(database: Database, *, before: str, who: str) -> int:
    """Remove the words, patient ids and sources of notes dated before an ISO day; gives how many notes were emptied.

    A note is dated by its day of service, or by its import where it has none; notes that came with an import and were not
    among its coded ones go too. Goes on where an earlier purge stopped.
    """
    done = 0
    while ids := _batch(database, before):
        _empty(database, ids)
        done += len(ids)
    uncoded = _uncoded(database, before)
    for begin in range(0, len(uncoded), BATCH):
        _empty(database, uncoded[begin : begin + BATCH])
    done += len(uncoded)
    with database.write() as connection:
        connection.execute(insert(purge).values(at=now(), who=who, before=before, texts=done))
    database.checkpoint()  # the write-ahead log still holds the old pages until it is folded in
    return done


def _empty(database: Database, ids: Sequence[str]) -> None:
    with database.write() as connection:
        for note_id in ids:
            for row in connection.execute(select(text.c.id, text.c.meta).where(text.c.note_id == note_id)).all():
                meta = {key: value for key, value in json.loads(row.meta).items() if key in KEPT_META}
                connection.execute(update(text).where(text.c.id == row.id).values(text=None, meta=json.dumps(meta)))
            for row in connection.execute(select(coding.c.id, coding.c.coded).where(coding.c.note_id == note_id)).all():
                bare = json.dumps(without_words(json.loads(row.coded)), separators=(",", ":"))
                connection.execute(update(coding).where(coding.c.id == row.id).values(coded=bare))
        connection.execute(update(note).where(note.c.note_id.in_(ids)).values(patient_id=None))


def _batch(database: Database, before: str) -> list[str]:
    query = (
        select(note.c.note_id)
        .join(text, text.c.note_id == note.c.note_id)
        .where(note.c.age_from < before, text.c.text.is_not(None))
        .distinct()
        .limit(BATCH)
    )
    with database.read() as connection:
        return [str(row[0]) for row in connection.execute(query)]


def _uncoded(database: Database, before: str) -> list[str]:
    """The ids that texts were imported under and no coding; of several texts the youngest dates them all."""
    query = (
        select(text.c.note_id, text.c.meta, text.c.imported_at)
        .outerjoin(note, note.c.note_id == text.c.note_id)
        .where(note.c.id.is_(None), text.c.text.is_not(None))
    )
    last: dict[str, str] = {}
    with database.read() as connection:
        for note_id, meta, imported_at in connection.execute(query, execution_options={"yield_per": BATCH}):
            served = day_of(json.loads(meta).get("date_of_service"))
            day = served.isoformat() if served else imported_at[:10]
            last[note_id] = max(day, last.get(note_id, day))
    return [note_id for note_id, day in last.items() if day < before]


def without_words(coded: dict[str, Any]) -> dict[str, Any]:
    """A coded note without anything that was copied from the text."""
    for service in coded["interventions"]:
        service["text"], service["activities"] = "", []
        for evidence in service["why"]:
            evidence["text"] = ""
    for finding in coded["flags"]:
        finding["message"] = ""
    coded["source"] = ""
    return coded
