"""Reports, labels for training, and removing text."""

from __future__ import annotations

import errno
import json
import re
import stat
from collections import Counter
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from bs4 import BeautifulSoup
from labelled_notes import load
from sqlalchemy import func, select, update

from rehabcoder.errors import RehabcoderError, UsageError
from rehabcoder.note import CodedNote, Note, Service
from rehabcoder.worklist import sampling
from rehabcoder.worklist.answer import Answer, AnswerService
from rehabcoder.worklist.findings import sample_findings
from rehabcoder.worklist.labels import Exported, export_labels
from rehabcoder.worklist.reports.collect import collect, model_agreement
from rehabcoder.worklist.reports.page import write_memo, write_report
from rehabcoder.worklist.reports.workbook import write_workbook
from rehabcoder.worklist.rules import policy_on
from rehabcoder.worklist.sampling import Draw, Drawn
from rehabcoder.worklist.store import decisions, imports, queue, samples, tables
from rehabcoder.worklist.store.keeping import purge_text
from rehabcoder.worklist.store.queue import Filters


@pytest.fixture
def decided(database):
    """The queue decided by Ann: every third note changed; five notes looked at again by Bo."""
    with database.write() as connection:
        for number, item in enumerate(queue.page(connection, Filters(), limit=1000)):
            case = queue.open_case(connection, item.id)
            answer = case.answer
            if number % 3 == 0 and answer.services:
                first = replace(answer.services[0], code="97750", status="changed")
                answer = replace(answer, services=(first, *answer.services[1:]))
            decisions.record(connection, case, "settle", reviewer="Ann", after=answer)
        units = samples.frame(connection, Filters(state="decided"))
        drawn = sampling.draw(units, design="simple", size=5, seed=1)
        made = samples.save(
            connection, drawn, name="q4", by="Ann", made_from={"state": "decided"}, confidence=0.9, precision=0.2
        )
        for item in samples.items(connection, made.id):
            coded = CodedNote.from_json(item.coded)
            samples.second(connection, item, Answer.of(coded), reviewer="Bo", settle=True)
    return database


def test_the_report_adds_up_and_stands_alone(decided, items, tmp_path: Path):
    report = collect(decided, policy_on())
    assert report.whole.notes == len(items)
    assert sum(group.notes for group in report.groups["clinician"]) == len(items)
    assert sum(group.net for group in report.groups["payer"]) == pytest.approx(report.whole.net)
    with decided.read() as connection:  # as decided, not as the tool coded
        cases = queue.open_cases(connection, [i.id for i in queue.stream(connection, Filters(state=None))])
    by_code = Counter(code for case in cases for code in {s.code for s in case.answer.services})
    assert {group.name: group.notes for group in report.groups["code"]} == by_code
    by_finding = Counter(name for case in cases for name in case.answer.standing_flags)
    assert {group.name: group.notes for group in report.groups["finding"]} == by_finding
    path = tmp_path / "report.html"
    write_report(path, report)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    source = path.read_text(encoding="utf-8")
    page = BeautifulSoup(source, "html.parser")
    assert not page.find_all(["script", "link", "img", "iframe"])
    assert not re.search(r"(https?:)?//[a-z]", source)
    headings = [heading.text for heading in page.find_all("h2")]
    assert headings == [
        "Trend",
        "Clinicians",
        "Clinics",
        "Payers",
        "Codes",
        "Findings",
        "Months of service",
        "Model and coders",
        "Samples",
    ]
    assert len(page.find_all("svg")) == 6
    for note, _ in items:
        assert note.text[:60] not in source


def test_names_in_a_report_are_text(empty, tmp_path):
    note = Note("n", "x", clinician="<script>alert(1)</script>", date_of_service="2026-01-01")
    load(empty, [(note, CodedNote("n", text_sha256=note.text_sha256))])
    write_report(tmp_path / "r.html", collect(empty, policy_on()))
    page = BeautifulSoup((tmp_path / "r.html").read_text(encoding="utf-8"), "html.parser")
    assert not page.find_all("script")
    assert "<script>alert(1)</script>" in page.text


def test_an_empty_worklist_has_a_report(empty, tmp_path):
    write_report(tmp_path / "r.html", collect(empty, policy_on()))
    write_workbook(tmp_path / "r.xlsx", collect(empty, policy_on()))
    assert "0 notes" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_the_workbook_holds_the_same_figures(decided, tmp_path):
    report = collect(decided, policy_on())
    write_workbook(tmp_path / "r.xlsx", report)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames[0] == "Summary"
    rows = {row[0]: row[1:] for row in book["Clinicians"].iter_rows(min_row=2, values_only=True)}
    for group in report.groups["clinician"]:
        assert rows[group.name][0] == group.notes
        assert rows[group.name][8] == pytest.approx(group.net)
    summary = " ".join(str(row[0]) for row in book["Summary"].iter_rows(values_only=True))
    page = tmp_path / "r.html"
    write_report(page, report)
    for said in (summary, page.read_text(encoding="utf-8")):
        assert "else, where nothing says what was billed, what the note" in said
        assert "$30 for a timed and $15 for an untimed unit" in said
    for name in ("Codes", "Findings"):
        assert "with all its money" in [row[0] for row in book[name].iter_rows(values_only=True)][-1]
    assert book["Samples"]["A2"].value == "q4"


