"""medspaCy for a like job: 300 terms, durations, context (negation, history, plan), sections, its own sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import medspacy
from job import run
from loguru import logger
from medspacy.ner import TargetRule

logger.remove()  # its sentence splitter writes every note to the log, which would cost more than the work


def make(terms: list[str]) -> Any:
    nlp = medspacy.load(
        medspacy_enable=["medspacy_tokenizer", "medspacy_pyrush", "medspacy_target_matcher", "medspacy_context"]
    )
    nlp.add_pipe("medspacy_sectionizer")
    matcher = nlp.get_pipe("medspacy_target_matcher")
    matcher.add([TargetRule(term, "SERVICE") for term in terms])
    minutes = [{"LIKE_NUM": True}, {"LOWER": {"IN": ["min", "mins", "minute", "minutes"]}}]
    matcher.add([TargetRule("duration", "DURATION", pattern=minutes)])
    return nlp


def rows(nlp: Any, texts: Iterable[str]) -> Iterator[Any]:
    for doc in nlp.pipe(texts):
        yield [(ent.start_char, ent.end_char, ent.label_, bool(ent._.is_negated)) for ent in doc.ents]


run(make, rows)
