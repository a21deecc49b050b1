"""What random bits come from: numpy's generators, and one that is compiled."""

from __future__ import annotations

from typing import Protocol, overload

import numpy as np
from numpy.typing import NDArray


class Bits(Protocol):
    """Gives random bits, as numpy's bit generators do."""

    @overload
    def random_raw(self, size: None = None) -> int: ...
    @overload
    def random_raw(self, size: int) -> NDArray[np.uint64]: ...
    def random_raw(self, size: int | None = None) -> int | NDArray[np.uint64]:
        """Uniform integers on 0..2⁶⁴ − 1: one, or an array of so many."""
        ...
