"""Whether a note says in a sentence of its own that nobody was treated: "No therapy today, she was at her sister's"."""

from __future__ import annotations

import re

from rehabcoder.billing.codes import is_timed
from rehabcoder.language.reading import Reading
from rehabcoder.language.shared import NO_LENGTH

_DAY = r"(?:today|this[ ](?:visit|date|session|time|am|pm))"
_ENDS = r"(?=[ ]*(?:[.,;:\n(-]|\Z|and\b|no\b))"
_SAID = re.compile(
    r"(?:\A|[.;\n])[\s*>-]{0,8}+(?:\d{1,2}[.)][ ])?(?:"
    r"no[ ](?:skilled[ ])?(?:therapy|treatments?|tx|rx|(?:therapy|skilled)[ ]services|(?:pt|ot)(?:[ ](?:tx|treatment))?)(?![a-z])"
    rf"(?:[ ](?:was[ ])?(?:given|provided|rendered|done|performed|delivered)(?:[ ]{_DAY})?|[ ]{_DAY}){_ENDS}"
    rf"|(?:(?:s?he|pt|patient|client|resident|(?:mr|mrs|ms)\.?[ ][a-z]+)[ ](?:was[ ])?)?not[ ](?:seen|treated)(?:[ ]by[ ]me)?[ ]{_DAY}{_ENDS}"
    r"|(?:equipment|delivery|drop[ -]?off|pick[ -]?up)(?:[ ](?:visit|delivery))?[ ]only(?=[ ]*(?:[.,;:\n]|\Z)))"
)
_NEAR = 40  # code points from the name of a timed code to its minutes


def nobody_treated(reading: Reading) -> bool:
    """Whether it says so, and gives no timed code its minutes."""
    if not _SAID.search(reading.low):
        return False
    return not any(
        is_timed(label.code)
        and any(time.form not in NO_LENGTH for time in reading.times_in(label.end, label.end + _NEAR))
        for label in reading.labels
    )
