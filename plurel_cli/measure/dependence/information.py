"""What pairs of columns tell of each other: mutual information over the smaller entropy.

Columns become labels (deciles, or the nine most frequent categories and the rest); all pairs of two
sets of columns are counted at once, as a product of their indicator matrices.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

N_LABELS = 10
_LEAST_ROWS = 50


def _indicators(labels: Ints) -> NDArray[np.float32]:
    """n × (columns · 10) matrix of zeros and ones from n × columns labels; no ones for null."""
    n, n_columns = labels.shape
    indicators = np.zeros((n, n_columns, N_LABELS), np.float32)
    rows, columns = np.nonzero(labels >= 0)
    indicators[rows, columns, labels[rows, columns]] = 1
    return indicators.reshape(n, n_columns * N_LABELS)


def _entropies(counts: Doubles, axes: tuple[int, ...]) -> Doubles:
    total = np.maximum(counts.sum(axis=axes, keepdims=True), 1)
    shares = counts / total
    logs = np.log(np.where(shares > 0, shares, 1.0))
    return np.asarray(-(shares * logs).sum(axis=axes))


def pairwise(one: Ints, other: Ints) -> Doubles:
    """Normalised mutual information of every column of one set with every one of another.

    Parameters
    ----------
    one, other
        n × k and n × m labels from 0 to 9, negative for null.

    Returns
    -------
    ndarray
        k × m; NaN where fewer than 50 rows have both, or one of them is constant there.

    Notes
    -----
    A row counts for a pair where it has both. O(n k m) time, as a product of matrices.
    """
    joint = (_indicators(one).T @ _indicators(other)).astype(float)
    joint = joint.reshape(one.shape[1], N_LABELS, other.shape[1], N_LABELS)
    left = _entropies(joint.sum(axis=3), (1,))
    right = _entropies(joint.sum(axis=1), (2,))
    smaller = np.minimum(left, right)
    information = np.maximum(left + right - _entropies(joint, (1, 3)), 0.0)
    is_there = (joint.sum(axis=(1, 3)) >= _LEAST_ROWS) & (smaller > 1e-9)
    return np.where(is_there, information / np.where(is_there, smaller, 1.0), np.nan)
