"""Takes from services the minutes that are a dose of one thing done in them: a machine's, a hold's, repetitions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rehabcoder.language.note_minutes import DOSE, Minutes
from rehabcoder.language.patterns import KIND_OF_MACHINE, MACHINES
from rehabcoder.language.reading import Reading
from rehabcoder.language.times import WORDS

# A row of nothing but a machine and its time, of a service of several rows.
_MACHINE_ROW = re.compile(
    rf"[ \t*>|-]*{KIND_OF_MACHINE}(?:{MACHINES}|cycle|arm bike|tm|airdyne)"
    r"(?:[ \t,|]++(?:(?:l|lvl|level|seat|res(?:istance)?)\d{0,2}|fwd|retro|fwd/(?:retro|bwd|back)|[\d./-]{1,5}|mph|watts|w|mins?)\b)*[ \t,|:x-]*"
)
# A machine at the head of a list, up to its time.
_OPENS_WITH_MACHINE = re.compile(
    rf"[:=-][ \t\n]*{KIND_OF_MACHINE}(?:{MACHINES}|cycle|tm|airdyne)(?:[ ,](?:l|lvl|level|seat|res)?[ ]?\d{{1,2}}|[ ,](?:fwd|retro|warm[ -]?up|for|x))*[ ,x]*\Z"
)
_REPS = re.compile(r"\dx\d|(?<![a-z])x\d")
_REPETITIONS = re.compile(r"\d[ ]?x[ ]?\d|(?<![a-z\d])x[ ]?\d")
_OF_A_MACHINE = 10  # minutes that a warm-up takes at the most
_EXERCISE = "97110"
_FEW = 16  # code points that may lead up to the name with which a service opens
_ROWS = 2  # line breaks of a service of a heading and several rows
# A hold and how often it was held: "3x1'", "one minute times five", "2 min x3".
_TIMES_BEFORE = re.compile(r"(?<![\d.])\d{1,2}[ ]?(?:x|sets?[ ]of)[ ]?\Z")
_TIMES_BEHIND = re.compile(rf"[ ]?(?:holds?[ ])?(?:x[ ]?\d|(?:times|by)[ ](?:{WORDS}|\d{{1,2}})(?![a-z]))")
_SEVERAL = 2  # timed services
_HELD = frozenset({"min", "prime", "m", "word"})
_CLOSING = frozenset({"label", "min", "prime", "m", "brack"})
_NEAR = 12  # code points before a hold in which its count stands


def held_over(reading: Reading) -> set[int]:
    """Where times of few minutes begin that were held several times over."""
    low = reading.low
    return {
        mention.start
        for mention in reading.times
        if mention.minutes < DOSE
        and mention.form in _HELD
        and (
            _TIMES_BEHIND.match(low, mention.end)
            or _TIMES_BEFORE.search(low, max(0, mention.start - _NEAR), mention.start)
        )
    }


def without_doses(
    reading: Reading,
    spans: Sequence[tuple[int, int]],
    chosen: list[Minutes],
    total: int | None,
    untimed: Sequence[bool],
) -> None:
    """Takes from services the minutes that are those of one thing done in them."""
    _without_machines(reading, spans, chosen)
    _without_one_of_a_list(reading, spans, chosen)
    _without_repetitions(reading, spans, chosen, total)
    _without_the_only_machine(reading, spans, chosen, untimed)
    _of_closing_names(reading, spans, chosen)


def _without_machines(reading: Reading, spans: Sequence[tuple[int, int]], chosen: list[Minutes]) -> None:
    """Takes from services under a heading of several rows the time of one row that is a machine's: "THER EX / SLR 3x10 / UBE
    6 min"."""
    low = reading.low
    for index, ((start, end), minutes) in enumerate(zip(spans, chosen, strict=True)):
        if minutes.start is None or minutes.end is None or not start < minutes.start < end:
            continue
        row = low.rfind("\n", start, minutes.start) + 1
        if (
            not row
            or low.count("\n", start, end) < _ROWS
            or minutes.end > end
            or "\n" in low[minutes.start : minutes.end]
        ):
            continue
        if _MACHINE_ROW.fullmatch(low, row, minutes.start):
            chosen[index] = Minutes(None, None, None, 0.7)


