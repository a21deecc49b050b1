"""How a named cause acts: a number by its standard score or a mechanism, a category by its labels.

A category acts by a number for each label, drawn normal, and rising where its labels are ordered.
What comes out has mean 0 and variance 1 over the reference rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.budget.scale import Scale
from plurel_cli.features.mechanisms import mechanisms
from plurel_cli.features.mechanisms.settings import MlpConfig
from plurel_cli.numerics.stream import Stream

Floats = NDArray[np.float32]

LINEAR = "linear"
"""The mechanism of a number unless another is stated."""


@dataclass(frozen=True)
class Labelled:
    """What a cause is as a category.

    Attributes
    ----------
    n
        How many labels it has.
    is_ordered
        Whether they rise with its variable.
    label
        Gives the number of the label of each value.
    """

    n: int
    is_ordered: bool
    label: Callable[[NDArray[Any]], NDArray[np.int32]]


@dataclass(frozen=True)
class Effect:
    """What a cause does, weighed.

    Attributes
    ----------
    of
        Gives it, of the cause's values.
    is_fine
        Whether there is enough to standardise.
    """

    of: Callable[[NDArray[Any]], Floats]
    is_fine: bool


def effect_of_number(
    reference: Floats,
    weight: float,
    mechanism: str,
    stream: Stream,
    scale: Callable[[str, Floats], Scale],
) -> Effect:
    """How a number acts.

    Parameters
    ----------
    reference
        Its values at the reference rows.
    weight
        Deviation of what it does.
    mechanism
        Family of the mechanism.
    stream
        Randomness of this effect alone.
    scale
        Gives what standardises values, by a name.

    Returns
    -------
    Effect
    """
    of_cause = scale("cause", reference)
    if mechanism == LINEAR:
        return Effect(lambda values: of_cause.standardised(values, weight), of_cause.is_fine)
    (drawn,) = mechanisms[mechanism].function(stream.generator(), 1, 1, 1, MlpConfig())

    def acted(values: NDArray[Any]) -> Floats:
        scores = of_cause.standardised(values, 1.0)
        outcome: Floats = drawn(scores[:, None])[:, 0]
        return outcome

    of_effect = scale("effect", acted(reference))
    return Effect(
        lambda values: of_effect.standardised(acted(values), weight),
        of_cause.is_fine and of_effect.is_fine,
    )


def effect_of_category(
    reference: NDArray[Any],
    weight: float,
    labelled: Labelled,
    stream: Stream,
    scale: Callable[[str, Floats], Scale],
) -> Effect:
    """How a category acts.

    Parameters
    ----------
    reference
        Its values at the reference rows.
    weight
        Deviation of what it does; below 0 it falls with ordered labels.
    labelled
        Its labels.
    stream
        Randomness of this effect alone.
    scale
        Gives what standardises values, by a name.

    Returns
    -------
    Effect
    """
    numbers = stream.generator().standard_normal(labelled.n, np.float32)
    if labelled.is_ordered:
        numbers = np.sort(numbers)
    of_effect = scale("effect", numbers.take(labelled.label(reference)))

    def acted(values: NDArray[Any]) -> Floats:
        outcome: Floats = numbers.take(labelled.label(values))
        return of_effect.standardised(outcome, weight)

    return Effect(acted, of_effect.is_fine)


def weight_of(share: float, sign: int) -> float:
    """Deviation of a component, by its share of the variance.

    Parameters
    ----------
    share
        The share, 0 to 1.
    sign
        Which way it acts, −1 or 1.

    Returns
    -------
    float
    """
    return sign * math.sqrt(share)
