"""A person's answer to one note: services as code, minutes and span, and the findings that were dismissed.

An answer holds no words of the note, so that the log of decisions outlives the text. Offsets are checked against the
text when an answer is made, not when it is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from rehabcoder.billing import codes
from rehabcoder.errors import UsageError
from rehabcoder.note import CodedNote

Status = Literal["suggested", "confirmed", "changed", "added"]
MAX_MINUTES = 480  # a working day; the labelling guide's notes never pass 240
FEW_MINUTES = 5  # fewer of a timed service, typed beside its code, are more often its units


@dataclass(slots=True, frozen=True)
class AnswerService:
    """One service of an answer. `start` and `end` are null where a reviewer gave codes without pointing at words."""

    code: str
    minutes: int | None
    start: int | None = None
    end: int | None = None
    labelled: str | None = None
    status: Status = "suggested"

    def to_json(self) -> dict[str, Any]:
        return {key: getattr(self, key) for key in ("code", "minutes", "start", "end", "labelled", "status")}


@dataclass(slots=True, frozen=True)
class Answer:
    """What a note supports, as far as it was decided. `dismissed` maps a finding to the reason it does not hold."""

    services: tuple[AnswerService, ...] = ()
    flags: tuple[str, ...] = ()
    dismissed: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        services = [service.to_json() for service in self.services]
        return {"services": services, "flags": list(self.flags), "dismissed": dict(self.dismissed)}

    def dumps(self) -> str:
        return json.dumps(self.to_json(), separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Answer:
        services = tuple(AnswerService(**service) for service in data["services"])
        return cls(services, tuple(data["flags"]), tuple(data["dismissed"].items()))

    @classmethod
    def loads(cls, source: str) -> Answer:
        return cls.from_json(json.loads(source))

    @classmethod
    def of(cls, coded: CodedNote) -> Answer:
        """The answer that accepting the tool's coding as it stands would give."""
        services = tuple(AnswerService(s.code, s.minutes, s.start, s.end, s.labelled) for s in coded.interventions)
        return cls(services, tuple(dict.fromkeys(finding.id for finding in coded.flags)))

    @property
    def content(self) -> tuple[object, ...]:
        """What decides whether two answers say the same: who suggested or confirmed it does not."""
        services = sorted(
            ((s.start, s.end, s.code, s.minutes) for s in self.services), key=lambda part: tuple(map(str, part))
        )
        return (tuple(services), frozenset(self.flags) - {flag for flag, _ in self.dismissed})

    @property
    def standing_flags(self) -> tuple[str, ...]:
        gone = {flag for flag, _ in self.dismissed}
        return tuple(flag for flag in self.flags if flag not in gone)

    def confirmed(self) -> Answer:
        """The same answer once a person stands behind it: what was only suggested is confirmed."""
        services = tuple(replace(s, status="confirmed") if s.status == "suggested" else s for s in self.services)
        return replace(self, services=services)


def check_code(code: str) -> str:
    """The code as it is written in the tables, or `none`.

    Raises:
        UsageError: no such code.
    """
    return "none" if code.strip().lower() == "none" else codes.check_code(code)


def check_minutes(value: object) -> int | None:
    """Whole minutes, or None for a blank.

    Raises:
        UsageError: the value is no whole number from 0 to 480.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    number = value
    if isinstance(value, str):
        number = int(value) if re.fullmatch(r"\s*[0-9]{1,4}\s*", value) else None
    elif isinstance(value, float) and value.is_integer():
        number = int(value)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MAX_MINUTES:
        raise UsageError("the minutes are no whole number from 0 to 480", remedy="Write minutes like 15.")
    return number


def check_span(start: int, end: int, text: str, others: Iterable[AnswerService] = ()) -> tuple[int, int]:
    """A span of the text, without the blanks at its ends.

    Raises:
        UsageError: the span is empty, outside the text, or crosses another service.
    """
    if not 0 <= start < end <= len(text):
        raise UsageError("the marked words lie outside the note", remedy="Mark words inside the text.")
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        raise UsageError("only blanks were marked", remedy="Mark the words that describe the service.")
    for other in others:
        if other.start is not None and other.end is not None and start < other.end and other.start < end:
            raise UsageError("the marked words cross another service", remedy="Mark words that no service has yet.")
    return start, end


def parse_codes(source: str) -> tuple[AnswerService, ...]:
    """Read codes and minutes as a reviewer types them: `97530=15 97110=23; 97010`. `nothing` means no service.

    Fewer than five minutes of a timed service are taken with their unit alone, `97530=4min`: else they may be units.

    Raises:
        UsageError: a code or a number of minutes is wrong, or may be units.
    """
    if source.strip().lower() == "nothing":
        return ()
    services = []
    for part in re.split(r"[\s;,]+", _GAPS.sub("=", _MINUTES.sub("min", source.strip()))):
        code, equals, said = part.partition("=")
        if equals and not said:
            raise UsageError(f"no minutes after {code[:12]}=", remedy="Write 97530=15, or 97530 without minutes.")
        code, minutes = check_code(code), check_minutes(said.removesuffix("min"))
        if minutes is not None and 0 < minutes < FEW_MINUTES and codes.is_timed(code) and not said.endswith("min"):
            raise UsageError(
                f"{minutes} beside {code} looks like units, and minutes belong there",
                remedy=f"Write the minutes; if they are so few, {code}={minutes}min.",
            )
        services.append(AnswerService(code, minutes, status="added"))
    return tuple(services)


_MINUTES = re.compile(r"(?<=\d)\s*min(?:ute)?s?\b", re.IGNORECASE)
_GAPS = re.compile(r"\s*=\s*")
