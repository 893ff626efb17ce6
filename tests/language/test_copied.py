from __future__ import annotations

import pytest

from rehabcoder.language.aside import set_aside
from rehabcoder.language.copied import copied_stretches, without
from rehabcoder.language.reading import read
from rehabcoder.language.text import shadow
from rehabcoder.language.totals import find_totals


def copied(text: str) -> list[str]:
    return [text[start:end] for start, end in copied_stretches(shadow(text))]


@pytest.mark.parametrize(
    "text",
    [
        "*** pulled forward from 10/03: MT 15 min, TE 20 min. Billed 97140 1. ***",
        "^^ last note (10/18) kept for reference: traction 15 min, TE 15. ^^",
        'Prior visit text retained (11/17): "Verbal cues x4. Pain 6 to 4."',
        '[copied 11/14] "20 min NMR, 15 min TE; goals cont: 0/10."',
        'CARRIED FORWARD 11/21: "TE 30 min, traction 15 min. Plan carries."',
        'Copied from 12/02 for the adjuster: "MT 15 min. 97140-1 97110-2."',
        "<< copied from previous visit\nTE 20 min\n>>",
        "Copy forward 3/4 - MT 12, TE 20",
        "c/f 3/4/26: TE 20, MT 10",
        'Text from last visit: "TE x 20\'"',
        "Prev note copied, not edited: TE 20 min",
        "(cf from 11/13: TE 25, MT 15; pain 5.)",
        "<<paste 5/14: TE 30 min bike, SLR; MT 8 min>>",
        "<<from 5/14: TE 30 min bike, SLR; MT 8 min>>",
        "<<5/14 note: TE 30 min bike, SLR; MT 8 min>>",
        "<<prior visit 5/14 - TE 30 min\nMT 8 min>>",
    ],
)
def test_text_marked_as_copied(text):
    assert copied(text) == [text]
    assert copied(f"S: Knee stiff.\n{text}\nTE 15 min: squats 3x10") == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Copied 6 of 10 words on the line",
        "Copied 8/10 words: cues x2",
        "Headrest brought forward, tilt reduced",
        "Pt carried forward 20 lb box 30 ft",
        "Carried over from last session well.",
        "Brought forward foot first over the step. 97110 15",
        "Pulled forward on the strap 3x10",
        "Weight carried forward: stance leg 97112 12 min",
        "Copied 10/12 letters",
        "Retained from last visit: 4/10 words recalled",
        "Goals carried over.",
        "Goals (copied): dress for preschool with 1 prompt or less",
        "<<5/14: TE 30 min>>",
        "Pasted 8/10 shapes, TA 12 min",
    ],
)
def test_what_was_carried_or_copied_by_the_patient(text):
    assert copied(text) == []


def test_a_heading_alone_rules_the_block_below_down_to_a_blank_line_or_to_today():
    assert copied("[carried forward from 6/09]\nTE 25 min\n\n[today]\nTE 20") == [
        "[carried forward from 6/09]\nTE 25 min"
    ]
    assert copied("Carried forward:\nTE 25 min\nToday: TE 20") == ["Carried forward:\nTE 25 min"]
    assert copied("Carried forward from last visit:\n6/09 TE 25\nMT 10\n6/12 TE 20") == [
        "Carried forward from last visit:\n6/09 TE 25\nMT 10"
    ]
    assert copied("Carried forward:\nTE 25 min\nMT 10 min") == []  # where it is over nothing says


def test_what_follows_on_the_same_line_is_copied_as_far_as_today():
    text = "Copied from last note: TE 15 min bridges, MT 10 min. Today: TE 20 min squats."
    assert copied(text) == ["Copied from last note: TE 15 min bridges, MT 10 min"]


def test_copied_text_gives_no_label_no_time_no_units_and_no_service():
    text = "[carried forward from 6/09]\nTE 25 min: bridges\nBilled 97110 x2\n\nTE 12 min: squats\nBilled 97110 x1"
    reading = read(text)
    assert [time.minutes for time in reading.times] == [12]
    assert find_totals(reading).units == {"97110": 1}
    assert [reading.pieces[i].line for i in set_aside(reading)] == [0, 1, 2]
    assert len(reading.low) == len(reading.masked) == len(text)
    assert "bridges" in reading.masked  # its words stay: a goal that was carried forward counts


def test_blanking_keeps_length_and_lines():
    assert without("ab\ncd\nef", [(1, 4)]) == "a \n d\nef"


def test_a_marker_with_a_remark_heads_the_block_below_it() -> None:
    text = "[copied from 11/04 - edit before signing]\nTE 15 min, gait 80 ft.\n\n*** 11/06 ***\nTA 18 min"
    assert [text[start:end] for start, end in copied_stretches(text.lower())] == [text[: text.index("\n\n***")]]


@pytest.mark.parametrize(
    ("before", "old", "behind"),
    [
        ("", "11/05: Seated ther ex 15 min. Gait 75 ft, 15 min.\n", "11/07 TODAY: bike 10 min."),
        ("Goal: mow the lawn\n", "9/28 - MT 12, TE 20\n", "10/1 (today) - MT 10, TE 25"),
        ("", "12/29/25: TE 20 min\ngait 10 min\n", "Today 1/02/26: TE 15 min"),
        ("PT log\n", "Mon 3/02: stairs x3, 12 min\n", "Fri 3/06 this visit: stairs x5, 14 min"),
        ("", "Oct 3: putty, 15 min\n", "Oct. 10 today: putty, 20 min"),
        ("OT - carried forward from 4/11\n", "4/11: toilet transfers 15 min\n", "4/13: toilet transfers 20 min"),
        ("6/10 today: TE 25 min\n", "6/08: TE 20 min", "\nGoal: walk to church"),
    ],
)
def test_the_entry_of_an_earlier_day_beside_that_of_today(before, old, behind):
    assert copied(f"{before}{old}{behind}") == [old]


@pytest.mark.parametrize(
    "text",
    [
        "11/05: TE 15 min\n11/07: TE 20 min",
        "10/16: Board placed by pt, cues x2. TE 15 min",
        "3/10 pain today: less\n2/10 after",
        "11/07 today: TE 20 min\n11/14: recheck due",
        "AROM 5/12: 40, today: 55",
    ],
)
def test_other_dates_and_ratings_are_no_entries_of_earlier_days(text):
    assert copied(text) == []
