"""Weights of which many are zero."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plurel_cli.features.initialisations import initialisations

_SD = np.float32(0.01)


@initialisations()
def sparse_normal(generator: Generator, count: int, n_in: int, n_out: int) -> NDArray[np.float32]:
    """Normal with standard deviation 0.01; half of the weights into each output are zero.

    Notes
    -----
    Half is rounded up, but never all: the published method's code, which lacks this exception,
    silences an encoder of one number whenever it draws this.
    """
    weights = generator.standard_normal((count, n_in, n_out), dtype=np.float32)
    weights *= _SD
    n_zero = min((n_in + 1) // 2, n_in - 1)
    if n_zero:
        # Random keys, unlike by their last bits; those up to the n_zero-th smallest are zero.
        bits = max(n_in - 1, 1).bit_length()
        keys = generator.integers(0, 1 << 32, (count, n_out, n_in), dtype=np.uint32)
        keys <<= np.uint32(bits)
        keys |= np.arange(n_in, dtype=np.uint32)
        limits = np.partition(keys, n_zero - 1, axis=-1)[..., n_zero - 1 : n_zero]
        weights *= (keys > limits).transpose(0, 2, 1)
    return weights
