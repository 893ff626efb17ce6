"""Questions to the clinician: one for every gap, true to the note, leading nowhere."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

import rehabcoder
from rehabcoder import Coder, Note
from rehabcoder.billing.policies import load_policy
from rehabcoder.cli.query import queries_of
from rehabcoder.findings.queries import Query, queries, wording
from rehabcoder.findings.registry import Context, terms
from rehabcoder.note import Finding, Service, Span, Totals
from rehabcoder.predict.predictor import predict

ROOT = Path(__file__).parents[2]
TEXT = """TE squats 3x10 on the left
NMR tandem stance
Ther Act x 15
Pain 3/10
STG: knee flexion to 120
Total 45 min. Billed 97110 x2
"""
FINDINGS = tuple(terms())
# What a question may not do: name a code, a goal or a number, speak of money, or want an answer.
LEADING = re.compile(
    r"\d|97|therapeutic|exercise|neuromuscular|activities|functional|payment|paid|pay\b|deni|reimburs|audit|revenue|claim"
    r"|support|requir|should|must|need|please (?:add|state|document)|walk|stairs|shop|dress|lift|work\b|sport|home",
    re.IGNORECASE,
)


@cache
def coder() -> Coder:
    return rehabcoder.load()


def context(services: Sequence[Service], text: str = TEXT) -> Context:
    [predicted] = predict(coder().model, [text])
    policy = load_policy("medicare-part-b")
    return Context(Note("n", text), predicted, list(services), [], Totals(), policy, coder().model)


def service(words: str, code: str, *, labelled: str | None = None, minutes: str = "") -> Service:
    start = TEXT.index(words)
    at = TEXT.index(minutes) if minutes else 0
    return Service(
        start, start + len(words), words, code, labelled=labelled, minutes=int(minutes) if minutes else None,
        minutes_span=Span(at, at + len(minutes)) if minutes else None,
    )  # fmt: skip


SQUATS = service("TE squats 3x10 on the left", "97110", labelled="97110")
STANCE = service("NMR tandem stance", "97530", labelled="97112")
THIN = service("Ther Act x 15", "97530", labelled="97530", minutes="15")


def asked(name: str, services: Sequence[Service] = (SQUATS, STANCE, THIN), text: str = TEXT) -> Query:
    flag = Finding(name, "medium", "message", rule="a rule")
    [found] = queries(context(services, text), [flag])
    return found


class TestWording:
    def test_every_finding_on_the_words_of_a_note_asks(self) -> None:
        assert wording()["finding"].keys() == terms().keys()

    @pytest.mark.parametrize("name", FINDINGS)
    def test_a_short_open_question_with_open_choices(self, name: str) -> None:
        words = wording()["finding"][name]
        assert words["question"].endswith("?")
        assert len(words["question"].split()) <= 25
        assert 2 <= len(words["choices"]) <= 3
        assert any("____" in choice for choice in words["choices"])
        assert words["silent"].endswith(".")
        assert words["quotes"] == "nothing" or words["said"].endswith(":")

    @pytest.mark.parametrize("name", FINDINGS)
    def test_nothing_leads_to_an_answer(self, name: str) -> None:
        words = wording()["finding"][name]
        for sentence in (words["question"], *words["choices"]):
            assert LEADING.search(sentence) is None, sentence

    @pytest.mark.parametrize("name", FINDINGS)
    def test_other_and_unable_to_determine_stand_last(self, name: str) -> None:
        assert asked(name).choices[-2:] == ["Other: ____", "Unable to determine"]

    @pytest.mark.parametrize("name", FINDINGS)
    def test_fact_and_question_name_no_figure_but_in_quotes(self, name: str) -> None:
        found = asked(name)
        assert re.search(r"\d", " ".join([found.fact, found.question, *found.choices])) is None
        assert all(quote.text == TEXT[quote.start : quote.end] for quote in found.quotes)
        assert found.rule == "a rule"


class TestFacts:
    def quotes(self, found: Query) -> list[str]:
        return [quote.text for quote in found.quotes]

    def test_every_service_without_minutes_is_quoted(self) -> None:
        found = asked("missing_minutes")
        assert self.quotes(found) == ["TE squats 3x10 on the left", "NMR tandem stance"]
        assert found.fact == "These services stand in the note without minutes of their own:"

    def test_every_service_that_is_labelled_otherwise_is_quoted_with_its_label(self) -> None:
        [quote] = asked("code_mismatch").quotes
        assert (quote.text, quote.label) == ("NMR tandem stance", "97112")

    def test_services_named_only(self) -> None:
        assert self.quotes(asked("missing_activity_detail")) == ["Ther Act x 15"]

    def test_what_the_note_says_about_goals(self) -> None:
        assert self.quotes(asked("missing_functional_goal")) == ["STG: knee flexion to 120"]
        silent = asked("missing_functional_goal", text=TEXT.replace("STG: ", "Now "))
        assert (silent.quotes, silent.fact) == ([], "No goal was recognised in the note.")

    def test_all_words_on_time_and_units(self) -> None:
        text = " ".join(self.quotes(asked("units_mismatch")))
        assert all(words in text for words in ("x 15", "Total 45 min", "97110 x2"))

    def test_the_treatment_where_its_response_is_missing(self) -> None:
        assert self.quotes(asked("missing_response")) == [SQUATS.text, STANCE.text, THIN.text]

    def test_what_is_asked_already_is_not_asked_again(self) -> None:
        thin = Service(THIN.start, THIN.end, THIN.text, "97530", review_reasons=["label_followed"], labelled="97530")
        both = [Finding("missing_activity_detail", "medium", "x"), Finding("label_followed", "low", "x")]
        [once] = queries(context([thin]), both)
        assert once.finding == "missing_activity_detail"
        twice = [Finding("missing_minutes", "medium", "x"), Finding("missing_minutes", "medium", "x")]
        assert len(list(queries(context([SQUATS]), twice))) == 1

    def test_a_finding_on_the_claim_asks_no_clinician(self) -> None:
        assert list(queries(context([SQUATS]), [Finding("mue_exceeded", "medium", "x")])) == []


def test_sample_notes_ask_for_each_of_their_gaps_with_their_own_words() -> None:
    number = 0
    for path in sorted((ROOT / "data" / "sample").glob("*.txt")):
        note = Note(path.stem, path.read_text(encoding="utf-8"))
        [coded] = coder().code([note])
        found = queries_of(note, coder())
        assert {query.finding for query in found} >= {
            f.id for f in coded.flags if f.severity == "high"
        } & terms().keys()
        for query in found:
            number += 1
            assert all(note.text[quote.start : quote.end] == quote.text for quote in query.quotes)
    assert number >= 10


class TestCommand:
    def test_text_and_json_say_the_same(self, capsys: pytest.CaptureFixture[str]) -> None:
        from rehabcoder.cli.query import query

        path = str(ROOT / "data" / "sample" / "one-unit-too-many.txt")
        query(path)
        text = capsys.readouterr().out
        query(path, format="json")
        found = json.loads(capsys.readouterr().out)
        assert found["note_id"] == "one-unit-too-many"
        assert [asked["finding"] for asked in found["queries"]] == ["units_mismatch"]
        for asked in found["queries"]:
            for sentence in (asked["fact"], asked["question"], *asked["choices"], asked["rule"]):
                assert sentence in text
        assert text.startswith("one-unit-too-many, question 1 of 1 (units mismatch)\n  The note bills and documents:\n")
        assert '    "CHARGES: 97140 x 2, 97110 x 2"\n' in text
        assert text.rstrip().endswith(found["closing"])

    def test_nothing_to_ask(self, capsys: pytest.CaptureFixture[str]) -> None:
        from rehabcoder.cli.query import query

        query(str(ROOT / "data" / "sample" / "phone-call.txt"))
        assert capsys.readouterr().out == "phone-call: nothing to ask.\n"
