"""How far apart the first and the last child are."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from plurel_cli.features.gathering import aggregates
from plurel_cli.features.gathering.aggregate import Aggregate, ChildRows, Doubles
from plurel_cli.schema.variable import Naming


@aggregates.kind
class Lifetime(Aggregate):
    """The share of the child's rows from the first child to the last; 0 without children."""

    kind: Literal["lifetime"] = Field(default="lifetime", description="By which aggregate.")

    def values(self, children: ChildRows) -> Doubles:
        """The share of the child's rows from the first to the last."""
        first_row = np.full(children.n_parents, children.n_rows)
        last_row = np.full(children.n_parents, -1)
        for some in children:
            np.minimum.at(first_row, some.parents, some.rows)
            np.maximum.at(last_row, some.parents, some.rows)
        lifetimes: Doubles = np.where(children.count > 0, last_row - first_row, 0) / children.n_rows
        return lifetimes

    def phrase(self, names: Naming) -> str:
        """Between which rows."""
        return f"the time from the first to the last of {self._rows}"
