"""Features of a piece that lie in its place and shape rather than its words: headings, bullets, labels, times, doses."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise

from rehabcoder.billing.codes import EVALUATIONS
from rehabcoder.language.aside import but
from rehabcoder.language.detail import content_words
from rehabcoder.language.reading import Reading

# A run of blanks is taken whole (`*+`), so that thousands of them are not shared out in every way.
_HEADING = re.compile(
    r"\s*+[*#>\[(-]*+\s*+([a-z][a-z /&+.'-]{0,30}?)"
    r"(?:\s*+(?:[\])]\s*+)?(?:[:=\[|]|$|\.\s*+$|(?<=\s)-\s)|(?:\s*+[\])])?[^\S\t]*+\t)"
)
_BULLET = re.compile(r"\s*(?:[-*>+o]\s|\(?\d{1,2}[.)]\s|[a-z][.)]\s|\[[x \u2611]?\]|\([x ]?\)|\|)")
_DOSE = re.compile(
    r"[\dx](?<!\w[\dx])(?:(?<=\d)\d{0,2}\s*x\s*\d{1,3}\b|(?<=x)\s?\d{1,3}\b"
    r"|(?<=\d)\d*\s?(?:#|lbs?\b|kg\b|reps?\b|sets?\b|\"|sec\b|s\b|ft\b|deg\b|%))"
)
_TICKED = re.compile(r"\[\s*[x\u2611]\s*\]|\(\s*[x\u2611]\s*\)|\u2611")
_EMPTY_BOX = re.compile(r"\[\s*\]|\(\s{1,3}\)|\u2610|_{3,}")
_PAST = re.compile(
    r"\b(?:last (?:visit|session|time|week|wk|tx|friday|monday|tuesday|wednesday|thursday)|yesterday|previous(?:ly)?|was|were|had)\b"
)


_PAST_WORDS = ("last ", "yesterday", "previous", "was", "were", "had")  # one of them stands in whatever `_PAST` finds
_BOX_SIGNS = ("(", "[", "\u2610", "\u2611", "___")  # and one of these in a box, ticked or empty
_LINES, _LENGTHS = (0, 1, 3), (8, 20, 45, 90, 160)  # numbers of lines and lengths that are told apart
_LINE, _LENGTH = (
    tuple(f"{name}{step}" for step in range(len(steps) + 1)) for name, steps in (("line", _LINES), ("len", _LENGTHS))
)
_NO_LENGTH = frozenset({"clock", "lead", "trail"})


class Place(list[str]):
    """Features of one piece, with what later steps ask for again and again."""

    __slots__ = ("blank", "bullet", "first", "forms", "heading", "labelled", "thin", "timed")

    first: bool  # opens its line
    blank: bool  # a blank line stands before it
    bullet: bool
    heading: str  # the first word of the heading it stands under
    forms: frozenset[str]  # how its times are written, and where in it they stand
    timed: bool  # has a time other than one of the clock
    labelled: bool
    thin: int  # words that say what was done, 3 for more


def _bucket(value: int, steps: tuple[int, ...]) -> int:
    return bisect_left(steps, value)


def blank_before(reading: Reading) -> list[bool]:
    """Whether a blank line stands before each piece: where blocks are kept apart, few services run across one."""
    pieces = reading.pieces
    return [False] * bool(pieces) + [
        piece.first and reading.low.count("\n", before.end, piece.start) > 1 for before, piece in pairwise(pieces)
    ]


def layout_features(reading: Reading, aside: Collection[int] = ()) -> list[Place]:
    """The features of each piece. What the note as a whole looks like is told without the pieces set `aside`."""
    low, pieces = reading.low, reading.pieces
    n_lines = len({piece.line for index, piece in enumerate(pieces) if index not in aside})
    heading, heads = "none", ("h=none", "h1=none")
    out: list[Place] = []
    signatures: list[str] = []
    named: list[list[str]] = []
    labels, times = reading.labels, reading.times
    at_label = at_time = 0
    since_label = since_time = 9
    hidden = [(pieces[index].start, pieces[index].end) for index in aside]
    any_label = "L" if len(labels) > sum(len(reading.labels_in(*place)) for place in hidden) else "l"
    many_times = _bucket(len(times) - sum(len(reading.times_in(*place)) for place in hidden), (0, 1, 3, 6))
    past_words = [word for word in _PAST_WORDS if word in low]
    box_signs = [sign for sign in _BOX_SIGNS if sign in low]
    barred = "|" in low or "\t" in low
    blank = blank_before(reading)
    blocks = f"blocks{_bucket(sum(blank), (0, 1, 3))}"
    for piece, apart in zip(pieces, blank, strict=True):
        start, end, first = piece.start, piece.end, piece.first
        body = low[start:end]
        feats = Place((_LINE[bisect_left(_LINES, piece.line)], _LENGTH[bisect_left(_LENGTHS, len(body))]))
        if apart:
            feats += ["blank", blocks]
        if first:
            feats.append("first")
            found = _HEADING.match(body)
            if found:
                heading = found[1]
                heads = (f"h={heading[:24]}", f"h1={heading.split(' ')[0][:12]}")
                feats.append("hd")
        feats += heads
        bullet = _BULLET.match(body) is not None
        if bullet:
            feats.append("bullet")
        kinds: dict[str, None] = {}
        codes: list[str] = []
        while at_label < len(labels) and labels[at_label].start < end:
            label = labels[at_label]
            at_label += 1
            if label.start >= start:
                kinds["lab:num" if label.number else "lab:strong" if label.strong else "lab:weak"] = None
                if label.start - start < 6:
                    kinds["lab:lead"] = None
                codes.append(label.code)
                feats.append(f"code={label.code}")
                if label.number and label.code in EVALUATIONS:  # each by itself is rare
                    feats.append(f"evaluation:{'eval' in body}")
        forms: dict[str, None] = {}
        while at_time < len(times) and times[at_time].start < end:
            mention = times[at_time]
            at_time += 1
            if mention.start >= start:
                forms[mention.form] = None
                if mention.start - start < 6:
                    forms["lead"] = None
                if end - mention.end < 3:
                    forms["trail"] = None
        feats += kinds
        if forms:
            feats += [f"time:{f}" for f in forms]
        has_label, has_time = bool(kinds), not _NO_LENGTH.issuperset(forms)
        label_sign, time_sign, first_sign = "L" if has_label else "-", "T" if has_time else "-", "1" if first else "-"
        feats.append(f"sig:{label_sign}{time_sign}{'D' if _DOSE.search(body) else '-'}{first_sign}")
        feats.append(f"since:{min(since_label, 3)}{min(since_time, 3)}{any_label}")
        feats.append(f"times{many_times}{time_sign}{any_label}{label_sign}")
        if box_signs and any(sign in body for sign in box_signs):
            if _TICKED.search(body):
                feats.append("ticked")
            if _EMPTY_BOX.search(body):
                feats.append("box")
        if past_words and any(word in body for word in past_words) and _PAST.search(body):
            feats.append("past")
        if barred and (bars := body.count("|") + body.count("\t")):
            feats.append(f"bars{min(bars, 4)}")
        if n_lines <= 2:
            feats.append("oneline")
        last = body[-1]
        feats.append(f"last{last if not last.isalnum() else 'w'}")
        if not any(map(str.isalpha, body)):
            feats.append("nowords")
        thin = min(content_words(low, labels, start, end), 3) if len(body) < 80 else 3
        feats.append(f"thin{thin}{label_sign}{time_sign}")
        place = "lead" if "lead" in forms else "trail" if "trail" in forms else "mid" if has_time else "no"
        feats.append(f"opens{'B' if apart else first_sign}{thin}{label_sign}{time_sign}")
        signatures.append(f"{first_sign}{'B' if bullet else '-'}{label_sign}{place}")
        named.append(codes)
        since_label = 0 if has_label else since_label + 1
        since_time = 0 if has_time else since_time + 1
        feats.first, feats.blank, feats.bullet, feats.heading = first, apart, bullet, heads[1][3:]
        feats.forms, feats.timed, feats.labelled, feats.thin = frozenset(forms), has_time, has_label, thin
        out.append(feats)
    _compare(out, signatures, named, aside)
    return out


def _compare(out: list[Place], signatures: list[str], named: list[list[str]], aside: Collection[int]) -> None:
    """Features that need the whole note: how regular the layout of a piece is, and whether its label is said elsewhere."""
    alike = Counter(but(signatures, aside))
    said = Counter(code for codes in but(named, aside) for code in set(codes))
    seen: set[str] = set()
    for feats, signature, codes in zip(out, signatures, named, strict=True):
        feats.append(f"like{min(alike[signature], 4)}{signature}")
        if codes:
            once = all(said[c] == 1 for c in codes)
            again = all(c in seen for c in codes)
            thin = f"thin{feats.thin}L{'T' if feats.timed else '-'}"
            feats += [
                f"said{'once' if once else 'more'}{'again' if again else 'new'}",
                f"said{'once' if once else 'more'}{'again' if again else 'new'}{thin}",
                f"names{min(len(set(codes)), 3)}{thin}",
            ]
            seen.update(codes)


def element_places(layout: Sequence[Place], spans: Sequence[tuple[int, int]]) -> list[list[str]]:
    """What the place of a piece says about documentation: its heading, and whether it stands before, in or behind the services.

    Pain told on arrival is no response to treatment; the same words behind the services are.
    """
    n = len(layout)
    places = ["none"] * n if not spans else ["between"] * n
    if spans:
        first, last = spans[0][0], spans[-1][1]
        places[:first] = ["before"] * first
        places[last:] = ["after"] * (n - last)
        for a, b in spans:
            places[a:b] = ["in"] * (b - a)
    return [[f"@h1={place.heading}", f"@stands={where}"] for place, where in zip(layout, places, strict=True)]
