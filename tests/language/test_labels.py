from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabcoder.language.labels import _mentions, _of_one_line, _patterns, find_labels
from rehabcoder.language.text import shadow


def labels(text: str) -> list[tuple[str, str]]:
    return [(text[la.start : la.end], la.code) for la in find_labels(text, shadow(text))]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ("Ther Ex", "97110"),
        ("ther. ex.", "97110"),
        ("Therapeutic exercise", "97110"),
        ("TE", "97110"),
        ("NMR", "97112"),
        ("Neuromuscular re-education", "97112"),
        ("neuro re-ed", "97112"),
        ("Thera-Act", "97530"),
        ("Therapeutic activities", "97530"),
        ("Manual Therapy", "97140"),
        ("MT", "97140"),
        ("Gait training", "97116"),
        ("gait tng", "97116"),
        ("Self-care", "97535"),
        ("aquatic therapy", "97113"),
        ("group therapy", "97150"),
        ("97110", "97110"),
        ("95992", "95992"),
        ("g0283", "G0283"),
        ("Parafin", "97018"),
        ("Mech trx", "97012"),
        ("TDN", "20560"),
        ("Orthotic mgmt", "97760"),
        ("Orthotic mgmt, subsequent", "97763"),
        ("Orthotic management (subsequent)", "97763"),
        ("Orthotic, subseq", "97763"),
        ("Prosthetic training", "97761"),
        ("Prosthetic training, follow-up", "97763"),
        ("Physical therapy evaluation of low complexity", "97161"),
    ],
)
def test_the_forms_of_a_label(form, code):
    assert labels(f"{form} 15 min") == [(form, code)]


@pytest.mark.parametrize("form", ["Ther\nEx", "Ther-Ex", "Ther/Ex", "THER  EX", "ther ex", "Ther Ex"])
def test_a_blank_of_a_name_is_whatever_people_type(form):
    assert labels(f"{form}: bike") == [(form, "97110")]


@pytest.mark.parametrize(
    "text",
    [
        "the patient took tea",
        "his gait was slow",
        "she is a member of the neuro unit",
        "MRN 97110-22",
        "97110-4521",
        "97110/12/24",
        "SIT TO STAND X10",
        "sit-stands x10",
        "L5 fixed, SI R",
        "order 199711",
        "phone 555-97110",
        "paid $97110",
        "up 97112%",
        "otherexample",
        "multifidus with US imaging feedback",
        "TrA on rehabilitative ultrasound imaging",
        "diagnostic ultrasound showed a tear",
        "contractions with transperineal ultrasound",
        "contractions with ultrasound on the screen",
        "tender over the 5th mt: no swelling",
        "he was put down as exercise intolerant",
    ],
)
def test_what_only_looks_like_a_label(text):
    assert labels(text) == []


def test_a_short_name_counts_where_a_label_stands():
    assert labels("gait: heel strike cues") == [("gait", "97116")]
    assert labels("worked on gait today") == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("TE BRIDGES AND CLAMS 3X10", ["97110"]),
        ("He rode the scooter on his tummy. SI 30.", ["97533"]),
        ("SI 22, NMR 18, total 40", ["97533", "97112"]),
        ("SI 40/100 on the scale, SI 45.5 cm", []),
        ("ther ex and manual to the shoulder", ["97110", "97140"]),
        ("stretching and manual labour", []),
        ("STRETCHED, 20 MIN. MT SCAR AND PATELLA GLIDES", ["97140"]),
        ("TE, MT, CP. TOLERATED WELL", ["97110", "97140", "97010"]),
        ("STRENGTH OF TA NOTED WEAK", []),
        ("COLD FINGERS, CP NOTED BY NURSE", []),
        ("TE 2 GAIT 1 MT 1", ["97110", "97116", "97140"]),
        ("U: TE1 NMR1 TA1", ["97110", "97112", "97530"]),
        ("- ta, with the aide", ["97530"]),
        ("te per flowsheet", ["97110"]),
        ("the aide ran his bike, put down as exercise", ["97110"]),
        ("on the UBE with the tech; logged under TE.", ["97110"]),
        ("shaved at the sink [adl], then steps (gt)", ["97535", "97116"]),
        ("she asked for a seat (heat), and no (group)", []),
        ("u/s 1 therex 1", ["97035", "97110"]),
        ("Ortho fit 12 min, orthosis fitting", ["97760", "97760"]),
        ("slept well ta: onto the tub bench x4 te: rows 2x10", ["97530", "97110"]),
        ("he came in sore today ta 14 min into the truck then gait 10 min", ["97530", "97116"]),
    ],
)
def test_short_names_in_lines_of_capitals_and_in_lists(text, codes):
    assert [code for _, code in labels(text)] == codes


