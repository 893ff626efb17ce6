"""Figures by clinician, added up a note at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from rehabcoder.billing.codes import is_timed
from rehabcoder.note import Json

NOBODY = "(not given)"


def units_billed(about: Json, row: Json) -> Mapping[str, int]:
    """Billed units by code: those of the input's column, else those that the note itself states; empty for neither."""
    billed: Mapping[str, int] | None = about.get("billed_units") or row["totals"]["billed_units"]
    return billed or {}


def units_supported(row: Json) -> int | None:
    """All units that a coded note supports, of timed and of untimed codes, as far as known; None for none known."""
    timed: int | None = row["totals"]["units"]  # of timed codes alone, also where only their minutes together are known
    lines = [line for line in row["lines"] if timed is None or not is_timed(line["code"])]
    known = [line["units"] for line in lines if line["units"] is not None]
    return (timed or 0) + sum(known) if timed is not None or known else None


class ByClinician:
    """Notes, how many are settled, units supported and billed, and findings, for each clinician and in all."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}
        self._findings: dict[str, None] = {}

    def add(self, about: Json, row: Json) -> None:
        """Count one coded note, with what the input says of it."""
        found = dict.fromkeys(flag["id"] for flag in row["flags"])
        self._findings |= found
        for name in (about.get("clinician") or NOBODY, ""):
            counts = self._counts.setdefault(name, Counter())
            counts["notes"] += 1
            counts["failed"] += row["status"] == "failed"
            counts["review"] += row["status"] != "failed" and row["needs_review"]
            counts["units"] += units_supported(row) or 0
            counts["billed"] += sum(units_billed(about, row).values())
            counts.update(f"finding {name}" for name in found)

    def columns(self) -> list[tuple[str, int]]:
        """Headings with their widths."""
        fixed = ("clinician", "notes", "failed", "to review", "settled", "share settled", "units", "units billed")
        return [(heading, 24 if heading == "clinician" else 12) for heading in (*fixed, *sorted(self._findings))]

    def rows(self) -> Iterator[list[str | int | float | None]]:
        """A row for each clinician in the order of names, and one for all."""
        for name in [*sorted(self._counts.keys() - {""}), *({""} & self._counts.keys())]:
            counts = self._counts[name]
            settled = counts["notes"] - counts["failed"] - counts["review"]
            findings = [counts[f"finding {finding}"] for finding in sorted(self._findings)]
            figures = [counts[key] for key in ("notes", "failed", "review")]
            share = round(settled / counts["notes"], 4)
            yield [name or "all", *figures, settled, share, counts["units"], counts["billed"], *findings]
