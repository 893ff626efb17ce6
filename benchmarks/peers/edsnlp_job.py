"""EDS-NLP for a like job: 300 terms, dates and durations, negation, history, sections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import edsnlp
import edsnlp.pipes as eds
from job import run


def make(terms: list[str]) -> Any:
    nlp = edsnlp.blank("eds")
    nlp.add_pipe(eds.normalizer())
    nlp.add_pipe(eds.sentences())
    nlp.add_pipe(eds.sections())
    nlp.add_pipe(eds.matcher(terms={"service": terms}, attr="LOWER"))
    nlp.add_pipe(eds.dates())
    nlp.add_pipe(eds.negation())
    nlp.add_pipe(eds.history())
    return nlp


def rows(nlp: Any, texts: Iterable[str]) -> Iterator[Any]:
    for doc in nlp.pipe(texts):
        found = [(ent.start_char, ent.end_char, bool(ent._.negation)) for ent in doc.ents]
        times = [
            (span.start_char, span.end_char) for name in ("dates", "durations") for span in doc.spans.get(name, ())
        ]
        yield [found, times]


run(make, rows)
