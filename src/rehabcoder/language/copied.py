"""Text that was copied forward from an earlier visit and is marked so: it tells of that visit, not of this one.

"[carried forward from 6/09]" heads a block, "Copied 10/03: ..." a line or a quotation, "*** pulled forward from 10/03: ... ***"
stands between signs. What a patient copied from the board, or carried over the step, is none. The entry of an earlier day
above the one of today ("11/05: TE 15 min" above "11/07 TODAY: ...") is such text too, marker or not.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

_DAY = r"\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?"
_EARLIER = r"(?:the\s)?(?:last|previous|prev|prior|earlier)(?![a-z])"
_VISIT = r"(?:visit|note|session|treatment|tx|entry|encounter|daily|dos)"
_TAKEN = r"(?:copied|copy|carried|pulled|brought|rolled|cloned|pasted?|c/p|imported|auto-?(?:populated|text))"
_MARK = re.compile(
    rf"""(?<![a-z\d/])(?:
    (?P<plain>(?:(?:copied|copy|carried|carry|pulled|brought|rolled)[\s-](?:forward|fwd)|copied|cloned|pasted)\s?(?:text|note|section|info(?:rmation)?|data|below)?(?=\s?(?:[:=\])\n]|-\s)))
    |(?:(?:begin|start)(?:\sof)?\s)?(?:{_TAKEN}(?:[\s-](?:forward|fwd|over|in|down))?|carry[\s-](?:forward|fwd)|c/f|cf|c/fwd|cfwd|taken|text|excerpt)(?:\s(?:text|note))?
        (?:\s(?:from|of|on)\s\(?(?:{_DAY}|{_EARLIER})|\s\(?{_DAY}(?=\s?[\])}}:=\n\"-]|\s(?:for|by|from)\b))
    |(?:(?<=<<)|(?<=\[\[)|(?<=\{{\{{))\s?(?:from\s(?:the\s)?)?(?:{_EARLIER}\s(?:{_VISIT}\s)?|(?<=from\s)|(?={_DAY}\s{_VISIT}))\(?{_DAY}\)?(?:\s(?:{_VISIT}))?(?=\s?[:=\n-])
    |{_EARLIER}\s{_VISIT}(?:'s)?(?:\s(?:text|note|entry))?(?:\s\(?{_DAY}\)?)?(?:\s(?:was|is|left))?\s(?:{_TAKEN}|retained|repeated|kept|for\sreference)(?![a-z])
    )""",
    re.X,
)
_WORDS = ("copied", "copy", "carr", "pulled", "brought", "rolled", "cloned", "paste", "c/p", "imported", "retained", "repeated",
          "populated", "auto", "<<", "[[", "{{", "c/f", "cf", "taken from", "text from", "excerpt", "kept", "reference")  # fmt: skip
# A sign that opens what was copied; a marker without one heads its line or its sentence.
_SIGN = re.compile(r"(?:[(\[{]|<<|\*{2,4}|\^{2,4}|={2,4}|~{2,4}|-{2,4}|_{2,4})[ \t]*\Z")
_HEADS = re.compile(r"(?:\A|\n|[.;!?][ \t])[ \t>*#-]*\Z")
# "Goals (copied): ..." are the goals of today too.
_OF_GOALS = re.compile(r"\b(?:goals?|[sl]tgs?)[ :]{0,2}[(\[][ \t]*\Z")
_CLOSING = {"(": ")", "[": "]", "{": "}", "<<": ">>"}
# What may still belong to the marker, and what ends it.
_REST = re.compile(r"(?:\(\s?[\d/.-]{3,10}\s?\)|[^\n:\"(\])}*^>=;.-]|(?<=\d)[.:-](?=\d)|-(?=[a-z])){0,48}")
# "[copied from 11/04 - edit before signing]" alone on its line is a marker with a remark.
_REMARK = re.compile(r"[ \t]*[-,;/][^\n:\d]{0,48}[)\]}>*^=~_-][ \t]*(?=\n)")
_QUOTE_ENDS = re.compile(r"(?<!\d)\"(?=[\s.,;)\]]|\Z)")
_BACK = re.compile(
    rf"(?:\n[ \t]*\n|(?:\n[\W_]*|[.;!?\"][ \t]+[\[(]*)(?:today|now|this\s(?:visit|session|date)|current(?!ly)|new\s(?:note|entry|text)|end\s(?:of\s)?(?:{_TAKEN}|c/f|cf|carry))(?![a-z])"
    rf"|\n[\W_]*(?:date:?\s)?(?P<day>{_DAY}))"
)
_DAY_FIRST = re.compile(_DAY)
# "11/05: ...", "Tues 11/05/25 - ...", "11/07 (today): ...": how the entry of a day opens.
_ENTRY = re.compile(
    r"^[^\w\n]*(?P<lead>(?:today|this\svisit)[ ,(:-]{1,3})?(?:date[ :]{1,2})?(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}[.,]?[ ])?"
    r"(?:(?P<month>\d{1,2})[/.-](?P<day>\d{1,2})(?:[/.-]\d{2,4})?|(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?[ ](?P<of>\d{1,2})(?:,[ ]\d{4})?)(?P<behind>[ ,(-]{1,3}(?:today|this\svisit|current\svisit)\)?)?[ ]?(?:[:=]|-{1,2}[ ])",
    re.M,
)
_FROM_DAY = re.compile(
    rf"(?<![a-z]){_TAKEN}(?:[\s-](?:forward|fwd|over))?\sfrom\s(?:the\s)?(?P<month>\d{{1,2}})[/.-](?P<day>\d{{1,2}})(?!\d)"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH, _YEAR = 31, 372  # days, near enough to tell which of two dates is the earlier one
_FAR = 2000  # code points that a copied block may be long
_SEVERAL = 2  # entries
_BEFORE = 12  # code points before a marker that tell where it stands


def copied_stretches(low: str) -> list[tuple[int, int]]:
    """The stretches of a shadow text that were copied from an earlier visit, with their markers, in order."""
    entries = _earlier_entries(low)
    if not any(word in low for word in _WORDS):
        return entries
    out: list[tuple[int, int]] = []
    done = 0
    for mark in _MARK.finditer(low):
        if mark.start() < done:
            continue
        if _OF_GOALS.search(low, max(done, mark.start() - _BEFORE), mark.start()):
            continue
        opened = _SIGN.search(low, max(done, mark.start() - _BEFORE), mark.start())
        start = opened.start() if opened else mark.start()
        heads = start == 0 or _HEADS.search(low, max(0, start - _BEFORE), start) is not None
        if not opened and not heads:
            continue
        end = _end(low, mark, opened[0].strip() if opened else "", heads=heads)
        if end:
            out.append((start, end))
            done = end
    return sorted([*out, *(entry for entry in entries if not touches(out, *entry))])


def touches(stretches: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether any of some stretches, which stand in order and apart, has a part in `[start, end)`."""
    at = bisect_right(stretches, start, key=lambda stretch: stretch[1])
    return at < len(stretches) and stretches[at][0] < end


def _earlier_entries(low: str) -> list[tuple[int, int]]:
    """The entries of days before the one that the note says is today's, or of the day from which it was taken over."""
    entries = list(_ENTRY.finditer(low))
    if len(entries) < _SEVERAL:
        return []
    days = [_day(entry) for entry in entries]
    today = next((day for day, entry in zip(days, entries, strict=True) if entry["lead"] or entry["behind"]), None)
    taken = _FROM_DAY.search(low)
    if today is None and taken and _day(taken) in days:
        today = next((day for day in days if _is_earlier(_day(taken), day)), None)
    if today is None:
        return []
    out: list[tuple[int, int]] = []
    seen = False  # the entry of today: behind it stands what is of today, up to another date
    for day, entry, following in zip(days, entries, [*entries[1:], None], strict=True):
        seen = seen or day == today
        if _is_earlier(day, today):
            start = entry.start()
            block = low.find("\n\n", start, start + _FAR)
            end = following.start() if following and not seen else _line_end(low, entry.end())
            out.append((start, min(end, block) if block >= 0 else min(end, start + _FAR)))
    return out


def _day(found: re.Match[str]) -> int:
    """The day of a year on which an entry was written, or from which text was taken."""
    said = found.groupdict()
    if said.get("name"):
        return (_MONTHS.index(said["name"]) + 1) * _MONTH + int(said["of"])
    return int(said["month"]) * _MONTH + int(said["day"])


def _is_earlier(day: int, today: int) -> bool:
    return 0 < (today - day) % _YEAR < _YEAR // 2


def _end(low: str, mark: re.Match[str], sign: str, *, heads: bool) -> int:
    """Where what the marker opens is over, 0 where it opens nothing."""
    at = _REST.match(low, mark.end()).end()  # type: ignore[union-attr]
    closing = _CLOSING.get(sign, sign)
    if closing and low.startswith(closing, at):  # the signs hold the marker alone
        at += len(closing)
        if not heads and not low.startswith(":", at):
            return 0
    elif closing and heads and (remark := _REMARK.match(low, at)) and remark[0].rstrip().endswith(closing):
        at = remark.end()
    elif closing:
        over = low.find(closing, at, at + _FAR)
        return over + len(closing) if over >= 0 else _line_end(low, at)
    elif low[at : at + 1] not in (":", "=", '"', "-", ">", "\n", ""):
        return 0
    while low[at : at + 1] in (":", "=", "-", ".", ">", " ", "\t"):
        at += 1
    if low.startswith('"', at):
        over_quote = _QUOTE_ENDS.search(low, at + 1, at + _FAR)
        return over_quote.end() if over_quote else _line_end(low, at)
    line_end = _line_end(low, at)
    if low[at:line_end].strip():
        back = _BACK.search(low, at, line_end)
        return back.start() if back else line_end
    return _block_end(low, line_end, mark[0])


def _line_end(low: str, at: int) -> int:
    end = low.find("\n", at)
    return end if end >= 0 else len(low)


def _block_end(low: str, at: int, marker: str) -> int:
    """Where the block below a marker on a line of its own is over, 0 where nothing says so."""
    while low[at : at + 1].isspace():
        at += 1
    own = _DAY_FIRST.match(low, at)
    for back in _BACK.finditer(low, at - 1, at + _FAR):
        if not back["day"] or (back["day"] not in marker and not (own and back["day"] == own[0])):
            return back.start()
    return 0


def without(low: str, stretches: list[tuple[int, int]]) -> str:
    """The text with those stretches blanked out, at the same length and with the same lines."""
    out: list[str] = []
    done = 0
    for start, end in stretches:
        out += (low[done:start], "\n".join(" " * len(line) for line in low[start:end].split("\n")))
        done = end
    return "".join((*out, low[done:]))
