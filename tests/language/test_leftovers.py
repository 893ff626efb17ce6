"""What was left of a session's time, and what is no such thing."""

from __future__ import annotations

import pytest

from rehabcoder.language.reading import read


def left(text: str) -> list[tuple[str, int]]:
    """The rests of a text and the lengths said without a word for minutes."""
    return [(t.form, t.minutes) for t in read(text).times if t.form in ("rest", "ell")]


@pytest.mark.parametrize(
    "said",
    [
        "The rest of the time, in dry clothes, we gave to the ramp.",
        "The rest of the session was bed mobility.",
        "The remainder of our forty minutes was for the kitchen.",
        "Remainder: one-handed dressing, pullover.",
        "Remainder - stairs with the rail.",
        "The rest: dressing at the bed.",
        "Rest: TE, rows 3x10.",
        "MT 10 min, then rest TE: rows 3x10.",
        "The balance of the visit went to gait training.",
        "Everything between belonged to gait training.",
        "All the time between was gait training.",
        "All the time that was left went to the stairs.",
        "What remained went on the stairs.",
        "Whatever time was left we spent on the stairs.",
        "The time left over was for the stairs.",
        "The remaining time was spent on toilet transfers.",
    ],
)
def test_the_rest_has_no_length_of_its_own(said: str) -> None:
    assert left(said) == [("rest", 0)]


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("The eighteen that were left, gait training on the track.", 18),
        ("The 12 that were left over we walked.", 12),
        ("The fifteen remaining were for the stairs.", 15),
        ("Ten of the forty I gave to her hips.", 10),
        ("Fifteen of them we spent on the calf.", 15),
        ("10 of the 40 went to the hips.", 10),
        ("Thirty of those were in the water.", 30),
    ],
)
def test_a_part_of_what_there_was_is_a_length(said: str, minutes: int) -> None:
    assert left(said) == [("ell", minutes)]


@pytest.mark.parametrize(
    "said",
    [
        "Rest: seated, 60 seconds between sets.",
        "Balance: tandem stance on foam.",
        "Tandem stance between the bars.",
        "All between-set rests were seated.",
        "Ten of the forty steps had a loss of balance.",
        "Ten of twelve he did alone.",
        "The two left toes were taped.",
        "Everything between the hip and the knee is sore.",
        "Twelve of the remaining steps were on gravel.",
    ],
)
def test_other_rests_and_counts_are_none(said: str) -> None:
    assert left(said) == []
