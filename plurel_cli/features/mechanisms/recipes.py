"""How perceptrons of one shape are drawn, as numbers for compiled code, if it knows all of it."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.choice import Choice, Fixed, IntegerRange, RealRange
from plurel_cli.choices.names import choice_of_names
from plurel_cli.features.activations.several import DrawnActivations, named_activations
from plurel_cli.features.activations.waves import frequencies
from plurel_cli.features.initialisations.groups import law_number
from plurel_cli.features.mechanisms.perceptrons import Layers, PackedLayers
from plurel_cli.features.mechanisms.settings import MlpConfig

Doubles = NDArray[np.float64]
Wholes = NDArray[np.int64]
Floats = NDArray[np.float32]


class Described(NamedTuple):
    """How perceptrons of one shape are drawn.

    Attributes
    ----------
    plan
        Inputs, outputs and width; least layers, and how many numbers of them there are, or 0 where
        it is fixed; whether factors, initialisations, shares and activations are drawn.
    most
        Most layers of one.
    reals
        Least logarithm of a factor and how far they reach, and of a share.
    bounds, ranks
        Of initialisations: the bounds of their weights, and the rank of the name of each.
    laws, spreads
        Of each rank and kind of layers: a law, and its factor; shape (ranks, 4).
    bends, numbers
        Of activations: the bounds of their weights, and by which compiled code knows each, or −1.
    frequencies
        Those of random functions.
    """

    plan: tuple[int, ...]
    most: int
    reals: Doubles
    bounds: Doubles
    ranks: Wholes
    laws: Wholes
    spreads: Floats
    bends: Doubles
    numbers: Wholes
    frequencies: Floats


class Recipe:
    """How perceptrons are drawn.

    Parameters
    ----------
    settings
        Their settings.
    n_in, n_out
        Inputs and outputs of each.
    """

    def __init__(self, settings: MlpConfig, n_in: int, n_out: int) -> None:
        self.settings, self.n_in, self.n_out = settings, n_in, n_out

    @cached_property
    def described(self) -> Described | None:
        """The same for compiled code, if it knows all of it."""
        settings = self.settings
        depth, scale, share = (
            _whole(settings.layers),
            _real(settings.log_scale),
            _real(settings.keep),
        )
        law, bend = choice_of_names(settings.initialisation), choice_of_names(settings.activation)
        if depth is None or scale is None or share is None or law is None or bend is None:
            return None
        between, hidden, kinds = (
            named_activations(bend.names),
            settings.hidden,
            sorted({*law.names}),
        )
        # First layers come first, and of both those that are no last ones come after the others.
        shapes = [(n_in, n_out) for n_out in (self.n_out, hidden) for n_in in (self.n_in, hidden)]
        laws = [[law_number(kind, *shape) for shape in shapes] for kind in kinds]
        known = [[each for each in of_kind if each is not None] for of_kind in laws]
        if between is None or known != laws:
            return None
        fewest, n_depths, most = depth
        are_drawn = scale.is_drawn, law.is_drawn, share.is_drawn, bend.is_drawn
        return Described(
            plan=(self.n_in, self.n_out, hidden, fewest, n_depths, *are_drawn),
            most=most,
            reals=np.array([scale.low, scale.span, share.low, share.span]),
            bounds=law.bounds,
            ranks=np.array([kinds.index(name) for name in law.names], dtype=np.int64),
            laws=np.array([[number for number, _ in each] for each in known], dtype=np.int64),
            spreads=np.array([[spread for _, spread in each] for each in known], dtype=np.float32),
            bends=bend.bounds,
            numbers=between.numbers,
            frequencies=frequencies(),
        )

    def drawn(
        self,
        weights: Floats,
        firsts: Wholes,
        limits: Floats,
        activations: tuple[NDArray[np.intp], Wholes, Floats],
        of_layers: Wholes,
        rows: Wholes,
    ) -> Layers:
        """Layers that compiled code has drawn.

        Parameters
        ----------
        weights, firsts, limits
            As `Layers` has them.
        activations
            Which those of inner layers are, how many terms random functions have, and all terms.
        of_layers, rows
            What compiled code is told of them, as `PackedLayers` has it.

        Returns
        -------
        Layers
        """
        bend = choice_of_names(self.settings.activation)
        named = None if bend is None else named_activations(bend.names)
        if named is None:
            raise AssertionError("compiled code knows all activations")
        between = DrawnActivations(named, *activations)
        shapes, begins, packed = of_layers[:, :2], of_layers[:, 2], PackedLayers(of_layers, rows)
        return Layers(weights, begins, shapes, firsts, between, limits, packed)


@lru_cache(1 << 10)
def recipe_of(settings: MlpConfig, n_in: int, n_out: int) -> Recipe:
    """How perceptrons are drawn, made once.

    Parameters
    ----------
    settings
        Their settings.
    n_in, n_out
        Inputs and outputs of each.

    Returns
    -------
    Recipe
    """
    return Recipe(settings, n_in, n_out)


class _Real(NamedTuple):
    low: float
    span: float
    is_drawn: bool


def _whole(choice: Choice[int]) -> tuple[int, int, int] | None:
    """The least, how many there are to be drawn from, and the most."""
    if isinstance(choice, Fixed):
        return choice.value, 0, choice.value
    if isinstance(choice, IntegerRange) and not choice.inverse:
        return choice.min, choice.max - choice.min + 1, choice.max
    return None


def _real(choice: Choice[float]) -> _Real | None:
    if isinstance(choice, Fixed):
        return _Real(choice.value, 0.0, False)
    if isinstance(choice, RealRange):
        return _Real(choice.min, choice.max - choice.min, True)
    return None
