"""Rows that call forth others: clusters of a self-exciting process.

Roots come evenly; each row calls forth a Poisson number of others, `branching` on average, each
after a lag with a heavy tail. Given that n rows came to an interval, the numbers of roots and of
rows that each called forth are drawn from their exact conditional distribution, without trial and
error.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.kinds import Reals
from plurel_cli.choices.registry import parameter
from plurel_cli.numerics.stream import Stream, uniforms
from plurel_cli.temporal.intervals import IntervalPositions, interval_count, sort
from plurel_cli.temporal.spacings import spacings

_NONE = np.empty(0, dtype=np.int64)


def forest(n: int, branching: float, bits: np.random.SFC64) -> tuple[int, NDArray[np.int64]]:
    """A random forest of n rows, each with those that it called forth.

    Parameters
    ----------
    n
        Rows, 1 or more.
    branching
        β, the expected number of rows that a row calls forth, from 0 to below 1.
    bits
        Randomness.

    Returns
    -------
    roots : int
        Number of roots, which are rows 0..roots − 1.
    parents : NDArray[np.int64]
        What called forth each of the other rows, rising, shape (n − roots,).

    Notes
    -----
    With a Poisson number of roots of mean n (1 − β) and Poisson(β) offspring each, P(roots = m | n
    rows in all) is proportional to P(m roots) · m/n · P(n − m offspring in all), which is that of
    1 + Binomial(n − 1, 1 − β). Given m, the offspring counts of rows in breadth-first order are
    multinomial, given that the queue never runs dry: of every sequence's n rotations m are such
    (the cycle lemma), and one of these is taken. O(n) time.

    References
    ----------
    M. Dwass, The total progeny in a branching process and a related random walk, Journal of
    Applied Probability 6, 1969. A. G. Hawkes, D. Oakes, A cluster process representation of a
    self-exciting process, Journal of Applied Probability 11, 1974.
    """
    called = int((uniforms(bits, n - 1) < branching).sum())
    roots = n - called
    if called == 0:
        return n, _NONE
    counts = np.bincount((uniforms(bits, called) * n).astype(np.int64), minlength=n)
    walk = np.cumsum(counts - 1)
    level = int(walk.min()) + int(uniforms(bits, 1)[0] * roots)
    first = int((walk <= level).argmax()) + 1
    counts = np.concatenate((counts[first:], counts[:first]))
    return roots, np.repeat(np.arange(n), counts)


def clusters(
    n: int, bits: np.random.SFC64, *, branching: float, lag: float
) -> tuple[NDArray[np.float64], int, NDArray[np.int64]]:
    """Places of n rows on the line, before they are wrapped onto the circle.

    Parameters
    ----------
    n, branching, bits
        As in `forest`.
    lag
        c, the mean lag.

    Returns
    -------
    places : NDArray[np.float64]
        Roots within [0, 1), every other row after its parent; shape (n,).
    roots, parents
        As in `forest`.

    Notes
    -----
    A lag is c (1/√U − 1): it exceeds x with probability (1 + x/c)⁻².
    """
    roots, parents = forest(n, branching, bits)
    places = uniforms(bits, n)
    lags = places[roots:]
    np.subtract(1.0, lags, out=lags)
    np.sqrt(lags, out=lags)
    np.divide(1.0, lags, out=lags)
    lags -= 1.0
    lags *= lag
    begin, end = 0, roots
    while end < n:  # generation by generation
        begin, end = end, roots + int(np.searchsorted(parents, end))
        places[begin:end] += places[parents[begin - roots : end - roots]]
    return places, roots, parents


def _fill(n: int, bits: np.random.SFC64, *, branching: float, lag: float) -> NDArray[np.float64]:
    places, _, _ = clusters(n, bits, branching=branching, lag=lag)
    places -= np.floor(places)
    sort(places)
    return places


@spacings(
    branching=parameter(Reals(ge=0, lt=1), {"min": 0.3, "max": 0.9}),
    lag_hours=parameter(Reals(gt=0, le=1e6), {"min": 0.5, "max": 48}),
)
def bursty(
    n_rows: int, hours: float, stream: Stream, *, branching: float, lag_hours: float
) -> IntervalPositions:
    """Rows that call forth others: bursts with heavy tails.

    Parameters
    ----------
    n_rows
        Rows of the table.
    hours
        Hours of the window.
    stream
        Randomness of these positions alone.
    branching
        Expected number of rows that a row causes.
    lag_hours
        Mean time until each of these, in hours at the window's average rate; half of them come
        within 0.41 times that.

    Returns
    -------
    IntervalPositions

    Notes
    -----
    The process lives on the circle of each interval of `IntervalPositions`: what runs over the end
    of one goes on at its start. O(N) time.
    """
    lag = lag_hours / hours * interval_count(n_rows)
    return IntervalPositions(n_rows, partial(_fill, branching=branching, lag=lag), stream)