def test_the_memo_names_what_an_auditor_asks_for(decided, tmp_path):
    with decided.read() as connection:
        made = samples.find(connection, "q4")
        found = sample_findings(made, samples.items(connection, made.id), policy_on())
    write_memo(tmp_path / "m.html", found, policy="medicare-part-b@2026")
    text = BeautifulSoup((tmp_path / "m.html").read_text(encoding="utf-8"), "html.parser").get_text(" ")
    for part in (
        "one session note",
        made.frame_sha256,
        "Seed 1;",
        "exact, hypergeometric",
        "Wilson",
        "kappa",
        "state decided",
    ):
        assert part in re.sub(r"\s+", " ", text), part
    assert f"{100 * found.rate.high:.1f} %" in text


def test_labels_are_what_people_stand_behind(decided, items, tmp_path):
    done = export_labels(decided, tmp_path / "labels.jsonl")
    records = [json.loads(line) for line in (tmp_path / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
    marks = Counter(record["mark"] for record in records)
    assert marks == {"blind": done.blind, "accepted": done.accepted, "changed": done.changed}
    assert done.blind == 5
    assert done.changed > 0
    truth = {note.note_id: (note, coded) for note, coded in items}
    for record in records:
        note, coded = truth[record["id"]]
        assert record["text"] == note.text
        for each in record["interventions"]:
            assert note.text[each["start"] : each["start"] + len(each["quote"])] == each["quote"]
        if record["mark"] != "changed":
            assert [each["code"] for each in record["interventions"]] == [s.code for s in coded.interventions]
            assert record["flags"] == sorted(f.id for f in coded.flags)
        else:
            assert record["interventions"][0]["code"] == "97750"
    assert stat.S_IMODE((tmp_path / "labels.jsonl").stat().st_mode) == 0o600


@pytest.fixture
def drawn(empty):
    """One note of "Therex 15 min", accepted by Ann and drawn; then an addendum put before it a line of 11 characters."""
    note = Note("n", "Therex 15 min", date_of_service="2026-03-02")
    service = Service(0, 13, note.text, "97110", minutes=15)
    load(empty, [(note, CodedNote("n", text_sha256=note.text_sha256, interventions=[service]))])
    with empty.write() as connection:
        decisions.record(connection, queue.open_case(connection, 1), "settle", reviewer="Ann")
        units = samples.frame(connection, Filters(state="decided"))
        made = Drawn("simple", 1, "sha", 1, (("", 1, 1),), (Draw(units[0], "", 1, 1.0),))
        samples.save(connection, made, name="q", by="Ann", made_from={}, confidence=0.9, precision=0.2)
    longer = replace(note, text="0123456789\nTherex 15 min")
    moved = replace(service, start=11, end=24)
    load(empty, [(longer, CodedNote("n", text_sha256=longer.text_sha256, interventions=[moved]))])
    return empty


def look_again(database):
    with database.write() as connection:
        item = samples.item(connection, 1)
        case = samples.case_of(connection, item)
        answer = Answer((AnswerService("97530", 15, 0, 13, status="added"),))
        samples.second(connection, item, answer, reviewer="Bo", settle=True)
    return case


def test_the_second_look_is_at_the_text_that_was_drawn(drawn):
    case = look_again(drawn)
    assert (case.text, case.coding_id, case.coded.interventions[0].start) == ("Therex 15 min", 1, 0)


def test_a_blind_label_keeps_the_text_it_was_given_for(drawn, tmp_path):
    look_again(drawn)
    with drawn.write() as connection:
        decisions.record(connection, queue.open_case(connection, 1), "settle", reviewer="Ann")
    export_labels(drawn, tmp_path / "l.jsonl")
    (record,) = map(json.loads, (tmp_path / "l.jsonl").read_text(encoding="utf-8").splitlines())
    assert (record["mark"], record["text"]) == ("blind", "Therex 15 min")
    assert [(each["start"], each["quote"]) for each in record["interventions"]] == [(0, "Therex 15 min")]


def test_a_blind_label_whose_text_was_purged_gives_way_to_the_decision_on_a_later_text(drawn, tmp_path):
    look_again(drawn)
    with drawn.write() as connection:
        connection.execute(update(tables.text).where(tables.text.c.id == 1).values(text=None))
    assert (export_labels(drawn, tmp_path / "l.jsonl")) == Exported(purged=1)
    with drawn.write() as connection:
        decisions.record(connection, queue.open_case(connection, 1), "settle", reviewer="Ann")
    assert (export_labels(drawn, tmp_path / "l.jsonl")) == Exported(accepted=1)


def test_labels_are_never_written_over(decided, tmp_path):
    (tmp_path / "l.jsonl").write_text("mended by hand", encoding="utf-8")
    with pytest.raises(UsageError, match="labels that somebody mended"):
        export_labels(decided, tmp_path / "l.jsonl")
    assert (tmp_path / "l.jsonl").read_text(encoding="utf-8") == "mended by hand"


def test_reports_of_before_stay_until_the_new_ones_are_whole(decided, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    report = collect(decided, policy_on())
    for name in ("r.html", "r.xlsx"):
        (tmp_path / name).write_text("of before", encoding="utf-8")
    monkeypatch.setattr("rehabcoder.writers.files._to_disk", full)
    with pytest.raises(RehabcoderError, match="the disk is full"):
        export_labels(decided, tmp_path / "l.jsonl")
    assert not (tmp_path / "l.jsonl").exists()
    writers = {
        "r.html": lambda path: write_report(path, report),
        "r.xlsx": lambda path: write_workbook(path, report),
    }
    for name, write in writers.items():
        with pytest.raises(RehabcoderError, match="the disk is full"):
            write(tmp_path / name)
        assert (tmp_path / name).read_text(encoding="utf-8") == "of before"
    assert not list(tmp_path.glob(".unfinished-*"))


def test_agreement_is_of_the_present_model_with_the_coders(decided, items):
    first = model_agreement(decided)
    assert (first.version, first.overall.notes) == ("test-1", sum(coded.needs_review for _, coded in items))
    assert 0 < first.overall.agreed < first.overall.notes
    # A new model that says what the coders decided, imported later, agrees with every decision since a given day.
    with decided.read() as connection:
        settled = {
            i.note_id: queue.open_case(connection, i.id) for i in queue.stream(connection, Filters(state="decided"))
        }
    recoded = []
    for note, coded in items:
        if note.note_id in settled:
            codes = {(s.start, s.end): s.code for s in settled[note.note_id].answer.services}
            services = [replace(s, code=codes[s.start, s.end]) for s in coded.interventions]
            recoded.append((note, replace(coded, interventions=services, model_version="test-2")))
    load(decided, recoded)
    second = model_agreement(decided, since="2020-01-01")
    assert (second.version, second.overall.share) == ("test-2", 1.0)
    assert model_agreement(decided).overall.notes == 0  # nothing was decided since test-2 came


def test_purging_leaves_no_word_and_every_decision(decided, items, tmp_path):
    with decided.read() as connection:
        before = {at: queue.history(connection, at) for at in range(1, len(items) + 1)}
    planted = max((note for note, _ in items), key=lambda note: len(note.text)).text
    words = re.findall(r"[A-Za-z]{4,} [A-Za-z]{4,} [A-Za-z]{4,}", planted)[:5]
    assert words
    assert purge_text(decided, before="2027-01-01", who="Ann") == len(items)
    assert purge_text(decided, before="2027-01-01", who="Ann") == 0
    stored = b"".join(path.read_bytes() for path in Path(decided.place).parent.glob("worklist.db*"))
    for word in words:
        assert word.encode() not in stored
    with decided.read() as connection:
        case = queue.open_case(connection, 1)
        assert case.text is None
        assert case.answer.services
        assert {at: queue.history(connection, at) for at in before} == before
    assert export_labels(decided, tmp_path / "l.jsonl").purged > 0


def test_purging_spares_what_is_younger(database, items):
    count = purge_text(database, before="2026-05-01", who="Ann")
    assert count == sum(note.date_of_service < "2026-05-01" for note, _ in items)
    with database.read() as connection:
        for note, _ in items:
            case = queue.open_case(connection, queue.find(connection, [note.note_id])[note.note_id].id)
            assert (case.text is None) == (note.date_of_service < "2026-05-01")


def test_purging_takes_notes_that_were_never_coded(database):
    old = Note("old", "Zebra stripes", patient_id="p77", date_of_service="2019-05-06", payer="Aetna")
    others = [
        replace(old, note_id="young", date_of_service="2026-05-06"),
        replace(old, note_id="undated", date_of_service=None),
        replace(old, note_id="corrected"),
        replace(old, note_id="corrected", text="Zebra again", date_of_service="2026-05-06"),
    ]
    with database.write() as connection:
        imports.add_texts(connection, [(note, note.text_sha256) for note in (old, *others)])
    assert purge_text(database, before="2020-01-01", who="Ann") == 1
    assert purge_text(database, before="2020-01-01", who="Ann") == 0
    with database.read() as connection:
        rows = connection.execute(
            select(tables.text).where(tables.text.c.note_id.in_(["old", "young", "undated", "corrected"]))
        )
        kept = {(row.note_id, row.text): json.loads(row.meta) for row in rows}
    assert kept["old", None] == {"date_of_service": "2019-05-06", "payer": "Aetna"}
    assert {key for key in kept if key[1]} == {
        ("young", "Zebra stripes"),
        ("undated", "Zebra stripes"),
        ("corrected", "Zebra stripes"),
        ("corrected", "Zebra again"),
    }
    everything = purge_text(database, before="2999-01-01", who="Ann")
    with database.read() as connection:
        left = connection.execute(select(func.count()).where(tables.text.c.text.is_not(None))).scalar_one()
        coded = connection.execute(select(func.count()).select_from(tables.note)).scalar_one()
    assert (left, everything) == (0, coded + 3)
