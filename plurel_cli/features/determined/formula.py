"""Formulas of two numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.determined.column import Doubles, Floats, as_floats


class Formula:
    """A function of two numbers, in float64 and then rounded to float32.

    Parameters
    ----------
    function
        The function.
    left, right
        float32, NaN for null.
    """

    def __init__(
        self, function: Callable[[Doubles, Doubles], Doubles], left: BlockColumn, right: BlockColumn
    ) -> None:
        self._function, self._left, self._right = function, left, right

    def block(self, index: int) -> Floats:
        """Values of one block of rows; what is too large for float32 is the largest there is."""
        left, right = (
            column.block(index).astype(np.float64) for column in (self._left, self._right)
        )
        return as_floats(self._function(left, right))
