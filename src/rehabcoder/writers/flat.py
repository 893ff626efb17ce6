"""A coded note as one flat row: CSV, and the columns that the workbook shares."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from rehabcoder.note import Json
from rehabcoder.writers.summary import units_billed

_ABOUT = ("date_of_service", "patient_id", "clinician", "clinic", "discipline", "payer")  # as the input gives them
COLUMNS = (
    "note_id", *_ABOUT, "source", "status", "error", "needs_review", "review_reasons", "primary_code", "units_by_code",
    "minutes_by_code", "modifiers", "timed_minutes", "timed_units", "stated_timed_minutes", "stated_total_minutes",
    "billed_units", "labelled", "services", "findings", "messages", "rule", "policy", "rules_version", "model_version",
    "text_sha256",
)  # fmt: skip

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def neutral(cell: Any) -> Any:
    """`cell` such that no spreadsheet takes it for a formula: text that begins like one gets an apostrophe."""
    if isinstance(cell, str):
        if cell.lstrip(" \n").startswith(_DANGEROUS):
            cell = "'" + cell
        return cell.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair fits into no file
    return cell


def flat_row(about: Json, row: Json) -> tuple[Any, ...]:
    """The cells of a coded note, in the order of `COLUMNS`; lists are joined by semicolons, services by bars."""
    totals, lines = row["totals"], row["lines"]
    return tuple(
        neutral(cell)
        for cell in (
            row["note_id"],
            *(about.get(name) for name in _ABOUT),
            row["source"],
            row["status"],
            row["error"],
            "yes" if row["needs_review"] else "no",
            ";".join(row["review_reasons"]),
            row["primary_code"],
            by_code((line["code"], line["units"]) for line in lines),
            by_code((line["code"], line["minutes"]) for line in lines),
            ";".join(f"{line['code']}-{'-'.join(line['modifiers'])}" for line in lines if line.get("modifiers")),
            totals["timed_minutes"],
            totals["units"],
            totals["stated_timed"],
            totals["stated_total"],
            by_code(units_billed(about, row).items()),
            ";".join(_changes(row["interventions"])),
            " | ".join(map(_in_words, row["interventions"])),
            ";".join(dict.fromkeys(flag["id"] for flag in row["flags"])),
            " ".join(flag["message"] for flag in row["flags"]),
            row["rule"],
            row["policy"],
            row["rules_version"],
            row["model_version"],
            row["text_sha256"],
        )
    )


def by_code(values: Iterable[tuple[str, int | None]]) -> str:
    """`97110:2;97140:1`, the form in which units are read, too: sums by code; codes without a value are left out."""
    sums: dict[str, int] = {}
    for code, value in values:
        if value is not None:
            sums[code] = sums.get(code, 0) + value
    return ";".join(f"{code}:{value}" for code, value in sums.items())


def _changes(services: Iterable[Json]) -> Iterator[str]:
    """Labels that the description does not support: `97110>97530`."""
    for service in services:
        if service["labelled"] and service["labelled"] != service["code"]:
            yield f"{service['labelled']}>{service['code']}"


def _in_words(service: Json) -> str:
    """A service with the words of the note that describe it: `97530, 15 min: Squats to lift a basket`."""
    minutes = "" if service["minutes"] is None else f", {service['minutes']} min"
    return f"{service['code']}{minutes}: {' '.join(service['text'].split())}"


def dump_csv(pairs: Iterable[tuple[Json, Json]], stream: TextIO, *, header: bool = True) -> None:
    """Write one line a note, comma-separated, ends as RFC 4180 has them; open `stream` with `newline=""`.

    Args:
        pairs: what the input says of each note (`Note.about`), and the coded note as JSON.
    """
    writer = csv.writer(stream)
    if header:
        writer.writerow(COLUMNS)
    writer.writerows(flat_row(about, row) for about, row in pairs)
