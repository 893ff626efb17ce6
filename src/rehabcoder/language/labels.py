"""Finds the names and numbers by which a note itself calls a service ("Ther Ex", "97530", "NMR")."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from string import ascii_lowercase

from rehabcoder.language.patterns import first_group, knowledge
from rehabcoder.language.spoken_codes import spoken_codes
from rehabcoder.language.times import WORDS

_NUMBER = r"(?<![\d$#])(?:(?<=\d{5}/)|(?<!\d[./-]))(?:97[01567]\d\d|9254?\d\d|9252\d|9261\d|9599[1-3]|9089\d|9091[0-3]|2056[01]|29\d{3}|9894[0-2]|g0(?:283|281|329))(?!\d|%|/\d{1,3}[/-]|-\d{3})(?<!mrn .{5})(?<!mrn: .{5})"
_OPENING = 4  # letters by which words are looked up
_NUMBERS_OPEN = frozenset(
    f"{three}{last}"
    for three in [*range(290, 300), 205, 908, 909, 925, 926, 959, 970, 971, 975, 976, 977, 989]
    for last in range(10)
)
_WORD = re.compile(rf"[a-z']+|\d{{{_OPENING},}}")

_TIMED_NAMES = frozenset({"97110", "97112", "97530", "97140", "97116"})  # with a time behind them nothing else
_INITIALS = frozenset({"97110", "97112", "97530", "97140"})  # TE, NMR, TA, MT: in capitals hardly anything else


@dataclass(slots=True, frozen=True)
class Label:
    """One mention of a code: `code` is the number meant; `strong` mentions need no context to be believed."""

    start: int
    end: int
    code: str
    strong: bool
    number: bool


def _flexible(pattern: str) -> str:
    # One blank of a name stands for what people type there: blanks, a hyphen, a slash, or a line that was broken.
    return re.sub(r"(?<!\\) ", r"[\\s/&-]+", pattern.replace(" ?", "\x01")).replace("\x01", r"[\s/-]*")


def _openings(form: str, begun: str = "") -> set[str]:
    """The first letters (`_OPENING`, of a shorter word all) of every word with which a form of `labels.toml` may begin."""
    if len(begun) == _OPENING:
        return {begun}
    if not form:
        return {begun, begun + "'"}
    if form.startswith((" ?", r"\.?")):  # the word ends here, or it goes on
        return {begun} | _openings(form.partition("?")[2], begun)
    if form.startswith((" ", r"\.", ",")):
        return {begun}
    if form[0].isalpha():
        skipped = _openings(form[2:], begun) if form[1:2] == "?" else set()
        return skipped | _openings(form[2:] if form[1:2] == "?" else form[1:], begun + form[0])
    if form.startswith("(?:"):
        ways, rest = first_group(form)
        if rest.startswith("?"):
            ways, rest = [*ways, ""], rest[1:]
        return {opening for way in ways for opening in _openings(way + rest, begun)}
    return {begun}.union(
        *(_openings("", begun + letter) | _openings(form, begun + letter) for letter in ascii_lowercase)
    )


@cache
def _patterns() -> tuple[re.Pattern[str], list[tuple[str, bool]], frozenset[str]]:
    """Any mention of a code; what each group means; the first characters of the words that may begin one."""
    table = knowledge("labels")
    meaning: list[tuple[str, bool]] = []
    # Forms are gathered by their first letter, so that at each word only the few that can begin there are tried;
    # strong names come before weak ones, and longer before shorter.
    by_letter: dict[str, list[tuple[bool, int, str]]] = {}
    openings = set(_NUMBERS_OPEN)
    for code, names in table.items():
        for strong in (True, False):
            for form in names["strong" if strong else "weak"]:
                ways, rest = first_group(form)
                openings |= _openings(form)
                for letter in (way[0] for way in (ways if ways[0] else [rest])):
                    by_letter.setdefault(letter, []).append(
                        (not strong, -len(form), f"(?P<g{len(meaning)}>{_flexible(form)})")
                    )
                    meaning.append((code, strong))
    branches = "|".join(
        f"(?={letter})(?:{'|'.join(body for *_, body in sorted(forms))})" for letter, forms in sorted(by_letter.items())
    )
    letters = "".join(sorted(by_letter))
    pattern = re.compile(rf"(?P<num>{_NUMBER})|(?<![a-z0-9'])(?=[{letters}])(?:{branches})(?![a-z])")
    return pattern, meaning, frozenset(openings)


def _mentions(low: str) -> Iterator[re.Match[str]]:
    """Matches in order, tried only at words that can begin one: most of a note's words cannot."""
    pattern, _, openings = _patterns()
    done = 0
    if "g0" in low:  # the one number that may begin within a word
        while found := pattern.search(low, done):
            yield (found := _of_one_line(pattern, low, found))
            done = found.end()
        return
    for word in _WORD.finditer(low):
        if word[0][:_OPENING] in openings and word.start() >= done:
            found = pattern.match(low, word.start())
            if found:
                yield (found := _of_one_line(pattern, low, found))
                done = found.end()


