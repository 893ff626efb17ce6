"""Finds every stretch of time that a note mentions and what it comes to in whole minutes.

Only reading happens here. Whether a mention is a service's minutes, a dose inside it, a rest or the drive home is decided
later, by `minutes`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_ONES = {
    w: i
    for i, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS = {
    w: 10 * i for i, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_TENS["fourty"] = 40
_ONE = "|".join(sorted(_ONES, key=len, reverse=True))
TEN = "|".join(sorted(_TENS, key=len, reverse=True))
WORDS = rf"(?:(?:{TEN})(?:[\s-]+(?:one|two|three|four|five|six|seven|eight|nine)\b)?|(?:{_ONE}))"
_UNIT = r"(?:minutes?|mins?|mns?)\b\.?"
_CLOCK = r"(?:[01]?\d|2[0-3])(?::[0-5]\d|[0-5]\d)(?:\s?[ap]\.?m\.?\b)?"
_AMPM = r"(?:\s?[ap]\.?m?\.?\b)?"
_HALF_BEHIND = r"(?=\s?[ap]\.?m\b|[ap]\b)"  # behind an hour alone: "3 pm", "3 p.m.", "3p"

_OPENS_ROW = re.compile(r"(?:^|\n|\d{5})[ \t]*$")  # two clock times side by side are a range at the head of a row only
SPOKEN = rf"(?:a\s+)?(?:quarter|half|{WORDS})\s+(?:past|after|to)\s+(?:{_ONE})|(?:{_ONE})(?:\s+o'?clock|\s+oh\s+(?:{_ONE})|\s+{WORDS})?"

# A time of day in words that is told from other figures by itself: with its hour and minutes, or with "past".
_HOUR = "|".join(word for word, value in sorted(_ONES.items(), key=lambda one: -len(one[0])) if 1 <= value <= 12)
_MINUTE = rf"(?:oh[\s-]+(?:{_ONE})\b|(?:{TEN})(?:[\s-]+(?:one|two|three|four|five|six|seven|eight|nine)\b)?|ten|eleven|twelve|[a-z]{{3,5}}teen)"
_PAST = rf"(?:a\s+)?(?:quarter|half|{WORDS})\s+(?:past|after)"
_PLAINLY = rf"(?:{_PAST}(?:\s+(?:{_HOUR})\b)?|(?:a\s+)?(?:quarter|{WORDS})\s+to\s+(?:{_HOUR})\b|(?:{_HOUR})(?:[\s-]+{_MINUTE}|\s+o'?clock))"
# Behind these two times of day would be two measures: "from one ten to one twenty degrees".
_OF_NO_MEASURE = r"(?!\s*(?:over|min(?:ute)?s?|degrees?|deg|pounds?|lbs?|feet|foot|ft|inches|inch|seconds?|secs?|beats?|bpm|watts?|percent|reps?|repetitions?|steps?|meters?|metres?|millimeters?|mm|systolic)\b)"
_MAY_BE_SPOKEN = (
    r"(?=from\s|a\s+[qh]|qua|half|one|two|thre|fou|fiv|six|sev|eig|nin|ten|ele|twe|thir|fif|for?t)"  # fails fast
)
_SPOKEN_TO = r"\s+(?:to|until|till|through)\s+"

# With these a mention in words begins, and so goes on whatever begins with a figure: most places are left at once.
_LETTERS = "abefhlnoqrstuz"
_GOES_ON = r"(?=[\d.]{0,40}+\s*+[:hm'%^|/&apos\u00bc\u00bd\u00be-]|\d{4}|\d?\d\.\d|\d\s[13]/)"
_TIME = re.compile(
    rf"""
    (?=[\d.\u00bc\u00bd\u00be(\[{{<_{_LETTERS}])(?:
    (?=[\d.\u00bc\u00bd\u00be]){_GOES_ON}(?:
        (?P<range>(?<![\d:/.#$-])(?P<r1>(?:[01]?\d|2[0-3]):[0-5]\d|(?:[01]\d|2[0-3])[0-5]\d|[1-9][0-5]\d(?=[ap]m?\b)|1?\d{_HALF_BEHIND}|1?\d(?=\s?(?:-|to)\s?1?\d:[0-5]\d\s?[ap]\.?m?\b))(?P<m1>{_AMPM})
        (?:(?<=m)\.)?\s*(?:-+|>|to|until|till|til|through|thru|/)\s*
        (?P<r2>(?:[01]?\d|2[0-3]):[0-5]\d|(?:[01]\d|2[0-3])[0-5]\d|[1-9][0-5]\d(?=[ap]m?\b)|[1-9]\d?{_HALF_BEHIND})(?P<m2>{_AMPM})(?![\d/]|:\d|\s?(?:mm|lb|hz)))
        |(?P<pair>(?P<p1>(?:0\d|1\d|2[0-3])[0-5]\d|(?:[01]?\d|2[0-3]):[0-5]\d)[ \t]+(?P<p2>(?:0\d|1\d|2[0-3])[0-5]\d|(?:[01]?\d|2[0-3]):[0-5]\d)(?![\d/:]))
        |(?P<dotted>(?<![\d.])(?P<d1>1?\d\.[0-5]\d|2[0-3]\.[0-5]\d)(?:[ap]m?\b)?\s*(?:-|to|until|till)\s*(?P<d2>1?\d\.[0-5]\d|2[0-3]\.[0-5]\d)(?:[ap]m?\b)?(?![\d.]\d))
        |(?P<hm>(?<![\d.])(?P<h>\d{{1,2}})\s*(?:(?:hours?|hrs?|h)\.?,?\s*(?:and\s+)?(?P<hmm>\d{{1,2}})\s*(?:minutes?|mins?|min|m)\b|h(?P<hmg>[0-5]\d)(?![\d'])))
        |(?P<marked>(?<![\d:/.])(?P<u1>{_CLOCK})\s*start(?:ed)?[\s,;/-]+(?P<u2>{_CLOCK})\s*(?:stop(?:ped)?|end(?:ed)?|finish(?:ed)?))
        |(?P<hour>(?<![\d.:/])(?P<hv>\d?\.\d{{1,2}}|(?:\d(?:\s|-|\s?&\s?|\sand\s)?)?(?:1/4|1/2|3/4|\u00bc|\u00bd|\u00be)|\d)\s*-?(?:of\s+an\s+)?(?:hours?|hrs?|h)\b(?!\s?/))
        |(?P<num>(?<![\d.:,$#])(?<!(?<!\d)-)(?<!\d/)(?P<n>\d{{1,3}})(?:\.\d+)?(?P<sec>:[0-5]\d(?=\s*min))?(?:[ \t]*-?[ \t]*|\s?[\^|]\s?(?=min)|[ \t-]*\n[ \t]*(?=mi?n(?!\w*[ \t]*(?:[ \t]{{2}}|[\d=:|\t]))))(?P<unit>{_UNIT}|'(?![\d'a-z])|m\b(?!\s*/)))
        |(?P<hmmdur>(?<![\d:])(?:0:(?P<hd>[0-5]\d)(?![\d:])|(?<!\[)0?0:(?P<hs>[0-5]\d):[0-5]\d(?!\d|:\d)))
        |(?P<pct>(?<![\d.])(?P<p>\d{{1,2}})\s*%\s*(?:of\s+(?:the\s+)?(?:session|time|treatment|visit|it|them)|:))
        |(?P<clock>(?<![\d:./#$x-])(?P<c>(?:[01]?\d|2[0-3]):[0-5]\d|(?:0[6-9]|1\d|2[0-2])[0-5]\d)(?P<cm>{_AMPM})(?![\d/:%#]|\s?(?:x|lb|hz|mg|ml|steps|ft|g\b)))
    )
    |(?=[(\[{{<_])(?P<brack>[(\[{{<_]\s*(?P<b>\d{{1,2}})\s*[)\]}}>_])
    |(?<![a-z])(?=[{_LETTERS}])(?:
        (?P<between>between\s+(?P<v1>{_CLOCK})\s+and\s+(?P<v2>{_CLOCK}))
        |(?P<spoken>{_MAY_BE_SPOKEN}(?:from\s+(?P<x1>{_PLAINLY}|{WORDS}){_SPOKEN_TO}(?P<x2>(?>{_PLAINLY}))|(?P<z1>(?!one\b){_HOUR})\s+to\s+(?P<z2>(?>(?P=z1)[\s-]+{_MINUTE}))|(?P<y1>{_PLAINLY}){_SPOKEN_TO}(?P<y2>(?>{_PLAINLY})))\b{_OF_NO_MEASURE})
        |(?P<until>(?:un)?till?\s+(?P<un>(?>{_PLAINLY}))\b{_OF_NO_MEASURE})
        |(?P<words_range>(?:from\s+)(?P<w1>{SPOKEN})\s+(?:to|until|till)\s+(?P<w2>{SPOKEN}))
        |(?P<startstop>start(?:ed)?:?\s*(?P<s1>{_CLOCK})\s*[,;-]?\s*(?:stop(?:ped)?|end(?:ed)?|finish(?:ed)?):?\s*(?P<s2>{_CLOCK}))
        |(?P<frac>(?:three[\s-]quarters\s+of\s+an|a\s+quarter\s+of\s+an|quarter\s+of\s+an|a\s+quarter|quarter|half\s+an|half\s+a|a\s+half|one[\s-]half|half|(?:an?|one|the)\s+(?:full|whole|entire|solid)|one|an)[\s-]+hours?\b(?:\s+(?:and\s+)?(?:(?<=and\s)a\s+(?:half|quarter)|(?P<fracmin>{WORDS}|\d{{1,2}})\s+min(?:ute)?s?\b))?)
        |(?P<word>\b(?P<wn>a\s+dozen|{WORDS})(?:[\s-]+(?:or\s+so|odd|full|solid|timed|skilled|individual|one-on-one|direct|more|further|additional|treatment))*[\s-]+(?:minutes?|mins?)\b)
        |(?P<ell>(?:\b(?:the\s+)?(?:remaining|last|final|first|next|other)|\b(?:another|a\s+further|further))\s+(?P<en>{WORDS}|\d{{1,2}})(?=\s+(?:or\s+so|on\b|of\b|were|was|went|had|i\b|we\b|for\b|to\b|in\b|with|he\b|she\b|they\b|[a-z]{{3,}}ing\b)|[,.;:](?!\d)))
        |(?P<part>(?:\b(?P<pn>{WORDS})|(?:used|took|takes|taking|spent|filled|using)\s+(?P<pt>\d{{1,2}}))(?=\s+of\s+(?:the|those|these|our|my|his|her)\s+(?:same\s+)?(?:{WORDS}|\d{{2,3}})\s+min)|(?:used|took|takes|spent)\s+(?P<pu>{WORDS}|\d{{1,2}})(?=\s+of\s+(?:them|those|these|it)\b))
        |(?P<ellof>\b(?<!figure\s)(?<!figure-)(?:the\s+)?(?P<eo>{WORDS})\s+(?:of\s+(?:them|these|those|it|the\s+{WORDS})\s+)?(?:went|were|on(?!\s+one)|was|that\s+followed|more\s+(?:for|on|in|of|at|with|to(?!\s+go\b)))\b)
        |(?P<ellfor>(?:for\s+(?P<ef>(?:{TEN})(?:[\s-](?:one|two|three|four|five|six|seven|eight|nine)\b)?|ten|twelve|fifteen|eighteen|[1-5]\d|[89])(?=[,.;](?!\d))|(?:took|spent)\s+(?P<es>(?:{TEN})(?:[\s-](?:one|two|three|four|five|six|seven|eight|nine)\b)?|eight|nine|ten|twelve|fifteen|eighteen)(?=\s+(?:for|on)\b)|then\s+(?P<et>{WORDS})(?=\s+of\s)))
    ))
    """,
    re.X | re.M,
)


# A single time of day in words behind "at" and the like; alone it tells nothing of how long anything took.
_SPOKEN_MARK = re.compile(
    rf"(?<![a-z])(?:(?:from|at|until|till|by)\s+(?:about\s+|around\s+)?(?P<at>(?>{_PLAINLY}))\b{_OF_NO_MEASURE}"
    rf"|(?:start(?:ed)?|began|begun|done|finished|ended|stopped)\s+at\s+(?P<hour>{_HOUR})(?=[.,;]|\s+(?:and|with)\b))"
)
_MARKS = 3  # such times in a row that follow one another through a session
_LONGEST_RUN = 90  # minutes from one to the next


@dataclass(slots=True, frozen=True)
class TimeMention:
    """A stretch of time in the text: `minutes` in whole minutes (seconds dropped), `form` says how it was written.

    Forms: `min` (15 min), `prime` (15'), `m` (15m), `word` (fifteen minutes), `ell` (the last ten), `ellfor` (for fifteen), `hour` (0.5 h),
    `frac` (half an hour), `hmm` (0:38), `range` (0905-0923), `brack` ((12)), `pct` (40 %: minutes hold the per cent),
    `clock` (a single time of day: minutes since midnight), `label` (TE 15), `cell` (a bare number of a table or line end),
    `either` (20-25 min: two lengths, of which nobody knows which; `minutes` is the longer), `struck` (15 min, taken back by its writer).
    """

    start: int
    end: int
    minutes: int
    form: str
    begins: int | None = None  # clock ranges: minutes since midnight
    ends: int | None = None


def number(text: str) -> int | None:
    """Whole number of a figure or of number words up to ninety-nine; None for anything else."""
    text = text.strip()
    if text.isdecimal():
        return int(text)
    if text.endswith("dozen"):
        return 12
    total = 0
    for part in re.split(r"[\s-]+", text):
        if part in _TENS:
            total += _TENS[part]
        elif part in _ONES:
            total += _ONES[part]
        else:
            return None
    return total


@lru_cache(maxsize=1 << 12)  # there are few times of day
def clock(text: str, meridiem: str = "") -> int:
    """Minutes since midnight of a clock time ("0905", "9:05", "1"), taken as written but for a given am or pm."""
    figures = re.sub(r"\D", "", text)
    hour, minute = (int(figures), 0) if len(figures) <= 2 else (int(figures[:-2]), int(figures[-2:]))
    if meridiem.strip().startswith("p") and hour < 12:
        hour += 12
    elif meridiem.strip().startswith("a") and hour == 12:
        hour = 0
    return hour * 60 + minute


def spoken_clock(text: str) -> int:
    """Minutes since midnight of a spoken clock time ("half past nine", "twenty to three", "eleven forty")."""
    words = text.replace("o'clock", "").replace("oclock", "").strip()
    part = re.match(rf"(?:a\s+)?(quarter|half|{WORDS})\s+(past|after|to)\s+(\w+)", words)
    if not part:
        whole, _, rest = words.partition(" ")
        return (number(whole) or 0) * 60 + (number(rest.replace("oh ", "")) or 0 if rest else 0)
    shift = {"quarter": 15, "half": 30}.get(part[1]) or number(part[1]) or 0
    hour = (number(part[3]) or 0) * 60
    return hour - shift if part[2] == "to" else hour + shift


_TIME_PARTS = re.compile(
    rf"(?:a\s+)?(?P<m>quarter|half|{WORDS})\s+(?P<way>past|after|to)(?:\s+(?P<h>{_HOUR}))?|(?P<hour>{_HOUR})(?:\s+o'?clock|[\s-]+(?:oh[\s-]+)?(?P<rest>.+))"
)
# Before two figures these make them measures.
_MEASURED = re.compile(
    r"(?<![a-z])(?:flexion|extension|abduction|rotation|elevation|range|motion|pulse|rate|pressure|bp|hr|saturation|load|weight|grip|score|scored|angle|went|goes|up|from|of)\s+(?:is\s+|was\s+)?\Z"
)


def _spoken_ends(first: str, last: str) -> tuple[int, int] | None:
    """Minutes since midnight of two spoken times of day, one of which may leave the hour to the other."""
    one, two = _hour_and_minute(first), _hour_and_minute(last)
    if (
        one is None and two is not None and two[0] is not None and number(first) is not None
    ):  # "from ten to twenty past three"
        bare = number(first) or 0
        minute = not bare % 5 and bare < two[1] and re.search(r"past|after", last) is not None
        one = (None, bare) if minute else (bare, 0)
    if one is None or two is None or (one[0] is None and two[0] is None):
        return None
    (h1, m1), (h2, m2) = one, two
    if h1 is None:
        h1 = (h2 or 0) - (m1 > m2)
    if h2 is None:
        h2 = h1 + (m2 <= m1)
    return (60 * h1 + m1) % 1440, (60 * h2 + m2) % 1440


def _of_the_hour(first: str, last: str) -> int:
    """Minutes between two times neither of which says the hour ("from ten past to twenty five past"), 0 for anything else."""
    one, two = _hour_and_minute(first), _hour_and_minute(last)
    return (two[1] - one[1]) % 60 if one and two and one[0] is two[0] is None else 0


def _hour_and_minute(text: str) -> tuple[int | None, int] | None:
    """Hour (None where it is not said) and minute of a spoken time of day; None for a bare number."""
    parts = _TIME_PARTS.fullmatch(text)
    if not parts:
        return None
    if parts["hour"]:
        minute = number(parts["rest"] or "zero")
        return None if minute is None or minute > 59 else (number(parts["hour"]) or 0, minute)
    minute = {"quarter": 15, "half": 30}.get(parts["m"]) or number(parts["m"]) or 0
    hour = number(parts["h"]) if parts["h"] else None
    if parts["way"] == "to":
        return (hour - 1, 60 - minute) if hour else None
    return hour, minute


def _between(begin: int, end: int) -> int:
    """Minutes from one clock time to another; an end before the start belongs to the other half of the day."""
    if end < begin:
        end += 720 if end + 720 >= begin else 1440
    return end - begin


# Before a length these make it the longer of two: "20-25 min", "fifteen or twenty minutes", "20 min - 25 min".
_SHORTER = re.compile(
    rf"(?:(?<=between[ ])(?P<both>\d{{1,3}}|{WORDS})[ ]and[ ]|(?<![a-wyz\d.:/-])(?<!from[ ])(?<!ea[ ])(?<!ea[.][ ])(?<!each[ ])(?<!per[ ])(?:(?P<n>\d{{1,3}})(?:[ ]?(?:{_UNIT}|'|m))?(?:-|[ ]?(?:to|or)[ ])"
    rf"|(?P<spaced>\d{{1,3}})[ ]?{_UNIT}[ ]?-[ ]?|(?:(?<=for[ ])|(?<=about[ ])|(?<=[(~]))(?P<told>\d{{1,3}})[ ]-[ ]|(?P<word>{WORDS})(?:[ ]{_UNIT})?(?:-|[ ](?:to|or)[ ])))\Z"
)
# Before a length these are added to it: "8+7 min", "15 min + 10 min"; "3+ 10 min" is a grade.
_TERMS = re.compile(rf"(?<![\w.:/+#$-])(?:(?:[5-9]|\d\d)[ ]?(?:(?:{_UNIT}|')[ ]?)?[+][ ]?){{1,4}}\Z")
_APART = re.compile(r"[ ]?(?:=|rest|break|untimed|97\d)")  # behind it: of something else, or the sum is told
_LEAST_OF_TWO = 5  # minutes of the longer of two lengths; below they are those of a part
_OF_A_VISIT = re.compile(r"[ ](?:at|per|each|every|a[ ]day|daily|twice|once)(?![a-z])")
_LINKS = frozenset("-ord")  # with which what stands before the longer ends
_LINKED = 30  # code points of it
_METRES = re.compile(r"(?:\dx|x|@|for)\s?$")  # "3 x 40 m" is a distance
_TIMES_OVER = re.compile(r"\s?x\s?\d|\s(?:timed\s)?(?:hop|walk|sprint|shuttle|run|dash)\b")  # behind metres
# Behind feet: "75' x3", "80', then 120'".
_LAPS = re.compile(r"\s?x\s?\d|\s?(?:c|w/|with)\s+(?:rw|fww|spc|walker)\b|\s?,\s?(?:then\s)?(?:9[1-9]|[1-9]\d\d)'")
_LAPS_OF = re.compile(r"(?<![\d.])\d{1,2}\s?x\s?\Z")  # before them: "5 x 80'"
# "Each additional 15 minutes" says what a code's unit is.
_EACH_FURTHER = re.compile(r"(?<![a-z])(?:each|every|per|ea\.?)\s(?:additional|add'?l\.?|extra|further)\s\Z")
_PER_HOUR = re.compile(r"(?<![a-z])(?:miles?|kilomet(?:er|re)s?|km|knots|times)\s\Z")  # "at three miles an hour"
# A test of walking is named by its minutes ("6 minute walk 412 ft"); a walk somewhere takes them.
_WALK_TEST = re.compile(
    r"[\s-]walk(?:s|ing)?(?:[\s-](?:test|distance)|(?!\s(?:on|to|in|at|around|about|outside|outdoors|over|through)\b))(?![a-z])"
)
# Behind "min" these make it minimal assistance, and the figure before it a count: "the last two min A", "3 min assist".
_ASSISTANCE = re.compile(
    r"[ \t]+(?:assist(?:ance|s)?\b|a(?=[ \t]*(?:[,;)\n]|\.(?!\w)|\Z|x[ \t]?\d|w/|(?:at|with|on|for|then|and|to|of|due|but|vc|cues?|when|while|by|the)\b)))"
)
_MOST_TRIES = 12  # of which a note says how much help each took
_LAP, _LONGEST_PRIME = 20, 90  # a figure with a prime: from which a lap may be meant, and above which no minutes are
_TESTED = frozenset({2, 6})
_SPELT = frozenset({"min", "word"})
_FRACTION = {"1/4": 15, "1/2": 30, "3/4": 45, "\u00bc": 15, "\u00bd": 30, "\u00be": 45}


def find_times(low: str) -> list[TimeMention]:
    """Time mentions of a shadow text in order; none overlaps another."""
    out: list[TimeMention] = []
    says_further = "add" in low or "extra" in low or "further" in low
    for found in _TIME.finditer(low):
        start, end = found.span()
        way = found.lastgroup  # the outermost group, which closes last
        mention: TimeMention | None = None
        if way == "range":
            mention = _range(found, start, end)
        elif way == "pair":
            if not _OPENS_ROW.search(low, max(0, start - 12), start):
                out += [TimeMention(*found.span(name), clock(found[name]), "clock") for name in ("p1", "p2")]
                continue
            begin, stop = clock(found["p1"]), clock(found["p2"])
            mention = TimeMention(start, end, _between(begin, stop), "range", begin, stop)
        elif way == "dotted":
            begin, stop = clock(found["d1"]), clock(found["d2"])
            length = _between(begin, stop)
            mention = TimeMention(start, end, length, "range", begin, stop) if 0 < length <= 240 else None
        elif way == "spoken":
            first, last = (found[f"x{n}"] or found[f"y{n}"] or found[f"z{n}"] for n in (1, 2))
            ends = _spoken_ends(first, last)
            measured = not found["x1"] and _MEASURED.search(low, max(0, start - 24), start)
            mention = _stretch(start, end, *ends) if ends and not measured else None
            if found["x1"] and not ends and (minutes := _of_the_hour(first, last)):
                mention = TimeMention(start, end, minutes, "range")
        elif way == "until":
            at = _hour_and_minute(found["un"])
            if at and at[0] is not None:
                mention = TimeMention(*found.span("un"), 60 * at[0] + at[1], "clock")
        elif way == "words_range":
            mention = _stretch(start, end, spoken_clock(found["w1"]), spoken_clock(found["w2"]))
            if mention and not (mention.begins or 0) % 60 and not (mention.ends or 0) % 60:
                mention = None  # "from nine to four" may be a score as well
        elif way == "between":
            mention = _stretch(start, end, _clock_as_said(found["v1"]), _clock_as_said(found["v2"]))
        elif way in ("startstop", "marked"):
            begin, stop = _clock_as_said(found["s1"] or found["u1"]), _clock_as_said(found["s2"] or found["u2"])
            mention = TimeMention(start, end, _between(begin, stop), "range", begin, stop)
        elif way == "hm":
            mention = TimeMention(start, end, 60 * int(found["h"]) + int(found["hmm"] or found["hmg"]), "hour")
        elif way == "hour":
            mention = TimeMention(start, end, _hours(found["hv"]), "hour")
        elif way == "frac" and _PER_HOUR.search(low, max(0, start - 12), start):
            continue
        elif way == "frac":
            mention = TimeMention(start, end, _spoken_duration(found["frac"], found["fracmin"]), "frac")
        elif way == "num":
            unit = found["unit"]
            form = "prime" if unit[0] == "'" else "m" if unit == "m" else "min"
            length = int(found["n"])
            if form == "prime" and are_feet(low, start, end, length):
                continue
            metres = form == "m" and (_METRES.search(low, max(0, start - 6), start) or _TIMES_OVER.match(low, end))
            if not metres:
                mention = TimeMention(start, end, length, form)
        elif way == "word":
            mention = TimeMention(start, end, number(found["wn"]) or 0, "word")
        elif way == "ell":
            mention = TimeMention(start, end, number(found["en"]) or 0, "ell")
        elif way == "part":
            mention = TimeMention(start, end, number(found["pn"] or found["pt"] or found["pu"]) or 0, "ell")
        elif way == "ellof":
            mention = TimeMention(start, end, number(found["eo"]) or 0, "ell")
        elif way == "ellfor":
            mention = TimeMention(start, end, number(found["ef"] or found["es"] or found["et"]) or 0, "ellfor")
        elif way == "hmmdur":
            mention = TimeMention(start, end, int(found["hd"] or found["hs"]), "hmm")
        elif way == "pct":
            mention = TimeMention(start, end, int(found["p"]), "pct")
        elif way == "brack":
            mention = TimeMention(start, end, int(found["b"]), "brack")
        elif way == "clock":
            mention = TimeMention(start, end, clock(found["c"], found["cm"] or ""), "clock")
        if mention is None or (says_further and _EACH_FURTHER.search(low, max(0, start - 20), start)):
            continue
        if mention.minutes in _TESTED and way in ("num", "word") and _WALK_TEST.match(low, end):
            continue
        if mention.minutes <= _MOST_TRIES and mention.form in _SPELT and _ASSISTANCE.match(low, end):
            continue
        if way in ("num", "word") and low[max(0, start - 2) : start].rstrip()[-1:] in _LINKS:
            first = _of_two(low, mention)
            if first is not None:
                while out and out[-1].end > first:
                    out.pop()
                mention = TimeMention(first, end, mention.minutes, "either")
            elif low[start - 1] == "-" and way == "num":
                continue  # "4-15 min", "97110-15 min"
        if way == "num" and low[max(0, start - 2) : start].rstrip()[-1:] == "+":
            terms = _TERMS.search(low, max(0, start - _LINKED), start)
            if terms and not _APART.match(low, end):
                while out and out[-1].end > terms.start():
                    out.pop()
                length = mention.minutes + sum(map(int, re.findall(r"\d+", terms[0])))
                mention = TimeMention(terms.start(), end, length, mention.form)
        out.append(mention)
    return out


def _of_two(low: str, longer: TimeMention) -> int | None:
    """Where the shorter of two lengths begins of which a time is the longer; None for a time by itself."""
    shorter = _SHORTER.search(low, max(0, longer.start - _LINKED), longer.start)
    if shorter is None or not shorter.lastgroup or longer.minutes < _LEAST_OF_TWO or _OF_A_VISIT.match(low, longer.end):
        return None
    minutes = number(shorter[shorter.lastgroup]) or 0
    # "Bike 5 min - 12 min" closes a line with the minutes of all of it.
    apart = shorter.lastgroup == "spaced" and 2 * minutes <= longer.minutes
    return shorter.start(shorter.lastgroup) if minutes < longer.minutes and not apart else None


def with_spoken_marks(low: str, said: list[TimeMention]) -> list[TimeMention]:
    """The times with single times of day in words, where several follow one another ("at ten past nine", "at half past", "until
    ten to ten"); one that leaves out its hour is the next one behind the time before it."""
    marks = {m.start(m.lastgroup or 0): m for m in _SPOKEN_MARK.finditer(low)}
    if not marks:
        return said
    for time in said:
        for inside in range(time.start, time.end):
            marks.pop(inside, None)
    known = {t.start: t for t in said if t.form == "clock" or (t.form == "range" and t.begins is not None)}
    rows: list[list[TimeMention]] = [[]]
    last: int | None = None
    for at in sorted([*known, *marks]):
        mention = known.get(at) or _single(marks[at], last)
        if mention is None:
            continue
        begins = mention.minutes if mention.begins is None else mention.begins
        if last is not None and (begins - last) % 720 > _LONGEST_RUN:
            rows.append([])
        rows[-1].append(mention)
        last = begins if mention.ends is None else mention.ends
    best = max(rows, key=len)
    if len(best) < _MARKS:
        return said
    return sorted([*said, *(t for t in best if t.start not in known)], key=lambda t: t.start)


def _single(found: re.Match[str], last: int | None) -> TimeMention | None:
    """A single time of day; one without its hour is looked for behind the `last` one."""
    parts = (number(found["hour"]) or 0, 0) if found["hour"] else _hour_and_minute(found["at"])
    if parts is None or (parts[0] is None and last is None):
        return None
    hour, minute = parts
    at = 60 * hour + minute if hour is not None else (last or 0) + (minute - (last or 0)) % 60
    return TimeMention(*found.span(found.lastgroup or 0), at % 1440, "clock")


def are_feet(low: str, start: int, end: int, length: int) -> bool:
    """Whether a figure with a prime behind it, `low[start:end]`, is a way walked: laps of it, or more than minutes are."""
    laps = length >= _LAP and (_LAPS.match(low, end) or _LAPS_OF.search(low, max(0, start - 6), start))
    return length > _LONGEST_PRIME or bool(laps)


def _range(found: re.Match[str], start: int, end: int) -> TimeMention | None:
    m1, m2 = found["m1"] or "", found["m2"] or ""
    if not m1 and m2:
        # "11:40-12:10 pm", "1:10-1:50 pm": the first takes the half of the day that makes the shorter stretch.
        stop = clock(found["r2"], m2)
        begin = min((clock(found["r1"], m) for m in ("am", "pm")), key=lambda b: (stop - b) % 1440)
    else:
        begin, stop = clock(found["r1"], m1), clock(found["r2"], m2)
    return _stretch(start, end, begin, stop)


def _stretch(start: int, end: int, begin: int, stop: int) -> TimeMention | None:
    length = _between(begin, stop)
    return TimeMention(start, end, length, "range", begin, stop) if 0 < length <= 300 else None


def _clock_as_said(text: str) -> int:
    """Minutes since midnight of a clock time with its half of the day, if said ("9:05", "0905", "1:40 pm")."""
    half = re.search(r"[ap]", text)
    return clock(text, half[0] if half else "")


def _hours(value: str) -> int:
    """Minutes of "0.75", "3/4", "1 1/4" or "1\u00bc" hours."""
    part = next((p for p in _FRACTION if value.endswith(p)), "")
    whole = value.removesuffix(part).rstrip(" -&and")
    return round(60 * float(whole or 0)) + _FRACTION.get(part, 0)


def _spoken_duration(text: str, extra: str | None) -> int:
    head, _, tail = text.partition(" and ")
    minutes = 45 if head.startswith("three") else 15 if "quarter" in head else 30 if "half" in head else 60
    if extra:
        return minutes + (number(extra) or 0)
    return minutes + (30 if "half" in tail else 15 if "quarter" in tail else 0)
