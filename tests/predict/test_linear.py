"""Scores of linear models over many documents at once are those of each document by itself, counted by hand."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rehabcoder.predict.model import Linear, flatten, linear_scores, softmax, summed

WORDS, KNOWN, CLASSES = 9, 6, 3  # the model has weights for the first six of nine features
docs = st.lists(st.lists(st.integers(0, WORDS - 1), max_size=7, unique=True), max_size=6)
numbers = st.floats(-4, 4, width=32)


@given(docs, st.lists(numbers, min_size=KNOWN * CLASSES, max_size=KNOWN * CLASSES))
def test_scores_are_sums_over_the_known_features_divided_by_their_length(
    many: list[list[int]], weights: list[float]
) -> None:
    table = np.array(weights, dtype=np.float32).reshape(KNOWN, CLASSES)
    idf = np.arange(1, WORDS + 1, dtype=np.float32)
    bias = np.array([0.5, 0.0, -0.5], dtype=np.float32)
    scores = linear_scores(Linear(("a", "b", "c"), table, bias), idf, many)
    assert scores.shape == (len(many), CLASSES)
    for doc, row in zip(many, scores, strict=True):
        known = [feature for feature in doc if feature < KNOWN]
        length = sum(float(idf[f]) ** 2 for f in known) ** 0.5
        for column in range(CLASSES):
            summed_up = sum(float(table[f, column]) for f in known) / length if known else 0.0
            assert abs(row[column] - (summed_up + bias[column])) < 1e-4


@given(docs)
def test_sums_of_rows_for_each_document(many: list[list[int]]) -> None:
    table = np.arange(WORDS * 2, dtype=np.float32).reshape(WORDS, 2)
    ids, lengths = flatten(many)
    assert ids.tolist() == [feature for doc in many for feature in doc]
    assert lengths.tolist() == [len(doc) for doc in many]
    expected = [[sum(2 * f + c for f in doc) for c in (0, 1)] for doc in many]
    assert summed(table, ids, lengths).tolist() == expected


@given(st.lists(numbers, min_size=2, max_size=5))
def test_probabilities_add_up_and_keep_the_order_of_the_scores(scores: list[float]) -> None:
    row = softmax(np.array([scores], dtype=np.float32))[0]
    assert abs(row.sum() - 1) < 1e-5
    assert (np.argsort(row, kind="stable") == np.argsort(np.array(scores, dtype=np.float32), kind="stable")).all() or (
        len(set(row.tolist())) < len(row)
    )
