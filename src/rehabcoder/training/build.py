"""From labelled data to a model file with its card."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rehabcoder.predict.model import Model
from rehabcoder.predict.store import FILE_NAME, save_model
from rehabcoder.training.calibrate import calibrated, leave_out
from rehabcoder.training.corpus import Corpus, Settings, corpus
from rehabcoder.training.labelled import read_notes, read_snippets


def fit_calibrated(data: Corpus, settings: Settings | None = None, *, jobs: int = 1) -> Model:
    """A model fitted on everything, calibrated on answers for clinics left out in turn."""
    settings = settings or Settings()
    return calibrated(*leave_out(data, settings, jobs), settings, jobs)


def data_hash(data: Corpus) -> str:
    """SHA-256 over all texts with their labels, weights and marks: which data a model was made from."""
    digest = hashlib.sha256()
    notes = [
        repr((n.text, n.services, sorted(n.flags), sorted(n.evidence.items()), n.weight, n.unread))
        for n in (p.note for p in data.notes)
    ]
    snippets = [repr((s.text, s.code, sorted(s.elements or ()))) for s in data.snippets]
    for record in sorted(notes + snippets):
        digest.update(record.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()


def card_of(data: Corpus, settings: Settings, *, name: str) -> dict[str, Any]:
    """What a model says of itself: data, settings, versions."""
    digest = data_hash(data)
    return {
        "name": name,
        "version": f"{name}-{digest[:10]}",
        "data_sha256": digest,
        "notes": dict(sorted(Counter(p.note.source for p in data.notes).items())),
        "snippets": dict(sorted(Counter(s.source for s in data.snippets).items())),
        "settings": asdict(settings),
        "versions": {package: version(package) for package in ("numpy", "scipy", "scikit-learn")},
    }


def build_model(folder: Path, out: Path, *, name: str = "default", jobs: int = 1) -> Path:
    """Fits the model of `folder` (`notes/` and `snippets/`) and writes `model.zip` into `out`."""
    settings = Settings()
    data = corpus(read_notes(folder / "notes"), read_snippets(folder / "snippets"), jobs=jobs)
    model = fit_calibrated(data, settings, jobs=jobs)
    model.card = card_of(data, settings, name=name)
    path = out / FILE_NAME
    save_model(model, path)
    return path
