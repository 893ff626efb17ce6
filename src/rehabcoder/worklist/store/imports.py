"""Texts and codings into the tables. Everything is looked up before it is added: adding it twice changes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, tuple_, update

from rehabcoder.note import CodedNote, Note
from rehabcoder.readers.sources import counts_rows
from rehabcoder.worklist.risk import Money, Risk
from rehabcoder.worklist.store.database import now
from rehabcoder.worklist.store.tables import coding, decision, import_run, note, note_code, note_finding, text

META = ("source", "date_of_service", "patient_id", "clinician", "credential", "clinic", "discipline", "payer")
LOOKUP = 5_000  # SQLite takes 32,766 values a statement


@dataclass(slots=True)
class Valued:
    """A coded note with the other fields of its text, and the risk and money that were worked out from both."""

    coded: CodedNote
    meta: dict[str, Any]
    risk: Risk
    money: Money


@dataclass(slots=True)
class Coding(Valued):
    """One coded note on its way in."""

    content: str
    sha256: str
    text_id: int


@dataclass(slots=True)
class Tally:
    """What an import did. The lists hold note ids, at most the first twenty. `corrected` notes were there with another
    bill or other fields. `repeated` codings were left out: their ids had come before in the same import. So were
    `others`: the note of that id is of another visit.
    """

    texts: int = 0
    corrected: int = 0
    notes: int = 0
    recoded: int = 0
    addenda: int = 0
    unchanged: int = 0
    unmatched: int = 0
    repeated: int = 0
    others: int = 0
    policies: set[str] = field(default_factory=set)  # under which the notes were coded
    unmatched_ids: list[str] = field(default_factory=list)
    repeated_ids: list[str] = field(default_factory=list)
    other_ids: list[str] = field(default_factory=list)
    unchanged_ids: set[str] = field(default_factory=set)  # all of them: no other coding of these may follow


ESCAPED = "\ufdd0json:"  # begins with a character that Unicode keeps out of texts


def pack_text(value: str) -> str:
    """The text as a column takes it: lone surrogates, which no encoding has, and NUL, which PostgreSQL refuses, are escaped."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return ESCAPED + json.dumps(value)
    return ESCAPED + json.dumps(value) if "\x00" in value or value.startswith(ESCAPED) else value


def unpack_text(value: str) -> str:
    return str(json.loads(value.removeprefix(ESCAPED))) if value.startswith(ESCAPED) else value


def start_run(connection: Connection, name: str) -> int:
    """Open the record of an import; gives its id."""
    opened = insert(import_run).values(started_at=now(), coded_file=name).returning(import_run.c.id)
    return int(connection.execute(opened).scalar_one())


def finish_run(connection: Connection, run: int, codings: int) -> None:
    connection.execute(update(import_run).where(import_run.c.id == run).values(finished_at=now(), codings=codings))


def add_texts(connection: Connection, notes: Sequence[tuple[Note, str]]) -> tuple[int, list[int]]:
    """Add the notes, each with its SHA-256, that are not there yet, and take over other fields of those that are there.

    Gives how many were new, and the ids of the texts with other fields. A field that is empty now stays as it was, as do
    all of a text that was purged; another source alone is no other field.
    """
    have = {row[:2]: row[2:] for row in find_texts(connection, [(item.note_id, sha) for item, sha in notes])}
    at, rows, others = now(), {}, {}
    for item, sha in notes:
        meta = {key: getattr(item, key) for key in (*META, "billed_units") if getattr(item, key)}
        if (item.note_id, sha) not in have:
            rows[item.note_id, sha] = {
                "note_id": item.note_id,
                "text_sha256": sha,
                "text": pack_text(item.text),
                "meta": json.dumps(meta, separators=(",", ":")),
                "imported_at": at,
            }
            continue
        text_id, kept = have[item.note_id, sha]
        before = json.loads(kept)
        if any(before.get(key) != value for key, value in meta.items() if key != "source"):
            others[text_id] = json.dumps(before | meta, separators=(",", ":"))
    if rows:
        connection.execute(insert(text), list(rows.values()))
    changed = [text_id for text_id, meta in others.items() if _set_meta(connection, text_id, meta)]
    return len(rows), changed


def _set_meta(connection: Connection, text_id: int, meta: str) -> bool:
    kept = update(text).where(text.c.id == text_id, text.c.text.is_not(None))  # a purge took these fields away for good
    return connection.execute(kept.values(meta=meta)).rowcount == 1


