"""Distributions of how much a parent is referred to within its block, one function each.

An entry is `(shares, **parameters) → weights`: it gets a uniform share in (0, 1) for each parent,
float64, and returns its weight, above 0 and rising with the share: the distribution's quantile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from plurel_cli.choices.registry import Registry

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Popularity = Callable[..., "NDArray[np.float64]"]

popularities: Registry[Popularity] = Registry("popularity", __name__)
