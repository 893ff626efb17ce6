"""What a sample says about its frame: error rates and dollars, each with limits. Pure arithmetic.

The methods are those of RAT-STATS, the sampling program of the Office of Inspector General: exact limits from the
hypergeometric distribution for an attribute, the difference estimator with Student's t for dollars, and the weighted
sum of strata with the finite population correction. Wilson's limits are given beside the exact ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rehabcoder.errors import UsageError


@dataclass(slots=True, frozen=True)
class Estimate:
    """A figure with its limits. `standard_error` is None where the method has none."""

    value: float
    low: float
    high: float
    standard_error: float | None = None
    degrees: int | None = None

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2


@dataclass(slots=True, frozen=True)
class Stratum:
    """What was found in one stratum: its size in the frame and in the sample, the mean and variance of the values.

    For a rate the values are 0 and 1.
    """

    frame: int
    sample: int
    mean: float
    variance: float  # of the sample, with n - 1

    @classmethod
    def from_values(cls, frame: int, values: Sequence[float]) -> Stratum:
        n = len(values)
        mean = math.fsum(values) / n if n else 0.0
        variance = math.fsum((value - mean) ** 2 for value in values) / (n - 1) if n > 1 else 0.0
        return cls(frame, n, mean, variance)

    @property
    def variance_of_mean(self) -> float:
        """With the finite population correction: a stratum taken whole has none."""
        return (1 - self.sample / self.frame) * self.variance / self.sample


def check_confidence(confidence: float) -> float:
    """Raises: UsageError when it does not lie between 0.5 and 1."""
    if not 0.5 <= confidence < 1:
        raise UsageError("the confidence must lie between 0.5 and 1", remedy="Write 0.9 for 90 %.")
    return confidence


def exact_limits(errors: int, sample: int, *, confidence: float, frame: int | None = None) -> Estimate:
    """The error rate of a simple random sample with exact limits.

    With `frame`, the hypergeometric limits that RAT-STATS gives: the smallest and largest number of errors in the frame
    that leave the finding likelier than (1 - confidence) / 2 in either tail. Without it, Clopper and Pearson's.
    """
    _check(errors, sample, frame)
    tail = (1 - check_confidence(confidence)) / 2
    if frame is not None:
        fewest, most = _hypergeometric(errors, sample, frame, tail)
        return Estimate(errors / sample, fewest / frame, most / frame)
    from scipy.stats import beta

    low = float(beta.ppf(tail, errors, sample - errors + 1)) if errors else 0.0
    high = float(beta.ppf(1 - tail, errors + 1, sample - errors)) if errors < sample else 1.0
    return Estimate(errors / sample, low, high)


def _hypergeometric(errors: int, sample: int, frame: int, tail: float) -> tuple[int, int]:
    from scipy.stats import hypergeom

    tail *= 1 + 1e-9  # a probability that equals the tail lies outside, however its last bits were rounded
    # The tails are monotone in the number of errors in the frame, so that the limits are found by halving.
    low, high = errors, errors + frame - sample
    first, last = low, high
    while first < last:  # the smallest K with P(X >= errors | K) > tail
        middle = (first + last) // 2
        if hypergeom.sf(errors - 1, frame, middle, sample) > tail:
            last = middle
        else:
            first = middle + 1
    lowest = first
    first, last = low, high
    while first < last:  # the largest K with P(X <= errors | K) > tail
        middle = (first + last + 1) // 2
        if hypergeom.cdf(errors, frame, middle, sample) > tail:
            first = middle
        else:
            last = middle - 1
    return lowest, first


def wilson_limits(errors: int, sample: int, *, confidence: float) -> Estimate:
    """The error rate with Wilson's limits (Wilson 1927), without continuity correction."""
    _check(errors, sample, None)
    z = normal_deviate(confidence)
    p, n = errors / sample, sample
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Estimate(p, max(0.0, centre - half), min(1.0, centre + half))


def stratified_mean(strata: Sequence[Stratum], *, confidence: float) -> Estimate:
    """The mean of the frame from its strata (Cochran 1977, chapter 5), with normal limits.

    Raises:
        UsageError: a stratum was not looked at, or one member stands for several.
    """
    frame = sum(stratum.frame for stratum in strata)
    for stratum in strata:
        if stratum.sample < 1 or (stratum.sample < 2 and stratum.frame > 1):
            raise UsageError(
                "a stratum has fewer than two reviewed notes, so that its spread is not known",
                remedy="Review more of the sample, or draw it with fewer strata.",
            )
    mean = math.fsum(s.frame * s.mean for s in strata) / frame
    error = math.sqrt(math.fsum(s.frame**2 * s.variance_of_mean for s in strata)) / frame
    half = normal_deviate(confidence) * error
    return Estimate(mean, mean - half, mean + half, error)


