"""How a parent's fan-out depends on its columns."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plurel_cli.measure.dependence.variables import MeasuredVariable, ranks

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

N_PERMUTATIONS = 20
STORES_COUNT = 0.95
"""A column with a larger correlation stores the count, and is left out."""


def spearman(variable: MeasuredVariable, fan_out: Doubles) -> Doubles:
    """|Spearman's correlation| of a number with fan-outs, over rows where it is not null.

    Parameters
    ----------
    variable
        A number of the parent.
    fan_out
        n × m ranks of fan-outs.

    Returns
    -------
    ndarray
        m.
    """
    there = ~variable.is_null
    x = ranks(variable.values[there])
    x = x - x.mean()
    y = fan_out[there] - fan_out[there].mean(axis=0)
    scale = np.sqrt((x @ x) * (y**2).sum(axis=0))
    return np.asarray(np.abs(x @ y) / np.where(scale > 0, scale, np.inf))


def correlation_ratio(variable: MeasuredVariable, fan_out: Doubles) -> Doubles:
    """Adjusted correlation ratio of fan-outs over the categories of a column, as a correlation.

    Parameters
    ----------
    variable
        A category of the parent.
    fan_out
        n × m ranks of fan-outs.

    Returns
    -------
    ndarray
        m.

    Notes
    -----
    √ max(ε², 0), where ε² = 1 − (1 − η²)(n − 1)/(n − k) for k categories in n rows.
    """
    there = ~variable.is_null
    y = fan_out[there] - fan_out[there].mean(axis=0)
    _, groups, sizes = np.unique(variable.codes[there], return_inverse=True, return_counts=True)
    sums = np.stack([np.bincount(groups, column) for column in y.T], axis=1)
    whole = (y**2).sum(axis=0)
    between = (sums**2 / sizes[:, None]).sum(axis=0)
    eta = between / np.where(whole > 0, whole, np.inf)
    n, k = groups.size, sizes.size
    adjusted = 1 - (1 - eta) * (n - 1) / max(n - k, 1)
    return np.asarray(np.sqrt(np.maximum(adjusted, 0.0)))


def coupling(variables: Sequence[MeasuredVariable], fan_out: Ints, generator: Generator) -> float:
    """Largest correlation of a parent's columns with its fan-out, less that under permutation.

    Parameters
    ----------
    variables
        Of the parent.
    fan_out
        Children of every row.
    generator
        Draws permutations, over which the largest correlations are averaged.

    Returns
    -------
    float
        About 0 where fan-out depends on no column; NaN without a column to look at.
    """
    rank = ranks(fan_out.astype(float))
    columns = [rank, *(generator.permutation(rank) for _ in range(N_PERMUTATIONS))]
    all_ranks = np.stack(columns, axis=1)
    correlations = np.array(
        [
            spearman(variable, all_ranks)
            if variable.is_number
            else correlation_ratio(variable, all_ranks)
            for variable in variables
            if variable.is_varied
        ]
    )
    correlations = (
        correlations[correlations[:, 0] <= STORES_COUNT] if correlations.size else correlations
    )
    if not correlations.size:
        return math.nan
    largest = correlations.max(axis=0)
    return float(largest[0] - largest[1:].mean())