def _without_one_of_a_list(reading: Reading, spans: Sequence[tuple[int, int]], chosen: list[Minutes]) -> None:
    """Takes from services that open with a name and go on with a list the few minutes of the machine that the list opens
    with: "TE: bike L3 6 min, SLR 3x10, rows 3x12"."""
    low = reading.low
    for index, ((start, end), minutes) in enumerate(zip(spans, chosen, strict=True)):
        at, stop = minutes.start, minutes.end
        if at is None or stop is None or not start < at < end or (minutes.minutes or 0) > _OF_A_MACHINE:
            continue
        if (
            low[stop : stop + 2] in (", ", "; ")
            and _REPS.search(low, stop, end)
            and _OPENS_WITH_MACHINE.search(low, start, at)
        ):
            name = reading.labels_in(start, at)
            if name and name[0].start - start <= _FEW and name[0].code == _EXERCISE:
                chosen[index] = Minutes(None, None, None, 0.7)


def _without_repetitions(
    reading: Reading, spans: Sequence[tuple[int, int]], chosen: list[Minutes], total: int | None
) -> None:
    """Takes from the only service with a figure behind an "x" at its end the repetitions that close a list of them: "carry 10#
    3x8, floor pick up x10". Where several services end so, or the minutes come to the total, they are minutes."""
    low = reading.low
    times_over = [
        k for k, m in enumerate(chosen) if m.start is not None and low[max(0, m.start - 2) : m.start].strip() == "x"
    ]
    if len(times_over) != 1 or total == sum(m.minutes or 0 for m in chosen):
        return
    index = times_over[0]
    (start, end), at = spans[index], chosen[index].start or 0
    if not start < at < end or low[at - 1] != "x":
        return
    if _REPETITIONS.search(low, start, at - 1) and not reading.labels_in(max(start, at - _FEW), at):
        chosen[index] = Minutes(None, None, None, 0.6)


def _without_the_only_machine(
    reading: Reading, spans: Sequence[tuple[int, int]], chosen: list[Minutes], untimed: Sequence[bool]
) -> None:
    """Takes from the only one of several timed services that has minutes those of the machine with which its rows or its list
    begin, where no name does: "NuStep L5 8 min / SLR 3x10 / SAQ 3x12" in a note that gives nothing but a total."""
    timed = [k for k, idle in enumerate(untimed) if not idle]
    given = [k for k in timed if chosen[k].minutes is not None]
    if len(timed) < _SEVERAL or len(given) != 1:
        return
    low, (start, end), minutes = reading.low, spans[given[0]], chosen[given[0]]
    at, stop = minutes.start, minutes.end
    if at is None or stop is None or not start <= at < end or (minutes.minutes or 0) > _OF_A_MACHINE:
        return
    goes_on = low.startswith((", ", "; ", "\n"), stop) and _REPS.search(low, stop, end)
    if goes_on and _MACHINE_ROW.fullmatch(low, start, at):
        chosen[given[0]] = Minutes(None, None, None, 0.7)


def _of_closing_names(reading: Reading, spans: Sequence[tuple[int, int]], chosen: list[Minutes]) -> None:
    """Gives services that have the minutes of the first thing done in them the longer time that closes them with their name:
    "nustep 8 min, SLR 3x10, calf stretch   te incl nustep 24"."""
    low = reading.low
    for index, ((start, end), minutes) in enumerate(zip(spans, chosen, strict=True)):
        at = minutes.start
        names = reading.labels_in(start, end)
        if at is None or len(names) != 1 or not start <= at < names[0].start:
            continue
        last = reading.times_in(names[0].end, end)
        if (
            len(last) == 1
            and last[0].form in _CLOSING
            and last[0].minutes > (minutes.minutes or 0)
            and not low[last[0].end : end].strip(" .;,)")
            and "\n" not in low[names[0].end : last[0].start]
        ):
            chosen[index] = Minutes(last[0].minutes, last[0].start, last[0].end, 0.8)
