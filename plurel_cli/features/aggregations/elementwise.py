"""Sum, maximum, product and log-sum-exp over the encodings that reach a node."""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.aggregations import Lift, aggregations, lifted
from plurel_cli.features.aggregations.folds import SUM, Fold, folded
from plurel_cli.kernel import twin
from plurel_cli.numerics import single

Floats = NDArray[np.float32]

_MOST_PRODUCT = 1e18  # of partial products, far beyond where aggregates are held: no overflow


@aggregations()
@folded(SUM)
def sum(encodings: list[Floats]) -> Floats:  # noqa: A001 (the field's word)
    """Sum; the columns of a referenced row weigh 1/F each, for F columns."""
    return reduce(SUM.join, encodings)


def _larger(total: Floats, other: Floats) -> Floats:
    return np.maximum(total, other, out=total)


@aggregations()
@folded(Fold("maximum", _larger))
def maximum(encodings: list[Floats]) -> Floats:
    """Largest."""
    return reduce(_larger, encodings)


def _multiplied(total: Floats, other: Floats) -> Floats:
    total *= other
    return total


def _held(total: Floats) -> Floats:
    return np.clip(total, -_MOST_PRODUCT, _MOST_PRODUCT, out=total)


@aggregations()
@folded(Fold("product", _multiplied, _held))
def product(encodings: list[Floats]) -> Floats:
    """Product."""
    return _held(reduce(_multiplied, encodings))


@twin("exponentials")
def _exponentials(encodings: Floats, largest: Floats) -> Floats:
    encodings -= largest
    return single.exp(encodings)  # e⁻⁸⁰ at least, far above where float32 loses digits


@twin("logarithm")
def _logarithm(total: Floats, largest: Floats) -> Floats:
    total = single.log(total)
    total += largest
    return total


@twin("logsumexp")
def _logsumexp(total: Floats, other: Floats) -> Floats:
    highest = np.maximum(total, other)
    total -= other
    np.abs(total, out=total)
    np.negative(total, out=total)
    total = single.log1p_of_share(single.exp(total))
    total += highest
    return total


@aggregations()
@folded(Fold("logsumexp", _logsumexp))
@lifted(Lift(_exponentials, _logarithm, reach=60.0))
def logsumexp(encodings: list[Floats]) -> Floats:
    """log Σ exp, two at a time: the larger, and log(1 + exp(−distance))."""
    return reduce(_logsumexp, encodings)
