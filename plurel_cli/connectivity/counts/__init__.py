"""Distributions of how many details a parent has besides the least number, one function each.

An entry is `(mean, **parameters) → probabilities`: it gets the mean, above 0, and returns the
probabilities of 0, 1, 2, … as float64, up to where they no longer matter. They are made of sums,
products and quotients in a fixed order alone, so that they are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from plurel_cli.choices.registry import Registry

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Count = Callable[..., "NDArray[np.float64]"]

counts: Registry[Count] = Registry("count", __name__)

MOST = 1 << 21
"""Most details of one parent."""

LARGEST_MEAN = 10_000.0
"""Largest mean number of details of a parent."""
