"""What must hold for any text at all: the coder never raises, and everything that it says points at true words."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from coding import claim, code_one, coder, samples
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from strange_texts import WORDS, texts

from rehabcoder import CodedNote, Note
from rehabcoder.billing.codes import CODES
from rehabcoder.note import Span

DAY = 24 * 60
thorough = settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])


@thorough
@given(text=texts)
@example(text="")
@example(text=" \r\n\t\x00")
@example(text="\ud800")
@example(text="İ" * 40 + " TherEx 15 min: squats 3x10")
@example(text="\r\nTherEx x 15 min: squats 3x10\r\nNMR x 10 min: tandem stance on foam, cues\r\n")
@example(text="ther ex " + "9" * 5000 + " min")
@example(text="1U THEREX")
@example(text="|²")
@example(text="Ther Ex" + " " * 200 + "15 min\n" * 20)
@example(text=" ".join(WORDS))
def test_no_text_raises_and_every_answer_is_well_formed(text: str) -> None:
    coded = code_one(text)
    assert coded.status == "coded"
    check(coded, text)
    assert CodedNote.from_json(json.loads(json.dumps(coded.to_json()))).to_json() == coded.to_json()


def check(coded: CodedNote, text: str) -> None:
    """Offsets cut the quoted words out of the text; spans stay apart; minutes fit into a day; codes are known."""
    spans = sorted((service.start, service.end) for service in coded.interventions)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans)), spans
    for service in coded.interventions:
        assert service.text == text[service.start : service.end]
        assert service.code == "none" or service.code in CODES
        assert service.minutes is None or 0 <= service.minutes <= DAY
        assert service.minutes_span is None or inside(service.minutes_span, text)
        assert 0 <= service.confidence <= 1
        assert all(0 <= p <= 1 and code != service.code for code, p in service.alternatives)
        assert service.needs_review == bool(service.review_reasons)
        for words in service.why:
            assert words.text
            assert words.text == text[words.start : words.end]
        for activity in service.activities:
            assert (activity.start is None) == (activity.end is None)
            if activity.start is not None and activity.end is not None:
                assert service.start <= activity.start < activity.end <= service.end
    for flag in coded.flags:
        assert (flag.start is None) == (flag.end is None)
        if flag.start is not None and flag.end is not None:
            assert inside(Span(flag.start, flag.end), text)
    assert len({line.code for line in coded.lines}) == len(coded.lines)
    for line in coded.lines:
        assert line.minutes is None or 0 <= line.minutes <= DAY
        assert line.units is None or line.units >= 0
    totals = coded.totals
    for minutes in (totals.timed_minutes, totals.stated_timed, totals.stated_total):
        assert minutes is None or 0 <= minutes <= DAY
    assert coded.needs_review == bool(coded.review_reasons)
    assert coded.primary_code is None or any(line.code == coded.primary_code for line in coded.lines)


def inside(span: Span, text: str) -> bool:
    return 0 <= span.start < span.end <= len(text)


@thorough
@given(text=texts)
def test_the_same_text_gives_the_same_answer(text: str) -> None:
    assert code_one(text) == code_one(text)


@settings(parent=thorough, max_examples=60)
@given(some=st.lists(texts, max_size=8))
def test_many_notes_at_once_are_coded_as_one_by_one(some: list[str]) -> None:
    notes = [Note(str(number), text) for number, text in enumerate(some)]
    together = [coded.to_json() for coded in coder().code(notes)]
    assert together == [coder().code([note])[0].to_json() for note in notes]


def test_sample_notes_are_well_formed_and_coded_the_same_in_any_company() -> None:
    together = coder().code(samples() * 3)
    for note, coded in zip(samples() * 3, together, strict=True):
        check(coded, note.text)
    backwards = coder().code(samples()[::-1])[::-1]
    for once, again, alone in zip(together, backwards, samples(), strict=False):
        assert once.to_json() == again.to_json() == coder().code([alone])[0].to_json()


def test_as_many_rows_come_out_as_notes_went_in() -> None:
    broken = Note("b", "", "x.csv#2", error="x.csv#2: the column 'text' is empty.")
    rows = coder().code([broken, samples()[0], broken])
    assert [row.status for row in rows] == ["failed", "coded", "failed"]
    assert (rows[0].error, rows[0].source, rows[0].interventions, rows[0].lines) == (broken.error, "x.csv#2", [], [])
    assert rows[0].needs_review
    assert coder().code([]) == []


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x85", "\u2028"])
def test_line_ends_change_no_claim(end: str) -> None:
    for note in samples():
        text = note.text.replace("\r\n", "\n")
        assert claim(code_one(text.replace("\n", end))) == claim(code_one(text)), note.note_id


@pytest.mark.parametrize(
    "kind", ["many notes in one", "one line", "one word", "figures", "clock times", "labels", "blanks", "blank lines"]
)
def test_a_note_of_two_megabytes_is_coded_in_linear_time(kind: str) -> None:
    session = "\n".join(note.text for note in samples())
    unit = {
        "many notes in one": session + "\n",
        "one line": session.replace("\n", " ") + " ",
        "one word": "squats",
        "figures": "15 ",
        "clock times": "10:05-10:20 ",
        "labels": "97110 TherEx x15, ",
        "blanks": " ",
        "blank lines": "\n",
    }[kind]
    text = (unit * (2_000_000 // len(unit) + 1))[:2_000_000]
    with at_most(90):
        coded = code_one(text)
    check(coded, text)


@pytest.mark.parametrize(
    "text", ["97110{}x", "units{}97110", "TE 12 /{}NMR 13", "97110 TherEx{}min 12", "Total{}45 min"]
)
def test_a_gap_of_thousands_of_blanks_takes_no_time(text: str) -> None:
    with at_most(3):
        check(code_one(text.format(" " * 8000)), text.format(" " * 8000))


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fail as soon as this process has worked that long; what else the machine is busy with does not count."""

    def stop(*_: object) -> None:
        raise AssertionError(f"took more than {seconds} seconds of work")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
