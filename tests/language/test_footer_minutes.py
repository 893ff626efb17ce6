from __future__ import annotations

import pytest

from rehabcoder.language.footer_minutes import footer_times, from_elsewhere
from rehabcoder.language.note_minutes import Minutes
from rehabcoder.language.reading import read


@pytest.mark.parametrize(
    ("later", "answer"),
    [
        ("Pain 2/10. TE took 20 min.", {"97110": [20]}),
        ("Pain 2/10. SI 22, TE 18, total 40", {"97533": [22], "97110": [18]}),
        ("She slept 40 minutes before.", {}),
        ("BP 132 over 78. Waited 20 min.", {}),
        ("TE at home 20 min daily.", {}),
        ("TE 20 minutes a day from now on.", {}),
        ("TE 10 min 2x/day by herself.", {}),
    ],
)
def test_a_time_elsewhere_is_that_of_the_service_named_in_its_sentence_unless_it_is_of_the_home(later, answer):
    found = footer_times(read(f"We began with TE: rows. {later}"), [(14, 22)], ())
    assert {code: [time.minutes for time in times] for code, times in found.items()} == answer


@pytest.mark.parametrize(("own", "footer", "answer"), [((8, 4), 12, [8, 4]), ((8, 3), 20, [8, 20])])
def test_a_footer_that_sums_up_rows_leaves_them_theirs(own, footer, answer):
    rows = [f"| calf raise | {own[0]} | TE |", f"| band | {own[1]} | TE |", "| glides | 9 | MT |"]
    text = "| what | min | code |\n" + "\n".join(rows) + f"\nTE {footer} MT 9"
    reading = read(text)
    spans = [(text.index(row), text.index(row) + len(row)) for row in rows]
    chosen = [
        Minutes(time.minutes, time.start, time.end, 0.9) for span in spans for time in reading.times_in(*span)[:1]
    ]
    names = [("97110", "97110"), ("97110", "97110"), ("97140", "97140")]
    from_elsewhere(reading, spans, names, chosen, set())
    assert [m.minutes for m in chosen[:2]] == answer
