"""Whether a note says that nobody was treated."""

from __future__ import annotations

import pytest

from rehabcoder.language.not_treated import nobody_treated
from rehabcoder.language.reading import read


@pytest.mark.parametrize(
    "said",
    [
        "No therapy today, she was at her sister's.",
        "no tx given, pt at dialysis",
        "No skilled treatment rendered.",
        "No treatment was given today; letter to the surgeon.",
        "4. No therapy today",
        "No PT today - fever.",
        "Not seen today, chart closed.",
        "He was not treated by me today.",
        "Equipment only.",
        "Delivery only, left with the husband",
        "NO TX THIS VISIT",
    ],
)
def test_nobody_was_treated(said: str) -> None:
    assert nobody_treated(read(f"Tub bench and long sponge delivered, 4 tips ok.\n{said}"))


@pytest.mark.parametrize(
    "said",
    [
        "No treatment to the right knee today.",
        "No therapy in 2019.",
        "No tx changes.",
        "He had no therapy last week.",
        "No therapy today for the wrist.",
        "Not seen by OT yet.",
        "Sleeve only, no brace.",
        "No PT today from the other clinic. Ther ex 20 min: rows 3x10.",
        "No treatment given yesterday. Rows 3x10.",
        "Gait training 15 min, cue for heel strike.\nNo OT today.",
    ],
)
def test_somebody_may_have_been_treated(said: str) -> None:
    assert not nobody_treated(read(f"Knee stiff, 3/10.\n{said}"))