def _of_one_line(pattern: re.Pattern[str], low: str, found: re.Match[str]) -> re.Match[str]:
    """A name that runs on to the next line, or what of it stands on its own, where the next line opens with a longer name:
    "Manual" above "Ther Act"."""
    line = low.find("\n", *found.span())
    if line < 0:
        return found
    below = line + 1
    while low[below].isspace() or low[below] in "-*/&":
        below += 1
    other = pattern.match(low, below)
    own = pattern.match(low, found.start(), line) if other and other.end() > found.end() else None
    return own or found


_BEFORE_WEAK = re.compile(
    r"(?:^|[\n|\t*>\])}:;,./+=&~_-]|\d\d|[a-z][ ]\d|\b[ap]m|\bmins?|\bstop|\d[.)'m]|\]|\)|[ ]{3})\s*(?:[-*]\s*)?$"
)
_AFTER_WEAK = re.compile(
    r"\s*(?:per\b|see\b|[:;=\-(\[|/\t~+]|[x@]\s?\d|\d|\n|$|,\s*\d|\.\s|minutes?\b|w/|incl(?:\.|ud\w+)?\s)"
)
_HEADED = re.compile(r"(?<![a-z])(?:min(?:ute)?s|units?|times?|timed|codes?|cpt)[ \t]{1,4}$")  # "MINUTES  TE 21"
_HEADING_FAR = 12  # code points of such a word and the blanks behind it
_FIELD = re.compile(r":[ \t]*$")  # of a form; its value ends at a gap: "Type: manual      Dur: 10"
_OPENS = re.compile(r"(?:^|[\n|\t>\]):;.]|\d\d|\bmins?)\s*(?:[-*+]\s*)?$")  # where a row or a sentence begins
_LISTED = re.compile(r"\s*(?:,|/|&|\+|,?\s(?:and|then|plus))\s+")
_UNITS = re.compile(r"[ \t,:x(-]{1,4}[1-8][ \t]?(?:u|units?)[ \t,:)-]{1,3}")
_IN_LIST = re.compile(r"\s*,")
_BEFORE_OPENING = [  # what may stand before the name with which a service opens: figures; a few more words
    re.compile(r"[\W\d_]*+"),
    re.compile(r"(?:(?:[a-z]|mins?|[a-z]+\sminutes?|the|some|then|with|of|and)\b|(?<=\d)m\b|[\W\d_])*+"),
    re.compile(r"[a-z]{2}\b[\W\d_]*+|[\d:ap-]+\s+[a-z]{2}\b[\W\d_]*+"),
]
# "..., then ice for ten.": a short name with its time behind a word that moves on to it.
_MOVED_ON = re.compile(r"(?:\b(?:then|plus|and|with|by)|[,&+])\s\Z")
_FOR_SO_LONG = re.compile(rf"\s(?:for|x)\s?(?:{WORDS}|\d{{1,2}})(?:\s?(?:min|m\b|')|\s?(?:[.;\n]|\Z|,\s|and\s))")
_THEN_TIME = re.compile(r"\s*+(?:x\s*+)?\d{1,3}\s?(?:min|')")
# "exercises 10 min daily": what the patient does at home.
_HABIT = re.compile(
    r"\s*+(?:x\s*+)?\d{1,3}\s?(?:min(?:ute)?s?|')\.?,?\s(?:daily|nightly|every|each|per\sday|an?\s(?:day|night|week)|at\shome|on\sher\sown|(?:once|twice|\d)\s?x?[\s/](?:a\s|per\s)?(?:day|d|daily|week|wk)|x\s?\d|bid|tid|qd|qid|most\s)"
)
_CHAIR_TIMED = re.compile(
    r"(?<![a-z/])w/?c(?=[ \t:=]{1,3}\d{1,2}(?![\d./:])[ \t]?(?:mins?|m|')?[ \t]*(?:[|,;/\n]|[ ]{2}|\Z))"
)
_ROW = 120  # code points to either side in which the row goes on
_CHAIR_HEADS = re.compile(r"^[ \t*-]*(?P<name>w/?c)(?=[ \t]?(?::|-[ \t]))", re.M)
_TIME_OF_LIST = re.compile(r"[ \t:=]{0,3}(?:(?:x|for|~)[ \t]?)?\d{1,2}(?!\d|[./:]\d|[ \t]?(?:x|reps?|sets?)\b)")
_FIGURE_BEHIND = re.compile(r"[ \t:=]{0,3}\d{1,2}(?![\d./:])")
# "..., put down as exercise": behind such words a short name is one, where nothing but the end of the words follows it.
_TOLD_AS = re.compile(
    r"(?:put[ ]down|recorded|billed|charged|logged|entered|coded|written[ ]up|booked|documented|charted|listed|counted|posted"
    r"|claimed|labell?ed|submitted|put[ ]in|sent[ ]out|went[ ]out|called)[ ](?:it[ ]|this[ ]|that[ ])?(?:as|under)[ ](?:an?[ ]|the[ ])?\Z"
)
_TOLD_FAR = 32  # code points of such words
_CLOSED = {"[": ("]",), "(": (")",)}  # by the sign before a name the one behind it
_SHORT_NAME = 4  # letters
_HEADING = re.compile(r"te|tex|ta|mt|nmre?|nre|adls?|gt")  # before a colon hardly anything else, even in mid-line
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)[ ]\Z")  # "5th mt: tender"
_OF_OCCUPATIONAL = {"97161": "97165", "97162": "97166", "97163": "97167"}
_OCCUPATIONAL = re.compile(r"(?<![a-z])(?:ot|otr|occupational)(?![a-z])")
_PHYSICAL = re.compile(r"(?<![a-z])(?:physical therap[a-z]*|dpt|pt eval[a-z]*)(?![a-z])")
_NAMES_DISCIPLINE = re.compile(r"(?<![a-z])(?:pt|physical)(?![a-z])")
_AS = (" as ", " as a ", " as an ", " as the ", " under ")
_ENDS = re.compile(r"[ \t]*(?:[.,;:)\n]|\Z|(?:and|for|in|on|with|by|\d)\b)")
# "Multifidus with US imaging feedback": that a muscle was looked at is no treatment.
_IMAGING_BEHIND = re.compile(
    r"[ -](?:on (?:the |a )?)?(?:imag(?:ing|e|es)|guid(?:ed|ance)|bio ?feedback|feedback|scan(?:s|ned|ning)?|screen|monitor|probe|video|picture)(?![a-z])"
)
_IMAGING_AHEAD = re.compile(
    r"(?:diagnostic|rehab(?:ilitative|ilitation)?|real[ -]time|imaging|trans[ -]?(?:perineal|abdominal)|musculoskeletal|msk|doppler|guided by)[ ]\Z"
)
_IMAGING_FAR = 17  # code points of such a word
_ULTRASOUND = "97035"
# Codes that a name may be short for.
_KIN = (frozenset({"G0283", "97014", "97032"}), frozenset({"97760", "97761", "97763"}))
_BROKEN = re.compile(r"(?<=[a-z])-\n[ \t]{0,8}(?=[a-z])")
_LONG_WORD = re.compile(r"[A-Z]{4}")


