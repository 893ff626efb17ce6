"""Rows of a bill: which lines are some, what they give, and which charge for what is described elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from rehabcoder.language.charge_rows import units_of_rows
from rehabcoder.language.charged_elsewhere import rows_of_described
from rehabcoder.language.layout import layout_features
from rehabcoder.language.minutes import Candidate, attach
from rehabcoder.language.naming import label_services
from rehabcoder.language.reading import read
from rehabcoder.language.totals import Stated, find_totals

CLASSES = ("97110", "97140", "97530", "none", "out")
WORDS = {"rows": "97110", "squats": "97110", "glides": "97140", "crates": "97530"}

BILL = "97110 | Ther Ex | 9:00 | 9:26 | 26 | 2\n97140 | Manual | 9:26 | 9:36 | 10 | 1"


@pytest.mark.parametrize(
    "bill",
    [
        BILL,
        f"Code | Description | Start | Stop | Min | Units\n{BILL}\nTotal 36",
        "| CPT | Min | Units |\n|---|---|---|\n| 97110 | 26 | 2 |\n| 97140 | 10 | 1 |",
        "97110 | Ther Ex | 26 min | 2 units\n97140 | Manual | 10 min | 1 unit",
        "97110\tTher Ex\t26\t2\n97140\tManual\t10\t1",
        "97110 - Ther Ex - 26 min - 2 units\n97140 - Manual Therapy - 10 min - 1 unit",
        "97110   Therapeutic Exercise   9:00   9:26\n97140   Manual Therapy         9:26   9:36",
        "Ther Ex | 9:00-9:26 | 26 | 2\nManual | 9:26-9:36 | 10 | 1",
        "9:00 - 9:26 | 97110 | 26\n9:26 - 9:36 | 97140 | 10",
        "97110 STRENGTH   26\n97140 HIP        10\nTIMED            36",
    ],
)
def test_the_rows_of_a_bill(bill: str) -> None:
    rows = read(f"Rows 3x10, squats. Glides gr III.\n{bill}").charges
    assert [(sorted(row.codes), row.time.minutes) for row in rows] == [(["97110"], 26), (["97140"], 10)]


@pytest.mark.parametrize(
    "text",
    [
        "97110 | rows 3x10, squats | 26\n97140 | glides gr III | 10",  # they say what was done
        "97110 | rows 3x10 | 26\n97140 | Manual | 10",  # beside one that says what was done
        "97110 | bike level 3 | 26\n97140 | Manual | 10 | 2# weight",
        "97110 TherEx    20    15    11\n97530 TherAct    10    20    14",  # several days
        "Ther Ex 26 min: rows\nManual 10 min: glides",
        "Sore.\n97110 | Ther Ex | 26 min\nGlides.",  # one row alone
    ],
)
def test_no_rows_of_a_bill(text: str) -> None:
    assert read(text).charges == []


def test_one_row_below_a_heading_is_a_bill() -> None:
    assert len(read("Rows 3x10.\nCode | Start | Stop | Min\n97110 | 9:00 | 9:26 | 26").charges) == 1


def test_rows_of_one_code_with_a_word_each_give_their_minutes_in_order() -> None:
    text = "stance on foam\nstairs with one rail\n\n97530 BALANCE   20\n97530 STAIRS    13\nTIMED           30"
    spans = [
        (text.index(words), text.index(words) + len(words)) for words in ("stance on foam", "stairs with one rail")
    ]
    names = [
        (la.code if la else None, "97530") for la in label_services(read(text), spans, ["97112", "97530"], Stated())
    ]
    found = attach(read(text), spans, names, 30, lambda found: [0.9] * len(found), [False] * 2)
    assert names == [("97530", "97530")] * 2
    assert [m.minutes for m in found] == [20, 13]


def test_the_time_of_two_codes_is_no_single_ones() -> None:
    text = "TE: rows\nMT: glides\nUS: 1 MHz\n97110/97140 | Exercise, MT | 10:40 | 11:16 | 36\n97035 | US | 11:16 | 11:24 | 8"
    spans = [(text.index(words), text.index(words) + len(words)) for words in ("TE: rows", "MT: glides", "US: 1 MHz")]
    codes = ["97110", "97140", "97035"]

    def score(found: list[Candidate]) -> list[float]:
        return [0.9] * len(found)

    found = attach(read(text), spans, [(code, code) for code in codes], None, score, [False] * 3)  # type: ignore[arg-type]
    assert [m.minutes for m in found] == [None, None, 8]


@pytest.mark.parametrize(
    ("bill", "units"),
    [
        (BILL, {"97110": 2, "97140": 1}),
        (BILL.replace("97110 | ", "").replace("97140 | ", ""), {"97110": 2, "97140": 1}),
        (BILL.replace("26 | 2", "26 | 7"), None),  # no units of 26 minutes
        ("97110 | Ther Ex | 9:00 | 9:26 | 26\n97140 | Manual | 9:26 | 9:36 | 10", None),
    ],
)
def test_units_in_the_last_cell(bill: str, units: dict[str, int] | None) -> None:
    assert find_totals(read(f"Rows 3x10, squats. Glides gr III.\n{bill}")).units == units


def test_units_of_several_codes_are_none_of_one() -> None:
    rows = read("Rows.\n97110/97140 | Exercise, MT | 36 | 2\n97035 | US | 8 | 1\n97530 | TA | 15 | 1").charges
    assert [row.label.code for row in units_of_rows(rows)] == ["97035", "97530"]


def charged(text: str, aside: tuple[int, ...] = ()) -> list[str]:
    """The pieces of the rows that charge for what is described elsewhere, by a model that knows a few words."""
    reading = read(text)
    pieces = [text[p.start : p.end] for p in reading.pieces]
    kinds = np.full((len(pieces), len(CLASSES)), 0.02, dtype=np.float32)
    for row, piece in zip(kinds, pieces, strict=True):
        row[CLASSES.index(next((code for word, code in WORDS.items() if word in piece.lower()), "out"))] = 0.92
    return [pieces[k] for k in rows_of_described(reading, layout_features(reading), kinds, CLASSES, aside)]


@pytest.mark.parametrize(
    "told",
    [
        "Ther Ex: rows 3x10 with a blue band.\nManual: glides grade III of the hip.",
        "Rows 3x10 with a blue band, slow.\nGlides grade III of the hip, prone.",
        "Ther Ex: rows 3x10 with a blue band.\nCrates from the floor to the waist.",  # the other row is that of the crates
    ],
)
def test_rows_of_services_described_elsewhere(told: str) -> None:
    assert charged(f"{told}\nPain 2/10 after.\n{BILL}") == BILL.split("\n")


@pytest.mark.parametrize(
    "row",
    [
        "| 97530 rows, blue band | 26 | 2 |",
        "| 97530 rows | 26 | 2 |",
        "| 97530 BAND ROWS slow | 26 | 2 |",
        "| Therapeutic activities: band | 26 | 2 |",
        "97530 rows + band   26 min   2",
        "- Therapeutic activities (rows, blue band): 26 min",
        "TA: rows with band, 26 minutes.",
    ],
)
@pytest.mark.parametrize("other", ["| 97140 glides | 10 | 1 |", "MT - hip glides, 10 min"])
def test_a_row_whose_words_repeat_what_is_told_is_no_service(row: str, other: str) -> None:
    told = "Rows 3x10 with a blue band, slow.\nGlides grade III of the hip, prone."
    assert charged(f"{told}\nPain 2/10 after.\n{row}\n{other}") == [row, other]


def test_a_row_whose_words_stand_elsewhere_but_in_no_service_is_one() -> None:
    bill = "TA: stairs, 26 min\nMT: neck, 10 min"
    assert charged(f"Stairs are hard, and the neck is stiff.\n{bill}") == []


def test_a_row_that_tells_more_is_a_service() -> None:
    rows = "| 97530 crates onto a high truck | 26 | 2 |\n| 97140 glides | 10 | 1 |"
    assert charged(f"Rows 3x10 with a blue band.\nGlides grade III of the hip.\n{rows}") == []


def test_a_row_of_a_service_that_nothing_describes() -> None:
    rows = BILL.split("\n")
    assert charged(f"Ther Ex: rows 3x10 with a blue band.\nPain 2/10 after.\n{BILL}") == rows[:1]
    assert charged(f"Pain 2/10 after, no other change today.\n{BILL}") == []


def test_rows_right_above_a_description_head_it() -> None:
    assert charged(f"{BILL}\nGlides grade III of the hip, prone.\nRows 3x10 with a blue band.") == []
