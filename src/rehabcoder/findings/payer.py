"""Findings that only some payers ask for; a policy switches them on."""

from __future__ import annotations

import re

from rehabcoder.findings.documentation import timed_label
from rehabcoder.findings.registry import Context, Raised, finding

_CREDENTIALS = re.compile(
    r"(?<![a-z])(?:dpt|mpt|mspt|lpta|pta|otr(?:/l)?|ota|cota(?:/l)?|otd|mot|rpt|pt(?=\s*(?:,|$|\n|#|lic))|chiropractor|d\.?c\.?(?=\s*(?:,|$|\n)))(?![a-z])"
)
_SIGNED = re.compile(r"sign(?:ed|ature)|electronically|e-sign|/s/|cosign|authenticated")
_PLAN = re.compile(
    r"\b(?:dx|diagnos\w*|icd|poc|plan of care|s/p|[a-tv-z]\d{2}\.\d|referr\w*|cert(?:ification|ified)?)\b"
)


@finding("missing_timed_total")
def missing_timed_total(context: Context) -> Raised | None:
    treated = any(timed_label(s) for s in context.services)
    return Raised() if treated and context.predicted.stated.timed is None else None


@finding("missing_total_time")
def missing_total_time(context: Context) -> Raised | None:
    return Raised() if context.services and context.predicted.stated.total is None else None


@finding("missing_signature")
def missing_signature(context: Context) -> Raised | None:
    low = context.predicted.reading.low
    tail = low[-240:]
    if not context.services or _CREDENTIALS.search(tail) or (_SIGNED.search(tail) and _CREDENTIALS.search(low)):
        return None
    return Raised(detail="Looked at the end of the note.")


@finding("missing_plan_reference")
def missing_plan_reference(context: Context) -> Raised | None:
    return Raised() if context.services and not _PLAN.search(context.predicted.reading.low) else None


@finding("missing_body_part")
def missing_body_part(context: Context) -> Raised | None:
    for service in context.services:
        if timed_label(service) and not any(a.body_part or a.muscle for a in service.activities):
            return Raised(service.start, service.end)
    return None
