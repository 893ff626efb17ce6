"""Modifiers of therapy lines: GP, GO, GN by discipline; KX above the year's threshold; CQ and CO for assistants.

Sources: Medicare Claims Processing Manual (Pub. 100-04) chapter 5 §§10.3, 20.1; CMS billing examples for CQ and CO;
CY 2020 and CY 2022 fee-schedule final rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from rehabcoder.billing.claim import claim_lines, untimed_minutes
from rehabcoder.billing.codes import CODES, FIRST_OF
from rehabcoder.billing.policies import Policy
from rehabcoder.billing.units import BLOCK, LEAST
from rehabcoder.errors import UsageError
from rehabcoder.note import ClaimLine, Service, Totals

Discipline = Literal["PT", "OT", "SLP"]
DISCIPLINE_MODIFIERS: Mapping[Discipline, str] = {"PT": "GP", "OT": "GO", "SLP": "GN"}
ASSISTANT_MODIFIERS: Mapping[Discipline, str] = {"PT": "CQ", "OT": "CO"}

_WRITTEN: Mapping[str, Discipline] = {
    **dict.fromkeys(("pt", "pta", "lpta", "dpt", "mpt", "mspt", "lpt", "rpt"), "PT"),
    **dict.fromkeys(("physicaltherapy", "physicaltherapist", "physiotherapy", "physiotherapist"), "PT"),
    **dict.fromkeys(("physicaltherapyassistant", "physicaltherapistassistant"), "PT"),
    **dict.fromkeys(("ot", "ota", "otr", "otrl", "otd", "cota", "cotal"), "OT"),
    **dict.fromkeys(("occupationaltherapy", "occupationaltherapist"), "OT"),
    **dict.fromkeys(("occupationaltherapyassistant", "occupationaltherapistassistant"), "OT"),
    **dict.fromkeys(("slp", "st", "cccslp", "speech", "speechtherapy", "speechtherapist"), "SLP"),
    **dict.fromkeys(("speechlanguagepathology", "speechlanguagepathologist"), "SLP"),
}  # letters alone


def discipline_of(*written: str | None) -> Discipline | None:
    """PT, OT or SLP from what a discipline or credential column says (`PTA`, `MS OTR/L`), the first that is known."""
    for text in written:
        for part in (text or "").lower().replace(";", ",").split(","):
            words = [part] if _letters(part) in _WRITTEN else part.split()
            found = {_WRITTEN[name] for word in words if (name := _letters(word)) in _WRITTEN}
            if len(found) == 1:
                return found.pop()
    return None


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text))


def threshold_of(discipline: Discipline | None) -> str:
    """The year's threshold that a discipline counts against: PT and SLP share one; PT's where it is not known."""
    return "OT" if discipline == "OT" else "PT+SLP"


@dataclass(slots=True, frozen=True)
class AssistantUnits:
    """How many units of a code carry CQ or CO and how many do not, and why."""

    code: str
    with_modifier: int
    without: int
    why: str


def assistant_units(
    code: str, *, units: int, minutes: int, assistant: int, terms: Literal["ten_percent", "ten_percent_2022"]
) -> AssistantUnits:
    """Split the units of one code between therapist and assistant.

    Minutes that the assistant gave together with the therapist are the therapist's and belong in no count here.

    Args:
        code: the code; one outside the 15-minute pool is judged as a whole.
        units: units of the code.
        minutes: all minutes of the code, the assistant's included.
        assistant: minutes that the assistant gave alone.
        terms: `ten_percent` for 2020 and 2021; `ten_percent_2022` with the exceptions since.

    Raises:
        UsageError: the assistant's minutes are negative or more than all, or the units do not follow from the minutes.
    """
    if assistant < 0 or assistant > minutes:
        raise UsageError(
            f"the assistant gave {assistant} of {minutes} minutes of {code}",
            remedy="Assistant minutes are part of the minutes of the code: give 0 up to all of them.",
        )
    therapist = minutes - assistant
    if not CODES[code].timed:
        marked = units if _more_than_ten_percent(assistant, minutes) else 0
        return AssistantUnits(code, marked, units - marked, _share_words(assistant, minutes))
    own = min(units, therapist // BLOCK)
    theirs = min(units - own, assistant // BLOCK)
    left = units - own - theirs
    rest_own, rest_theirs = therapist - own * BLOCK, assistant - theirs * BLOCK
    if left > 2:
        what = f"{units} units of {code} cannot come from {minutes} minutes"
        raise UsageError(what, remedy="Allocate the units first.")
    if left == 0:
        return AssistantUnits(code, theirs, own, f"whole blocks: therapist {own}, assistant {theirs}.")
    if left == 2:
        # Neither has a whole block left, so that one unit is mainly the therapist's and one mainly the assistant's.
        # Since 2022 they count apart (each gave 9 to 14 minutes); before, both held more than a tenth by the assistant.
        marked = 1 if terms == "ten_percent_2022" else 2
        why = f"two units left of {rest_own} therapist and {rest_theirs} assistant minutes: {marked} with the modifier."
        return AssistantUnits(code, theirs + marked, own + 2 - marked, why)
    if terms == "ten_percent_2022" and rest_own >= LEAST:
        why = f"the therapist alone gave {rest_own} minutes of the last unit, 8 or more: no modifier on it."
        return AssistantUnits(code, theirs, own + 1, why)
    marked = int(_more_than_ten_percent(rest_theirs, rest_own + rest_theirs))
    return AssistantUnits(code, theirs + marked, own + 1 - marked, _share_words(rest_theirs, rest_own + rest_theirs))


def with_modifiers(
    lines: Sequence[ClaimLine],
    *,
    policy: Policy,
    discipline: Discipline | None = None,
    assistant_minutes: Mapping[str, int] | None = None,
    untimed_minutes: Mapping[str, int] | None = None,
    year_to_date: Decimal | None = None,
) -> list[ClaimLine]:
    """The lines with the modifiers that the payer asks for; a line whose units differ in CQ or CO becomes two.

    59 and the X modifiers are never set here: they say that services were distinct, which only a person can attest.

    Args:
        lines: lines of one claim.
        policy: the payer's rules of the day.
        discipline: whose plan of care it is; without it no modifier of discipline or assistant is set.
        assistant_minutes: minutes that an assistant gave alone, by code.
        untimed_minutes: minutes of whole untimed services (`claim.untimed_minutes`), which their lines do not hold; the
            10 % of these is measured against them.
        year_to_date: dollars allowed so far this year for the patient (PT and speech together, OT apart).
    """
    terms = policy.modifiers
    out: list[ClaimLine] = []
    for line in lines:
        first = DISCIPLINE_MODIFIERS[discipline] if discipline and terms.discipline and is_therapy(line.code) else None
        marked = replace(line, modifiers=[*line.modifiers, first] if first else list(line.modifiers))
        out += _assistant_lines(marked, policy, discipline, assistant_minutes or {}, untimed_minutes or {}, lines)
    if year_to_date is not None and terms.kx_threshold:
        _add_kx(out, policy, year_to_date, threshold_of(discipline))
    return out


def claim_of_note(
    services: Sequence[Service],
    policy: Policy,
    *,
    stated_timed: int | None,
    discipline: str | None,
    credential: str | None,
    assistant_minutes: Mapping[str, int] | None,
) -> tuple[list[ClaimLine], Totals]:
    """The lines of one note's services with their modifiers, and its totals as `claim.claim_lines` gives them.

    Args:
        services: of the note, coded.
        policy: the payer's rules of the day.
        stated_timed: the total of timed minutes that the note states.
        discipline, credential: as the input gives them; whose plan of care it is follows from both.
        assistant_minutes: minutes that an assistant gave alone, by code.
    """
    lines, totals = claim_lines(services, policy, stated_timed=stated_timed)
    marked = with_modifiers(
        lines,
        policy=policy,
        discipline=discipline_of(discipline, credential),
        assistant_minutes=assistant_minutes,
        untimed_minutes=untimed_minutes(services, policy),
    )
    return marked, totals


def is_therapy(code: str) -> bool:
    """Whether a therapist's line of this code takes GP, GO or GN: always and sometimes therapy codes."""
    return code in CODES and CODES[code].therapy_type in ("always", "sometimes")


