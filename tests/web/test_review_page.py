"""The page without a browser: what each form does, what is refused, and what never leaks."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelled_notes import load
from person import HOST, Person, first, soup

from rehabcoder.errors import UsageError
from rehabcoder.note import CodedNote, Finding, Note, Service
from rehabcoder.web.app import create_app
from rehabcoder.web.marks import Mark, checked_quote, segments, shown
from rehabcoder.worklist.rules import policy_on
from rehabcoder.worklist.store import queue, samples
from rehabcoder.worklist.store.database import Database
from rehabcoder.worklist.store.queue import Filters


def span_of(case, words):
    start = case.text.index(words)
    return {"start": start, "end": start + len(words), "quote": words}


# Deciding


def test_the_riskiest_note_comes_first(ann):
    page = soup(ann.get("/next"))
    assert page.h1.text == first(ann).note_id


def test_a_note_shows_its_text_whole_and_its_services(ann, items):
    for note, coded in items[:12]:
        with ann.app.database.read() as connection:
            at = queue.find(connection, [note.note_id])[note.note_id].id
        page = soup(ann.get(f"/note/{at}"))
        assert "".join(part.text for part in page.find(id="text").find_all(attrs={"data-s": True})) == shown(note.text)
        codes = [each["data-code"] for each in page.select(".services > li")]
        assert codes == [service.code for service in coded.interventions]
        for number, service in enumerate(coded.interventions, 1):
            marked = "".join(each.text for each in page.select(f'#text [data-service="{number}"]'))
            assert marked == service.text


@pytest.mark.parametrize(
    ("billed", "shown"),
    [
        ({"97110": 1, "97112": 2}, {"97110": "", "97112": ""}),  # the other side of a tie
        ({"97110": 3, "97530": 1}, {"97110": "▲ 1 over", "97112": "▼ 1 under", "97530": "▲ 1 over"}),
        ({"97110": 3}, {"97110": "▲ 1 over", "97112": "▼ 1 under"}),
    ],
)
def test_the_claim_is_compared_as_the_ledger_does(ann, billed, shown):
    note = Note("tie", "Therex 20 min, balance 20 min", billed_units=billed)
    services = [Service(0, 13, "Therex 20 min", "97110", minutes=20)]
    services.append(Service(15, 29, "balance 20 min", "97112", minutes=20))
    load(ann.app.database, [(note, CodedNote("tie", text_sha256=note.text_sha256, interventions=services))])
    with ann.app.database.read() as connection:
        at = queue.find(connection, ["tie"])["tie"].id
    rows = [
        [cell.text for cell in row.find_all("td")] for row in soup(ann.get(f"/note/{at}")).select(".claim tbody tr")
    ]
    assert {row[0]: row[4] for row in rows} == shown
    assert [row[2] for row in rows[:2]] == ["2 or 1", "1 or 2"]


def test_accepting_goes_on_to_the_next(ann):
    one = first(ann)
    answer = ann.act(one.id, "settle")
    assert answer.status_code == 200
    assert ann.case(one.id).item.state == "accepted"
    assert answer.headers["HX-Push-Url"] == f"/note/{first(ann).id}"
    assert soup(answer).h1.text == first(ann).note_id


def test_edits_are_kept_at_once_and_settle_as_changed(ann):
    at = first(ann).id
    before = ann.case(at)
    page = soup(ann.act(at, "code", service=0, code="97750"))
    assert page.select(".services > li")[0]["data-status"] == "changed"
    assert "the tool said" in page.select(".services > li")[0].text
    ann.act(at, "minutes", service=0, minutes="31")
    service = ann.case(at).answer.services[0]
    assert (service.code, service.minutes, ann.case(at).item.state) == ("97750", 31, "open")
    ann.act(at, "settle")
    assert ann.case(at).item.state == "changed"
    for _ in range(3):
        ann.post("/undo", note=at)
    assert ann.case(at).answer.content == before.answer.content
    assert ann.case(at).item.state == "open"


def test_claim_findings_and_risk_follow_an_edit(ann):
    note = Note("late", "Therex for strength. In 9:00, out 9:20.", billed_units={"97110": 2})
    services = [Service(0, 20, "Therex for strength.", "97110", labelled="97110", confidence=0.9)]
    flags = [
        Finding("missing_minutes", "high", "Its units cannot be told.", 0, 20),
        Finding("time_inconsistent", "high", ""),
    ]
    coded = CodedNote("late", text_sha256=note.text_sha256, interventions=services, flags=flags, needs_review=True)
    load(ann.app.database, [(note, coded)])
    with ann.app.database.read() as connection:
        at = queue.find(connection, ["late"])["late"].id

    def shown(answer):
        page = soup(answer)
        rows = [[cell.text for cell in row.find_all("td")] for row in page.select(".claim tbody tr")]
        return [row[0] + row[2] for row in rows], [each["data-finding"] for each in page.select(".findings li")], page

    assert shown(ann.get(f"/note/{at}"))[:2] == (["97110–"], ["missing_minutes", "time_inconsistent"])
    short, found, page = shown(ann.act(at, "minutes", service=0, minutes="15"))
    assert (short, found) == (["971101"], ["time_inconsistent", "units_mismatch"])
    assert "Billed 97110 x2; supported 97110 x1." in page.text
    assert "before they were changed" in page.select_one("[data-finding=time_inconsistent]").text
    assert "before they were changed" not in page.select_one("[data-finding=units_mismatch]").text
    assert shown(ann.act(at, "dismiss", finding="units_mismatch", reason="of the payer"))[1] == found
    assert shown(ann.act(at, "minutes", service=0, minutes="23"))[:2] == (["971102"], ["time_inconsistent"])


def test_a_service_is_added_moved_and_removed(ann, items):
    at = first(ann).id
    case = ann.case(at)
    for _ in case.answer.services:
        ann.act(at, "remove", service=0)
    assert ann.case(at).answer.services == ()
    words = case.text.split("\n")[0][:30].strip()
    page = soup(ann.act(at, "add", code="97110", minutes="12", **span_of(case, words)))
    assert [each.text for each in page.select("#text mark.service")] == [words]
    shorter = words.split()[0]
    ann.act(at, "move", service=0, **span_of(case, shorter))
    (service,) = ann.case(at).answer.services
    assert case.text[service.start : service.end] == shorter
    assert service.minutes == 12


def test_a_finding_is_dismissed_with_a_reason_and_brought_back(ann):
    at = first(ann).id
    flag = ann.case(at).answer.flags[0]
    assert ann.act(at, "dismiss", finding=flag, reason=" ").status_code == 422
    page = soup(ann.act(at, "dismiss", finding=flag, reason="goal is on page 2"))
    assert "goal is on page 2" in page.select_one(f'.findings [data-finding="{flag}"]').text
    ann.act(at, "restore", finding=flag)
    assert ann.case(at).answer.dismissed == ()


def test_query_skip_and_comment(ann):
    at = first(ann).id
    assert ann.act(at, "query", reason="").status_code == 422
    ann.act(at, "comment", reason="ask the front desk")
    ann.act(at, "query", reason="how long was the bike?")
    assert ann.case(at).item.state == "awaiting_addendum"
    other = first(ann).id
    answer = ann.act(other, "skip")
    assert soup(answer).h1.text != ann.case(other).item.note_id
    assert "ask the front desk" in ann.get(f"/note/{at}").text


def test_the_page_works_without_script(ann):
    at = first(ann).id
    answer = ann.post(f"/note/{at}", part=False, action="code", service=0, code="97750", version=1)
    assert soup(answer).html is not None
    answer = ann.post(f"/note/{at}", part=False, action="settle", version=2)
    assert answer.url.path == f"/note/{first(ann).id}"


def test_an_empty_queue_says_so(ann):
    while (page := ann.get("/next")).url.path.startswith("/note/"):
        last = ann.act(int(page.url.path.split("/")[2]), "settle")
    assert soup(last).h1.text == "Nothing is left here"
    assert first(ann, state="accepted")
    assert ann.post("/undo").status_code == 200


# Queue


def test_filters_and_pages(ann, items):
    page = soup(ann.get("/queue", params={"clinician": "Brandt", "state": "all"}))
    shown_ids = {row.th.a.text for row in page.select("table.queue tbody tr")}
    assert shown_ids == {note.note_id for note, _ in items if note.clinician == "Brandt"}
    # The filter holds for the next note too.
    assert soup(ann.get("/next")).h1.text in shown_ids


def test_a_long_queue_is_paged_by_the_server(ann, items):
    many = [
        (replace(note, note_id=f"{note.note_id}-{n}"), replace(coded, note_id=f"{note.note_id}-{n}"))
        for note, coded in items
        for n in range(3)
    ]
    load(ann.app.database, many)
    seen, address = [], "/queue?state=open"
    while address:
        page = soup(ann.get(address))
        seen += [row.th.a.text for row in page.select("table.queue tbody tr")]
        following = [link["href"] for link in page.select(".pages a") if link.text == "Next page"]
        address = following[0] if following else None
    assert len(seen) == len(set(seen)) > 100


@pytest.mark.parametrize(
    "value",
    ["' OR 1=1 --", "%", "_", "\\", "<script>", "x\x00y", "💥" * 50, "1); DROP TABLE note;--", "../../etc/passwd"],
)
def test_nothing_is_injected_through_filters(ann, items, value):
    for name in ("clinician", "clinic", "payer", "code", "finding", "search", "since", "until"):
        page = ann.get("/queue", params={name: value, "state": "all"})
        assert page.status_code == 200
        if name not in ("since", "until"):
            assert soup(page).select("table.queue tbody tr") == []
        assert "<script>" not in page.text
    with ann.app.database.read() as connection:
        assert sum(queue.states(connection).values()) == len(items)


@pytest.mark.parametrize(
    "address", ["/queue?state=nonsense", "/queue?after=1_2", "/queue?after=x", "/queue?after=1_nan_1_1"]
)
def test_addresses_that_make_no_sense_are_explained(ann, address):
    assert ann.get(address).status_code == 422
    assert ann.get("/queue?state=open").status_code == 200


# Bad input


@pytest.mark.parametrize(
    ("action", "fields", "says"),
    [
        ("minutes", {"service": 0, "minutes": "a quarter"}, "no whole number"),
        ("minutes", {"service": 0, "minutes": "-5"}, "no whole number"),
        ("minutes", {"service": 0, "minutes": "9" * 500}, "no whole number"),
        ("code", {"service": 0, "code": "99999"}, "is no code"),
        ("code", {"service": 99, "code": "97110"}, "no such service"),
        ("code", {"service": "x", "code": "97110"}, "no whole number"),
        ("add", {"start": 0, "end": 10**9, "quote": "x", "code": "97110"}, "do not agree"),
        ("add", {"start": 5, "end": 5, "quote": "", "code": "97110"}, "do not agree"),
        ("add", {"start": 0, "end": 3, "quote": "???", "code": "97110"}, "do not agree"),
        ("dismiss", {"finding": "nonsense", "reason": "x"}, "no such finding"),
        ("explode", {}, "does not know"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(ann, action, fields, says):
    at = first(ann).id
    before = ann.case(at)
    answer = ann.act(at, action, **fields)
    assert answer.status_code == 422
    assert says in soup(answer).select_one(".problem").text
    assert ann.case(at).item == before.item


def test_a_span_across_another_service_is_refused(ann):
    with ann.app.database.read() as connection:
        ids = [item.id for item in queue.page(connection, Filters(), limit=50)]
    at = next(i for i in ids if len(ann.case(i).answer.services) > 1)
    case = ann.case(at)
    one, two = case.answer.services[:2]
    where = {"start": one.start, "end": two.end, "quote": shown(case.text[one.start : two.end])}
    answer = ann.act(at, "move", service=0, **where)
    assert answer.status_code == 422
    assert "cross another service" in answer.text


def test_the_second_tab_is_told(ann, bo):
    at = first(ann).id
    seen = ann.case(at).item.version
    ann.act(at, "settle")
    answer = bo.act(at, "settle", version=seen)
    assert answer.status_code == 409
    assert "changed by Ann" in soup(answer).select_one(".problem").text
    assert bo.get(f"/note/{at}/version").text == str(seen + 1)


def test_a_note_that_is_gone(ann):
    assert ann.get("/note/999999").status_code == 404
    assert "nothing here" in ann.get("/note/999999").text
    assert ann.post("/note/999999", action="settle", version=1).status_code == 404
    assert ann.get("/second/999").status_code == 404


@pytest.mark.parametrize(
    "address", ["/note/abc", "/note/-1", "/note/1.5", f"/note/{10**30}", "/note/x/version", "/second/x", "/sample/x"]
)
def test_an_address_without_a_number_shows_the_page_of_what_is_not_there(ann, address: str):
    page = ann.get(address)
    assert page.status_code == 404
    assert "There is nothing here" in page.text
    assert page.headers["content-type"].startswith("text/html")


def test_a_locked_worklist_loses_nothing_and_says_so(ann):
    at = first(ann).id
    other = sqlite3.connect(ann.app.database.place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = ann.act(at, "settle")
    assert answer.status_code == 503
    assert "another program is writing" in answer.text
    other.execute("ROLLBACK")
    other.close()
    assert ann.act(at, "settle").status_code == 200


def test_a_purged_note_cannot_be_decided(ann):
    from rehabcoder.worklist.store.keeping import purge_text

    at = first(ann).id
    purge_text(ann.app.database, before="2030-01-01", who="Ann")
    assert "was purged" in ann.get(f"/note/{at}").text
    assert ann.act(at, "settle").status_code == 422


# The second look


def test_the_second_look_hides_the_first_and_counts(ann, bo):
    for _ in range(6):
        ann.act(first(ann).id, "settle")
    assert ann.post("/samples", part=False, name="q4", size=4, seed=3).url.path == "/samples"
    with ann.app.database.read() as connection:
        made = samples.find(connection, "q4")
        chosen = [i for i in samples.items(connection, made.id) if i.first_by == "Ann"]
    item = chosen[0]
    page = bo.get(f"/second/{item.id}")
    visible = soup(page)
    assert visible.select(".services > li") == []
    assert visible.select("#text mark") == []
    visible.find(id="text").clear()  # what the note itself says may well hold these words
    for word in ("Findings", "Billed", "Ann", "accepted", "suggested"):
        assert word not in visible.select_one("#work").text
    service = item.first.services[0]
    with bo.app.database.read() as connection:
        text = queue.open_case(connection, item.note).text
    quote = shown(text)[service.start : service.end]
    fields = {"start": service.start, "end": service.end, "quote": quote}
    answer = bo.post(f"/second/{item.id}", version=1, action="add", code=service.code, minutes="15", **fields)
    assert len(soup(answer).select(".services > li")) == 1
    answer = bo.post(f"/second/{item.id}", version=2, action="undo")
    assert soup(answer).select(".services > li") == []
    bo.post(f"/second/{item.id}", version=3, action="add", code=service.code, minutes="15", **fields)
    bo.post(f"/second/{item.id}", version=4, action="settle")
    with bo.app.database.read() as connection:
        assert samples.item(connection, item.id).second_by == "Bo"
    figures = bo.get("/figures").text
    assert "1 of 4 reviewed" in figures
    again = bo.post(f"/second/{item.id}", version=5, action="settle")
    assert again.status_code == 409
    own = ann.post(f"/second/{chosen[1].id}" if len(chosen) > 1 else f"/second/{item.id}", version=1, action="settle")
    assert own.status_code in (409, 422)


@pytest.fixture
def second(ann, bo):
    """A sample of two notes that Ann accepted, and what Bo sees of its first one."""
    for _ in range(3):
        ann.act(first(ann).id, "settle")
    ann.post("/samples", part=False, name="q4", size=2, seed=3)
    with ann.app.database.read() as connection:
        at = samples.items(connection, samples.find(connection, "q4").id)[0].id

    def answer():
        with bo.app.database.read() as connection:
            return samples.item(connection, at).second

    return bo, f"/second/{at}", answer


def test_nothing_is_kept_as_an_answer_only_when_it_is_said(second):
    bo, address, answer = second
    asked = bo.post(address, version=1, action="settle")
    assert answer() is None
    question = soup(asked).select_one(".problem")
    assert "No service is entered" in question.text
    fields = {each["name"]: each["value"] for each in question.select("input")}
    assert soup(bo.post(address, **fields)).select_one("#work")["data-note"]  # the next note
    assert answer().services == ()


def test_undo_is_offered_where_something_can_be_undone(second):
    bo, address, _ = second
    assert not soup(bo.get(address)).select("[data-key=u]")
    text = soup(bo.get(address)).find(id="text").text
    added = bo.post(address, version=1, action="add", code="97110", minutes="15", start=0, end=9, quote=text[:9])
    assert soup(added).select("[data-key=u]")
    assert not soup(bo.post(address, version=2, action="undo")).select("[data-key=u]")
    bo.post(address, version=3, action="settle", empty="yes")
    assert not soup(bo.get(address)).select(".bar")  # it is given, and stays


def test_agreement_is_shown_once_there_is_any(second):
    bo, address, _ = second
    assert "with the tool" not in bo.get("/figures").text
    bo.post(address, version=1, action="settle", empty="yes")
    assert "agrees with the tool in 0.0 % of 1" in bo.get("/figures").text


def test_the_end_of_a_sample_is_its_own(second):
    bo, address, _ = second
    following = bo.post(address, version=1, action="settle", empty="yes").headers["HX-Push-Url"]
    done = bo.post(following, version=1, action="settle", empty="yes")
    assert "sample" in soup(done).select_one("#work").text
    assert not soup(done).select("[data-key=u]")  # it would undo a decision of the queue


def test_a_sample_that_cannot_be_drawn_is_explained(ann):
    answer = ann.post("/samples", part=False, name="q", size=4000, seed=1)
    assert answer.status_code == 422
    assert "fewer than the 4000" in answer.text


def test_labels_can_be_taken_away(ann):
    one = first(ann)
    ann.act(one.id, "settle")
    answer = ann.get("/labels.jsonl")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert f'"id": "{one.note_id}"' in answer.text


# The shipped model


def test_what_the_shipped_model_says_is_shown(sample_backlog, tmp_path):
    shutil.copy(sample_backlog, tmp_path / "sample.db")
    database = Database(tmp_path / "sample.db")
    person = Person(create_app(database, policy_on(), hosts=frozenset({HOST})), "Ann")
    with database.read() as connection:
        items = queue.page(connection, Filters(state=None), limit=100)
    assert len(items) > 30
    for item in items:
        case, page = person.case(item.id), soup(person.get(f"/note/{item.id}"))
        text = "".join(part.text for part in page.find(id="text").find_all(attrs={"data-s": True}))
        assert text == shown(case.text)
        marks = [each for service in case.coded.interventions for each in service.why]
        evidence = {int(each["data-s"]) for each in page.select("#text mark.evidence")}
        assert {mark.start for mark in marks} <= evidence
        assert len(page.select(".findings li")) == len(case.coded.flags)
    database.close()


# Marks


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=5))
def test_segments_are_the_text_and_keep_every_mark(text, spans):
    marks = [Mark("service", min(span), max(span), number) for number, span in enumerate(spans, 1)]
    parts = segments(text, marks)
    assert "".join(part.text for part in parts) == shown(text)
    assert len(shown(text)) == len(text)
    for part in parts:
        assert shown(text)[part.start : part.start + len(part.text)] == part.text
    for mark in marks:
        if mark.start < mark.end <= len(text):
            inside = [part for part in parts if mark in part.marks]
            assert "".join(part.text for part in inside) == shown(text)[mark.start : mark.end]


@given(st.text(min_size=1, max_size=40), st.data())
def test_a_quote_from_the_page_is_taken_and_another_is_not(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    checked_quote(text, start, end, shown(text)[start:end])
    with pytest.raises(UsageError):
        checked_quote(text, start, end, shown(text)[start:end] + "!")
