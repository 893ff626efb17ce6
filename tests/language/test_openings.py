"""Where a service surely begins."""

from __future__ import annotations

import pytest

from rehabcoder.language.openings import (
    joint_headings,
    parts_of_a_sentence,
    shares_of_a_time,
    sure_openings,
    turns_on_machines,
    with_openings,
)
from rehabcoder.language.reading import read


def opened(text: str) -> list[str]:
    """The first words of each piece that surely opens a service."""
    reading = read(text)
    return [text[reading.pieces[k].start : reading.pieces[k].end][:16] for k in sure_openings(reading)[0]]


def services(text: str) -> list[str]:
    """What each service says, if all pieces of the text were taken for one."""
    reading = read(text)
    spans = with_openings([(0, len(reading.pieces))], *sure_openings(reading))
    return [text[reading.pieces[a].start : reading.pieces[b - 1].end] for a, b in spans]


def test_each_share_of_the_session_opens_a_service() -> None:
    text = (
        "The first twelve minutes (97112) he drilled alone. The next 18 minutes (97112) were with me. I held the belt."
    )
    assert services(text) == [
        "The first twelve minutes (97112) he drilled alone.",
        "The next 18 minutes (97112) were with me. I held the belt.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "In the first ten minutes we stretched. Over the last 15 min he carried crates.",
        "The first ten minutes went to bridges.\nThen the remaining ten minutes to steps.",
    ],
)
def test_ways_to_say_so(text: str) -> None:
    assert len(opened(text)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "We stretched. The last 15 min he carried crates.",
        "The first visit was long. The next visit is on Friday, 30 min.",
        "The first three reps hurt. The next 12 were easy. TE 15 min.",
        "Walks the last ten minutes a day uphill. TE 10 min bridges.",
        "",
    ],
)
def test_what_opens_none(text: str) -> None:
    assert opened(text) == []


def test_a_name_with_its_time_heads_the_sentences_of_its_line() -> None:
    text = "Balance\nNeuro re-ed, fifteen minutes. Kneeling; ball catch.\nStrength\nTher ex, ten minutes. Leg press."
    assert services(text) == [
        "Balance\nNeuro re-ed, fifteen minutes. Kneeling; ball catch.",
        "Strength\nTher ex, ten minutes. Leg press.",
    ]
    reading = read(text)
    cut = with_openings([(0, 2), (2, 7)], *sure_openings(reading))  # as a tagger may cut it
    assert len(cut) == 2


def test_nothing_more_in_the_line_is_no_heading() -> None:
    assert opened("TE 15 min.\nMT 10 min.\nTolerated well.") == []
    assert opened("TE 15 min. MT 10 min. TA 9 min.") == []


POINTS = "- bridges 3x10, 12 min\n- steps 6 in, 10 min\n{}- calf STM, 8 min\n- pain 2/10 after"


def test_the_point_behind_the_only_one_without_a_time() -> None:
    assert opened(POINTS.format("- tandem, ball toss\n")) == ["- calf STM, 8 mi"]


@pytest.mark.parametrize("points", ["", "- tandem\n- ball toss\n", "- tandem, 9 min\n"])
def test_a_list_that_gives_each_point_its_time_or_leaves_out_several(points: str) -> None:
    assert opened(POINTS.format(points)) == []
    assert opened("MT:\n- calf STM\n- glides 8 min\nTE:\n- rows\n- clams 9 min\nTA:\n- bed\n- car 9 min") == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("TherEx 28 min: dowel press and curls, arm bike 5 min, balloon volley.", ["arm bike 5 min, "]),
        ("TherEx 28 min: dowel press. Then bike 5 min, balloon volley.", []),
        ("Manual 4 min: glides, bike 5 min, stretches.", []),
        ("Rows 3x10, bike 5 min, balloon volley.", []),
    ],
)
def test_a_turn_on_a_machine_in_a_timed_list_opens_no_service(text: str, answer: list[str]) -> None:
    reading = read(text)
    assert [text[reading.pieces[k].start :][:16] for k in turns_on_machines(reading)] == answer


