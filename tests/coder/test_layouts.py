"""One visit, written down in the layouts that record systems and their users have: the claim is the same in all of them."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from coding import coder

from rehabcoder import Note


class Given(NamedTuple):
    """What was given in the visit."""

    number: int
    name: str
    short: str
    code: str
    minutes: int
    units: int
    told: str
    start: str
    stop: str


VISIT = (
    Given(
        1, "Therapeutic Exercise", "TE", "97110", 15, 1,
        "Leg press 80# 3x10, SLR 2x15, heel raises 3x12 for quad and calf strength; load dropped from 90# when R knee shook.",
        "1:00", "1:15",
    ),
    Given(
        2, "Manual Therapy", "MT", "97140", 10, 1,
        "Patellar glides grade III all directions and scar mobilization; pressure adjusted to pt's tolerance.", "1:15", "1:25",
    ),
    Given(
        3, "Therapeutic Activities", "TA", "97530", 18, 1,
        "Sit to stand from low chair x10 carrying a laundry basket, stairs with groceries x4; cues for hip hinge and pacing.",
        "1:25", "1:43",
    ),
)  # fmt: skip
HEAD = """PT Daily Note   DOS 5/6/2026   Visit 6 of 12
Dx: s/p R TKA
Subjective: Stairs easier than last week, pain 3/10. Walks 10 min daily at home.
"""
TAIL = """
Response: pain 2/10 after, tolerated well. Flexion 112 today, 104 last visit.
Goal: climb stairs to bedroom reciprocally with laundry by 6/15.
Plan: cont 2x/wk, HEP daily 15 min.
"""


def coded(text: str) -> list[tuple[str, int | None]]:
    [answer] = coder().code([Note("n", text)])
    return [(service.code, service.minutes) for service in answer.interventions]


@pytest.mark.parametrize(
    "layout",
    [
        "{name} ({minutes} min): {told}",
        "{code} {name} - {minutes} min: {told}",
        "{code} x {minutes} min: {told}",
        "{short} x {minutes}: {told}",
        "{short} {minutes}' - {told}",
        "- {name}, {minutes} min\n   {told}",
        "* {told} ({short} {minutes} min)",
        "{name}\n{told} {minutes} min.\n",
        "{name}:\n{told}\nTime: {minutes} minutes\n",
        "Procedure: {name}\nCPT: {code}\nMinutes: {minutes}\nUnits: {units}\nComments: {told}\n",
        "CPT: {code} | Minutes: {minutes} | Units: {units} | {told}",
        "| {code} | {name} | {told} | {minutes} |",
        "{code}\t{name}\t{minutes}\t{told}",
        '{code},{name},{minutes},"{told}"',
        "{number}. {name} {code} ({minutes} min) {told}",
        "{minutes} min {name}: {told}",
        "{minutes} minutes - {short} - {told}",
        "{name} [{code}] [{units} unit] [{minutes} min]\n{told}",
        "{code}/{short}/{minutes} min/{told}",
        "Skilled intervention: {name}. {told} Duration {minutes} min.",
        "Patient performed {name} for {minutes} minutes including {told}",
        "[x] {name}  {minutes} min  {told}",
        "{name} -- Duration: {minutes} min -- {told}",
        "{name}    {minutes}\n  {told}",
        "{start}-{stop} {name}: {told}",
        "{name} (start {start} stop {stop}) {told}",
        # A heading of two lines: a name, and its code and minutes.
        "> {name}\nCode {code}   Time {minutes}\n{told}\n",
        "{name}\nCPT {code} | Minutes: {minutes}\n{told}\n",
        "{name}\nMinutes: {minutes}   CPT: {code}\n{told}\n",
        "{name}:\n{code} - {minutes} min - {units} unit\n{told}\n",
        "## {name}\n- Code: {code}\n- Minutes: {minutes}\n- {told}\n",
        "{name} - {code}\n{minutes} minutes\n{told}\n",
    ],
)
@pytest.mark.parametrize("capitals", [False, True])
def test_each_service_with_its_minutes(layout: str, capitals: bool) -> None:
    body = "\n".join(layout.format(**given._asdict()) for given in VISIT)
    text = HEAD + body + TAIL
    assert coded(text.upper() if capitals else text) == [("97110", 15), ("97140", 10), ("97530", 18)]


@pytest.mark.parametrize(
    ("layout", "foot"),
    [
        ("{name}: {told}", "Timed minutes: 97110 15, 97140 10, 97530 18. Total 43."),
        ("{name}: {told}", "TE 15 / MT 10 / TA 18 = 43 min"),
        ("{told}", "Minutes: therapeutic exercise 15, manual therapy 10, therapeutic activities 18. Total 43."),
        ("{told}", "Charges: 97110 15 min (1), 97140 10 min (1), 97530 18 min (1)"),
        (
            "{told}",
            "Code   Service   Min  Units\n97110  Ther Ex  15  1\n97140  Manual Therapy  10  1\n97530  Ther Act  18  1",
        ),
        ("{name}: {told}", "| Code | Min | Units |\n| 97110 | 15 | 1 |\n| 97140 | 10 | 1 |\n| 97530 | 18 | 1 |"),
    ],
)
def test_minutes_at_the_foot(layout: str, foot: str) -> None:
    body = "\n".join(layout.format(**given._asdict()) for given in VISIT)
    assert coded(HEAD + body + TAIL + foot) == [("97110", 15), ("97140", 10), ("97530", 18)]
