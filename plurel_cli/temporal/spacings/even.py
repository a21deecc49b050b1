"""Even steps: row i of N at (i + ½) / N."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import block_rows
from plurel_cli.numerics.stream import Stream
from plurel_cli.temporal.spacings import spacings


class EvenPositions:
    """(i + ½) / N for every row i of N.

    Parameters
    ----------
    n_rows
        Rows of the table, N.
    """

    def __init__(self, n_rows: int) -> None:
        self._n_rows = n_rows

    def block(self, index: int) -> NDArray[np.float64]:
        """Positions of one block of rows."""
        row = np.arange(*block_rows(index, self._n_rows), dtype=np.float64)
        return (row + 0.5) / self._n_rows


@spacings()
def even(n_rows: int, hours: float, stream: Stream) -> EvenPositions:
    """The same number of rows in every stretch of equal weight; at an even rate, equal gaps.

    Parameters
    ----------
    n_rows
        Rows of the table.
    hours
        Hours of the window; not used.
    stream
        Randomness; not used.

    Returns
    -------
    EvenPositions
    """
    return EvenPositions(n_rows)
