from __future__ import annotations

import pytest

from rehabcoder.language.reading import read
from rehabcoder.language.topics import topic_headings

POT = "Pot from the low cupboard to the stove, carried in two hands"
COAT = "Coat on over the weak arm first, buttons with a hook"


def headings(text: str) -> tuple[list[str], list[str]]:
    """The words of the pieces that head one service, and of those that head several."""
    reading = read(text)
    words = [reading.text[piece.start : piece.end] for piece in reading.pieces]
    ones, several = topic_headings(reading, ())
    return [words[k] for k in ones], [words[k] for k in several]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("STOVE 20 min", "WARDROBE 15 min"),
        ("STOVE AND SINK (20 min)", "WARDROBE (15 min)"),
        ("STOVE 9:05-9:25", "WARDROBE 9:25-9:40"),
        ("20 min - STOVE", "15 min - WARDROBE"),
        ("Stove: 20 minutes", "\nWardrobe: 15 minutes"),
    ],
)
def test_a_topic_with_its_time_opens_a_service(first, second):
    assert headings(f"{first}\n{POT}\n{second}\n{COAT}") == ([first, second.strip()], [])


def test_a_topic_over_several_services_is_none_itself():
    text = f"ROOM 38 min\nADL: {COAT}\nTA: up from the tub x4\nSTOVE 20 min\n{POT}"
    assert headings(text) == (["STOVE 20 min"], ["ROOM 38 min"])


@pytest.mark.parametrize(
    "text",
    [
        f"STOVE 20 min\n{POT}",  # one alone heads all that follows
        f"REST 10 min\n{POT}\nHOME WALK 15 min\n{COAT}",
        f"VISIT 45 min\n{POT}\nTRAVEL 15 min\n{COAT}",
        "Rows\nBike 10 min\nheel raises\nUBE 8 min\nsquats",
        f"STOVE 20 min\nWARDROBE 15 min\n\nTIRED, {COAT.upper()}".upper(),
    ],
)
def test_other_lines_with_a_time_head_nothing(text):
    assert headings(text) == ([], [])


def test_a_row_above_rows_of_codes_is_a_row_itself():
    ones, several = headings(f"WALL SLIDES 16 min\nMT 15 min - glides\nSTOVE 20 min\n{POT}")
    assert "WALL SLIDES 16 min" not in [*ones, *several]
