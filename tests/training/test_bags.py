"""Numbered features say the same as named ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_world import DATA, records, write

from rehabcoder.training.bags import Bag, Names, bag_matrix, ids, together
from rehabcoder.training.corpus import Corpus, corpus, word_vocabulary
from rehabcoder.training.labelled import Snippet, read_notes, read_snippets
from rehabcoder.training.linear import matrix

docs = st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), max_size=8)


@given(texts=docs, kept=st.sets(st.sampled_from("abcdefghij")))
def test_a_matrix_of_bags_is_that_of_their_names(texts: list[list[str]], kept: set[str]) -> None:
    names = Names()
    bags = [names.bag(text) for text in texts]
    vocabulary = {name: column for column, name in enumerate(sorted(kept))}
    columns = names.columns(vocabulary)
    rows = bag_matrix(bags, columns, len(kept) + 1)
    assert rows.shape == (len(texts), len(kept) + 1)
    assert rows.toarray()[:, : len(kept)].tolist() == matrix(texts, vocabulary).toarray().tolist()
    assert [ids(bag, columns) for bag in bags] == [sorted(vocabulary[n] for n in text if n in kept) for text in texts]
    assert ids(together(bags), columns) == sorted(vocabulary[n] for n in set().union(*texts) & kept)


@given(first=docs, second=docs)
def test_features_of_two_readers_become_those_of_one(first: list[list[str]], second: list[list[str]]) -> None:
    here, there = Names(), Names()
    bags = [here.bag(text) for text in first]
    others = [there.bag(text) for text in second]
    number = here.add(there)
    spelt = dict(enumerate(here.chosen(np.ones(len(here), dtype=np.bool_))))
    columns = here.columns({name: column for column, name in spelt.items()})

    def named(bag: Bag) -> list[str]:
        return [spelt[column] for column in ids(bag, columns)]

    assert [named(bag) for bag in bags] == [sorted(text) for text in first]
    assert [named(number[bag]) for bag in others] == [sorted(text) for text in second]


def test_a_word_of_one_source_or_of_few_notes_is_not_kept() -> None:
    said = [("a", "cane"), ("a", "cane"), ("b", "cane"), ("a", "smith"), ("a", "smith"), ("a", "smith"), ("b", "stairs")]
    names = Names()
    snippets = [Snippet(word, source, code="97110") for source, word in said]
    data = Corpus([], snippets, [names.bag([s.text]) for s in snippets], names)
    assert word_vocabulary(data, least_notes=3) == {"cane": 0}
    assert word_vocabulary(data, least_notes=3, least_sources=1) == {"cane": 0, "smith": 1}
    assert word_vocabulary(data, least_notes=4) == {}


@pytest.fixture(scope="module")
def read_by(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Corpus]:
    folder = tmp_path_factory.mktemp("notes")
    write(folder / "clinic-a.jsonl", records("clinic-a", slice(5)))
    notes, snippets = read_notes(folder), read_snippets(DATA / "snippets")[:31]
    return [corpus(notes, snippets, jobs=jobs) for jobs in (1, 3)]


def test_what_is_read_does_not_depend_on_the_number_of_readers(read_by: Sequence[Corpus]) -> None:
    one, three = read_by
    assert word_vocabulary(one, least_notes=1, least_sources=1) == word_vocabulary(three, least_notes=1, least_sources=1)
    vocabulary = word_vocabulary(one, least_notes=1, least_sources=1)
    columns = [data.names.columns(vocabulary) for data in read_by]
    assert [p.key for p in one.notes] == [p.key for p in three.notes]
    for mine, other in zip(one.notes, three.notes, strict=True):
        assert mine.tags == other.tags
        assert [ids(b, columns[0]) for b in mine.words] == [ids(b, columns[1]) for b in other.words]
        for bags, others in zip(mine.clauses, other.clauses, strict=True):
            assert [ids(b, columns[0]) for b in bags] == [ids(b, columns[1]) for b in others]
    assert [s.text for s in one.snippets] == [s.text for s in three.snippets]
    assert [ids(b, columns[0]) for b in one.snippet_words] == [ids(b, columns[1]) for b in three.snippet_words]
