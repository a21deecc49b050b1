"""When a column says next to nothing: nearly all its rows have one value."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.kernel import twin
from plurel_cli.numerics.sums import total

MOST_ALIKE = 0.99
"""Share of the rows that one value may have."""


def is_degenerate(ordered: NDArray[np.float32]) -> bool:
    """Whether about 99 % of some sorted values, or more, are one value.

    Examples
    --------
    >>> is_degenerate(np.zeros(100, np.float32)), is_degenerate(np.arange(100, dtype=np.float32))
    (True, False)
    """
    # Of run + 1 equal values, the first and the last are equal.
    return _has_run(ordered, int(MOST_ALIKE * len(ordered)))


@twin("run")
def _has_run(ordered: NDArray[np.float32], run: int) -> bool:
    """Whether one of some sorted values is the same as that so many places before it."""
    return bool((ordered[run:] == ordered[: len(ordered) - run]).any())


def is_one_label(ordered: NDArray[np.float32], boundaries: NDArray[np.float32]) -> bool:
    """Whether more than 99 % of some sorted values lie between the same boundaries.

    Parameters
    ----------
    ordered
        The values, sorted.
    boundaries
        The boundaries, rising.

    Returns
    -------
    bool

    Examples
    --------
    >>> ordered = np.arange(100, dtype=np.float32)
    >>> is_one_label(ordered, ordered[[0]]), is_one_label(ordered, ordered[[-1]])
    (False, True)
    """
    n_below = ordered.searchsorted(boundaries, side="right").tolist()
    counts = [after - before for before, after in pairwise([0, *n_below, len(ordered)])]
    return bool(max(counts) > MOST_ALIKE * len(ordered))


def has_shares(
    ordered: NDArray[np.float32], boundaries: NDArray[np.float32], shares: NDArray[np.float64]
) -> bool:
    """Whether between boundaries lie about as many values as are asked for: all but a tenth of
    them, and one.

    Parameters
    ----------
    ordered
        The values, sorted.
    boundaries
        The boundaries, rising.
    shares
        What is asked for, in any unit.

    Returns
    -------
    bool

    Examples
    --------
    >>> ordered, asked = np.arange(1000, dtype=np.float32), np.array([995.0, 5.0])
    >>> has_shares(ordered, ordered[[994]], asked), has_shares(ordered, ordered[[999]], asked)
    (True, False)
    """
    n_below = ordered.searchsorted(boundaries, side="right")
    counts = np.diff(np.concatenate([[0], n_below, [len(ordered)]]))
    asked = shares * (len(ordered) / total(shares))
    return bool((np.abs(counts - asked) <= 1.0 + 0.1 * asked).all())


def is_one_sided(categories: NDArray[Any], n: int) -> bool:
    """Whether more than 99 % of some categories, of n, are the same one.

    Parameters
    ----------
    categories
        The categories, from 0 on.
    n
        How many different ones there may be.

    Returns
    -------
    bool
    """
    return _most_alike(categories, n) > MOST_ALIKE * len(categories)


@twin("most_alike")
def _most_alike(categories: NDArray[Any], n: int) -> int:
    """How many of some categories, of n, are the one that most are."""
    return int(np.bincount(categories, minlength=n).max())
