"""Writing a workbook. Words of a note are written as text, never as formulas."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from rehabcoder.billing.codes import CODES
from rehabcoder.billing.pooling import PolicyOn, day_of
from rehabcoder.errors import MissingExtra, UsageError
from rehabcoder.worklist.claimed import in_words, units_of
from rehabcoder.worklist.following import followed
from rehabcoder.worklist.store.queue import Case
from rehabcoder.worklist.store.samples import SampleItem
from rehabcoder.worklist.triage import terms_on
from rehabcoder.worklist.workbook.layout import (
    ADD,
    CODES_MINUTES,
    COLUMNS,
    DECISIONS,
    FILLED,
    FORMAT,
    HELP,
    LISTS,
    NOTES,
    WORK,
    Key,
    Kind,
)
from rehabcoder.writers.files import private

CELL = 32_767  # characters that a cell takes
ROWS = 100_000  # a workbook of more is no longer worked through by hand
WIDTHS = {
    "note": 18, "findings": 50, "units": 18, "billed": 18, "words": 60, "reason": 40, CODES_MINUTES: 34,
    "clinician": 16, "key": 4,
}  # fmt: skip

HELP_TEXT: dict[Kind, tuple[str, ...]] = {
    "worklist": (
        "Each row is one service; the last row of a note is there to add one. The whole note is on the sheet Notes.",
        "findings, units (what the services as listed support) and billed are of the whole note, in its first row.",
        "Fill in the yellow cells. Decide every service of a note, or none: a note with rows left open is refused.",
        "accept: code and minutes are right; in the last row of a note, the whole note is.",
        "change: write the right code, the right minutes, or both. remove: no such service was given.",
        "add (last row): put its words, copied from the note, under words, with code and minutes.",
        "query (last row): the note needs an addendum; say why. skip (last row): later.",
        "Save, then: rehabcoder worklist --db WORKLIST --apply THIS.xlsx --reviewer NAME. A row counts once only.",
    ),
    "sample": (
        "Each row is one note of the sample. Read it on the sheet Notes; what was decided before is not shown.",
        "Under codes=minutes write what the note supports, with minutes and not units: 97530=15 97110=23 97010.",
        "Fewer than 5 minutes of a timed service take their unit, 97140=4min: without it they look like units.",
        "Where it supports nothing, write nothing as a word.",
        "Then choose reviewed under decision.",
        "Save, then: rehabcoder sample apply THIS.xlsx --db WORKLIST --reviewer NAME. A row counts once only.",
    ),
}


def write_worklist(path: str | Path, cases: Sequence[Case], *, policy: PolicyOn, today: date) -> tuple[str, int]:
    """Write notes of the queue as a workbook; gives the id of the export and the number of rows.

    Args:
        policy: gives the payer's rules of a day, for the units that the services support.

    Raises:
        UsageError: there is nothing to write, or too much, or a file stands there.
        RehabcoderError: the file cannot be written.
    """
    export = secrets.token_hex(8)
    rows: list[dict[str, Any]] = []
    for case in cases:
        item = case.item
        shared = {"note": item.note_id, "date": item.date_of_service, "clinician": item.clinician, "payer": item.payer}
        words, first = case.text or "", len(rows)
        for number, service in enumerate(case.answer.services):
            original = next(
                (s for s in case.coded.interventions if (s.start, s.end) == (service.start, service.end)), None
            )
            rows.append(
                shared
                | {
                    "key": Key(item.id, case.coding_id, str(number), item.version).dumps(export),
                    "risk": terms_on(item, today)["risk"],
                    "words": words[service.start : service.end],
                    "labelled": service.labelled,
                    "code": service.code,
                    "minutes": service.minutes,
                    "confidence": round(original.confidence, 2) if original else None,
                }
            )
        rows.append(shared | {"key": Key(item.id, case.coding_id, ADD, item.version).dumps(export), "words": ""})
        rows[first] |= _of_the_note(case, policy)
    texts = [(case.item.note_id, case.text) for case in cases]
    _write(path, "worklist", export, rows, texts)
    return export, len(rows)


def _of_the_note(case: Case, policy: PolicyOn) -> dict[str, str]:
    """What a note's first row says of the whole note."""
    messages: dict[str, list[str]] = {}
    for finding in followed(case.coded, case.answer, case.meta, policy).flags:
        if finding.id not in dict(case.answer.dismissed):
            messages.setdefault(finding.id, []).append(finding.message)
    rules, totals = policy(day_of(case.meta.get("date_of_service"))), case.coded.totals
    billed = case.meta.get("billed_units") or totals.billed_units
    return {
        "findings": "\n".join(f"{name}: {' '.join(said)}" for name, said in messages.items()),
        "units": in_words(units_of(case.answer, rules, stated_timed=totals.stated_timed)),
        "billed": in_words(billed) if billed else "",
    }


