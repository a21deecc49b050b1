"""Series over the rows of a table of one block, as `plurel_cli.temporal.series` defines them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.compiled.code import doubles
from plurel_cli.compiled.code.bits import COUNTER, begun
from plurel_cli.compiled.code.machine import (
    BITS32,
    BITS64,
    DOUBLE,
    SINGLE,
    WHOLE,
    Doubles,
    Singles,
    Wholes,
    Words,
    compiled,
    inlined,
    read,
    written,
)
from plurel_cli.compiled.code.normals import across_steps
from plurel_cli.compiled.code.words import draw
from plurel_cli.kernel.twins import Twin
from plurel_cli.numerics import elementary as definitions
from plurel_cli.numerics.normal_quantile import normal_steps

LOW, HIGH, EXPONENT, AUTOCORRELATION, TREND, CYCLE, NOISE, N_NUMBERS = range(8)
"""What is said of a series."""

_TWO_PI, _CIRCLE = definitions._TWO_PI, definitions._CIRCLE
_SLICE, _NEGLIGIBLE = 1 << 13, 1e-20
_A_WORD = 4
_NEW, _ELEVEN = np.uint64(1), np.uint64(11)
_BLOCK_ROWS = 1 << 16


@inlined
def _begun(seed: Words) -> Words:
    """The state of a generator that begins with a seed."""
    state = np.empty(COUNTER + 1, np.uint64)
    for word in range(COUNTER):
        state[word] = seed[word]
    state[COUNTER] = _NEW
    begun(state)
    return state


@inlined
def _noise(state: Words, edges: Singles, heights: Singles, of: Doubles, out: Doubles) -> None:
    """Write autoregressive noise."""
    for first in range(0, len(out), _SLICE):
        n = min(_SLICE, len(out) - first)
        words = np.empty((n + _A_WORD - 1) // _A_WORD, np.uint64)
        others, normal = np.empty_like(words), np.empty(n, np.float32)
        draw(state, words)
        draw(state, others)
        steps, shares = words.view(np.uint16), others.view(np.uint16)
        across_steps(steps[:n], shares[:n], edges, heights, normal)
        for row in range(n):
            out[first + row] = np.float64(normal[row]) * of[NOISE]
    rho, carried = of[AUTOCORRELATION], 0.0
    before = np.empty(min(_SLICE, len(out)))
    for first in range(0, len(out), _SLICE):
        x = out[first : first + _SLICE]
        x[0] += rho * carried
        step, power = 1, rho
        while step < len(x) and power > _NEGLIGIBLE:
            after = x[step:]
            for row in range(len(after)):
                before[row] = power * x[row]
            for row in range(len(after)):
                after[row] += before[row]
            step, power = 2 * step, power * power
        carried = x[len(x) - 1]


@inlined
def _add_trend(of: Doubles, total: Doubles) -> None:
    """Add a part that rises over the rows."""
    n, low, high = len(total), of[LOW], of[HIGH]
    shares, logarithms = np.empty(n), np.empty(n)
    if of[EXPONENT] == 0.0:
        for row in range(n):
            shares[row] = 0.0
    else:
        for row in range(n):
            shares[row] = row / n
        doubles.logs(shares, logarithms)
        for row in range(n):
            shares[row] = of[EXPONENT] * logarithms[row]
    doubles.exps(shares, logarithms)
    for row in range(n):
        total[row] += min(of[TREND] * logarithms[row] + low, high)


@inlined
def _add_cycle(of: Doubles, whole: int, total: Doubles) -> None:
    """Add a part that comes again after so many rows."""
    low, high = of[LOW], of[HIGH]
    turns = np.empty(len(total))
    for row in range(len(total)):
        turns[row] = (row % whole) / whole - 0.25
    for row in range(len(total)):
        quarters = np.rint(4.0 * turns[row])
        r = (turns[row] - 0.25 * quarters) * _TWO_PI
        square = r * r
        sine = cosine = 0.0
        for by_sine, by_cosine in _CIRCLE:
            sine = sine * square + by_sine
            cosine = cosine * square + by_cosine
        sine *= r
        quarter = quarters - 4.0 * np.floor(0.25 * quarters)
        value = sine if (quarter == 1.0) | (quarter == 3.0) else cosine
        value = -value if (quarter == 1.0) | (quarter == 2.0) else value
        total[row] += min(max(of[CYCLE] * (value + 0.0), low), high)


@compiled(
    WHOLE(
        *(read(DOUBLE, 2), read(WHOLE, 1), read(BITS64, 2)),
        *(read(SINGLE, 1), read(SINGLE, 1), written(DOUBLE, 2)),
    )
)
def series(
    numbers: Doubles, half_periods: Wholes, seeds: Words, edges: Singles, heights: Singles,
    out: Doubles,
) -> int:  # fmt: skip
    """Write several series.

    Parameters
    ----------
    numbers, half_periods
        What is said of each.
    seeds
        Of the noise of each, shape (series, 3).
    edges, heights
        Where steps of a normal variable begin, and 2⁻¹⁶ of how far they go.
    out
        Shape (series, rows).

    Returns
    -------
    int
        0.
    """
    for index in range(len(out)):
        of, total = numbers[index], out[index]
        low, high = of[LOW], of[HIGH]
        _noise(_begun(seeds[index]), edges, heights, of, total)
        for row in range(len(total)):
            total[row] = min(max(total[row], low), high)
        if of[TREND] == 0.0:
            for row in range(len(total)):
                total[row] += low
        else:
            _add_trend(of, total)
        if of[CYCLE] == 0.0:
            for row in range(len(total)):
                total[row] += low
        else:
            _add_cycle(of, 2 * half_periods[index], total)
        for row in range(len(total)):
            total[row] /= 3.0
    return 0


@compiled(WHOLE(written(DOUBLE, 2), read(BITS64, 1), written(BITS32, 1)))
def picked(weights: Doubles, seed: Words, out: NDArray[np.int32]) -> int:
    """Pick one of several series for each row, by their softmax.

    Parameters
    ----------
    weights
        The series, shape (series, rows), overwritten.
    seed
        Of what is picked, shape (3,).
    out
        Which, for each row.

    Returns
    -------
    int
        0.
    """
    n_series, n = weights.shape
    words = np.empty(n, np.uint64)
    draw(_begun(seed), words)
    largest, apart, exponentials = weights[0].copy(), np.empty(n), np.empty(n)
    for index in range(1, n_series):
        for row in range(n):
            largest[row] = max(largest[row], weights[index, row])
    for index in range(n_series):
        total = weights[index]
        for row in range(n):
            apart[row] = total[row] - largest[row]
        doubles.exps(apart, exponentials)
        for row in range(n):
            total[row] = exponentials[row]
        if index:
            for row in range(n):
                total[row] += weights[index - 1, row]
    for row in range(n):
        apart[row] = np.float64(words[row] >> _ELEVEN) * 2.0**-53 * weights[n_series - 1, row]
        out[row] = 0
    for index in range(n_series - 1):
        for row in range(n):
            out[row] += np.int32(weights[index, row] <= apart[row])
    return 0


def _numerical(several: Sequence[Any]) -> Doubles:
    """The only block of several series."""
    numbers, half_periods = [], []
    for one in several:
        of = one.parameters
        half_periods.append(of.half_period)
        numbers.append(
            (
                *(of.low, of.high, of.exponent, of.autocorrelation),
                *(of.trend_scale, of.cycle_scale, of.noise_scale),
            )
        )
    seeds = [one.noise_stream.seeds((0,)) for one in several]
    out = np.empty((len(several), several[0].n_rows))
    series(
        *(np.array(numbers), np.array(half_periods), np.concatenate(seeds), *normal_steps()), out
    )
    return out


def _numerical_twin(definition: Callable[..., Doubles]) -> Callable[..., Doubles]:
    def values(one: Any, index: int) -> Doubles:
        return _numerical([one])[0] if one.n_rows < _BLOCK_ROWS else definition(one, index)

    return values


def _categories_twin(definition: Callable[..., Any]) -> Callable[..., Any]:
    def categories(several: Sequence[Any], stream: Any, index: int) -> Any:
        if several[0].n_rows >= _BLOCK_ROWS:
            return definition(several, stream, index)
        weights = _numerical(several)
        out = np.empty(weights.shape[1], dtype=np.int32)
        picked(weights, stream.seeds((0,))[0], out)
        return out

    return categories


SERIES_TWINS: Mapping[str, Twin] = {
    "series": _numerical_twin,
    "categories_of_series": _categories_twin,
}
