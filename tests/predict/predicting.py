"""The shipped model and what it says of some notes, found once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rehabcoder.predict.model import Model
from rehabcoder.predict.predicted import Found, Predicted
from rehabcoder.predict.predictor import predict
from rehabcoder.predict.store import default_model_path, load_model

DATA = Path(__file__).parents[2] / "data"


@dataclass(slots=True, frozen=True)
class Answer:
    """One service of one note, as the model sees it. Shown by its place only: a failing test prints it."""

    predicted: Predicted
    found: Found

    def __repr__(self) -> str:
        return f"<service {self.found.start}:{self.found.end}>"

    @property
    def text(self) -> str:
        return self.predicted.reading.text

    @property
    def words(self) -> str:
        return self.text[self.found.start : self.found.end]


@cache
def model() -> Model:
    return load_model(default_model_path())


@cache
def labelled_texts() -> list[str]:
    """Notes of two clinics, every fourth."""
    lines = [
        line
        for clinic in ("clinic-b", "clinic-m")
        for line in (DATA / "notes" / f"{clinic}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    return [json.loads(line)["text"] for line in lines[::4]]


@cache
def answers() -> list[Answer]:
    """Every service of these notes."""
    found = [Answer(p, f) for p in predict(model(), labelled_texts()) for f in p.services]
    assert len(found) > 40
    return found


def answer(text: str, using: Model | None = None) -> Answer:
    """The one service of a text."""
    [predicted] = predict(using or model(), [text])
    [found] = predicted.services
    return Answer(predicted, found)
