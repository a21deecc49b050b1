"""Weights of which many are zero."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.initialisations import initialisations
from plurel_cli.features.initialisations.bits import normals, slices
from plurel_cli.features.initialisations.laws import Law, by_law
from plurel_cli.numerics.generator import Generator

_SD = 0.01


def _law(n_in: int, n_out: int) -> Law:
    return Law("sparse", _SD)


@initialisations()
@by_law(_law)
def sparse_normal(generator: Generator, count: int, n_in: int, n_out: int) -> NDArray[np.float32]:
    """Normal with standard deviation 0.01; half of the weights into each output are zero.

    Notes
    -----
    Half is rounded up, but never all: the published method's code, which lacks this exception,
    silences an encoder of one number whenever it draws this.
    """
    weights = normals(generator, count * n_in * n_out, _SD).reshape(count, n_in, n_out)
    n_zero = min((n_in + 1) // 2, n_in - 1)
    if n_zero:
        # Random keys, all unlike by their last bits; those up to the n_zero-th smallest are zero.
        index_bits = (n_in - 1).bit_length()
        for rows in slices(count, n_in * n_out):
            part = weights[rows]
            keys = generator.halves(part.size).reshape(-1, n_out, n_in)
            keys >>= np.uint32(index_bits)
            keys <<= np.uint32(index_bits)
            keys |= np.arange(n_in, dtype=np.uint32)
            limits = np.partition(keys, n_zero - 1, axis=-1)[..., n_zero - 1 : n_zero]
            part *= np.ascontiguousarray((keys > limits).transpose(0, 2, 1))
    return weights
