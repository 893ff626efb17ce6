"""Minutes that are a dose of one thing done in a service."""

from __future__ import annotations

import pytest

from rehabcoder.language.dose_minutes import held_over, without_doses
from rehabcoder.language.note_minutes import Minutes
from rehabcoder.language.reading import read


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("wt shift foam 3x1'", True),
        ("stood on foam one minute times five", True),
        ("plank 2 min x3", True),
        ("tandem 4 x 1 min", True),
        ("prone hang 2 min holds x 3", True),
        ("ther ex x 12 min", False),
        ("gait 2 x 10 min", False),  # a walk may take so long
        ("stood for two minutes", False),
    ],
)
def test_a_hold_of_a_few_minutes_held_several_times(text: str, held: bool) -> None:
    assert bool(held_over(read(text))) is held


def after(
    first: str, second: str, *, at: str, gave: tuple[int | None, int | None], untimed: bool = False
) -> int | None:
    """The minutes of the first of two services once its doses are gone; `at` is where its time stands."""
    text = f"{first}\n{second}\n45 min tx."
    start = text.index(at)
    given, other = gave
    chosen = [Minutes(given, start, start + len(at), 0.9), Minutes(other, None, None, 0.9)]
    spans = [(0, len(first)), (len(first) + 1, len(first) + 1 + len(second))]
    without_doses(read(text), spans, chosen, 45, [False, untimed])
    return chosen[0].minutes


@pytest.mark.parametrize(
    "first",
    [
        "NuStep L5 8 min\nSLR 3x10\nSAQ 3x12",
        "bike 8 min, quad sets 3x10, slr 3x10",
        "Rec bike lvl 3 8 min\nbridges 3x10",
    ],
)
def test_the_time_of_the_machine_that_opens_a_list_is_not_that_of_the_service(first: str) -> None:
    glides = "patella glides gr III"
    assert after(first, glides, at="8 min", gave=(8, None)) is None
    assert after(first, glides, at="8 min", gave=(8, 12)) == 8  # the others have theirs
    assert after(first, glides, at="8 min", gave=(8, None), untimed=True) == 8  # it is the only timed one


@pytest.mark.parametrize(
    ("first", "minutes"),
    [
        ("nustep 8 min, slr 3x10, calf stretch   te incl nustep 24", 24),
        ("bike 8 min, leg press 3x12, step ups - TE 26 min", 26),
        ("treadmill 8 min, rows 3x12. TE 6", 8),  # less than the machine
        ("TE bike 8 min, rows 3x12, then 24 reps", 8),
    ],
)
def test_the_time_behind_the_name_that_closes_a_service_is_its_own(first: str, minutes: int) -> None:
    assert after(first, "patella glides gr III", at="8 min", gave=(8, 12)) == minutes
