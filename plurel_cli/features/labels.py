"""From a number to the label of its category, for tables that carry categories as numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.numerics.generator import Generator

_FEW = 32
"""Boundaries up to which counting them one by one is faster than a search."""


def cut_labels(raw: NDArray[np.float32], boundaries: NDArray[np.float32]) -> NDArray[np.int32]:
    """Number of boundaries strictly below each value.

    Parameters
    ----------
    raw
        float32, any order.
    boundaries
        float32, rising; equal ones leave labels empty.

    Returns
    -------
    ndarray
        int32, 0 to the number of boundaries.

    Examples
    --------
    >>> values = np.array([0.5, 1.0, 1.5], dtype=np.float32)
    >>> cut_labels(values, np.array([1.0, 1.0], dtype=np.float32)).tolist()
    [0, 0, 2]
    """
    if not 0 < len(boundaries) <= _FEW:
        return boundaries.searchsorted(raw, "left").astype(np.int32)
    labels: NDArray[np.uint8] = (raw > boundaries[0]).view(np.uint8)
    for boundary in boundaries[1:]:
        labels += raw > boundary
    return labels.astype(np.int32)


def sample_relabelling(
    categories: int, p_permuted: float, p_reversed: float, generator: Generator
) -> NDArray[np.int32]:
    """Draw what becomes of each label.

    Parameters
    ----------
    categories
        C, the number of labels.
    p_permuted
        Probability that labels go through a uniform permutation.
    p_reversed
        Probability that a label becomes C − 1 − label, after that.
    generator
        Randomness.

    Returns
    -------
    ndarray
        int32, a permutation of 0..C − 1: the new label by the old one.
    """
    is_permuted, is_reversed = generator.random(2) < (p_permuted, p_reversed)
    labels = np.arange(categories, dtype=np.int32)
    if is_permuted:
        labels = generator.permutation(labels)
    return categories - 1 - labels if is_reversed else labels
