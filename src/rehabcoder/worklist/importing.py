"""Coded notes and the notes they came from into a worklist, joined by note id and SHA-256 of the text.

Both files are streamed: first the texts, then the codings, in batches that are each one transaction. An import that was
interrupted is run again and goes on where it stopped; two imports at once take turns.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from rehabcoder.billing.pooling import PolicyOn
from rehabcoder.note import CodedNote, Note
from rehabcoder.readers.coded import none_matches, parse_coded
from rehabcoder.worklist.answer import Answer
from rehabcoder.worklist.following import worth
from rehabcoder.worklist.store import imports
from rehabcoder.worklist.store.database import Database
from rehabcoder.worklist.store.imports import Coding, Tally

BATCH = 2_000
T = TypeVar("T")


def import_coded(
    database: Database,
    coded: Iterable[tuple[str, str]],
    notes: Iterable[Note],
    *,
    policy: PolicyOn,
    name: str = "",
    today: date | None = None,
    progress: Callable[[str, int], None] = lambda stage, count: None,
) -> Tally:
    """Import coded notes.

    Args:
        coded: lines of JSON, each with the place it stands at (`readers.coded.read_coded` gives them).
        notes: the notes that were coded; more than were coded do no harm.
        policy: gives the payer's rules and fees of a day (`rules.policy_on`), for the money at stake.
        name: the coded file's name, for the record.
        today: the day that the age of undated notes counts from.
        progress: called with "notes" or "codings" and how many were taken so far.

    Raises:
        ReadError: a line is no coded note, or not one coded note has its text among the notes.
        WorklistError: another program holds the database.
    """
    today = today or date.today()
    tally = Tally()
    unread: str | None = None  # why the first of the notes that could not be read was not
    taken = 0
    for some in _batches(notes):
        with database.write() as connection:
            new, changed = imports.add_texts(connection, [(item, item.text_sha256) for item in some])
            tally.texts += new
            for at, since, content, fields, given in imports.of_texts(connection, changed):
                present, meta = CodedNote.from_json(json.loads(content)), json.loads(fields)
                answer = Answer.loads(given) if given else None
                imports.revalue(connection, at, worth(present, meta, policy, date.fromisoformat(since), answer=answer))
                tally.corrected += 1
        unread = unread or next((item.error for item in some if item.error), None)
        taken += len(some)
        progress("notes", taken)
    with database.write() as connection:
        run = imports.start_run(connection, name)
    taken = 0
    for lines in _batches(coded):
        items = [_parsed(line, where) for line, where in lines]
        with database.write() as connection:
            batch = list(_joined(connection, items, policy, today, tally))
            imports.add_codings(connection, run, batch, tally)
        taken += len(lines)
        progress("codings", taken)
    if taken and tally.unmatched == taken:
        raise none_matches(taken, where=name, unread=unread)
    with database.write() as connection:
        imports.finish_run(connection, run, taken)
    return tally


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while some := list(islice(iterator, BATCH)):
        yield some


def _parsed(line: str, where: str) -> tuple[CodedNote, str, str]:
    """The coded note, its canonical JSON, and the SHA-256 of that."""
    coded, data = parse_coded(line, where)
    # The same coding read from another folder is the same coding: the hash leaves its source out.
    data.pop("source", None)
    content = json.dumps(data, separators=(",", ":"), sort_keys=True)
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    return coded, f'{content[:-1]},"source":{json.dumps(coded.source)}}}', sha256


def _joined(
    connection: Any, items: list[tuple[CodedNote, str, str]], policy: PolicyOn, today: date, tally: Tally
) -> Iterator[Coding]:
    keys = [(coded.note_id, coded.text_sha256) for coded, _, _ in items]
    texts = {(note_id, sha): (at, meta) for note_id, sha, at, meta in imports.find_texts(connection, keys)}
    for (coded, content, sha256), key in zip(items, keys, strict=True):
        if key not in texts:
            tally.unmatched += 1
            tally.unmatched_ids += [coded.note_id] if len(tally.unmatched_ids) < 20 else []
            continue
        tally.policies |= {coded.policy} if coded.policy else set()
        text_id, source = texts[key]
        meta = json.loads(source)
        valued = worth(coded, meta, policy, today)
        yield Coding(coded, meta, valued.risk, valued.money, content, sha256, text_id)
