"""Classes of words: what a model that never met a word still knows of it."""

from __future__ import annotations

import re

import pytest

from rehabcoder.language.patterns import knowledge
from rehabcoder.predict.features import TOKEN, words


@pytest.mark.parametrize(
    ("text", "word", "name"),
    [
        ("rinsed the colanders", "colanders", "narrow:kitchen"),
        ("stopped twice", "stopped", "narrow:adjust"),
        ("kneading", "kneading", "narrow:manual"),
        ("three daughters", "daughters", "narrow:family"),
        ("sat on the commode", "commode", "wide:transfer"),
    ],
)
def test_a_word_and_its_regular_forms_carry_their_class(text: str, word: str, name: str) -> None:
    assert word in words(text)
    assert f"%{name}" in words(text)


def test_two_words_may_have_a_class_that_neither_has_alone() -> None:
    assert "%narrow:exercise" in words("leg press")
    assert "%narrow:exercise" not in words("leg") + words("press the button")
    assert "%narrow:exercise" not in words("leg and press")


def test_a_word_that_belongs_nowhere_has_none() -> None:
    assert not [feature for feature in words("quarterly zygote") if feature[0] == "%"]


def test_every_entry_can_be_met() -> None:
    entries = [
        entry for table in knowledge("classes").values() for listed in table.values() for entry in listed.split(",")
    ]
    one = rf"(?:{TOKEN.pattern})"
    assert len(entries) > 8000
    assert [entry for entry in entries if not re.fullmatch(rf"{one}(?: {one})?", " ".join(entry.split()))] == []


def test_forms_of_abbreviations_are_not_made() -> None:
    assert "%narrow:anatomy" in words("le")
    assert "%narrow:anatomy" not in words("led")
