"""The reference sample of a number, from which all that depends on the whole of a column is taken.

A column's sample is kept in order; that of a latent number as it is, since its order is asked for
only by a grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from plurel_cli.features.encoders import Floats, Grid
from plurel_cli.numerics.sums import mean_and_sd


@dataclass(frozen=True)
class Sample:
    """Values of a number at the reference rows.

    Attributes
    ----------
    values
        float32, shape (n,).
    is_ordered
        Whether they rise.
    """

    values: Floats
    is_ordered: bool

    @property
    def ordered(self) -> Floats:
        """The values, rising."""
        return self.values if self.is_ordered else np.sort(self.values)

    @cached_property
    def grid(self) -> Grid | None:
        """Points at which encoders of the number are evaluated, unless all values are the same."""
        return Grid.of(self.ordered)

    @cached_property
    def moments(self) -> tuple[float, float]:
        """Mean and deviation; 1 for a deviation of 0."""
        mean, sd = mean_and_sd(self.values)
        return mean, sd or 1.0