def line_amount(line: ClaimLine, policy: Policy) -> Decimal | None:
    """Dollars for a line by the policy's fees, the assistant's share taken into account; None if not known."""
    if line.units == 0:
        return Decimal(0)
    fee = policy.fee(line.code)
    if fee is None or line.units is None:
        return None
    share = policy.modifiers.assistant_share if {"CQ", "CO"} & set(line.modifiers) else Decimal(1)
    return fee * share * line.units


def _assistant_lines(
    line: ClaimLine,
    policy: Policy,
    discipline: Discipline | None,
    assistant: Mapping[str, int],
    untimed: Mapping[str, int],
    lines: Sequence[ClaimLine],
) -> list[ClaimLine]:
    terms = policy.modifiers.assistant
    modifier = ASSISTANT_MODIFIERS.get(discipline) if discipline else None
    first = FIRST_OF.get(line.code, line.code)
    given = 0
    for code, value in assistant.items():
        taken = policy.as_paid(code)
        given += value if FIRST_OF.get(taken, taken) == first else 0
    if terms == "none" or modifier is None or not given or not line.units:
        return [line]
    if line.minutes is None and first not in untimed:
        # No minutes of the whole service to measure 10 % against: an untimed service the assistant took part in.
        why = f"{line.why} {modifier}: the assistant gave {given} minutes; take it off if they were 10 % or less."
        return [replace(line, modifiers=[*line.modifiers, modifier], why=why)]
    service = [other for other in lines if FIRST_OF.get(other.code, other.code) == first]
    units = sum(other.units or 0 for other in service)
    minutes = untimed.get(first) or sum(other.minutes or 0 for other in service)
    split = assistant_units(first, units=units, minutes=minutes, assistant=min(given, minutes), terms=terms)
    # Of a service on two lines, the first unit is the therapist's where the therapist has one.
    own = min(split.without, line.units) if line.code == first else max(0, split.without - 1)
    theirs = line.units - own
    too_many = (
        f"{given} assistant minutes are more than the {minutes} of the code and count as all; "
        if given > minutes
        else ""
    )
    why = f"{line.why} {modifier}: {too_many}{split.why}"
    parts = []
    if own:
        parts.append(replace(line, units=own, why=why))
    if theirs:
        parts.append(replace(line, units=theirs, why=why, modifiers=[*line.modifiers, modifier]))
    if len(parts) == 2 and line.minutes is not None:
        parts[0].minutes, parts[1].minutes = line.minutes - given, given
    return parts


def _add_kx(lines: Sequence[ClaimLine], policy: Policy, year_to_date: Decimal, group: str) -> None:
    """KX on each line that begins or ends above the threshold, amounts running on from line to line."""
    before, threshold = year_to_date, policy.modifiers.kx_threshold
    for line in lines:
        amount = line_amount(line, policy)
        after = before + (amount or Decimal(0))
        if after > threshold and line.units:
            line.modifiers.append("KX")
            own = f" and this line's ${amount:,.2f}" if amount else ""
            line.why = (
                f"{line.why} KX: ${before:,.2f} for {group} so far this year{own}, above the threshold of "
                f"${threshold:,.2f} ({policy.rules_version})."
            ).strip()
        before = after


def _more_than_ten_percent(part: int, whole: int) -> bool:
    return part * 10 > whole


def _share_words(part: int, whole: int) -> str:
    more = "more" if _more_than_ten_percent(part, whole) else "not more"
    return f"the assistant alone gave {part} of {whole} minutes, {more} than a tenth."
