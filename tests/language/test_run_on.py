"""Dictation that was left without stops is cut where somebody does something next, or something else is spoken of."""

import pytest

from rehabcoder.language.reading import read

FILLER = (
    "the leg press at sixty pounds three sets of ten and the rowing machine at level four with both arms "
    "and then some calf stretches on the slant board "
)


def pieces(text: str) -> list[str]:
    return [text[piece.start : piece.end] for piece in read(text).pieces]


@pytest.mark.parametrize(
    "clause",
    [
        "he was winded after the box",
        "goal is to carry his own shopping",
        "the plan is stairs on thursday",
        "pain was two at the finish",
        "his wife wants to learn the belt",
        "mister kwan says the leg gave out",
        "home program is the same ten minutes daily",
        "that makes forty five minutes",
        "so today we practised the steps",
        "tolerated the whole of it",
    ],
)
def test_a_clause_of_its_own_begins_a_piece(clause: str) -> None:
    text = f"we went on with {FILLER}{FILLER}until done {clause}"
    assert clause in pieces(text)


@pytest.mark.parametrize(
    "said",
    [
        "because he was winded after the box",
        "when she let go of the bar",
        "says he fell in the garage",
        "the ramp that they built last year",
        "then for fifteen minutes she climbed the stairs",
        "the one rail he uses at home",
    ],
)
def test_what_goes_on_with_what_was_being_said_is_not_cut(said: str) -> None:
    text = f"we went on with {FILLER}{FILLER}and {said}"
    found = pieces(text)
    assert any(said in piece for piece in found), found


def test_a_time_that_opens_what_was_done_in_it_begins_a_piece() -> None:
    text = f"{FILLER}{FILLER}seventeen minutes standing on the good leg thirteen minutes of hip strength with the cable"
    assert pieces(text)[-2:] == [
        "seventeen minutes standing on the good leg",
        "thirteen minutes of hip strength with the cable",
    ]


@pytest.mark.parametrize("name", ["there act", "manual therapy", "neuro re ed", "gait training"])
def test_the_name_of_a_service_opens_a_clause_unless_words_lead_up_to_it(name: str) -> None:
    assert pieces(f"{FILLER}{FILLER}up in the corner {name} with the strap")[-1] == f"{name} with the strap"
    for lead in ("we did some", "for the", "billing one unit", "he asked about"):
        assert not any(piece.startswith(name) for piece in pieces(f"{FILLER}{FILLER}then {lead} {name} with the strap"))


def test_sentences_with_stops_are_left_whole() -> None:
    text = "The patient walked to the door he likes and back he came. " * 8
    assert pieces(text) == [text[:57].strip()] * 8


def test_a_time_that_leads_up_to_who_did_it_stays_with_it() -> None:
    text = f"{FILLER}{FILLER}then fifteen minutes she practised getting her mail"
    assert pieces(text)[-1] == "then fifteen minutes she practised getting her mail"


@pytest.mark.parametrize("words", range(20, 34))
def test_the_length_of_a_name_moves_no_cut(words: int) -> None:
    said = " ".join(FILLER.split() * 2)
    texts = [
        f"mister {name} did {' '.join(said.split()[:words])} he was winded" + f" {FILLER}"
        for name in ("Bo", "Featherstonehaugh")
    ]
    assert len(pieces(texts[0])) == len(pieces(texts[1]))