@pytest.mark.parametrize("text", ["97110/2 curls", "97110-59", "97110-GP", "(97110/97530)", "97110-45 min"])
def test_a_number_with_units_a_modifier_or_another_number_behind_it(text):
    assert labels(text)[0] == ("97110", "97110")


@pytest.mark.parametrize(("text", "strong"), [("Ther Ex 15", True), ("97110 15", True), ("TE 15", False)])
def test_whether_a_label_needs_its_place(text, strong):
    assert [la.strong for la in find_labels(text, shadow(text))] == [strong]


def test_several_labels_in_order():
    assert labels("Manual therapy (97140) 15, NMR 10; Ther Act 8") == [
        ("Manual therapy", "97140"),
        ("97140", "97140"),
        ("NMR", "97112"),
        ("Ther Act", "97530"),
    ]


@given(st.text(max_size=30), st.sampled_from(["Ther Ex", "NMR", "Manual therapy", "97530"]), st.text(max_size=30))
def test_offsets_cut_whole_words_of_the_untouched_text(before, form, after):
    text = f"{before}\n{form} 15 min\n{after}"
    assert any(form in cut for cut, _ in labels(text))  # "Group" on the line above goes with it


@given(st.text(max_size=120))
def test_the_shadow_keeps_every_offset(text):
    low = shadow(text)
    assert len(low) == len(text)
    assert low == shadow(low)


@pytest.mark.parametrize(
    ("text", "low"),
    [
        ("15\u2032 SLR \u2013 3\u00d710", "15' slr - 3x10"),
        ("a\r\nb\rc", "a \nb\nc"),
        ("\u201cok\u201d\u00a0\u2192 go", '"ok" > go'),
        ("\u0130X", "\u0130x"),
    ],
)
def test_the_shadow_is_plain(text, low):
    assert shadow(text) == low


@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    "ther. ex",
                    "t.e.",
                    "t act",
                    "e-stim",
                    "thex",
                    "n-m re-ed",
                    "pt eval low",
                    "w/c mobility training",
                    "sc hm",
                ]
            ),
            st.sampled_from(["97110", "29105", "20560", "98941", "92526", "90912", "95992", "g0283", "97110/97140"]),
            st.sampled_from([" ", "", "\n", "'", "-", "/", "$", "x", "the ", "15", ". "]),
        ),
        max_size=12,
    ).map("".join)
)
def test_mentions_are_those_that_a_search_of_the_whole_text_finds(low: str) -> None:
    """Trying only the words that can begin a name or a number overlooks none, whatever stands around them."""
    pattern, done, everywhere = _patterns()[0], 0, []
    while found := pattern.search(low, done):
        everywhere.append(_of_one_line(pattern, low, found).span())
        done = everywhere[-1][1]
    assert [found.span() for found in _mentions(low)] == everywhere


@pytest.mark.parametrize("head", ["MINUTES ", "Minutes", "MINS", "Units", "UNITS  ", "Time", "CPT", "Codes"])
def test_a_short_name_right_behind_the_heading_of_a_row_of_figures_is_a_label(head):
    assert labels(f"{head} TE 21  NM 12  TA 9") == [("TE", "97110"), ("NM", "97112"), ("TA", "97530")]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ortho f/u 10/29 1p, van by sw", []),
        ("Ortho f/u Mon, films first", []),
        ("ortho follow up in 2 wks", []),
        ("Ortho f/u: strap moved", ["97763"]),
        ("- ortho f/u 10 min: strap moved", ["97763"]),
        ("Orthotic follow-up (10 minutes): flared", ["97763"]),
    ],
)
def test_a_visit_to_the_surgeon_is_no_change_of_an_orthosis(text, codes):
    assert [label.code for label in find_labels(text, shadow(text))] == codes


@pytest.mark.parametrize("text", ["20 minutes neuro floor", "by the time gait improved", "units neuro and ortho"])
def test_a_word_behind_such_a_heading_without_a_figure_is_none(text):
    assert labels(text) == []


def test_the_value_of_a_field_ends_at_a_gap():
    assert labels("TYPE: MANUAL            DUR: 10") == [("MANUAL", "97140")]
    assert labels("Service:  gait      Min: 10") == [("gait", "97116")]
    assert labels("    Traction      ____ lb ____ min") == []


def test_a_short_name_of_the_pool_needs_its_time():
    assert labels("AQ 30 chest depth: march w/ noodle") == [("AQ", "97113")]
    assert labels("her aq shoes were wet") == []


def test_needling_in_two_letters_is_a_label_only_where_one_stands():
    assert labels("DN\tupper trap, 3 needles") == [("DN", "20560")]
    assert labels("dn: calf") == [("dn", "20560")]
    assert labels("steps up/dn 12, up/dn (6 in), walks dn: slow") == []


