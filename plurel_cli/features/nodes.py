"""What computes a node, or gives it values, and what it may ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.grids import Floats, Positions
from plurel_cli.features.rows import Rows

Values = NDArray[Any]


class Computed(Protocol):
    """What is known of some rows of a table while its nodes are computed."""

    @property
    def rows(self) -> Rows:
        """The rows."""
        ...

    @property
    def values(self) -> Mapping[int, Values]:
        """Values of the nodes that are computed."""
        ...

    def of(self, column: BlockColumn, /) -> Values:
        """Values of a block column that several nodes ask for."""
        ...

    def positions(self, node: int) -> Positions | None:
        """Positions of a node's values on its grid, if it has one."""
        ...

    def shared(self, aggregation: str) -> Floats | None:
        """Aggregate of the encodings of referenced rows, if there are any."""
        ...


class NodeModel(Protocol):
    """Computes one node."""

    def __call__(self, computed: Computed, /) -> Values:
        """Values of the rows asked for, shape (n,): float32, or int32 categories."""
        ...


@dataclass(frozen=True)
class Blocks:
    """A node whose values are drawn or made by blocks."""

    column: Any
    kind: type[np.float32] | type[np.int32]

    def __call__(self, computed: Computed) -> Values:
        return computed.rows.of(self.column).astype(self.kind, copy=False)


@dataclass(frozen=True)
class Given:
    """A node whose values are there for the whole table, as what is gathered from children."""

    values: Values

    def __call__(self, computed: Computed) -> Values:
        return computed.rows.taken(self.values)


@dataclass(frozen=True)
class Held:
    """A node that is held at a value."""

    value: float
    kind: type[np.float32] | type[np.int32]

    def __call__(self, computed: Computed) -> Values:
        return np.full(computed.rows.n, self.value, dtype=self.kind)
