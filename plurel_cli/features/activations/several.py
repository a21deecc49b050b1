"""Activations that are drawn together: as numbers for compiled code, and as functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.choice import Choice
from plurel_cli.features.activations import Activation, activations, always_given, number_of
from plurel_cli.features.activations.waves import (
    N_OF_TERM,
    Sines,
    random_function,
    sines_of,
    sums_of_sines,
)
from plurel_cli.numerics.generator import Generator

Floats = NDArray[np.float32]


_NONE = np.empty(0, dtype=np.int64), np.empty((0, N_OF_TERM), dtype=np.float32)


class NamedActivations(NamedTuple):
    """Activations by name, of which none but random functions draw anything.

    Attributes
    ----------
    numbers
        By which compiled code knows them.
    functions
        Each, or None for a random function.
    are_sums
        Whether each is a random function.
    """

    numbers: NDArray[np.int64]
    functions: Sequence[Activation | None]
    are_sums: NDArray[np.bool_]


@dataclass(frozen=True)
class DrawnActivations:
    """Activations drawn together.

    Attributes
    ----------
    named
        Those of the names that there are.
    which
        Which of them each is, shape (n,).
    counts, terms
        How many terms each random function has, and all terms, shape (terms, 3).
    """

    named: NamedActivations
    which: NDArray[np.intp]
    counts: NDArray[np.int64]
    terms: Floats

    @property
    def numbers(self) -> NDArray[np.int64]:
        """By which compiled code knows each, or −1."""
        return self.named.numbers.take(self.which)

    @cached_property
    def places(self) -> NDArray[np.int64]:
        """Where the numbers of each begin among those of all terms, and how many it has; shape
        (n, 2).
        """
        places = np.zeros((len(self.which), 2), dtype=np.int64)
        are_sums = self.named.are_sums.take(self.which)
        sizes = self.counts * N_OF_TERM
        places[are_sums, 0], places[are_sums, 1] = sizes.cumsum() - sizes, sizes
        return places

    @cached_property
    def functions(self) -> list[Activation]:
        """The functions."""
        ends = self.counts.cumsum().tolist()
        several = iter([self.terms[begin:end] for begin, end in pairwise([0, *ends])])
        of_names = self.named.functions
        return [of_names[index] or sines_of(next(several)) for index in self.which.tolist()]


def draw_activations(choice: Choice[str], generator: Generator, n: int) -> DrawnActivations:
    """Draw activations.

    Parameters
    ----------
    choice
        Of their names.
    generator
        Randomness.
    n
        How many.

    Returns
    -------
    DrawnActivations
    """
    names, which = choice.picked(generator, n)
    named = named_activations(tuple(names))
    if named is not None:
        n_sums = int(np.count_nonzero(named.are_sums.take(which)))
        sums = sums_of_sines(generator, n_sums) if n_sums else _NONE
        return DrawnActivations(named, which, *sums)
    return of_functions([activations[names[index]].function(generator) for index in which.tolist()])


def of_functions(functions: Sequence[Activation]) -> DrawnActivations:
    """Activations that are drawn already."""
    sums = [each for each in functions if isinstance(each, Sines)]
    numbers = np.array([number_of(each) for each in functions], dtype=np.int64)
    are_sums = np.array([isinstance(each, Sines) for each in functions], dtype=np.bool_)
    counts = np.array([len(each.terms) for each in sums], dtype=np.int64)
    terms = np.array([term for each in sums for term in each.terms], dtype=np.float32)
    named = NamedActivations(numbers, functions, are_sums)
    return DrawnActivations(named, np.arange(len(functions)), counts, terms.reshape(-1, N_OF_TERM))


@lru_cache(1 << 10)
def named_activations(names: tuple[str, ...]) -> NamedActivations | None:
    """Activations by name, unless one draws something else than a random function."""
    factories = [activations[name].function for name in names]
    functions = [always_given(factory) for factory in factories]
    are_sums = [factory is random_function for factory in factories]
    if not all(each or is_sum for each, is_sum in zip(functions, are_sums, strict=True)):
        return None
    numbers = [
        number_of(Sines(()) if is_sum else each)
        for each, is_sum in zip(functions, are_sums, strict=True)
    ]
    return NamedActivations(
        np.array(numbers, dtype=np.int64), functions, np.array(are_sums, dtype=np.bool_)
    )
