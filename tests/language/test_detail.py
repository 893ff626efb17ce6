"""Whether a description says what was done."""

from __future__ import annotations

import pytest

from rehabcoder.language.detail import content_words, only_named
from rehabcoder.language.reading import read


def words_in(text: str) -> int:
    reading = read(text)
    return content_words(reading.low, reading.labels, 0, len(text))


@pytest.mark.parametrize(
    "text",
    [
        "Ther ex 15 min",
        "Manual therapy 10 min, see last note",
        "97110 TKA protocol, phase 2",
        "97110 20 min: R LE strengthening per protocol",
        "Therapeutic activities were performed, twelve minutes.",
        "NMR per the vestibular team's handout, 10 min",
        "97530 functional training x 15",
        "97112 - balance work, as listed",
        "TherEx: standing program, see card 4 in red folder",
        "She then did her exercises in the sling",
        "Therapeutic exercise to improve strength and ROM of both knees, 25 minutes",
        "WHEELCHAIR SKILLS 8 MIN",
        "Ther act at bed and table, 8 min",
        "Type: 97110 Ther Ex   Dur: 15\nDetail: per flowsheet",
        "97112 NMR - description: as charted",
        "Intervention: manual therapy   Duration 12   Comments: as documented",
        "97140 L shoulder 10 min",
        "te\tquads + grip per sheet",
        "Therapeutic exercise, rotator cuff and scapular, per log, 12 min",
        "Ther ex 97110 15 min   \u2610 UBE  \u2610 wall slides  [ ] step ups",
        "Therapeutic exercise ten minutes in the wheelchair to address weakness",
        "PROC 97110  8 MIN  ther ex",
    ],
)
def test_a_service_that_is_only_named_says_nothing(text: str) -> None:
    assert words_in(text) == 0


@pytest.mark.parametrize(
    "text",
    [
        "Ther ex 15 min bridges",
        "MT (97140)  lumbar PA gr III L4-5",
        "Manual [97140] 8 min, TFL stm",
        "te\tgrip, pinch 12",
        "97110: treadmill per protocol",
        "Manual therapy 10 min, STM upper trap",
        "NMR tandem stance, see card 4",
        "Gait with cane, 8 min",
        "97542 ramp and curb, 12 min",
        "In the sling: pendulums",
        "TA: w/c to bed x3",
        "Ther act 10 min, mat > chair",
        "Ther ex 97110 15 min   \u2610 UBE  \u2612 wall slides",
        "Therapeutic exercise to improve strength: leg press",
    ],
)
def test_one_word_of_what_was_done_is_enough_to_count(text: str) -> None:
    assert words_in(text) > 0


def test_words_are_counted_without_labels_figures_and_letters() -> None:
    assert words_in("97110 Ther Ex L3 2x10 heel slides, clamshells w/ red band 12 min") == 5


def test_the_name_of_a_field_says_nothing_of_what_was_done() -> None:
    assert words_in("row3.code=97530; row3.act=ther act") == 0
    assert words_in("tx[2].note: ther act") == 0
    assert words_in("row3.act=stairs with a bag") > 0


def named_alone(text: str) -> bool:
    reading = read(text)
    return only_named(reading.low, reading.labels, 0, len(text))


@pytest.mark.parametrize(
    "text",
    [
        "Ther ex: as tolerated\nRamp refused. Walk declined.",
        "97110 ten minutes on the mat after",
        "97530 | 0800 | 0815 | Ind | R UE TherEx",
        "Neuro re-ed was administered for 9 minutes and",
        "97112 at the table, 40 min for the lot",
        "- te for legs",
        "TA xfers 15m",
        "transfer training, 8 minutes",
        "NMR stdg bal 10m",
        "97535 ADL retraining 20 min",
        "Therapeutic activities in the kitchen",
        "97112 core stabilization 12 min",
        "97110 x 12 min, LE ex",
        "UE ex 2 x 10 min",
    ],
)
def test_what_is_known_to_be_a_service_is_only_named(text: str) -> None:
    assert named_alone(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ther ex: bridges, clams\nRamp refused.",
        "97110 ten minutes, leg press after the bike",
        "97530 | 0800 | 0815 | Ind | cans to the shelf",
        "NMR 15 min: squat",
        "Ther ex 10 min, bike, stairs declined",
        "LE ex both legs 2x15.",
        "ther ex UE sitting 3 x 12 2#",
    ],
)
def test_one_word_of_what_was_done_is_enough(text: str) -> None:
    assert not named_alone(text)
