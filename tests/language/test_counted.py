"""How many services a note counts at its end."""

from __future__ import annotations

import pytest

from rehabcoder.language.counted import counted, listed, named_again, telling_all
from rehabcoder.language.reading import read
from rehabcoder.language.totals import find_totals

TOLD = "Release of the scar and light sweeping.\nIn hooklying she timed the lift on an exhale.\nInfant seat from the floor to the hip."


def most_told(foot: str) -> list[int]:
    """How many services each of the ways has that tell of all that a note counts, of ways that leave out ever more of them."""
    reading = read(f"{TOLD}\n{foot}")
    ways = [(0.0, [(k, k + 1) for k in range(n)]) for n in (3, 2, 1, 0)]
    return [len(spans) for _, spans in telling_all(reading, find_totals(reading), list(counted(reading)), ways)]


@pytest.mark.parametrize(
    "foot",
    [
        "MT 15, NMR 12, TA 18, total 45",
        "TE 15 / NMR 12 / TA 18   45 timed",
        "Minutes: scar 15, breathing 12, lifting 18. Total 45",
        "97140 | Manual | 15\n97112 | NMR | 12\n97530 | TA | 18\nTotal timed minutes: 45",
    ],
)
def test_as_many_services_as_have_minutes_at_the_end(foot: str) -> None:
    assert most_told(foot) == [3]


@pytest.mark.parametrize(
    "foot",
    [
        "MT 15, NMR 12, TA 18",  # nothing says that these are all of it
        "MT 15, NMR 12, TA 18, total 60",
        "Total 45 minutes",
        "TE 45, total 45",
    ],
)
def test_where_nothing_is_counted(foot: str) -> None:
    assert 0 in most_told(foot) or 1 in most_told(foot)


def test_the_list_itself_tells_of_nothing() -> None:
    reading = read(f"{TOLD}\nMT 15, NMR 12, TA 18, total 45")
    listed = next(k for k, piece in enumerate(reading.pieces) if reading.low.startswith("nmr", piece.start))
    assert (
        telling_all(
            reading, find_totals(reading), list(counted(reading)), [(0.0, [(0, 1), (1, 2), (listed, listed + 1)])]
        )
        == []
    )


def named(text: str) -> list[str]:
    reading = read(text)
    said = [text[piece.start : piece.end] for piece in reading.pieces]
    told = ["97110" if "applied" in words or "glides" in words else None for words in said]
    return [said[k] for k in named_again(reading, told, ())]


@pytest.mark.parametrize(
    "foot",
    [
        "Time: paraffin 10 minutes; exercise 16 minutes; orthosis 12 minutes.",
        "Paraffin 10, TE 16, total 26",
        "| Paraffin | 10 |\n| Manual | 14 |",
    ],
)
def test_what_is_named_again_with_its_minutes_is_a_service(foot: str) -> None:
    told = "Paraffin was applied to the hand before motion."
    assert named(f"{told} Opposition to each fingertip.\nPain 2/10.\n{foot}") == [told]


def test_what_is_named_twice_or_in_passing_is_left_to_the_models() -> None:
    foot = "Time: paraffin 10 minutes; exercise 16 minutes."
    assert named(f"Paraffin applied at home. Paraffin applied here.\n{foot}") == []
    assert named(f"The tendon glides were easier than last week once paraffin was used.\n{foot}") == []
    assert named(f"He likes paraffin.\n{foot}") == []
    assert named("Paraffin was applied to the hand.") == []


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("Minutes: gait training 22, neuro re-ed 24. Total 46.", 2),
        ("MT 15, NMR 12, TA 18, total 45", 3),
        ("Time: paraffin 10 minutes; exercise 16 minutes; orthosis 12 minutes.", 3),
        ("| 97110 | 8 | 1 |\n| 97530 | 20 | 1 |\n| 97140 | 12 | 1 |", 3),
        ("Total treatment 46 min.", 0),
        ("Gait training 22 min.", 0),
        ("", 0),
    ],
)
def test_entries_of_a_list_or_a_bill(line: str, count: int) -> None:
    assert listed(list(counted(read(f"{TOLD}\n{line}")))) == count
