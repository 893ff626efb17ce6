"""How sure an answer is, and whether a person should look: calibrated on clinics that the training left out."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from rehabcoder.billing.codes import EVALUATIONS, is_timed, one_name, says_itself
from rehabcoder.language.activities import find_activities
from rehabcoder.language.detail import content_words
from rehabcoder.predict.doubts import doubted, doubted_note
from rehabcoder.predict.model import Model
from rehabcoder.predict.predicted import Found, Predicted


@dataclass(slots=True)
class Judged:
    """The code of a service with its calibrated probability, the runners-up, and the reasons for a second look."""

    code: str
    confidence: float
    alternatives: list[tuple[str, float]]
    reasons: list[str]


def _odds(probability: float) -> float:
    return math.log((probability + 1e-4) / (1 - probability + 1e-4))


_SHORT, _REAL = 3, 5  # minutes: a shorter time is a dose; from the second on it is hardly ever one
_TOLD = frozenset({"min", "word"})  # feet are written like minutes with a stroke
_SERVICE = 8  # minutes that may be those of a service of its own
_NO_LENGTHS = EVALUATIONS | {"none", "97150"}
# A time that is no length of a service: "worn 30 min", "every 20 min", "after a 15 minute delay".
_OTHERWISE = re.compile(
    r"(?<![a-z])(?:after|every|q|until|till|within|worn|wear\w*|last|next|past|rest\w*|delay\w*)(?![a-z])[^.;\n\d]{0,16}\Z|\bto \Z"
)
_OTHERWISE_BEHIND = re.compile(r"[ -](?:delay|rest|break|wear|later|ago|timer|walk test|total|timed)")
_BEFORE, _BEHIND = {"": 0, "\n": 0, " ": 1}, {"": 0, "\n": 0, " ": 1, ".": 2}
_GAIT = "97116"
_GOODS = re.compile(
    r"(?<![a-z])(?:carry|carries|carrie?d|carrying|loads?|loaded|loading|unload(?:s|ed|ing)?|with|w/?)[ \n]"
    r"(?:(?!no\b|out\b)[a-z\d#\"-]+[ \n]){0,3}?"
    r"(?:grocer(?:y|ies)|laundry|shopping|suitcases?|luggage|dish(?:es)?|trays?|toolbox|(?:bags?|baskets?|boxes|box|crates?)"
    r"(?:[ \n][a-z\d#.]+){0,4}?[ \n](?:in|into|to|from|on|up|down|of)[ \n])"
)
_EXERCISED = frozenset({"97110", "97112", "97530", "97116", "97535"})
_MODALITIES = frozenset(
    {"97010", "97012", "97014", "G0283", "97016", "97018", "97022", "97032", "97033", "97034", "97035"}
)
_CHAIR_DRIVEN = re.compile(
    r"(?<![a-z])(?:(?:dr[oi]v(?:e|es|en|ing)|(?:self-?)?propel(?:s|led|ling)?|steer(?:s|ed|ing)?|manoeuvr(?:ed|ing)|maneuver(?:ed|ing))\s"
    r"(?:[a-z'-]+\s){0,4}?(?:w/?c|(?:wheel|power ?)?chair|scooter)(?![a-z])"
    r"|(?:power|manual|loaner|tilt)\s(?:wheel)?chair\s(?:driven|propelled|pushed)|pushed\s(?:his|her|the|their)\s(?:own\s|manual\s|loaner\s)?wheelchair)"
)
_MAYBE_HANDS_ON = re.compile(
    r"(?<![a-z])(?:mob|soft|stm|releas|friction|glid|distract|massag|grade|gr\b|manip|muscle energy|iastm|cupping)"
)
_HANDS_ON = frozenset(
    {
        "Active Release Technique", "cross-friction massage", "cupping", "edema massage", "fascial release",
        "instrument-assisted soft tissue mobilization", "joint mobilization", "long-axis distraction", "manipulation",
        "manual traction", "massage", "muscle energy technique", "positional release", "rib mobilization",
        "scar mobilization", "soft tissue mobilization", "suboccipital release", "trigger point release",
    }
)  # fmt: skip
_CORE = frozenset({"97110", "97112", "97530"})
_ADDS_UP = {"yes": 0, "no": 1, "unstated": 2}
_UNSTATED = -99  # minutes, where no total is stated

SIGNS = (
    "odds of the code",
    "odds against the next code",
    "odds of the first code by the description alone",
    "the label does not change the code",
    "label: none, agrees, differs",
    "too thin to tell",
    "odds of being a service",
    "without minutes",
    "odds of the minutes",
    "services of the note",
    "pieces of the service",
    "one of the three codes",
    "adds up: yes, no, unstated",
    "lead of this way to cut the note",
    "times within",
    "times that no service took",
    "labels within",
    "other services of the code",
    "minutes by fives",
    "words",
    "least odds of being a service in the note",
    "least odds of minutes in the note",
    "least odds of a code in the note",
    "services without minutes in the note",
    "services with a label in the note",
    "pieces of the note",
    "mark before",
    "mark behind",
    "minutes beyond the stated total",
    "minutes",
    "times of the note",
)
"""What tells how likely an answer is right: of the service itself, and of how well its note came out as a whole."""


class Whole(NamedTuple):
    """A note, and what the signs of each of its answers take from it as a whole."""

    predicted: Predicted
    codes: Counter[str]
    untaken: int  # times that are nobody's minutes
    taken: set[int | None]  # minutes of services, and totals
    weakest_span: float
    weakest_minutes: float
    weakest_code: float
    untimed: int
    labelled: int
    beyond: int  # the stated total
    doubted: bool  # nothing of it may be settled


def whole(predicted: Predicted) -> Whole:
    """A note with what the signs of its answers have in common; counted once, since a text may hold thousands of services."""
    services, stated = predicted.services, predicted.stated
    total = stated.timed or stated.total
    taken = {stated.timed, stated.total, *(s.minutes.minutes for s in services)}
    return Whole(
        predicted,
        Counter(s.code for s in services),
        sum(t.minutes >= _REAL and t.minutes not in taken for t in predicted.reading.times),
        taken,
        min((_odds(s.certainty) for s in services), default=0.0),
        min((_odds(s.minutes.sure) for s in services), default=0.0),
        min((_odds(s.probabilities[0][1]) for s in services), default=0.0),
        sum(s.minutes.minutes is None for s in services),
        sum(s.labelled is not None for s in services),
        sum(s.minutes.minutes or 0 for s in services) - total if total else _UNSTATED,
        doubted_note(predicted),
    )


def signs(note: Whole, found: Found, thin: bool) -> list[float]:
    """The `SIGNS` of an answer, in their order. None of them is a word of the note."""
    predicted, reading = note.predicted, note.predicted.reading
    top, second = found.probabilities[0], found.probabilities[1] if len(found.probabilities) > 1 else ("", 0.0)
    label = one_name(found.labelled) if found.labelled else None
    minutes = found.minutes.minutes
    return [
        _odds(top[1]),
        _odds(top[1] / (top[1] + second[1] + 1e-6)),
        _odds(found.described[0][1]),
        found.described[0][0] == top[0],
        0 if label is None else 1 if label == top[0] else 2,
        thin,
        _odds(found.certainty),
        minutes is None,
        _odds(found.minutes.sure),
        len(predicted.services),
        found.pieces[1] - found.pieces[0],
        top[0] in _CORE,
        _ADDS_UP[predicted.adds_up],
        min(found.lead, 9.0),
        sum(t.minutes >= _SHORT for t in reading.times_in(found.start, found.end)),
        note.untaken,
        len({one_name(la.code) for la in reading.labels_in(found.start, found.end)}),
        note.codes[found.code] - 1,
        (minutes or 0) % 5 == 0,
        len(reading.low[found.start : found.end].split()),
        note.weakest_span,
        note.weakest_minutes,
        note.weakest_code,
        note.untimed,
        note.labelled,
        len(predicted.rows),
        _BEFORE.get(reading.low[found.start - 1 : found.start] if found.start else "", 2),
        _BEHIND.get(reading.low[found.end : found.end + 1], 3),
        note.beyond,
        minutes or 0,
        len(reading.times),
    ]


class Answer(NamedTuple):
    """One service of a note with all that its judgement rests on; it holds none of the note's text."""

    found: Found
    thin: bool  # described too thinly to judge
    signs: list[float]
    second_time: bool = False  # a time within may be that of another service, overlooked
    task_walked: bool = False  # called gait, and goods are carried: a task, or a load on walking that is drilled
    two_kinds: bool = False  # hands-on treatment told within another service that no label holds together
    doubted: bool = False  # by turns of speech that the trees do not know


