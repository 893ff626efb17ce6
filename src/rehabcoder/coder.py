"""The way through the house: one note in, one coded note out.

read -> find services -> read minutes -> predict code -> compute units -> check documentation
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from rehabcoder.billing.checks import check_claim
from rehabcoder.billing.claim import primary_code
from rehabcoder.billing.finding_terms import SEVERITIES
from rehabcoder.billing.modifiers import claim_of_note
from rehabcoder.billing.policies import DEFAULT_POLICY, Policy, load_policy
from rehabcoder.errors import PolicyError
from rehabcoder.findings import Context, raise_findings
from rehabcoder.language.activities import find_activities
from rehabcoder.note import CodedNote, Finding, Note, Service, Span
from rehabcoder.predict.explain import evidence
from rehabcoder.predict.model import Model
from rehabcoder.predict.predicted import Found, Predicted
from rehabcoder.predict.predictor import predict
from rehabcoder.predict.settling import Whole, answer, judge, whole
from rehabcoder.predict.store import load_model
from rehabcoder.training.registry import find_model

MOST_EXPLAINED = (
    200  # services; a text with more is no session note, and gets its codes without activities and evidence
)
BATCH = 128  # notes scored together, which go abreast (`k_best`); more gains little and holds more memory


@dataclass(slots=True)
class Coder:
    """Codes notes with one model under one payer's policy. Holds no state of the notes; safe to use again and again."""

    model: Model
    policy_name: str = DEFAULT_POLICY
    dated: bool = True  # judge each note by the rules of its day of service

    def code(self, notes: Sequence[Note]) -> list[CodedNote]:
        """One answer for each note, in order. A note that cannot be coded is a row with status "failed"."""
        out: list[CodedNote] = []
        for begin in range(0, len(notes), BATCH):
            out += self._batch(notes[begin : begin + BATCH])
        return out

    def __call__(self, text: str, **fields: object) -> CodedNote:
        """Codes one text: `load()("TherEx x 15 min: ...")`."""
        return self.code([Note(note_id="note", text=text, **fields)])[0]  # type: ignore[arg-type]

    def _batch(self, notes: Sequence[Note]) -> list[CodedNote]:
        readable = [n for n in notes if n.error is None]
        predicted = iter(predict(self.model, [n.text for n in readable]))
        policies = cache(self._policy_on)  # one look at its file for each day of a batch
        return [
            self._answer(n, next(predicted), policies) if n.error is None else self._failed(n, n.error) for n in notes
        ]

    def _answer(self, note: Note, predicted: Predicted, policies: Callable[[str | None], Policy]) -> CodedNote:
        try:
            return self._coded(note, predicted, policies(note.date_of_service))
        except PolicyError as error:  # no rules for the note's day: this note fails, the others do not
            return self._failed(note, str(error))

    def _failed(self, note: Note, error: str) -> CodedNote:
        return CodedNote(
            note.note_id, note.source, note.text_sha256, status="failed", error=error, model_version=self.model.version
        )

    def policy_of(self, note: Note) -> Policy:
        """The payer's rules of the day of service; today's where the note gives no day."""
        return self._policy_on(note.date_of_service)

    def _policy_on(self, day: str | None) -> Policy:
        return load_policy(self.policy_name, on=_day(day) if self.dated else None)

    def _coded(self, note: Note, predicted: Predicted, policy: Policy) -> CodedNote:
        told = len(predicted.services) <= MOST_EXPLAINED
        whole_note = whole(predicted)
        services = [self._service(whole_note, found, told) for found in predicted.services]
        lines, totals = claim_of_note(
            services,
            policy,
            stated_timed=predicted.stated.timed,
            discipline=note.discipline,
            credential=note.credential,
            assistant_minutes=note.assistant_minutes,
        )
        totals = replace(
            totals,
            stated_timed=predicted.stated.timed,
            stated_total=predicted.stated.total,
            billed_units=predicted.stated.units,
        )
        flags = list(raise_findings(Context(note, predicted, services, lines, totals, policy, self.model)))
        flags += check_claim(lines, policy, on=_day(note.date_of_service))
        flags.sort(key=lambda flag: SEVERITIES.index(flag.severity))
        reasons = _reasons(services, flags)
        return CodedNote(
            note.note_id,
            note.source,
            note.text_sha256,
            interventions=services,
            lines=lines,
            totals=totals,
            flags=flags,
            primary_code=primary_code(lines),
            needs_review=bool(reasons),
            review_reasons=reasons,
            rule=policy.rule,
            policy=policy.id,
            rules_version=policy.rules_version,
            model_version=self.model.version,
        )

    def _service(self, whole_note: Whole, found: Found, told: bool) -> Service:
        predicted = whole_note.predicted
        judged = judge(self.model, answer(whole_note, found))
        text = predicted.reading.text
        span = (
            Span(found.minutes.start, found.minutes.end)
            if found.minutes.start is not None and found.minutes.end is not None
            else None
        )
        return Service(
            found.start,
            found.end,
            text[found.start : found.end],
            judged.code,
            found.labelled,
            found.minutes.minutes,
            judged.confidence,
            judged.alternatives,
            bool(judged.reasons),
            judged.reasons,
            find_activities(predicted.reading, found.start, found.end) if told else [],
            span,
            evidence(self.model, predicted, found, judged.code) if told else [],
        )


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        return None


def _reasons(services: Sequence[Service], flags: Sequence[Finding]) -> list[str]:
    """Why a person should see the note: a service that is not settled, or a finding of high severity. Empty: settled."""
    out = dict.fromkeys(reason for s in services if s.needs_review for reason in s.review_reasons)
    out.update(dict.fromkeys(f.id for f in flags if f.severity == "high"))
    return list(out)


def load(model: str | Path | None = None, *, policy: str | Path = DEFAULT_POLICY) -> Coder:
    """A coder under a payer policy (name or TOML file), with a model by name, file or folder; without one the promoted
    model of `rehabcoder models`, else the shipped one.

    Raises:
        ModelError: the model file is missing, damaged or too new.
        PolicyError: the policy is unknown or wrong.
    """
    load_policy(policy)  # refuse a wrong policy now, not at the first note
    return Coder(load_model(find_model(model)), str(policy))


def code_notes(
    notes: Sequence[Note], *, model: str | Path | None = None, policy: str | Path = DEFAULT_POLICY
) -> list[CodedNote]:
    """Codes many notes: the one pure function of one process, of workers and of a cluster."""
    return load(model, policy=policy).code(notes)
