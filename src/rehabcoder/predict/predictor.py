"""Reads notes with a model: spans of services, codes with probabilities, minutes. Works on many notes at once."""

from __future__ import annotations

from collections.abc import Sequence

from rehabcoder.predict.deciding import decide
from rehabcoder.predict.model import Model
from rehabcoder.predict.predicted import Predicted, Way
from rehabcoder.predict.proposing import propose


def predict(model: Model, texts: Sequence[str], known: Sequence[list[Way]] | None = None) -> list[Predicted]:
    """Predictions for many notes; the same for each as if it came alone. `known` are the ways to cut them (see `propose`)."""
    return decide(model, propose(model, texts, known))