TOLD = {"SLR": "97110", "bands": "97110", "foam": "97112", "STM": "97140"}


def headings(text: str) -> list[str]:
    """The pieces that only head the services below them, told by what a few words describe."""
    reading = read(text)
    pieces = [text[piece.start : piece.end] for piece in reading.pieces]
    told = [next((code for word, code in TOLD.items() if word in piece), None) for piece in pieces]
    return [pieces[k] for k in joint_headings(reading, told, ())]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("[x] TherEx  [x] NMR   30 min\nther ex: bands\nnmr: foam\nMT 9 min", ["[x] TherEx", "[x] NMR   30 min"]),
        ("TE/MT 40\nTE- SLR 3x10\nMT- quads", ["TE/MT 40"]),
        ("TherEx, Manual\nTherEx: SLR\nManual: quads", ["TherEx,", "Manual"]),
        ("97110/97140 - 30 min\n97110: SLR\n97140: quads", ["97110/97140 - 30 min"]),
        ("[x] TherEx [x] Manual 25 min\nSLR 3x10\nSTM to quads", ["[x] TherEx", "[x] Manual 25 min"]),
        ("TE and MT, 38 min:\nSLR 3x10\nSTM to quads", ["TE and"]),  # the second name waits for what it heads
    ],
)
def test_names_above_the_lines_that_tell_of_each_are_a_heading(text: str, answer: list[str]) -> None:
    assert headings(f"S: fine.\n{text}\nPost: fine.") == answer


@pytest.mark.parametrize(
    "text",
    [
        "TE/NMR 25 min\nSLR 3x10, bridges\nbands 2x15",
        "TE and MT 38 min.\nSore after.",
        "TE, MT per plan\n\nTE: SLR\nMT: quads",
        "TE 20 min, MT 10 min\nTE: SLR\nMT: quads",
        "TE SLR, MT quads\nTE: bands\nMT: IT band",
        "97110 x2, 97140 x1\nSTM after, no pain",
    ],
)
def test_names_that_are_no_heading(text: str) -> None:
    assert headings(text) == []


def test_a_part_of_a_time_told_before_opens_no_service() -> None:
    def shares(text: str) -> list[str]:
        reading = read(text)
        return [text[reading.pieces[k].start : reading.pieces[k].end] for k in shares_of_a_time(reading)]

    assert shares("TE 30 min: curls, rows.\nArm bike, 8 min of the 30.") == ["Arm bike, 8 min of the 30."]
    assert shares("TE 30 min: curls, rows.\nGait 8 min of the 30.") == []
    assert shares("TE 20 min: curls, rows.\nArm bike, 8 min of the 30.") == []


def continued(text: str, *told: str | None) -> list[str]:
    """The pieces of `text` with which a sentence surely goes on, if its pieces describe these codes."""
    reading = read(text)
    assert len(told) == len(reading.pieces), [text[p.start : p.end] for p in reading.pieces]
    places = parts_of_a_sentence(reading, told)
    return [text[reading.pieces[k].start : reading.pieces[k].end] for k in places]


def test_a_sentence_that_ends_in_its_only_time_holds_one_service() -> None:
    text = "One sharp pull of the band, then the real mower outside, 5 pulls (9)."
    assert continued(text, "97530", "97530") == [", then the real mower outside, 5 pulls (9)."]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("One sharp pull of the band, then the real mower outside, 5 pulls (9).", ("97110", "97530")),
        ("One sharp pull of the band, then the real mower outside, 5 pulls (9).", (None, None)),
        ("Pulls of the band for eight minutes, then the real mower outside, 5 pulls (9).", ("97530", "97530")),
        ("TA: pulls of the band, then the real mower outside, 5 pulls (9).", ("97530", "97530")),
        ("One sharp pull of the band. Then the real mower outside, 5 pulls (9).", ("97530", "97530")),
    ],
    ids=["two codes", "no codes", "two times", "a name", "two sentences"],
)
def test_a_sentence_may_hold_two_services(text: str, told: tuple[str | None, ...]) -> None:
    assert continued(text, *told) == []
