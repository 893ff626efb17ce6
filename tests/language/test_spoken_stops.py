"""Stops that were spoken and written out as words part what was said as real ones do."""

from rehabcoder.language.reading import read
from rehabcoder.language.text import shadow

SAID = "Gait in the hall comma cane on the left period Stairs by the rail period next line Goal is the bus period"


def test_the_words_become_their_marks_in_the_same_room() -> None:
    low = shadow(SAID)
    assert len(low) == len(SAID)
    assert "".join(low.split()) == "gaitinthehall,caneontheleft.stairsbytherail.goalisthebus."
    assert low.count("\n") == 1


def test_pieces_end_at_them() -> None:
    assert [SAID[piece.start : piece.end] for piece in read(SAID).pieces] == [
        "Gait in the hall comma cane on the left period",
        "Stairs by the rail period",
        "Goal is the bus period",
    ]


def test_times_and_labels_are_read_between_them() -> None:
    text = "Therapeutic exercise twenty minutes comma leg press period next line Gait training fifteen minutes comma cane period"
    reading = read(text)
    assert [(label.code, text[label.start : label.end]) for label in reading.labels] == [
        ("97110", "Therapeutic exercise"),
        ("97116", "Gait training"),
    ]
    assert [time.minutes for time in reading.times] == [20, 15]


def test_words_that_are_meant_stay_words() -> None:
    for text in (
        "A rest period of two minutes, then a second rest period; a long period of sitting; one more rest period",
        "In the period of her stay she slept well",
    ):
        assert shadow(text) == text.lower()
