"""A column's value as a mixture of standardised components, each by the root of its share.

What the causal graph and children give is standardised here, by the reference rows; all other
components come weighed, and are added to that. What draws them is `mixture`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.degenerate import is_degenerate
from plurel_cli.features.nodes import Computed, NodeModel
from plurel_cli.numerics.sums import mean_and_sd

Floats = NDArray[np.float32]

_A_FEW = 1 << 11  # rows whose quantiles are those of a column, near enough
_LEAST = 1e-6  # a deviation that is none, as a share of the mean
_REACH = 2.0  # distances of the deciles from which on a value is far off


@dataclass(frozen=True)
class Scale:
    """How what the causal graph gives is standardised.

    Attributes
    ----------
    low, high
        Values are held between these, so that a few far off do not take the whole share.
    mean, sd
        Of the values so held.
    is_fine
        Whether there is enough to standardise.
    """

    low: float
    high: float
    mean: float
    sd: float
    is_fine: bool

    @classmethod
    def of(cls, values: Floats) -> Scale:
        """The one of some reference values.

        Notes
        -----
        Held within twice the distance of the deciles from the median, five deviations of a normal
        distribution, by the quantiles of some 2¹¹ evenly spaced rows.
        """
        few = np.sort(values[:: max(len(values) // _A_FEW, 1)])
        is_fine = bool(np.isfinite(few[[0, -1]]).all()) and not is_degenerate(few)
        first, middle, last = few.take([int(q * (len(few) - 1)) for q in (0.1, 0.5, 0.9)])
        reach = _REACH * float(last - first) or math.inf
        low, high = float(middle) - reach, float(middle) + reach
        held = values.clip(low, high)
        mean, sd = mean_and_sd(held)
        is_fine = is_fine and math.isfinite(sd) and sd > _LEAST * abs(mean)
        return cls(low, high, mean, sd, is_fine)

    def standardised(self, values: Floats, weight: float) -> Floats:
        """Values of mean 0 and this deviation; all 0 where there is nothing to standardise."""
        if not self.is_fine:
            return np.zeros(len(values), dtype=np.float32)
        found: Floats = np.nan_to_num(values).clip(self.low, self.high)
        found -= np.float32(self.mean)
        found *= np.float32(weight / self.sd)
        return found


class Part(Protocol):
    """A component of a mixture, weighed."""

    def add_to(self, total: Floats, computed: Computed, /) -> None:
        """Add it to what is there of some rows."""
        ...


@dataclass(frozen=True)
class Mixed:
    """A node that is a mixture.

    Attributes
    ----------
    given
        What the causal graph makes of it; none where nothing of it comes from there.
    scale
        How that is standardised.
    weight
        The root of its share.
    parts
        All others.
    strength
        Factor of what the causal graph gives, in each cell of the window, where it moves.
    """

    given: NodeModel | None
    scale: Scale | None
    weight: float
    parts: Sequence[Part]
    strength: LookedUp | None = None

    def __call__(self, computed: Computed) -> Floats:
        return self.of(None if self.given is None else self.given(computed), computed)

    def of(self, given: Floats | None, computed: Computed) -> Floats:
        """The mixture with what the causal graph gives."""
        if given is None or self.scale is None:
            total = np.zeros(computed.rows.n, dtype=np.float32)
        else:
            total = self.scale.standardised(given, self.weight)
            if self.strength is not None:
                total *= self.strength.at(computed)
        for part in self.parts:
            part.add_to(total, computed)
        return total


@dataclass(frozen=True)
class Drawn:
    """A column of its own."""

    column: BlockColumn
    weight: float

    def add_to(self, total: Floats, computed: Computed) -> None:
        """Add those of some rows."""
        total += np.float32(self.weight) * computed.rows.of(self.column)


@dataclass(frozen=True)
class Common:
    """A column that several nodes share."""

    column: BlockColumn
    weight: float

    def add_to(self, total: Floats, computed: Computed) -> None:
        """Add those of some rows."""
        total += np.float32(self.weight) * computed.of(self.column)


@dataclass(frozen=True)
class LookedUp:
    """A number, weighed already, for each value of an integer column."""

    numbers: Floats
    places: BlockColumn

    def at(self, computed: Computed) -> Floats:
        """The numbers of some rows."""
        return self.numbers.take(computed.of(self.places))

    def add_to(self, total: Floats, computed: Computed) -> None:
        """Add those of some rows."""
        total += self.at(computed)


@dataclass(frozen=True)
class Kept:
    """Numbers of the whole table."""

    values: Floats
    weight: float = 1.0

    def add_to(self, total: Floats, computed: Computed) -> None:
        """Add those of some rows."""
        total += np.float32(self.weight) * computed.rows.taken(self.values)
