"""Matrices that are drawn together, those of one initialisation and shape as a group."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.choice import Choice
from plurel_cli.features.initialisations import initialisations
from plurel_cli.features.initialisations.bits import Floats
from plurel_cli.features.initialisations.laws import law_of
from plurel_cli.kernel.names import LAWS
from plurel_cli.numerics.generator import Generator

_WIDTH_BITS = 20
_WIDEST = (1 << _WIDTH_BITS) - 1


class MatrixGroup(NamedTuple):
    """Matrices that are drawn alike.

    Attributes
    ----------
    initialisation
        By what they are drawn.
    n_in, n_out
        Inputs and outputs of each.
    n
        How many.
    """

    initialisation: str
    n_in: int
    n_out: int
    n: int

    @property
    def law(self) -> tuple[int, float] | None:
        """By what compiled code draws them, if it knows that: the number of a law, and a factor."""
        return law_number(self.initialisation, self.n_in, self.n_out)

    def drawn(self, generator: Generator) -> Floats:
        """The matrices, shape (n, n_in × n_out)."""
        function = initialisations[self.initialisation].function
        return function(generator, self.n, self.n_in, self.n_out).reshape(self.n, -1)


@lru_cache(1 << 12)
def law_number(name: str, n_in: int, n_out: int) -> tuple[int, float] | None:
    """By what compiled code draws matrices, if it knows that: the number of a law, and a factor.

    Parameters
    ----------
    name
        An initialisation.
    n_in, n_out
        Inputs and outputs of each.

    Returns
    -------
    tuple of int and float, or None
    """
    law = law_of(initialisations[name].function, n_in, n_out)
    if law is None:
        return None
    return LAWS.index(law.name), law.spread * (2.0**-31 if law.name == "uniform" else 1.0)


@lru_cache(1 << 10)
def _ranked(names: tuple[str, ...]) -> tuple[list[str], NDArray[np.int64]]:
    """Names in order, and the rank of each, as the upper bits of a key."""
    kinds = sorted(set(names))
    return kinds, np.array([kinds.index(name) for name in names]) << 2 * _WIDTH_BITS


class MatrixGroups(NamedTuple):
    """Groups in the order in which they are drawn, which is that of names and shapes.

    Attributes
    ----------
    groups
        All that there are.
    order
        Which of the matrices comes where when group follows group, shape (n,).
    begins
        Where the numbers of each matrix then begin, shape (n,).
    """

    groups: Sequence[MatrixGroup]
    order: NDArray[np.intp]
    begins: NDArray[np.int64]


def draw_groups(
    choice: Choice[str], generator: Generator, shapes: NDArray[np.int64]
) -> MatrixGroups:
    """Draw the initialisations of matrices.

    Parameters
    ----------
    choice
        Of their names.
    generator
        Randomness.
    shapes
        Inputs and outputs of each, shape (n, 2).

    Returns
    -------
    MatrixGroups
    """
    n = len(shapes)
    names, which = choice.picked(generator, n)
    kinds, ranks = _ranked(tuple(names))
    n_in, n_out = shapes[:, 0], shapes[:, 1]
    keys = n_in << _WIDTH_BITS
    keys += n_out
    keys += ranks.take(which)
    order = keys.argsort(kind="stable")
    keys, sizes = keys.take(order), (n_in * n_out).take(order)
    firsts = [*range(min(n, 1)), *(np.flatnonzero(keys[1:] != keys[:-1]) + 1).tolist()]
    counts = [end - first for first, end in pairwise([*firsts, n])]
    groups = [
        MatrixGroup(
            kinds[key >> 2 * _WIDTH_BITS], key >> _WIDTH_BITS & _WIDEST, key & _WIDEST, some
        )
        for key, some in zip(keys[firsts].tolist(), counts, strict=True)
    ]
    begins = np.empty(n, dtype=np.int64)
    begins[order] = sizes.cumsum() - sizes
    return MatrixGroups(groups, order, begins)
