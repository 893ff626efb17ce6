"""From a user's labels to a model with its report, or to a refusal that says why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from joblib import cpu_count

from rehabcoder.billing.policies import DEFAULT_POLICY, load_policy
from rehabcoder.errors import TrainingError
from rehabcoder.predict.store import FILE_NAME, default_model_path, load_model, save_model
from rehabcoder.training import scores
from rehabcoder.training.assemble import Material, assemble
from rehabcoder.training.build import card_of
from rehabcoder.training.corpus import Settings
from rehabcoder.training.direction import direction
from rehabcoder.training.gate import Change, Verdict, change, judge, read_counts
from rehabcoder.training.inputs import read_own
from rehabcoder.training.learning import learning_curve
from rehabcoder.training.registry import checked_name, find_model
from rehabcoder.training.report import Report, write_report
from rehabcoder.training.suspects import suspects
from rehabcoder.training.trial import Trial

Tell = Callable[[str], None]


@dataclass(slots=True)
class Trained:
    """What came of a training. `model` is the new model's file; None when the gate refused it."""

    model: Path | None
    report: Path
    verdict: Verdict
    gain: Change
    card: dict[str, Any]


def train(
    labelled: Sequence[str | Path],
    *,
    out: str | Path,
    name: str = "clinic",
    only: bool = False,
    seed: int = 1,
    jobs: int = 0,
    on: date | None = None,
    policy: str | Path = DEFAULT_POLICY,
    store: str | Path | None = None,
    force: bool = False,
    tell: Tell | None = None,
    shipped: Path | None = None,
    shipped_model: Path | None = None,
    settings: Settings | None = None,
) -> Trained:
    """Trains a model on a user's labels and the shipped data, measures it, and writes it unless the gate refuses it.

    Args:
        labelled: files or folders, as `read_own` takes them.
        out: the folder that gets `model.zip`, `report.html` and `report.md`.
        name: what the model's card calls it.
        only: leave the shipped labelled notes and descriptions out.
        seed: of the draws of the gate. Fitting itself draws nothing.
        jobs: models fitted side by side; 0 for one a core. The result does not depend on it.
        on: the date that the card bears; today by default.
        policy: the payer's rules and fees by which the direction of money is counted.
        store: the model store whose promoted model is the present one.
        force: write the model even when the gate refuses it; its card says so.
        tell: called with a sentence at each step.
        shipped: a folder of labelled data in the place of the shipped data: a firm's own base.
        shipped_model: the model made of that data; it is compared with where none is promoted.
        settings: numbers of the fit.

    Raises:
        ReadError, TrainingError: the labels cannot be trained on; nothing was written.
        ModelError: the present model cannot be read, or `name` cannot be one.
    """
    checked_name(name)
    rules = load_policy(policy)
    settings = replace(settings or Settings(), seed=seed)
    base = shipped_model or default_model_path()
    present = find_model(None, store)
    present = base if present == default_model_path() else present
    own = read_own(labelled)
    material = assemble(own, only=only, shipped=shipped, jobs=jobs or cpu_count())
    if tell is not None:
        tell(f"read {len(own.notes)} notes and {len(own.texts)} descriptions; {len(material.frozen)} and "
             f"{len(material.frozen_texts)} of them are frozen")  # fmt: skip
    trial = Trial.of(material, settings, jobs=jobs, tell=tell)
    verdict = judge(*trial.frozen(load_model(present)), seed=seed)
    new, before = trial.own(), trial.own_by(load_model(base))
    gain = change("your labels", [(read_counts(a), read_counts(b)) for a, b in zip(before, new, strict=True)], seed)
    trial.model.card = _card(trial, material, settings, verdict, gain, name=name, on=on or date.today(), forced=force)
    report = Report(
        card=trial.model.card, verdict=verdict, gain=gain, every=trial.every(), own=new, before=before,
        curve=learning_curve(material, trial.model, settings, jobs=jobs, tell=tell), suspects=suspects(new),
        direction=direction(new, rules), policy=rules.rules_version, known=material.known, replaced=material.replaced,
        repeated=own.repeated,
    )  # fmt: skip
    kept = verdict.passed or force
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        page = write_report(report, folder)
        if kept:
            save_model(trial.model, folder / FILE_NAME)
    except OSError as error:
        raise TrainingError("the folder cannot be written", where=str(folder), remedy="Name another --out.") from error
    return Trained(folder / FILE_NAME if kept else None, page, verdict, gain, trial.model.card)


def _card(
    trial: Trial, material: Material, settings: Settings, verdict: Verdict, gain: Change, *, name: str, on: date,
    forced: bool,
) -> dict[str, Any]:  # fmt: skip
    """What the model says of itself. It names no clinic and no file of the user: both can hold names."""
    every = trial.every()
    share, right = scores.settled(every)
    card = card_of(material.everything, settings, name=name)
    return card | {
        "versions": {**card["versions"], "rehabcoder": version("rehabcoder")},
        "trained_on": on.isoformat(),
        "seed": settings.seed,
        "only": material.only,
        "own": {
            "notes": len(material.learned),
            "descriptions": len(material.learned_texts.snippets),
            "accepted": sum(not own.counts_fully for own in material.notes.values()),
            "frozen": len(material.frozen) + len(material.frozen_texts),
        },
        "metrics": {
            "code_f1": round(scores.overall(every).f1, 4),
            "code_given_found": round(scores.code_given_found(every), 4),
            "settled_share": round(share, 4),
            "settled_right": round(right, 4),
            "ece": round(scores.calibration_error(scores.reliability(every)), 4),
            "own_f1": round(gain.new, 4),
            "own_f1_of_the_shipped_model": round(gain.present, 4),
        },
        "gate": verdict.to_json() | {"forced": forced and not verdict.passed},
    }
