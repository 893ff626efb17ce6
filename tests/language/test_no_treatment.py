from __future__ import annotations

import pytest

from rehabcoder.language.no_treatment import of_no_treatment
from rehabcoder.language.reading import read


@pytest.mark.parametrize(
    "words",
    [
        "Thumb splint trimmed, skin ok 10 min",
        "Cuff moved, skin looked at after 10 min on",
        "New insole, no redness after 10 minutes",
        "Red spot gone within ten minutes",
        "Brace on, worn for 10 min, no marks",
        "Dtr phoned 10 min about the ramp",
        "Called the vendor 10 min",
        "Splint looked at 10 min later, fits",
        "Red spot at the thumb, skin check p 10 min",
        "Ache of the quads, settled within ten minutes",
        "Weight shift taught, tilt q 30 min",
        "Stepper at the lowest, stopping every four minutes for her saturation",
        "Names recalled at 8 min intervals",
    ],
)
def test_how_long_a_splint_was_on_or_a_call_took_is_no_treatment(words):
    assert len(of_no_treatment(read(words))) == 1


@pytest.mark.parametrize(
    "words",
    [
        "Splint fitted and skin check taught 15 min",
        "Skin care and pressure relief 15 min",
        "Straps moved, skin clear, 15 min",
        "Stepping to dots that I called out, 10 min",
        "Red band rows 10 min",
        "Ten minutes later on were for shoelaces",
        "Wearing schedule and donning 15 min",
        "Interval training on the bike 15 min",
        "Floor cleared of toys, stepping over what was left 10 min",
        "Fatigue settled with quiet rowing 10 min",
        "Daughter taught the transfer 10 min",
    ],
)
def test_the_time_of_what_was_done_or_taught_stays(words):
    assert of_no_treatment(read(words)) == set()
