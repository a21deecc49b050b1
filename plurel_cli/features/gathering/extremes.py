"""The largest and the smallest of the children."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from plurel_cli.features.gathering import aggregates
from plurel_cli.features.gathering.aggregate import (
    ChildRows,
    Doubles,
    OfVariable,
    with_mean_where_none,
)
from plurel_cli.prose import listed
from plurel_cli.schema.variable import Naming


class _Extreme(OfVariable):
    """The base of what is one of the children's values."""

    better: ClassVar[np.ufunc]
    """The better of two values."""

    worst: ClassVar[float]
    """What every value is better than."""

    def values(self, children: ChildRows) -> Doubles:
        """The best value; without children, the mean over the parents that have some."""
        best = np.full(children.n_parents, self.worst)
        for some in children:
            self.better.at(
                best, some.parents, some.values.astype(np.float64)
            )  # fast of one type alone
        return with_mean_where_none(best, children.count)


@aggregates.kind
class Max(_Extreme):
    """The largest of the children; without any, the mean over the parents that have some."""

    better: ClassVar[np.ufunc] = np.maximum
    worst: ClassVar[float] = -np.inf

    kind: Literal["max"] = Field(default="max", description="By which aggregate.")

    def phrase(self, names: Naming) -> str:
        """What is the largest."""
        return f"the largest {listed(map(names.name, self.reads()))} of {self._rows}"


@aggregates.kind
class Min(_Extreme):
    """The smallest of the children; without any, the mean over the parents that have some."""

    better: ClassVar[np.ufunc] = np.minimum
    worst: ClassVar[float] = np.inf

    kind: Literal["min"] = Field(default="min", description="By which aggregate.")

    def phrase(self, names: Naming) -> str:
        """What is the smallest."""
        return f"the smallest {listed(map(names.name, self.reads()))} of {self._rows}"
