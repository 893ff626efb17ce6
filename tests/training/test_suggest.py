"""Which notes to label next: in doubt, varied, each with its reason, and no word of a note in that."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from small_world import World, records

from rehabcoder.note import Note
from rehabcoder.predict.model import Model
from rehabcoder.predict.store import load_model
from rehabcoder.training.suggest import suggest

SURE = "Ther Ex 15 min: squats 3x10, leg press 3x10 and heel raises 2x15 for quadriceps and calf strength."
SWAPPED = "97110 x 15 min: transfers from couch to standing, carrying groceries and stairs to return to her home."


@pytest.fixture(scope="module")
def model(world: World) -> Model:
    return load_model(world.model)


@pytest.fixture(scope="module")
def notes() -> list[Note]:
    return [Note(row["id"], row["text"]) for row in records("clinic-h", slice(40)) + records("clinic-c", slice(40))]


def test_so_many_as_asked_for_and_none_twice(model: Model, notes: list[Note]) -> None:
    done = suggest(notes, model, n=12)
    assert (len(done.notes), done.seen, done.failed) == (12, 80, 0)
    assert len({s.note.note_id for s in done.notes}) == 12
    assert len(suggest(notes[:5], model, n=12).notes) == 5


def test_the_same_notes_give_the_same_answer_in_whatever_order(model: Model, notes: list[Note]) -> None:
    first = [s.note.note_id for s in suggest(notes, model, n=10).notes]
    assert [s.note.note_id for s in suggest(list(reversed(notes)), model, n=10).notes] == first


def test_doubtful_notes_come_before_sure_ones(model: Model, notes: list[Note]) -> None:
    chosen = {s.note.note_id for s in suggest(notes, model, n=20).notes}
    everyone = {s.note.note_id: s.doubt for s in suggest(notes, model, n=80).notes}
    inside = [everyone[name] for name in chosen]
    outside = [doubt for name, doubt in everyone.items() if name not in chosen]
    assert sum(inside) / len(inside) > 2 * sum(outside) / len(outside)


def test_a_copy_of_a_note_is_not_asked_for_again(model: Model, notes: list[Note]) -> None:
    doubled = [Note(f"{k}-{note.note_id}", note.text) for k in range(3) for note in notes[:10]]
    texts = [s.note.text for s in suggest(doubled, model, n=30).notes]
    assert len(texts) == len(set(texts)) == 10


def test_a_near_copy_waits_behind_other_notes(model: Model, notes: list[Note]) -> None:
    first = suggest(notes, model, n=1).notes[0].note
    copies = [Note(f"copy-{k}", f"{first.text} Visit {k}.") for k in range(10)]
    chosen = [s.note.note_id for s in suggest([*notes, *copies], model, n=10).notes]
    assert sum(name.startswith("copy") or name == first.note_id for name in chosen) <= 3


def test_every_reason_is_plain_and_holds_no_words_of_the_note(model: Model, notes: list[Note]) -> None:
    for one in suggest(notes, model, n=40).notes:
        assert one.why
        said = " ".join(one.why)
        for a, b in itertools.pairwise(one.note.text.split()):
            if len(a) > 3 and len(b) > 3 and a.isalpha() and b.isalpha():
                assert f"{a} {b}" not in said


def test_a_label_against_its_words_is_a_reason(model: Model) -> None:
    (one,) = suggest([Note("swap", SWAPPED)], model, n=1).notes
    assert any("labelled 97110, but the words at" in why or "97110 or" in why or "or 97110" in why for why in one.why)


def test_a_sure_note_says_so(model: Model) -> None:
    (one,) = suggest([Note("blank", "Patient cancelled today.")], model, n=1).notes
    assert one.why


def test_words_that_are_new_to_the_model_are_a_reason(model: Model) -> None:
    text = "Ther Ex 15 min: zorbing glimmerwards with frobnication, quuxed the snarfle, wibbled brillig slithy toves."
    (one,) = suggest([Note("odd", text)], model, n=1).notes
    assert any("words of its services are new to the model" in why for why in one.why)


def test_notes_that_cannot_be_read_are_counted(model: Model) -> None:
    done = suggest([Note("x", "", error="x.txt: broken"), Note("y", SURE)], model, n=5)
    assert (done.seen, done.failed, [s.note.note_id for s in done.notes]) == (1, 1, ["y"])


def test_nothing_gives_nothing(model: Model) -> None:
    assert suggest([], model).notes == []
    assert suggest([Note("x", "  \n")], model).seen == 1


def test_notes_are_taken_as_they_come(model: Model) -> None:
    """A backlog of any size streams through: no more than a batch is asked for ahead."""
    asked = [0]

    def stream() -> Iterator[Note]:
        for k in range(200):
            asked[0] += 1
            yield Note(str(k), f"{SURE} Visit {k}.")

    assert suggest(stream(), model, n=3).seen == asked[0] == 200
