"""Families of mechanisms: how a value, or the embedding of a category, acts on a node.

An entry is `(generator, count, n_in, n_out, settings) → mechanisms`: it draws `count` of them at
once (thousands are drawn for a database), each a function of a float32 array of shape (n, n_in)
that returns one of shape (n, n_out) and leaves its argument as it was. A mechanism treats every
row alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.registry import Registry

if TYPE_CHECKING:
    from plurel_cli.features.mechanisms.settings import MlpConfig
    from plurel_cli.numerics.generator import Generator

Mechanism = Callable[[NDArray[np.float32]], NDArray[np.float32]]

Family = Callable[["Generator", int, int, int, "MlpConfig"], list[Mechanism]]

mechanisms: Registry[Family] = Registry("mechanism", __name__)

_BY_GRID: set[Family] = set()


def by_grid(family: Family) -> Family:
    """Decorator of a family that costs a row more than reading it from a grid."""
    _BY_GRID.add(family)
    return family


@cache
def is_by_grid(name: str) -> bool:
    """Whether a family's mechanisms on a number are read from a grid, in tables of many rows."""
    return mechanisms[name].function in _BY_GRID