def find_labels(text: str, low: str) -> list[Label]:
    """Label mentions in order. `low` is `shadow(text)`. One whose word is broken off at the end of a line counts as well."""
    out = _labels(text, low)
    broken = [found.span() for found in _BROKEN.finditer(low)] if "-\n" in low else []
    if not broken:
        return out
    # Where a place of the text with its words whole lies in the one with broken ones.
    ends = [end for _, end in broken]
    kept = [slice(a, b) for a, b in zip([0, *ends], [*(start for start, _ in broken), len(low)], strict=True)]
    begins = list(itertools.accumulate((part.stop - part.start for part in kept), initial=0))
    joined, joined_low = "".join(text[part] for part in kept), "".join(low[part] for part in kept)
    for label in _labels(joined, joined_low):
        first, last = bisect_right(begins, label.start) - 1, bisect_left(begins, label.end) - 1
        if first < last:
            start = label.start - begins[first] + kept[first].start
            end = label.end - begins[last] + kept[last].start
            out = [other for other in out if other.end <= start or other.start >= end]
            out.append(replace(label, start=start, end=end))
    return sorted(out, key=lambda label: label.start)


def _labels(text: str, low: str) -> list[Label]:
    """The label mentions of a text whose words are whole."""
    _, meaning, _ = _patterns()
    out: list[Label] = []
    waiting: list[Label] = []  # short names that count if they stand in a list of names with its time behind it
    for found in _mentions(low):
        start, end = found.span()
        if found["num"]:
            out.append(Label(start, end, found["num"].upper(), True, True))
            continue
        code, strong = _meant(found, meaning)
        if code == _ULTRASOUND and (
            _IMAGING_BEHIND.match(low, end) or _IMAGING_AHEAD.search(low, max(0, start - _IMAGING_FAR), start)
        ):
            continue
        bracketed = low[end : end + 1] in _CLOSED.get(low[start - 1 : start], ()) and (
            low[start - 1] == "[" or _HEADING.fullmatch(low, start, end) is not None
        )
        if bracketed:  # "shaving at the sink [ADL]" says what it is a service of, wherever it stands
            strong = True
        elif not strong and not (
            _placed(text, low, start, end, code) or _listed(low, out, start, code) or _numbered(low, out, start, code)
        ):
            if code in _INITIALS and end - start <= _SHORT_NAME:
                waiting.append(Label(start, end, code, False, False))
            continue
        out.append(Label(start, end, code, strong, False))
    if waiting:
        out = _with_first_of_lists(low, out, waiting)
    if "attend" in low:
        out = _attended(low, out)
    spoken = spoken_codes(low)
    if spoken:
        out += [Label(start, end, code, True, True) for start, end, code in spoken]
        out.sort(key=lambda label: label.start)
    chairs = _chairs(low, out) if len(out) > 1 and ("wc" in low or "w/c" in low) else []
    if chairs:
        out = sorted([*out, *chairs], key=lambda label: label.start)
    if "complexity" in low:
        out = _by_discipline(low, out)
    return _as_numbered(low, out)


