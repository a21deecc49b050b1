"""What is done to a numerical column before it is written, one function each.

An entry is `(reference, n_rows, generator) → Transform`: it gets the sorted reference sample of
the column's raw values (all rows of a table of up to 2¹⁶, that many of a larger one) and draws
what it needs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.registry import Registry

if TYPE_CHECKING:
    from plurel_cli.numerics.generator import Generator


class Transform(Protocol):
    """A monotone map of a column's raw values."""

    def __call__(self, raw: NDArray[np.float32], generator: Generator, /) -> NDArray[Any]:
        """Written values of one block of rows; the generator is that of the block's ties."""
        ...

    def inverse(self, written: float, /) -> float:
        """A raw value that is written as this one, or as near to it as there is."""
        ...


Fit = Callable[[NDArray[np.float32], int, "Generator"], Transform]

transforms: Registry[Fit] = Registry("transform", __name__)
