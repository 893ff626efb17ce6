"""The label that a note gives each of its services."""

from __future__ import annotations

import pytest

from rehabcoder.language.naming import label_services
from rehabcoder.language.reading import read
from rehabcoder.language.totals import find_totals


def named(text: str, *services: tuple[str, str]) -> list[str | None]:
    """The labels of services given by their words and the codes that these support."""
    places = [(text.index(words), text.index(words) + len(words)) for words, _ in services]
    reading = read(text)
    labels = label_services(reading, places, [code for _, code in services], find_totals(reading))
    return [label.code if label else None for label in labels]


BENCH, DOME, SQUAT = (
    ("bench press 40# 3x8", "97110"),
    ("dome stand, eyes shut", "97112"),
    ("crate to shelf x10", "97530"),
)


def test_a_service_has_its_own_label_not_that_of_the_words_before_it():
    text = "97530 was held. MT 10 min STM calf / TE 12 min bridges"
    assert named(text, ("MT 10 min STM calf", "97140"), ("TE 12 min bridges", "97110")) == ["97140", "97110"]


def test_a_label_stands_in_front_of_a_service_unless_its_sentence_has_ended():
    assert named("(97530) crate to shelf x10", SQUAT) == ["97530"]
    assert named("97110 was next. crate to shelf x10", SQUAT) == [None]


def test_a_name_opens_a_service_whatever_follows_it_if_the_two_agree():
    assert named("Gait across the yard, cane, heel first", ("Gait across the yard, cane", "97116")) == ["97116"]
    assert named("10 min manual to the calf, STM", ("10 min manual to the calf, STM", "97140")) == ["97140"]
    assert named("97116 done, te was clams and bridges", ("te was clams and bridges", "97110")) == ["97110"]
    assert named("20m mt calf and scar", ("20m mt calf and scar", "97140")) == ["97140"]
    assert named("Ice cream scooped for three bowls", ("Ice cream scooped for three bowls", "97530")) == [None]


def test_a_name_of_an_intent_closes_the_row_of_a_table():
    row = "crate to shelf x10             TE     12"
    assert named(row, (row, "97530")) == ["97110"]


def test_codes_that_were_charged_label_what_they_match_wherever_the_word_for_it_stands():
    services = "bench press 40# 3x8. crate to shelf x10.\nP: gait belt to keep; "
    assert named(services + "97110 and 97530 charged.", BENCH, SQUAT) == ["97110", "97530"]
    assert named(services + "97110, 97530 were both billed today.", BENCH, SQUAT) == ["97110", "97530"]
    assert named(services + "97110 and 97530 next visit.", BENCH, SQUAT) == [None, None]


def test_a_heading_labels_the_list_below_it():
    text = "97112 (30 min)\n - bench press 40# 3x8\n - dome stand, eyes shut\n\nSore after.\n - crate to shelf x10"
    assert named(text, BENCH, DOME, SQUAT) == ["97112", "97112", None]


def test_a_heading_of_two_labels_gives_each_row_the_one_that_it_agrees_with():
    text = "Ther ex and NMR, 25 min together:\n- bench press 40# 3x8\n- dome stand, eyes shut\n- crate to shelf x10"
    assert named(text, BENCH, DOME, SQUAT) == ["97110", "97112", None]


def test_a_charge_line_labels_what_it_plainly_matches():
    rows = "bench press 40# 3x8\ndome stand, eyes shut\n"
    assert named(f"{rows}Billed 97110 x1, 97112 x1", BENCH, DOME) == ["97110", "97112"]
    assert named(f"{rows}97110 97112", BENCH, DOME) == ["97110", "97112"]
    assert named(f"{rows}Codes: 97110 12 min, 97530 11 min.", BENCH, DOME) == ["97110", "97530"]


def test_a_charge_line_with_a_code_for_each_service_labels_them_in_order():
    rows = "bench press 40# 3x8\ndome stand, eyes shut\njog on a track, quiet feet\n"
    jog = ("jog on a track, quiet feet", "97112")
    assert named(f"{rows}97110 x1, 97112 x1, 97116 x1", BENCH, DOME, jog) == ["97110", "97112", "97116"]
    assert named(f"{rows}97116 x1, 97112 x1, 97110 x1", BENCH, DOME, jog) == ["97110", "97112", "97112"]


def test_a_code_that_is_left_goes_to_the_one_service_of_its_kind():
    rows = "bench press 40# 3x8\ndrum, ring finger leads\nsplint strap replaced\n"
    services = (BENCH, ("drum, ring finger leads", "97112"), ("splint strap replaced", "97763"))
    assert named(f"{rows}97110 x1, 97530 x1", *services) == ["97110", "97530", None]


def test_canalith_repositioning_that_is_left_labels_no_exercise():
    rows = "bench press 40# 3x8\ndome stand, eyes shut\n"
    assert named(f"{rows}Billed 97110 x1, 95992 x1", BENCH, DOME) == ["97110", None]
    assert named(f"{rows}Billed 97012 x1, 97112 x1", BENCH, DOME) == ["97012", "97112"]


def test_a_line_of_codes_that_is_no_charge_line_labels_nothing():
    rows = "bench press 40# 3x8\ndome stand, eyes shut\n"
    assert named(f"{rows}Plan: bill 97110, 97112 next week", BENCH, DOME) == [None, None]
    assert named(f"{rows}She asked what 97110 and 97112 stand for", BENCH, DOME) == [None, None]
    assert named(f"{rows}Codes: 97530, 97140", BENCH, DOME) == [None, None]


