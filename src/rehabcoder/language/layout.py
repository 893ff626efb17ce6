"""Features of a piece that lie in its place and shape rather than its words: headings, bullets, labels, times, doses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from rehabcoder.language.detail import content_words
from rehabcoder.language.reading import Reading

_HEADING = re.compile(r"\s*[*#>\[(-]*\s*([a-z][a-z /&+.'-]{0,30}?)\s*[\])]?\s*(?::|=|$|\s-\s|\.\s*$|\[|\t|\|)")
_BULLET = re.compile(r"\s*(?:[-*>+o]\s|\(?\d{1,2}[.)]\s|[a-z][.)]\s|\[[x \u2611]?\]|\([x ]?\)|\|)")
_DOSE = re.compile(
    r"\b\d{1,3}\s*x\s*\d{1,3}\b|\bx\s?\d{1,3}\b|\b\d+\s?(?:#|lbs?\b|kg\b|reps?\b|sets?\b|\"|sec\b|s\b|ft\b|deg\b|%)"
)
_TICKED = re.compile(r"\[\s*[x\u2611]\s*\]|\(\s*[x\u2611]\s*\)|\u2611")
_EMPTY_BOX = re.compile(r"\[\s*\]|\(\s{1,3}\)|\u2610|_{3,}")
_PAST = re.compile(
    r"\b(?:last (?:visit|session|time|week|wk|tx|friday|monday|tuesday|wednesday|thursday)|yesterday|previous(?:ly)?|was|were|had)\b"
)


def _bucket(value: int, steps: tuple[int, ...]) -> int:
    return sum(value > step for step in steps)


def blank_before(reading: Reading) -> list[bool]:
    """Whether a blank line stands before each piece: where blocks are kept apart, few services run across one."""
    pieces = reading.pieces
    return [False] * bool(pieces) + [
        piece.first and reading.low.count("\n", before.end, piece.start) > 1 for before, piece in pairwise(pieces)
    ]


def layout_features(reading: Reading) -> list[list[str]]:
    """One list of feature names a piece."""
    low, pieces = reading.low, reading.pieces
    n_lines = pieces[-1].line + 1 if pieces else 1
    heading = "none"
    out: list[list[str]] = []
    signatures: list[str] = []
    named: list[list[str]] = []
    labels, times = reading.labels, reading.times
    at_label = at_time = 0
    since_label = since_time = 9
    any_label = "L" if labels else "l"
    many_times = _bucket(len(times), (0, 1, 3, 6))
    blank = blank_before(reading)
    blocks = f"blocks{_bucket(sum(blank), (0, 1, 3))}"
    for piece, apart in zip(pieces, blank, strict=True):
        body = low[piece.start : piece.end]
        feats = [f"line{_bucket(piece.line, (0, 1, 3))}", f"len{_bucket(len(body), (8, 20, 45, 90, 160))}"]
        if apart:
            feats += ["blank", blocks]
        if piece.first:
            feats.append("first")
            found = _HEADING.match(body)
            if found:
                heading = found[1]
                feats.append("hd")
        feats.append(f"h={heading[:24]}")
        feats.append(f"h1={heading.split(' ')[0][:12]}")
        if _BULLET.match(body):
            feats.append("bullet")
        kinds: set[str] = set()
        while at_label < len(labels) and labels[at_label].start < piece.end:
            label = labels[at_label]
            at_label += 1
            if label.start >= piece.start:
                kinds.add("num" if label.number else "strong" if label.strong else "weak")
                if label.start - piece.start < 6:
                    kinds.add("lead")
                feats.append(f"code={label.code}")
        forms: set[str] = set()
        while at_time < len(times) and times[at_time].start < piece.end:
            mention = times[at_time]
            at_time += 1
            if mention.start >= piece.start:
                forms.add(mention.form)
                if mention.start - piece.start < 6:
                    forms.add("lead")
                if piece.end - mention.end < 3:
                    forms.add("trail")
        feats += [f"lab:{k}" for k in kinds]
        feats += [f"time:{f}" for f in forms]
        has_label, has_time = bool(kinds), bool(forms - {"clock", "lead", "trail"})
        dose = bool(_DOSE.search(body))
        feats.append(
            f"sig:{'L' if has_label else '-'}{'T' if has_time else '-'}{'D' if dose else '-'}{'1' if piece.first else '-'}"
        )
        feats.append(f"since:{min(since_label, 3)}{min(since_time, 3)}{any_label}")
        feats.append(f"times{many_times}{'T' if has_time else '-'}{any_label}{'L' if has_label else '-'}")
        if _TICKED.search(body):
            feats.append("ticked")
        if _EMPTY_BOX.search(body):
            feats.append("box")
        if _PAST.search(body):
            feats.append("past")
        bars = body.count("|") + body.count("\t")
        if bars:
            feats.append(f"bars{min(bars, 4)}")
        if n_lines <= 2:
            feats.append("oneline")
        last = body[-1]
        feats.append(f"last{last if not last.isalnum() else 'w'}")
        if not any(c.isalpha() for c in body):
            feats.append("nowords")
        codes = [f[5:] for f in feats if f.startswith("code=")]
        thin = content_words(low, labels, piece.start, piece.end) if len(body) < 80 else 9
        feats.append(f"thin{min(thin, 3)}{'L' if has_label else '-'}{'T' if has_time else '-'}")
        place = "lead" if "lead" in forms else "trail" if "trail" in forms else "mid" if has_time else "no"
        feats.append(f"opens{'B' if apart else '1' if piece.first else '-'}{min(thin, 3)}{'L' if has_label else '-'}{'T' if has_time else '-'}")
        signatures.append(
            f"{'1' if piece.first else '-'}{'B' if _BULLET.match(body) else '-'}{'L' if has_label else '-'}{place}"
        )
        named.append(codes)
        since_label = 0 if has_label else since_label + 1
        since_time = 0 if has_time else since_time + 1
        out.append(feats)
    _compare(out, signatures, named)
    return out


def _compare(out: list[list[str]], signatures: list[str], named: list[list[str]]) -> None:
    """Features that need the whole note: how regular the layout of a piece is, and whether its label is said elsewhere."""
    alike = Counter(signatures)
    said = Counter(code for codes in named for code in set(codes))
    seen: set[str] = set()
    for feats, signature, codes in zip(out, signatures, named, strict=True):
        feats.append(f"like{min(alike[signature], 4)}{signature}")
        if codes:
            once = all(said[c] == 1 for c in codes)
            again = all(c in seen for c in codes)
            thin = next(f for f in feats if f.startswith("thin"))
            feats += [
                f"said{'once' if once else 'more'}{'again' if again else 'new'}",
                f"said{'once' if once else 'more'}{'again' if again else 'new'}{thin}",
                f"names{min(len(set(codes)), 3)}{thin}",
            ]
            seen.update(codes)


def element_places(layout: Sequence[Sequence[str]], spans: Sequence[tuple[int, int]]) -> list[list[str]]:
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
    return [
        ["@" + f for f in feats if f.startswith("h1=")] + [f"@stands={where}"]
        for feats, where in zip(layout, places, strict=True)
    ]
