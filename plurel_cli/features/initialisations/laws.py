"""Laws of weights: what they are drawn by, and with which factor, as compiled code knows them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Literal, NamedTuple

from plurel_cli.features.initialisations import Initialisation
from plurel_cli.features.initialisations.bits import (
    Floats,
    normals,
    truncated_normals,
    uniforms,
)
from plurel_cli.numerics.generator import Generator


class Law(NamedTuple):
    """By what the weights of a matrix are drawn.

    Attributes
    ----------
    name
        Of those that compiled code knows.
    spread
        The standard deviation, or the bound of what is uniform.
    """

    name: Literal["normal", "truncated", "uniform", "sparse"]
    spread: float


LawOf = Callable[[int, int], Law]
"""The law of a matrix of so many inputs and outputs."""

_LAWS: dict[Initialisation, LawOf] = {}


def by_law(law_of: LawOf) -> Callable[[Initialisation], Initialisation]:
    """Decorator of an initialisation that draws by a law which compiled code knows."""

    def register(initialisation: Initialisation) -> Initialisation:
        _LAWS[initialisation] = law_of
        return initialisation

    return register


def independent(law_of: LawOf) -> Initialisation:
    """Decorator of a law by which all weights of a matrix are drawn alike and independently."""

    @wraps(law_of)
    def drawn(generator: Generator, count: int, n_in: int, n_out: int) -> Floats:
        name, spread = law_of(n_in, n_out)
        return _DRAWN[name](generator, count * n_in * n_out, spread).reshape(count, n_in, n_out)

    return by_law(law_of)(drawn)


_DRAWN: dict[str, Callable[[Generator, int, float], Floats]] = {
    "normal": normals,
    "truncated": truncated_normals,
    "uniform": uniforms,
}


def law_of(initialisation: Initialisation, n_in: int, n_out: int) -> Law | None:
    """The law by which an initialisation draws, if compiled code knows it.

    Parameters
    ----------
    initialisation
        A function of the registry.
    n_in, n_out
        Inputs and outputs of a matrix.

    Returns
    -------
    Law or None
    """
    return _LAWS[initialisation](n_in, n_out) if initialisation in _LAWS else None
