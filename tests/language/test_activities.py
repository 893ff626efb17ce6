"""Activities and doses, read from descriptions with the answer beside them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabcoder.language.activities import find_activities
from rehabcoder.language.lexicon import activity_spellings, load_lexicon, spellings
from rehabcoder.language.reading import read
from rehabcoder.note import Activity

SHORT = {"part": "body_part", "hold": "hold_seconds"}
FIELDS = ("body_part", "side", "muscle", "sets", "reps", "hold_seconds", "load", "distance", "assist", "device")


def said(activity: Activity) -> str:
    """An activity as the answers below write it: its name, then what else is known of it."""
    known = [f"{field}={getattr(activity, field)}" for field in FIELDS if getattr(activity, field) is not None]
    return " ".join([activity.name, *known])


def activities(text: str) -> list[str]:
    return [said(a) for a in find_activities(read(text), 0, len(text))]


def expect(text: str, *answers: str) -> None:
    expanded = []
    for answer in answers:
        for short, field in SHORT.items():
            answer = re.sub(rf"\b{short}=", f"{field}=", answer)
        expanded.append(answer)
    assert activities(text) == expanded


NAMES = [
    ("STS x5", "sit to stand reps=5"),
    ("sit<>stand x5", "sit to stand reps=5"),
    ("sit-to-stands x 5", "sit to stand reps=5"),
    ("sit\u2194stand x5", "sit to stand reps=5"),
    ("SLS 3 x 20 sec", "single-leg stance reps=3 hold=20"),
    ("sup>EOB", "supine to sit"),
    ("toilet t/f", "toilet transfer"),
    ("bed mob", "bed mobility"),
    ("UBE", "arm ergometer part=arm"),
    ("VORx1", "gaze stabilization"),
    ("R Epley", "BPPV repositioning side=right"),
    ("scap squeezes", "scapular retraction part=scapula"),
    ("squatting to a chair", "squat"),
    ("spaced retrieval", "memory training"),
    ("LB dressing", "lower body dressing"),
    ("noodle bicycle", "deep-water cycling"),
    ("tummy time", "developmental positions"),
    ("IFC to L/S", "interferential current part=lumbar spine"),
]


@pytest.mark.parametrize(("text", "answer"), NAMES)
def test_name(text: str, answer: str) -> None:
    expect(text, answer)


DOSES = [
    ("bridges 3x10", "bridge sets=3 reps=10"),
    ("bridges 3 sets of 12", "bridge sets=3 reps=12"),
    ("bridges, three sets of ten", "bridge sets=3 reps=10"),
    ("bridges x20", "bridge reps=20"),
    ("bridges 20 reps", "bridge reps=20"),
    ("bridges 4x8-10", "bridge sets=4 reps=8"),
    ("bridges 3x10x5s", "bridge sets=3 reps=10 hold=5"),
    ("bridges 2x15 with 10 sec hold", "bridge sets=2 reps=15 hold=10"),
    ('calf stretch 3x30"', "calf stretch muscle=calf reps=3 hold=30"),
    ("calf stretch 3 x 30", "calf stretch muscle=calf reps=3 hold=30"),
    ("calf stretch 3 x 1 min", "calf stretch muscle=calf reps=3 hold=60"),
    ("LAQ 4# 3x12", "long arc quad muscle=quadriceps sets=3 reps=12 load=4 lb"),
    ("leg press 50 kg 3x10", "leg press part=leg sets=3 reps=10 load=50 kg"),
    ("rows with green t-band 2x15", "row sets=2 reps=15 load=green band"),
    ("GTB rows 2x15", "row sets=2 reps=15 load=green band"),
    ("NuStep L4 8'", "recumbent stepper load=level 4"),
    ("carries 20 lb crate 40' x8", "carrying reps=8 load=20 lb distance=40 ft"),
    ("gait 2 x 150 ft", "gait training reps=2 distance=150 ft"),
    ("walked 4 lengths", "walking distance=4 lengths"),
    ("SAQ 20, LAQ 15, done", "short arc quad muscle=quadriceps reps=20", "long arc quad muscle=quadriceps reps=15"),
]


@pytest.mark.parametrize("case", DOSES, ids=lambda case: case[0])
def test_dose(case: tuple[str, ...]) -> None:
    expect(*case)


def test_shared_dose_belongs_to_each_of_a_list() -> None:
    expect(
        "LAQ, SLR, HS curls 3x10 ea",
        "long arc quad muscle=quadriceps sets=3 reps=10",
        "straight leg raise part=leg sets=3 reps=10",
        "hamstring curl muscle=hamstrings sets=3 reps=10",
    )


def test_a_count_of_its_own_ends_the_list_behind_it() -> None:
    expect(
        "clams x20, qs/slr 3x10",
        "clamshell reps=20",
        "quad set muscle=quadriceps sets=3 reps=10",
        "straight leg raise part=leg sets=3 reps=10",
    )


def test_members_of_a_list_have_loads_of_their_own() -> None:
    expect(
        "LAQ 3 lb, hip abd at counter, mini squats 2x10",
        "long arc quad muscle=quadriceps sets=2 reps=10 load=3 lb",
        "hip abduction part=hip sets=2 reps=10",
        "squat sets=2 reps=10",
    )


def test_how_an_exercise_is_done_is_no_second_exercise() -> None:
    expect("Spanish squat iso 5x45 s", "squat reps=5 hold=45")
    expect("VOR x1, feet together, 3 x 60 s", "gaze stabilization reps=3 hold=60")


def test_devices_name_the_activity_where_no_word_does() -> None:
    expect("plate guard, weighted spoon", "eating device=plate guard, weighted utensil")


def test_a_stretch_does_not_take_the_dose_of_exercises_nor_give_its_own() -> None:
    expect("bridges, calf stretch 3x30 s", "bridge", "calf stretch muscle=calf reps=3 hold=30")


def test_a_heavy_load_is_not_shared() -> None:
    expect("squats, leg press 90# 3x10", "squat sets=3 reps=10", "leg press part=leg sets=3 reps=10 load=90 lb")


def test_a_dose_in_front_of_its_activity() -> None:
    expect("10 lb goblet squats 3x8", "squat sets=3 reps=8 load=10 lb")
    expect("clams 2x15, 3x12 bridges", "clamshell sets=2 reps=15", "bridge sets=3 reps=12")


NO_DOSE = [
    ("TE x15 bridges", "bridge"),  # minutes or units behind a label
    ("bridges 15 min", "bridge"),
    ("97110 x2: bridges", "bridge"),
    ("bridges, LOB x3", "bridge"),
    ("bridges, rest every 3 reps", "bridge"),
    ("bridges, dizzy 3/10 in 90 s", "bridge"),
    ("bridges 3x/wk", "bridge"),
    ('step-ups 6"', "step-up"),
    ("cold pack x 10", "cold pack"),
    ("sit to stand from 17 in chair", "sit to stand"),
]


@pytest.mark.parametrize(("text", "answer"), NO_DOSE)
def test_numbers_that_are_no_dose(text: str, answer: str) -> None:
    expect(text, answer)


PLACES = [
    ("R hip abd 3x10", "hip abduction part=hip side=right sets=3 reps=10"),
    ("ankle DF/PF x20", "ankle dorsiflexion part=ankle reps=20", "ankle plantarflexion part=ankle reps=20"),
    ("SLR R 2x10", "straight leg raise part=leg side=right sets=2 reps=10"),
    ("heel raises B", "calf raise side=both muscle=calf"),
    ("AROM wrist flex/ext", "active range of motion part=wrist"),
    ("BUE AROM", "active range of motion part=arm side=both"),
    ("STM to R upper trap and levator", "soft tissue mobilization side=right muscle=upper trapezius, levator scapulae"),
    ("GH post glides gr III", "joint mobilization part=shoulder"),
    ("tib ER/IR gr II", "joint mobilization"),
    ("patella gr III", "joint mobilization part=patella"),
    ("hamstring and calf stretches", "hamstring stretch muscle=hamstrings", "calf stretch muscle=calf"),
    ("US 1 MHz 1.2 W/cm2 L shoulder", "ultrasound part=shoulder side=left"),
    ("triceps red band 3x10", "triceps extension muscle=triceps sets=3 reps=10 load=red band"),
    ("cold pack, L knee", "cold pack part=knee side=left"),
]


@pytest.mark.parametrize("case", PLACES, ids=lambda case: case[0])
def test_body_part_side_and_muscle(case: tuple[str, ...]) -> None:
    expect(*case)


HELP = [
    ("toilet transfer min A", "toilet transfer assist=min A"),
    ("toilet transfer with moderate assistance", "toilet transfer assist=mod A"),
    ("toilet transfer mod A x2", "toilet transfer assist=mod A x2"),
    ("toilet transfer max A of 1", "toilet transfer assist=max A"),
    ("toilet transfer min A (25%)", "toilet transfer assist=min A 25%"),
    ("toilet transfer mod A > CGA", "toilet transfer assist=mod A to CGA"),
    ("toilet transfer SBA", "toilet transfer assist=SBA"),
    ("toilet transfer mod I", "toilet transfer assist=mod I"),
    ("toilet transfer independently", "toilet transfer assist=independent"),
    ("total assist for rolling", "rolling assist=total A"),
    ("rolling, scooting, sup>sit mod A", "rolling assist=mod A", "scooting assist=mod A", "supine to sit assist=mod A"),
    ("sit to stand x5. CGA throughout.", "sit to stand reps=5 assist=CGA"),
    ("sit to stand x5, min VC", "sit to stand reps=5"),
]


@pytest.mark.parametrize("case", HELP, ids=lambda case: case[0])
def test_help(case: tuple[str, ...]) -> None:
    expect(*case)


DEVICES = [
    ("SLS on Airex", "single-leg stance device=foam"),
    ("amb 120 ft with RW", "walking distance=120 ft device=rolling walker"),
    ("LB dressing with reacher and sock aid", "lower body dressing device=reacher, sock aid"),
    ("hip hinge with dowel", "hip hinge part=hip device=dowel"),
    ("dowel 2x10", "wand exercise sets=2 reps=10"),
    ('mini squats on 4" box', "squat device=step"),
    ("walked 50 ft without walker", "walking distance=50 ft"),
    ("FWW 2 x 85 ft, CGA", "walking reps=2 distance=85 ft assist=CGA device=front-wheeled walker"),
]


@pytest.mark.parametrize(("text", "answer"), DEVICES)
def test_device(text: str, answer: str) -> None:
    expect(text, answer)


NOT_DONE = [
    "cues for weight shift",
    "to improve stairs",
    "next visit step-ups",
    "so that she can carry groceries",
    "flexion 108 today",
    "hip abduction strength 4/5",
    "SLR deferred",
    "manual stretch not required",
    "no loss of balance",
    "Therapeutic exercise x 15 min",
    "",
]


@pytest.mark.parametrize("text", NOT_DONE)
def test_what_is_no_activity(text: str) -> None:
    expect(text)


def test_a_heading_gives_way_to_what_it_heads() -> None:
    expect("Balance training: tandem stance", "tandem stance")
    expect("Gait training 15 min", "gait training")


def test_a_second_mention_is_not_a_second_activity() -> None:
    expect("Sit to stand practised. Sit to stand x5 min A", "sit to stand reps=5 assist=min A")


def test_only_todays_column_of_a_flowsheet_counts() -> None:
    expect("bridges     2x8   2x10   [3x12]\nclams    2x8    2x10", "bridge sets=3 reps=12", "clamshell sets=2 reps=10")


def test_words_glued_by_a_lost_line_break() -> None:
    expect("8 minutesEnergy conservation", "energy conservation")


def test_misspelt_words() -> None:
    expect("calf strech 3x30, mini sqauts 2x10", "calf stretch muscle=calf reps=3 hold=30", "squat sets=2 reps=10")


def test_only_the_stretch_asked_for_is_read() -> None:
    text = "bridges 3x10\nclams 2x15"
    found = find_activities(read(text), 13, len(text))
    assert [said(a) for a in found] == ["clamshell sets=2 reps=15"]


def test_offsets_point_at_the_name() -> None:
    text = "Today: SLR 2x10, mini squats x5"
    cut = [text[a.start : a.end] for a in find_activities(read(text), 0, len(text))]
    assert cut == ["SLR", "mini squats"]


# The lexicon


def test_the_lexicon_is_broad() -> None:
    names = {name for _, names, _ in activity_spellings() for name in names.split(" & ")}
    assert len(names) > 300
    kinds = {kind for kind, _, _ in activity_spellings()}
    assert {"exercise", "balance", "gait", "transfer", "selfcare", "manual", "modality", "hand"} <= kinds
    assert {"vestibular", "child", "water", "cognition"} <= kinds


def test_no_spelling_stands_for_two_activities() -> None:
    forms = load_lexicon().forms
    owners: dict[tuple[str, ...], set[str]] = {}
    for _, name, pattern in activity_spellings():
        for words in spellings(pattern.lstrip("^<@#~!$")):
            owners.setdefault(tuple(forms.get(word, word) for word in words), set()).add(name)
    assert {words: names for words, names in owners.items() if len(names) > 1} == {}


def test_every_name_is_read_as_itself() -> None:
    odd = []
    for kind, name, _ in activity_spellings():
        if " & " in name or kind == "motion":
            continue
        found = [activity.name for activity in find_activities(read(name), 0, len(name))]
        if found != [name]:
            odd.append((name, found))
    assert odd == []


def test_the_same_words_are_read_alike_in_every_process() -> None:
    code = (
        "import sys, json; from rehabcoder.language.lexicon import load_lexicon;"
        "print(json.dumps(sorted(load_lexicon().forms.items())))"
    )
    source = str(Path(__file__).parents[2] / "src")
    runs = set()
    for seed in ("1", "2"):
        env = {"PYTHONHASHSEED": seed, "PYTHONPATH": source}
        runs.add(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=env).stdout)
    assert len(runs) == 1
    assert len(json.loads(runs.pop())) > 5000


# Any text at all

_VOCABULARY = """
    squat squats LAQ SLR hip knee abd flex ext AROM R L B 3x10 2x15 x10 4# 30s 10' 6" red band RW foam min A CGA mod to >
    , ; . | [ ] ( ) - with of and calf stretch STM gait walk 150 ft cue for no was every 15 min TE 97110 gr III hold 5
