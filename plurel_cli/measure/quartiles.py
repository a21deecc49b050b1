"""How a statistic is spread over databases: its least, its largest and its quartiles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Quartiles:
    """Least, largest and quartiles of a statistic over databases."""

    min: float
    q25: float
    median: float
    q75: float
    max: float


def quartiles(values: Iterable[float | None]) -> Quartiles | None:
    """Quartiles of the values that are there, interpolated linearly; None of none.

    Examples
    --------
    >>> quartiles([1.0, None, 3.0])
    Quartiles(min=1.0, q25=1.5, median=2.0, q75=2.5, max=3.0)
    """
    there = [value for value in values if value is not None]
    if not there:
        return None
    return Quartiles(*np.quantile(np.array(there, float), [0.0, 0.25, 0.5, 0.75, 1.0]).tolist())