def of_texts(connection: Connection, text_ids: Sequence[int]) -> list[tuple[int, str, str, str, str | None]]:
    """(id, day its age counts from, coding, meta, answer) of the notes that these texts are the present ones of."""
    found: list[tuple[int, str, str, str, str | None]] = []
    query = (
        select(note.c.id, note.c.age_from, coding.c.coded, text.c.meta, note.c.answer)
        .join(text, text.c.id == note.c.text_id)
        .join(coding, coding.c.id == note.c.coding_id)
    )
    for at in range(0, len(text_ids), LOOKUP):
        among = query.where(note.c.text_id.in_(text_ids[at : at + LOOKUP]))
        found += [(row[0], row[1], row[2], row[3], row[4]) for row in connection.execute(among)]
    return found


def revalue(connection: Connection, at: int, item: Valued, *, in_place: bool = False) -> None:
    """Bring what the queue is ordered and filtered by up to date; a decision stays as it is.

    `in_place` leaves the note where it stands in the queue: whoever is at work on it finds it there again.
    """
    values = triage(item)
    if in_place:
        del values["rank"]
    connection.execute(update(note).where(note.c.id == at).values(values))
    _list(connection, {at: item.coded}, renewed=[at])


def find_texts(connection: Connection, keys: Sequence[tuple[str, str]]) -> list[tuple[str, str, int, str]]:
    """(note_id, sha256, id, meta) of the texts among `keys` that are there."""
    found: list[tuple[str, str, int, str]] = []
    query = select(text.c.note_id, text.c.text_sha256, text.c.id, text.c.meta)
    for at in range(0, len(keys), LOOKUP):
        part = keys[at : at + LOOKUP]
        among = query.where(tuple_(text.c.note_id, text.c.text_sha256).in_(part))
        found += [(row[0], row[1], row[2], row[3]) for row in connection.execute(among)]
    return found


def add_codings(connection: Connection, run: int, items: Sequence[Coding], tally: Tally) -> None:
    """Add a batch of codings: new notes, new versions of notes, addenda; counts in `tally`."""
    ids = list({item.coded.note_id for item in items})
    existing = {row.note_id: row for row in connection.execute(select(note).where(note.c.note_id.in_(ids)))}
    seen = {
        (row.note_id, row.sha256)
        for row in connection.execute(select(coding.c.note_id, coding.c.sha256).where(coding.c.note_id.in_(ids)))
    }
    fresh: dict[str, Coding] = {}
    for item in items:
        key = item.coded.note_id
        if (key, item.sha256) in seen:
            tally.unchanged += 1
            tally.unchanged_ids.add(key)
        elif key in existing and _is_another(existing[key], item):
            tally.others += 1
            tally.other_ids += [key] if len(tally.other_ids) < 20 else []
        elif key in fresh or key in tally.unchanged_ids or (key in existing and existing[key].run_id == run):
            tally.repeated += 1
            tally.repeated_ids += [key] if len(tally.repeated_ids) < 20 else []
        else:
            fresh[key] = item
            seen.add((key, item.sha256))
    if not fresh:
        return
    coding_ids = _insert_codings(connection, list(fresh.values()))
    new = [item for key, item in fresh.items() if key not in existing]
    if new:
        connection.execute(insert(note), [_new_row(item, coding_ids, run) for item in new])
        tally.notes += len(new)
    for key, item in fresh.items():
        if key in existing:
            _renew(connection, existing[key], item, coding_ids[key], run, tally)
    _index(connection, fresh, existing)


def _is_another(row: Any, item: Coding) -> bool:
    """Whether a text under the id of a note that is there is no addendum to it: of another patient or day, or under an id
    that only counts the rows of a file, which another export counts again, with nothing to show that it is the same visit.
    """
    if item.text_id == row.text_id:
        return False
    given = [(row.patient_id, item.meta.get("patient_id")), (row.date_of_service, item.meta.get("date_of_service"))]
    if any(before and after and before != after for before, after in given):
        return True
    return counts_rows(item.coded.note_id, item.meta.get("source", "")) and not all(map(all, given))


