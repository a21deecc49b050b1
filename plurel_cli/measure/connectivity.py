"""How references lie in row order and in time.

Where a statistic compares with a permutation, one permutation is drawn from the generator given.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plurel_cli.measure.time import DAY
from plurel_cli.measure.view import share_of

Ints = NDArray[np.int64]

_GROUPS = 10


def run_lift(keys: Ints) -> float:
    """Share of consecutive children with the same parent, less what chance gives.

    Parameters
    ----------
    keys
        Parents of the children, in row order.

    Notes
    -----
    Chance is Σ over parents of (share of the children)².

    Examples
    --------
    >>> run_lift(np.array([0, 0, 1, 1]))
    0.16666666666666663
    """
    if keys.size < 2:
        return math.nan
    shares = np.bincount(keys) / keys.size
    return float(share_of(keys[1:] == keys[:-1]) - shares @ shares)


def lifetime(keys: Ints, times: Ints) -> float:
    """Median over parents of the time from the first to the last child.

    Parameters
    ----------
    keys, times
        Parent and time of the children.

    Returns
    -------
    float
        In nanoseconds.

    Notes
    -----
    Parents with at least two children; NaN without any.
    """
    if not keys.size:
        return math.nan
    return _lifetime(keys, times, np.bincount(keys))


def _lifetime(keys: Ints, times: Ints, counts: Ints) -> float:
    first = np.full(counts.size, np.iinfo(np.int64).max)
    last = np.full(counts.size, np.iinfo(np.int64).min)
    np.minimum.at(first, keys, times)
    np.maximum.at(last, keys, times)
    is_spread = counts > 1
    spans = last[is_spread] - first[is_spread]
    return float(np.median(spans)) if spans.size else math.nan


def lifetime_over_null(keys: Ints, times: Ints, generator: Generator) -> float:
    """`lifetime` over the same after shuffling times among children: 1 where time says nothing.

    Parameters
    ----------
    keys, times
        Parent and time of the children.
    generator
        Draws the permutation.

    Returns
    -------
    float
        0 where children of one parent come together, 1 where time says nothing; NaN where no parent
        has two children.
    """
    if keys.size == 0:
        return math.nan
    counts = np.bincount(keys)
    null = _lifetime(keys, generator.permutation(times), counts)
    return _lifetime(keys, times, counts) / null if null > 0 else math.nan


def first_appearance_groups(keys: Ints, n_groups: int = _GROUPS) -> Ints:
    """Group of each child by when its parent first appears, in ten equal groups of parents.

    Parameters
    ----------
    keys
        Parents of the children, in time order.
    n_groups
        How many groups.

    Returns
    -------
    ndarray
        int64, from 0.

    Examples
    --------
    >>> first_appearance_groups(np.array([7, 7, 3, 5]), n_groups=3).tolist()
    [0, 0, 1, 2]
    """
    firsts = np.full(int(keys.max(initial=-1)) + 1, keys.size)
    firsts[keys[::-1]] = np.arange(keys.size)[::-1]  # the last one that is assigned stays
    parents = np.flatnonzero(firsts < keys.size)
    groups = np.zeros(firsts.size, np.int64)
    ranks = np.arange(parents.size)
    groups[parents[np.argsort(firsts[parents])]] = ranks * n_groups // max(parents.size, 1)
    return np.asarray(groups[keys])


def entropy(counts: NDArray[np.integer]) -> float:
    """Entropy of a distribution given by its counts, in nats."""
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares @ np.log(shares)))


def normalised_information(a: Ints, b: Ints) -> float:
    """Mutual information of two labels over the smaller of their entropies, 0 where that is 0.

    Parameters
    ----------
    a, b
        Labels of the same rows, integers from 0.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> normalised_information(np.array([0, 1, 0, 1]), np.array([1, 0, 1, 0]))
    1.0
    """
    return _normalised(_joint(a, b), entropy(np.bincount(a)), entropy(np.bincount(b)))


def _joint(a: Ints, b: Ints) -> float:
    """Entropy of two labels together."""
    return entropy(np.bincount(a * (int(b.max()) + 1) + b))


def _normalised(joint: float, one: float, other: float) -> float:
    smaller = min(one, other)
    return max(one + other - joint, 0.0) / smaller if smaller > 0 else 0.0


def nmi_excess(one: Ints, other: Ints, generator: Generator) -> float:
    """How much the age of one parent says of the age of another, less what chance gives.

    Parameters
    ----------
    one, other
        Parents of the same children by two foreign keys, in time order.
    generator
        Draws the permutation.

    Returns
    -------
    float
        About 0 where ages are unrelated; at most 1.

    Notes
    -----
    `normalised_information` of the groups of `first_appearance_groups`, minus the same with the
    groups of one side permuted.
    """
    a, b = first_appearance_groups(one), first_appearance_groups(other)
    each = entropy(np.bincount(a)), entropy(np.bincount(b))  # in whatever order
    chance = _normalised(_joint(a, generator.permutation(b)), *each)
    return _normalised(_joint(a, b), *each) - chance


def parent_before_child(children: Ints, parents: Ints) -> float:
    """Share of children not before their parent.

    Parameters
    ----------
    children, parents
        Time of the child, time of its parent.

    Returns
    -------
    float
        From 0 to 1.

    Notes
    -----
    To the day where all children's times are midnights.

    Examples
    --------
    >>> parent_before_child(np.array([5, 6]), np.array([5, 7]))
    0.5
    """
    if not (children % DAY).any():
        parents = parents // DAY * DAY
    return share_of(children >= parents)
