"""A rationale for each therapy, as chiropractic networks ask for it. The words are data: `knowledge/rationale.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from rehabcoder.billing.checks import therapies
from rehabcoder.findings.registry import Context, Raised, finding
from rehabcoder.language.patterns import knowledge
from rehabcoder.note import Service

_NEAR = r"(?:(?!min|sec)[a-z/'&+-][a-z0-9/'&+-]* ){0,4}"  # words between "for" and what it is for: no comma, no time
_OPENED = r"\b(?:for|target(?:s|ed|ing)|address(?:es|ed|ing)?|emphasi[sz]ing|emphasis on|focus(?:ed|ing)? on|aimed at|towards?)"
_ENDS = ("\n", ". ", "; ")
_LOOKED = "Looked in the words of each service, in the next sentence of its line, and in sentences that name the same therapy."


@dataclass(slots=True, frozen=True)
class _Patterns:
    reason: re.Pattern[str]
    of_all: re.Pattern[str]
    of_all_alone: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    table = knowledge("rationale")
    verbs, aims = ("|".join(map(re.escape, sorted(table[name].split(), reverse=True))) for name in ("verbs", "aims"))
    not_told = "".join(f"(?<!{re.escape(word)})" for word in table["told"])
    reason = (
        rf"\b{not_told}to (?:(?:help|further|better|gently|safely|gradually|progressively) )?(?:{verbs})",
        rf"{_OPENED} {_NEAR}(?:{aims})\b",
        r"\bfor (?!standing|sitting|lying|being|during|nothing|blanching)[a-z]{3,}ing\b",
        *(rf"(?<![a-z0-9]){words}" for words in table["because"]),
    )
    return _Patterns(*(re.compile("|".join(words)) for words in (reason, table["all"], table["alone"])))


@finding("missing_rationale")
def missing_rationale(context: Context) -> Raised | None:
    asked = [service for service in context.services if therapies([service.code])]
    if not asked or _for_all(context):
        return None
    without = [service for service in asked if not _has_reason(context, service)]
    if not without:
        return None
    codes = ", ".join(dict.fromkeys(service.code for service in without))
    detail = f"None was found for {len(without)} of {len(asked)} ({codes}). {_LOOKED}"
    return Raised(without[0].start, without[0].end, detail)


def _has_reason(context: Context, service: Service) -> bool:
    low, reason = context.predicted.reading.low, _patterns().reason
    return any(reason.search(low, start, end) for start, end in _places(context, service))


def _places(context: Context, service: Service) -> Iterator[tuple[int, int]]:
    """Where a reason for a service may stand."""
    reading = context.predicted.reading
    taken = [(found.start, found.end) for found in context.predicted.services]
    yield service.start, service.end
    for piece in reading.pieces:
        if piece.end > service.end:
            if not piece.first and not any(start < piece.end and service.end <= start for start, _ in taken):
                yield max(piece.start, service.end), piece.end
            break
    same = {service.code, service.labelled}
    for label in reading.labels:
        if label.code in same and not any(start <= label.start < end for start, end in taken):
            yield _sentence(reading.low, label.start)


def _sentence(low: str, at: int) -> tuple[int, int]:
    """The sentence around a place; pieces are finer, since each name of a therapy opens one of its own."""
    start = max(low.rfind(mark, 0, at) + len(mark) if mark in low[:at] else 0 for mark in _ENDS)
    return start, min(end if (end := low.find(mark, at)) >= 0 else len(low) for mark in _ENDS)


def _for_all(context: Context) -> bool:
    """Whether a sentence gives one reason for all therapies of the note."""
    reading, patterns = context.predicted.reading, _patterns()
    for piece in reading.pieces:
        if patterns.reason.search(reading.low, piece.start, piece.end):
            if patterns.of_all.search(reading.low, piece.start, piece.end):
                return True
            named = any(piece.start <= label.start < piece.end for label in reading.labels)
            if not named and patterns.of_all_alone.search(reading.low, piece.start, piece.end):
                return True
    return False
