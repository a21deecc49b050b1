"""When two arrays are the same to the bit."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def alike(one: ArrayLike, other: ArrayLike) -> bool:
    """Whether two arrays hold the same, the signs of zeros included; any NaN is NaN."""
    first, second = np.asarray(one), np.asarray(other)
    if not np.array_equal(first, second, equal_nan=first.dtype.kind == "f"):
        return False
    return bool(((np.signbit(first) == np.signbit(second)) | np.isnan(first)).all())
