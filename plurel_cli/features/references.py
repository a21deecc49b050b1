"""What reaches a table's nodes from the rows it refers to, over one foreign key.

Each column of the referenced table has an encoder that all nodes of the referring table share, so
that every referenced row is encoded once, and aggregated once for each aggregation in use.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.aggregations import aggregations, lift_of, neutral
from plurel_cli.features.encoders import Cause, Encoder, Floats, lifted_encoders
from plurel_cli.features.rows import SLICE_ROWS

DENSE_ROWS = 1 << 16
"""Referenced tables of up to so many rows are encoded whole."""

SHARING = "sum"
"""The aggregation in which the columns of a referenced row weigh one F-th each."""


class ReferencedRows:
    """Aggregated encodings of the rows of one referenced table.

    Parameters
    ----------
    values
        Values of its columns, all rows of each.
    causes
        What those columns are.
    encoders
        The encoder of each, with weight one.
    kinds
        Aggregations in use.
    acts
        Of each column, whether its encodings differ among the rows.
    """

    def __init__(
        self,
        values: Sequence[NDArray[Any]],
        causes: Sequence[Cause],
        encoders: Sequence[Encoder],
        kinds: Sequence[str],
        acts: tuple[bool, ...],
    ) -> None:
        self.acts = acts
        self._values, self._causes, self._encoders = values, causes, encoders
        self._kinds = tuple(kinds)
        self._lifted = {
            kind: lifted_encoders(encoders, lift)
            for kind in kinds
            if (lift := lift_of(kind)) is not None
        }
        n_rows = len(values[0])
        self._whole = self._encoded(np.arange(n_rows)) if n_rows <= DENSE_ROWS else None

    def at(self, keys: NDArray[np.int64]) -> dict[str, Floats]:
        """Aggregates of the rows that some keys refer to, by aggregation, shape (n, width).

        A key below 0 refers to nothing, and adds nothing to an aggregate.
        """
        is_null = keys < 0
        if not is_null.any():
            return self._at(keys)
        aggregates = self._at(np.where(is_null, 0, keys))
        for kind, encodings in aggregates.items():
            encodings[is_null] = neutral(kind)
        return aggregates

    def _at(self, keys: NDArray[np.int64]) -> dict[str, Floats]:
        if self._whole is not None:
            return {kind: whole.take(keys, axis=0) for kind, whole in self._whole.items()}
        rows, index = np.unique(keys, return_inverse=True)
        return {
            kind: encodings.take(index, axis=0) for kind, encodings in self._encoded(rows).items()
        }

    def _encoded(self, rows: NDArray[np.int64]) -> dict[str, Floats]:
        encodings: dict[str, list[Floats]] = {kind: [] for kind in self._kinds}
        for begin in range(0, len(rows), SLICE_ROWS):
            some = rows[begin : begin + SLICE_ROWS]
            totals: dict[str, Floats] = {}
            for number, (values, cause) in enumerate(zip(self._values, self._causes, strict=True)):
                some_values = values[some]
                positions = None
                if cause.grid is not None and cause.held is None:
                    positions = cause.grid.positions(some_values)
                plain: Floats | None = None
                for kind in self._kinds:
                    lifted, largest = self._lifted.get(kind, (None, None))
                    if lifted is not None and largest is not None:
                        one = lifted[number](some_values, positions)
                        totals[kind] = totals[kind] + one if kind in totals else one
                        continue
                    if plain is None:
                        plain = self._encoders[number](some_values, positions)
                    weight = 1.0 / len(self._values) if kind == SHARING else 1.0
                    one = plain * np.float32(weight)
                    if kind in totals:
                        one = aggregations[kind].function([totals[kind], one])
                    totals[kind] = one
            for kind, parts in encodings.items():
                _, largest = self._lifted.get(kind, (None, None))
                lift = lift_of(kind)
                if largest is not None and lift is not None:
                    totals[kind] = lift.down(totals[kind], largest)
                parts.append(totals[kind])
        return {kind: np.concatenate(parts) for kind, parts in encodings.items()}
