"""Stated units: how notes say what they bill, code by code, and what only looks like it."""

from __future__ import annotations

import pytest

from rehabcoder.language.reading import read
from rehabcoder.language.totals import find_totals

UNITS = [
    ("chg 97150 + GT1", {"97150": 1, "97116": 1}),
    ("Charges: 97010 & TE2", {"97010": 1, "97110": 2}),
    ("90912 15 min x1 / 97110 10 min x1 / 97530 13 min x1 -- total 38", {"90912": 1, "97110": 1, "97530": 1}),
    ("97112 15 min x1 / 97110 25 min x2 = total 40", {"97112": 1, "97110": 2}),
    ("Charge exercise activities and gait one each.", {"97110": 1, "97530": 1, "97116": 1}),
    ("Charge exercise manual and gate one each timed forty two.", {"97110": 1, "97140": 1, "97116": 1}),
    ("billing manual and exercise one each see him monday", {"97110": 1, "97140": 1}),
    ("bill gait and neuro two each", {"97116": 2, "97112": 2}),
    ("one each exercise neuro and manual", None),
    ("bill one each for exercise and gait", {"97110": 1, "97116": 1}),
    ("charge one unit each of exercise and manual", {"97110": 1, "97140": 1}),
    ("charges are one each ther ex neuro and manual", {"97110": 1, "97112": 1, "97140": 1}),
    ("Walking 12 minutes. Stretching 9 minutes. Charge two exercise one gait training.", {"97110": 2, "97116": 1}),
    ("Charge two exercise one gate training timed forty two.", {"97110": 2, "97116": 1}),
    ("Charge one canalith one neuro re ed.", {"95992": 1, "97112": 1}),
    ("charge canalith one neuro one", {"95992": 1, "97112": 1}),
    ("bill epley one and neuro one", {"95992": 1, "97112": 1}),
    ("Bill one manual one exercise one neuro", {"97140": 1, "97110": 1, "97112": 1}),
    ("Timed forty three exercise one neuro one manual one.", {"97110": 1, "97112": 1, "97140": 1}),
    ("Charge exercise one neuro one manual one.", {"97110": 1, "97112": 1, "97140": 1}),
    ("charge manual two gait one thank you", {"97140": 2, "97116": 1}),
    ("please bill exercise two and manual one", {"97110": 2, "97140": 1}),
    ("units exercise one neuro two", {"97110": 1, "97112": 2}),
    ("charge activities two self care one", {"97530": 2, "97535": 1}),
    ("charge therapeutic exercise two units and gait training one unit", {"97110": 2, "97116": 1}),
    ("Goal walking in October. Charge activities one exercise two.", {"97530": 1, "97110": 2}),
    ("CHG MT1 TE1 GT1 / 47", {"97140": 1, "97110": 1, "97116": 1}),
    ("CHG TE2 GT1", {"97110": 2, "97116": 1}),
    ("Bill: NMR2 TA1", {"97112": 2, "97530": 1}),
    ("chg gt1 te2", {"97116": 1, "97110": 2}),
    ("Charges TE1/MT1/GT1", {"97110": 1, "97140": 1, "97116": 1}),
    ("billed: MT1, TE2", {"97140": 1, "97110": 2}),
    ("Gait 14'\nSelf care 8'\nCHG GT1 SC1", {"97116": 1, "97535": 1}),
    ("[x] 97018 1   [x] 97110 1   [ ] 97112", {"97018": 1, "97110": 1}),
    ("[x] 97018 1   [x] 97110 1   [x] 97140 1   [x] 97535 1", {"97018": 1, "97110": 1, "97140": 1, "97535": 1}),
    ("[x] 97110 2 [ ] 97112 [x] 97140 1 [ ] 97530", {"97110": 2, "97140": 1}),
    ("[ ] 97112 1  [x] 97110 2  [x] 97140 1", {"97110": 2, "97140": 1}),
    ("(x) 97530 2  (x) 97535 1  ( ) 97110", {"97530": 2, "97535": 1}),
    ("☑ 97110 2  ☐ 97112 1  ☑ 97140 1", {"97110": 2, "97140": 1}),
    ("[x] TE 2   [x] MT 1   [ ] NMR", {"97110": 2, "97140": 1}),
    ("[x]97110 x2 [x]97140 x1 [ ]97112 x", {"97110": 2, "97140": 1}),
    ("[x] 97112 Neuro re-ed  24 min  plates", None),
    ("he walked one gait belt", None),
    ("charged his scooter, did exercise two times", None),
    ("In charge of exercise one day", None),
    ("we did exercise one and then exercise two", None),
    ("Bill nine seven one six five once, nine seven five three five twice.", {"97165": 1, "97535": 2}),
    ("Billed 97110 once and 97140 twice.", {"97110": 1, "97140": 2}),
    ("TE: SLR 15 min\nTraction: 30 lb, 15 min\nCharge TE 1, Tx 1", {"97110": 1, "97012": 1}),
    ("TE: SLR 15 min\nMech traction: 15 min\nBilled: 1 TE, 1 trx", {"97110": 1, "97012": 1}),
    ("TE: SLR 15 min\nMech traction: 15 min\nBilled TE 1, total tx 1 unit", {"97110": 1}),
    ("Manual: PA glides 15 min\nBilled MT 1, Tx 1", {"97140": 1}),
    ("u/s 1 therex 1", {"97035": 1, "97110": 1}),
    ("Charge: 97035 x1 w/ gel, 97110 x2", {"97035": 1, "97110": 2}),
    (
        "Units are two for activities, one for exercise, one for neuromuscular, total one hour.",
        {"97530": 2, "97110": 1, "97112": 1},
    ),
    ("Charges: two to ther ex, one to manual.", {"97110": 2, "97140": 1}),
    ("97110-2 per flow sheet.\n97140-1 scar + wrist mobs.", {"97110": 2, "97140": 1}),
    ("charging one neuro one manual see her friday", {"97112": 1, "97140": 1}),
    ("billed one unit of ther ex and two units gait training", {"97110": 1, "97116": 2}),
    ("billed two 97110 one 97140 one 97112 keep running", {"97110": 2, "97140": 1, "97112": 1}),
    ("Charged one self care, one prosthetic training.", {"97535": 1, "97761": 1}),
    ("Estim attended 15 min, quad.\nTE 1, estim 1", {"97110": 1, "97032": 1}),
    ("TE 24' x2 / MT x1 / TA 9' x1", {"97110": 2, "97140": 1, "97530": 1}),
    ("TE 24 min (2) + MT 9 min (1)", {"97110": 2, "97140": 1}),
    ("- 97110: laq 2x10\n- 97116: rw 60 ft\n- 97112\nall 1u ea\n2 rests", {"97110": 1, "97116": 1, "97112": 1}),
    ("TE: clams\nNMR: foam\n1 unit each", {"97110": 1, "97112": 1}),
    ("1. TE clams\n2. NMR foam\neach 1 unit.", {"97110": 1, "97112": 1}),
    (
        "Each quarter of an hour is one unit: therapeutic exercise, NMR and gait training.",
        {"97110": 1, "97112": 1, "97116": 1},
    ),
    ("Each block made 1 unit - TE, MT", {"97110": 1, "97140": 1}),
    ("The orthotic fitting is two units and the exercise is one.", {"97760": 2, "97110": 1}),
    ("The manual therapy was two units, the exercise was one.", {"97140": 2, "97110": 1}),
    ("The unit was quiet and the exercise was one he liked.", None),
    ("TE: clams\nNMR: foam\nall 3 units", None),
    ("97110 24' x2 · 97140 9' x1", {"97110": 2, "97140": 1}),
    ("MT (9') x1 and TE (24') x2", {"97140": 1, "97110": 2}),
    ("Two units of 97530, one each of 97112 and 97110.", {"97530": 2, "97112": 1, "97110": 1}),
    ("one unit of each of 97110 and 97530 billed", {"97110": 1, "97530": 1}),
    ("97010, 97110-2, 97140-1", {"97010": 1, "97110": 2, "97140": 1}),
    ("97110x2 97140x1 97010. Same plan.", {"97110": 2, "97140": 1, "97010": 1}),
    ("bill ta 1 nmr 1 G0283", {"97530": 1, "97112": 1, "G0283": 1}),
    ("Bill 2-1-1: 97110, 97112, 97530", {"97110": 2, "97112": 1, "97530": 1}),
    ("Units 2/1 for TE, MT", {"97110": 2, "97140": 1}),
    ("97110 x2   97112 x1        visit 5", {"97110": 2, "97112": 1}),
    ("CODE         min   units\n97110 pool    30    2\n97112 deck    10    1", {"97110": 2, "97112": 1}),
    (
        "was sore last fri but the knee bends and he drove himself and walked the hall with us te 20 min 97110 1 97140 1",
        {"97110": 1, "97140": 1},
    ),
    ("goal is flexion to 120 97110 x2 97116 x1", {"97110": 2, "97116": 1}),
    ("97110 (2 units)", {"97110": 2}),
    ("Two units of neuromuscular re-education and manual therapy were posted, one each.", {"97112": 1, "97140": 1}),
    ("Therapeutic exercise and manual therapy were both billed at one each.", {"97110": 1, "97140": 1}),
    ("hop next wk if quiet // 97140-1 97110-2", {"97140": 1, "97110": 2}),
    ("97110 × 2", {"97110": 2}),
    ("97110-GP x2, 97140-59 x1", {"97110": 2, "97140": 1}),
    ("97110 GP 2, 97140 GP,59 1", {"97110": 2, "97140": 1}),
    ("CPT: 97110-GP (2), 97112-GP (1)", {"97110": 2, "97112": 1}),
    ("Billed TE-2 MT-1", {"97110": 2, "97140": 1}),
    ("TE(2) MT(1)", {"97110": 2, "97140": 1}),
    ("Units: TEx2, MTx1", {"97110": 2, "97140": 1}),
    ("U: TE1 MT1 TA1", {"97110": 1, "97140": 1, "97530": 1}),
    ("3 units: 2 TE, 1 MT", {"97110": 2, "97140": 1}),
    ("Billed 2 TE / 1 MT", {"97110": 2, "97140": 1}),
    ("2 units TE, 1 unit MT", {"97110": 2, "97140": 1}),
    ("3 units TE, 1 unit NMR", {"97110": 3, "97112": 1}),
    ("I billed three units, two gait and one exercise.", {"97116": 2, "97110": 1}),
    ("Billed as two units of therapeutic exercise and one of manual therapy.", {"97110": 2, "97140": 1}),
    ("One unit of manual therapy and two units of therapeutic exercise were billed.", {"97110": 2, "97140": 1}),
    ("Charges are manual therapy one, therapeutic exercise two.", {"97110": 2, "97140": 1}),
    ("97110: 25 min, 2 units; 97140: 10 min, 1 unit", {"97110": 2, "97140": 1}),
    ("97110 25 min 2 units, 97140 10 min 1 unit", {"97110": 2, "97140": 1}),
    ("97110 (25 min/2u) 97140 (10 min/1u)", {"97110": 2, "97140": 1}),
    ("TE 25/2, MT 10/1", {"97110": 2, "97140": 1}),
    ("97110 25 min (2)\n97140 10 min (1)", {"97110": 2, "97140": 1}),
    ("97110 | 25 | 2\n97140 | 10 | 1", {"97110": 2, "97140": 1}),
    ("CPT Min Units\n97110 25 2\n97140 10 1", {"97110": 2, "97140": 1}),
    ("CPT Units Min\n97110 2 25\n97140 1 10", {"97110": 2, "97140": 1}),
    ("CPT,Min,Units\n97110,25,2\n97140,10,1", {"97110": 2, "97140": 1}),
    ("        97110  97140\nMin     25     10\nUnits   2      1", {"97110": 2, "97140": 1}),
    ("CPT: 97110\nMinutes: 25\nUnits: 2\n\nCPT: 97140\nMinutes: 10\nUnits: 1", {"97110": 2, "97140": 1}),
    (
        '{"svc":[{"cpt":"97110","min":25,"units":2,"txt":"SLR 3x10."},{"cpt":"97140","min":10,"units":1}]}',
        {"97110": 2, "97140": 1},
    ),
    ("Charges:\n97110 2\n97140 1", {"97110": 2, "97140": 1}),
    ("CHARGES\nTE 2\nMT 1", {"97110": 2, "97140": 1}),
    ("BILLING: 97110 (TE): 2; 97140 (MT): 1", {"97110": 2, "97140": 1}),
    ("97110, 97112, 97535 - 1 unit each", {"97110": 1, "97112": 1, "97535": 1}),
    ("1 unit each: 97110, 97140", {"97110": 1, "97140": 1}),
    ("one unit each of TE and MT", {"97110": 1, "97140": 1}),
    ("TE, NMR and MT, one unit each", {"97110": 1, "97112": 1, "97140": 1}),
    ("Bill 97110/97140/97530 x1 each", {"97110": 1, "97140": 1, "97530": 1}),
    ("Bill 97110/97140 x 1 ea.", {"97110": 1, "97140": 1}),
    ("therapeutic exercise two units and manual therapy one unit", {"97110": 2, "97140": 1}),
    ("nine seven one one zero times two, nine seven one four zero times one", {"97110": 2, "97140": 1}),
    ("Codes ninety-seven one ten two units, ninety-seven one forty one unit", {"97110": 2, "97140": 1}),
    ("110-2 140-1", {"97110": 2, "97140": 1}),
    ("110 x2, 140 x1", {"97110": 2, "97140": 1}),
    ("FT1|1|||20250311|||CG|97110|||2\nFT1|2|||20250311|||CG|97140|||1", {"97110": 2, "97140": 1}),
    ("UNITS.97110=3\nUNITS.97140=1", {"97110": 3, "97140": 1}),
    ("2u 97110, 1u 97140", {"97110": 2, "97140": 1}),
    ("2 x 97110, 1 x 97140 billed", {"97110": 2, "97140": 1}),
    ("97110 units: 2   97140 units: 1", {"97110": 2, "97140": 1}),
    ("97110: 2 units\n97140: 1 unit", {"97110": 2, "97140": 1}),
    ("Submitted: 97110 *2; 97140 *1", {"97110": 2, "97140": 1}),
    ("97110 = two, 97140 = one", {"97110": 2, "97140": 1}),
    ("97110 two, 97140 one", {"97110": 2, "97140": 1}),
    ("Ther Ex 97110 38 min 3 units", {"97110": 3}),
    ("97110 [_2_] 97140 [_1_]", {"97110": 2, "97140": 1}),
    ("97163 x1, 97110 x1", {"97163": 1, "97110": 1}),
    ("TE ... 2 u\nMT ... 1 u", {"97110": 2, "97140": 1}),
    ("97110 15 min 1 unit TE: SLR 3x10", {"97110": 1}),
    ("Ther Ex 15 min (1 unit), Man Tx 15 min (1 unit)", {"97110": 1, "97140": 1}),
    ("Gait training, 1 unit; Ther Act, 2 units.", {"97116": 1, "97530": 2}),
    ("a unit of TE and two of NMR on the bill", {"97110": 1, "97112": 2}),
    ("Medicare claim: 97110 02 units, 97140 01 units", {"97110": 2, "97140": 1}),
    ("one (1) unit 97110, two (2) units 97140", {"97110": 1, "97140": 2}),
    ("97110 one (1) unit; 97140 two (2) units", {"97110": 1, "97140": 2}),
    ("97110 billed x2, 97140 billed x1", {"97110": 2, "97140": 1}),
    ("97110\tTE\t25\t2\n97140\tMT\t10\t1", {"97110": 2, "97140": 1}),
    ("97110 TE..25..2\n97140 MT..10..1", {"97110": 2, "97140": 1}),
    ("2 97110, 1 97140", {"97110": 2, "97140": 1}),
    ("(2) 97110 (1) 97140", {"97110": 2, "97140": 1}),
    ("Charges 2TE 1MT", {"97110": 2, "97140": 1}),
    ("TE/NMR/TA units 2/1/1", {"97110": 2, "97112": 1, "97530": 1}),
    ("CPT 97110, 97140  Units: 2, 1", {"97110": 2, "97140": 1}),
    ("TherEx: 2 / Man Ther: 1 / Total units: 3", {"97110": 2, "97140": 1}),
    ("Billed 1 unit 97530 + 2 units 97110", {"97110": 2, "97530": 1}),
    ("97110 – 2 (TE), 97140 – 1 (MT)", {"97110": 2, "97140": 1}),
    ("Units:\n2  Therapeutic exercise\n1  Manual therapy", {"97110": 2, "97140": 1}),
    ("TE2u MT1u", {"97110": 2, "97140": 1}),
    ("97110-2/97140-1", {"97110": 2, "97140": 1}),
    ("97110(2)97140(1)", {"97110": 2, "97140": 1}),
    ("Units billed today: three (two TE, one MT).", {"97110": 2, "97140": 1}),
    ("97110 and 97140, each one unit", {"97110": 1, "97140": 1}),
    ("TE, MT both 1 unit", {"97110": 1, "97140": 1}),
    ("x2 97110, x1 97140", {"97110": 2, "97140": 1}),
    ("Ther Ex x2 (97110), Man Ther x1 (97140)", {"97110": 2, "97140": 1}),
    ("TE, MT (1 ea)", {"97110": 1, "97140": 1}),
    ("97110 - GP - 2 units", {"97110": 2}),
    ("CPT 97110 Units 2 Min 25", {"97110": 2}),
    ("97110  bike, SLR  0930-0955  25  2\n97140  scar mobs  0955-1005  10  1", {"97110": 2, "97140": 1}),
    ("charge: NMRx1 TEx1 MTx2", {"97112": 1, "97110": 1, "97140": 2}),
    ("97032 = 1   TE = 2", {"97032": 1, "97110": 2}),
    ("GT-1 NMR-1 TE-1", {"97116": 1, "97112": 1, "97110": 1}),
    ("Gait x2  Ther Ex x1", {"97116": 2, "97110": 1}),
    ("Billing Manual x1, Ther Act x1", {"97140": 1, "97530": 1}),
    ("Held the rail twice. NMR x2. Next class Tues", {"97112": 2}),
    ("TA x1 (15 min): tray with four glasses", {"97530": 1}),
    ("[ ] 97110 1u [x] 97140 1u", {"97140": 1}),
]

