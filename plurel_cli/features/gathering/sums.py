"""Sums over the children, plain or with less weight for what is long ago, and their mean."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import Field

from plurel_cli.features.gathering import aggregates
from plurel_cli.features.gathering.aggregate import (
    ChildRows,
    Doubles,
    OfVariable,
    Some,
    with_mean_where_none,
)
from plurel_cli.numerics.elementary import exps

_LN2 = 0.6931471805599453


class _Summed(OfVariable):
    """The base of what is a sum."""

    def _weighed(self, some: Some, n_rows: int) -> Doubles:
        """Values of some children, as they are added."""
        return some.values.astype(np.float64)

    def _sums(self, children: ChildRows) -> Doubles:
        total = np.zeros(children.n_parents)
        for some in children:
            weighed = self._weighed(some, children.n_rows)
            total += np.bincount(some.parents, weights=weighed, minlength=children.n_parents)
        return total

    def values(self, children: ChildRows) -> Doubles:
        """The sum; 0 without children."""
        return self._sums(children)


@aggregates.kind
class SumOfChildren(_Summed):
    """The sum over the children; 0 without any."""

    kind: Literal["sum"] = Field(default="sum", description="By which aggregate.")


@aggregates.kind
class Mean(_Summed):
    """The mean over the children; without any, the mean over the parents that have some."""

    kind: Literal["mean"] = Field(default="mean", description="By which aggregate.")

    def values(self, children: ChildRows) -> Doubles:
        """The mean."""
        total = self._sums(children)
        return with_mean_where_none(total / np.maximum(children.count, 1), children.count)


@aggregates.kind
class DecayedSum(_Summed):
    """The sum over the children, the older the less; 0 without any.

    Notes
    -----
    Row i of n has the weight 2 to the power of −(n − 1 − i) / (half-life × n).
    """

    kind: Literal["decayed_sum"] = Field(default="decayed_sum", description="By which aggregate.")
    half_life: float = Field(description="A share of the child's rows in order.")

    @classmethod
    def planned(cls, table: str, foreign_key: str, node: int | None, half_life: float) -> Self:
        """The record of one."""
        fields = {"table": table, "foreign_key": foreign_key, "node": node}
        return cls.model_validate({**fields, "half_life": half_life})

    def _weighed(self, some: Some, n_rows: int) -> Doubles:
        age = n_rows - 1 - some.rows
        weighed: Doubles = some.values.astype(np.float64)
        weighed *= exps(age * np.float64(-_LN2 / (self.half_life * max(n_rows, 1))))
        return weighed
