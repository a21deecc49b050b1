"""What depends on order in time: memory from row to row, drift, and parents that are new."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plurel_cli.measure.dependence.variables import MeasuredVariable
from plurel_cli.measure.view import NO_PARENT, NO_TIME

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

TRAIN_SHARE = 0.8

_LEAST_ROWS = 5
_LEAST_PAIRS = 50
_LEAST_PART = 20


def in_time_order(times: Ints, generator: Generator) -> Ints:
    """Rows that have a time, in order of time, ties in random order.

    Parameters
    ----------
    times
        Of every row, `NO_TIME` for none.
    generator
        Draws the order of ties.

    Returns
    -------
    ndarray
        Row numbers.
    """
    rows = np.flatnonzero(times != NO_TIME)
    return rows[np.lexsort((generator.random(rows.size), times[rows]))]


def histories(keys: Ints, times: Ints, generator: Generator) -> Ints:
    """Rows of parents with a history worth the name, parent after parent in order of time.

    Parameters
    ----------
    keys, times
        Of every row, `NO_PARENT` and `NO_TIME` for none.
    generator
        Draws the order of ties.

    Returns
    -------
    ndarray
        Row numbers.

    Notes
    -----
    Parents with at least 5 timed rows, fewer than half of which have the time of another.
    """
    rows = np.flatnonzero((keys != NO_PARENT) & (times != NO_TIME))
    rows = rows[np.lexsort((generator.random(rows.size), times[rows], keys[rows]))]
    _, groups, sizes = np.unique(keys[rows], return_inverse=True, return_counts=True)
    follows = _follows(groups) & (times[rows][1:] == times[rows][:-1])
    is_tied = np.append(follows, False) | np.insert(follows, 0, False)
    n_tied = np.bincount(groups, is_tied, minlength=sizes.size)
    is_eligible = (sizes >= _LEAST_ROWS) & (n_tied < sizes / 2)
    return np.asarray(rows[is_eligible[groups]])


def _follows(groups: Ints) -> Flags:
    return np.asarray(groups[1:] == groups[:-1])


def shuffled_within(groups: Ints, generator: Generator) -> Ints:
    """A permutation of rows, sorted by group, that keeps each in its group.

    Parameters
    ----------
    groups
        Group of every row, rising.
    generator
        Draws the permutation.

    Returns
    -------
    ndarray
        Positions.
    """
    return np.lexsort((generator.random(groups.size), groups))


def lag1(scores: Doubles, groups: Ints) -> float:
    """Autocorrelation from a group's row to its next, pooled and centred by group.

    Parameters
    ----------
    scores
        Numbers, group after group in order.
    groups
        Group of each.

    Returns
    -------
    float
        From −1 to 1; NaN for fewer than 50 pairs.
    """
    _, inverse, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    centred = scores - (np.bincount(inverse, scores) / sizes)[inverse]
    follows = _follows(groups)
    if follows.sum() < _LEAST_PAIRS or not centred.any():
        return math.nan
    products = (centred[1:] * centred[:-1])[follows]
    return float(products.mean() / (centred**2).mean())


def lag1_agreement(codes: Ints, groups: Ints) -> float:
    """Share of a group's rows that agree with the next, over any two rows: excess agreement.

    Parameters
    ----------
    codes
        Categories from 0, group after group in order.
    groups
        Group of each.

    Returns
    -------
    float
        At most 1, 0 by chance; NaN for fewer than 50 pairs.
    """
    follows = _follows(groups)
    shares = np.bincount(codes) / max(codes.size, 1)
    overall = float(shares @ shares)
    if follows.sum() < _LEAST_PAIRS or overall >= 1:
        return math.nan
    alike = float(np.mean((codes[1:] == codes[:-1])[follows]))
    return (alike - overall) / (1 - overall)


def net_lag1(variable: MeasuredVariable, keys: Ints, rows: Ints, generator: Generator) -> float:
    """Memory from one of a parent's rows to the next, minus the same in random order.

    Parameters
    ----------
    variable
        Of the child.
    keys
        Parent of every row.
    rows
        Of `histories`.
    generator
        Draws the order.

    Returns
    -------
    float
        `lag1` of a number, `lag1_agreement` of a category; about 0 without memory.
    """
    rows = rows[~variable.is_null[rows]]
    groups = keys[rows]
    other = rows[shuffled_within(groups, generator)]
    if variable.is_number:
        return lag1(variable.scores[rows], groups) - lag1(variable.scores[other], groups)
    return lag1_agreement(variable.codes[rows], groups) - lag1_agreement(
        variable.codes[other], groups
    )


def autocorrelation(scores: Doubles) -> float:
    """Correlation of every number with the next, nulls passed over."""
    there = scores[~np.isnan(scores)]
    if there.size < _LEAST_PAIRS or there[1:].std() == 0 or there[:-1].std() == 0:
        return math.nan
    return float(np.corrcoef(there[1:], there[:-1])[0, 1])


def drift(variable: MeasuredVariable, rows: Ints) -> float:
    """How the first 80 % of rows differ from the last 20 %: Kolmogorov–Smirnov, or total variation.

    Parameters
    ----------
    variable
        Of the table.
    rows
        In order of time.

    Returns
    -------
    float
        From 0 to 1; NaN where either part has fewer than 20 values.
    """
    n_first = int(TRAIN_SHARE * rows.size)
    first, last = (part[~variable.is_null[part]] for part in (rows[:n_first], rows[n_first:]))
    if min(first.size, last.size) < _LEAST_PART:
        return math.nan
    if variable.is_number:
        return ks_distance(variable.values[first], variable.values[last])
    n = int(variable.codes.max()) + 1
    shares = [np.bincount(variable.codes[part], minlength=n) / part.size for part in (first, last)]
    return float(np.abs(shares[0] - shares[1]).sum() / 2)


def ks_distance(one: Doubles, other: Doubles) -> float:
    """Largest difference of two samples' distributions.

    Parameters
    ----------
    one, other
        Numbers.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> ks_distance(np.array([1.0, 2.0]), np.array([2.0, 3.0]))
    0.5
    """
    points = np.concatenate((one, other))
    shares = [
        np.searchsorted(np.sort(part), points, side="right") / part.size for part in (one, other)
    ]
    return float(np.abs(shares[0] - shares[1]).max())


def share_of_new_parents(keys: Ints, times: Ints) -> float:
    """Share of rows after the 80 % quantile of time whose parent has no row up to it.

    Parameters
    ----------
    keys, times
        Of the rows that have both.

    Returns
    -------
    float
        From 0 to 1; NaN where no row is that late.

    Examples
    --------
    >>> share_of_new_parents(np.array([0, 1, 2, 3, 0, 9, 9]), np.array([1, 2, 3, 4, 5, 6, 7]))
    1.0
    """
    if keys.size == 0:
        return math.nan
    is_late = times > np.sort(times)[int(TRAIN_SHARE * (times.size - 1))]
    if not is_late.any():
        return math.nan
    return float(1 - np.isin(keys[is_late], keys[~is_late]).mean())
