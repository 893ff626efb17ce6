"""Stated minutes: how notes say the timed and the total minutes of a session, and what says neither."""

from __future__ import annotations

import pytest

from rehabcoder.language.reading import read
from rehabcoder.language.totals import find_totals

# text, timed minutes, total minutes
STATED = [
    ("timed  23     total  35", 23, 35),
    ("TIMED 23 MIN   TOTAL 35 MIN", 23, 35),
    ("timed 23     untimed 12    total 35", 23, 35),
    ("23 timed      35 total   97110 2", 23, 35),
    ("Total timed 43 / Total treat 53", 43, 53),
    ("Treat time 53, timed 43", 43, 53),
    ("Timed 45 min   Total 40 min", 45, 40),
    ("Timed 45 min. Total 40 min.", 45, 40),
    ("Timed 38   Visit 48", 38, 48),
    ("Timed 38 / Tx 48", 38, 48),
    ("Timed 38. Visit 7", 38, None),
    ("40 timed, 50 total", 40, 50),
    ("Total Tx Time: 53  Timed Code Time: 43", 43, 53),
    ("timed forty three total fifty three", 43, 53),
    ("total time thirty three timed twenty three two units of 97112 and one of 95992 see her friday", 23, 33),
    ("total treatment forty minutes timed thirty eight minutes see him friday", 38, 40),
    ("97140  Manual   1u   patellar mobs\n97016  Vasopneumatic   1u   15 min\nTTT 55", None, 55),
    ("Timed 43 mins with total of 53", 43, 53),
    ("Timed 43, Berg total 46", 43, None),
    ("Home visit, I was with him 50 minutes, daughter present. Dressing at the bed.", None, 50),
    ("I was with Mrs. Lee for 45 minutes. Dressing at the bed.", None, 45),
    ("I was with her 10 minutes at the sink. Dressing 20 minutes.", None, None),
    ("His daughter was with him for 45 minutes.", None, None),
    ("We had forty minutes this morning.", None, 40),
    ("We had forty minutes this morning between the leg exercises and the back steps.", None, None),
    ("Total 45 min between TE and TA", None, 45),
    ("TE 20 min rows\nTA 18 min crates\nDirect 1:1 = 38 min. Total = 44 min.", 38, 44),
    ("Rows for 20 minutes. Bridges 18 minutes. Thirty-eight minutes of one to one treatment in all.", None, 38),
    ("timed 2/05: 41'\nTE 20', TA 21'", 41, None),
    ("GAIT 18m\nTE 14m\n18 min total bouts; 9 min day 1.", None, None),
    ("Mrs. V. did her home pool laps for 25 minutes this morning. Rows for 20 minutes.", None, None),
    ("Seen 1.0 hr for neck pain since June, two pillows.\nTE 40 min rows", None, 60),
    ("Pt seen for 45 min following TKA.\nTE 40 min rows", None, 45),
    ("Seen 20 min for gait training, cane. TE 15 min rows.", None, None),
    ("Seen 3 weeks for neck pain. TE 40 min rows", None, None),
    ("TE 20 min rows\nMT 9 min hip\nSum of therapy twenty-nine minutes.", None, 29),
    ("TE 20 min rows\nGirth sum of both arms 44.", None, None),
    ("TCM 38 / TTT 50", 38, 50),
    ("MIN  NMR 20 | Gait 15 | TE 10 | Total 45\n\nNMR: reaches\nCont 3 h/day program, 90 min PT.", None, 45),
    ("TE 15, MT 15, total 30\nWaited 60 min for transport.", None, 30),
    ("I saw Mr. D. for forty minutes on the unit, a man of sixty.", None, 40),
    ("I saw Mrs. R. K. for thirty-five minutes in the gym.", None, 35),
    ("Mr. F. with a painful thumb and a cast had fifty minutes from me. Paraffin for ten minutes.", None, 50),
    ("te ta gt all billed, 3 units, 45 min total", None, 45),
    ("Billed minutes: 45 total", 45, None),
    ("Total fifty-one minutes, of which forty were timed.", 40, 51),
    ("Total time was 51 min, 40 of it timed.", 40, 51),
    ("Her visit ran fifty-one minutes, and forty of them were billable.", 40, 51),
    ("Fifty-one minutes in all; forty timed.", 40, 51),
    ("At eighty-two minutes a day of standing, forty were timed walks.", None, None),
    ("Mrs. Quill came for a full hour; clams and bridges were done.", None, 60),
    ("1:1 x 40 min in the ADL suite with Ms. R. Bed mobility, then dressing.", None, 40),
    ("One on one for 40 min in the gym. Clams, bridges.", None, 40),
    ("Individual OT x 40 min at bedside: dressing, grooming.", None, 40),
    ("1:1 40 min. Bed mobility, then dressing.", None, 40),
    (
        "The visit ran fifty-five minutes by my watch. Forty minutes of clams. He naps ninety minutes after lunch.",
        None,
        55,
    ),
    ("The visit ran fifty-five minutes. She slept two hours last night.", None, 55),
    ("te 20m / clams\nice 10m\n20/30 min", 20, 30),
    ("TE clams 14 min, MT hip 8 min\n14 + 8 = 24 min", None, 24),
    ("te 14m / clams\nmt 8m / hip\n22m: 97110 1 / 97140 1", None, 22),
    ("te 14m / clams\nmt 8m / hip\nbill 97110 1  97140 1 / 22m", None, 22),
    ("te 14m / clams\nmt 8m / hip\n24m. see mon", None, 24),
    ("te 14m / clams\nmt 8m / hip\n22", None, 22),
    ("TE clams, MT hip. About 30 min.", None, 30),
    ("TE clams, MT hip. CPT 97110 1, 97140 1 Time: 30 minutes", None, 30),
    ("ther ex (14) clams\nmanual (8) hip\ntx 22  te1 mt1", None, 22),
    ("Today I saw Mrs. Hale for forty minutes, all of it with me.", None, 40),
    ("She came for 0.5 h. TE: clams.", None, 30),
    ("all tog 30 min", None, 30),
    ("97110-1, 97140-1   TCM 30", 30, None),
    ("38 tmd. 97110 97140 1 ea", 38, None),
    ("pool . . . . 30 m\ntimed . . . . . . . 38", 38, None),
    ("Sum of girths 30 cm. Sum 0.75 h", None, 45),
    ("Timed one-to-one treatment, 1.5 hours.", 90, None),
    ("Timed minutes forty-five: 97112 one unit, 97110 two.", 45, None),
    ("The timed treatment amounts to forty-five minutes.", 45, None),
    ("All told forty-three timed minutes.", 43, None),
    ("Visit 6 of 12, 45 minutes with me. TE was done.", None, 45),
    ("Visit took 40 min alltogether", None, 40),
    ("It was fifty minutes altogether. The splint is on for eight hours at night.", None, 50),
    ("Session: ( ) 30  (x) 45  ( ) 60 min", None, 45),
    ("Session:  \u2610 30  \u2612 45  \u2610 60 min   \u2612 1:1", None, 45),
    ("gait better than last wk when he used the cane and leaned on the wall all the way home total timed 38", 38, None),
    ("97110 x2, 97140 x1    38 min\nTE 25 min bike\nMT 13 min STM", 38, None),
    ("Timed minutes = 15 + 12 + 14 = 41 = 3 units", 41, None),
    ("OT time in: total 45 minutes individual", None, 45),
    ("Total session 1 hr, of which 45 min billable.", 45, 60),
    ("Tx 60 min: 40 timed direct, 20 group", 40, 60),
    ("wk conditioning 120 min total today.", None, 120),
    ("Timed/Total: 40/50", 40, 50),
    ("TCT/TTT 38/48", 38, 48),
    ("Timed min / Total min: 40 / 50", 40, 50),
    ("Timed & total min 40/50", 40, 50),
    ("40 timed/50 total", 40, 50),
    ("40 min timed, 50 min total", 40, 50),
    ("40 timed, 50 total", 40, 50),
    ("Pt seen for 60 min skilled PT in gym from 1005 to 1050. Rows 20 min.", None, 60),
    ("Pt seen for 42 min of outpatient PT in the therapy room. Rows, 10 min.", None, 42),
    ("Rows 15 min. Steps 30 min. Total 45 min. Next visit Friday.", None, 45),
    ("Rows 15 min. Steps 30 min. Total 45 min. Each set was hard.", None, 45),
    ("Rows 15 min. Steps 30 min. Total 45 min each visit.", None, None),
    ("40 timed 50 tot", 40, 50),
    ("40 timed 50 total. 97110 x2 97140 x1", 40, 50),
    ("50 tot 40 timed", 40, 50),
    ("- 40 min timed 50 min tot", 40, 50),
    ("Time: 40 tmd / 50 ttl", 40, 50),
    ("40 timed 10 untimed 50 tot", 40, 50),
    ("40 timed 50 tot 3 units", 40, 50),
    ("50 visit 40 timed", 40, 50),
    ("tot 50 / timed 40", 40, 50),
    ("39 timed/39 total", 39, 39),
    ("timed minutes forty manual therapy fifteen minutes glides", 40, None),
    ("the timed minutes are forty afterwards the calf was cramping", 40, None),
    ("total time of forty seconds on the beam", None, None),
    ("timed minutes two units", None, None),
    ("Untimed 10, timed 40, total 50", 40, 50),
    ("Timed 40. Untimed 10.", 40, None),
    ("Non-timed: 10 min. Timed: 40 min.", 40, None),
    ("Total timed: 40; total untimed: 10; total: 50", 40, 50),
    ("38 minutes of timed codes", 38, None),
    ("38 min in timed codes.", 38, None),
    ("All 38 minutes were timed.", 38, None),
    ("All timed, 38 min.", 38, None),
    ("Billable time 38 min", 38, None),
    ("billable minutes=38", 38, None),
    ("Total billable 38", 38, None),
    ("Total billed time 40 min", 40, None),
    ("Billed for 40 min: TE, MT.", 40, None),
    ("Timed-code total: 40", 40, None),
    ("timed codes total 40 min = 3 units", 40, None),
    ("Minutes of timed codes: 38", 38, None),
    ("Time-based code minutes 38", 38, None),
    ("Total minutes (timed): 45", 45, None),
    ("Total treatment time (timed + untimed): 45", None, 45),
    ("Total Treatment Time (min): 53", None, 53),
    ("Total treatment time this date: 45 minutes", None, 45),
    ("Total treatment time for today's session was 45 minutes.", None, 45),
    ("Total skilled treatment time rendered: 45", None, 45),
    ("Total time spent with patient: 45 min", None, 45),
    ("Total number of minutes: 45", None, 45),
    ("Total # min 45", None, 45),
    ("Total Rx: 45'", None, 45),
    ("Tot 45'", None, 45),
    ("TTL: 45", None, 45),
    ("Ttl tx 45 min", None, 45),
    ("TTT=45", None, 45),
    ("Session length: 45", None, 45),
    ("Length of session: 50 min", None, 50),
    ("Visit duration 45 min", None, 45),
    ("Duration of visit: 45 minutes", None, 45),
    ("Duration: 45 min\nTE - SLR 3x10\nMT - patella", None, 45),
    ("Time: 45 min\nTE - SLR 3x10\nMT - patella", None, 45),
    ("Time spent: 45 minutes. TE and MT given.", None, 45),
    ("Time with patient 50 min", None, 50),
    ("Contact time 45 min", None, 45),
    ("Face-to-face time 40 min", None, 40),
    ("One-on-one time 40 min", None, 40),
    ("Pt seen x 45 min for OT.", None, 45),
    ("Seen BS x 30 min, pt in good spirits.", None, 30),
    ("Pt seen for 45 min for skilled PT.", None, 45),
    ("Pt participated in 45 min of skilled OT.", None, 45),
    ("Patient tolerated 45 min of treatment well.", None, 45),
    ("Tolerated 45 minutes of therapy", None, 45),
    ("Completed 45 min session", None, 45),
    ("Received 45 min of skilled OT services.", None, 45),
    ("OT x 45 min.", None, 45),
    ("PT x 60'", None, 60),
    ("45-min session: squats, lunges", None, 45),
    ("It was a fifty-minute session and she worked hard.", None, 50),
    ("An hour's session today", None, 60),
    ("one-hour session", None, 60),
    ("Session 1 hr.", None, 60),
    ("1 hr session", None, 60),
    ("Session: 1 h 5 min", None, 65),
    ("Total 1 h 5 min", None, 65),
    ("Total 1.5 hr", None, 90),
    ("Total time 0:55", None, 55),
    ("Total 1:05", None, 65),
    ("Total tx time: 0.75 hr", None, 45),
    ("Total time 3/4 hr", None, 45),
    ("In 10:40 out 11:32, 52 min total", None, 52),
    ("Time in 10:00, time out 10:45 (45 min)", None, 45),
    ("We had forty-five minutes today.", None, 45),
    ("I spent fifty minutes with her.", None, 50),
    ("We worked for fifty minutes.", None, 50),
    ("The session ran fifty minutes.", None, 50),
    ("The visit took 50 minutes.", None, 50),
    ("The visit lasted fifty minutes", None, 50),
    ("Of the forty minutes we had, fifteen went to stairs.", None, 40),
    ("Out of our 45 minutes, 20 went to gait.", None, 45),
    ("Over the 45 minutes we covered transfers and stairs.", None, 45),
    ("We used the full 45 minutes.", None, 45),
    ("That made 45 minutes.\n", None, 45),
    ("Therapy came to thirty-nine minutes.", None, 39),
    ("Forty-five minutes of treatment in all.", None, 45),
    ("A total of 45 minutes of skilled therapy", None, 45),
    ("totaling 45 minutes", None, 45),
    ("for a total of 53 minutes", None, 53),
    ("45 minutes total treatment time", None, 45),
    ("45 min tx", None, 45),
    ("45 min treatment session.", None, 45),
    ("Treatment of 45 min", None, 45),
    ('{"total_min": 45, "timed_min": 40}', 40, 45),
    ("TotalMinutes=45", None, 45),
    ("totalTime: 45", None, 45),
    ("TimedMinutes: 38", 38, None),
    ("<TotalTime>45</TotalTime>", None, 45),
    ("OBX|7|NM|TOTMIN||45|min", None, 45),
    ("OBX|6|NM|TIMED^Timed minutes||38|min", 38, None),
    ("Timed CPT min | 38 |\nTotal min | 48 |", 38, 48),
    ("Timed:\t38\nTotal:\t48", 38, 48),
    ("Total.......45", None, 45),
    ("Total ____45____ min", None, 45),
    ("Timed [38]  Total [48]", 38, 48),
    ("Total time (timed codes) 38 min", 38, None),
    ("Direct timed: forty-one.", 41, None),
    ("Timed treatment came to forty-one minutes.", 41, None),
    ("I charged thirty-eight timed minutes.", 38, None),
    ("Total: 3 units / 45 min", None, 45),
    ("3 units, 45 min timed", 45, None),
    ("Mins 45 timed", 45, None),
    ("Total timed units: 3 Total timed min: 45", 45, None),
    ("Total Timed Code Minutes 38 Total Untimed Code Minutes 10 Total Treatment Minutes 48", 38, 48),
    ("Timed Code Minutes: 38\nUntimed Code Minutes: 10\nTotal Treatment Minutes: 48", 38, 48),
    ("TIMED TX MIN 38 / TOTAL TX MIN 48", 38, 48),
    ("Tx time: 45 min", None, 45),
    ("Treatment time forty minutes.", None, 40),
    ("Treatment minutes: 45", None, 45),
    ("Skilled minutes: 45", None, 45),
    ("Total therapy minutes today 45", None, 45),
    ("Ind: 45 min Conc: 0 Total: 45", None, 45),
    ("Individual minutes 45", None, 45),
    ("45 minutes individual therapy.", None, 45),
    ("Pt. was with me for an hour.", None, 60),
    ("She was here 45 minutes.", None, 45),
    ("telehealth visit, 30 min", None, 30),
    ("Home visit 45 min.", None, 45),
    ("We met on video for 40 minutes.", None, 40),
    ("OT treatment note - 45 minutes\nTE", None, 45),
    ("PT DAILY NOTE (45 min)\nTE", None, 45),
    ("PT eval 45 min\nHx", None, 45),
    ("Initial evaluation, 60 min\nHx", None, 60),
    ("Timed min/units: 38/3", 38, None),
    ("Total timed min/units 38/3; total tx 48", 38, 48),
    ("Total timed (TE+MT): 38", 38, None),
    ("Total time (excluding rest): 45", None, 45),
    ("Code minutes 38", 38, None),
    ("Billed 3 units (38 min)", 38, None),
    ("TE 20 min, MT 18 min. 38 min = 3 units.", 38, None),
    ("Pt seen 1000-1045 (45 min) in room.", None, 45),
    ("Tx time 10:00-10:45 (45 min)", None, 45),
    ("Skilled OT x 45 min: ADLs", None, 45),
    ("Treatment x 45 min", None, 45),
    ("45 min skilled PT: gait and stairs", None, 45),
    ("45 min of OT.", None, 45),
    ("Ther ex, gait training, manual. 45 min.", None, 45),
    ("TE, MT, NMR per flowsheet. Time 45 min.", None, 45),
    ("Session cut short at 25 min, nausea.", None, 25),
    ("Tx limited to 20 min d/t fatigue", None, 20),
    ("Cont POC, total 45 min.", None, 45),
    ("P: next visit add stairs    Total 45", None, 45),
    ("She managed 40 minutes.", None, 40),
    ("Total Treatment Time\n45 min\nTotal Timed Minutes:\n38", 38, 45),
    ("Timed | Untimed | Total | Units\n38 | 10 | 48 | 3", 38, 48),
    ("TIMED   UNTIMED   TOTAL\n38      10        48", 38, 48),
    ("38 timed 10 untimed 48 total", 38, 48),
    ("38 timed + 10 untimed = 48 total", 38, 48),
    ("Timed: TE 20 + MT 18 = 38", 38, None),
    ("Total 4O min", None, 40),
    ("Total 1 1/2 hr", None, 90),
    ("Total treatment 45.0", None, 45),
    ("Minutes billed: 38", 38, None),
    ("38 minutes billed.", 38, None),
    ("Total tx time (97110, 97140): 38", None, 38),
    ("Total for today 45 min", None, 45),
    ("Timed 20 + 18", 38, None),
    ("38 of 48 minutes were timed.", 38, 48),
    ("48 min (38 timed)", 38, 48),
    ("48 minutes, of which 38 were timed.", 38, 48),
    ("Timed and total minutes: 45", 45, 45),
    ("Timed/Total min: 45", 45, 45),
    ("Total 45, all timed.", 45, 45),
    ("Treatment minutes: 38 timed", 38, None),
    ("Tx min: 38 timed / 48 total", 38, 48),
]

