"""How coarsely the numbers of a database are written.

Most real numbers are whole and take a few dozen values, however wide their range is: amounts are
rounded, counts are small, and many rows hold none at all. A number of a theme is taken to whole
units, to a coarser step, and to zero in a share of the rows, as the mix of its database has it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from pydantic import ValidationError

from plurel_cli.lenses import Lens
from plurel_cli.lenses.integer import Integer, WholeLens
from plurel_cli.lenses.number import RealLens
from plurel_cli.lenses.numbers import NumberLens
from plurel_cli.marginals import Marginal
from plurel_cli.marginals.scales import log_between
from plurel_cli.marginals.zero_inflated import ZeroInflated
from plurel_cli.numerics.stream import Draws
from plurel_cli.themes.mix import Mix

_STATED = ("numbers", "zero_inflated")
"""Distributions that say all there is to say of their values."""

_PLACES = ("latitude", "longitude")

_NEVER_FREE = ("money",)
"""Lenses on numbers of which few are zero."""

_LEAST_SPREAD = 3.0
"""Of a number in whole units: what most values lie between."""

_LARGEST_SHARE, _LARGEST_OF_FEW = 0.09, 0.25
"""Of the rows that have one value: what a coarser step may come to, in many rows and in few."""

_FEW = 600
"""Rows of a table that has few."""


_NEARLY = 1.5
"""How much coarser than wanted a step may be."""

_ROWS_A_VALUE = 60
"""Rows that have each value on average, at the least."""


def grained(lens: Lens, mix: Mix, rows: int, draws: Draws) -> Lens:
    """A lens on a number, as coarse as those of its database.

    Parameters
    ----------
    lens
        The lens, complete; one on anything but a number stays as it is.
    mix
        What the columns of the database are made of.
    rows
        Rows of the table.
    draws
        Randomness of this choice alone.

    Returns
    -------
    Lens
    """
    keeps, level, heaped = draws.uniform(), log_between(draws, 0.3, 3.0), draws.uniform()
    zeros, rounded = log_between(draws, 0.1, 0.9), draws.uniform()
    if mix.is_exact or not isinstance(lens, RealLens | WholeLens) or lens.kind in _PLACES:
        return lens
    marginal = lens.marginal
    if marginal is None or marginal.kind in _STATED:
        return lens
    result: NumberLens = lens
    if isinstance(lens, RealLens) and keeps >= mix.decimals:
        result = _in_whole_units(lens, marginal)
    if rounded < mix.rounded:
        result = _coarse(result, marginal, mix.distinct * level, rows)
    return (
        _with_zeros(result, marginal, zeros)
        if heaped < mix.frequent and lens.kind not in _NEVER_FREE
        else result
    )


def _in_whole_units(lens: RealLens, marginal: Marginal) -> NumberLens:
    """In whole numbers, unless too few would be left."""
    low, high = _quantiles(marginal, 0.05, 0.95)
    if high - low < _LEAST_SPREAD:
        return lens
    if lens.min is None and marginal.below(0.0) > 0.0:  # that of an integer is 0
        return _if_possible(lens, lambda: lens.but(step=1.0))
    return _if_possible(
        lens, lambda: Integer(marginal=marginal, min=lens.min or 0.0, max=lens.max, unit=lens.unit)
    )


def _coarse(lens: NumberLens, marginal: Marginal, distinct: float, rows: int) -> NumberLens:
    """At multiples of a larger step, so that there are about so many values."""
    distinct = min(distinct, rows / _ROWS_A_VALUE)
    largest = _LARGEST_OF_FEW if rows < _FEW else _LARGEST_SHARE
    low, high = _quantiles(marginal, 0.05, 0.95)
    step = lens.step or 0.01
    wanted = min((high - low) / distinct, _narrowest(marginal, largest) / _NEARLY)
    times = 1.0
    for factor in (2.0, 2.5, 2.0) * 6:  # 2, 5, 10, 20, 50, …
        if step * times * factor > _NEARLY * wanted:
            break
        times *= factor
    if times == 1.0:
        return lens
    return _if_possible(lens, lambda: lens.but(step=float(f"{step * times:.12g}")))


def _with_zeros(lens: NumberLens, marginal: Marginal, share: float) -> NumberLens:
    """Zero in a share of the rows, where it may be."""
    if lens.min not in (None, 0.0) or marginal.below(0.0) > 0.0:
        return lens
    return _if_possible(lens, lambda: lens.but(marginal=ZeroInflated(zeros=share, rest=marginal)))


def _narrowest(marginal: Marginal, share: float) -> float:
    """The narrowest stretch that holds a share of the rows."""
    shares = np.arange(41.0) * ((0.99 - share) / 40.0) + 0.005
    ends = marginal.quantile(shares + share)
    return float((ends - marginal.quantile(shares)).min())


def _quantiles(marginal: Marginal, *shares: float) -> list[float]:
    values: list[float] = marginal.quantile(np.array(shares)).tolist()
    return values


def _if_possible(lens: NumberLens, change: Callable[[], NumberLens]) -> NumberLens:
    """A changed lens, or the lens as it was if its bounds do not allow the change."""
    try:
        return change()
    except ValidationError:
        return lens