def _opens_line_or_sentence(low: str, start: int) -> bool:
    return start == 0 or _OPENS.search(low, max(0, start - 6), start) is not None


def _with_first_of_lists(low: str, labels: list[Label], waiting: list[Label]) -> list[Label]:
    """The labels with the short names before them of a list that opens a sentence and closes with its time: "te and ta x 30"."""
    out = list(labels)
    held: list[Label] = []  # names of such a list whose first one is not reached yet
    for name in reversed(waiting):
        at = bisect_left(out, name.end, key=lambda label: label.start)
        following = out[at] if at < len(out) else None
        if held and _LISTED.fullmatch(low, name.end, held[-1].start):
            held.append(name)
        elif following and following.code != name.code and _timed_list(low, name, following):
            held = [name]
        else:
            held = []
        if held and _opens_line_or_sentence(low, name.start):
            out[at:at] = reversed(held)
            held = []
    return out


def _timed_list(low: str, name: Label, last: Label) -> bool:
    """Whether a name stands in a list right before the last one, which has a time behind it."""
    return _LISTED.fullmatch(low, name.end, last.start) is not None and _TIME_OF_LIST.match(low, last.end) is not None


def _by_discipline(low: str, labels: list[Label]) -> list[Label]:
    """The labels, an evaluation named by nothing but its complexity being that of the discipline that the note names."""
    if not _OCCUPATIONAL.search(low) or _PHYSICAL.search(low):
        return labels
    return [
        replace(la, code=_OF_OCCUPATIONAL[la.code])
        if la.code in _OF_OCCUPATIONAL and not la.number and not _NAMES_DISCIPLINE.search(low, la.start, la.end)
        else la
        for la in labels
    ]


def _chairs(low: str, labels: list[Label]) -> list[Label]:
    """The letters for a wheelchair as the name of its management: in a row of names with their times, and where a line opens
    with what that row names ("TA 25 | NMR 15 | WC 15" above "WC: curb, small wheelies")."""
    places = [label.start for label in labels]
    out: list[Label] = []
    for found in _CHAIR_TIMED.finditer(low):
        near, far = max(0, found.start() - _ROW), found.end() + _ROW
        line, end = max(near, low.rfind("\n", near, found.start()) + 1), low.find("\n", found.end(), far)
        row = labels[bisect_left(places, line) : bisect_left(places, end if end >= 0 else far)]
        if sum(_FIGURE_BEHIND.match(low, label.end) is not None for label in row) > 1:
            out.append(Label(*found.span(), "97542", False, False))
    if out:
        out += [Label(*found.span("name"), "97542", False, False) for found in _CHAIR_HEADS.finditer(low)]
    return out


