"""What a foreign key of a source is like: how unequal parents are, and how rows follow one another.

Where rows come with their parents, or soon after them, each parent draws how many it has, by the
nearest of the distributions of counts. Otherwise each row chooses a parent, among which some weigh
more than others, some have none, and some are gone after a while.
"""

from __future__ import annotations

from math import log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.intake.likeness.figures import LEAST, Doubles, rounded
from plurel_cli.numerics.normal_quantile import normal_quantile

Places = NDArray[np.int64]

_QUANTILES = np.exp(normal_quantile((np.arange(200) + 0.5) / 200))
"""Weights of parents at a standard deviation of 1, of their logarithm."""


def popularity_of(counts: Doubles) -> dict[str, Any]:
    """How unequal parents are, as settings of `connectivity`.

    Parameters
    ----------
    counts
        Shape (n_parents,): children of each.

    Returns
    -------
    dict
    """
    mean = float(counts.mean())
    n_rows = counts.sum() if len(counts) >= LEAST else counts[counts > 0].min(initial=counts.sum())
    if len(counts) < 2 or n_rows < LEAST:
        return {}
    excess = (float(counts.var()) - mean) / mean**2
    childless = float((counts == 0).mean())
    lowest, highest = 0.0, min(childless, 0.99)
    sigma = 0.0
    for _ in range(30):  # the share that weighs nothing, until as many have no children
        share = (lowest + highest) / 2
        rest = (1 + excess) * (1 - share) - 1
        sigma = min(sqrt(log(1 + rest)), 5.0) if rest > 0 else 0.0
        weights = _QUANTILES**sigma
        none = share + (1 - share) * float(
            np.exp(-mean / (1 - share) * weights / weights.mean()).mean()
        )
        lowest, highest = (share, highest) if none < childless else (lowest, share)
    share = lowest
    stated: dict[str, Any] = {}
    are_few = n_rows >= LEAST > len(counts)  # and so each figure is of many children
    if share >= 0.02 and (share * len(counts) >= LEAST or (are_few and counts.min() == 0)):
        stated["childless"] = rounded(share)
    else:
        sigma = min(sqrt(log(1 + excess)), 5.0) if excess > 0 else 0.0
    if sigma > 0.1:
        stated["popularity"] = "lognormal"
        stated["popularities"] = {"lognormal": {"sigma": rounded(sigma)}}
    return stated


def counts_of(counts: Doubles) -> dict[str, Any]:
    """How many details a parent has, as settings of `connectivity.detail`.

    Parameters
    ----------
    counts
        Shape (n_parents,): children of each.

    Returns
    -------
    dict
    """
    none = float((counts == 0).mean())
    some = counts[counts > 0]
    least = 1
    while (counts <= least).sum() < LEAST and least < some.max():
        least += 1
    least = least if (counts == 0).sum() < LEAST else 1
    stated: dict[str, Any] = {"least": least}
    is_apart = none * len(counts) >= LEAST
    if is_apart:
        stated["none"] = rounded(none)
    above = (some if is_apart else np.maximum(counts, least)) - least
    mean, variance = float(above.mean()), float(above.var())
    least_possible = mean % 1 * (1 - mean % 1)
    if variance <= max(mean / 4, 1.1 * least_possible) or above.sum() < LEAST:
        return stated | {"count": "constant"}
    if variance < 1.3 * mean:
        return stated | {"count": "poisson"}
    size = mean**2 / (variance - mean)
    if 0.8 < size < 1.25:
        return stated | {"count": "geometric"}
    size = min(max(rounded(size), 0.05), 1000)
    return stated | {"count": "negative_binomial", "counts": {"negative_binomial": {"size": size}}}


def habits_of(places: Places, n_parents: int) -> dict[str, Any]:
    """How rows follow one another, as settings of `connectivity`.

    Parameters
    ----------
    places
        Shape (n,): the parent of each row, in the order of time.
    n_parents
        How many there are.

    Returns
    -------
    dict
    """
    if len(places) < 10 * LEAST:
        return {}
    stated: dict[str, Any] = {}
    shares = np.bincount(places, minlength=n_parents) / len(places)
    chance = float((shares**2).sum())
    same = float((places[1:] == places[:-1]).mean())
    run = (same - chance) / (1 - chance) if chance < 1 else 0.0
    if run >= 0.02 and run * len(places) >= LEAST:
        stated["run"] = min(rounded(run), 0.99)
    clusters = _lifetimes(places, n_parents, run)
    if clusters > 1:
        stated |= {
            "parent_clusters": clusters,
            "matched": True,
            "p_diagonal": 1.0,
            "p_off_diagonal": 0.001,
            "softness": rounded(0.4 / clusters),
        }
    return stated


def _lifetimes(places: Places, n_parents: int, run: float) -> int:
    """How many generations of parents there are, by how much of the rows those of one spread."""
    counts = np.bincount(places, minlength=n_parents)
    positions = (np.arange(len(places)) + 0.5) / len(places)
    enough = counts >= LEAST
    if enough.sum() < LEAST:
        return 1
    sums = np.bincount(places, positions, n_parents)[enough]
    squares = np.bincount(places, positions**2, n_parents)[enough]
    n = counts[enough]
    variance = (squares / n - (sums / n) ** 2) * n / (n - 1)
    ratio = sqrt(float(np.median(variance)) * 12)
    runs_alone = run > 0.5 and ratio > 0.2
    if ratio > 0.75 or runs_alone:
        return 1
    return int(min(max(round(1 / max(ratio, 0.02)), 2), 40, n_parents // 2))
