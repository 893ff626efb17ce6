"""Questions to the clinician: for every gap the fact, an open question, open choices. The words are data.

A coder may not invent a goal or minutes, nor lead to them. Which finding asks what stands in `knowledge/queries.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rehabcoder.findings.registry import CHECKS, Context
from rehabcoder.language.patterns import knowledge
from rehabcoder.language.pieces import Piece
from rehabcoder.note import Finding, Json, Service

_LONGEST = 1000  # code points of one quote
_MOST = 6  # quotes under one question


@dataclass(slots=True, frozen=True)
class Quote:
    """Words of the note, `[start, end)`; `label` is the code that the note itself gives them, if it does."""

    start: int
    end: int
    text: str
    label: str | None = None

    def to_json(self) -> Json:
        return {"start": self.start, "end": self.end, "text": self.text, "label": self.label}


@dataclass(slots=True, frozen=True)
class Query:
    """One question: the finding behind it, the fact with the words that it rests on, and the choices for an answer."""

    finding: str
    fact: str
    quotes: list[Quote]
    question: str
    choices: list[str]
    rule: str | None

    def to_json(self) -> Json:
        quotes = [quote.to_json() for quote in self.quotes]
        return {"finding": self.finding, "fact": self.fact, "quotes": quotes, "question": self.question,
                "choices": self.choices, "rule": self.rule}  # fmt: skip


def wording() -> dict[str, Any]:
    """What `knowledge/queries.toml` holds: `form`, and `finding` by id."""
    return knowledge("queries")


def queries(context: Context, flags: Sequence[Finding]) -> Iterator[Query]:
    """A question for each finding on the note's words, in their order. What is asked already is not asked again.

    Findings on the claim (edits, modifiers) are for who bills: there is nothing to ask a clinician.
    """
    form, asked = wording()["form"], set[tuple[str, tuple[Quote, ...]]]()
    for flag in flags:
        words = wording()["finding"].get(flag.id)
        if words is None:
            continue
        quotes = _quotes(context, flag, words)[:_MOST]
        key = (words["question"], tuple(quotes))
        if key in asked:
            continue
        asked.add(key)
        fact = words["said"] if quotes else words["silent"]
        choices = [*words["choices"], form["other"], form["unable"]]
        yield Query(flag.id, fact, quotes, words["question"], choices, flag.rule)


def _quotes(context: Context, flag: Finding, words: dict[str, Any]) -> list[Quote]:
    match words["quotes"]:
        case "services":
            found = [s for s in context.services if CHECKS[flag.id](replace(context, services=[s]))]
            return [_of_service(context, service) for service in found]
        case "treatment":
            return [_of_service(context, service) for service in context.services if service.code != "none"]
        case "times":
            return _times(context, flag)
        case "about":
            pattern, low = re.compile(words["words"]), context.predicted.reading.low
            pieces = context.predicted.reading.pieces
            return [_quote(context, p.start, p.end) for p in pieces if pattern.search(low, p.start, p.end)]
        case _:
            return []


def _of_service(context: Context, service: Service) -> Quote:
    return _quote(context, service.start, service.end, service.labelled)


def _times(context: Context, flag: Finding) -> list[Quote]:
    """The sentences that give the minutes of services, stated totals, billed units, and what the finding points at."""
    stated = context.predicted.stated
    spans = [(s.minutes_span.start, s.minutes_span.end) for s in context.services if s.minutes_span]
    spans += [span for span in (stated.timed_span, stated.total_span, stated.units_span) if span]
    if flag.start is not None and flag.end is not None:
        spans.append((flag.start, flag.end))
    pieces = context.predicted.reading.pieces
    told: list[list[Piece]] = []
    for before, piece in zip([None, *pieces], pieces, strict=False):
        if any(piece.start < end and start < piece.end for start, end in spans):
            goes_on = told and told[-1][-1] is before and not piece.first
            told[-1].append(piece) if goes_on else told.append([piece])
    return [_quote(context, run[0].start, run[-1].end) for run in told]


def _quote(context: Context, start: int, end: int, label: str | None = None) -> Quote:
    end = min(end, start + _LONGEST)
    return Quote(start, end, context.predicted.reading.text[start:end], label)
