"""From the services of a note to the lines of the claim that it supports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from rehabcoder.billing.codes import CODES, FIRST_OF, FURTHER_OF, is_timed
from rehabcoder.billing.ledger import Entry, Ledger, Piece, count, ledger_of
from rehabcoder.billing.policies import Policy
from rehabcoder.billing.units import BLOCK, MINUTES_OF_DAY, Allocation, allocate, as_billed, units_of_total
from rehabcoder.note import ClaimLine, Service, Totals

_BY_ITSELF = "the midpoint rule counts each code by itself"


@dataclass(slots=True)
class _Day:
    """The services of one claim, gathered by the code that the payer takes, in the order of the note.

    Block codes (97545) and the codes of the pool stand under the code that opens the service.
    """

    minutes: dict[str, int | None] = field(default_factory=dict)
    pieces: dict[str, list[Piece]] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)  # codes of which at least one service has no minutes
    too_short: set[str] = field(default_factory=set)  # codes below the payer's least minutes of a service
    replaced: dict[str, str] = field(default_factory=dict)  # code the payer takes -> code the service is of

    @property
    def timed(self) -> list[str]:
        return [code for code in self.minutes if CODES[code].timed]


def claim_lines(
    services: Sequence[Service], policy: Policy, *, stated_timed: int | None = None
) -> tuple[list[ClaimLine], Totals]:
    """The claim that these services support: one line a code, and the totals.

    A line of a timed code holds the sum of its known minutes and the units that follow; both are None only where no
    minutes of that code are known. An untimed line holds units and no minutes. Services of code `none` make no line.

    Args:
        services: what was given to one patient on one day under one discipline; of several notes, if there are several.
        policy: the payer's rules of that day.
        stated_timed: the total of timed minutes that the note states. Where services lack minutes of their own, the
            units of the whole follow from it under the CMS rule, services too short for the payer taken off; the lines
            say that the allocation is not determined.
    """
    lines, totals, _ = claim_and_allocation(services, policy, stated_timed=stated_timed)
    return lines, totals


def claim_and_allocation(
    services: Sequence[Service], policy: Policy, *, stated_timed: int | None = None
) -> tuple[list[ClaimLine], Totals, Allocation]:
    """The claim as `claim_lines` gives it, with the allocation behind it, to hold a bill against."""
    day = _gather(services, policy)
    allocation = _allocate(day, policy)
    known = sum(day.minutes[code] or 0 for code in day.timed if code not in day.too_short)
    short = sum(day.minutes[code] or 0 for code in day.too_short)
    counted = stated_timed if stated_timed is None else stated_timed - short
    whole = _units_of_whole(day, allocation, policy, counted, known)
    ledger = ledger_of(allocation)
    asks = policy.name if policy.minutes_required == "per_service" else None
    about = _Whole(stated_timed, known + short, whole, policy.rule == "cms", asks)
    lines = []
    for code in day.minutes:
        lines += _lines_of(code, day, allocation, ledger, policy, about)
    some = any(day.minutes[code] is not None for code in day.timed)
    minutes = known if some or not day.timed else None
    return lines, Totals(timed_minutes=minutes, units=whole, stated_timed=stated_timed), allocation


def untimed_minutes(services: Sequence[Service], policy: Policy) -> dict[str, int]:
    """Minutes of the untimed services whose minutes are all known, by the code that opens them, as the payer takes it."""
    day = _gather(services, policy)
    return {
        code: minutes
        for code, minutes in day.minutes.items()
        if minutes and code not in day.missing and not is_timed(code)
    }


def claim_ledger(services: Sequence[Service], policy: Policy) -> Ledger:
    """Every unit of the claim traced to the rule, the minutes, and the places in the text that give them."""
    day = _gather(services, policy)
    ledger = ledger_of(_allocate(day, policy), day.pieces)
    entries = []
    for entry in ledger.entries:
        on_line = (entry.unit or 0) - (entry.code in FIRST_OF and is_timed(entry.code))  # 97130 begins with unit 2
        if policy.paid_units(entry.code, on_line) < on_line:
            why = _no_more(policy, entry.code)
            entry = Entry(entry.code, None, entry.minutes, "no_unit", why, entry.pieces)
        entries.append(entry)
    return Ledger(ledger.rule, ledger.total, tuple(entries))


def claim_allocation(services: Sequence[Service], policy: Policy) -> Allocation:
    """The allocation behind the lines: which units are accepted, and whether billed ones are among them."""
    return _allocate(_gather(services, policy), policy)


def other_units(code: str, units: int | None, allocation: Allocation, policy: Policy) -> int | None:
    """The units of a line on the other side of a tie, where the payer takes them; None where it is in none."""
    other = None if units is None else allocation.other_units(code, units)
    return None if other is None or policy.paid_units(code, other) < other else other


def primary_code(lines: Iterable[ClaimLine]) -> str | None:
    """The timed code with most minutes, ties to the lower number; None if no timed code has minutes."""
    minutes: dict[str, int] = {}
    for line in lines:
        if line.code in CODES and CODES[line.code].timed and line.minutes:
            first = FIRST_OF.get(line.code, line.code)
            minutes[first] = minutes.get(first, 0) + line.minutes
    return min(minutes, key=lambda code: (-minutes[code], code)) if minutes else None


@dataclass(slots=True, frozen=True)
class _Whole:
    """What is known of the timed minutes as a whole: stated, added up, and their units (None: not determined).

    `known` holds the services that are too short for the payer as well; the units leave them out.
    `pooled` says that the rule gives units to the total, not to each code by itself; `asks` names a payer that wants minutes by
    service all the same.
    """

    stated: int | None
    known: int
    units: int | None
    pooled: bool
    asks: str | None


def _gather(services: Iterable[Service], policy: Policy) -> _Day:
    day = _Day()
    for service in services:
        if service.code not in CODES:
            continue  # `none`: nothing billable
        code = policy.as_paid(service.code)
        if code != service.code:
            day.replaced[code] = service.code
        code = FIRST_OF.get(code, code)
        given = service.minutes
        day.minutes.setdefault(code, None)
        if given is None:
            day.missing.add(code)
            continue
        day.minutes[code] = (day.minutes[code] or 0) + given
        span = service.minutes_span
        piece = Piece(given, span.start, span.end) if span else Piece(given)
        day.pieces.setdefault(code, []).append(piece)
    least = policy.least_minutes_of_service
    day.too_short = {code for code in day.timed if least and 0 < (day.minutes[code] or 0) < least} - day.missing
    if sum(day.minutes[code] or 0 for code in day.timed) > MINUTES_OF_DAY:
        # A misread note must not fail its row: more minutes than a day holds are no minutes at all.
        day.missing.update(day.timed)
        day.minutes.update(dict.fromkeys(day.timed))
    return day


def _allocate(day: _Day, policy: Policy) -> Allocation:
    minutes: dict[str, int | None] = {}
    for code, value in day.minutes.items():
        facts = CODES[code]
        if facts.minutes_per_unit is None:
            minutes[code] = None  # untimed: its minutes count nowhere
        elif code not in day.too_short:
            minutes[code] = value
    allocation = allocate(minutes, rule=policy.rule, tie=policy.tie)
    return replace(allocation, incomplete=tuple(code for code in allocation.pool if code in day.missing))


def _units_of_whole(day: _Day, allocation: Allocation, policy: Policy, stated: int | None, known: int) -> int | None:
    """Timed units of the whole. A stated total fixes them where services lack minutes and the rule pools."""
    if not any(code in day.missing for code in day.timed):
        return sum(policy.paid_units(code, n) for code, n in allocation.units.items())
    if stated is None or stated <= known:
        return None
    units = units_of_total(stated)
    if len(day.timed) == 1:  # for one code alone the two rules agree
        return sum(policy.paid_units(code, n) for code, n in as_billed({day.timed[0]: units}).items())
    return units if policy.rule == "cms" and not _limited(day, policy) else None


def _limited(day: _Day, policy: Policy) -> bool:
    """Whether the payer takes only so many units of a timed code, so that the split decides on the whole."""
    codes = [name for code in day.timed for name in (code, FURTHER_OF.get(code, code))]
    return any(code in policy.codes and policy.codes[code].units is not None for code in codes)


def _lines_of(
    code: str, day: _Day, allocation: Allocation, ledger: Ledger, policy: Policy, whole: _Whole
) -> list[ClaimLine]:
    facts = CODES[code]
    if not facts.timed:
        return _untimed_lines(code, day, allocation, policy)
    minutes = day.minutes[code]
    if minutes is None or code in allocation.unknown:
        return [ClaimLine(code, None, None, _not_determined(whole, len(day.timed)))]
    if code in day.too_short:
        why = f"{count(minutes, 'minute')}: {policy.name} takes no service under {policy.least_minutes_of_service}."
        return [ClaimLine(code, minutes, 0, why)]
    further = FURTHER_OF.get(code, "")
    more = allocation.units.get(further, 0)
    first_minutes = BLOCK if more else minutes
    lines = [ClaimLine(code, first_minutes, allocation.units.get(code, 0), _why(code, minutes, ledger, allocation))]
    if more:
        lines.append(ClaimLine(further, minutes - first_minutes, more, _why(further, minutes, ledger, allocation)))
    lines = [_as_paid(line, policy) for line in lines]
    if code in day.missing:
        lines[0].why += f" A further service of this code has no minutes. {_not_determined(whole, len(day.timed))}"
    return lines


def _why(code: str, minutes: int, ledger: Ledger, allocation: Allocation) -> str:
    says = [f"unit {e.unit}: {e.why}" if e.unit else e.why for e in ledger.entries if e.code == code]
    pool = f"{minutes} of {count(allocation.timed_minutes, 'timed minute')}"
    return f"{pool}; {' '.join(says)}" if says else f"{pool}."


def _not_determined(whole: _Whole, timed: int) -> str:
    if whole.stated is None or whole.stated <= whole.known:
        return "No minutes of its own, and no total that could stand in: units not determined."
    left = whole.stated - whole.known
    if whole.units is None:
        because = "the payer takes only so many units of single codes" if whole.pooled else _BY_ITSELF
        return (
            f"Allocation not determined: the note gives {whole.stated} timed minutes in all and none for this code; "
            f"{because}."
        )
    rest = f", {left} of them not given to a service" if whole.known else ""
    one = " They can only belong to this code." if timed == 1 else ""
    asks = f" {whole.asks} asks for the minutes of each service." if whole.asks else ""
    return (
        f"Allocation not determined: the note gives {whole.stated} timed minutes in all{rest}, which make "
        f"{count(whole.units, 'unit')} in all.{one}{asks}"
    )


def _untimed_lines(code: str, day: _Day, allocation: Allocation, policy: Policy) -> list[ClaimLine]:
    facts = CODES[code]
    if code in allocation.unknown:
        least = facts.least_minutes
        return [ClaimLine(code, None, None, f"No minutes: its first unit takes {least}, so units are not determined.")]
    lines = []
    for billed in (code, FURTHER_OF.get(code, "")):
        if billed != code and billed not in allocation.untimed:
            continue
        units = allocation.untimed.get(billed, 0)
        lines.append(_as_paid(ClaimLine(billed, None, units, _untimed_why(billed, day, policy)), policy))
    return lines


def _as_paid(line: ClaimLine, policy: Policy) -> ClaimLine:
    units = policy.paid_units(line.code, line.units or 0)
    return replace(line, units=units, why=_no_more(policy, line.code)) if units < (line.units or 0) else line


def _untimed_why(code: str, day: _Day, policy: Policy) -> str:
    facts = CODES[code]
    minutes = day.minutes.get(FIRST_OF.get(code, code))
    why = "Untimed: one unit a day whatever the minutes."
    if facts.by_block:
        why = f"{count(minutes or 0, 'minute')} by blocks of {facts.minutes_per_unit}, outside the 15-minute pool."
    if code in day.replaced:
        given = day.replaced[code]
        why += f" In place of {given}: {policy.codes[given].why or 'the payer takes this number'}."
    return why


def _no_more(policy: Policy, code: str) -> str:
    terms = policy.codes[code]
    says = terms.why or f"{policy.name} allows {count(terms.units or 0, 'unit')} of it"
    return f"{says}."