# Another day, home, a test, a distance, one service, a count of visits: no minutes of the session.
NOTHING = [
    "One on one for 15 min on stairs, then 20 min of clams.",
    "Carries 3 x 40 m. Grip block, one to one, 18 min.",
    "1:1 x 12 min in the pool, bike 20 min.",
    "Visit 22.\nTE clams 12 min\nMT hip 10 min",
    "TE clams 14 min\nMT hip\nROM\n40",
    "That came to 25 minutes of the visit.",
    "The session of forty minutes is moved to Monday.",
    "TE 14 min clams\nMT 8 min hip\nHEP 5 min",
    "PT visit note   R THA 7 wk, 66 M\nTE 10 min",
    "Seen once a week for 45 minutes.",
    "Session: [ ] 30  [ ] 45  [ ] 60 min",
    "Total untimed minutes: 10",
    "un-timed 10 min",
    "In 10:40, out 11:32",
    "Total units: 4, timed units 4",
    "Balance 20 min 1:1. Steady.",
    "Next visit 45 min.",
    "Plan: 45 min sessions 2x/wk",
    "POC: 45 min/visit, 2x/wk",
    "HEP 20 min daily total",
    "Last session 45 min.",
    "No show for 45 min slot.",
    "Scheduled 60 min visit, pt cancelled",
    "Timed up and go 14 sec",
    "TUG timed 18 s",
    "Timed 42→29 s",
    "timed 58 sec",
    "timed pulse with pt's effort, 15 min",
    "Berg total 45",
    "Total score 45/56",
    "FIM total 60",
    "DASH total: 45",
    "total knee 45 days ago",
    "Total 30 reps",
    "A total of 17 sutures were placed.",
    "A total of 30 mL was obtained",
    "total 1.2 cc of cement",
    "Stairs 10 min. Rest 5 min.",
    "Goal: stand 45 min.",
    "Goal: tolerate 45 min session",
    "Drove 45 min to get here.",
    "He walked 45 minutes yesterday in all.",
    "Manual therapy, 14 minutes: glides",
    "Pain rated 4, total time in bed 20 hours",
    "Session 12 of 16",
    "Visit 3",
    "Arrived 10 min late",
    "Will see for 45 min on Friday",
    "Group therapy 30 min, 4 participants",
]

