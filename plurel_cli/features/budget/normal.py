"""Independent standard normal numbers, as noise and as hidden traits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import block_rows
from plurel_cli.numerics.stream import Stream


class NormalNumbers:
    """Independent standard normal numbers.

    Parameters
    ----------
    n_rows
        Rows of the table.
    stream
        Randomness of these alone.
    """

    def __init__(self, n_rows: int, stream: Stream) -> None:
        self._n_rows, self._stream = n_rows, stream

    def block(self, index: int) -> NDArray[np.float32]:
        """Numbers of one block of rows."""
        first, last = block_rows(index, self._n_rows)
        return self._stream.generator(index).standard_normal(last - first, dtype=np.float32)