# Minutes, doses, distances, grades, other days, or units without a code.
NOTHING = [
    "97112 twice a week",
    "97530 once he was awake: transfers",
    "Gait twice, balance once",
    "TE twice, NMR once",
    "CPT 97035: US 3 MHz, 0.5 W/cm2, 8 min",
    "CODE G0283 IFC 4 kHz, 15 min",
    "97032: 2 channels to the quad",
    "97018: 6 dips R hand",
    "97035 - 1 W/cm2 to the tendon",
    "No answer at the door. Was due for 97110 x1, 97530 x2.",
    "Stood at sink 12 min total. TE 20 min.",
    "TE 15 min one-on-one",
    "97110/97140 x 3 units",
    "TE and MT 3 units",
    "Ther ex, gait, 3 units",
    "TE 15 min, MT 15 min, GT 15 min. 3 units.",
    "3 units billed. TE, MT",
    "TE 25 min, MT 15 min, 3 units",
    "97110 x 15 min",
    "97110 3x10 SLR",
    "97110 x 8 min",
    "Plan: 97110 x2 next visit",
    "Authorized 97110 x 4 units",
    "97530 - 5 lb box lift",
    "Gait training 2 x 50 ft",
    "Gait 4 x 20 ft, TE 3 x 10",
    "97110 1. SLR 2. bridges",
    "TE 2# cuff, MT 3 bouts",
    "97150 x 4 participants",
    "97010 no charge x1",
    "Last visit billed 97110 x2",
    "97110: 5 min bike, 10 min mat",
    "97112: 2 sets of tandem, 3 laps",
    "97140 grade 3 mobs",
    "TE - 3 way hip, MT - 2 regions",
    "97116: 2 laps, RW",
    "97110 2 lb SLR, 97112 1 foot stance",
    "2 gait 1 dizzy spell",
    "3 TE ideas 1 MT tip",
    "Brought 2 TE 1 MT",
]


