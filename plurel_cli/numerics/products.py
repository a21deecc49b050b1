"""Matrix products that are exact before they are rounded once, so that no order of sums matters.

BLAS adds the terms of a product in an order, and with fused operations, that depend on the CPU.
Here the weights into an output are held on a grid of 14 bits below the largest of them, and the
other factor on one of some 34 bits below its own largest number: then every product and every
partial sum is a multiple of one power of two that fits a float64's 53 bits, and any BLAS finds the
same numbers. Only here are matrices multiplied.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

WEIGHT_BITS = 14
"""Bits of a weight, its sign apart."""

_FEW = 4

_AT_ONCE = 1 << 14
"""Numbers multiplied at once: in float64 they stay in the cache, and BLAS copies none."""


class Weights(NamedTuple):
    """A matrix to multiply with.

    Attributes
    ----------
    held
        float32, shape (inputs, outputs); where there is more than one input, on a grid.
    """

    held: Floats

    @property
    def shape(self) -> tuple[int, int]:
        """Inputs and outputs."""
        n_in, n_out = self.held.shape
        return n_in, n_out


def weights_of(several: Floats) -> list[Weights]:
    """Matrices to multiply with, of shape (matrices, inputs, outputs), which are overwritten: the
    weights into each output are held to 14 bits of the largest of them.
    """
    return [Weights(held) for held in held_by_column(several)]


def held_by_column(several: Floats) -> Floats:
    """Matrices of shape (matrices, inputs, outputs), the weights into each output held, in place,
    to 14 bits of the largest of them.
    """
    if several.shape[1] > 1:
        hold(several, np.maximum(several.max(axis=1), -several.min(axis=1))[:, None])
    return several


def hold(weights: Floats, largest: Floats) -> None:
    """Hold weights to multiples of 2⁻¹⁴ of the power of two above the largest, in place.

    Parameters
    ----------
    weights
        float32.
    largest
        Their largest absolute value, or more; of a shape that broadcasts.
    """
    # Adding 1.5 × 2²³ steps and taking them off again rounds to whole steps.
    rounds = np.ldexp(np.float32(1.5), np.frexp(largest)[1] + (23 - WEIGHT_BITS))
    weights += rounds
    weights -= rounds


def greatest(x: Floats) -> float:
    """Largest absolute value; NaN where there is one, 0 where there is nothing."""
    most, least = (
        np.maximum.reduce(x, axis=None, initial=0),
        np.minimum.reduce(x, axis=None, initial=0),
    )
    return max(float(most), -float(least))


def _on_grid(x: Floats, n_in: int, largest: float) -> Doubles:
    """x held to what can be multiplied exactly.

    With |x| ≤ 2ᵉ and k inputs these are multiples of 2^(e + 14 + ⌈log₂ k⌉ − 53): 1.5 × 2⁵² of them
    are added, and taken off again.
    """
    if not largest < math.inf:
        x = np.nan_to_num(x)
        largest = greatest(x)
    exponent = math.frexp(largest)[1] + WEIGHT_BITS + (n_in - 1).bit_length()
    rounds = math.ldexp(1.5, exponent - 1)
    whole = x.astype(np.float64)
    whole += rounds
    whole -= rounds
    return whole


def times(x: Floats, weights: Weights, largest: float | None = None) -> Floats:
    """`x @ weights`, rounded once; what comes of one input is multiplied out.

    Parameters
    ----------
    x
        float32, shape (n, inputs); where it is added up, NaN counts as 0.
    weights
        A matrix.
    largest
        The largest absolute value of x, or more, where it is known.

    Returns
    -------
    ndarray
        float32, shape (n, outputs).
    """
    n_in, n_out = weights.held.shape
    if n_in > 1:
        largest = greatest(x) if largest is None else largest
        return _times(x, weights.held.astype(np.float64), largest)
    if n_out == 1 or n_out > _FEW:
        return x * weights.held
    product = np.empty((len(x), n_out), dtype=np.float32)
    for column, weight in zip(product.T, weights.held[0], strict=True):
        np.multiply(x[:, 0], weight, out=column)  # BLAS would add it to 0, and lose the sign of −0
    return product


def _times(x: Floats, weights: Doubles, largest: float) -> Floats:
    n, (n_in, n_out) = len(x), weights.shape
    step = _AT_ONCE // max(n_in, n_out)
    if n <= 2 * step:
        return (_on_grid(x, n_in, largest) @ weights).astype(np.float32)
    product = np.empty((n, n_out), dtype=np.float32)
    for begin in range(0, n, step):
        rows = slice(begin, begin + step)
        product[rows] = _on_grid(x[rows], n_in, largest) @ weights
    return product


def several_times(x: Floats, held: Floats, largest: Floats) -> Floats:
    """`times` for several at once, to the bit.

    Parameters
    ----------
    x
        Finite, shape (matrices, n, inputs).
    held
        Their weights, shape (matrices, inputs, outputs).
    largest
        The largest absolute value of each x, or more, shape (matrices,).

    Returns
    -------
    ndarray
        float32, shape (matrices, n, outputs).
    """
    n_in = held.shape[1]
    if n_in == 1:
        return x * held
    exponents = np.frexp(largest)[1] + (WEIGHT_BITS + (n_in - 1).bit_length() - 1)
    rounds = np.ldexp(1.5, exponents)[:, None, None]
    whole = x.astype(np.float64)
    whole += rounds
    whole -= rounds
    return (whole @ held.astype(np.float64)).astype(np.float32)


def columns(x: Floats, weights: Weights, offsets: Floats) -> Floats:
    """`(x @ weights).T + offsets`, with offsets of shape (outputs, 1): shape (outputs, n).

    Parameters
    ----------
    x
        Shape (n, inputs).
    weights
        Shape (inputs, outputs).
    offsets
        Shape (outputs, 1).

    Returns
    -------
    ndarray
        float32, shape (outputs, n).
    """
    if len(weights.held) == 1:
        terms: Floats = weights.held.T * x.T
    else:
        whole = _on_grid(x, len(weights.held), greatest(x))
        terms = (weights.held.T.astype(np.float64) @ whole.T).astype(np.float32)
    terms += offsets
    return terms
