from __future__ import annotations

import pytest

from rehabcoder.language.for_every import for_every_service
from rehabcoder.language.note_minutes import Minutes
from rehabcoder.language.reading import read


def minutes(text: str, *services: str, idle: str = "") -> list[int | None]:
    """Minutes of the services, whose words are given and which have none of their own."""
    spans = [(text.index(words), text.index(words) + len(words)) for words in services]
    chosen = [Minutes(None, None, None, 0.5) for _ in spans]
    for_every_service(read(text), spans, chosen, [bool(idle) and words.startswith(idle) for words in services])
    return [m.minutes for m in chosen]


@pytest.mark.parametrize(
    "text",
    [
        "Rows 3x10\nCrates to shelf\n15 min each.\nTired.",
        "Rows 3x10\nCrates to shelf\n\n(15 minutes each)",
        "Rx (15 min each):\nRows 3x10\nCrates to shelf",
        "Treatment given - 15' ea\nRows 3x10\nCrates to shelf\nTired.",
        "15 minutes apiece:\n* Rows 3x10\n* Crates to shelf",
        "Rows 3x10\nCrates to shelf\nLess sore than Monday.\nTime: 15 min each",
        "Rows 3x10\nCrates to shelf\nLess sore than Monday.\nMinutes: 15 each",
        "Hip sore. Rows 3x10. Crates to shelf. 15 min each. Tired.",
    ],
)
def test_a_time_for_each_on_a_line_of_its_own_is_that_of_every_service(text):
    assert minutes(text, "Rows 3x10", "Crates to shelf") == [15, 15]


def test_the_last_service_may_have_taken_the_line_in():
    text = "Rows 3x10\nCrates to shelf\n15 min each"
    assert minutes(text, "Rows 3x10", "Crates to shelf\n15 min each") == [15, 15]


def test_untimed_services_take_no_part_in_it():
    assert minutes("Pack\nRows\nCrates\n15 min each", "Pack", "Rows", "Crates", idle="Pack") == [None, 15, 15]


@pytest.mark.parametrize(
    "text",
    [
        "Rows 3x10\nCrates to shelf\nHEP\n10 min each",
        "Rows 3x10\nCrates to shelf\nHome: walk and pedal, 10 min each",
        "Rows 3x10\nCrates to shelf\nShe climbs and gardens.\n15 min each",
        "Rows 3x10\nCrates to shelf\n5 min each",
        "Rows 3x10\nCrates to shelf\nPlan:\nTime: 15 min each",
        "Rows 3x10\nCrates to shelf\n15 min each way to the clinic",
        "Rows 3x10\nCrates to shelf\nIced both knees 15 min each",
    ],
)
def test_a_time_for_each_of_other_things_is_that_of_no_service(text):
    assert minutes(text, "Rows 3x10", "Crates to shelf") == [None, None]
