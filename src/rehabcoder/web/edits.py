"""What a reviewer can do to an answer. Each takes an answer and gives a new one; a mistake is a sentence."""

from __future__ import annotations

from dataclasses import replace

from rehabcoder.errors import UsageError
from rehabcoder.worklist.answer import Answer, AnswerService, check_code, check_minutes, check_span


def change_code(answer: Answer, at: int, code: str) -> Answer:
    """Give a service another code. Raises: UsageError when there is no such service or code."""
    return _with(answer, at, replace(_service(answer, at), code=check_code(code), status="changed"))


def change_minutes(answer: Answer, at: int, minutes: object) -> Answer:
    """Give a service other minutes; blank for none. Raises: UsageError when they are no minutes."""
    return _with(answer, at, replace(_service(answer, at), minutes=check_minutes(minutes), status="changed"))


def move(answer: Answer, at: int, start: int, end: int, text: str) -> Answer:
    """Let a service stand on other words. Raises: UsageError when they lie outside the text or cross a service."""
    service = _service(answer, at)
    others = [other for other in answer.services if other is not service]
    start, end = check_span(start, end, text, others)
    return _sorted(_with(answer, at, replace(service, start=start, end=end, status="changed")))


def add(answer: Answer, start: int, end: int, code: str, minutes: object, text: str) -> Answer:
    """Add a service. Raises: UsageError when its words, code or minutes cannot be taken."""
    start, end = check_span(start, end, text, answer.services)
    service = AnswerService(check_code(code), check_minutes(minutes), start, end, status="added")
    return _sorted(replace(answer, services=(*answer.services, service)))


def remove(answer: Answer, at: int) -> Answer:
    """Take a service out. Raises: UsageError when there is none."""
    service = _service(answer, at)
    return replace(answer, services=tuple(other for other in answer.services if other is not service))


def dismiss(answer: Answer, flag: str, reason: str) -> Answer:
    """Say why a finding does not hold. Raises: UsageError without a reason, or when there is no such finding."""
    if flag not in answer.flags:
        raise UsageError("this note has no such finding", remedy="Reload the note.")
    if not reason.strip():
        raise UsageError("a finding is dismissed with a reason", remedy="Say in a few words why it does not hold.")
    kept = dict(answer.dismissed) | {flag: reason.strip()[:500]}
    return replace(answer, dismissed=tuple(kept.items()))


def restore(answer: Answer, flag: str) -> Answer:
    """Let a dismissed finding stand again."""
    return replace(answer, dismissed=tuple(each for each in answer.dismissed if each[0] != flag))


def _service(answer: Answer, at: int) -> AnswerService:
    if not 0 <= at < len(answer.services):
        raise UsageError("this note has no such service", remedy="Choose one of its services.")
    return answer.services[at]


def _with(answer: Answer, at: int, service: AnswerService) -> Answer:
    services = (*answer.services[:at], service, *answer.services[at + 1 :])
    return replace(answer, services=services)


def _sorted(answer: Answer) -> Answer:
    return replace(answer, services=tuple(sorted(answer.services, key=lambda s: (s.start is None, s.start or 0))))