def simple_mean(stratum: Stratum, *, confidence: float) -> Estimate:
    """The mean of the frame from a simple random sample, with limits from Student's t, as RAT-STATS gives them."""
    from scipy.stats import t

    if stratum.sample < 2:
        raise UsageError("an estimate needs at least two reviewed notes", remedy="Review more of the sample.")
    error = math.sqrt(stratum.variance_of_mean)
    degrees = stratum.sample - 1
    half = float(t.ppf((1 + check_confidence(confidence)) / 2, degrees)) * error
    return Estimate(stratum.mean, stratum.mean - half, stratum.mean + half, error, degrees)


def weighted_mean(values: Sequence[tuple[float, float]], frame: int, *, confidence: float) -> Estimate:
    """The mean of the frame from draws of unequal chance with replacement (Hansen and Hurwitz 1943).

    Args:
        values: for each draw the value found and the chance of being drawn.
    """
    from scipy.stats import t

    n = len(values)
    if n < 2:
        raise UsageError("an estimate needs at least two reviewed draws", remedy="Review more of the sample.")
    parts = [value / (chance * frame) for value, chance in values]
    mean = math.fsum(parts) / n
    error = math.sqrt(math.fsum((part - mean) ** 2 for part in parts) / (n * (n - 1)))
    half = float(t.ppf((1 + check_confidence(confidence)) / 2, n - 1)) * error
    return Estimate(mean, mean - half, mean + half, error, n - 1)


def total(mean: Estimate, frame: int) -> Estimate:
    """The total of a frame from its mean."""
    error = None if mean.standard_error is None else mean.standard_error * frame
    return Estimate(mean.value * frame, mean.low * frame, mean.high * frame, error, mean.degrees)


def size_for_rate(*, confidence: float, precision: float, expected_rate: float, frame: int) -> int:
    """Notes to draw so that the error rate is known to within `precision` (half the width), with a finite frame.

    The formula of Cochran (1977, section 4.4), rounded up.

    Raises:
        UsageError: a rate or precision is not between 0 and 1, or the frame is empty.
    """
    if frame < 1:
        raise UsageError("the frame is empty", remedy="Widen the filters.")
    if not (0 < precision < 1 and 0 < expected_rate < 1):
        raise UsageError("precision and expected rate must lie between 0 and 1", remedy="Write 0.05 for 5 %.")
    z = normal_deviate(confidence)
    endless = z * z * expected_rate * (1 - expected_rate) / precision**2
    return min(frame, math.ceil(round(endless / (1 + (endless - 1) / frame), 9)))


def size_for_money(probe: Sequence[float], *, confidence: float, precision: float, frame: int) -> int:
    """Notes to draw so that the mean dollar difference is known to within `precision` of itself, from a probe sample.

    Raises:
        UsageError: the probe holds fewer than two notes, found no difference, or holds something that is no number; or
            the precision is none.
    """
    if not all(map(math.isfinite, probe)):
        raise UsageError("the probe holds something that is no number of dollars", remedy="Give one number a line.")
    if precision <= 0:
        raise UsageError("the precision must lie above 0", remedy="Write 0.05 for 5 %.")
    known = Stratum.from_values(frame, probe)
    if known.sample < 2 or not known.mean:
        raise UsageError(
            "the probe sample holds fewer than two notes, or found no difference in money",
            remedy="Give a larger probe, or work out the size from an expected rate.",
        )
    z = normal_deviate(confidence)
    endless = z * z * known.variance / (precision * known.mean) ** 2
    return max(2, min(frame, math.ceil(round(endless / (1 + endless / frame), 9))))


def normal_deviate(confidence: float) -> float:
    """The two-sided normal deviate: 1.645 for 90 %, 1.96 for 95 %."""
    from statistics import NormalDist

    return NormalDist().inv_cdf((1 + check_confidence(confidence)) / 2)


def _check(errors: int, sample: int, frame: int | None) -> None:
    if sample < 1 or not 0 <= errors <= sample:
        raise UsageError("no notes were reviewed, or more errors than notes", remedy="Review some of the sample.")
    if frame is not None and frame < sample:
        raise UsageError("the frame is smaller than the sample", remedy="Give the frame that the sample came from.")
