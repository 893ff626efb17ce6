"""What keeps an answer from being settled whatever its odds: turns of speech too rare for the trees to have learned them."""

from __future__ import annotations

import re

from rehabcoder.billing.codes import EVALUATIONS, is_timed
from rehabcoder.language.amended import amends
from rehabcoder.language.note_minutes import LONGEST
from rehabcoder.language.part_minutes import told_of_each
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
_MAY_TAPE = "tap"
_TAPED = re.compile(
    r"(?<![a-z])(?:(?:mcconnell|kinesio\w*|k|low[- ]dye|leuko|rock|athletic|patellar|therapeutic)[- ]?tap(?:e|ed|ing)"
    r"|taping[ ](?:to|of|for|r|l|bil\w*)|mcconnell[ ](?:patellar[ ])?tap)(?![a-z])"
)
_OF_PT, _OF_OT = (frozenset(c for c in EVALUATIONS if (c <= "97164") == of_pt) for of_pt in (True, False))
_PT = re.compile(r"(?<![a-z])(?:dpt|lpt|pta|mpt|physical therap\w*)(?![a-z])")
_OT = re.compile(r"(?<![a-z])(?:otr(?:/l)?|cota(?:/l)?|occupational therap\w*)(?![a-z])")
_HEADED = re.compile(r"[ \t*-]{0,4}(pt|ot):")  # a line of the one or the other
_HOME = r"(?:hep|home[ ](?:exercises?|program(?:me)?|ex))(?![a-z])"
# Its code stands before or behind it, and its minutes; "97110 3x/week, HEP 10 min daily" is a plan.
_TAUGHT = r"(?:instruct|review|train|educ|teach|taught|perform|progress|updat)[a-z]{0,8}"
_HOME_CODED = re.compile(
    rf"(?<!\d)97\d{{3}}[ :,-]{{1,3}}(?:\d{{1,2}}[ ]?min\w*[ :,-]{{1,3}})?{_HOME}[ ]{_TAUGHT}[^.;\n\d]{{0,40}}\d"
    rf"|(?<![a-z]){_HOME}[ ]{_TAUGHT}[^.;\n\d]{{0,24}}\d{{1,2}}[ ]?min[^.;\n\d]{{0,4}}97\d{{3}}"
)
_POOL = "97113"
_SWAM_ALONE = re.compile(
    r"(?<![a-z])(?:independent(?:ly)?|solo|by (?:him|her)self|on (?:his|her|their|pts?)? ?own|unsupervised|alone)(?![a-z])"
)
_PACK, _CURRENTS = "97010", frozenset({"97014", "97032", "G0283"})
_BESIDE = 12  # code points behind a service in which its minutes may stand
_TESTS = frozenset({"97750", "97755", "97537", "97542"})  # which may take longer than a service does


def doubted_note(predicted: Predicted) -> bool:
    """Whether nothing of a note may be settled: its words are hardly English, it tells of minutes put right elsewhere, or of
    two disciplines, or of a home programme taught under a code with minutes, which counts only where more is said of it."""
    low = predicted.reading.low
    return foreign(predicted) or amends(low) or _of_another_discipline(predicted) or _home_coded(predicted)


def _of_another_discipline(predicted: Predicted) -> bool:
    """Whether an evaluation is billed as that of another discipline than the one that the note names, or lines of both hold
    services: a claim is of one."""
    low, codes = predicted.reading.low, {service.code for service in predicted.services}
    for evaluations, own, other in ((_OF_PT, _PT, _OT), (_OF_OT, _OT, _PT)):
        if not codes.isdisjoint(evaluations) and other.search(low) and not own.search(low):
            return True
    if "ot:" not in low or "pt:" not in low:
        return False
    heads = (_HEADED.match(low, low.rfind("\n", 0, service.start + 1) + 1) for service in predicted.services)
    return len({head[1] for head in heads if head}) > 1


def _home_coded(predicted: Predicted) -> bool:
    low = predicted.reading.low
    if "hep" not in low and "home " not in low:
        return False
    held = [(service.start, service.end) for service in predicted.services]
    return any(not any(start <= found.start() < end for start, end in held) for found in _HOME_CODED.finditer(low))


def taped(predicted: Predicted, found: Found) -> bool:
    """Whether a timed service tells of taping by a technique's name, which has codes of its own by the part taped."""
    low = predicted.reading.low
    return is_timed(found.code) and _MAY_TAPE in low and _TAPED.search(low, found.start, found.end) is not None


def swam_alone(predicted: Predicted, found: Found) -> bool:
    """Whether an aquatic service tells of something done alone, which is none of its minutes."""
    return found.code == _POOL and _SWAM_ALONE.search(predicted.reading.low, found.start, found.end) is not None


def hides_current(predicted: Predicted, found: Found) -> bool:
    """Whether a pack names a current given with it, which is a service by itself: "MHP/IFC x 15"."""
    if found.code != _PACK:
        return False
    return any(label.code in _CURRENTS for label in predicted.reading.labels_in(found.start, found.end))


def foreign(predicted: Predicted) -> bool:
    """Whether the models know hardly any of the words of a note."""
    words = predicted.reading.masked.split()
    if len(words) < _FEW:
        return False
    return sum(map(len, predicted.rows)) < _KNOWN * len(words) or len(_ELSEWHERE.intersection(words)) >= _MANY


def doubted(predicted: Predicted, found: Found) -> bool:
    """Whether a service may not be settled."""
    signs = (doubted_minutes, taped, hides_current, swam_alone)
    return any(sign(predicted, found) for sign in signs)


def doubted_minutes(predicted: Predicted, found: Found) -> bool:
    """Whether the minutes of a timed service are one of two lengths, those of each of its parts, put right by the writer, or
    more than a service takes."""
    if not is_timed(found.code) or found.code in EVALUATIONS:
        return False
    minutes = found.minutes.minutes
    if minutes is not None and (minutes == 0 or (minutes > LONGEST and found.code not in _TESTS)):
        return True
    if told_of_each(predicted.reading, found.minutes) and not _shared(predicted, found):
        return True
    return any(
        found.start <= time.start < found.end + _BESIDE and (minutes is None or time.form == "struck")
        for time in predicted.reading.doubted
    )


def _shared(predicted: Predicted, found: Found) -> bool:
    """Whether another service has its minutes from the same words: "15 min each" of several."""
    return sum(service.minutes.start == found.minutes.start for service in predicted.services) > 1
