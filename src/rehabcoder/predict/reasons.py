"""Why a service got its code: every word with its pull, and what the words leave to the label."""

from __future__ import annotations

from dataclasses import dataclass

from rehabcoder.note import Json, Service
from rehabcoder.predict.explain import Reason, pulls, rival_of
from rehabcoder.predict.model import Model
from rehabcoder.predict.predicted import Found, Predicted


@dataclass(slots=True, frozen=True)
class Reasons:
    """How the code of a service was chosen, in exact terms.

    `against` is the rival (see `rival_of`). `described` are the likeliest codes by the description alone, `joined` with
    the label. `words` are the features of the description with their pulls in log odds, those for the code first. They
    and `usual` (how common the two codes are) add up to `log_odds`, those of `described`. There are none for a code that
    the model does not know.
    """

    code: str
    against: str | None
    described: list[tuple[str, float]]
    joined: list[tuple[str, float]]
    words: list[Reason]
    usual: float
    log_odds: float

    def to_json(self) -> Json:
        return {
            "code": self.code,
            "against": self.against,
            "described": [[code, round(p, 4)] for code, p in self.described],
            "joined": [[code, round(p, 4)] for code, p in self.joined],
            "words": [{"feature": reason.feature, "pull": round(reason.pull, 4)} for reason in self.words],
            "usual": round(self.usual, 4),
            "log_odds": round(self.log_odds, 4),
        }


def reasons_of(model: Model, predicted: Predicted, found: Found, service: Service) -> Reasons:
    """The reasons behind the code of one service. `found` is what the coder made `service` of."""
    against = rival_of(model, found, service.code)
    if service.code not in model.code.classes or against is None:
        return Reasons(service.code, against, found.described, found.probabilities, [], 0.0, 0.0)
    words = pulls(model, predicted, found, service.code, against)
    bias = model.code.bias
    usual = float(bias[model.code.column(service.code)] - bias[model.code.column(against)])
    total = usual + sum(reason.pull for reason in words)
    return Reasons(service.code, against, found.described, found.probabilities, words, usual, total)
