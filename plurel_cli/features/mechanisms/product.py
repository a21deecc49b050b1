"""Products of rows and a matrix of weights, each in the layout that numpy is fastest in.

Numpy walks the last axis in its inner loop, so what has few columns is kept column by column.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_FEW = 4


def times(x: Floats, weights: Floats) -> Floats:
    """`x @ weights`; one input and one or many outputs are multiplied out, which is faster."""
    n_in, n_out = weights.shape
    if n_in == 1 and (n_out == 1 or n_out > _FEW):
        return x * weights
    product: Floats = x @ weights
    return product


def columns(x: Floats, weights: Floats, offsets: Floats) -> Floats:
    """`weights @ x.T + offsets` for weights of shape (m, n_in) and offsets of (m, 1): (m, n)."""
    terms: Floats = weights * x.T if weights.shape[1] == 1 else weights @ x.T
    terms += offsets
    return terms
