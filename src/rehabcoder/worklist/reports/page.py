"""The report and the memo as one HTML file each: no script, nothing loaded, fit to print."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rehabcoder.errors import MissingExtra
from rehabcoder.worklist.claimed import Units, in_words
from rehabcoder.worklist.findings import SampleFindings
from rehabcoder.worklist.reports.collect import Report
from rehabcoder.worklist.risk import scheme
from rehabcoder.worklist.store.statistics import Group
from rehabcoder.writers.files import private_text

TITLES = {
    "clinician": "Clinicians",
    "clinic": "Clinics",
    "payer": "Payers",
    "code": "Codes",
    "finding": "Findings",
    "month": "Months of service",
}
BILLED = (
    "Billed or labelled: what the input's column says was billed, else what the note itself states, else, where "
    "nothing says what was billed, what the note's own labels would make. Each note is compared by itself: "
    "`rehabcoder claims` first pools the notes of one patient, day and discipline, and a day of several notes can earn "
    "more or fewer units together than apart."
)
PARTS = {
    name: f"A note counts under each {name} that it holds, with all its money: these rows add up to more than the whole."
    for name in ("code", "finding")
}


def placeholder() -> str:
    """What money is in a report, with the flat figures that stand in for fees."""
    flat = {kind: money(fee) for kind, fee in scheme()["fees"].items()}
    return (
        "Money is units times the fees of the payer policy. Where it holds none, a placeholder stands in, "
        f"{flat['timed']} for a timed and {flat['untimed']} for an untimed unit: it tells the direction, not what a payer pays."
    )


def write_report(path: str | Path, report: Report) -> None:
    """Write the report as a page. Raises: RehabcoderError when it cannot be written."""
    page = _environment().get_template("report.html")
    said = {"billed": BILLED, "parts": PARTS, "placeholder": placeholder()}
    _write(path, page.render(report=report, titles=TITLES, said=said))


def write_memo(path: str | Path, findings: SampleFindings, *, policy: str, today: date | None = None) -> None:
    """Write the audit memo of one sample. Raises: RehabcoderError when it cannot be written."""
    page = _environment().get_template("memo.html")
    _write(path, page.render(found=findings, sample=findings.sample, policy=policy, made_on=today or date.today()))


def _environment() -> Any:
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError as error:
        raise MissingExtra("jinja2", "review", needed_for="A report") from error
    environment = Environment(
        loader=PackageLoader("rehabcoder.worklist.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"money": money, "percent": percent, "units": units, "whole": whole}
    environment.globals |= {"net_bars": net_bars, "month_line": month_line}
    return environment


def _write(path: str | Path, page: str) -> None:
    with private_text(Path(path)) as out:
        out.write(page)


def money(value: float | None) -> str:
    """Dollars as people read them: $1,234, −$56."""
    if value is None:
        return "–"
    return f"{'−' if value <= -0.5 else ''}${abs(value):,.0f}"


def percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def units(value: Units | None) -> str:
    """Units as people read them; None where nothing says them."""
    return "not known" if value is None else in_words(value)


def whole(value: int) -> str:
    return f"{value:,}"


def net_bars(groups: Sequence[Group], *, most: int = 12) -> list[dict[str, Any]]:
    """Bars to the right for money billed beyond what is supported, to the left for money left unbilled."""
    shown = sorted(groups, key=lambda group: -(group.over + group.under))[:most]
    scale = max([1.0, *(max(group.over, group.under) for group in shown)])
    return [
        {"group": group, "over": 190 * group.over / scale, "under": 190 * group.under / scale, "y": 26 * number}
        for number, group in enumerate(shown)
    ]


def month_line(groups: Sequence[Group], *, width: int = 760, height: int = 150) -> dict[str, Any]:
    """The trend of the share of notes in which more, or less, was billed than is supported, month by month."""
    months = [group for group in groups if group.name != "(none)"][-24:]
    shares = [
        (g.name, (g.over / g.billed if g.billed else 0.0), (g.under / g.billed if g.billed else 0.0)) for g in months
    ]
    top = max([0.05, *(max(over, under) for _, over, under in shares)])
    step = width / max(1, len(shares) - 1)

    def line(values: list[float]) -> str:
        return " ".join(f"{n * step:.1f},{height - height * value / top:.1f}" for n, value in enumerate(values))

    labels = [{"x": n * step, "name": share[0]} for n, share in enumerate(shares) if n % max(1, len(shares) // 8) == 0]
    return {
        "over": line([s[1] for s in shares]),
        "under": line([s[2] for s in shares]),
        "labels": labels,
        "top": top,
        "width": width,
        "height": height,
    }
