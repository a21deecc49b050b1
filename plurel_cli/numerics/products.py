"""Matrix products that are exact before they are rounded once, so that no order of sums matters.

BLAS adds the terms of a product in an order, and with fused operations, that depend on the CPU.
Here the weights into an output are held on a grid of 14 bits below the largest of them, and the
other factor on one of some 34 bits below its own largest number: then every product and every partial sum is a
multiple of one power of two that fits a float64's 53 bits, and any BLAS finds the same numbers.
Only here are matrices multiplied.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

WEIGHT_BITS = 14
"""Bits of a weight, its sign apart."""

_FEW = 4


@dataclass(frozen=True, slots=True)
class Weights:
    """A matrix to multiply with.

    Attributes
    ----------
    drawn
        As it was drawn, float32, shape (inputs, outputs).
    held
        On its grid, float64, of that shape; none for one input, whose products are not added.
    """

    drawn: Floats
    held: Doubles | None

    @property
    def shape(self) -> tuple[int, int]:
        """Inputs and outputs."""
        n_in, n_out = self.drawn.shape
        return n_in, n_out


def weights_of(several: Floats) -> list[Weights]:
    """Matrices to multiply with, of shape (matrices, inputs, outputs)."""
    if several.shape[1] == 1:
        return [Weights(drawn, None) for drawn in several]
    held = several.astype(np.float64)
    largest = np.maximum(held.max(axis=1), -held.min(axis=1))
    rounds = np.ldexp(1.5, np.frexp(largest)[1] + (52 - WEIGHT_BITS))[:, None]
    held += rounds
    held -= rounds
    return [Weights(*pair) for pair in zip(several, held, strict=True)]


def greatest(x: Floats) -> float:
    """Largest absolute value; NaN where there is one."""
    return max(float(np.maximum.reduce(x, axis=None)), -float(np.minimum.reduce(x, axis=None)))


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
    if weights.held is not None:
        whole = _on_grid(x, len(weights.held), greatest(x) if largest is None else largest)
        return (whole @ weights.held).astype(np.float32)
    n_out = weights.drawn.shape[1]
    if n_out == 1 or n_out > _FEW:
        return x * weights.drawn
    product: Floats = x @ weights.drawn  # one term each: nothing is added
    return product


def columns(x: Floats, weights: Weights, offsets: Floats) -> Floats:
    """`(x @ weights).T + offsets`, with offsets of shape (outputs, 1): shape (outputs, n)."""
    if weights.held is None:
        terms: Floats = weights.drawn.T * x.T
    else:
        whole = _on_grid(x, len(weights.held), greatest(x))
        terms = (weights.held.T @ whole.T).astype(np.float32)
    terms += offsets
    return terms
