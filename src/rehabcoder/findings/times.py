"""Whether the minutes, totals and clock times of a note contradict one another."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rehabcoder.billing.codes import is_timed
from rehabcoder.language.times import TimeMention, clock
from rehabcoder.note import Service
from rehabcoder.predict.predictor import Predicted


@dataclass(slots=True, frozen=True)
class Contradiction:
    """Where two statements of time disagree, and how, in words."""

    start: int | None
    end: int | None
    says: str


_WINDOW = re.compile(
    r"(?:\bin\b|arriv\w*|time\s+in|start(?:ed)?|check(?:ed)?[\s-]?in|on\s+site|began|seen(?:\s+from)?|stamp\s+in|came\s+at|visit|session|tx|treated|from|clock(?:ed)?\s+in)[\s:=@]*(?P<a>\d{1,2}[:.]?\d{2}|\d{1,2})\s?(?P<am>[ap]\.?m?\.?\b)?"
    r"[^\n\d]{1,30}?(?:\bout\b|time\s+out|end(?:ed)?|left|depart\w*|stop(?:ped)?|finish(?:ed)?|check(?:ed)?[\s-]?out|to|until|till|-)[\s:=@]*(?P<b>\d{1,2}[:.]?\d{2}|\d{1,2})\s?(?P<bm>[ap]\.?m?\.?\b)?"
)
_WINDOW_WORD = re.compile(
    r"(?:seen|visit|session|in\b|time|appt|slot|clinic|treat\w*|hours?|arriv\w*|room|tx|rx|start|present)\W*(?:time|from|in|at|for|was|today|timed?)?\W*$"
)


def window(predicted: Predicted) -> tuple[int, TimeMention | re.Match[str]] | None:
    """Minutes between coming and going, where the note gives both, with the words that say so."""
    low = predicted.reading.low
    spans = [(s.start, s.end) for s in predicted.services]

    def inside(at: int) -> bool:
        return any(a <= at < b for a, b in spans)

    for mention in predicted.reading.times:
        if mention.form != "range" or mention.begins is None or inside(mention.start):
            continue
        if 10 <= mention.minutes <= 240 and _WINDOW_WORD.search(low, max(0, mention.start - 24), mention.start):
            return mention.minutes, mention
    for found in _WINDOW.finditer(low):
        if inside(found.start()) and inside(found.end()):
            continue
        if len(re.sub(r"\D", "", found["a"])) < 3 or len(re.sub(r"\D", "", found["b"])) < 3:
            continue
        length = (clock(found["b"], found["bm"] or "") - clock(found["a"], found["am"] or "")) % 720
        if 10 <= length <= 240:
            return length, found
    return None


def contradiction(predicted: Predicted, services: list[Service]) -> Contradiction | None:
    """The first contradiction found, or None. Services are taken as the note labels them."""
    stated = predicted.stated
    timed = [s for s in services if _as_timed(s)]
    known = [s for s in services if s.minutes is not None]
    if stated.timed is not None and timed and all(s.minutes is not None for s in timed):
        total = sum(s.minutes or 0 for s in timed)
        if total != stated.timed:
            span = stated.timed_span or (None, None)
            return Contradiction(
                span[0], span[1], f"Services add up to {total} timed minutes, {stated.timed} are stated."
            )
    if stated.total is not None and known:
        total = sum(s.minutes or 0 for s in known if s.code != "none" or s.labelled)
        span = stated.total_span or (None, None)
        if total > stated.total:
            return Contradiction(
                span[0], span[1], f"Services add up to {total} minutes, more than the stated total of {stated.total}."
            )
    if stated.timed is not None and stated.total is not None and stated.timed > stated.total:
        span = stated.timed_span or (None, None)
        return Contradiction(
            span[0], span[1], f"{stated.timed} timed minutes do not fit into a total of {stated.total}."
        )
    visit = window(predicted)
    if visit:
        length, words = visit
        total = max(sum(s.minutes or 0 for s in known), stated.timed or 0, stated.total or 0)
        if total > length:
            start, end = (words.start, words.end) if isinstance(words, TimeMention) else words.span()
            return Contradiction(start, end, f"{total} minutes do not fit into a visit of {length}.")
    return _range_against_minutes(predicted, services)


def _as_timed(service: Service) -> bool:
    if service.labelled:
        return is_timed(service.labelled)
    return service.code != "none" and is_timed(service.code)


def _range_against_minutes(predicted: Predicted, services: list[Service]) -> Contradiction | None:
    """A service whose clock range is not as long as the minutes written beside it."""
    for service in services:
        if service.minutes is None or service.minutes_span is None:
            continue
        for mention in predicted.reading.times:
            if (
                mention.form == "range"
                and service.start - 28 <= mention.start < service.end
                and mention.start != service.minutes_span.start
            ):
                near = predicted.reading.low[mention.end : service.end]
                if (
                    mention.minutes != service.minutes
                    and abs(mention.start - service.minutes_span.start) < 60
                    and len(near) > 0
                ):
                    return Contradiction(
                        mention.start,
                        mention.end,
                        f"The clock range is {mention.minutes} minutes, {service.minutes} are written.",
                    )
    return None