def units(text: str) -> dict[str, int] | None:
    return find_totals(read(text)).units


@pytest.mark.parametrize(("text", "billed"), UNITS)
def test_reads_billed_units(text: str, billed: dict[str, int]) -> None:
    assert units(text) == billed


@pytest.mark.parametrize("text", NOTHING)
def test_reads_no_units_where_none_are_stated(text: str) -> None:
    assert units(text) is None


@pytest.mark.parametrize(
    "line",
    [
        "Billed 97110 x2, 97140 x1",
        "97110 2, 97140 1",
        "97110 (2) 97140 (1)",
        "Units: TE 2 / MT 1",
        "2 units TE, 1 unit MT",
        "2 TE 1 MT",
        "2 ther ex, 1 manual",
    ],
)
def test_reads_the_line_within_a_note(line: str) -> None:
    note = "Visit 5\nS: Pain 3/10.\nO: bridges 3x10 25 min, patella glides 10 min\n{}\n3/12 next appt"
    for text in (note.format(line), note.format(line).upper(), note.format(f"- {line}."), note.format(f"| {line} |")):
        assert units(text) == {"97110": 2, "97140": 1}


def test_rows_of_one_code_add_up_but_a_charge_line_restates_them() -> None:
    rows = "Code | What | Min | Units\n97110 | bike | 15 | 1\n97110 | bridges | 15 | 1\n97140 | scar | 8 | 1"
    assert units(rows) == {"97110": 2, "97140": 1}
    assert units(f"{rows}\nBilled 97110 x2, 97140 x1") == {"97110": 2, "97140": 1}


