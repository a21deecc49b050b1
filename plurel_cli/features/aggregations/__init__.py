"""How the encodings that reach a node become its embedding, one function each.

An entry is `(encodings) → encoding`: elementwise over float32 arrays of the same shape, at least
one, which it may overwrite. It must be associative, for what all nodes of a table share (the
encodings of referenced rows) is aggregated once, and then with a node's own. It should have a
number that leaves every other as it is, 0, 1 or one far out: that stands for a null reference.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.registry import Registry

Aggregation = Callable[[list[NDArray[np.float32]]], NDArray[np.float32]]

aggregations: Registry[Aggregation] = Registry("aggregation", __name__)


class Lift(NamedTuple):
    """An aggregation as a sum of something else.

    Attributes
    ----------
    up
        From encodings, and the largest of each dimension, to what is added; overwrites them.
    down
        From that sum, and the same largest, to the aggregate; overwrites it.
    reach
        How far below the largest encodings may lie.
    """

    up: Callable[[NDArray[np.float32], NDArray[np.float32]], NDArray[np.float32]]
    down: Callable[[NDArray[np.float32], NDArray[np.float32]], NDArray[np.float32]]
    reach: float


_LIFTS: dict[Aggregation, Lift] = {}


def lifted(lift: Lift) -> Callable[[Aggregation], Aggregation]:
    """Decorator of an aggregation that is cheaper as a sum of what encodings are lifted to, which
    is done once where encodings are read from a table.
    """

    def register(aggregation: Aggregation) -> Aggregation:
        _LIFTS[aggregation] = lift
        return aggregation

    return register


@cache
def lift_of(name: str) -> Lift | None:
    """How an aggregation is lifted, if it is."""
    return _LIFTS.get(aggregations[name].function)


_PROBE = (-2.5, 3.5)
_NEUTRAL = (0.0, 1.0, -1e30, 1e30)


def neutral(name: str) -> float:
    """A number that leaves every other as it is, for what reaches some rows and not others.

    Of 0, 1 and ±10³⁰ the first that does; 0 if none does.

    Examples
    --------
    >>> neutral("sum"), neutral("product"), neutral("maximum")
    (0.0, 1.0, -1e+30)
    """
    aggregate, probe = aggregations[name].function, np.array(_PROBE, dtype=np.float32)
    for number in _NEUTRAL:
        joined = aggregate([probe.copy(), np.full_like(probe, number)])
        if np.array_equal(joined, probe):
            return number
    return 0.0
