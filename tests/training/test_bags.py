"""Numbered features say the same as named ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_world import DATA, records, write

from rehabcoder.training.bags import Bag, Bags, Names, bag_matrix, ids, together
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
    said = [("a", "cane")] * 4 + [("b", "cane")] + [("a", "smith")] * 9 + [("a", "stairs")] * 2 + [("b", "stairs")] * 2
    names = Names()
    snippets = [Snippet(word, source, code="97110") for source, word in said]
    data = Corpus([], snippets, [names.bag([s.text]) for s in snippets], names)
    assert word_vocabulary(data) == {"cane": 0}


@given(texts=docs, away=st.sets(st.sampled_from("abcdefgh")))
def test_bags_in_a_row_are_those_put_in(texts: list[list[str]], away: set[str]) -> None:
    names, fewer = Names(), Names({name: k for k, name in enumerate(sorted(set("abcdefgh") - away))})
    bags = [names.bag(text) for text in texts]
    row = Bags.of(bags)
    assert len(row) == len(bags)
    assert [bag.tolist() for bag in row] == [bag.tolist() for bag in bags]
    left = row.renumbered(names.columns({name: k for k, name in enumerate(sorted(set("abcdefgh") - away))}))
    assert [bag.tolist() for bag in left] == [fewer.bag([n for n in text if n not in away]).tolist() for text in texts]


@pytest.fixture(scope="module")
def read_by(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Corpus]:
    folder = tmp_path_factory.mktemp("notes")
    for clinic in ("clinic-a", "clinic-b"):
        write(folder / f"{clinic}.jsonl", records(clinic, slice(5)))
    notes, snippets = read_notes(folder), read_snippets(DATA / "snippets")[:31]
    return [corpus(notes, snippets, jobs=jobs) for jobs in (1, 3)]


def test_what_is_read_does_not_depend_on_the_number_of_readers(read_by: Sequence[Corpus]) -> None:
    one, three = read_by
    vocabulary = word_vocabulary(one)
    assert len(vocabulary) > 20
    assert word_vocabulary(three) == vocabulary
    columns = [data.names.columns(vocabulary) for data in read_by]
    assert [p.key for p in one.notes] == [p.key for p in three.notes]
    for mine, other in zip(one.notes, three.notes, strict=True):
        assert mine.tags == other.tags
        for bags, others in ((mine.words, other.words), (mine.clauses, other.clauses)):
            assert [ids(b, columns[0]) for b in bags] == [ids(b, columns[1]) for b in others]
    assert [s.text for s in one.snippets] == [s.text for s in three.snippets]
    assert [ids(b, columns[0]) for b in one.snippet_words] == [ids(b, columns[1]) for b in three.snippet_words]


def test_of_what_was_read_only_words_that_a_vocabulary_could_hold_are_kept(read_by: Sequence[Corpus]) -> None:
    for data in read_by:
        assert len(data.names) == len(word_vocabulary(data))
