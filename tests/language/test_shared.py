"""Times of several services, which are no single one's."""

from __future__ import annotations

import pytest

from rehabcoder.language.reading import read
from rehabcoder.language.shared import shared_times


@pytest.mark.parametrize(
    ("text", "shared"),
    [
        ("te and|ta x 30.", True),
        ("TE and|NMR for 38 min.", True),
        ("ther ex and|gait training for about 30 min", True),
        ("ta and|te: 40 min", True),
        ("te and|ta 30 min", True),
        ("te 10 min and|ta 30 min", False),
        ("te and|ta, sit to stand x5 for 30 min", False),
    ],
)
def test_one_time_behind_two_names(text: str, shared: bool) -> None:
    at = text.index("|")
    text = text.replace("|", " ")
    reading = read(text)
    found = shared_times(reading, [(0, at), (at + 1, len(text))])
    assert bool(found & {time.start for time in reading.times if time.minutes >= 30}) is shared


@pytest.mark.parametrize(
    ("text", "shared"),
    [
        ("TE: SLR 3x10, bike|NMR: tandem walk, foam\n   ........ 30 min", True),
        ("te; bird dog 10x5s|mt; l4-5 rot mob\n38 min", True),
        ("97110 SLR 3x10|97112 tandem walk\n-> 30 minutes", True),
        ("TE: SLR 3x10, 12 min|NMR: tandem walk, foam\n   ........ 30 min", False),
        ("SLR 3x10, bike|NMR: tandem walk, foam\n   ........ 30 min", False),  # the time of the one row with a name
        ("TE: SLR 3x10|TE: bike, rows\n30 min", False),
        ("TE: SLR 3x10\n\n|NMR: tandem walk\n30 min", False),
        ("TE: SLR 3x10|NMR: tandem walk\nfoam 30 min", False),
    ],
)
def test_a_time_below_two_rows(text: str, shared: bool) -> None:
    at = text.index("|")
    text = text.replace("|", "\n")
    reading = read(text)
    found = shared_times(reading, [(0, len(text[:at].rstrip())), (at + 1, len(text))])
    assert bool(found & {time.start for time in reading.times if time.minutes >= 30}) is shared


@pytest.mark.parametrize(
    ("text", "shared"),
    [
        ("Drainage of the neck and trunk.|Taught her to do it herself, hand too heavy. 45' both.", True),
        ("Glides grade III,|then rows with a band. 30 min together.", True),
        ("Glides grade III.|Rows 3x10 (40 minutes combined)", True),
        ("Glides grade III, 12 min.|Rows 3x10. 30 min both arms.", False),
        ("Glides grade III, 12 min.|Rows 3x10. 30 min both.", False),
        ("Glides grade III.|Rows 3x10. 30 min.", False),
        ("Glides grade III.|Rows for both arms 30 min.", False),
    ],
)
def test_a_time_for_both_at_the_end(text: str, shared: bool) -> None:
    at = text.index("|")
    text = text.replace("|", " ")
    reading = read(text)
    found = shared_times(reading, [(0, at), (at + 1, len(text))])
    assert bool(found & {time.start for time in reading.times if time.minutes >= 30}) is shared
