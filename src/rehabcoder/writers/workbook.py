"""A workbook for people: worklist, services, claim lines, findings, and a summary by clinician.

Written a row at a time, so that memory stays flat; a sheet that is full goes on as `Findings 2`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rehabcoder.billing.codes import CODES, is_timed, one_name
from rehabcoder.note import Json
from rehabcoder.readers.extras import need
from rehabcoder.writers.flat import by_code, neutral
from rehabcoder.writers.summary import ByClinician, units_billed, units_supported

ROWS = 1_048_576  # on a sheet, the header among them
CELL = 32_767  # characters in a cell

# Sheet -> (heading, width) of each column.
SHEETS: dict[str, tuple[tuple[str, int], ...]] = {
    "Worklist": (
        ("note", 18), ("date", 11), ("clinician", 18), ("clinic", 16), ("payer", 16), ("review", 8), ("reasons", 34),
        ("units by code", 26), ("minutes by code", 26), ("timed minutes", 9), ("units", 7), ("billed units", 24),
        ("label > supported", 22), ("findings", 44), ("error", 40), ("source", 30),
    ),
    "Services": (
        ("note", 18), ("date", 11), ("clinician", 18), ("words", 70), ("labelled", 10), ("code", 8), ("minutes", 9),
        ("confidence", 11), ("review", 8), ("reasons", 30),
    ),
    "Claim lines": (
        ("note", 18), ("date", 11), ("patient", 14), ("clinician", 18), ("code", 8), ("description", 34),
        ("minutes", 9), ("units", 7), ("modifiers", 11), ("billed", 8), ("why", 70),
    ),
    "Findings": (
        ("note", 18), ("date", 11), ("clinician", 18), ("severity", 10), ("finding", 26), ("message", 80), ("rule", 50),
    ),
}  # fmt: skip
_COLOURS = {"high": "#F8CBAD", "medium": "#FFE699", "low": "#DDEBF7", "yes": "#FFF2CC", "failed": "#D9D9D9"}


class _Pages:
    """A sheet and, once it is full, the ones after it."""

    def __init__(self, book: Any, formats: Mapping[str, Any], name: str, columns: Sequence[tuple[str, int]]) -> None:
        self._book, self._formats, self._name, self._columns = book, formats, name, columns
        self._number = 0
        self._next()

    def _next(self) -> None:
        self._number += 1
        self._row = 1
        self._sheet = self._book.add_worksheet(self._name if self._number == 1 else f"{self._name} {self._number}")
        self._sheet.freeze_panes(1, 1)
        for at, (heading, width) in enumerate(self._columns):
            self._sheet.set_column(at, at, width)
            self._sheet.write_string(0, at, heading, self._formats["head"])

    def add(self, cells: Sequence[Any], colour: str | None = None) -> None:
        if self._row == ROWS:
            self.close()
            self._next()
        shade = self._formats.get(colour or "", None)
        for at, cell in enumerate(cells):
            if isinstance(cell, str) and cell:
                self._sheet.write_string(self._row, at, neutral(cell)[:CELL], shade)
            elif cell is not None and cell != "":
                self._sheet.write_number(self._row, at, cell, shade)
            elif shade is not None:
                self._sheet.write_blank(self._row, at, None, shade)
        self._row += 1

    def close(self) -> None:
        """Put the filter over the rows that were written."""
        self._sheet.autofilter(0, 0, max(1, self._row - 1), len(self._columns) - 1)


def write_workbook(pairs: Iterable[tuple[Json, Json]], path: Path, *, scratch: Path) -> None:
    """Write coded notes as a workbook.

    Args:
        pairs: what the input says of each note (`Note.about`), and the coded note as JSON.
        scratch: a private folder for unfinished sheets, which hold words of notes.

    Raises:
        MissingExtra: xlsxwriter is not installed.
    """
    xlsxwriter = need("xlsxwriter", "xlsxwriter", "Writing workbooks")
    settings = {"constant_memory": True, "tmpdir": str(scratch), "strings_to_formulas": False, "strings_to_urls": False}
    summary = ByClinician()
    with xlsxwriter.Workbook(str(path), settings) as book:
        formats = {name: book.add_format({"bg_color": colour}) for name, colour in _COLOURS.items()}
        formats["head"] = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        pages = {name: _Pages(book, formats, name, columns) for name, columns in SHEETS.items()}
        for about, row in pairs:
            summary.add(about, row)
            _add_note(pages, about, row)
        last = _Pages(book, formats, "By clinician", summary.columns())
        for cells in summary.rows():
            last.add(cells)
        for page in (*pages.values(), last):
            page.close()


def _add_note(pages: Mapping[str, _Pages], about: Json, row: Json) -> None:
    note, day, clinician = row["note_id"], about.get("date_of_service"), about.get("clinician")
    billed = units_billed(about, row)
    severities = Counter(flag["severity"] for flag in row["flags"])
    review = "failed" if row["status"] == "failed" else "yes" if row["needs_review"] else "no"
    worst = next((level for level in ("high", "medium", "low") if severities[level]), None)
    services = row["interventions"]
    changed = (f"{s['labelled']} > {s['code']}" for s in services if s["labelled"] not in (None, s["code"]))
    pages["Worklist"].add(
        (
            note, day, clinician, about.get("clinic"), about.get("payer"), review, ", ".join(row["review_reasons"]),
            by_code((line["code"], line["units"]) for line in row["lines"]),
            by_code((line["code"], line["minutes"]) for line in row["lines"]),
            row["totals"]["timed_minutes"], units_supported(row), by_code(billed.items()), ", ".join(changed),
            ", ".join(dict.fromkeys(flag["id"] for flag in row["flags"])), row["error"], row["source"],
        ),
        review if review == "failed" else (worst or "yes") if review == "yes" else None,
    )  # fmt: skip
    for service in services:
        cells = (
            note, day, clinician, service["text"], service["labelled"], service["code"], service["minutes"],
            service["confidence"], "yes" if service["needs_review"] else "no", ", ".join(service["review_reasons"]),
        )  # fmt: skip
        pages["Services"].add(cells, "yes" if service["needs_review"] else None)
    for cells, colour in _claim_lines(row, billed):
        pages["Claim lines"].add((note, day, about.get("patient_id"), clinician, *cells), colour)
    for flag in row["flags"]:
        finding = (note, day, clinician, flag["severity"], flag["id"], flag["message"], flag["rule"])
        pages["Findings"].add(finding, flag["severity"])


def _claim_lines(row: Json, billed: Mapping[str, int]) -> Iterator[tuple[tuple[Any, ...], str | None]]:
    """The cells of each line beside what was billed, and their colour; then what was billed and has no line.

    The units of all lines are those of the note, and the billed ones all that were billed.
    """
    left, lines = dict(billed), row["lines"]
    for at, line in enumerate(lines):
        name = line["code"]
        if name not in left and not is_timed(name):  # what two payers call differently: 97014, G0283
            name = next((code for code in left if one_name(code) == one_name(name)), name)
        paid = left.pop(name, 0) if billed else None
        if paid and any(other["code"] == line["code"] for other in lines[at + 1 :]):  # units with and without CQ or CO
            left[name] = max(0, paid - (line["units"] or 0))
            paid -= left[name]
        modifiers = " ".join(line.get("modifiers", ()))
        yield (*_code(line["code"]), line["minutes"], line["units"], modifiers, paid, line["why"]), None
    rest = (row["totals"]["units"] or 0) - sum(line["units"] or 0 for line in lines if is_timed(line["code"]))
    if rest > 0:
        why = "The stated total of timed minutes supports these beyond the lines above, where minutes are missing."
        yield ("timed", "timed codes together", None, rest, "", None, why), None
    failed = row["status"] == "failed"
    why = "The note could not be coded." if failed else "Billed; the note does not describe this service."
    for code, units in left.items():
        if units:
            yield (*_code(code), None, None if failed else 0, "", units, why), "failed" if failed else "high"


def _code(code: str) -> tuple[str, str | None]:
    return code, CODES[code].description if code in CODES else None
