"""Which notes to label next: those in doubt, and no two alike."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from rehabcoder.note import Note
from rehabcoder.predict.features import tokens
from rehabcoder.predict.model import Model
from rehabcoder.predict.predicted import Found, Predicted
from rehabcoder.predict.predictor import predict
from rehabcoder.predict.settling import Judged, answer, judge, whole

_BATCH = 64
_POOL = 20  # the most doubtful notes from which each of `n` is chosen; keeps memory flat
_LEAST_POOL = 1_000
_SETTLED = 0.01  # how far the doubt about a settled service counts
_UNKNOWN = 0.2  # share of unknown words from which it is a reason


@dataclass(slots=True)
class Suggestion:
    """A note worth labelling. `doubt` is how many of its unsettled services the model expects to have wrong."""

    note: Note
    doubt: float
    why: list[str]


@dataclass(slots=True)
class Suggested:
    """The notes to label next, best first; how many were looked at, and how many could not be read."""

    notes: list[Suggestion] = field(default_factory=list)
    seen: int = 0
    failed: int = 0


@dataclass(slots=True, order=True)
class _Candidate:
    doubt: float
    order: int  # earlier notes first among equals
    note: Note = field(compare=False)
    why: list[str] = field(compare=False)
    rows: list[int] = field(compare=False)


def suggest(notes: Iterable[Note], model: Model, *, n: int = 50) -> Suggested:
    """Chooses the `n` notes from which a model would learn most.

    A note counts by the unsettled services that the model expects to have wrong, the less the more it is like one that
    is chosen already (cosine of their words). Memory does not grow with the number of notes.
    """
    out = Suggested()
    pool: list[_Candidate] = []
    size = max(_POOL * n, _LEAST_POOL)
    texts: set[str] = set()
    for candidate in _candidates(notes, model, out):
        digest = candidate.note.text_sha256
        if digest in texts:
            continue
        texts.add(digest)
        if len(pool) < size:
            heapq.heappush(pool, candidate)
        elif pool[0] < candidate:
            heapq.heapreplace(pool, candidate)
    out.notes = [Suggestion(c.note, c.doubt, c.why) for c in _varied(sorted(pool, reverse=True), model, n)]
    return out


def _candidates(notes: Iterable[Note], model: Model, out: Suggested) -> Iterator[_Candidate]:
    stream = iter(notes)
    while batch := list(islice(stream, _BATCH)):
        readable = [note for note in batch if note.error is None]
        out.failed += len(batch) - len(readable)
        for note, predicted in zip(readable, predict(model, [note.text for note in readable]), strict=True):
            out.seen += 1
            whole_note = whole(predicted)
            judged = [judge(model, answer(whole_note, found)) for found in predicted.services]
            # What a person would see anyway counts; a long note of sure services is not worth more for its length.
            doubt = sum((1 - j.confidence) * (1 if j.reasons else _SETTLED) for j in judged)
            why = _why(model, predicted, judged)
            rows = sorted({row for feats in _words(predicted) if (row := model.vocabulary.get(feats)) is not None})
            yield _Candidate(doubt, -out.seen, note, why, rows)


def _words(predicted: Predicted) -> set[str]:
    """The single words of the services; of the whole note where none was found."""
    reading = predicted.reading
    places = [(s.start, s.end) for s in predicted.services] or [(0, len(reading.masked))]
    return {word for start, end in places for word in tokens(reading.masked[start:end]) if word.isalpha()}


def _why(model: Model, predicted: Predicted, judged: Sequence[Judged]) -> list[str]:
    """Plain reasons, gravest first. They name codes, counts and places, never words of the note."""
    out = []
    doubtful = sorted(zip(predicted.services, judged, strict=True), key=lambda pair: pair[1].confidence)
    unsettled = [(found, j) for found, j in doubtful if j.reasons]
    for found, j in unsettled[:2]:
        out.append(_of_service(found, j))
    if len(unsettled) > 2:
        out.append(f"{len(unsettled)} of {len(judged)} services are in doubt")
    words = _words(predicted)
    unknown = sum(word not in model.vocabulary for word in words)
    if words and unknown >= _UNKNOWN * len(words):
        out.append(f"{unknown} of {len(words)} words of its services are new to the model")
    if not judged:
        out.append("no service was found in it")
    return out or ["the model is sure of it: it is here to confirm that, and is unlike the others"]


def _of_service(found: Found, judged: Judged) -> str:
    place = f"at {found.start}-{found.end}"
    if "code_mismatch" in judged.reasons:
        return f"labelled {found.labelled}, but the words {place} speak for {judged.code} ({judged.confidence:.0%})"
    if "uncertain_reading" in judged.reasons:
        minutes = "no minutes" if found.minutes.minutes is None else f"{found.minutes.minutes} minutes"
        return f"{judged.code} {place} with {minutes}: the reading is unsure"
    if judged.alternatives:
        return f"{judged.code} or {judged.alternatives[0][0]} {place}: {judged.code} with {judged.confidence:.0%}"
    return f"{judged.code} {place} is unsure ({judged.confidence:.0%})"


def _varied(pool: Sequence[_Candidate], model: Model, n: int) -> list[_Candidate]:
    """Greedy choice: each time the note with most doubt that is least like those chosen before."""
    if not pool:
        return []
    vectors = _vectors(pool, model)
    doubt = np.array([candidate.doubt for candidate in pool])
    likeness = np.zeros(len(pool))
    left = np.ones(len(pool), dtype=bool)
    chosen: list[int] = []
    while len(chosen) < min(n, len(pool)):
        # What is sure everywhere still has an order: the least like the rest comes first.
        worth = np.where(left, (doubt + 1e-6) * (1 - likeness), -1.0)
        best = int(worth.argmax())
        chosen.append(best)
        left[best] = False
        likeness = np.maximum(likeness, np.minimum(np.asarray((vectors @ vectors[[best]].T).todense()).ravel(), 1.0))
    return [pool[k] for k in chosen]


def _vectors(pool: Sequence[_Candidate], model: Model) -> csr_matrix:
    indices = np.array([row for c in pool for row in c.rows], dtype=np.int64)
    lengths = np.array([len(c.rows) for c in pool])
    weights: npt.NDArray[np.float64] = model.idf[indices].astype(np.float64) ** 2
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    squared = np.array([weights[a:b].sum() for a, b in pairwise(indptr)])
    norm = np.repeat(np.sqrt(np.maximum(squared, 1e-12)), lengths)
    return csr_matrix((np.sqrt(weights) / norm, indices, indptr), shape=(len(pool), len(model.idf)))
