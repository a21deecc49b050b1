"""What is known of a row before it happens: its parent's earlier rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.measure.view import NO_PARENT, NO_TIME

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]


def history(keys: Ints, times: Ints, last: Doubles, averaged: Doubles) -> Doubles:
    """Last value, mean and number of strictly earlier rows of the same parent.

    Parameters
    ----------
    keys, times
        Of every row, `NO_PARENT` and `NO_TIME` for none.
    last
        Values of which the last is taken.
    averaged
        Values of which the mean is taken, NaN passed over.

    Returns
    -------
    ndarray
        n × 3, NaN where there is nothing.

    Notes
    -----
    Rows of the same time are not earlier. O(n log n) time, by sorting.
    """
    known = np.full((keys.size, 3), np.nan)
    rows = np.flatnonzero((keys != NO_PARENT) & (times != NO_TIME))
    rows = rows[np.lexsort((times[rows], keys[rows]))]
    if rows.size == 0:
        return known
    key, time = keys[rows], times[rows]
    places = np.arange(rows.size)
    opens = np.concatenate(([True], key[1:] != key[:-1]))
    moves = opens | np.concatenate(([True], time[1:] != time[:-1]))
    start = np.maximum.accumulate(np.where(opens, places, 0))
    end = np.maximum.accumulate(np.where(moves, places, 0))  # of the strictly earlier rows
    n_earlier = end - start
    values = averaged[rows]
    sums = np.concatenate(([0.0], np.cumsum(np.nan_to_num(values))))
    counts = np.concatenate(([0], np.cumsum(~np.isnan(values))))
    n_there = counts[end] - counts[start]
    has_some = n_earlier > 0
    known[rows, 0] = np.where(has_some, last[rows[np.maximum(end - 1, 0)]], np.nan)
    means = (sums[end] - sums[start]) / np.maximum(n_there, 1)
    known[rows, 1] = np.where(n_there > 0, means, np.nan)
    known[rows, 2] = n_earlier
    return known
