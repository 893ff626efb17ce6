"""Texts for property tests: any characters at all, and pieces of notes put together as no clinician would."""

from __future__ import annotations

from hypothesis import strategies as st

WORDS = (
    "Ther Ex", "TherAct", "NMR", "97110", "97112:", "97530 x2", "MT", "x 15 min", "(12)", "15'", "20 minutes", "x15'",
    "10:05-10:20", "1015-1038", "12:59 pm to 1:00 am", "0:00-23:59", "from 25:99", "each", "total 45 min",
    "Timed minutes: 38", "TE 23 / NMR 14", "units: 97110 x 2", "billed 97530 x1", "squats 3x10 for strength",
    "tandem stance on foam with cues", "lifting a laundry basket", "HEP:", "home program", "Plan: next visit", "min A",
    "[x]", "[ ]", "☑", "|", "\t", "\n", "\r\n", "\n\n", "\x00", "\x85", "\u2028", "½",
    "٣٠ min", "３０ min", "²", "İ", "ﬃ", "ß",
    "👣", "👩‍⚕️", "\u202e", "‏تمارين", "תרגול 15 min", "\ud800", "\udfff min", "rest", "the remaining 20 minutes",
    "a quarter of an hour", "group of 4", "99999999999999999999 min", "-5 min", "1e9 min", "=SUM(A1)", "%", "100 % of",
)  # fmt: skip

any_text = st.text(st.characters(exclude_categories=()), max_size=300)
note_like = st.lists(
    st.one_of(st.sampled_from(WORDS), st.text(st.characters(exclude_categories=()), max_size=4)), max_size=60
).map(" ".join)
glued = st.lists(st.sampled_from(WORDS), max_size=30).map("".join)
texts = st.one_of(any_text, note_like, glued)
