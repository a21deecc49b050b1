"""How the encodings that reach a node become its embedding, one function each.

An entry is `(encodings) → encoding`: elementwise over float32 arrays of the same shape, at least
one, which it may overwrite. It must be associative, for what all nodes of a table share (the
encodings of referenced rows) is aggregated once, and then with a node's own. It should have a
number that leaves every other as it is, 0, 1 or one far out: that stands for a null reference.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.registry import Registry

Aggregation = Callable[[list[NDArray[np.float32]]], NDArray[np.float32]]

aggregations: Registry[Aggregation] = Registry("aggregation", __name__)

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
        found = aggregate([probe.copy(), np.full_like(probe, number)])
        if np.array_equal(found, probe):
            return number
    return 0.0
