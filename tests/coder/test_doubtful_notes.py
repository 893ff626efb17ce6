"""Turns of speech that change what a claim may hold: lengths of which nobody knows which, corrections, what was not given."""

from __future__ import annotations

from functools import cache

import pytest

import rehabcoder
from rehabcoder.note import CodedNote

TE = "97110 TherEx 20 min: SLR 3x10, leg press 3x12 with verbal cues for quad strength."


@cache
def coder() -> rehabcoder.Coder:
    return rehabcoder.load()


def coded(text: str) -> CodedNote:
    return coder()(text)


def minutes(text: str) -> list[tuple[str, int | None]]:
    return [(service.code, service.minutes) for service in coded(text).interventions]


@pytest.mark.parametrize(
    "said",
    [
        "20-25 min",
        "20 to 25 minutes",
        "20-25'",
        "20 or 25 min",
        "20 min - 25 min",
        "20\u201325 min",
        "twenty to twenty-five minutes",
    ],
)
def test_one_of_two_lengths_is_nobodys_minutes_and_a_person_sees_it(said: str) -> None:
    note = coded(f"Therapeutic exercise x {said}: quad sets, SLR 3x10, leg press 3x12 for quad strength.")
    assert [(s.code, s.minutes) for s in note.interventions] == [("97110", None)]
    assert note.interventions[0].review_reasons == ["uncertain_reading"]


def test_a_bare_range_behind_a_name_is_one_of_two_lengths() -> None:
    note = coded("TE (20-25): shoulder pulleys, wand flexion, bands 3x10. MT (10): GH mobs grade III.")
    assert [(s.code, s.minutes) for s in note.interventions] == [("97110", None), ("97140", 10)]


@pytest.mark.parametrize(
    ("said", "length"),
    [
        ("3:00p - 3:25p", 25), ("3p-3:25p", 25), ("3:00P-3:25P", 25), ("3:00 p.m. \u2013 3:25 p.m.", 25), ("15:00-15:25", 25),
        ("1500-1525", 25), ("3-3:25p", 25), ("3 p.m.-3:25 p.m.", 25), ("300p-325p", 25), ("3.00p-3.25p", 25), ("11:40a-12:10p", 30),
    ],
)  # fmt: skip
def test_a_clock_range_is_the_time_between(said: str, length: int) -> None:
    assert minutes(f"TherEx {said}: quad sets, SLR 3x10 for strength.") == [("97110", length)]


@pytest.mark.parametrize(
    "said", ["Tx time: 3:00p - 3:55p", "Total time 1:15p-2:00p", "Treatment time: 3:00 p.m. to 3:55 p.m."]
)
def test_the_times_of_a_visit_are_no_stated_total(said: str) -> None:
    note = coded(f"{said}. TherEx: quad sets, SLR 3x10 25 min. MT: patellar mobs 15 min.")
    assert note.totals.stated_total is None
    assert "time_inconsistent" not in [flag.id for flag in note.flags]


@pytest.mark.parametrize(
    "said",
    [
        "15 min (error, should be 20 min)", "15 min - correction 20 min", "20 min (not 15 min)", "15 min, I mean 20 min",
        "15 min, make that 20 min", "15 min, sorry, 20 min",
    ],
)  # fmt: skip
def test_minutes_put_right_by_the_writer_are_read_and_never_settled(said: str) -> None:
    note = coded(f"TherEx {said}: rows 3x10, SLR for strength.")
    assert [(s.code, s.minutes) for s in note.interventions] == [("97110", 20)]
    assert note.interventions[0].needs_review


@pytest.mark.parametrize(
    "said",
    [
        "TherEx rows 3x10, SLR for strength 15 min. Correction: TherEx was 20 min.",
        "Addendum: minutes for 97110 should read 20, not 15.\nTherEx 97110 15 min: rows 3x10, SLR for strength.",
        "TherEx rows 3x10, SLR for strength 15 min. Late entry correction: exercise time was 25 minutes.",
    ],
)
def test_a_note_with_a_correction_elsewhere_goes_to_a_person(said: str) -> None:
    assert coded(said).needs_review


@pytest.mark.parametrize(
    "refused",
    [
        "97140 manual therapy 10 min planned but pt declined.",
        "97116 gait training 15 min: cancelled due to pain.",
        "Ther Act 97530 15 min: held secondary to dizziness.",
        "97140 STM to ITB 10 min, offered, declined.",
        "97140 STM to ITB 10 min - planned but pt declined",
        "Aquatic therapy 15 min scheduled but pool closed.",
        "Pt declined MT 10 min.",
        "Manual therapy (97140) 10 min - deferred.",
    ],
)
def test_what_was_meant_and_not_given_is_no_service(refused: str) -> None:
    assert minutes(f"{TE} {refused}") == [("97110", 20)]


def test_what_was_done_in_its_place_is_one() -> None:
    assert minutes(
        f"{TE} Pt declined the stairs but did 97530 15 min: sit to stand from the couch to get up at home."
    ) == [
        ("97110", 20),
        ("97530", 15),
    ]


@pytest.mark.parametrize("said", ["250 min", "120 min", "0 min"])
def test_minutes_that_no_service_takes_are_never_settled(said: str) -> None:
    note = coded(f"97110 TherEx {said}: SLR 3x10, leg press 3x12 with verbal cues for quad strength.")
    assert note.interventions[0].review_reasons == ["uncertain_reading"]