def answer(note: Whole, found: Found) -> Answer:
    """A service of a note, ready to be judged."""
    reading = note.predicted.reading
    thin = content_words(reading.low, reading.labels, found.start, found.end) == 0
    return Answer(
        found,
        thin,
        signs(note, found, thin),
        _second_time(note, found),
        _task_walked(note, found),
        _two_kinds(note, found),
        note.doubted or doubted(note.predicted, found),
    )


def _two_kinds(note: Whole, found: Found) -> bool:
    """Whether a service tells of hands-on treatment and comes out as exercise, activity or gait without a label that holds the
    two together, or as a modality: of the labelled services settled so, 9 of 21 were two."""
    reading = note.predicted.reading
    if found.code in _EXERCISED and _CHAIR_DRIVEN.search(reading.low, found.start, found.end):
        return True  # a wheelchair driven is a service by itself
    unlabelled = found.labelled is None and found.code in _EXERCISED
    if not (unlabelled or found.code in _MODALITIES) or not _MAYBE_HANDS_ON.search(reading.low, found.start, found.end):
        return False
    return any(activity.name in _HANDS_ON for activity in find_activities(reading, found.start, found.end))


def _task_walked(note: Whole, found: Found) -> bool:
    """Whether goods are carried or loaded in a service that comes out as gait, which is a task rather than a pattern."""
    return found.code == _GAIT and bool(_GOODS.search(note.predicted.reading.low, found.start, found.end))


