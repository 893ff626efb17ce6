"""What stands around the phrases and figures by which a note states its totals."""

from __future__ import annotations

import re

from rehabcoder.language.times import WORDS

# Before a phrase: a figure that it may belong to; a word that makes it the total of something else ("Berg total").
COUNTED = re.compile(r"\d[ \t]*(?:minutes?[ \t]|mins?\.?[ \t]|m[ \t]|')?[ \t]*\Z")
OF_A_TEST = re.compile(
    r"(?<![a-z])(?!(?:min|mins|minutes|and|the|for|pt|ot|of|at|tx|rx|visit|session|timed|u|units?|gives|makes)[ \t])"
    r"[a-z]{2,}[ \t]\Z"
)
# ... or that of one service: "(gait total 15 min)".
OF_ONE_SERVICE = re.compile(
    r"(?:\A|[(;:\n]|\.\s)\s?(?:gait|te|ta|mt|nmr|us|manual|ther\.?\s?ex|ther\.?\s?act|self[ -]care|adls?|exercises?|activities)[ \t]\Z"
)
NO_FIGURE = frozenset(";!?%") | {""}
# A row of lengths with boxes on a form: "Session: [ ] 30  [x] 45  [ ] 60 min".
CHOICE = re.compile(
    r"(?<![a-z])(?:session|visit|treatment|tx|time|length|duration|minutes|total)[a-z ]{0,12}[:=]?[ \t]*"
    r"(?:(?:\u2610|\u2611|[\[(][ \t]*x?[ \t]*[\])])[ \t]*\d{1,3}(?![\d:])[ \t]*(?:min(?:ute)?s?\b)?[ \t,/|]*){2,8}"
)
CHOSEN = re.compile(r"(?:\u2611|[\[(][ \t]*x[ \t]*[\])])[ \t]*(\d{1,3})")
UN = re.compile(r"(?<![a-z])(?:untimed|un|non?|not)[\s-]\Z")
OPENS = re.compile(
    r"(?:[ ]{3}|[\n.;:,|()*>/\"\]-]|\b(?:our|the|this|her|his|whole|entire|pt|ot|am|pm|a|today's|telehealth|home|video"
    r"|phone|virtual|daily|initial|full|individual|skilled|clinic))\s*\Z"
)
TIMED_AND_TOTAL = re.compile(
    r"(?:timed|tt?ct)[a-z ]{0,12}(?:/|&|\||\band\b|=)\s*(?:total|ttt|tx)|total[a-z ]{0,18}(?:/|&|\||\band\b|=)\s*timed"
)
PART_OF = re.compile(r"(?<![\w.:/])(\d{1,3})\s?(?:min(?:ute)?s?\s)?(?:out\s)?of\s(?:the\s|our\s)?\Z")
PART_OF_VISIT = re.compile(
    r"\s(?:out\s)?of\s(?:the|our|this|that|her|his)\s(?:visit|session|time|hour)\b(?!\s(?:was|were|is|timed|billable))"
)
# Behind a total the part of it that was timed: "53 minutes, of which forty-five were timed", "53 min total, 45 of them timed".
# ... or behind it what was done for so long all told: "18 min total bouts".
OF_BOUTS = re.compile(r"[ \t](?:bouts?|intervals|walking|standing|sets|laps|play|on[ \t]feet|wear)(?![a-z])")
PARTLY_TIMED = re.compile(
    r"(?:[ \t]+(?:total|in\sall|altogether|all\stold)(?![a-z]))?[ \t(,;]+(?:(?:and|with)\s)?(?:(?:out\s)?of\s(?:which|these|those)\s|incl\w*\s)?"
    rf"(?P<n>\d{{1,3}}|{WORDS})(?:\s?min(?:ute)?s?)?(?:\sof\s(?:them|these|those|which|it|that))?(?:\s(?:was|were|being))?\s(?:timed|billable)\b"
)
NAMED_AGAIN = re.compile(r"\d{1,3}[ \t](?:min\w*[ \t])?(?:un)?(?:timed|total)(?![a-z])")
# ... or that all of it was: "41 min treatment, all of it timed".
ALL_TIMED = re.compile(
    r"[ \t]*[,;(-]+[ \t]*(?:and\s)?(?:all|every\s(?:minute|bit|one))(?:\s(?:of\s)?(?:it|them|this|that|these|those|which))?(?:\s(?:is|was|are|were|being))?"
    r"\s(?:timed|billable)(?![a-z]|[ \t]*[:=|-]?[ \t]*\d)"
)
# The sum behind the minutes of each name ("TE 12 NMR 23 = 35"), and the minutes behind the units ("97110 x2, 97140 x1 (43)").
EQUALS = re.compile(r"=[ \t]*(?P<n>\d{2,3})(?![\d.:/%-])(?=[ \t]*(?:min(?:ute)?s?\b|m\b)?[ \t.)]*(?:$|[,;|\n]))", re.M)
BEHIND_UNITS = re.compile(r"[ \t]{0,4}(?:\((?P<n>\d\d)\)|[/=|-][ \t]?(?P<m>\d\d))[ \t.]*(?=\n|\Z)")
BARE_LENGTH = re.compile(r"[a-z# ]+?\.?(?:\s(?:spent|today|given|provided|this\s(?:visit|session|date)))*[\s:=~_\[(-]*")
# Two figures at the head of a line, the timed minutes and the total: "38/48 min".
HEADS_BOTH = re.compile(r"(?:^|\n)[ \t]*(\d{2,3})[ \t]?/[ \t]?(\d{2,3})[ \t]?(?:min(?:ute)?s?|m)\b")
TX = re.compile(r"(?:tx|rx|treatment|therapy)[\s:=]*\Z")
TX_OR_VISIT = re.compile(
    r"(?:tx|rx|treat(?:ment)?|therapy|visit|session)(?:\stime)?[\s:=-]*\Z"
)  # behind the timed minutes
# Between the figures of two totals side by side, and what may stand there.
BETWEEN_TOTALS = re.compile(
    r"[ \t,;/|.-]*+(?:(?:and|with|plus)[ \t]++)?(?:(?:un|non)[ -]?timed[ \t:=]*+\d{1,3}[ \t]*+(?:min(?:ute)?s?(?![a-z])|m(?![a-z])|')?[ \t,;/|.-]*+)?"
)
SPOKEN_BEFORE = re.compile(rf"(?<![a-z]){WORDS}\s\Z")
FIGURE_LINE = re.compile(r"^[ \t]*([1-9]\d)[ \t]*$", re.M)  # believed where it is the sum of the services
# Two figures or more at the head of a line or a sentence, each with its word behind it: "26 timed 36 tot".
_TIMED_WORD, _TOTAL_WORD = r"(?:timed|tmd|tcm|ttct|billable)", r"(?:total|tot|ttl|ttt|visit|session|treatment|tx)"
_MINUTES = r"(?:min(?:ute)?s?\.?|m|')"
FIGURE_AND_WORD = re.compile(
    rf"(?P<n>\d{{1,3}})(?:[ \t]?{_MINUTES})?[ \t](?:(?P<timed>{_TIMED_WORD})|(?P<total>{_TOTAL_WORD})|untimed)"
    rf"(?:[ \t](?:{_MINUTES}|time|tx|treatment))?(?![a-z])"
)
_PAIR = re.sub(r"\?P<\w+>", "?:", FIGURE_AND_WORD.pattern)
WORDS_BEHIND = re.compile(
    rf"(?:^[ \t*>-]*+|(?<=[.;][ ])|(?<=[ ]{{3}}))(?:(?:time|min(?:ute)?s?)[ \t]*[:=][ \t]*)?"
    rf"(?P<pairs>{_PAIR}(?:[ \t]{{0,12}}[ ,/|;&+\t][ \t]?(?:and[ \t])?{_PAIR}){{1,3}})\.?(?![ \t]*[:=]?[ \t]*\d{{2,3}}(?!\d|[ \t]?u))",
    re.M,
)
# "forty minutes timed and fifty total with the heat"; "30 timed + traction = 42", "timed 30 + heat 12 = 42"
_SAID = rf"(?:\d{{2,3}}|{WORDS})"
TIMED_THEN_TOTAL = re.compile(
    rf"(?<![\w.:/-])(?:(?P<timed>{_SAID})[ ](?:{_MINUTES}[ ])?(?:timed|billable)(?:[ ]{_MINUTES})?,?[ ](?:and|with|but|plus|out[ ]of)[ ]"
    rf"(?P<total>{_SAID})[ ](?:{_MINUTES}[ ])?(?:total|in[ ]all|all[ ]told|altogether|overall)(?![a-z])"
    rf"|(?:(?P<n>\d{{2,3}})[ ]?(?:{_MINUTES}[ ])?timed(?:[ ]{_MINUTES})?|timed[ :]{{1,2}}(?P<m>\d{{2,3}})(?:[ ]?{_MINUTES})?)[ ]?\+[ ]?(?:\d{{1,2}}[ ])?[a-z][a-z /&-]{{1,24}}?"
    rf"(?:[ :]{{1,2}}\d{{1,2}})?(?:[ ]?{_MINUTES})?[ ]?=[ ]?(?P<sum>\d{{2,3}}))(?![\d./:%])"
)
SUM_BEFORE = re.compile(r"\d[ \t]*\+[ \t]*\d{1,3}[ \t]*(?:min(?:ute)?s?|m)?[ \t]*=[ \t]*\Z")
# Between the total and the units that it heads: "42m: 97110 1".
HEADS_UNITS = re.compile(r"[ \t:=-]*(?:units?[ \t:]*)?")
# Around a figure without a unit, and behind one with it.
BARE_BEHIND = re.compile(
    r"\d\d\d?(?=[ \t]*(?:w(?:as|ere)[ \t])?(?P<plain>timed|tmd|tcm|ttt|ttct)\b"
    r"(?![ \t:=]*\d{1,3}(?!\d|\s(?:un)?(?:timed|total)))"
    r"|[ \t](?:total|tot|ttl|altogether)\b[ \t]*(?:$|[.,;|/)(*\"<\n-]|(?:min\w*|time|tx)(?![ \t:=]*\d)))",
    re.M,
)
CLOSED = re.compile(
    r"\s*(?:$|[.;:,)\]\n|*\"<]|--|(?<=\s)\s\S|today\b|this\s(?:morning|afternoon|evening|visit|session|date|am|pm)\b|1:1|one[\s-]on"
    r"|from\s+(?:me|us|the\s+therapist)\b|(?:in|on)\s+(?:the\s+)?(?:clinic|gym|room|unit|floor)|with\s+(?:her|him|them|me|us|mr|mrs|ms|pt|the\s+patient)\b"
    r"|(?:for|of)\s+(?:skilled\s+)?(?:direct\s+)?(?:pt|ot|(?:physical\s+|occupational\s+)?therapy|treatment|services|tx)\b"
    r"|(?:(?:for|of)\s+)?(?:(?:skilled|direct|outpatient|inpatient|home|individual|1:1)\s+){0,3}+(?:pt|ot|(?:physical|occupational)\s+therapy)"
    r"\s+(?:in|at|from|with)\b)"
)
OF_THERAPY = re.compile(
    r"[ \t-]+(?:(?:with|from)[ \t]me|for[ \t](?:the|this|today's)[ \t](?:(?:whole|full|entire)[ \t])?(?:visit|session|appointment|treatment)|(?:of[ \t])?(?:skilled[ \t])?(?:pt|ot|(?:physical|occupational)[ \t]therapy))(?:[ \t](?:1:1|one-on-one))?"
    r"[ \t]*(?=[.,;:)\n]|\Z)"
)
# How long the patient was seen, and for what: "Pt seen 60 min for neck pain".
_SEEN = re.compile(
    r"[ \t*>-]*(?:(?:the\s)?(?:pt|patient|client|child|he|she|veteran|vet|resident|member|student|infant|baby|athlete|worker|soldier|(?:mr|mrs|ms)\s[a-z-]{1,20})\s(?:was\s|is\s)?)?seen\s(?:(?:today|for|x|1:1)\s)*(?:~\s?|about\s)?"
)
_SEEN_FOR = re.compile(
    r"[ \t]+(?:today[ \t]+)?(?:for|following|after|since|re:?|s/p|post)[ \t]+(?:the[ \t]|his[ \t]|her[ \t]|their[ \t])?"
)
THERAPY_FOR = re.compile(r"(?:^|[\n.;:|*)>\"-])[ \t]*(?:skilled\s)?(?:pt|ot)(?:\stx|\streatment)?\s?(?:x|for)\s?\Z")
UNITS_BEHIND = re.compile(r"[ \t]*[=/,(]*[ \t]*\d{1,2}[ \t]*(?:u|units?)\b[ \t)]*(?:$|[.;\n])")
NOUN = re.compile(r"[ \t]+(?!min|units?\b|timed|today)[a-z]")
# ... what is done for so long by the clock, again and again or as a test: "timed 5 min blocks", "timed 6 min walk".
INTERVALS = re.compile(
    r"[ \t-]*(?:min(?:ute)?s?\b)?[ \t-]*(?:blocks|intervals?|bouts?|rounds?|walks?|walking|runs?|trials?|sets?|holds?|pieces|sprints?|sessions)(?![a-z])"
)
# Behind a figure: the one service, or the few of several, that it is the time of; the units as which it was billed.
ON_ONE = re.compile(r"\s(?:were\s|was\s)?(?:spent\s)?(?:on|of|for|in|doing)\s")
ON_SEVERAL = re.compile(
    r"[^.;\n\d]{0,24}?\b(?:on|to|for|in|into|between)\s(?:the\s|these\s)?(?:two|three|four)\s(?:things|parts|blocks|areas|pieces)\b"
)
# ... or the several between which it was shared out: "we had forty minutes between the exercises and the stairs".
SHARED_BETWEEN = re.compile(
    r"\s(?:(?:today|this\s(?:morning|afternoon|evening|visit|session))\s)?(?:(?:split|shared|divided)\s)?(?:between|among)\s"
)
BILLED_AS = re.compile(r"\s(?:as|under|to|for)\s[^.;\n]{0,24}?\bunits?\b")
BILLED_FOR = re.compile(r"[ \t,]*(?:for|in|over)\s(?:a\stotal\sof\s)?")
# "1:1 x 40 min in the gym.", "One on one for 40 min with Ms. R": how the patient was seen, for how long, and where or who.
_WITH_ONE = re.compile(
    r"(?:1:1|one[ -](?:on|to)[ -]one|individual(?:ly)?)[ \t]*(?:(?:ot|pt|st|slp|care|tx|treatment|therapy|session|visit|time)[ \t]*)?(?:x|for|:|,|-|=)?[ \t]*"
)
_SOMEWHERE = re.compile(
    r"[ \t]*(?:[.;\n]|\Z|(?:in|at|with|w/)[ \t](?:(?:the|his|her|their|our|this|a|an|pt|mr|mrs|ms|patient|bedside)\b|room|rm|gym))"
)


def seen_for(low: str, begin: int, start: int, end: int) -> int | None:
    """Where a sentence that begins at `begin` goes on to say for what the patient was seen, behind a time that says how long."""
    behind = _SEEN_FOR.match(low, end) if _SEEN.fullmatch(low, begin, start) else None
    return behind.end() if behind else None


def seen_alone(low: str, start: int, figure: int, end: int) -> bool:
    """Whether a sentence opens with the words from `start` to `figure` that say that the patient was seen alone, and goes on
    behind the `end` of the figure with where or by whom, or not at all."""
    if low[max(0, start - 4) : start].rstrip(" \t*-")[-1:] not in ("", "\n", ".", ":"):
        return False  # "Grip block, one to one, 18 min."
    said = _WITH_ONE.fullmatch(low, start, figure) is not None
    return said and (low[end - 1] == "." or _SOMEWHERE.match(low, end) is not None)