# The same minutes in every way that a figure writes them.
LENGTHS = {
    45: [
        *("45 min", "45min", "45 mins.", "45 minutes", "45-minute", "45'", "45 mn", "~45 min"),
        *("forty-five minutes", "45 (forty-five) minutes", "forty-five", "3/4 hr", "0.75 h", ".75 hr", "0:45"),
        *("three quarters of an hour", "[45]", "_45_", "(45)"),
    ],
    60: ["1 hr", "one hour", "an hour", "60min", "1h"],
    65: ["1 h 5 min", "1h05", "1:05", "1 hour 5 minutes", "an hour and five minutes", "one hour and 5 min"],
    75: ["an hour and a quarter", "1 hr 15 min", "1.25 hrs", "1 1/4 hours", "75 mins"],
    30: ["half an hour", "a half hour", "30-min"],
}

NOTE = """OT DAILY NOTE
S: Pain 3/10, slept 5 h. Walked 20 min on Sunday.
O: sit to stand 3x10 12 min
scar mobilisation 8 min
{}
3/12 next appt, 45 min. HEP 10 min daily."""


@pytest.mark.parametrize(("text", "timed", "total"), STATED)
def test_reads_what_is_stated(text: str, timed: int | None, total: int | None) -> None:
    stated = find_totals(read(text))
    assert (stated.timed, stated.total) == (timed, total)


