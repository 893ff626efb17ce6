"""What the members of a model file may hold. Everything is checked against what a model needs before a model is built.

A file can fit its own hashes and still be made to harm: an array that claims terabytes, JSON nested without end, a weight
that is no number and turns every probability into nothing. Each function takes bytes or plain JSON and raises a
ValueError that says what is wrong, in words that can be shown.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from rehabcoder.billing.codes import CODES
from rehabcoder.language.chain import OUT
from rehabcoder.predict.model import ELEMENTS, SESSION, Chain, Floats, Linear, Model, Weighed
from rehabcoder.predict.settling import SIGNS
from rehabcoder.predict.trees import INNER, LEAVES, Trees

LARGEST_NUMBER = 65504.0  # the largest number of half precision; sums of thousands of them are still finite
_LONGEST_LINE = 200  # characters of what a card says in one line
_MOST_TREES = 1000  # what is asked of every service must stay quick
_STATES = 3  # of the tagger: outside, a service begins, a service goes on


def build(members: Mapping[str, bytes]) -> Model:
    """The model of a file's members.

    Raises:
        ValueError: they do not hold what a model needs, and what they hold instead.
    """
    features = words(members["vocabulary.txt"])
    listed = json_object("classes.json", members["classes.json"])
    small = json_object("weighed.json", members["weighed.json"])
    grown = json_object("trees.json", members["trees.json"])
    if grown.get("signs") != list(SIGNS):
        raise ValueError("trees.json asks about other signs than there are")
    size = len(features)

    def numbers_of(name: str, *shape: int | None) -> Floats:
        return array(f"{name}.npy", members[f"{name}.npy"], shape, most_rows=size)

    def linear(name: str, names: tuple[str, ...]) -> Linear:
        return Linear(names, numbers_of(f"{name}.weights", None, len(names)), numbers_of(f"{name}.bias", len(names)))

    kinds = classes(listed.get("kind"), "kind", with_=(OUT,))
    codes = classes(listed.get("code"), "code", among=frozenset(CODES) | {"none"})
    elements = classes(listed.get("elements"), "elements", with_=ELEMENTS)
    idf = numbers_of("idf", size)
    if not idf.min() > 0:
        raise ValueError("idf.npy has a weight that is not above zero")
    return Model(
        {feature: row for row, feature in enumerate(features)},
        idf,
        linear("session", SESSION),
        linear("kind", kinds),
        linear("code", codes),
        linear("elements", elements),
        linear("sentences", elements),
        Chain(
            numbers_of("chain.own", size, _STATES),
            numbers_of("chain.before", size, _STATES),
            numbers_of("chain.behind", size, _STATES),
            numbers_of("chain.transition", _STATES, _STATES),
            numbers_of("chain.start", _STATES),
            numbers_of("chain.bias", _STATES),
        ),
        weighed(small.get("minutes"), "ranker of minutes"),
        trees(grown.get("confidence"), "confidence"),
        trees(grown.get("settle"), "settling"),
        labels_by_code(small.get("label_given_code")),
        numbers(small.get("thresholds"), "threshold", low=0.0, high=1.0),
        numbers(small.get("reader"), "weight of readings"),
        card(members["card.json"]),
    )


def json_object(name: str, data: bytes) -> dict[str, Any]:
    """The JSON object that a member holds."""
    try:
        value = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name} is no JSON that a model has") from error
    if not isinstance(value, dict):
        raise ValueError(f"{name} is no JSON object")
    return value


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def card(data: bytes) -> dict[str, Any]:
    """What a model says of itself. What is shown in a terminal is checked to be plain text and plain numbers."""
    out = json_object("card.json", data)
    for name in ("name", "version", "trained_on"):
        if not _is_line(out.get(name, "")):
            raise ValueError(f"card.json has a {name} that is no line of text")
    gate = out.get("gate", {})
    lost = gate.get("lost", []) if isinstance(gate, dict) else None
    if not isinstance(lost, list) or not all(map(_is_line, lost)):
        raise ValueError("card.json has a verdict of the gate that is none")
    metrics = out.get("metrics", {})
    if not isinstance(metrics, dict) or not all(map(_is_number, metrics.values())):
        raise ValueError("card.json has metrics that are no numbers")
    return out


def _is_line(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_LINE and value.isprintable()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER


def words(data: bytes) -> list[str]:
    """The vocabulary: one feature a line, each once."""
    try:
        out = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise ValueError("vocabulary.txt is not UTF-8") from error
    if len(set(out)) != len(out):
        raise ValueError("vocabulary.txt names a feature twice")
    return out


def classes(
    found: object, question: str, *, among: frozenset[str] | None = None, with_: Sequence[str] = ()
) -> tuple[str, ...]:
    """The classes of a question.

    Args:
        found: what the file lists.
        question: what the question is called.
        among: the only classes there may be.
        with_: classes that must be there.
    """
    if not isinstance(found, list) or len(found) < 2 or not all(isinstance(name, str) for name in found):
        raise ValueError(f"classes.json lists no classes of {question}")
    if len(set(found)) != len(found) or not set(with_) <= set(found) or (among is not None and not set(found) <= among):
        raise ValueError(f"classes.json lists other classes of {question} than there are")
    return tuple(found)


def array(name: str, data: bytes, shape: tuple[int | None, ...], *, most_rows: int = 0) -> Floats:
    """The numbers of an array, as single precision.

    Its head is read alone, and compared with what must be and with the bytes that are there, before any memory is taken.

    Args:
        name: the member.
        shape: what it must be; None for a number of rows from 1 to `most_rows`.
    """
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        claimed, by_column, dtype = np.lib.format.read_array_header_1_0(stream)
    except Exception as error:  # the head is Python text: reading it can fail in as many ways as there are
        raise ValueError(f"{name} is no array") from error
    fits = len(claimed) == len(shape) and all(
        there == wanted if wanted is not None else 1 <= there <= most_rows
        for there, wanted in zip(claimed, shape, strict=True)
    )
    if version != (1, 0) or by_column or not fits or dtype not in (np.dtype("<f2"), np.dtype("<f4")):
        raise ValueError(f"{name} has another shape or another kind of numbers")
    if len(data) - stream.tell() != math.prod(claimed) * dtype.itemsize:
        raise ValueError(f"{name} is longer or shorter than it says")
    out = np.frombuffer(data, dtype=dtype, offset=stream.tell()).reshape(claimed).astype(np.float32)
    if not np.abs(out).max() <= LARGEST_NUMBER:  # also where it is NaN
        raise ValueError(f"{name} has entries that are no numbers or too large")
    return out


def numbers(
    found: object, name: str, *, low: float = -LARGEST_NUMBER, high: float = LARGEST_NUMBER
) -> dict[str, float]:
    """Numbers by name, each from `low` to `high`."""
    if not isinstance(found, dict) or not all(_is_number(value) and low <= value <= high for value in found.values()):
        raise ValueError(f"weighed.json has a {name} that is none")
    return {key: float(value) for key, value in found.items()}


def weighed(found: object, name: str) -> Weighed:
    """A small model over named features."""
    if not isinstance(found, dict) or set(found) != {"bias", "weights"}:
        raise ValueError(f"weighed.json has a {name} that is none")
    bias = numbers({"bias": found["bias"]}, name)["bias"]
    return Weighed(bias, numbers(found["weights"], name))


def trees(found: object, name: str) -> Trees:
    """Decision trees, each complete."""
    if (
        not isinstance(found, dict)
        or set(found) != {"start", "asked", "above", "leaves"}
        or not _is_number(found["start"])
    ):
        raise ValueError(f"trees.json has a {name} that is none")
    asked = table(found["asked"], name, INNER)
    above = table(found["above"], name, INNER)
    leaves = table(found["leaves"], name, LEAVES)
    if not len(asked) == len(above) == len(leaves) <= _MOST_TREES:
        raise ValueError(f"trees.json has a {name} whose tables do not fit together")
    if any(isinstance(number, float) or not 0 <= number < len(SIGNS) for row in asked for number in row):
        raise ValueError(f"trees.json has a {name} that asks about a sign that is none")
    return Trees(
        float(found["start"]),
        np.array(asked, dtype=np.int16).reshape(-1, INNER),
        np.array(above, dtype=np.float64).reshape(-1, INNER),
        np.array(leaves, dtype=np.float64).reshape(-1, LEAVES),
    )


def table(found: object, name: str, width: int) -> list[list[float]]:
    """Rows of numbers, each as wide as it must be."""
    if not isinstance(found, list) or not all(isinstance(row, list) and len(row) == width for row in found):
        raise ValueError(f"trees.json has a {name} whose tables have another shape")
    if not all(_is_number(number) for row in found for number in row):
        raise ValueError(f"trees.json has a {name} with entries that are no numbers or too large")
    return found


def labels_by_code(found: object) -> dict[str, dict[str, float]]:
    """How likely each label is, given the code. A code's own label has some likelihood."""
    if not isinstance(found, dict):
        raise ValueError("weighed.json has no likelihoods of labels")
    out = {code: numbers(by, "likelihood of a label", low=0.0, high=1.0) for code, by in found.items()}
    if any(by.get(code, 0.0) <= 0.0 for code, by in out.items()):
        raise ValueError("weighed.json has a code whose own label is impossible")
    return out
