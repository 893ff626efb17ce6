"""The review page against other pages, other people, and notes that are more than words."""

from __future__ import annotations

import logging
import re

import pytest
from labelled_notes import load
from person import Person, first, soup

from rehabcoder.note import CodedNote, Finding, Note, Service
from rehabcoder.web.marks import shown
from rehabcoder.worklist.store import queue


def test_a_link_works_once(app):
    link = f"/enter/{app.sessions.new_link()}"
    one, other = Person(app, None), Person(app, None)
    assert one.get(link).status_code == 200
    assert other.get(link).status_code == 403
    assert other.get("/enter/nonsense").status_code == 403
    assert other.get("/queue").status_code == 401


def test_a_second_page_on_another_port_leaves_the_first_signed_in(app):
    person = Person(app, "Ann")
    app.hosts |= {"127.0.0.1:8322"}
    second = "http://127.0.0.1:8322"
    assert person.get(f"{second}/enter/{app.sessions.new_link()}").status_code == 200
    assert "Ann" in person.get("/queue").text
    assert "Ann" not in person.get(f"{second}/queue").text


def test_a_reviewer_is_named_once(ann):
    ann.post("/name", name="Mallory")
    assert "Ann" in ann.get("/queue").text
    assert "Mallory" not in ann.get("/queue").text


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\x00b", "\u202eabc"])
def test_a_name_must_be_one(app, name):
    person = Person(app, None)
    page = person.get(f"/enter/{app.sessions.new_link()}")
    person.csrf = re.search(r'name="csrf" value="([^"]+)"', page.text).group(1)
    assert person.post("/name", name=name).status_code == 422


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1:9"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_other_pages_cannot_decide(ann, headers, status):
    at = first(ann).id
    body = {"csrf": ann.csrf, "action": "settle", "version": "1"}
    assert ann.http.post(f"/note/{at}", data=body, headers=headers).status_code == status
    assert ann.case(at).item.state == "open"


@pytest.mark.parametrize("csrf", ["", "wrong", "é", None])
def test_a_form_without_its_secret_is_refused(ann, csrf):
    at = first(ann).id
    body = {"action": "settle", "version": "1"} | ({} if csrf is None else {"csrf": csrf})
    assert ann.http.post(f"/note/{at}", data=body).status_code == 403
    assert ann.case(at).item.state == "open"


def test_someone_elses_secret_does_not_work(ann, bo):
    body = {"action": "settle", "version": "1", "csrf": bo.csrf}
    assert ann.http.post(f"/note/{first(ann).id}", data=body).status_code == 403


def test_other_methods_and_huge_forms_are_refused(ann):
    assert ann.http.request("DELETE", "/note/1").status_code == 405
    assert ann.http.put("/note/1").status_code == 405
    assert ann.post("/note/1", reason="x" * 70_000).status_code == 413


def test_every_answer_carries_the_headers(ann):
    for address in ("/queue", "/next", "/samples", "/figures", "/static/app.js", "/nothing", "/enter/x"):
        headers = ann.get(address).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"]
    assert "no-store" in ann.get("/next").headers["cache-control"]


@pytest.mark.parametrize(
    "address", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd"]
)
def test_static_files_are_only_those(ann, address):
    assert ann.get(address).status_code in (404, 422)


NASTY = (
    '<script>alert("x")</script> "quoted" <img src=x onerror=alert(1)>\r\nbike 10 min\rthen \x00\x07\x1b[31m rest '
    "\u202egnp\u202c 👩🏽‍🦽 cafe\u0301 {{7*7}} </div></main> &amp; \ud83d end"
)


@pytest.fixture
def nasty(ann):
    start = NASTY.index("👩🏽‍🦽")
    end = NASTY.index("{{7*7}}") - 1
    service = Service(start, end, NASTY[start:end], "97542", minutes=10, confidence=0.5)
    flag = Finding("missing_response", "high", "<b>bold</b>", start, end)
    note = Note("nasty", NASTY, clinician="<i>Eve</i>", date_of_service="2020-01-01")
    coded = CodedNote("nasty", text_sha256=note.text_sha256, interventions=[service], flags=[flag])
    load(ann.app.database, [(note, coded)])
    with ann.app.database.read() as connection:
        return queue.find(connection, ["nasty"])["nasty"].id


def test_a_note_full_of_markup_is_only_text(ann, nasty):
    page = soup(ann.get(f"/note/{nasty}"))
    text = page.find(id="text")
    assert {tag.name for tag in text.find_all()} <= {"mark", "span"}
    assert text.text == shown(NASTY)
    assert not page.find_all("script", src=False)
    assert not page.find_all(lambda tag: any(name.startswith("on") for name in tag.attrs))
    assert not page.find_all(attrs={"style": True})
    assert "".join(m.text for m in page.select("mark.service")) == "👩🏽‍🦽 cafe\u0301"
    assert ann.get("/queue?state=all").text.count("<i>Eve") == 0


def test_spans_among_emoji_and_marks_come_back_right(ann, nasty):
    for words in ("cafe\u0301", "👩🏽‍🦽", "bike 10 min\r", "then \x00\x07", "end"):
        start = NASTY.index(words)
        quote = shown(NASTY)[start : start + len(words)]
        answer = ann.act(nasty, "move", service=0, start=start, end=start + len(words), quote=quote)
        assert answer.status_code == 200, words
        (service,) = ann.case(nasty).answer.services
        assert NASTY[service.start : service.end] == words.strip()


def test_no_words_of_a_note_reach_addresses_logs_or_errors(ann, items, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    at = first(ann).id
    words = ann.case(at).text[:40]
    addresses = [
        link.get("href") or link.get("action") or link.get("hx-post")
        for link in soup(ann.get(f"/note/{at}")).find_all(True)
    ]
    assert not any(part in str(address) for address in addresses for part in words.split())

    def broken(*arguments, **named):
        raise RuntimeError(f"cannot show {words}")

    monkeypatch.setattr("rehabcoder.web.notes.note_view", broken)
    answer = ann.get(f"/note/{at}")
    assert answer.status_code == 500
    assert words not in answer.text
    assert words not in caplog.text
    assert "RuntimeError" in caplog.text
    assert "worklist" not in answer.headers.get("server", "")
