"""Embeddings that are drawn together: tables of a number a category and dimension, which are
initialised as weights are, those of one shape and initialisation as a group.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.choice import Choice
from plurel_cli.choices.names import choice_of_names
from plurel_cli.features.initialisations.bits import Floats
from plurel_cli.features.initialisations.groups import draw_groups, law_number
from plurel_cli.kernel import twin
from plurel_cli.numerics.generator import Generator

Wholes = NDArray[np.int64]


class Embeddings(NamedTuple):
    """Embeddings of several variables.

    Attributes
    ----------
    numbers
        All of them.
    begins
        Where those of each variable begin.
    compared
        What they are compared with, each variable's shape (dimensions, categories) and held for
        products, where it is asked for, from the same places on; none where it is yet to be made.
    """

    numbers: Floats
    begins: Sequence[int]
    compared: Floats | None = None


class DescribedEmbeddings(NamedTuple):
    """How embeddings are drawn, for compiled code.

    Attributes
    ----------
    bounds, is_drawn
        The bounds of the weights of initialisations, and whether one is drawn.
    ranks
        The rank of the name of each.
    shapes
        Of each variable its categories, dimensions, whether it is compared with, and the rank of
        its shape among all; shape (variables, 4).
    laws, spreads
        Of the initialisations by rank and of all shapes: a law, and its factor; shape (ranks,
        shapes).
    """

    bounds: NDArray[np.float64]
    is_drawn: bool
    ranks: Wholes
    shapes: Wholes
    laws: Wholes
    spreads: Floats


class WantedEmbeddings(NamedTuple):
    """Embeddings to draw.

    Attributes
    ----------
    initialisation
        By what they are drawn.
    shapes
        Categories and dimensions of each variable.
    are_compared
        Whether it is asked for what they are compared with.
    """

    initialisation: Choice[str]
    shapes: Sequence[tuple[int, int]]
    are_compared: Sequence[bool]

    @property
    def described(self) -> DescribedEmbeddings | None:
        """The same for compiled code, if it knows all of it."""
        choice = choice_of_names(self.initialisation)
        if choice is None:
            return None
        kinds = {shape: rank for rank, shape in enumerate(sorted({*self.shapes}))}
        laws = _laws(choice.names, tuple(kinds))
        if laws is None:
            return None
        shapes = [
            (*shape, is_compared, kinds[shape])
            for shape, is_compared in zip(self.shapes, self.are_compared, strict=True)
        ]
        return DescribedEmbeddings(
            choice.bounds, choice.is_drawn, laws.ranks, np.array(shapes), laws.laws, laws.spreads
        )

    @staticmethod
    def drawn(numbers: Floats, begins: Sequence[int], compared: Floats) -> Embeddings:
        """Embeddings that compiled code has drawn.

        Parameters
        ----------
        numbers, begins, compared
            All of them, where those of each variable begin, and what they are compared with.

        Returns
        -------
        Embeddings
        """
        return Embeddings(numbers, begins, compared)


class _Laws(NamedTuple):
    ranks: Wholes
    laws: Wholes
    spreads: Floats


@lru_cache(1 << 10)
def _laws(names: tuple[str, ...], shapes: tuple[tuple[int, int], ...]) -> _Laws | None:
    """Of initialisations and shapes, if compiled code knows all."""
    kinds = sorted({*names})
    numbers = [law_number(kind, *shape) for kind in kinds for shape in shapes]
    known = [each for each in numbers if each is not None]
    if len(known) < len(numbers):
        return None
    laws, spreads = zip(*known, strict=True)
    size = len(kinds), len(shapes)
    return _Laws(
        np.array([kinds.index(name) for name in names], dtype=np.int64),
        np.array(laws, dtype=np.int64).reshape(size),
        np.array(spreads, dtype=np.float32).reshape(size),
    )


@twin("embeddings")
def drawn_embeddings(generator: Generator, wanted: WantedEmbeddings) -> Embeddings:
    """Draw embeddings.

    Parameters
    ----------
    generator
        Randomness.
    wanted
        What is drawn, of one variable at least.

    Returns
    -------
    Embeddings
    """
    shapes = np.array(wanted.shapes, dtype=np.int64)
    groups, _, begins = draw_groups(wanted.initialisation, generator, shapes)
    drawn = np.concatenate([group.drawn(generator).reshape(-1) for group in groups])
    return Embeddings(drawn, begins.tolist())
