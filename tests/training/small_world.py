"""Helpers of the training tests: labelled notes from data/, and the small world that they are trained in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rehabcoder.training.corpus import Settings
from rehabcoder.training.retrain import Trained, train

DATA = Path(__file__).parents[2] / "data"
SETTINGS = Settings(folds=2)  # half of the models of a real training
DAY = date(2025, 3, 14)

Record = dict[str, Any]


def records(clinic: str, notes: slice) -> list[Record]:
    """Labelled notes of a shipped clinic."""
    with (DATA / "notes" / f"{clinic}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines][notes]


def write(path: Path, rows: list[Record]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@dataclass(frozen=True)
class World:
    """Where the base lies, its model, and the labels of a new clinic."""

    base: Path
    model: Path
    own: Path

    def train(self, own: Path | list[Path], out: Path, **options: Any) -> Trained:
        """A training of the size of this world."""
        options = {"jobs": 1, "on": DAY, "store": out.parent / "store"} | options
        labelled = own if isinstance(own, list) else [own]
        return train(
            labelled, out=out, shipped=self.base, shipped_model=self.model, settings=SETTINGS, **options
        )  # fmt: skip
