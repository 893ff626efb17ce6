"""Any text at all: nothing raises, spans cut real words, minutes and units stay within reason, nothing takes long."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from rehabcoder.language.reading import read
from rehabcoder.language.totals import Stated, find_totals

FRAGMENTS = st.sampled_from(
    [
        *[
            "total",
            "Total Treatment Time",
            "timed",
            "Untimed",
            "TTT",
            "code minutes",
            "units",
            "Units:",
            "billed",
            "Charges",
            "CPT",
            "session",
            "visit",
        ],
        *[
            "seen for",
            "of the",
            "next",
            "last visit",
            "97110",
            "97140-59",
            "TE",
            "MT",
            "Ther Ex",
            "NMR",
            "gait",
            "x2",
            "x",
            "=",
            ":",
            "(",
            ")",
            "/",
            ",",
            ";",
            ".",
            "-",
            "_",
            "#",
            "%",
        ],
        *[
            "45",
            "1",
            "2",
            "8",
            "45 min",
            "forty-five minutes",
            "an hour",
            "0:55",
            "10:00-10:45",
            "1/2",
            ".5",
            "each",
            "one",
            "two",
            "all",
            "pain 3/10",
            "3x10",
        ],
        *("20 lb", "nine seven one ten", "|", "\t", "\n", "  ", "   ", "'", '"', "[ ]", "{", "}"),
        *("\u00bd", "\u0130", "\u2028", "\u00d7", "\u2013"),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=200), st.lists(FRAGMENTS, max_size=40).map(" ".join), st.lists(FRAGMENTS, max_size=40).map("".join)
)


def check(text: str, stated: Stated) -> None:
    assert (stated.timed is None) == (stated.timed_span is None)
    assert (stated.total is None) == (stated.total_span is None)
    assert (stated.units is None) == (stated.units_span is None)
    for span in (stated.timed_span, stated.total_span, stated.units_span):
        if span is not None:
            assert 0 <= span[0] < span[1] <= len(text)
            words = text[slice(*span)]
            assert words == words.strip()
            assert any(char.isalnum() for char in words)
    for minutes in (stated.timed, stated.total):
        assert minutes is None or 4 <= minutes <= 480
    assert stated.units is None or all(count >= 1 for count in stated.units.values())


@given(TEXTS)
def test_no_text_raises_and_spans_cut_real_words(text: str) -> None:
    check(text, find_totals(read(text)))


@given(
    st.integers(8, 240),
    st.sampled_from(["Total {} min", "{} min total", "Total treatment time: {}", "Session {} min."]),
)
def test_total_is_read_for_every_length(minutes: int, phrase: str) -> None:
    assert find_totals(read(phrase.format(minutes))).total == minutes


@given(st.dictionaries(st.sampled_from(["97110", "97112", "97140", "97530", "97116"]), st.integers(1, 6), min_size=1))
def test_charge_lines_are_read_in_every_form(billed: dict[str, int]) -> None:
    for form in ("{} x{}", "{}-{}", "{} ({})", "{} {}u", "{}: {}", "{} = {}"):
        line = ", ".join(form.format(code, count) for code, count in billed.items())
        assert find_totals(read(f"Tolerated well.\nBilled: {line}")).units == billed


def test_a_hostile_text_takes_no_time() -> None:
    for unit in (
        "total ",
        "total timed ",
        "97110 ",
        "97110 x2 ",
        "(",
        "1/",
        "min ",
        "units ",
        "a ",
        "45 min ",
        "  ",
        "one ",
    ):
        text = unit * (20_000 // len(unit))
        begun = time.perf_counter()
        find_totals(read(text[:4000]))
        small = time.perf_counter() - begun
        begun = time.perf_counter()
        find_totals(read(text))
        assert time.perf_counter() - begun < max(5.0, 40 * small)  # not the square of the length, and over soon
