"""Whether a description says what was done."""

from __future__ import annotations

import pytest

from rehabcoder.language.detail import content_words
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
    ],
)
def test_a_service_that_is_only_named_says_nothing(text: str) -> None:
    assert words_in(text) == 0


@pytest.mark.parametrize(
    "text",
    [
        "Ther ex 15 min bridges",
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