def write_sample(path: str | Path, items: Sequence[SampleItem], cases: Sequence[Case]) -> tuple[str, int]:
    """Write the notes of a sample that nobody has looked at a second time; the first decision is left out."""
    export = secrets.token_hex(8)
    rows = [
        {
            "key": Key(item.id, item.coding_id, ADD, item.version).dumps(export),
            "note": item.note_id,
            "number": item.position,
            "date": case.item.date_of_service,
            "discipline": case.meta.get("discipline"),
        }
        for item, case in zip(items, cases, strict=True)
    ]
    _write(path, "sample", export, rows, [(case.item.note_id, case.text) for case in cases])
    return export, len(rows)


def _write(
    path: str | Path, kind: Kind, export: str, rows: Sequence[dict[str, Any]], texts: Iterable[tuple[str, str | None]]
) -> None:
    try:
        import xlsxwriter
    except ImportError as error:
        raise MissingExtra("xlsxwriter", "review", needed_for="Writing a workbook") from error
    if not rows:
        raise UsageError("there is nothing to write", remedy="Widen the filters.")
    if len(rows) > ROWS:
        raise UsageError(f"{len(rows)} rows are too many for a workbook", remedy="Use --limit, or narrow the filters.")
    if os.path.exists(path):
        remedy = (
            "Take it back with --apply, or sample apply, if it is filled in; then delete it, or choose another --out."
        )
        raise UsageError("there is a file already, and it may hold decisions", where=str(path), remedy=remedy)
    # In memory: with temporary files, words of a note would lie outside the chosen output.
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    locked = book.add_format({"valign": "top", "text_wrap": True})
    filled = book.add_format({"valign": "top", "text_wrap": True, "locked": False, "bg_color": "#FFF8D6", "border": 1})
    filled.set_border_color("#D9D2B0")
    head = book.add_format({"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", "valign": "top"})
    sheet = book.add_worksheet(WORK)
    columns = COLUMNS[kind]
    for at, name in enumerate(columns):
        sheet.write_string(0, at, name, head)
        sheet.set_column(at, at, WIDTHS.get(name, 11), None, {"hidden": name == "key"})
    for number, row in enumerate(rows, 1):
        adds = kind == "worklist" and f".{ADD}." in row["key"]
        for at, name in enumerate(columns):
            style = filled if name in FILLED[kind] or (adds and name == "words") else locked
            value = row.get(name)
            if isinstance(value, (int, float)):
                sheet.write_number(number, at, value, style)
            elif value:
                sheet.write_string(number, at, str(value)[:CELL], style)
            else:
                sheet.write_blank(number, at, None, style)
    last = len(rows)
    at = columns.index("decision")
    sheet.data_validation(1, at, last, at, {"validate": "list", "source": list(DECISIONS[kind])})
    if kind == "worklist":
        listed = [*sorted(CODES), "none"]
        at = columns.index("new code")
        sheet.data_validation(1, at, last, at, {"validate": "list", "source": f"={LISTS}!$A$3:$A${len(listed) + 2}"})
        at = columns.index("new minutes")
        limits = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": 480}
        sheet.data_validation(1, at, last, at, limits)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, last, len(columns) - 1)
    sheet.protect("", {"sort": True, "autofilter": True, "format_columns": True, "format_rows": True})
    _texts(book, texts, locked, head)
    helps = book.add_worksheet(HELP)
    helps.set_column(0, 0, 120)
    for number, line in enumerate(HELP_TEXT[kind]):
        helps.write_string(number, 0, line, locked)
    lists = book.add_worksheet(LISTS)
    lists.write_string(0, 0, export)
    lists.write_string(1, 0, f"{FORMAT} {kind}")
    for number, code in enumerate([*sorted(CODES), "none"], 2):
        lists.write_string(number, 0, code)
    lists.hide()
    book.close()
    with private(Path(path)) as unfinished:
        unfinished.write_bytes(content.getvalue())


def _texts(book: Any, texts: Iterable[tuple[str, str | None]], style: Any, head: Any) -> None:
    sheet = book.add_worksheet(NOTES)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 130)
    sheet.write_string(0, 0, "note", head)
    sheet.write_string(0, 1, "text", head)
    row = 1
    for note_id, text in texts:
        body = "(the text was purged)" if text is None else text
        # A note longer than a cell goes on in the next row: nothing of it is cut off.
        for part in [body[at : at + CELL] for at in range(0, len(body), CELL)] or [""]:
            sheet.write_string(row, 0, note_id, style)
            sheet.write_string(row, 1, part, style)
            row += 1
    sheet.freeze_panes(1, 1)
