"""Sum, maximum, product and log-sum-exp over the encodings that reach a node."""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.aggregations import aggregations
from plurel_cli.numerics import single

Floats = NDArray[np.float32]

_MOST_PRODUCT = 1e18  # of partial products, far beyond where aggregates are held: no overflow


def _in_place(operation: np.ufunc, encodings: list[Floats]) -> Floats:
    return reduce(lambda total, its: operation(total, its, out=total), encodings)


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
    found = _in_place(np.multiply, encodings)
    return np.clip(found, -_MOST_PRODUCT, _MOST_PRODUCT, out=found)


@aggregations()
def logsumexp(encodings: list[Floats]) -> Floats:
    """log Σ exp, with the maximum subtracted first."""
    if len(encodings) == 1:
        return encodings[0]
    highest = np.maximum(*encodings[:2])
    for its in encodings[2:]:
        np.maximum(highest, its, out=highest)
    for its in encodings:
        its -= highest
        single.exp(its)
    total = _in_place(np.add, encodings)
    single.log(total)
    total += highest
    return total
