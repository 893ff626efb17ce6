"""What keeps an answer from being settled whatever its odds: turns of speech too rare for the trees to have learned them."""

from __future__ import annotations

from rehabcoder.billing.codes import EVALUATIONS, is_timed
from rehabcoder.language.amended import amends
from rehabcoder.language.note_minutes import LONGEST
from rehabcoder.predict.predicted import Found, Predicted

_KNOWN = 1.4  # features a word: two of 4,910 labelled notes with services come below, and most in other languages
_FEW = 4  # words, of which less can be said
# Small words of the languages whose long ones look like English.
_ELSEWHERE = frozenset(
    {
        "de", "la", "le", "les", "des", "et", "avec", "pour", "du", "une", "au", "aux", "est", "el", "los", "las",
        "con", "para", "que", "del", "por", "una", "il", "di", "della", "che", "com", "um", "uma", "und", "der", "das", "mit", "von",
        "zur", "zum", "het", "een",
    }
)  # fmt: skip
_MANY = 3  # of them, which no English note holds
_BESIDE = 12  # code points behind a service in which its minutes may stand
_TESTS = frozenset({"97750", "97755", "97537", "97542"})  # which may take longer than a service does


def doubted_note(predicted: Predicted) -> bool:
    """Whether nothing of a note may be settled: its words are hardly English, or it tells of minutes put right elsewhere."""
    return foreign(predicted) or amends(predicted.reading.low)


def foreign(predicted: Predicted) -> bool:
    """Whether the models know hardly any of the words of a note."""
    words = predicted.reading.masked.split()
    if len(words) < _FEW:
        return False
    return sum(map(len, predicted.rows)) < _KNOWN * len(words) or len(_ELSEWHERE.intersection(words)) >= _MANY


def doubted_minutes(predicted: Predicted, found: Found) -> bool:
    """Whether the minutes of a timed service are one of two lengths, were put right by the writer, or can be no service's."""
    if not is_timed(found.code) or found.code in EVALUATIONS:
        return False
    minutes = found.minutes.minutes
    if minutes is not None and (minutes == 0 or (minutes > LONGEST and found.code not in _TESTS)):
        return True
    return any(
        found.start <= time.start < found.end + _BESIDE and (minutes is None or time.form == "struck")
        for time in predicted.reading.doubted
    )
