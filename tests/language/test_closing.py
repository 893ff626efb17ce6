"""Blocks of a form that close with a line for their time."""

from __future__ import annotations

import pytest

from rehabcoder.language.closing import of_blocks, timed_blocks
from rehabcoder.language.note_minutes import Minutes
from rehabcoder.language.reading import read
from rehabcoder.language.together import with_blocks

FORM = """S: Sore 4/10.
{one}
  - scar mob volar
  - joint glides gr III
{first}
{two}
  - gripper | 3 | 15
  checked at 5 min
{second}
TIMED CODE MIN {total}
GOAL: lift an 8 lb pan."""


def note(first: str, second: str, one: str = "97140 MANUAL THERAPY", two: str = "97110 THERAPEUTIC EXERCISE") -> str:
    return FORM.format(one=one, two=two, first=first, second=second, total=28)


@pytest.mark.parametrize(
    "line",
    [
        "TIME {} MIN",
        "  Time: {}",
        "{} min",
        "  Duration {} min",
        "({})",
        "  {}'",
        "MIN {}",
        "** {} min **",
        "Minutes = {}",
        "Mins: {}.",
        "Time spent: {} min",
        "Total time: {} min",
        "Time (min): {}",
    ],
)
@pytest.mark.parametrize(
    "heads",
    [
        ("97140 MANUAL THERAPY", "97110 THERAPEUTIC EXERCISE"),
        ("Manual Therapy:", "Ther Ex:"),
        ("> Manual Therapy (97140)", "\n> Ther Ex (97110)"),
        ("1. CPT 97140 - Manual", "2. CPT 97110 - Ther Ex"),
        ("SERVICE CODE/DESCRIPTOR: 97140 MANUAL THERAPY", "SERVICE CODE/DESCRIPTOR: 97110 THERAPEUTIC EXERCISE"),
        ("Procedure/Desc: 97140 Manual Therapy ea 15 min", "Procedure/Desc: 97110 Ther Ex ea 15 min"),
    ],
)
def test_a_heading_and_its_closing_line_hold_one_service_and_its_minutes(line: str, heads: tuple[str, str]) -> None:
    text = note(line.format(12), line.format(16), *heads)
    reading = read(text)
    blocks = timed_blocks(reading)
    assert [block.time.minutes for block in blocks if block.time] == [12, 16]
    one, two = (text[block.start : block.end] for block in blocks)
    assert one.startswith(heads[0][:3])
    assert one.endswith(line.format(12).strip())
    assert two.endswith(line.format(16).strip())
    assert "gripper" not in one
    assert "gripper" in two


def test_a_clock_range_closes_a_block_too() -> None:
    blocks = timed_blocks(read(note("Time: 10:05-10:17", "Time: 10:20-10:36")))
    assert [block.time.minutes for block in blocks if block.time] == [12, 16]


@pytest.mark.parametrize("blank", ["Min:", "  Min: __", "TIME ____ MIN", "Time (min): ", "Min [ ]"])
def test_a_closing_line_left_blank_gives_no_minutes(blank: str) -> None:
    text = note("  Min: 12", blank)
    reading = read(text)
    first, second = timed_blocks(reading)
    assert second.time is None
    chosen = [Minutes(5, 0, 1, 0.6), Minutes(28, 0, 1, 0.6)]
    of_blocks(reading, [(first.start, first.end), (second.start, second.end)], chosen)
    assert [m.minutes for m in chosen] == [12, None]


@pytest.mark.parametrize(
    "text",
    [
        "(12 min)\n97140 Manual\n - glides\n(16 min)\n97110 Ther ex\n - gripper\n",  # the times open their blocks
        "97140 Manual\nmin: 12\nglides gr III\n97110 Ther ex\nmin: 16\ngripper 3x15\n",  # or stand in their headings
        "97140 Manual 12 min\n - glides\n97110 Ther ex 16 min\n - gripper\nTime 28 min\n",  # a total
        "97140 Manual\n - glides\n97110 Ther ex\n - gripper\nTime 28 min\n",
        "GRIP\ngripper\nTime 12 min\nREACH\ncones\nTime 16 min\n",  # no code, no list: nothing tells a heading from a row
        "(12 min)\nGRIP\n - gripper\n(16 min)\nREACH\n - cones\n",
    ],
)
def test_lines_with_a_time_elsewhere_close_no_blocks(text: str) -> None:
    assert timed_blocks(read("S: Sore.\n" + text)) == []


@pytest.mark.parametrize("gap", ["", "\n"])
@pytest.mark.parametrize("heads", [("GRIP WORK", "REACH"), ("Strength:", "Balance:"), ("1) Hand", "2) Reach")])
def test_rows_that_stand_below_headings_without_codes_close_with_their_time(heads: tuple[str, str], gap: str) -> None:
    one, two = heads
    text = f"S: Sore.\nINTERVENTIONS:\n{one}\n  - putty\n  - curls\nTIME 12 MIN\n{gap}{two}\n  - cones\nTIME 16 MIN\nGOAL: cook."
    said = [text[block.start : block.end] for block in timed_blocks(read(text))]
    assert said == [f"{one}\n  - putty\n  - curls\nTIME 12 MIN", f"{two}\n  - cones\nTIME 16 MIN"]


def test_a_block_is_one_service_however_its_lines_were_cut() -> None:
    text = note("TIME 12 MIN", "TIME 16 MIN")
    reading = read(text)
    blocks = timed_blocks(reading)
    pieces = reading.pieces
    last = next(k for k, piece in enumerate(pieces) if "checked" in text[piece.start : piece.end])
    cut = [(1, 2), (3, last), (last, last + 1)]  # a row left out, a time given to the next block, a row alone
    for spans in (cut, []):
        found = with_blocks(reading, spans, blocks, ())
        said = [text[pieces[a].start : pieces[b - 1].end] for a, b in found]
        assert said == [text[block.start : block.end] for block in blocks]


def test_a_block_that_was_declined_or_set_aside_becomes_no_service() -> None:
    text = note("TIME 12 MIN", "TIME 0 MIN").replace("gripper | 3 | 15", "declined today")
    reading = read(text)
    one, two = timed_blocks(reading)
    assert len(with_blocks(reading, [], [one, two], ())) == 1
    assert with_blocks(reading, [], [one, two], range(len(reading.pieces))) == []
