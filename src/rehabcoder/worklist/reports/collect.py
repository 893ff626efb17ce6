"""What a report says, gathered before anything is laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rehabcoder.billing.pooling import PolicyOn
from rehabcoder.worklist.agreement import Agreement, agreement
from rehabcoder.worklist.findings import SampleFindings, sample_findings
from rehabcoder.worklist.rules import in_words
from rehabcoder.worklist.store import queue, samples, statistics
from rehabcoder.worklist.store.database import Database
from rehabcoder.worklist.store.statistics import GROUPINGS, Group


@dataclass(slots=True, frozen=True)
class ModelAgreement:
    """How the present model's codings compare with what people settled since its first one came in."""

    version: str
    since: str
    overall: Agreement
    by_code: Mapping[str, Agreement]


@dataclass(slots=True, frozen=True)
class Report:
    """The figures of a report."""

    made_on: date
    policy: str
    states: Mapping[str, int]
    whole: Group
    groups: Mapping[str, list[Group]]
    days: list[tuple[str, int]]
    model: ModelAgreement | None
    samples: list[SampleFindings]


def model_agreement(database: Database, *, since: str | None = None) -> ModelAgreement | None:
    """Agreement of the model whose coding came in last with the coders, since an ISO day or its first coding."""
    with database.read() as connection:
        present = statistics.present_model(connection)
        if present is None:
            return None
        version, first = present
        start = since or first
        overall, by_code = agreement(list(statistics.model_and_people(connection, version, start)))
    return ModelAgreement(version, start, overall, by_code)


def collect(database: Database, policy: PolicyOn, *, today: date | None = None) -> Report:
    """Gather the figures of a report."""
    model = model_agreement(database)
    with database.read() as connection:
        return Report(
            made_on=today or date.today(),
            policy=in_words(policy),
            states=queue.states(connection),
            whole=statistics.whole(connection),
            groups={name: statistics.by(connection, name) for name in GROUPINGS},
            days=statistics.decisions_by_day(connection),
            model=model,
            samples=[
                sample_findings(sample, samples.items(connection, sample.id), policy)
                for sample in samples.all_samples(connection)
            ],
        )