def _second_time(note: Whole, found: Found) -> bool:
    """Whether a service holds a time that nobody took and that can be no part of it: one longer than its own, or any within a
    pack or a machine."""
    low, own = note.predicted.reading.low, found.minutes.minutes
    if own is None or found.code in _NO_LENGTHS:
        return False  # of several services together, as often as not
    least = max(_SERVICE, own + 1) if is_timed(found.code) else _SERVICE
    return any(
        time.form in _TOLD
        and time.minutes >= least
        and time.minutes not in note.taken
        and not _OTHERWISE.search(low, max(found.start, time.start - 32), time.start)
        and not _OTHERWISE_BEHIND.match(low, time.end)
        for time in note.predicted.reading.times_in(found.start, found.end)
    )


def code_of(answer: Answer) -> str:
    """The code that the description supports; of one too thin to judge, the label's."""
    label = answer.found.labelled
    return one_name(label) if label and answer.thin else answer.found.code


def judge(model: Model, answer: Answer) -> Judged:
    """How sure an answer is, and whether a person should look at it."""
    found, code = answer.found, code_of(answer)
    label = one_name(found.labelled) if found.labelled else None
    confidence = model.confidence.probability(answer.signs) if model.confidence else found.probabilities[0][1]
    reasons: list[str] = []
    if label is not None and label != code:
        reasons.append("code_mismatch")
    if answer.thin and label is not None and not (label == found.code and says_itself(label)):
        reasons.append("label_followed")
    settled = model.settle.probability(answer.signs) if model.settle else confidence
    # Company told in passing: whether the minutes beside it were a group's, a person says.
    given = found.attendance
    apart = given is not None and not found.start <= given.start < found.end
    in_passing = code == "97150" and label is None and (apart or found.minutes.minutes is None)
    against = given is not None and given.code != code  # its words say that it was not given one-on-one
    told = answer.second_time or answer.task_walked or answer.two_kinds or answer.doubted
    if in_passing or against or told or settled < model.thresholds.get("settle", 0.9):
        reasons.append("uncertain_code" if confidence < 0.9 else "uncertain_reading")
    alternatives = [(c, p) for c, p in found.probabilities if c != code][:3]
    return Judged(code, confidence, alternatives, reasons)
