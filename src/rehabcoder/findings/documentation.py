"""Findings about what the note documents: goal, response, progress, skill, minutes, detail."""

from __future__ import annotations

from collections.abc import Sequence

from rehabcoder.billing.codes import EVALUATIONS, FIRST_OF, is_timed
from rehabcoder.billing.policies import Policy
from rehabcoder.findings.registry import Check, Context, Raised, finding
from rehabcoder.language.detail import only_named
from rehabcoder.note import Service

_COGNITION = ("97129", "97130")  # one service, its first minutes and the rest: described together


def _missing(element: str) -> Check:
    def check(context: Context) -> Raised | None:
        if not treated(context.services):
            return None
        strength, _ = context.element(element)
        return (
            None
            if strength >= context.model.thresholds.get(element, 0.5)
            else Raised(detail="No sentence of the note shows it.")
        )

    return check


for _name in ("functional_goal", "response", "progress", "skilled_need"):
    finding(f"missing_{_name}")(_missing(_name))


def treated(services: Sequence[Service]) -> bool:
    """An evaluation or a note without therapy is not asked for the parts of a treatment note."""
    return any(timed_label(s) or (s.code != "none" and s.code not in EVALUATIONS) for s in services)


def timed_label(service: Service) -> bool:
    """Whether the service is, or is called, a timed one."""
    return (service.code != "none" and is_timed(service.code)) or (
        service.labelled is not None and is_timed(service.labelled)
    )


@finding("missing_minutes")
def missing_minutes(context: Context) -> Raised | None:
    return without_minutes(context.services, context.predicted.stated.timed, context.policy)


def without_minutes(services: Sequence[Service], stated_timed: int | None, policy: Policy) -> Raised | None:
    """The first timed service without minutes; of high severity where the stated total does not make up for them."""
    timed = [s for s in services if s.code != "none" and is_timed(s.code)]
    for service in timed:
        if service.minutes is None:
            if _total_makes_up(timed, stated_timed, policy):
                return Raised(service.start, service.end)
            return Raised(service.start, service.end, "Its units cannot be told.", "high")
    return None


def _total_makes_up(timed: Sequence[Service], stated: int | None, policy: Policy) -> bool:
    """Whether the stated total of timed minutes settles the units: all of one code, under a payer that takes a total."""
    return (
        stated is not None
        and stated > sum(service.minutes or 0 for service in timed)
        and len({FIRST_OF.get(service.code, service.code) for service in timed}) == 1
        and policy.minutes_required != "per_service"
    )


def too_thin(context: Context, service: Service) -> bool:
    reading = context.predicted.reading
    return only_named(reading.low, reading.labels, service.start, service.end)


@finding("missing_activity_detail")
def missing_activity_detail(context: Context) -> Raised | None:
    named_only: Service | None = None
    told = False
    for service in context.services:
        if not timed_label(service):
            continue
        cognition = service.code in _COGNITION
        if not too_thin(context, service):
            told = told or cognition
        elif not cognition:
            return Raised(service.start, service.end)
        else:
            named_only = named_only or service
    return Raised(named_only.start, named_only.end) if named_only and not told else None


# Log odds of being a session from which a note without services may have had some: of the 27 labelled sessions in which none was
# found 25 lie above, of the 264 notes without a treatment two.
_LIKELY_SESSION = 1.0
_WORDS_OF_A_SESSION = 15


@finding("nothing_found")
def nothing_found(context: Context) -> Raised | None:
    if context.services or context.predicted.session < _LIKELY_SESSION:
        return None
    # The odds of a few words are those of any note.
    return Raised() if len(context.predicted.reading.low.split()) >= _WORDS_OF_A_SESSION else None


@finding("label_followed")
def label_followed(context: Context) -> Raised | None:
    return label_taken(context.services)


def label_taken(services: Sequence[Service]) -> Raised | None:
    """The first service that took its code from its label, being described too thinly."""
    for service in services:
        if "label_followed" in service.review_reasons:
            return Raised(service.start, service.end)
    return None
