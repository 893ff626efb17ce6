"""Removing text that may no longer be kept. The decisions stay: they hold codes, minutes and places, no words."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import insert, select, update

from rehabcoder.worklist.store.database import Database, now
from rehabcoder.worklist.store.tables import coding, note, purge, text

KEPT_META = ("clinic", "clinician", "credential", "discipline", "payer", "date_of_service", "billed_units")
BATCH = 1_000


def purge_text(database: Database, *, before: str, who: str) -> int:
    """Remove the words, patient ids and sources of notes dated before an ISO day; gives how many notes were emptied.

    A note is dated by its day of service, or by its import where it has none. Goes on where an earlier purge stopped.
    """
    done = 0
    while ids := _batch(database, before):
        with database.write() as connection:
            for note_id in ids:
                for row in connection.execute(select(text.c.id, text.c.meta).where(text.c.note_id == note_id)).all():
                    meta = {key: value for key, value in json.loads(row.meta).items() if key in KEPT_META}
                    connection.execute(update(text).where(text.c.id == row.id).values(text=None, meta=json.dumps(meta)))
                for row in connection.execute(
                    select(coding.c.id, coding.c.coded).where(coding.c.note_id == note_id)
                ).all():
                    bare = json.dumps(without_words(json.loads(row.coded)), separators=(",", ":"))
                    connection.execute(update(coding).where(coding.c.id == row.id).values(coded=bare))
            connection.execute(update(note).where(note.c.note_id.in_(ids)).values(patient_id=None))
        done += len(ids)
    with database.write() as connection:
        connection.execute(insert(purge).values(at=now(), who=who, before=before, texts=done))
    database.checkpoint()  # the write-ahead log still holds the old pages until it is folded in
    return done


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
