"""The report as a workbook: a sheet a grouping, with a chart of over- and under-billed dollars."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from rehabcoder.errors import MissingExtra
from rehabcoder.worklist.reports.collect import Report
from rehabcoder.worklist.reports.page import BILLED, PARTS, TITLES, placeholder
from rehabcoder.writers.files import private

HEADS = ("Notes", "Settled itself", "Accepted", "Changed", "To do", "Billed or labelled", "Over", "Under", "Net")


def write_workbook(path: str | Path, report: Report) -> None:
    """Write the report as a workbook, readable by its owner alone. Raises: RehabcoderError when it cannot be written."""
    try:
        import xlsxwriter
    except ImportError as error:
        raise MissingExtra("xlsxwriter", "review", needed_for="The report's workbook") from error
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bottom": 1})
    dollars = book.add_format({"num_format": "$#,##0;[Red]-$#,##0"})
    share = book.add_format({"num_format": "0.0%"})
    _summary(book, report, head, dollars)
    for name, groups in report.groups.items():
        sheet = book.add_worksheet(TITLES[name])
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, len(HEADS), 13)
        sheet.write_row(0, 0, [name.capitalize(), *HEADS], head)
        for row, group in enumerate(groups, 1):
            sheet.write_string(row, 0, group.name)
            counts = (group.notes, group.settled_itself, group.accepted, group.changed, group.waiting)
            sheet.write_row(row, 1, counts)
            sheet.write_row(row, 6, (group.billed, group.over, group.under, group.net), dollars)
        if name in PARTS:
            sheet.write_string(len(groups) + 2, 0, PARTS[name])
        sheet.freeze_panes(1, 1)
        if groups:
            sheet.insert_chart(1, len(HEADS) + 2, _chart(book, TITLES[name], min(len(groups), 24), name == "month"))
    _samples(book, report, head, share, dollars)
    book.close()
    with private(Path(path)) as unfinished:
        unfinished.write_bytes(content.getvalue())


def _summary(book: Any, report: Report, head: Any, dollars: Any) -> None:
    sheet = book.add_worksheet("Summary")
    sheet.set_column(0, 0, 34)
    sheet.write_row(0, 0, ["Report of", report.made_on.isoformat()], head)
    sheet.write_row(1, 0, ["Rules", report.policy])
    rows = [(name.replace("_", " "), count) for name, count in report.states.items()]
    for number, row in enumerate(rows, 3):
        sheet.write_row(number, 0, row)
    whole, at = report.whole, 4 + len(rows)
    for number, (name, value) in enumerate(
        [("billed or labelled", whole.billed), ("over", whole.over), ("under", whole.under), ("net", whole.net)], at
    ):
        sheet.write_string(number, 0, name)
        sheet.write_number(number, 1, value, dollars)
    sheet.write_column(at + 5, 0, (BILLED, placeholder()))


def _chart(book: Any, title: str, rows: int, trend: bool) -> Any:
    chart = book.add_chart({"type": "line" if trend else "bar"})
    for column, name, colour in ((7, "Over", "#B3401C"), (8, "Under", "#1F6F8B")):
        chart.add_series(
            {
                "name": name,
                "categories": [title, 1, 0, rows, 0],
                "values": [title, 1, column, rows, column],
                "fill": {"color": colour},
                "line": {"color": colour, "dash_type": "solid" if name == "Over" else "dash"},
            }
        )
    chart.set_title({"name": f"{title}: dollars over and under"})
    chart.set_size({"width": 620, "height": max(260, 24 * rows + 120) if not trend else 300})
    if not trend:
        chart.set_y_axis({"reverse": True})
    return chart


def _samples(book: Any, report: Report, head: Any, share: Any, dollars: Any) -> None:
    if not report.samples:
        return
    sheet = book.add_worksheet("Samples")
    names = (
        "Sample",
        "Design",
        "Seed",
        "Frame",
        "Size",
        "Reviewed",
        "Errors",
        "Rate",
        "Low",
        "High",
        "Net",
        "Precision",
    )
    sheet.set_column(0, len(names), 12)
    sheet.write_row(0, 0, names, head)
    for row, found in enumerate(report.samples, 1):
        one = found.sample
        sheet.write_row(
            row, 0, (one.name, one.design, one.seed, one.frame_size, found.size, found.reviewed, found.errors)
        )
        if found.rate:
            sheet.write_row(row, 7, (found.rate.value, found.rate.low, found.rate.high), share)
        if found.net:
            sheet.write_number(row, 10, found.net.value, dollars)
        sheet.write_string(row, 11, found.precision)