@pytest.mark.parametrize("text", NOTHING)
def test_reads_nothing_where_nothing_is_stated(text: str) -> None:
    stated = find_totals(read(text))
    assert (stated.timed, stated.total) == (None, None)


@pytest.mark.parametrize(("minutes", "written"), [(n, form) for n, forms in LENGTHS.items() for form in forms])
def test_reads_every_way_of_writing_a_length(minutes: int, written: str) -> None:
    assert find_totals(read(f"Total treatment time: {written}")).total == minutes
    assert find_totals(read(f"Timed: {written}.")).timed == minutes


@pytest.mark.parametrize(
    ("line", "timed", "total"),
    [
        ("Total 53", None, 53), ("Timed 38", 38, None), ("Timed/Total: 38/48", 38, 48), ("38 timed, 48 total", 38, 48),
        ("20 minutes.", None, 20),  # the sum of the two services
        ("19 minutes.", None, None), ("TUG timed 18 s", None, None), ("Berg total 45", None, None),
        ("** Total: 45 min **", None, 45), ("| Total | 45 |", None, 45), ("- total tx 45 -- J. Smith, PT", None, 45),
        ("P: next visit add stairs     Total 45", None, 45), ("P: next visit total 45 min", None, None),
    ],
)  # fmt: skip
def test_reads_the_line_within_a_note(line: str, timed: int | None, total: int | None) -> None:
    for text in (NOTE.format(line), NOTE.format(line).upper(), NOTE.format(line).replace("\n", "\r\n")):
        stated = find_totals(read(text))
        assert (stated.timed, stated.total) == (timed, total)


