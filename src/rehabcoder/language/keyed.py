"""Minutes and codes that a list gives by the keys of the services: "SVC_A=...", "SVC_B=...", then "TIME: A 18, B 14".

The keys may stand in one line or one to a line ("TX1_MIN: 15", "TX2_MIN: 20"). Such lines say nothing of what was done.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MINUTES, CODE = "minutes", "code"  # what a field may be, by its name
_ROLES = {
    **dict.fromkeys(("min", "mins", "minutes", "time", "times", "dur", "duration", "length", "tm", "mn"), MINUTES),
    **dict.fromkeys(("code", "codes", "cpt", "hcpcs", "cd", "bill", "billed", "charge", "charges", "label"), CODE),
}
_KEY = r"[\[(#]?(?:[a-h]|[1-9])[\])]?"
_VALUE = r"(?:[a-z]?\d{4,5}|\d{1,3}(?:[ ]?(?:min(?:ute)?s?|m|'))?)"
_PAIR = re.compile(rf"(?P<key>{_KEY})[ \t]*[:=x-]?[ \t]*(?P<value>{_VALUE})(?![\w'])")
_LIST = re.compile(
    rf"^[ \t*>-]*(?P<head>[a-z][a-z _./#()-]{{1,24}}?)[ \t]*[:=][ \t]*(?P<pairs>{_KEY}[ \t]*[:=x-]?[ \t]*{_VALUE}(?:[ \t]*[,;/|][ \t]*|[ \t]+){_KEY}[ \t]*[:=x-]?[ \t]*{_VALUE}[^\n]{{0,120}})$",
    re.M,
)
# "TX1_MIN: 15", "tx1.cpt = 97110", "MIN_A=18", "Minutes 2: 20"
_FIELD = re.compile(
    rf"^[ \t*>-]*(?P<front>[a-z]{{1,14}})[ \t_.-]?(?P<key>{_KEY})(?:[ \t_.-](?P<back>[a-z]{{1,14}}))?[ \t]*[:=][ \t]*\"?(?P<value>{_VALUE})\"?[ \t.;]*$",
    re.M,
)
_OPENS = re.compile(rf"[ \t*>-]*(?:[a-z]{{1,14}}[ \t_.-]?)?(?P<key>{_KEY})(?:[ \t]*[:=.)\]-]|(?<=[)\]])[ \t])")
_BESIDE = re.compile(r"[ \t,;/|.]*(?:and[ \t]+)?")
_LEAST = 2  # keys that make a list


@dataclass(slots=True, frozen=True)
class Given:
    """What a list gives to one key: `value` is the minutes, or the number of a code; `[start, end)` the words that say it."""

    start: int
    end: int
    value: str


@dataclass(slots=True)
class Keyed:
    """The lists of a note: what each gives by key, and the lines that they fill."""

    minutes: dict[str, Given]
    codes: dict[str, Given]
    lines: list[tuple[int, int]]

    def fills(self, at: int) -> bool:
        """Whether a place lies in one of the lists."""
        return any(start <= at < end for start, end in self.lines)


def find_keyed(low: str) -> Keyed | None:
    """The lists of minutes and codes by key in a shadow text; None where it has none."""
    found = Keyed({}, {}, [])
    for line in _LIST.finditer(low):
        _add(found, line.span(), line["head"], _pairs(low, *line.span("pairs")))
    run: list[re.Match[str]] = []
    for field in (*_FIELD.finditer(low), None):
        if field and run and _named(field) == _named(run[-1]) and low[run[-1].end() : field.start()].isspace():
            run.append(field)
            continue
        if len(run) >= _LEAST:
            pairs = [(_bare(one["key"]), Given(*one.span("value"), one["value"])) for one in run]
            _add(found, (run[0].start(), run[-1].end()), f"{run[0]['front']} {run[0]['back'] or ''}", pairs)
        run = [field] if field else []
    return found if found.lines else None


def role_of(name: str) -> str:
    """What the name of a field says that it holds: `MINUTES`, `CODE`, or "" for anything else."""
    roles = {_ROLES[word] for word in re.findall(r"[a-z]+", name) if word in _ROLES}
    return roles.pop() if len(roles) == 1 else ""


def key_of(low: str, start: int) -> str | None:
    """The key with which the line around a place opens ("SVC_A=", "[2]", "B)"), or None."""
    line = low.rfind("\n", 0, start) + 1
    opens = _OPENS.match(low, line)
    return _bare(opens["key"]) if opens else None


def given_by_key(low: str, begins: Sequence[int], table: Mapping[str, Given]) -> list[Given | None]:
    """What a list gives to the service that begins at each place; nothing where two services bear the same key."""
    keys = [key_of(low, begin) for begin in begins] if table else []
    return [table.get(key) if key and keys.count(key) == 1 else None for key in keys]


def _named(field: re.Match[str]) -> tuple[str, str | None]:
    return field["front"], field["back"]


def _bare(key: str) -> str:
    return key.strip("[]()#")


def _pairs(low: str, start: int, end: int) -> list[tuple[str, Given]]:
    """The pairs of a list from `start` to `end`; none where anything else stands between them."""
    out: list[tuple[str, Given]] = []
    while start < end:
        pair = _PAIR.match(low, start, end)
        if not pair:
            return []
        out.append((_bare(pair["key"]), Given(*pair.span("value"), pair["value"])))
        start = _BESIDE.match(low, pair.end(), end).end()  # type: ignore[union-attr]
    return out


def _leading_number(value: str) -> int:
    figures = re.match(r"\d+", value)
    return int(figures[0]) if figures else 0


def _add(found: Keyed, line: tuple[int, int], head: str, pairs: list[tuple[str, Given]]) -> None:
    """Takes a list into what was found, if its head says what it gives and its keys follow one another."""
    keys = [key for key, _ in pairs]
    if len(pairs) < _LEAST or keys != sorted(set(keys)):
        return
    if all(len(given.value) == 5 and given.value[-4:].isdecimal() for _, given in pairs):
        found.codes.update(pairs)
    elif role_of(head) == MINUTES and all(_leading_number(given.value) in range(1, 121) for _, given in pairs):
        found.minutes.update(pairs)
    else:
        return
    found.lines.append(line)
