"""What a parent's children tell of it: aggregates over them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from plurel_cli.measure.dependence.variables import MeasuredVariable
from plurel_cli.measure.view import NO_PARENT, NO_TIME, MeasuredKey

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_MEANS = 6
MOST_CATEGORIES = 4
_NANOSECONDS_A_DAY = 86_400_000_000_000


def aggregates(key: MeasuredKey, variables: Sequence[MeasuredVariable]) -> Doubles:
    """Aggregates over the children by one foreign key.

    Parameters
    ----------
    key
        The foreign key.
    variables
        Of the child.

    Returns
    -------
    ndarray
        A row for each parent: number of children, means of up to six numbers (as normal scores),
        share of the most frequent value and entropy of up to four categories, and days from the
        last child to the latest time of all; NaN without children.
    """
    numbers = [variable for variable in variables if variable.is_number][:MOST_MEANS]
    categories = [variable for variable in variables if not variable.is_number][:MOST_CATEGORIES]
    columns = [key.fan_out.astype(float)]
    columns += [_mean(key, variable.scores) for variable in numbers]
    for variable in categories:
        columns += [_mean(key, variable.scores), _entropy(key, variable.codes)]
    if key.child_times is not None:
        columns.append(_recency(key, key.child_times))
    return np.column_stack(columns)


def _mean(key: MeasuredKey, scores: Doubles) -> Doubles:
    there = (key.keys != NO_PARENT) & ~np.isnan(scores)
    parents = key.keys[there]
    n = np.bincount(parents, minlength=key.n_parents)
    sums = np.bincount(parents, scores[there], minlength=key.n_parents)
    return np.where(n > 0, sums / np.maximum(n, 1), np.nan)


def _entropy(key: MeasuredKey, codes: Ints) -> Doubles:
    there = (key.keys != NO_PARENT) & (codes >= 0)
    parents = key.keys[there]
    n = np.bincount(parents, minlength=key.n_parents)
    n_codes = int(codes.max(initial=0)) + 1
    pairs, counts = np.unique(parents * n_codes + codes[there], return_counts=True)
    owners = pairs // n_codes
    terms = counts / n[owners] * np.log(counts / n[owners])
    return np.where(n > 0, -np.bincount(owners, terms, minlength=key.n_parents), np.nan)


def _recency(key: MeasuredKey, times: Ints) -> Doubles:
    there = (key.keys != NO_PARENT) & (times != NO_TIME)
    last = np.full(key.n_parents, NO_TIME)
    np.maximum.at(last, key.keys[there], times[there])
    latest = times[there].max(initial=0)
    return np.where(last == NO_TIME, np.nan, (latest - last) / _NANOSECONDS_A_DAY)