def test_a_name_broken_off_at_the_end_of_a_line() -> None:
    text = "Seen in room. Thera-\n  peutic exercise 8 min, gait train-\ning 9 min: heel-\nstrike"
    assert labels(text) == [("Thera-\n  peutic exercise", "97110"), ("gait train-\ning", "97116")]


def test_estim_alone_is_the_attended_one_where_the_note_says_so_of_its_stimulation() -> None:
    assert labels("Estim attended 15 min\nestim 1")[-1] == ("estim", "97032")
    assert labels("Attended e-stim 9 min. e-stim unattended 15 min\nestim 1")[-1] == ("estim", "G0283")
    assert labels("Wife attended. estim 15 min\nestim 1")[-1] == ("estim", "G0283")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("MT for eight minutes, then ice for ten.", [("MT", "97140"), ("ice", "97010")]),
        ("Finished with heat x 10 min.", [("heat", "97010")]),
        ("Glides and manual for 12 minutes.", [("manual", "97140")]),
        ("He slid on ice for ten minutes.", []),
        ("Rest and heat for 3 days.", []),
        ("She walked, then ice cream for two.", []),
    ],
)
def test_a_short_name_with_its_time_behind_a_word_that_moves_on_to_it(text: str, answer: list[tuple[str, str]]) -> None:
    assert labels(text) == answer


def test_a_short_name_behind_the_number_and_the_units_of_its_code() -> None:
    assert labels("97140 1u manual") == [("97140", "97140"), ("manual", "97140")]
    assert labels("97110 1u manual count of pulse") == [("97110", "97110")]


@pytest.mark.parametrize(
    "text", ["Manual w/c, ramp and curb", "Manual wheelchair 200 ft", "Manual cues 20%", "MANUAL MUSCLE TEST"]
)
def test_manual_before_such_words_is_no_label(text: str) -> None:
    assert labels(text) == []


def test_letters_for_a_wheelchair_name_its_management_in_a_row_of_names_with_times():
    row = "MIN  TA 25 | NMR 15 | WC 15 | Total 55\n\nTA: car transfer\nWC: curb, wheelies"
    assert [said for said in labels(row) if said[1] == "97542"] == [("WC", "97542"), ("WC", "97542")]
    assert labels("TA 25 min: bed to WC 3x\nNMR 15 min: foam\nWC: own, 18 x 18") == [("TA", "97530"), ("NMR", "97112")]
    assert ("w/c", "97542") in labels("TE 15 / TA 20 / w/c 10")


def test_a_number_beside_a_name_says_which_of_its_codes_it_means():
    text = "MIN  E-stim 97032 15 | TA 15\n\nE-stim: hand-held trigger\nTA: car transfer"
    assert [code for _, code in labels(text)] == ["97032", "97032", "97530", "97032", "97530"]
    assert [code for _, code in labels("E-stim 10 min\nUS 97035 8 min")] == ["G0283", "97035", "97035"]


def test_a_row_of_names_is_read_row_by_row():
    assert labels("Ther Ex\nManual\nTher Act") == [("Ther Ex", "97110"), ("Manual", "97140"), ("Ther Act", "97530")]
    assert labels("Manual\ntherapy 10 min, neuro\nre-ed 8 min") == [
        ("Manual\ntherapy", "97140"),
        ("neuro\nre-ed", "97112"),
    ]


@pytest.mark.parametrize("habit", ["daily", "every other day", "a day", "twice a day", "3x/wk", "at home"])
def test_exercises_that_are_a_habit_are_no_label(habit: str) -> None:
    assert labels(f"Does exercises 10 min {habit}.") == []
    assert labels(f"Exercises 10 min, then rest {habit}.") == [("Exercises", "97110")]


@pytest.mark.parametrize(
    ("heard", "code"),
    [("there exercise", "97110"), ("there activity", "97530"), ("narrow re ed", "97112"), ("neural reed", "97112")],
)
def test_names_as_a_recogniser_hears_them(heard: str, code: str) -> None:
    assert labels(f"he backed off {heard} with the band") == [(heard, code)]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("no falls. te and ta x 30. tol fine", ["97110", "97530"]),
        ("seen bedside. te, ta and mt x 45.", ["97110", "97530", "97140"]),
        ("te & ta for 38 min", ["97110", "97530"]),
        ("te and ta x 3 reps", []),
        ("walked te and home", []),
        ("rows 3x10   te incl nustep 24", ["97110"]),
        ("sts 15' gait 80ft", ["97116"]),
        ("gate 15 - hall, cga", ["97116"]),
        ("out of the gate and up the path", []),
    ],
)
def test_short_names_that_a_list_or_a_time_gives_away(text, answer):
    assert [code for _, code in labels(text)] == answer
