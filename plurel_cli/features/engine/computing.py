"""Values of some rows of a table, node by node.

What several nodes ask for is made once: values of block columns, positions on grids, and what
comes from referenced rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.aggregations import aggregations
from plurel_cli.features.encoders import Floats, Positions
from plurel_cli.features.engine.fits import TableFit
from plurel_cli.features.nodes import Values
from plurel_cli.features.rows import Rows


class Computing:
    """Values of some rows of a table.

    Parameters
    ----------
    fit
        The table, as far as it is fitted.
    rows
        The rows.
    values
        Values of nodes that are there already.
    """

    def __init__(
        self, fit: TableFit, rows: Rows, values: Mapping[int, Values] | None = None
    ) -> None:
        self.rows = rows
        self.values: dict[int, Values] = dict(values or {})
        self._fit = fit
        self._columns: dict[int, Values] = {}
        self._positions: dict[int, list[Positions]] = {}
        self._shared: dict[str, Floats] | None = None

    def of(self, column: BlockColumn) -> Values:
        """Values of a block column that several nodes ask for, and that stays while they do."""
        if id(column) not in self._columns:
            self._columns[id(column)] = self.rows.of(column)
        return self._columns[id(column)]

    def positions(self, node: int) -> list[Positions] | None:
        """Positions of a node's values on its grid, slice by slice, if it has one."""
        grid = self._fit.grid(node)
        if grid is None:
            return None
        if node not in self._positions:
            self._positions[node] = grid.positions(self.values[node]).slices(self.rows)
        return self._positions[node]

    def shared(self, aggregation: str) -> Floats | None:
        """Aggregate of the encodings of referenced rows, if there are any."""
        if self._shared is None:
            self._shared = self._referenced()
        return self._shared.get(aggregation)

    def _referenced(self) -> dict[str, Floats]:
        aggregates: dict[str, Floats] = {}
        for foreign_key, referenced in self._fit.references.items():
            keys = self.of(self._fit.keys[foreign_key])
            for kind, encodings in referenced.at(keys).items():
                if kind in aggregates:
                    encodings = aggregations[kind].function([aggregates[kind], encodings])
                aggregates[kind] = encodings
        return aggregates

    def compute(self, nodes: Iterable[int]) -> None:
        """Compute some nodes, given in the order of work."""
        for node in nodes:
            model = self._fit.fits[node].model
            if node not in self.values and model is not None:
                values = model(self)
                if not np.isfinite(values).all():  # in the reference it was
                    values = np.nan_to_num(values)
                self.values[node] = values
