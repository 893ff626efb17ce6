"""The sampling figures, against published ones and against exact arithmetic done another way.

The OIG's printed RAT-STATS examples were not at hand when this was written; what is tested instead are published
figures of the same methods, and an exact recomputation of each limit (see docs/worklist.md).
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehabcoder.errors import UsageError
from rehabcoder.worklist.agreement import agreement, cohens_kappa
from rehabcoder.worklist.answer import Answer, parse_codes
from rehabcoder.worklist.estimates import (
    Stratum,
    exact_limits,
    simple_mean,
    size_for_money,
    size_for_rate,
    stratified_mean,
    total,
    weighted_mean,
    wilson_limits,
)

# Newcombe, Statistics in Medicine 17 (1998) 857-872, table I: methods 3 (Wilson) and 5 (Clopper-Pearson), 95 %.
NEWCOMBE = [
    (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
    (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
    (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
    (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
]


@pytest.mark.parametrize(("errors", "sample", "wilson", "exact"), NEWCOMBE)
def test_limits_of_a_rate_as_published(errors, sample, wilson, exact):
    found = wilson_limits(errors, sample, confidence=0.95)
    assert (round(found.low, 4), round(found.high, 4)) == wilson
    found = exact_limits(errors, sample, confidence=0.95)
    assert (round(found.low, 4), round(found.high, 4)) == exact


# Krejcie and Morgan, Educational and Psychological Measurement 30 (1970) 607-610: 95 %, precision 0.05, rate 0.5.
# Their table rounds to the nearest whole number; we round up, so that the precision is always reached.
@pytest.mark.parametrize(("frame", "sample"), [(10, 10), (50, 44), (100, 80), (500, 217), (1000, 278), (10_000, 370)])
def test_sample_sizes_as_published(frame, sample):
    assert size_for_rate(confidence=0.95, precision=0.05, expected_rate=0.5, frame=frame) - sample in (0, 1)


# Lohr, Sampling: Design and Analysis, the agsrs and agstrat examples: acres of farms in the 3,078 US counties.
def test_a_simple_sample_as_published():
    acres = simple_mean(Stratum(3078, 300, 297_897.0467, 344_551.8948**2), confidence=0.95)
    whole = total(acres, 3078)
    assert whole.value == pytest.approx(916_927_110, abs=500)
    assert whole.standard_error == pytest.approx(58_169_381, rel=1e-6)


def test_a_stratified_sample_as_published():
    strata = [
        Stratum(1054, 103, 300_504.16, 29_618_183_543),
        Stratum(220, 21, 97_629.81, 7_647_472_708),
        Stratum(1382, 135, 211_315.04, 53_587_487_856),
        Stratum(422, 41, 662_295.51, 396_185_950_266),
    ]
    whole = total(stratified_mean(strata, confidence=0.95), 3078)
    assert whole.value == pytest.approx(909_736_034, abs=5_000)
    assert whole.standard_error == pytest.approx(50_417_248, rel=1e-5)


def tail(frame: int, bad: int, sample: int, counts: range) -> Fraction:
    ways = sum(comb(bad, k) * comb(frame - bad, sample - k) for k in counts)
    return Fraction(ways, comb(frame, sample))


@given(st.data())
@settings(max_examples=60)
def test_hypergeometric_limits_are_the_exact_ones(data):
    frame = data.draw(st.integers(2, 60))
    sample = data.draw(st.integers(1, frame))
    errors = data.draw(st.integers(0, sample))
    confidence = data.draw(st.sampled_from([0.8, 0.9, 0.95]))
    alpha = Fraction(str(1 - Fraction(str(confidence)))) / 2
    possible = range(errors, errors + frame - sample + 1)
    inside = [
        bad
        for bad in possible
        if tail(frame, bad, sample, range(errors, sample + 1)) > alpha
        and tail(frame, bad, sample, range(errors + 1)) > alpha
    ]
    found = exact_limits(errors, sample, confidence=confidence, frame=frame)
    assert (round(found.low * frame), round(found.high * frame)) == (min(inside), max(inside))
    half = 1 / frame  # limits are whole notes of the frame, the rate found is a share of the sample
    assert found.low - half <= errors / sample <= found.high + half


def test_a_frame_looked_at_whole_leaves_no_doubt():
    assert exact_limits(3, 40, confidence=0.9, frame=40).half_width == 0
    assert simple_mean(Stratum.from_values(4, [1.0, 0.0, 5.0, 2.0]), confidence=0.9).half_width == 0


def test_an_endless_frame_gives_the_binomial_limits():
    whole = exact_limits(7, 60, confidence=0.9, frame=2_000_000)
    endless = exact_limits(7, 60, confidence=0.9)
    assert (whole.low, whole.high) == pytest.approx((endless.low, endless.high), abs=1e-4)


def test_the_rate_of_strata_with_the_values_written_out():
    # By hand: W = .75, .25; p = .2, .5; var = .75^2 (1 - 10/75) .16/9 + .25^2 (1 - 4/25) .25/3
    strata = [Stratum.from_values(75, [1, 1] + [0] * 8), Stratum.from_values(25, [1, 1, 0, 0])]
    found = stratified_mean(strata, confidence=0.9)
    assert found.value == pytest.approx(0.275)
    variance = 0.75**2 * (1 - 10 / 75) * 0.16 / 9 + 0.25**2 * (1 - 4 / 25) * 0.25 / 3
    assert found.standard_error == pytest.approx(variance**0.5)
    assert found.high - found.value == pytest.approx(1.6448536 * variance**0.5)


def test_a_stratum_of_one_adds_no_doubt_and_one_of_many_is_refused():
    assert stratified_mean([Stratum(1, 1, 1.0, 0.0), Stratum.from_values(3, [0, 0, 0])], confidence=0.9).half_width == 0
    with pytest.raises(UsageError, match="fewer than two"):
        stratified_mean([Stratum(5, 1, 1.0, 0.0)], confidence=0.9)


def test_unequal_chances_give_the_total_without_bias():
    # Value in proportion to chance: every draw gives the true mean, and there is no spread.
    frame = [10.0, 20.0, 30.0, 40.0]
    draws = [(value, value / 100) for value in (40.0, 10.0, 40.0)]
    found = weighted_mean(draws, 4, confidence=0.9)
    assert (found.value, found.half_width) == pytest.approx((sum(frame) / 4, 0.0))


def test_size_from_a_probe():
    # s / mean = 1, precision 0.2, 90 %: (1.6449 / 0.2)^2 = 67.6, of 500: 67.6 / (1 + 67.6/500) = 59.6
    probe = [0.0, 0.0, 10.0, 10.0, 30.0]
    known = Stratum.from_values(500, probe)
    want = (1.6448536 / 0.2) ** 2 * known.variance / known.mean**2
    assert size_for_money(probe, confidence=0.9, precision=0.2, frame=500) == -(-want // (1 + want / 500))
    with pytest.raises(UsageError, match="probe"):
        size_for_money([0.0, 0.0], confidence=0.9, precision=0.2, frame=500)


@pytest.mark.parametrize(
    "call",
    [
        lambda: exact_limits(3, 2, confidence=0.9),
        lambda: exact_limits(0, 0, confidence=0.9),
        lambda: exact_limits(1, 10, confidence=0.9, frame=5),
        lambda: exact_limits(1, 10, confidence=90),
        lambda: size_for_rate(confidence=0.9, precision=0, expected_rate=0.5, frame=10),
        lambda: size_for_rate(confidence=0.9, precision=0.05, expected_rate=0.5, frame=0),
        lambda: simple_mean(Stratum.from_values(9, [1.0]), confidence=0.9),
    ],
)
def test_what_makes_no_sense_is_refused(call):
    with pytest.raises(UsageError):
        call()


# The worked examples of the article "Cohen's kappa" in Wikipedia: 50 and 100 grant proposals, two readers.
@pytest.mark.parametrize(
    ("both", "first", "second", "neither", "kappa"),
    [(20, 5, 10, 15, 0.40), (45, 15, 25, 15, 0.1304), (25, 35, 5, 35, 0.2593)],
)
def test_kappa_as_published(both, first, second, neither, kappa):
    pairs = [(1, 1)] * both + [(1, 0)] * first + [(0, 1)] * second + [(0, 0)] * neither
    assert round(cohens_kappa(pairs).kappa, 4) == kappa


def test_kappa_where_chance_explains_all():
    assert cohens_kappa([]).kappa is None
    assert cohens_kappa([(1, 1)] * 5).kappa is None
    assert cohens_kappa([(1, 2), (2, 1)]).kappa == -1


def test_agreement_by_code():
    def answer(codes):
        return Answer(parse_codes(codes))

    pairs = [
        (answer("97110=15 97140=10"), answer("97110=15")),
        (answer("97530=20"), answer("97530=20")),
        (answer("97110=20"), answer("97530=20")),
        (answer("nothing"), answer("nothing")),
    ]
    overall, by_code = agreement(pairs)
    assert (overall.notes, overall.agreed) == (4, 3)
    assert {code: each.agreed for code, each in by_code.items()} == {"97110": 3, "97140": 3, "97530": 3}
