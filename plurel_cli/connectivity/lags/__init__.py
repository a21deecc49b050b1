"""Distributions of how long after its parent a detail comes, one function each.

An entry is `(shares, parents, **parameters) → hours`: it gets a uniform share in (0, 1) for each
detail, float64, and one for the parent of each, and returns hours, at least 0. Details of one
parent are alike where they depend on the parent's share.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from plurel_cli.choices.registry import Registry

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DetailLag = Callable[..., "NDArray[np.float64]"]

NO_LAG = "none"
"""What a config calls details that come with their parent."""

lags: Registry[DetailLag] = Registry("lag", __name__)
