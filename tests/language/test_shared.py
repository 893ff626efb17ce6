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
