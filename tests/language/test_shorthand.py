"""Minutes that are written like repetitions, and repetitions that are none."""

from __future__ import annotations

import pytest

from rehabcoder.language.reading import read
from rehabcoder.language.shorthand import closing_counts
from rehabcoder.language.text import shadow

END = " tol well, no pain when he left, see fri"


def minutes(text: str) -> list[int]:
    return [mention.minutes for mention in closing_counts(shadow(text + END))]


@pytest.mark.parametrize(
    "text",
    [
        "STM infraspinatus x10 then ER/IR 3x12, scaption 3x8 2# x14 followed by loading his satchel x11, told to step up.",
        "STM infraspinatus x10. ER/IR green TB 3x12, scaption 3x8 2# x14. casing letters to slots at eye height x11.",
        "glides gr III x10, f/b SLR, soleus stretch 3x30s x14, f/b treadmill drilling heel strike x11 w hand on hip.",
        "STM calf x10 f/b heel raises, soleus stretch x14 f/b stairs w tray x11 total 35.",
        "heat 10 min, then glides x10 then wall slides x14 f/b reaching to a shelf x11.\n45 timed",
    ],
)
def test_one_figure_at_the_end_of_each_service_is_its_minutes(text: str) -> None:
    assert minutes(text) == [10, 14, 11]
    assert {10, 14, 11} <= {time.minutes for time in read(text + END).times}


@pytest.mark.parametrize(
    "text",
    [
        "bike L3 then SLR x10, bridges x15, clams x20 then step ups x10.",  # several figures: they count
        "heel raises x10 then SL stance x12 then step ups x15, cues for knee.",  # nothing says that they do not
        'nustep L4 x6 then step ups 6" x10 then tandem walk x15 ft.',
        "SLR, clams, bridges x10 then squats, lunges x12 then rows x15.",
        "glides x10 then SLR 3x10 2# x14 then steps x11, total 30.",  # more than the total
        "SLR 3x10 x2 sets then clams 2x10 x15 reps then steps x20 each side.",
        "SLR 3x10 x14 w cues, hand on knee for the first of them, rest as last time.",  # one alone
    ],
)
def test_repetitions_stay_repetitions(text: str) -> None:
    assert minutes(text) == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("MT talocrural glides, scar x 9. TA x 15. NMR foam, ball toss x 14, vc for arch.", [9, 15, 14]),
        ("TE x15: rows. MT glides gr III x10; vaso L knee x12", [15, 10, 12]),
        ("TA x 15. TE rows, bands x 12, cued", [15, 12]),
        ("TA x 15. NMR foam 3x10, steps x 12.", [15]),  # with sets it counts
        ("TA x 15. NMR foam x 10, steps x 12.", [15]),
        ("TA x 15. NMR steps x12.", [15]),  # written another way
        ("TA x 15. NMR 10 min, steps x 12.", [15, 10]),
        ("TA x 15. NMR steps x 12 reps.", [15]),
        ("MT glides x 9. NMR foam x 14.", []),  # nothing shows that figures are minutes here
    ],
)
def test_what_was_done_under_a_name_closes_with_its_minutes_as_another_name_does(text: str, answer: list[int]) -> None:
    assert [time.minutes for time in read(text).times if time.form in ("min", "label")] == answer
