"""The risk of a queued note as people read it: the points that each term adds, on a given day."""

from __future__ import annotations

from datetime import date

from rehabcoder.worklist.risk import FIXED_TERMS, Risk, aged, scheme
from rehabcoder.worklist.store.queue import Item


def terms_on(item: Item, day: date) -> dict[str, float]:
    """Points by term, and `risk`, their sum."""
    weights = scheme()["weights"]
    since = date.fromisoformat(item.age_from)
    risk = Risk(item.money, item.mismatch, item.uncertainty, item.severity, since)
    terms = {term: round(100 * weights[term] * getattr(item, term), 2) for term in FIXED_TERMS}
    return {"risk": round(risk.on(day), 2), **terms, "age": round(max(0.0, aged(day, since)), 2)}