def test_a_footer_of_times_by_label_labels_what_it_matches():
    text = "glides III\n\ndome stand, eyes shut\n\nNMR 14   MT 9   23 timed\n97112 x1"
    assert named(text, ("glides III", "97140"), ("dome stand, eyes shut", "97112")) == ["97140", "97112"]


def test_a_footer_with_a_row_for_each_service_labels_them_in_order():
    glides, rows, bench = ("glides III", "97140"), ("band rows", "97110"), BENCH
    text = "glides III\n\nband rows\n\nbench press 40# 3x8\n\n"
    assert named(text + "MT 16 / TE 12 / TA 11", glides, rows, bench) == ["97140", "97110", "97530"]
    assert named(text + "MT 16, TE 12+8, TA 11", glides, rows, bench) == ["97140", "97110", "97110"]
    assert named(text + "Plan: MT 16 / TE 12 / TA 11", glides, rows, bench) == [None, None, None]
    assert named(text + "HEP: TE 12, TA 11, MT 5", glides, rows, bench) == [None, None, None]


@pytest.mark.parametrize(
    ("behind", "label"),
    [
        (". Billed as therapeutic exercise, 97110, 20 min.", "97110"),
        (". It was coded as 97112 x2.", "97112"),
        (" (charged to TE)", "97110"),
        (", recorded as NMR", "97112"),
        (". Billed 97530 for the next service.", None),
        (". Seen for 97110 as well.", None),
    ],
)
def test_a_service_went_out_under_the_name_that_is_said_behind_it(behind, label):
    text = f"The aide took her through rows and pulleys{behind}"
    assert named(text, ("The aide took her through rows and pulleys", "none")) == [label]


def test_of_two_names_in_one_heading_the_one_that_agrees_counts() -> None:
    text = "TE/NMR 25 min: dome stand, eyes shut"
    assert named(text, (text, "97112")) == ["97112"]
    assert named(text, (text, "97110")) == ["97110"]


def test_work_on_an_orthosis_has_the_code_billed_for_it() -> None:
    line = "Orthotic mgmt 12 min: new strap, edge flared"
    assert named(f"{line}\nBilled 97763 1, 97535 1", (line, "97760")) == ["97763"]
    assert named(f"{line}\nCPT 97763, 97535", (line, "97763")) == ["97763"]
    assert named(f"{line}\nBilled 97760 1, 97763 1", (line, "97763")) == ["97760"]
    assert named(f"{line}\nBilled 97535 1", (line, "97763")) == ["97760"]
    fitting = "Orthotic fitting 12 min: resting splint"
    assert named(f"{fitting}\nBilled 97763 1, 97535 1", (fitting, "97760")) == ["97760"]


def test_a_billed_code_that_is_left_labels_the_only_service_given_alone() -> None:
    alone, glides = ("NuStep 20 min on his own", "none"), ("patella glides", "97140")
    text = "NuStep 20 min on his own{}. MT 10 min patella glides. Billed 97110 x1, 97140 x1"
    assert named(text.format(""), alone, glides) == ["97110", "97140"]
    unbilled = ("NuStep 20 min on his own, not billed", "none")
    assert named(text.format(", not billed"), unbilled, glides) == [None, "97140"]
    text = "NuStep 20 min on his own. bench press 40# 3x8. MT patella glides. Billed 97110 x1, 97140 x1"
    assert named(text, alone, BENCH, glides) == [None, "97110", "97140"]


def test_a_footer_with_a_name_left_labels_the_only_service_given_alone() -> None:
    alone, glides, bag = ("recumbent bike with Dan (tech)", "none"), ("patella glides", "97140"), ("lifts bag", "97530")
    text = "recumbent bike with Dan (tech){}. patella glides. lifts bag.\nTE 20 / MT 12 / TA 10"
    assert named(text.format(""), alone, glides, bag) == ["97110", "97140", "97530"]
    text = "lifts bag. patella glides. recumbent bike with Dan (tech){}.\nTE 20 / MT 12"
    assert named(text.format(""), bag, glides, alone) == [None, "97140", "97110"]
    unbilled = ("recumbent bike with Dan (tech), not billed", "none")
    assert named(text.format(", not billed"), bag, glides, unbilled) == [None, "97140", None]


def test_a_line_of_several_names_labels_what_the_lines_below_it_tell() -> None:
    rows, glides = ("rows 3x10", "97110"), ("patella glides", "97140")
    text = "Therapeutic exercise / Manual therapy: 40 min\n rows 3x10\n patella glides"
    assert named(text, rows, glides) == ["97110", "97140"]


@pytest.mark.parametrize("total", ["total 40", "timed 40 min"])
def test_a_footer_that_comes_to_the_total_labels_in_order_what_agrees_with_none_of_it(total: str) -> None:
    text = f"held each point until dull\nshown on the model, then herself\nMT 22, self-care 18, {total}"
    told = (("held each point until dull", "97112"), ("shown on the model, then herself", "97112"))
    assert named(text, *told) == ["97140", "97535"]
    assert named(text.replace("22", "21"), *told) == [None, None]
    assert named(text, told[0], ("shown on the model, then herself", "97140")) == [None, "97140"]
