"""Probabilities of distributions, by formulas that know nothing of the package's."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import accumulate

import numpy as np

Cdf = Callable[[float], float]


def phi(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def normal_cdf(mean: float, sd: float) -> Cdf:
    return lambda x: phi((x - mean) / sd)


def lognormal_cdf(median: float, sigma: float) -> Cdf:
    return lambda x: phi(math.log(x / median) / sigma) if x > 0 else 0.0


def triangular_cdf(low: float, mode: float, high: float) -> Cdf:
    def density(x: float) -> float:
        height = 2.0 / (high - low)
        if x < mode:
            return height * (x - low) / (mode - low)
        return height * (high - x) / (high - mode) if x < high else height

    def cdf(x: float) -> float:
        """The area below the density, which Simpson's rule has exactly on either side."""
        if x <= low:
            return 0.0
        area = 0.0
        for a, b in ((low, min(x, mode)), (mode, min(x, high))):
            if b > a:
                ends = density(a + 1e-15 * (a < mode)), density(0.5 * (a + b)), density(b)
                area += (b - a) / 6.0 * (ends[0] + 4.0 * ends[1] + ends[2])
        return min(area, 1.0)

    return cdf


def steps(probability: Callable[[int], float]) -> Cdf:
    sums = [*accumulate(probability(k) for k in range(2_000))]
    return lambda x: 0.0 if x < 0 else min(sums[min(math.floor(x), len(sums) - 1)], 1.0)


def poisson_cdf(mean: float) -> Cdf:
    return steps(lambda k: math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)))


def geometric_cdf(mean: float) -> Cdf:
    p = 1.0 / (1.0 + mean)
    return steps(lambda k: p * (1.0 - p) ** k)


def numbers_cdf(weights: dict[float, float]) -> Cdf:
    whole = sum(weights.values())
    return lambda x: sum(w for v, w in weights.items() if v <= x) / whole


def zeros_cdf(zeros: float, rest: Cdf) -> Cdf:
    return lambda x: 0.0 if x < 0 else zeros + (1.0 - zeros) * rest(x)


def prices_cdf(median: float, sigma: float, whole: float, half: float) -> Cdf:
    """Every price with its probability: amounts by unit, and what each is taken to."""
    amount = lognormal_cdf(median, sigma)
    cells: list[tuple[float, float]] = []
    begin = 0.0
    while begin < 1e5:
        unit = 1.0 if begin < 20.0 else 5.0 if begin < 100.0 else 10.0
        cuts = (begin, begin + whole * unit, begin + (whole + half) * unit, begin + unit)
        prices = (begin, begin + 0.5 * unit, begin + unit - 0.01)
        cells += [
            (round(price, 2), amount(b) - amount(a))
            for price, a, b in zip(prices, cuts[:-1], cuts[1:], strict=True)
        ]
        begin += unit
    values = np.array([value for value, _ in cells])
    sums = np.cumsum([p for _, p in cells])
    return lambda x: float(np.append(0.0, sums)[values.searchsorted(round(x, 9), "right")])


def uniform_cdf(low: float, high: float) -> Cdf:
    return lambda x: min(max((x - low) / (high - low), 0.0), 1.0)


def exponential_cdf(mean: float) -> Cdf:
    return lambda x: 1.0 - math.exp(-max(x, 0.0) / mean)
