"""Modalities whose words say that they were given, and what only names one."""

from __future__ import annotations

import pytest

from rehabcoder.language.modalities import modalities_given
from rehabcoder.language.reading import read


def given(text: str) -> bool:
    return bool(modalities_given(read(text), ()))


@pytest.mark.parametrize(
    "said",
    [
        "US pulsed to palm; scar mob; hook fists x15",
        "Ultrasound 3 MHz 0.8 W/cm2 over the R epicondyle",
        "Treatment: Iontophoresis with dexamethasone 0.4%, 40 mA-min",
        "- IFC to low back, prone",
        "O: Paraffin to both hands; putty 3x10",
        "Tx - Whirlpool for L ankle, 98 F",
    ],
)
def test_how_it_was_set_or_where_it_was_put(said: str) -> None:
    assert given(said)


@pytest.mark.parametrize(
    "said",
    [
        "US held, skin over the elbow open",
        "Iontophoresis to the heel next visit if sore",
        "Paraffin to both hands at home each night",
        "IFC to low back offered and refused",
        "Ice to the knee 15 min tonight",
        "US of the shoulder showed a tear",
        "Pt asks about paraffin for his hands",
        "97035 US 8 min 1 unit",
        "Scar mob after ultrasound to palm",
    ],
)
def test_what_was_not_given_or_is_told_of_elsewhere(said: str) -> None:
    assert not given(said)


@pytest.mark.parametrize(
    "said",
    [
        "Epley R x2, head held by me",
        "-> Epley L, 2 cycles, 5 min sitting between",
        "Did the Epley to the left twice, nystagmus on the first only",
        "Semont maneuver x 3 for the L cupula",
        "BBQ roll x2 to R",
        "CRM L once, eyes watched",
    ],
)
def test_a_manoeuvre_and_how_often_it_was_done(said: str) -> None:
    assert given(said)


@pytest.mark.parametrize(
    "said",
    [
        "Home Epley x2 each night",
        "Taught self Epley x3 before bed",
        "Epley next visit x2 if positive",
        "After Epley x2 she sat 10 min",
        "BBQ roll offered, pt refused",
        "Log roll to the edge of the bed with cues",
    ],
)
def test_a_manoeuvre_that_was_not_done_or_is_told_of_again(said: str) -> None:
    assert not given(said)
