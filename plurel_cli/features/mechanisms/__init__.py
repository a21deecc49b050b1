"""Families of mechanisms: how a value, or the embedding of a category, acts on a node.

An entry is `(generator, count, n_in, n_out, settings) → mechanisms`: it draws `count` of them at
once (thousands are drawn for a database), each a function of a float32 array of shape (n, n_in)
that returns one of shape (n, n_out) and leaves its argument as it was. A mechanism treats every
row alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.registry import Registry

if TYPE_CHECKING:
    from plurel_cli.features.mechanisms.settings import MlpConfig
    from plurel_cli.numerics.generator import Generator

Mechanism = Callable[[NDArray[np.float32]], NDArray[np.float32]]

Family = Callable[["Generator", int, int, int, "MlpConfig"], Sequence[Mechanism]]

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


class Parts(NamedTuple):
    """What compiled code is told of a mechanism.

    Attributes
    ----------
    family
        What it is, one of `kernel.names.FAMILIES`.
    n_out
        Its outputs.
    arrays
        What it holds, in the order in which compiled code asks for it; what there is not is none.
    numbers
        Whole numbers besides.
    """

    family: str
    n_out: int
    arrays: tuple[NDArray[Any] | None, ...]
    numbers: tuple[int, ...] = ()


Together = Callable[[list[Any], list[NDArray[np.float32]]], list[NDArray[np.float32]]]

_TOGETHER: dict[type, Together] = {}


def together(kind: type) -> Callable[[Together], Together]:
    """Decorator of what evaluates several mechanisms of a class at once, each on its own input."""

    def register(function: Together) -> Together:
        _TOGETHER[kind] = function
        return function

    return register


def evaluated(
    several: Sequence[Mechanism], inputs: Sequence[NDArray[np.float32]]
) -> list[NDArray[np.float32]]:
    """What mechanisms make of an input each; to the bit what one by one they would.

    Parameters
    ----------
    several
        The mechanisms.
    inputs
        One for each, shape (n, n_in).

    Returns
    -------
    list of ndarray
        Shape (n, n_out) each.
    """
    indices: dict[type, list[int]] = {}
    for index, mechanism in enumerate(several):
        indices.setdefault(type(mechanism), []).append(index)
    outputs: dict[int, NDArray[np.float32]] = {}
    for kind, where in indices.items():
        if kind in _TOGETHER:
            chosen = [several[index] for index in where]
            made = _TOGETHER[kind](chosen, [inputs[index] for index in where])
        else:
            made = [several[index](inputs[index]) for index in where]
        outputs.update(zip(where, made, strict=True))
    return [outputs[index] for index in range(len(several))]
