"""What the rows of a table are called outside: numbers that begin somewhere and go on by steps.

Inside, a key is the number of its row, from 0. Outside, row r has the number start + step × r, or,
where there are gaps, any number of that step: which one hangs on the row alone, by a hash of it, so
that keys and what refers to them agree wherever they are written, in any order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.record import Record

Numbers = NDArray[np.int64]


class KeyNumbers(Record):
    """What rows are called outside of plurel."""

    start: int = Field(default=0, ge=0, lt=2**52, description="Number of the first row.")
    step: int = Field(default=1, ge=1, le=10**6, description="From one row to the next.")
    gaps: bool = Field(
        default=False,
        description="Whether each number lies anywhere in its step, and not at its beginning.",
    )

    def of(self, rows: Numbers, stream: Stream) -> Numbers:
        """Numbers of some rows.

        Parameters
        ----------
        rows
            int64, rows of the table from 0, in any order.
        stream
            Randomness of the table's numbers alone.

        Returns
        -------
        ndarray
            int64, of the same shape; a later row has a larger number.

        Notes
        -----
        The place in a step is the high part of a 64-bit hash (splitmix64) of the row and a word of
        the stream, O(1) a row.
        """
        numbers = self.start + self.step * rows
        if not self.gaps or self.step == 1:
            return numbers
        word = np.uint64(stream.bits().random_raw())
        with np.errstate(over="ignore"):
            x = (rows.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15) + word
            x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            x = x ^ (x >> np.uint64(31))
        place = ((x >> np.uint64(32)) * np.uint64(self.step)) >> np.uint64(32)
        return numbers + place.astype(np.int64)
