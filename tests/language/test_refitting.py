from __future__ import annotations

import pytest

from rehabcoder.language.reading import read
from rehabcoder.language.refitting import made_before


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("97760: wrist splint from 4/12 reheated, strap moved", True),
        ("Orthotic mgmt: hand splint made last month flared at the thumb", True),
        ("last week's gutter straightened 5 deg", True),
        ("3/9 thumb spica trimmed at the web", True),
        ("trimmed the splint she already has, new strap", True),
        ("Prosthetic training, second prosthetic visit, ply 3 to 5", True),
        ("orthosis brought back, edge rolled", True),
        ("hand splint molded, edges flared, strap moved off a red spot", False),
        ("first splint from a perforated blank, molded 3/9", False),
        ("new wrist splint molded, the splint from 4/12 was too tight", False),
        ("splint molded, wear from 8/10 on, strap shown", False),
        ("splint wear 2/3 of the day shown", False),
    ],
)
def test_whether_a_splint_had_been_made_before(text: str, before: bool) -> None:
    assert made_before(read(text), 0, len(text)) is before
