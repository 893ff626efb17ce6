"""Whether one note holds several visits, or several patients: the minutes of both would be pooled into one claim."""

from __future__ import annotations

import re

from rehabcoder.findings.registry import Context, Raised, finding

# Headings that a note has once, at the beginning of a line. Only where one of them comes again with another value does it tell:
# "DOS" is the date of surgery as well, and a signature has a date of its own.
_DAY = re.compile(
    r"^[ \t*#>-]{0,8}(?P<head>d\.?o\.?s\.?|date[ ]of[ ](?:service|visit|treatment|session)"
    r"|(?:service|visit|treatment|session)[ ]date)[ \t]{0,4}[:=-]?[ \t]{0,4}"
    r"(?:(?P<year>\d{4})-)?(?P<month>\d{1,2})[/.-](?P<day>\d{1,2})(?!\d)",
    re.IGNORECASE | re.MULTILINE,
)
_PATIENT = re.compile(
    r"^[ \t*#>-]{0,8}(?P<head>(?:patient|client)[ ](?:name|id)|mrn|patient|client|name)[ \t]{0,4}[:=#][ \t]{0,4}"
    r"(?P<value>[^\n|;]{1,40})",
    re.IGNORECASE | re.MULTILINE,
)
# "Patient: Lee, Ann" and "MRN: 00412", and not "Patient: reports less pain".
_NAME = re.compile(
    r"[A-Z][A-Za-z'’-]+,?[ ](?:[A-Z][A-Za-z'’.-]*)(?=[ ]{2}|[ \t]*(?:$|[,(\d]))|[A-Z]{0,3}-?\d[\d-]{2,}(?=$|[\s,])"
)


@finding("several_visits")
def several_visits(context: Context) -> Raised | None:
    """The second day of service, or the second patient, that the text names in the same kind of heading."""
    if not context.services:
        return None
    text = context.predicted.reading.text
    return _second_day(text) or _second_patient(text)


def _second_day(text: str) -> Raised | None:
    first: dict[str, tuple[int, int]] = {}
    for heading in _DAY.finditer(text):
        day = (int(heading["month"]), int(heading["day"]))  # a year may be left out the second time
        if first.setdefault(_head(heading["head"]), day) != day:
            return Raised(heading.start("head"), heading.end(), "It names a second day of service.")
    return None


def _second_patient(text: str) -> Raised | None:
    first: dict[str, list[str]] = {}
    for heading in _PATIENT.finditer(text):
        name = _NAME.match(heading["value"])
        if name is None:
            continue
        words = sorted(re.findall(r"\w+", name[0].lower()))  # "Lee, Ann" is Ann Lee
        if first.setdefault(_head(heading["head"]), words) != words:
            return Raised(heading.start("head"), heading.start("value") + name.end(), "It names a second patient.")
    return None


def _head(words: str) -> str:
    return words.lower().replace(".", "")
