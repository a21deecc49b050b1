"""Rows that come independently of one another: N sorted uniform positions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.numerics.stream import Stream, uniforms
from plurel_cli.temporal.intervals import IntervalPositions, sort
from plurel_cli.temporal.spacings import spacings


def _order_statistics(n: int, bits: np.random.SFC64) -> NDArray[np.float64]:
    positions = uniforms(bits, n)
    sort(positions)
    return positions


@spacings()
def poisson(n_rows: int, hours: float, stream: Stream) -> IntervalPositions:
    """Rows independent of one another: a Poisson process that had N of them.

    Parameters
    ----------
    n_rows
        Rows of the table, N.
    hours
        Hours of the window; not used.
    stream
        Randomness of these positions alone.

    Returns
    -------
    IntervalPositions
        The order statistics of N uniform draws.

    Notes
    -----
    At an even rate gaps are exponential, so that σ − μ of them is about 0. O(N) time.
    """
    return IntervalPositions(n_rows, _order_statistics, stream)
