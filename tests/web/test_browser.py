"""Whole jobs in a real Chromium, by keyboard."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest
from labelled_notes import load

from rehabcoder.note import CodedNote, Finding, Note, Service
from rehabcoder.worklist.store import queue, samples

playwright = pytest.importorskip("playwright.sync_api")
from browser import SWITCHES, UPDATE, Server, enter, moved_on, press, problems, until  # noqa: E402

pytestmark = pytest.mark.browser
PICTURE = Path(__file__).parents[2] / "docs" / "images" / "review-page.png"


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def server(database):
    running = Server(Path(database.place))
    yield running
    if running.process.poll() is None:
        running.stop()


@pytest.fixture
def page(chromium, server):
    """A page of its own browser context; every request and script error is watched."""
    context = chromium.new_context(viewport={"width": 1280, "height": 860})
    page = context.new_page()
    page.set_default_timeout(10_000)
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
    yield page
    context.close()
    assert not errors
    assert all(url.startswith((server.address, "data:")) for url in asked)


def case(database, at):
    with database.read() as connection:
        return queue.open_case(connection, at)


def states(database):
    with database.read() as connection:
        return queue.states(connection)


def note_id(page) -> int:
    return int(page.locator("#work").get_attribute("data-note"))


def begin(page, server, name="Ann"):
    enter(page, server, name)
    page.keyboard.press("Enter")
    page.wait_for_url("**/note/*")


def test_a_whole_job_with_the_server_killed_in_the_middle(page, chromium, server, database, tmp_path):
    begin(page, server)
    seen = []
    for _ in range(5):
        seen.append(note_id(page))
        press(page, "a")
        moved_on(page, seen[-1])
    assert states(database)["accepted"] == 5

    # Correct the words of a service by keyboard: one word less at its end.
    at = note_id(page)
    before = case(database, at).answer.services[0]
    words = case(database, at).text[before.start : before.end].split()
    press(page, "w", "ArrowLeft", "Enter")
    page.wait_for_selector('.services > li[data-number="1"][data-status="changed"]')
    after = case(database, at).answer.services[0]
    assert case(database, at).text[after.start : after.end].split() == words[:-1]
    press(page, "u")
    page.wait_for_selector(".said")
    assert case(database, at).answer.services[0].end == before.end

    # Half a decision is on the page when the server dies: what was edited is kept, what was decided too.
    press(page, "m")
    page.keyboard.type("17")
    press(page, "Enter")
    page.wait_for_selector('.services > li[data-number="1"][data-status="changed"]')
    server.kill()
    page.keyboard.press("a")
    until(page, "document.querySelector('#live').textContent.includes('does not answer')")
    server.start(int(server.address.rsplit(":", 1)[1]))
    assert states(database)["accepted"] == 5
    assert case(database, at).answer.services[0].minutes == 17
    begin(page, server)
    assert note_id(page) == at
    assert page.locator('.services > li[data-number="1"] .min').inner_text() == "17 min"
    for _ in range(5):
        last = note_id(page)
        press(page, "a")
        moved_on(page, last)
    assert states(database)["accepted"] + states(database)["changed"] == 10

    # A sample, and the second look by someone else in another browser.
    page.goto(f"{server.address}/samples")
    assert page.locator("#live").text_content() == ""
    page.get_by_label("Name").fill("november")
    page.get_by_label("Size").fill("5")
    page.get_by_role("button", name="Draw").click()
    page.get_by_role("heading", name="november").wait_for()
    other = chromium.new_context().new_page()
    enter(other, server, "Bo")
    other.goto(f"{server.address}/samples")
    other.get_by_role("link", name="Take a second look").click()
    other.wait_for_url("**/second/*")
    for number in range(5):
        assert other.locator("#text mark").count() == 0
        press(other, "n", "ArrowRight", "ArrowRight", "Enter")
        other.locator("#dialog-add [name=code]").fill("97110")
        other.locator("#dialog-add [name=minutes]").fill("15")
        press(other, "Enter")
        other.wait_for_selector(".services > li")
        here = other.url
        press(other, "a")
        if number < 4:
            until(other, f"location.href !== '{here}'")
    other.get_by_role("heading", name="Nothing is left here").wait_for()
    other.goto(f"{server.address}/figures")
    assert "5 of 5 reviewed" in other.inner_text("main")
    with other.expect_download() as download:
        other.get_by_role("link", name="Labelled notes for training").click()
    records = [json.loads(line) for line in Path(download.value.path()).read_text(encoding="utf-8").splitlines()]
    other.context.close()
    assert len(records) >= 10
    marks = {record["mark"] for record in records}
    assert "blind" in marks
    for record in records:
        for each in record["interventions"]:
            assert record["text"][each["start"] : each["start"] + len(each["quote"])] == each["quote"]
    with database.read() as connection:
        made = samples.find(connection, "november")
        assert {item.second_by for item in samples.items(connection, made.id)} == {"Bo"}
    said = server.stop()
    for part in (record["text"][:30] for record in records):
        assert part not in said


def test_three_keys_change_a_code_and_settle(page, server, database):
    begin(page, server)
    at = note_id(page)
    old = case(database, at).answer.services[0].code
    press(page, "c")
    page.wait_for_selector("#dialog-code[open] .suggestions button")
    press(page, "1")
    page.wait_for_selector('.services > li[data-number="1"][data-status="changed"]')
    press(page, "a")
    moved_on(page, at)
    settled = case(database, at)
    assert settled.item.state == "changed"
    assert settled.answer.services[0].code != old


def test_every_shortcut_of_the_help_works(page, server, database):
    begin(page, server)
    at = note_id(page)
    press(page, "?")
    page.wait_for_selector("#help[open]")
    promised = set(page.locator("#help kbd").all_inner_texts())
    press(page, "Escape")
    assert {"a", "c", "m", "w", "n", "x", "d", "q", "s", "o", "u", "g", "l", "?", "j", "k", "1", "9"} <= promised
    press(page, "j")
    services = len(case(database, at).answer.services)
    assert page.locator(".services > li.here").get_attribute("data-number") == str(min(2, services))
    press(page, "k")
    press(page, "1")
    press(page, "l")
    assert page.locator("#ledger[open]").count() == 1
    press(page, "d")
    page.locator("#dialog-dismiss textarea").fill("it is in the plan of care")
    page.locator("#dialog-dismiss button.primary").click()
    page.wait_for_selector(".findings .gone")
    press(page, "o")
    page.locator("#dialog-comment textarea").fill("look again in May")
    page.locator("#dialog-comment button.primary").click()
    page.locator(".history q", has_text="look again in May").wait_for()
    press(page, "x")
    until(page, f"document.querySelectorAll('.services > li').length === {services - 1}")
    press(page, "u")
    until(page, f"document.querySelectorAll('.services > li').length === {services}")
    press(page, "s")
    moved_on(page, at)
    press(page, "u")
    until(page, f"document.querySelector('#work')?.dataset.note === '{at}'")
    press(page, "q")
    page.locator("#dialog-query textarea").fill("How long was the bike?")
    page.locator("#dialog-query button.primary").click()
    moved_on(page, at)
    assert case(database, at).item.state == "awaiting_addendum"
    page.keyboard.press("g")
    page.wait_for_url("**/queue")
    press(page, "/")
    page.keyboard.type("dev-a-1")
    page.keyboard.press("Enter")
    page.wait_for_url("**search=dev-a-1**")
    assert all("dev-a-1" in name for name in page.locator("table.queue tbody th").all_inner_texts())


NASTY = (
    "S: <script>document.title='owned'</script> 👍🏽 ok\r\n"
    "O: cafe\u0301 👩🏽‍🦽 wheelchair ramps 3x, 12 min \x07 then rest.\r\nGoal: 🏠 alone"
)


def test_words_among_emoji_are_marked_and_come_back(page, server, database):
    words = "👩🏽‍🦽 wheelchair ramps"
    start = NASTY.index(words)
    note = Note("emoji", NASTY, date_of_service="2001-01-01")
    service = Service(start, start + len(words), words, "97542", minutes=12, confidence=0.4)
    flag = Finding("missing_response", "high", "nothing says how it went")
    load(database, [(note, CodedNote("emoji", text_sha256=note.text_sha256, interventions=[service], flags=[flag]))])
    begin(page, server)  # the oldest note is the riskiest
    assert page.locator("h1").inner_text() == "emoji"
    assert "".join(page.locator("#text mark.service").all_inner_texts()) == words
    assert page.title() != "owned"
    # A person drags over other words: the browser counts them in UTF-16, the note in code points.
    page.evaluate(
        """() => {
          const texts = [...document.querySelectorAll('#text [data-s]')];
          const at = texts.findIndex(part => part.textContent.includes('ramps'));
          const after = texts.findIndex(part => part.textContent.includes('12 min'));
          const from = texts[at].firstChild, to = texts[after].firstChild;
          getSelection().setBaseAndExtent(from, from.data.indexOf('wheelchair'), to, to.data.indexOf(' then'));
        }"""
    )
    press(page, "w")
    page.wait_for_selector('.services > li[data-status="changed"]')
    (changed,) = case(database, note_id(page)).answer.services
    assert NASTY[changed.start : changed.end] == "wheelchair ramps 3x, 12 min \x07".strip()
    shown = "".join(page.locator("#text mark.service").all_inner_texts())
    assert shown.startswith("wheelchair ramps 3x, 12 min")


def test_the_second_tab_is_told(page, server, database):
    begin(page, server)
    at = note_id(page)
    other = page.context.new_page()
    other.goto(page.url)
    press(other, "a")
    moved_on(other, at)
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.wait_for_selector(".problem")
    assert "changed in another tab" in page.inner_text(".problem")
    press(page, "a")
    until(page, "document.querySelector('.problem')?.textContent.includes('was changed by Ann')")
    assert len([row for row in history(database, at) if row["kind"] == "settle"]) == 1


def history(database, at):
    with database.read() as connection:
        return queue.history(connection, at)


def test_a_key_held_down_decides_one_note(page, server, database):
    begin(page, server)
    at = note_id(page)
    page.evaluate(
        "for (let n = 0; n < 6; n++)"
        " document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'a', bubbles: true}))"
    )
    moved_on(page, at)
    time.sleep(0.3)
    assert states(database)["accepted"] == 1


AS_SOON_AS_IT_CHANGES = """(key) => new MutationObserver((_, observer) => {
  observer.disconnect();
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}).observe(document.body, { childList: true, subtree: true })"""


def test_a_key_pressed_the_moment_a_page_comes_in_is_not_lost(page, server, database):
    begin(page, server)
    at = note_id(page)
    page.evaluate(AS_SOON_AS_IT_CHANGES, "s")
    press(page, "x")
    moved_on(page, at)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 820])
def test_accessible_in_light_and_dark_on_desk_and_tablet(chromium, server, database, scheme, width):
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(server.link)
    found = {"name": problems(page)}
    page.get_by_label("Your name").fill("Ann")
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")
    found["queue"] = problems(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/note/*")
    press(page, "l")
    found["note"] = problems(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    press(page, "c")
    found["dialog"] = problems(page)
    press(page, "1")
    page.wait_for_selector('[data-status="changed"]')
    found["changed"] = problems(page)
    for _ in range(3):
        press(page, "a")
        page.wait_for_timeout(100)
    page.goto(f"{server.address}/samples")
    page.get_by_label("Name").fill("s")
    page.get_by_label("Size").fill("2")
    page.get_by_role("button", name="Draw").click()
    page.get_by_role("heading", name="s", exact=True).wait_for()
    for name in ("samples", "figures", "nowhere"):
        page.goto(f"{server.address}/{name}")
        found[name] = problems(page)
    context.close()
    assert found == {name: [] for name in found}


def test_the_picture_of_the_readme(chromium, sample_backlog, tmp_path):
    shutil.copy(sample_backlog, tmp_path / "sample.db")
    server = Server(tmp_path / "sample.db")
    page = chromium.new_context(viewport={"width": 1280, "height": 860}, color_scheme="light").new_page()
    enter(page, server, "Ann Lee")
    page.goto(f"{server.address}/queue?state=all&search=cb-3907")
    page.get_by_role("link", name="cb-3907").click()
    page.wait_for_url("**/note/*")
    assert page.locator("#text mark.evidence").count() > 0
    press(page, "m")
    page.keyboard.type("12")
    press(page, "Enter")
    page.wait_for_selector('[data-status="changed"]')
    press(page, "2")
    picture = page.screenshot(path=tmp_path / "review-page.png")
    page.context.close()
    server.stop()
    assert picture[:4] == b"\x89PNG"
    assert len(picture) > 40_000
    if UPDATE:
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        PICTURE.write_bytes(picture)
    assert PICTURE.exists()