def _attended(low: str, labels: list[Label]) -> list[Label]:
    """The labels, "estim" alone meaning the attended one where the note says of its stimulation that it was ("estim attended ...
    estim 1") and of none that it was not."""
    stimulations = [la for la in labels if "stim" in low[la.start : la.end]]
    if {la.code for la in stimulations if la.strong and not la.number} != {"97032"}:
        return labels
    return [replace(la, code="97032") if la in stimulations and not la.number else la for la in labels]


def _as_numbered(low: str, labels: list[Label]) -> list[Label]:
    """The labels, those of a name that may mean several codes taken for the one of which a number beside it says so elsewhere:
    "E-stim 97032 15" above "E-stim: trigger on the tibialis anterior"."""
    meant: dict[str, str] = {}
    for name, number in itertools.pairwise(labels):
        beside = number.number and not name.number and not low[name.end : number.start].strip(" (,-")
        if beside and name.code != number.code and any({name.code, number.code} <= kin for kin in _KIN):
            meant[low[name.start : name.end]] = number.code
    if not meant:
        return labels
    return [
        replace(label, code=meant[word])
        if not label.number and (word := low[label.start : label.end]) in meant
        else label
        for label in labels
    ]


def _listed(low: str, before: list[Label], start: int, code: str) -> bool:
    """Whether a name stands in a list right behind another: "ther ex and manual to the shoulder"."""
    last = before[-1] if before else None
    return last is not None and last.code != code and _LISTED.fullmatch(low, last.end, start) is not None


def _numbered(low: str, before: list[Label], start: int, code: str) -> bool:
    """Whether a name stands behind the number and the units of its code: "97140 1u manual"."""
    last = before[-1] if before else None
    return last is not None and last.number and last.code == code and _UNITS.fullmatch(low, last.end, start) is not None


def _placed(text: str, low: str, start: int, end: int, code: str) -> bool:
    """Whether a short or ambiguous name stands where a label stands."""
    if code in _TIMED_NAMES and _THEN_TIME.match(low, end):
        return not (low.startswith("exercise", start) and _HABIT.match(low, end))
    if (
        end - start <= _SHORT_NAME
        and low.startswith(": ", end)
        and _HEADING.fullmatch(low, start, end)
        and not _ORDINAL.search(low, max(0, start - 5), start)
    ):
        return True
    if low.endswith(_AS, 0, start) and _TOLD_AS.search(low, max(0, start - _TOLD_FAR), start) and _ENDS.match(low, end):
        return True
    if (
        low.startswith((" for ", " x "), end)
        and _FOR_SO_LONG.match(low, end)
        and _MOVED_ON.search(low, max(0, start - 6), start)
    ):
        return True
    floor = max(0, start - 6)
    before = start == 0 or _BEFORE_WEAK.search(low, floor, start) is not None
    before = before or _HEADED.search(low, max(0, start - _HEADING_FAR), start) is not None
    after = _AFTER_WEAK.match(low, end) is not None
    after = after or (low.startswith("   ", end) and _FIELD.search(low, floor, start) is not None)
    if end - start > 3:
        return before and after
    initials = code in _INITIALS
    if initials and before and _IN_LIST.match(low, end):
        return True
    if text[start:end].isupper():
        ahead, behind = text[max(0, start - 14) : start], text[end : end + 14]
        beside = ahead[ahead.rfind("\n") + 1 :] + behind.partition("\n")[0]
        # In a line of capitals these tell nothing, unless all beside the name are names as short.
        if not beside.isupper() or (initials and not _LONG_WORD.search(beside)):
            return before or after or initials
        if initials and _opens_line_or_sentence(low, start):
            return True
    return before and after


def opening_label(low: str, start: int, end: int, supported: str) -> Label | None:
    """The name with which a service opens, whatever follows it ("gait to the mailbox"), if it agrees with the code."""
    pattern, meaning, _ = _patterns()
    for ahead in _BEFORE_OPENING:
        skipped = ahead.match(low, start, end)
        found = pattern.match(low, skipped.end(), end) if skipped else None
        if found and not found["num"] and _meant(found, meaning)[0] == supported:
            return Label(*found.span(), *_meant(found, meaning), False)
    return None


def _meant(found: re.Match[str], meaning: list[tuple[str, bool]]) -> tuple[str, bool]:
    """The code that a name means, and whether the name counts anywhere."""
    return meaning[int((found.lastgroup or "g0")[1:])]
