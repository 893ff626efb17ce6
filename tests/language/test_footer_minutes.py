from __future__ import annotations

import pytest

from rehabcoder.language.footer_minutes import footer_times
from rehabcoder.language.reading import read


@pytest.mark.parametrize(
    ("later", "answer"),
    [
        ("Pain 2/10. TE took 20 min.", {"97110": [20]}),
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
