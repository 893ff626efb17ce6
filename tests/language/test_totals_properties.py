"""Any text at all: nothing raises, spans cut real words, minutes and units stay within reason, nothing takes long."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
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


@pytest.mark.parametrize(
    "unit",
    [
        "total ",
        "total timed ",
        "97110 ",
        "97110 x2, ",
        "2 units TE, ",
        "TE, MT 1 unit each ",
        "(",
        "1/",
        "min ",
        "units ",
        "a ",
        "45 min ",
        "Total 45 min ",
        "  ",
        "one ",
        "bill 97110 ",
        "97110 | 15 | 1\n",
        "Units: 2\n97110\n",
    ],
)
def test_time_grows_with_the_length_of_a_hostile_text_not_with_its_square(unit: str) -> None:
    def seconds(length: int) -> float:
        reading = read(unit * (length // len(unit)))
        begun = time.process_time()
        find_totals(reading)
        return time.process_time() - begun

    assert seconds(60_000) < 1 + 60 * seconds(4_000)


NOTES = [
    """S: Pain 3/10, slept 5 h.
O: Ther ex 97110 25 min: SLR 3x10, bridges
Manual 97140 10 min: patella glides
Timed 35 min, total 45 min.  Billed 97110 x2, 97140 x1.
P: next visit add stairs, 45 min""",
    """Service | What | Min | Units
97110 | bridges 3x10 | 25 | 2
97140 | glides | 10 | 1
Total treatment time 35 min""",
    "Seen for 45 min. 2 units TE, 1 unit MT. HEP 10 min daily.",
]


@pytest.mark.parametrize("note", NOTES)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(str.upper, id="capitals"),
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(lambda text: text.replace(" ", "\u00a0"), id="hard blanks"),
        pytest.param(lambda text: text.replace("\n", "\n\n"), id="blank lines"),
        pytest.param(lambda text: text.replace(" min", " minutes"), id="minutes"),
        pytest.param(lambda text: text.replace(" min", "min"), id="glued"),
        pytest.param(lambda text: "- " + text.replace("\n", "\n- "), id="bullets"),
        pytest.param(lambda text: "**" + text.replace("\n", "**\n**") + "**", id="bold"),
        pytest.param(lambda text: f'"{text}"', id="quoted"),
        pytest.param(
            lambda text: text.replace("97110 x2", "97110-GP x2").replace("97140 x1", "97140-59 x1"), id="modifiers"
        ),
        pytest.param(lambda text: text.replace(" x2", " (2)").replace(" x1", " (1)"), id="brackets"),
        pytest.param(lambda text: text.replace(" x2", "-2").replace(" x1", "-1"), id="hyphens"),
    ],
)
def test_the_layout_makes_no_difference(note: str, change: Callable[[str], str]) -> None:
    plain, changed = find_totals(read(note)), find_totals(read(change(note)))
    assert (plain.timed, plain.total, plain.units) == (changed.timed, changed.total, changed.units)
    assert plain.units == {"97110": 2, "97140": 1}
    assert plain.total in (35, 45)