def test_figures_before_their_names_at_the_end_of_a_line() -> None:
    assert units("MT 8 min. Timed 31. 1 NMR 2 TE 1 MT") == {"97112": 1, "97110": 2, "97140": 1}
    assert units("Mechanical traction 12 min, NMR 20 min\nChg: Trxn1 NMR1") == {"97012": 1, "97112": 1}


def test_a_code_of_a_charge_list_without_a_figure_is_one_unit() -> None:
    assert units("Charges: 97164, 97110 x2, 97530 x1") == {"97164": 1, "97110": 2, "97530": 1}
    assert units("Charges: 98940, 97110 x2") == {"97110": 2}  # an adjustment is none of therapy's units
    assert units("Charges: 97164, 97110") is None


def test_units_and_minutes_beside_each_other() -> None:
    stated = find_totals(read("Units 97760 1, 97110 1, 97530 1 (45 min). TE 20 min, TA 25 min"))
    assert stated.units == {"97760": 1, "97110": 1, "97530": 1}
    charged = find_totals(read("Charges (38 min): 97110 2, 97140 1"))
    assert (charged.timed, charged.units) == (38, {"97110": 2, "97140": 1})


def test_span_runs_from_the_first_to_the_last_pair() -> None:
    text = "Tolerated well. Billed 97110 x2, 97140 x1. RTC Thurs."
    stated = find_totals(read(text))
    assert stated.units_span
    assert text[slice(*stated.units_span)] == "97110 x2, 97140 x1"


def test_units_said_once_before_a_list_behind_a_word_for_billing() -> None:
    assert units("Charge one each: 97110, 97112, 97530.") == {"97110": 1, "97112": 1, "97530": 1}
    assert units("Ninety seven one twenty nine one unit, one thirty one unit.") == {"97129": 1, "97130": 1}
