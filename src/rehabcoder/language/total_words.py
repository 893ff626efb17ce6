"""The words by which a note names its totals, compiled from `knowledge/totals.toml`."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from rehabcoder.language.patterns import alternatives, knowledge, openings
from rehabcoder.language.times import TEN, WORDS

# A word ends where no letter follows, or where the next word is glued on ("TotalMinutes").
_ENDS = r"(?:(?![a-z])|(?=(?:timed|time|min|mins|minutes|total|tx|treatment)(?![a-z])))"
# What may stand between the words of a phrase: blanks, punctuation, leader dots, brackets around words.
_BETWEEN = (
    r"[^\S\n]|\.(?=[a-z_.])|(?:\.[ \t]){3,}+|(?<=\.)\.(?=\d)"
    r"|\((?:[^()\d\n]|\d{5}){1,25}\)|\((?=[a-z][^()\n]*\d)[^()\n]{2,60}\)(?=[ \t:=-]*\d)"
    r"|[:=(){}\[\]|/\~_,\"'*>^\#&+-]"
)


class TotalWords(NamedTuple):
    """Patterns over shadow text. `openings` are those of the words before a figure."""

    openings: frozenset[str]
    phrase: re.Pattern[str]  # a run of words before a figure
    timed: re.Pattern[str]
    untimed: re.Pattern[str]
    billed: re.Pattern[str]
    total: re.Pattern[str]
    session: re.Pattern[str]
    length: re.Pattern[str]
    direct: re.Pattern[str]
    units: re.Pattern[str]
    loose: re.Pattern[str]
    title: re.Pattern[str]
    behind: re.Pattern[str]  # a run of words behind a figure
    seen: re.Pattern[str]  # up to a figure: how long the patient was there
    became: re.Pattern[str]  # up to a figure: what the visit became, which was to be of another length
    known: re.Pattern[str]  # right before a figure: "of the", "our"
    another_day: re.Pattern[str]
    other_thing: re.Pattern[str]
    elsewhere: re.Pattern[str]  # behind a figure: "each visit", "2x/wk"


@cache
def total_words() -> TotalWords:
    """The patterns, compiled once."""
    table = knowledge("totals")
    phrase, behind, seen, elsewhere = table["phrase"], table["behind"], table["seen"], table["elsewhere"]
    heads = [w for part in ("timed", "billed", "total", "session", "length", "direct") for w in phrase[part]]
    known = alternatives([w for part in phrase.values() for w in part])
    after = alternatives([w for part in behind.values() for w in part])
    was_there, between = alternatives(seen["words"]), alternatives(seen["between"])
    anyone = alternatives(seen["anyone"])

    def whole(*words: str) -> re.Pattern[str]:
        return re.compile(rf"(?<![a-z]){alternatives(list(words))}{_ENDS}")

    return TotalWords(
        openings=openings(heads),
        phrase=re.compile(rf"{alternatives(heads)}{_ENDS}(?:{_BETWEEN}|{known}{_ENDS})*+"),
        timed=whole(*phrase["timed"], *behind["timed"]),
        untimed=whole(*phrase["untimed"]),
        billed=whole(*phrase["billed"]),
        total=whole(*phrase["total"], *behind["total"]),
        session=whole(*phrase["session"], *phrase["inside"], *behind["session"]),
        length=re.compile(rf"{alternatives(phrase['length'])}(?![a-z])"),
        direct=re.compile(alternatives(phrase["direct"])),
        units=re.compile(r"(?<!\d)(?<!\d[ -])units?(?![a-z])"),
        loose=whole(*behind["loose"]),
        title=whole(*seen["title"]),
        behind=re.compile(
            rf"'?s?[ \t(=-]*(?:,\s?(?=all\b|total|in\s))?(?:all\s+)?{after}(?![a-z])(?:[ \t-]+{after}(?![a-z]))*+"
            rf"(?![ \t]*(?:time|length)?[ \t]*[:=|-]?[ \t]*(?:\d{{1,3}}(?!\d|\s?u)|{WORDS}(?=\s*(?:$|[.,;\n]))|(?:{TEN})(?![a-z])))"  # else the words name the figure that follows
        ),
        seen=re.compile(
            rf"(?<![a-z])(?:{was_there}[ \t]+(?:{between}[,\t ]+)*|{anyone}(?:[^.;:\n\d]|(?<=\sm[rs])\.|(?<=\smrs)\.|(?<=\s[a-z])\.){{0,40}}\b(?:for|x)[ \t]*)\Z"
        ),
        became=re.compile(
            rf"(?<![a-z]){alternatives(phrase['session'])}(?![a-z])[^.;\n]{{0,60}}?(?<![a-z])(?P<became>{alternatives(seen['became'])})\s(?:only\s|just\s|about\s)?\Z"
        ),
        known=re.compile(rf"(?<![a-z]){alternatives(seen['known'])}\s\Z"),
        another_day=whole(*elsewhere["day"]),
        other_thing=whole(*elsewhere["else"]),
        elsewhere=re.compile(
            rf"[ \t(-]*{alternatives(elsewhere['behind'])}(?![a-z])"
            rf"|[ \t,(-]*{alternatives(elsewhere['often'])}(?![a-z])"
        ),
    )