def test_plain_words_beat_loose_ones_and_the_last_beats_the_first() -> None:
    assert (
        find_totals(read("A 30 min session was planned in; seen for 50 min. Total treatment time 45 min.")).total == 45
    )
    assert find_totals(read("Total 40 min.\nCorrected: total 45 min.")).total == 45


def test_spans_cut_the_words_that_say_it() -> None:
    text = "TE 20 min, MT 18 min. Timed code minutes: 38; Total treatment time 48 min."
    stated = find_totals(read(text))
    assert stated.timed_span
    assert text[slice(*stated.timed_span)] == "Timed code minutes: 38"
    assert stated.total_span
    assert text[slice(*stated.total_span)] == "Total treatment time 48 min."


@pytest.mark.parametrize(
    ("text", "timed", "total"),
    [
        ("te 14' rows\nmt 12' glides\n46 tot. units te1 mt1", None, 46),
        ("te 14' rows, mt 12' glides. 46 total.", None, 46),
        ("TE 14 min, MT 12 min. Berg 46 total. Pain 2.", None, None),
        ("TE 20 min, MT 9 min. Billed two units of 97530 and one unit of 97140 for twenty-nine minutes.", 29, None),
        ("TE 20 min. MT 9 min. Billed: 97110 x1, 97140 x1 for 29 min", 29, None),
        (
            "Rows 20 min. Forty-five minutes were billed as one unit each of therapeutic exercise and manual therapy.",
            45,
            None,
        ),
        ("Rows. 15 minutes billed as one unit of therapeutic exercise. Glides 10 min.", None, None),
        (
            "We spent twenty-six minutes in all on therapeutic exercise, rows. Manual therapy took twelve minutes.",
            None,
            None,
        ),
        ("We spent 45 minutes in all on therapeutic exercise and manual therapy.", None, 45),
        ("Paraffin ten minutes, glides and curls twenty-six minutes. Forty-five minutes for the visit.", None, 45),
        ("Rows 20 min. Fifteen minutes for the treatment of scars.", None, None),
        ("97116 | 12 | cane 30 ft x3 (GAIT TOTAL 15 MIN)", None, None),
        ("Rows 20 min, glides 12 min. TE/MT total 32 min", None, 32),
        ("I spent half an hour with her on two things, pulleys and plates. Glides took ten minutes more.", None, None),
    ],
)
def test_totals_of_the_session_and_times_of_some_of_its_services(text, timed, total):
    stated = find_totals(read(text))
    assert (stated.timed, stated.total) == (timed, total)


@pytest.mark.parametrize(
    "text", ["TE 15 min. HEP: sled, timed 5 min blocks.", "TE 15 min. Timed 6 minute walk 300 ft."]
)
def test_what_is_done_by_the_clock_is_no_total(text: str) -> None:
    assert find_totals(read(text)).timed is None


def test_a_field_that_comes_with_every_service_is_no_total() -> None:
    assert find_totals(read("DUR=15\nACT=leg press\nDUR=20\nACT=stairs")).total is None


@pytest.mark.parametrize(
    "said",
    [
        "Nursing had her in the standing frame for half an hour this morning.",
        "The aide had him on the pedals for 30 minutes today.",
        "Her wife got her up for 30 minutes.",
    ],
)
def test_how_long_somebody_else_had_the_patient_is_no_total(said):
    assert find_totals(read(said + " Bridges ten minutes, walking twelve.")).total is None