def _insert_codings(connection: Connection, items: Sequence[Coding]) -> dict[str, int]:
    at = now()
    connection.execute(
        insert(coding),
        [
            {
                "note_id": item.coded.note_id,
                "text_id": item.text_id,
                "sha256": item.sha256,
                "coded": item.content,
                "model_version": item.coded.model_version,
                "rules_version": item.coded.rules_version,
                "imported_at": at,
            }
            for item in items
        ],
    )
    ids = [item.coded.note_id for item in items]
    newest = select(coding.c.note_id, func.max(coding.c.id)).where(coding.c.note_id.in_(ids)).group_by(coding.c.note_id)
    return {row[0]: row[1] for row in connection.execute(newest)}


def triage(item: Valued) -> dict[str, Any]:
    """The columns of a note that the queue is ordered and filtered by."""
    coded, meta, risk, money = item.coded, item.meta, item.risk, item.money
    return {
        "rank": -risk.priority,
        "money": risk.money,
        "mismatch": risk.mismatch,
        "uncertainty": risk.uncertainty,
        "severity": risk.severity,
        "overpaid": money.over,
        "underpaid": money.under,
        "billed_value": money.billed,
        "age_from": risk.age_from.isoformat(),
        "date_of_service": meta.get("date_of_service"),
        "clinic": meta.get("clinic"),
        "clinician": meta.get("clinician"),
        "payer": meta.get("payer"),
        "patient_id": meta.get("patient_id"),
        "discipline": meta.get("discipline"),
        "primary_code": coded.primary_code or next((line.code for line in coded.lines), None),
        "model_version": coded.model_version,
    }


def _state(coded: CodedNote) -> str:
    if coded.status == "failed":
        return "failed"
    return "open" if coded.needs_review else "self_settled"


def _new_row(item: Coding, coding_ids: dict[str, int], run: int) -> dict[str, Any]:
    fixed = {
        "note_id": item.coded.note_id,
        "state": _state(item.coded),
        "version": 1,
        "text_id": item.text_id,
        "coding_id": coding_ids[item.coded.note_id],
        "skips": 0,
        "imported_at": now(),
        "run_id": run,
    }
    return fixed | triage(item)


def _renew(connection: Connection, row: Any, item: Coding, coding_id: int, run: int, tally: Tally) -> None:
    """A further coding of a note that is there. A new text reopens it; the same text leaves a decision alone."""
    addendum = item.text_id != row.text_id
    values: dict[str, Any] = {"run_id": run}
    if addendum:
        tally.addenda += 1
        touched = row.state in ("accepted", "changed", "awaiting_addendum")
        state = "open" if touched else _state(item.coded)
        values |= triage(item) | {"text_id": item.text_id, "coding_id": coding_id, "state": state, "answer": None}
        values |= {"version": row.version + 1, "decided_by": None, "decided_at": None, "skips": 0}
        connection.execute(
            insert(decision).values(
                note=row.id,
                coding_id=coding_id,
                reviewer="import",
                at=now(),
                kind="addendum",
                before=row.answer,
                state_before=row.state,
                state_after=state,
            )
        )
    else:
        tally.recoded += 1
        if row.state in ("open", "self_settled", "failed"):
            values |= triage(item) | {"coding_id": coding_id, "version": row.version + 1}
            values["state"] = row.state if row.answer else _state(item.coded)
    connection.execute(update(note).where(note.c.id == row.id).values(values))


def _index(connection: Connection, fresh: dict[str, Coding], existing: dict[str, Any]) -> None:
    rows = connection.execute(select(note.c.note_id, note.c.id).where(note.c.note_id.in_(list(fresh))))
    coded = {row[1]: fresh[row[0]].coded for row in rows}
    _list(connection, coded, renewed=[row.id for key, row in existing.items() if key in fresh])


def _list(connection: Connection, coded: Mapping[int, CodedNote], *, renewed: Sequence[int]) -> None:
    """List notes under their codes and findings; those of `renewed` were listed before."""
    for table in (note_code, note_finding):
        if renewed:
            connection.execute(delete(table).where(table.c.note.in_(renewed)))
    codes = [(at, code) for at, item in coded.items() for code in {service.code for service in item.interventions}]
    findings = [(at, name) for at, item in coded.items() for name in {flag.id for flag in item.flags}]
    _bulk(connection, note_code, "code", codes)
    _bulk(connection, note_finding, "finding", findings)


def _bulk(connection: Connection, table: Table, column: str, rows: list[tuple[int, str]]) -> None:
    if rows:
        values = [{"note": at, column: value} for at, value in rows]
        connection.execute(insert(table).values({"note": bindparam("note"), column: bindparam(column)}), values)