"""
_WORDS = st.sampled_from(["\n", *_VOCABULARY.split()])
_LISTS = st.lists(_WORDS, max_size=40)
_TEXTS = st.one_of(st.text(max_size=200), _LISTS.map(" ".join), _LISTS.map("".join))


@given(_TEXTS, st.data())
def test_any_text_is_read_and_offsets_cut_its_own_words(text: str, data: Any) -> None:
    start = data.draw(st.integers(-2, len(text) + 2))
    end = data.draw(st.integers(-2, len(text) + 2))
    found = find_activities(read(text), start, end)
    assert [said(a) for a in found] == [said(a) for a in find_activities(read(text), start, end)]
    for activity in found:
        assert activity.start is not None
        assert activity.end is not None
        assert max(0, start) <= activity.start < activity.end <= min(len(text), end)
        words = text[activity.start : activity.end]
        assert words.strip() == words
        assert activity.name
        for number in (activity.sets, activity.reps, activity.hold_seconds):
            assert number is None or number >= 0


@given(_LISTS.map(" ".join))
def test_offsets_cut_whole_words(text: str) -> None:
    for activity in find_activities(read(text), 0, len(text)):
        assert activity.start is not None
        assert activity.end is not None
        before, after = text[: activity.start][-1:], text[activity.end :][:1]
        assert not (before.isalnum() and text[activity.start].isalpha())
        assert not (after.isalnum() and text[activity.end - 1].isalpha())


def _seconds(text: str) -> float:
    reading = read(text)
    begun = time.process_time()
    find_activities(reading, 0, len(text))
    return time.process_time() - begun


REPEATED = ["SLR, ", "---------", "min a ", "squat squat ", "3x10 ", "calf ", "SLR deferred ", "AbCd"]


@pytest.mark.parametrize("unit", REPEATED)
def test_a_long_text_takes_time_in_proportion(unit: str) -> None:
    short, long = unit * (6_000 // len(unit)), unit * (48_000 // len(unit))
    _seconds(short)
    # Eight times the text: a quadratic step would take sixty-four times as long.
    assert min(_seconds(long) for _ in range(2)) < 24 * max(min(_seconds(short) for _ in range(3)), 0.002)
