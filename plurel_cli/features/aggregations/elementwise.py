"""Sum, maximum, product and log-sum-exp over the encodings that reach a node."""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.aggregations import Lift, aggregations, lifted
from plurel_cli.numerics import single

Floats = NDArray[np.float32]

_MOST_PRODUCT = 1e18  # of partial products, far beyond where aggregates are held: no overflow


def _in_place(operation: np.ufunc, encodings: list[Floats]) -> Floats:
    return reduce(lambda total, encoding: operation(total, encoding, out=total), encodings)


@aggregations()
def sum(encodings: list[Floats]) -> Floats:  # noqa: A001 (the field's word)
    """Sum; the columns of a referenced row weigh 1/F each, for F columns."""
    return _in_place(np.add, encodings)


@aggregations()
def maximum(encodings: list[Floats]) -> Floats:
    """Largest."""
    return _in_place(np.maximum, encodings)


@aggregations()
def product(encodings: list[Floats]) -> Floats:
    """Product."""
    total = _in_place(np.multiply, encodings)
    return np.clip(total, -_MOST_PRODUCT, _MOST_PRODUCT, out=total)


def _exponentials(encodings: Floats, largest: Floats) -> Floats:
    encodings -= largest
    return single.exp(encodings)  # e⁻⁸⁰ at least, far above where float32 loses digits


def _logarithm(total: Floats, largest: Floats) -> Floats:
    total = single.log(total)
    total += largest
    return total


@aggregations()
@lifted(Lift(_exponentials, _logarithm, reach=60.0))
def logsumexp(encodings: list[Floats]) -> Floats:
    """log Σ exp, two at a time: the larger, and log(1 + exp(−distance))."""
    return reduce(_logsumexp, encodings)


def _logsumexp(total: Floats, other: Floats) -> Floats:
    highest = np.maximum(total, other)
    total -= other
    np.abs(total, out=total)
    np.negative(total, out=total)
    total = single.log1p_of_share(single.exp(total))
    total += highest
    return total
