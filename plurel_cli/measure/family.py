"""A family of statistics: names, what each says, how a database is measured, what real ones have.

A value is a number, or None where a database has nothing that the statistic could be taken over.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from plurel_cli.measure.quartiles import Quartiles
from plurel_cli.measure.view import View

Values = dict[str, float | None]


@dataclass(frozen=True)
class Family:
    """Statistics that are computed and judged together.

    Attributes
    ----------
    name
        Of the family.
    statistics
        What each says, by name, in the order they are shown.
    more
        The same for values that are shown but not judged.
    measure
        Values of all of them for one database.
    reference
        Of real databases, by name.
    """

    name: str
    statistics: Mapping[str, str]
    more: Mapping[str, str]
    measure: Callable[[View], Values]
    reference: Mapping[str, Quartiles]


def numbers(values: Iterable[float | None]) -> list[float]:
    """Values that are there and are numbers."""
    return [value for value in values if value is not None and math.isfinite(value)]


def median(values: Iterable[float | None], least: int = 1) -> float | None:
    """Median of `numbers`; None of fewer than `least`.

    Parameters
    ----------
    values
        Numbers; None and what is not finite are passed over.
    least
        How many there must be.

    Returns
    -------
    float or None

    Examples
    --------
    >>> median([3.0, math.nan, 1.0])
    2.0
    """
    known = numbers(values)
    return float(np.median(known)) if len(known) >= least else None


def mean(values: Iterable[float | None], least: int = 1) -> float | None:
    """Mean of `numbers`; None of fewer than `least`.

    Parameters
    ----------
    values
        Numbers; None and what is not finite are passed over.
    least
        How many there must be.

    Returns
    -------
    float or None
    """
    known = numbers(values)
    return float(np.mean(known)) if len(known) >= least else None


def share(flags: Iterable[bool], least: int = 1) -> float | None:
    """Share of true ones; None of fewer than `least`.

    Parameters
    ----------
    flags
        What is true or false.
    least
        How many there must be.

    Returns
    -------
    float or None
        From 0 to 1.

    Examples
    --------
    >>> share([True, False])
    0.5
    """
    return mean(map(float, flags), least)