@pytest.mark.parametrize(
    "text",
    [
        "97110 20 min: Krankengymnastik, Beinheben 3x10, Beinpresse 3x12 mit verbalen Hinweisen zur Kr\u00e4ftigung des Quadrizeps.",
        "TherEx 97110 20 min: sentadillas 3x10, puente 3x12, prensa con indicaciones. El paciente toler\u00f3 bien.",
        "97110 20 min: exercices de renforcement, presse 3x12 avec consignes. Le patient a bien tol\u00e9r\u00e9.",
    ],
)
def test_nothing_of_a_note_in_another_language_is_settled(text: str) -> None:
    note = coded(text)
    assert note.needs_review
    assert all(service.needs_review for service in note.interventions)


def test_a_terse_note_is_not_taken_for_another_language() -> None:
    assert (
        not coded("TE 20': SLR 3x10, LAQ 2x15, leg press 70# 3x12.\nMT 10': patellar mobs gr III.")
        .interventions[0]
        .needs_review
    )


@pytest.mark.parametrize(
    ("told", "length"),
    [
        ("SLR, leg press, heel raises, 5 min each.", 15),
        ("SLR 3x10, leg press 3x12, heel raises 3x15; 5 min each.", 15),
        ("SLR, leg press, heel raises and bridges, ea 5 min, for LE strength.", 20),
        ("3 exercises x 5 min each: SLR, leg press, heel raises.", 15),
    ],
)
def test_what_each_part_took_makes_the_minutes_of_the_service(told: str, length: int) -> None:
    note = coded(f"TherEx 97110: {told} MT 10 min: patellar mobs.")
    assert [(s.code, s.minutes) for s in note.interventions] == [("97110", length), ("97140", 10)]
    assert note.interventions[0].needs_review


@pytest.mark.parametrize(
    "told", ["SLR 5 min, leg press 5 min, heel raises 5 min.", "SLR 4 min, leg press 6 min and heel raises 5 min."]
)
def test_a_list_of_parts_each_with_its_time_is_summed(told: str) -> None:
    assert minutes(f"TherEx 97110: {told} MT 10 min: patellar mobs.") == [("97110", 15), ("97140", 10)]


def test_a_time_for_each_side_is_not_multiplied_but_seen() -> None:
    (service,) = coded("TherEx: hamstring and calf stretches, 5 min each side, for flexibility.").interventions
    assert (service.minutes, service.needs_review) == (5, True)


def test_a_time_for_each_service_is_its_own() -> None:
    text = "Interventions (15 min each):\nTher ex: SLR 3x10, leg press 3x12.\nManual therapy: patellar mobs grade III."
    assert minutes(text) == [("97110", 15), ("97140", 15)]


@pytest.mark.parametrize("said", ["MHP and IFC", "MHP with IFC", "MHP w/ IFC", "Hot pack with interferential"])
def test_a_pack_does_not_hide_the_current_given_with_it(said: str) -> None:
    assert "G0283" in dict(minutes(f"{said} x 15 min lumbar. TE 20 min: bridges 3x10 for hip strength."))


@pytest.mark.parametrize("said", ["MHP/IFC", "MHP & IFC", "97010/97014 MHP/IFC"])
def test_a_pack_that_hides_a_current_goes_to_a_person(said: str) -> None:
    assert coded(f"{said} x 15 min lumbar. TE 20 min: bridges 3x10 for hip strength.").interventions[0].needs_review


@pytest.mark.parametrize(
    "taped",
    [
        "McConnell taping to R knee 10 min: patella glided medially.",
        "low-dye taping R foot 10 min.",
        "Kinesiotape to trap 10 min.",
    ],
)
def test_taping_under_a_timed_code_is_never_settled(taped: str) -> None:
    assert coded(f"97140 {taped}\n97110 TE 20 min: SLR 3x10.").interventions[0].needs_review


def test_an_evaluation_does_not_swallow_the_treatment_of_its_day() -> None:
    text = "PT initial evaluation 97161 low complexity 30 min. 97110 TherEx 15 min: SLR 3x10, leg press with cues."
    assert minutes(text) == [("97161", 30), ("97110", 15)]
    text = "Initial evaluation (97161), 30 min. History, ROM, MMT. Then therapeutic exercise 97110 15 min: SLR 3x10."
    assert minutes(text) == [("97161", 30), ("97110", 15)]


@pytest.mark.parametrize(
    "text",
    [
        "Occupational therapy note. 97161 evaluation, low complexity, 30 min. J. Doe, OTR/L",
        "PT: 97110 TE 20 min: SLR 3x10 for strength.\nOT: 97535 self care 25 min: dressing with sock aid min A.",
    ],
)
def test_a_note_of_two_disciplines_goes_to_a_person(text: str) -> None:
    assert coded(text).needs_review


@pytest.mark.parametrize("billed", ["97014", "G0283", "97010"])
def test_a_modality_billed_and_not_told_of_is_a_units_mismatch(billed: str) -> None:
    note = coded(f"97110 TherEx 20 min: SLR 3x10, leg press 3x12 for quad strength.\nBilled: 97110 x1, {billed} x1")
    assert [flag.id for flag in note.flags if flag.severity == "high"] == ["units_mismatch"]


def test_an_aquatic_service_with_a_part_done_alone_goes_to_a_person() -> None:
    text = "Aquatic therapy 97113 x 40 min: water walking, squats with PT in the water cueing; last 10 min independent deep water jog."
    assert coded(text).interventions[0].needs_review


@pytest.mark.parametrize(
    "taught",
    ["97535 HEP instruction 10 min.", "97110 HEP review 10 min performed with pt.", "HEP instruction 8 min (97535)."],
)
def test_a_home_programme_taught_under_a_code_is_no_service_and_a_person_sees_it(taught: str) -> None:
    note = coded(f"97530 TA 15 min: sit to stand from the couch to get up at home. {taught}")
    assert "97535" not in [s.code for s in note.interventions]
    assert note.needs_review
