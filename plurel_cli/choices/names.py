"""Choices of names as compiled code draws them: bounds of weights, between which a number lies."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.choice import Choice, Fixed, OneOf


class ChoiceOfNames(NamedTuple):
    """A choice of names.

    Attributes
    ----------
    names
        All that may be drawn.
    bounds
        The weights of each and those before it, shape (names,).
    is_drawn
        Whether anything is drawn, rather than fixed.
    """

    names: tuple[str, ...]
    bounds: NDArray[np.float64]
    is_drawn: bool


def choice_of_names(choice: Choice[str]) -> ChoiceOfNames | None:
    """A choice of names, if compiled code knows its like."""
    if isinstance(choice, Fixed):
        return ChoiceOfNames((choice.value,), np.ones(1), False)
    if isinstance(choice, OneOf):
        return ChoiceOfNames(choice.values, choice.cumulated, True)
    return None
