"""The report of a training as one HTML file (no script, nothing loaded) and as Markdown, for its owner's eyes alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehabcoder.errors import MissingExtra
from rehabcoder.training import charts, scores
from rehabcoder.training.direction import Direction
from rehabcoder.training.gate import Change, Verdict
from rehabcoder.training.learning import Curve
from rehabcoder.training.outcomes import Outcome
from rehabcoder.training.suspects import Suspect
from rehabcoder.worklist.reports.page import money, percent
from rehabcoder.writers.files import private


@dataclass(slots=True)
class Report:
    """All that the report shows. `every` was left out of what answered it, `own` is the user's part of it, `before` the
    same by the shipped model."""

    card: dict[str, Any]
    verdict: Verdict
    gain: Change
    every: Sequence[Outcome]
    own: Sequence[Outcome]
    before: Sequence[Outcome]
    curve: Curve
    suspects: Sequence[Suspect]
    direction: Direction
    policy: str
    known: int
    replaced: int
    repeated: int


@dataclass(slots=True)
class CodeRow:
    """A code over everything left out, and over the user's own with the shipped and with the new model."""

    code: str
    counts: scores.Counts
    own: int
    before: float
    after: float


@dataclass(slots=True)
class ClinicRow:
    """A clinic: its notes and services, and how well they were read and coded."""

    name: str
    notes: int
    services: int
    f1: float
    code_given_found: float
    settled: tuple[float, float]


def write_report(report: Report, folder: Path) -> Path:
    """Writes `report.html` and `report.md` into a folder; returns the page.

    Raises:
        MissingExtra: Jinja2 is not installed.
        ReadError: the files cannot be written.
    """
    shown = view(report)
    page = folder / "report.html"
    for path in (page, folder / "report.md"):
        text = environment(html=path.suffix == ".html").get_template(path.name).render(**shown)
        with private(path) as unfinished:
            unfinished.write_text(text, encoding="utf-8", newline="\n")
    return page


def environment(*, html: bool) -> Any:
    """The templates; the frame of the page is that of the worklist's reports."""
    try:
        from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
    except ImportError as error:
        raise MissingExtra("jinja2", "train", needed_for="The report of a training") from error
    made = Environment(
        loader=ChoiceLoader([PackageLoader("rehabcoder.training"), PackageLoader("rehabcoder.worklist.reports")]),
        autoescape=html, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= {"money": money, "percent": percent, "cell": _cell, "f3": lambda x: f"{x:.3f}", "signed": _signed}
    return made


def view(report: Report) -> dict[str, Any]:
    """The report as the templates show it."""
    settled = scores.settled(report.every)
    rows, columns, table = scores.confusion(report.every)
    bins = scores.reliability(report.every)
    pictures = [
        charts.reliability_chart(bins),
        charts.coverage_chart(scores.coverage(report.every), settled),
        charts.learning_chart(report.curve),
    ]
    most = max([1, *(n for row in table for n in row)])
    return {
        "report": report,
        "card": report.card,
        "gate": report.card["gate"],
        "codes": _codes(report),
        "clinics": [_clinic(name, group) for name, group in scores.by_clinic(report.every).items()],
        "confusion": {"rows": rows, "columns": columns, "table": table, "most": most},
        "pictures": [picture for picture in pictures if picture is not None],
        "bins": bins,
        "overall": scores.overall(report.every),
        "settled": settled,
        "ece": scores.calibration_error(bins),
        "moves": report.direction.tool.labels.most_common(8),
    }


def _codes(report: Report) -> list[CodeRow]:
    own, before = scores.by_code(report.own), scores.by_code(report.before)
    none = scores.Counts()
    return [
        CodeRow(code, counts, own.get(code, none).services, before.get(code, none).f1, own.get(code, none).f1)
        for code, counts in scores.by_code(report.every).items()
        if counts.services
    ]


def _clinic(name: str, group: Sequence[Outcome]) -> ClinicRow:
    counts, right = scores.overall(group), scores.code_given_found(group)
    return ClinicRow(name, len(group), counts.services, counts.f1, right, scores.settled(group))


def _cell(value: object) -> str:
    """Text that cannot break out of a cell of a Markdown table."""
    return " ".join(str(value).split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "'")


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")
