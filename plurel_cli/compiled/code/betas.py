"""Quantiles of beta distributions, step by step as `plurel_cli.numerics.beta_quantile` has them."""

from __future__ import annotations

import math

import numpy as np

from plurel_cli.compiled.code import doubles, scalars
from plurel_cli.compiled.code.machine import (
    DOUBLE,
    SINGLE,
    WHOLE,
    Doubles,
    Singles,
    compiled,
    inlined,
    pasted,
    read,
    written,
)
from plurel_cli.numerics import beta_quantile as definitions

_N_STEPS, _LOG_TAIL = definitions.N_STEPS, definitions.LOG_TAIL
_NEAR, _NOTHING = 2.0 * definitions.E * definitions.NOTHING, definitions.NOTHING

_FAR = 8  # points that are gone past at once
_INFINITE = np.float32(np.inf)

_SHARES, _LEFT, _RIGHT, _BEGINS, _CONSTANT, _FIRST, _SECOND, _THIRD = range(8)
"""What is said of the steps of a distribution."""


@inlined
def _reach(a: float, b: float, log_ratio: float) -> float:
    both = a + b
    far = (both * log_ratio + _NOTHING) / a
    near = math.sqrt(_NEAR * both / (a * b))
    if near < 1.0:
        return far if far < near else near
    return far


@pasted
def _stepped(a: float, b: float, steps: Doubles, ends: Doubles) -> None:
    """Write the steps of a distribution, shape (8, steps + 1), and its ends: first and last y, and
    logarithms of the mass beyond them.
    """
    both = a + b
    log_a, log_b, log_both = doubles._log(a), doubles._log(b), doubles._log(both)
    peak = log_a - log_b
    ends[0] = max(_LOG_TAIL - log_both, peak - _reach(a, b, log_both - log_b))
    ends[1] = min(log_both - _LOG_TAIL, peak + _reach(b, a, log_both - log_a))
    h = (ends[1] - ends[0]) / _N_STEPS
    height = (a * log_a + b * log_b) - both * log_both
    places, densities, slopes = steps[_CONSTANT], steps[_SECOND], steps[_THIRD]
    falls, bends, powers = steps[_SHARES], steps[_FIRST], steps[_BEGINS]  # later something else
    for k in range(_N_STEPS + 1):
        places[k] = ends[0] + h * k
        powers[k] = -abs(places[k])
    doubles.exps(powers, falls)
    for k in range(_N_STEPS + 1):
        powers[k] = 1.0 + falls[k]
    doubles.logs(powers, bends)
    for k in range(_N_STEPS + 1):
        y = places[k]
        slopes[k] = a - both * ((1.0 if y > 0.0 else falls[k]) / powers[k])
        bend = (y if y > 0.0 else 0.0) + bends[k]
        powers[k] = (a * y - both * bend) - height
    doubles.exps(powers, densities)
    for k in range(_N_STEPS + 1):
        slopes[k] *= densities[k]
    left, right = steps[_LEFT], steps[_RIGHT]
    left[0], right[_N_STEPS] = densities[0] / a, densities[_N_STEPS] / b
    for k in range(_N_STEPS):
        mass = (densities[k + 1] + densities[k]) * (0.5 * h)
        mass += (slopes[k] - slopes[k + 1]) * (h * h / 12.0)
        right[k] = 0.0 if mass < 0.0 else mass
    for k in range(_N_STEPS):
        left[k + 1] = left[k] + right[k]
    for k in range(_N_STEPS - 1, -1, -1):
        right[k] = right[k + 1] + right[k]
    whole = left[_N_STEPS] + right[_N_STEPS]
    ends[2], ends[3] = doubles._log(left[0] / whole), doubles._log(right[_N_STEPS] / whole)
    shares, odds, firsts = steps[_SHARES], steps[_BEGINS], steps[_FIRST]
    doubles.logs(left, odds)
    doubles.logs(right, slopes)
    for k in range(_N_STEPS + 1):
        shares[k] = left[k] / whole
        odds[k] -= slopes[k]
        firsts[k] = left[k] * right[k] / (densities[k] * whole)
    for k in range(_N_STEPS):
        width = odds[k + 1] - odds[k]
        begin, end = firsts[k] * width, firsts[k + 1] * width
        wide = width if width > 0.0 else 1.0
        square = wide * wide
        steps[_SECOND, k] = ((3.0 * h - 2.0 * begin) - end) / square
        steps[_THIRD, k] = ((begin + end) - 2.0 * h) / (square * wide)


@compiled(WHOLE(read(DOUBLE, 1), read(DOUBLE, 1), read(DOUBLE, 2), written(SINGLE, 2)))
def rising(a: Doubles, b: Doubles, points: Doubles, out: Singles) -> int:
    """Quantiles of beta distributions at rising points.

    Parameters
    ----------
    a, b
        The distributions.
    points
        Shares, and the logarithms of what is below and above them and of their ratio.
    out
        Of each distribution as many.

    Returns
    -------
    int
        0, or 1 where a number is not finite.
    """
    steps, ends, n = np.empty((8, _N_STEPS + 1)), np.empty(4), out.shape[1]
    shares, log_below, log_above, odds = points[0], points[1], points[2], points[3]
    for index in range(len(a)):
        _stepped(a[index], b[index], steps, ends)
        of_one, n_infinite, first = out[index], 0, 0
        for k in range(_N_STEPS):
            if not steps[_SHARES, k] <= steps[_SHARES, k + 1]:
                return 1
        while first < n and shares[first] < steps[_SHARES, 0]:
            of_one[first] = np.float32(ends[0] + (log_below[first] - ends[2]) / a[index])
            first += 1
        for k in range(_N_STEPS):
            last, end = first, steps[_SHARES, k + 1]
            while last + _FAR <= n and shares[last + _FAR - 1] < end:
                last += _FAR
            while last < n and shares[last] < end:
                last += 1
            begin, constant = steps[_BEGINS, k], steps[_CONSTANT, k]
            one, two, three = steps[_FIRST, k], steps[_SECOND, k], steps[_THIRD, k]
            for at in range(first, last):
                t = odds[at] - begin
                of_one[at] = np.float32(((three * t + two) * t + one) * t + constant)
            first = last
        for at in range(first, n):
            of_one[at] = np.float32(ends[1] - (log_above[at] - ends[3]) / b[index])
        for at in range(n):
            n_infinite += 0 if abs(of_one[at]) < _INFINITE else 1
        if n_infinite:
            return 1
        for at in range(n):
            of_one[at] = scalars.logistic(of_one[at])
    return 0
