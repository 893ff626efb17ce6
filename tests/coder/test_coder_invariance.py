"""What must not matter to a claim: the home programme, names, dates and ids."""

from __future__ import annotations

import re

import pytest
from coding import Claim, claim, coder, samples

from rehabcoder import Note

HOME = (
    "HEP: squats 3x10, bridges 3x10, 15 min daily.",
    "Home exercise program: heel raises 2x15 and hamstring stretch 3x30 sec, 20 minutes every day.",
    "Pt to continue HEP at home, quad sets 3x10 and SLR 3x10, twice a day for 10 min.",
    "Patient instructed to perform sit to stand at home 10 times a day.",
    "Home programme: balance on one leg at the kitchen counter, 5 minutes morning and evening.",
    "Advised to walk 20 minutes a day at home.",
    "Issued written HEP with pictures (clamshells, side-lying hip abduction, 15 min/day).",
    "To do at home: towel grip 2x10, putty 10 minutes, twice daily.",
)
NAMES = (("Maria Gonzalez", "03/14/1951", "MRN 00123456"), ("Oluwaseun Park-Whitfield", "11/02/1988", "MRN 98700541"))
_DATE = re.compile(r"\b(\d{1,2})/(\d{1,2})(/(?:20)?\d\d)\b")
_REFERENCE = re.compile(r"\bP-\d{4}\b")


def changed(before: list[Note], after: list[Note]) -> dict[str, tuple[Claim, Claim]]:
    """The notes whose claims differ, with both claims."""
    old, new = ({coded.note_id: claim(coded) for coded in coder().code(notes)} for notes in (before, after))
    return {name: (old[name], new[name]) for name in old if old[name] != new[name]}


def rewritten(note: Note, text: str) -> Note:
    return Note(note.note_id, text, date_of_service=note.date_of_service)


@pytest.mark.parametrize("sentence", HOME)
def test_a_home_programme_as_last_line_changes_no_claim(sentence: str) -> None:
    after = [rewritten(note, f"{note.text.rstrip()}\n{sentence}\n") for note in samples()]
    assert changed(samples(), after) == {}


def test_a_home_programme_alone_is_no_service() -> None:
    for coded in coder().code([Note(sentence, sentence) for sentence in HOME]):
        assert coded.lines == []


def test_other_dates_change_no_claim() -> None:
    def other(found: re.Match[str]) -> str:
        month, day = int(found[1]) % 12 + 1, int(found[2]) % 28 + 1
        return f"{month:0{len(found[1])}d}/{day:0{len(found[2])}d}{found[3]}"

    after = [rewritten(note, _DATE.sub(other, note.text)) for note in samples()]
    assert sum(a.text != b.text for a, b in zip(samples(), after, strict=True)) > 10
    assert changed(samples(), after) == {}


def test_other_ids_change_no_claim() -> None:
    after = [
        rewritten(note, _REFERENCE.sub(lambda ref: f"P-{9999 - int(ref[0][2:])}", note.text)) for note in samples()
    ]
    assert sum(a.text != b.text for a, b in zip(samples(), after, strict=True)) > 10
    assert changed(samples(), after) == {}


def test_other_names_change_no_claim() -> None:
    def of(person: tuple[str, str, str]) -> list[Note]:
        name, born, number = person
        head, foot = f"Patient: {name}   DOB {born}   {number}", f"Electronically signed: {name.split()[-1]}, PT, DPT"
        return [rewritten(note, f"{head}\n{note.text.rstrip()}\n{foot}\n") for note in samples()]

    assert changed(of(NAMES[0]), of(NAMES[1])) == {}


def test_a_head_with_name_and_number_changes_no_claim() -> None:
    name, born, number = NAMES[0]
    after = [rewritten(note, f"Patient: {name}   DOB {born}   {number}\n{note.text}") for note in samples()]
    assert changed(samples(), after) == {}


def test_fields_of_the_record_change_no_claim() -> None:
    after = [
        Note(n.note_id, n.text, "other.csv#1", n.date_of_service, "patient 7", "Doe", "PTA", "Elsewhere", payer=n.payer)
        for n in samples()
    ]
    assert changed(samples(), after) == {}
