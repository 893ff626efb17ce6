"""Coded notes as a table for people: a row a service, as many at a time as were coded together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, zip_longest
from typing import TYPE_CHECKING

from rehabcoder.billing.claim import claim_allocation, other_units
from rehabcoder.billing.codes import is_timed
from rehabcoder.billing.policies import Policy
from rehabcoder.cli.plain import console, printable
from rehabcoder.note import CodedNote, Finding, Service

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_NOTE = 24
_NAME = _NOTE - 2  # behind the star
_HEAD = 12  # characters of a long name that stand before the gap in its middle
_ROWS = 16  # notes printed at a time; all pages have the same widths
_COLOURS = {"high": "bold red", "medium": "yellow", "low": "dim"}


def print_table(rows: Iterable[CodedNote], policy: Policy) -> None:
    """Print the notes as they come; memory stays flat, since the widths of the columns are fixed.

    Units stand beside the first service of their code. Where leftovers tie, `2 or 1` says that both are right.
    """
    out, source, first = console(), iter(rows), True
    while page := list(islice(source, 1 if first else _ROWS)):
        table = _table(header=first)
        for row in page:
            for cells in _cells(row, policy):
                table.add_row(*cells)
        with out.capture() as drawn:
            out.print(table)
        # Rich fills every line up with blanks, which a file or a test of the output has no use for.
        print("\n".join(line.rstrip() for line in drawn.get().splitlines()), flush=True)
        first = False


def _table(*, header: bool) -> Table:
    from rich.table import Table

    table = Table(box=None, show_header=header, header_style="bold", pad_edge=False, expand=True)
    table.add_column("note", width=_NOTE, overflow="fold")
    table.add_column("code", width=16)
    table.add_column("minutes", width=7, justify="right")
    table.add_column("units", width=6, justify="right")
    table.add_column("confidence", width=10, justify="right")
    table.add_column("findings", ratio=1, overflow="fold")
    return table


def _cells(row: CodedNote, policy: Policy) -> Iterator[tuple[Text, ...]]:
    """A line for each service, further lines for codes of the claim without a service of their own, and findings."""
    from rich.text import Text

    star = " " if row.status == "coded" and not row.needs_review else "*"
    name = Text(f"{star} {_short(printable(row.note_id))}", "bold")
    if row.status == "failed":
        blank = Text("")
        yield name, Text("failed", "bold red"), blank, blank, blank, Text(printable(row.error or ""), "red")
        return
    units = _units(row, policy)
    billable = set(units)
    lines: list[tuple[Text, ...]] = [
        _service(service, units.pop(service.code, "above" if service.code in billable else ""))
        for service in row.interventions
    ]
    lines += [(Text(code), Text(""), Text(number), Text("")) for code, number in units.items()]
    lines = lines or [(Text("none", "dim"), Text(""), Text(""), Text(""))]
    empty = (Text(""),) * 4
    for at, (cells, words) in enumerate(zip_longest(lines, _remarks(row))):
        yield name if at == 0 else Text(""), *(cells or empty), words or Text("")


def _units(row: CodedNote, policy: Policy) -> dict[str, str]:
    units: dict[str, int | None] = {}
    for line in row.lines:  # units of a code that differ in CQ or CO stand on two lines
        units[line.code] = None if line.units is None else (units.get(line.code) or 0) + line.units
    allocation, out = claim_allocation(row.interventions, policy), {}
    for code, n in units.items():
        other = other_units(code, n, allocation, policy)
        out[code] = "?" if n is None else str(n) if other is None else f"{n} or {other}"
    return out


def _service(service: Service, units: str) -> tuple[Text, ...]:
    from rich.text import Text

    wrong = service.labelled is not None and "code_mismatch" in service.review_reasons
    code = Text(f"{service.code}, not {service.labelled}", "bold red") if wrong else Text(service.code)
    known = "" if service.minutes is None else str(service.minutes)
    minutes = Text(known or ("?" if is_timed(service.code) else ""))
    return code, minutes, Text(units), Text(f"{service.confidence:.2f}", "yellow" if service.needs_review else "green")


def _remarks(row: CodedNote) -> list[Text]:
    """What the note is to be seen for, then its other findings."""
    from rich.text import Text

    flags: dict[str, Finding] = {flag.id: flag for flag in row.flags}
    names = dict.fromkeys([*row.review_reasons, *flags])
    return [Text(_words(name), _COLOURS[flags[name].severity] if name in flags else "yellow") for name in names]


def _short(name: str) -> str:
    """A name that fits its column, a long one with a gap in the middle: names of one folder differ at both ends."""
    if len(name) <= _NAME:
        return name
    return f"{name[:_HEAD]}...{name[_HEAD + 3 - _NAME :]}"


def _words(name: str) -> str:
    return name.replace("_", " ")
