"""Fixtures of the billing tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import pytest
from billing_cases import load_oracle

from rehabcoder.billing.claim import claim_lines
from rehabcoder.billing.policies import load_policy
from rehabcoder.note import CodedNote, Note, Service


@pytest.fixture(scope="session")
def units_ref() -> ModuleType:
    """The reference arithmetic, independent of the project."""
    return load_oracle("units_ref")


@pytest.fixture
def coded_visit() -> Callable[..., tuple[Note, CodedNote]]:
    """Make a note with its coded answer: `coded_visit("n1", [service(...)], patient_id="p", ...)`."""

    def make(
        note_id: str, services: list[Service], *, stated: int | None = None, flags: Iterable[Any] = (), **fields: Any
    ) -> tuple[Note, CodedNote]:
        note = Note(note_id, fields.pop("text", f"text of {note_id}"), **fields)
        lines, totals = claim_lines(services, load_policy(), stated_timed=stated)
        totals.billed_units = note.billed_units
        coded = CodedNote(note_id, text_sha256=note.text_sha256, interventions=services, lines=lines, totals=totals)
        coded.flags = list(flags)
        return note, coded

    return make
