"""What a reviewed sample found: error rate, money, agreement, and whether the wanted precision is reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rehabcoder.billing.pooling import PolicyOn, day_of
from rehabcoder.errors import UsageError
from rehabcoder.note import CodedNote
from rehabcoder.worklist import estimates
from rehabcoder.worklist.agreement import Agreement, agreement
from rehabcoder.worklist.answer import Answer
from rehabcoder.worklist.claimed import Units, services_of, units_of
from rehabcoder.worklist.estimates import Estimate, Stratum
from rehabcoder.worklist.risk import Money, billed_units, money_of
from rehabcoder.worklist.store.samples import Sample, SampleItem


@dataclass(slots=True, frozen=True)
class Reviewed:
    """One note of a sample with both answers, and the money by the second one.

    `wrong` compares decisions: the second answer supports other codes or units than the first. `money` compares the
    bill that went out with what the second answer supports. A right decision can stand beside a wrong bill. Units are
    by code, None where no minutes give them; `billed` is None where nothing is known to have been billed.
    """

    item: SampleItem
    second: Answer
    wrong: bool
    money: Money
    first_units: Units
    second_units: Units
    billed: Mapping[str, int] | None


@dataclass(slots=True, frozen=True)
class Difference:
    """A reviewed note to look at again: `in_error`, or billed over or under the second answer (dollars), or both."""

    note_id: str
    in_error: bool
    first_by: str | None
    first: Units
    second_by: str | None
    second: Units
    billed: Mapping[str, int] | None
    over: float
    under: float

    @property
    def at_stake(self) -> float:
        return max(self.over, self.under)


@dataclass(slots=True, frozen=True)
class SampleFindings:
    """The figures of a sample. The estimates are None while too few notes are reviewed for them.

    `rate` is the estimate that the design calls for: exact hypergeometric limits for a simple draw, the weighted sum of
    strata for a stratified one, the weighted draws for a risk-weighted one. `wilson` stands beside it, and treats the
    sample as simple. `over`, `under` and `net` are dollars of the whole frame, of the bill against the second answer; net
    is over less under. `differences` names the notes that make `errors` and the dollars.
    """

    sample: Sample
    size: int
    reviewed: int
    errors: int
    rate: Estimate | None
    wilson: Estimate | None
    over: Estimate | None
    under: Estimate | None
    net: Estimate | None
    reached: bool
    between: Agreement
    between_by_code: Mapping[str, Agreement]
    with_tool: Agreement
    with_tool_by_code: Mapping[str, Agreement]
    differences: tuple[Difference, ...]

    @property
    def precision(self) -> str:
        """Whether the wanted precision is reached, and what is left to do where it is not."""
        if self.reached:
            return "reached"
        return "not reached yet" if self.reviewed < self.size else "not reached: it needs a larger sample"


def sample_findings(sample: Sample, items: Sequence[SampleItem], policy: PolicyOn) -> SampleFindings:
    """Work out the figures from what is reviewed so far."""
    done = [reviewed(item, policy) for item in items if item.second is not None]
    rate = _rate(sample, done)
    tool = [(Answer.of(CodedNote.from_json(each.item.coded)), each.second) for each in done]
    people = [(each.item.first, each.second) for each in done if each.item.first_by is not None]
    between, between_by_code = agreement(people)
    with_tool, with_tool_by_code = agreement(tool)
    errors = sum(each.wrong for each in done)
    wilson = estimates.wilson_limits(errors, len(done), confidence=sample.confidence) if done else None
    return SampleFindings(
        sample=sample,
        size=len(items),
        reviewed=len(done),
        errors=errors,
        rate=rate,
        wilson=wilson,
        over=_dollars(sample, done, lambda money: money.over),
        under=_dollars(sample, done, lambda money: money.under),
        net=_dollars(sample, done, lambda money: money.over - money.under),
        reached=_reached(sample, len(done), rate, wilson),
        between=between,
        between_by_code=between_by_code,
        with_tool=with_tool,
        with_tool_by_code=with_tool_by_code,
        differences=tuple(_difference(each) for each in done if each.wrong or each.money.at_stake),
    )


def reviewed(item: SampleItem, policy: PolicyOn) -> Reviewed:
    """Compare both answers of one note by the codes and units they support, and its bill with the second.

    Raises:
        UsageError: the item has no second answer yet.
    """
    if item.second is None:
        raise UsageError("this note has no second answer yet", remedy="Review it first.")
    coded = CodedNote.from_json(item.coded)
    rules, stated = policy(day_of(item.meta.get("date_of_service"))), coded.totals.stated_timed
    first, second = (units_of(answer, rules, stated_timed=stated) for answer in (item.first, item.second))
    billed = billed_units(coded, rules, column=item.meta.get("billed_units"))
    money = money_of(billed, services_of(item.second), rules, stated_timed=stated)
    return Reviewed(item, item.second, first != second, money, first, second, billed)


def _difference(each: Reviewed) -> Difference:
    item, money = each.item, each.money
    return Difference(
        note_id=item.note_id,
        in_error=each.wrong,
        first_by=item.first_by,
        first=each.first_units,
        second_by=item.second_by,
        second=each.second_units,
        billed=each.billed,
        over=money.over,
        under=money.under,
    )


def _reached(sample: Sample, reviewed: int, rate: Estimate | None, wilson: Estimate | None) -> bool:
    if sample.design != "risk" and reviewed == sample.frame_size:
        return True  # the whole frame was looked at: nothing is left to estimate
    # Normal limits shrink to nothing where no error was found yet; Wilson's do not, and so both must be narrow enough.
    return rate is not None and wilson is not None and max(rate.half_width, wilson.half_width) <= sample.precision


def _rate(sample: Sample, done: Sequence[Reviewed]) -> Estimate | None:
    if sample.design == "simple":
        errors, count = sum(each.wrong for each in done), len(done)
        if not count:
            return None
        return estimates.exact_limits(errors, count, confidence=sample.confidence, frame=sample.frame_size)
    mean = _mean(sample, done, lambda each: float(each.wrong))
    if mean is None:
        return None
    return Estimate(mean.value, max(0.0, mean.low), min(1.0, mean.high), mean.standard_error, mean.degrees)


def _dollars(sample: Sample, done: Sequence[Reviewed], of: Callable[[Money], float]) -> Estimate | None:
    mean = _mean(sample, done, lambda each: of(each.money))
    return None if mean is None else estimates.total(mean, sample.frame_size)


def _mean(sample: Sample, done: Sequence[Reviewed], value: Callable[[Reviewed], float]) -> Estimate | None:
    try:
        if sample.design == "risk":
            drawn = [(value(each), each.item.chance) for each in done for _ in range(each.item.draws)]
            return estimates.weighted_mean(drawn, sample.frame_size, confidence=sample.confidence)
        by_name: dict[str, list[float]] = {}
        for each in done:
            by_name.setdefault(each.item.stratum, []).append(value(each))
        strata = [Stratum.from_values(frame, by_name.get(name, [])) for name, frame, _ in sample.strata]
        if sample.design == "simple":
            return estimates.simple_mean(strata[0], confidence=sample.confidence)
        return estimates.stratified_mean(strata, confidence=sample.confidence)
    except UsageError:
        return None  # too few are reviewed yet
