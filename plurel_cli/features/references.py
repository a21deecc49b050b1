"""What reaches a table's nodes from the rows it refers to, over one foreign key.

Each column of the referenced table has an encoder that all nodes of the referring table share, so
that every referenced row is encoded once, and aggregated once for each aggregation in use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.aggregations import aggregations, lift_of, neutral
from plurel_cli.features.aggregations.folds import SUM, fold_of
from plurel_cli.features.encoders import Cause, Encoder, Floats, lifted_encoders, make_encoders
from plurel_cli.features.mechanisms import Mechanism
from plurel_cli.features.nodes import Values
from plurel_cli.features.rows import SLICE_ROWS
from plurel_cli.kernel import twin
from plurel_cli.numerics.ordering import distinct

DENSE_ROWS = 1 << 16
"""Referenced tables of up to so many rows are encoded whole."""

SHARING = "sum"
"""The aggregation in which the columns of a referenced row weigh one F-th each."""


@dataclass(eq=False)
class ReferencedColumns:
    """Columns of a referenced table, as they act on the rows that refer to it.

    Attributes
    ----------
    causes
        What each of them is.
    mechanisms
        What is drawn for each: from a number, or the embedding of a category, to an encoding.
    embeddings
        Of the categories of each, where these are embedded; shape (categories, width).
    kinds
        Aggregations in use.
    packed
        What compiled code has made of them, if it has.
    """

    causes: Sequence[Cause]
    mechanisms: Sequence[Mechanism]
    embeddings: Sequence[Floats | None]
    kinds: Sequence[str]
    packed: Any = field(default=None, repr=False)

    @cached_property
    def encoders(self) -> Sequence[Encoder]:
        """The encoder of each, with weight one."""
        return make_encoders(
            self.causes, self.mechanisms, [1.0] * len(self.causes), self.embeddings
        )

    @cached_property
    def lifted(self) -> Mapping[str, tuple[Sequence[Encoder], Floats]]:
        """Encoders of aggregations that are lifted, and the largest encodings."""
        lifted = {}
        for kind in self.kinds:
            if (lift := lift_of(kind)) is not None:
                encoders, largest = lifted_encoders(self.encoders, lift)
                if largest is not None:
                    lifted[kind] = encoders, largest
        return lifted


class ReferencedRows:
    """Aggregated encodings of the rows of one referenced table.

    Parameters
    ----------
    columns
        Its columns that act.
    values
        All values of each.
    levels
        Some values of each, at which it is seen whether its encodings differ.

    Attributes
    ----------
    acts
        Of each column, whether its encodings differ among the rows.
    """

    def __init__(
        self,
        columns: ReferencedColumns,
        values: Sequence[NDArray[Any]],
        levels: Sequence[NDArray[Any]],
    ) -> None:
        self._columns, self._values = columns, values
        self.acts = varying(columns, levels)
        self._whole = aggregated(columns, values) if len(values[0]) <= DENSE_ROWS else None

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
        rows, index = distinct(keys)
        some = aggregated(self._columns, [values[rows] for values in self._values])
        return {kind: encodings.take(index, axis=0) for kind, encodings in some.items()}


@twin("varying")
def varying(columns: ReferencedColumns, levels: Sequence[Values]) -> tuple[bool, ...]:
    """Of each column, whether its encodings differ among some of its values.

    Parameters
    ----------
    columns
        The columns.
    levels
        The values of each.

    Returns
    -------
    tuple of bool
    """
    acts = []
    for encoder, cause, of_cause in zip(columns.encoders, columns.causes, levels, strict=True):
        grid = cause.grid if cause.kind == "grid" else None
        encoded = encoder(of_cause, None if grid is None else grid.positions(of_cause))
        acts.append(bool((encoded != encoded[0]).any()))
    return tuple(acts)


@twin("referenced")
def aggregated(columns: ReferencedColumns, values: Sequence[Values]) -> dict[str, Floats]:
    """Aggregated encodings of some rows, by aggregation.

    Parameters
    ----------
    columns
        The columns.
    values
        Of each, at these rows, shape (n,).

    Returns
    -------
    dict
        Shape (n, width) each.
    """
    parts: dict[str, list[Floats]] = {kind: [] for kind in columns.kinds}
    for begin in range(0, len(values[0]), SLICE_ROWS):
        of_slice = [of_column[begin : begin + SLICE_ROWS] for of_column in values]
        for kind, total in _of_slice(columns, of_slice).items():
            parts[kind].append(total)
    return {
        kind: several[0] if len(several) == 1 else np.concatenate(several)
        for kind, several in parts.items()
    }


def _of_slice(columns: ReferencedColumns, values: Sequence[Values]) -> dict[str, Floats]:
    """Aggregated encodings of rows that are computed together."""
    totals: dict[str, Floats] = {}
    share = np.float32(1.0 / len(values))
    for index, (cause, of_cause) in enumerate(zip(columns.causes, values, strict=True)):
        grid = cause.grid if cause.kind == "grid" else None
        positions = None if grid is None else grid.positions(of_cause)
        plain: Floats | None = None
        for kind in columns.kinds:
            total = totals.get(kind)
            if kind in columns.lifted:
                encoder = columns.lifted[kind][0][index]
                totals[kind] = encoder.onto(SUM, total, of_cause, positions)
                continue
            if plain is None:
                plain = columns.encoders[index](of_cause, positions)
            if kind == SHARING:
                totals[kind] = _joined(kind, total, plain * share)
            else:
                totals[kind] = _joined(kind, total, plain if total is not None else plain.copy())
    for kind, (_, largest) in columns.lifted.items():
        lift = lift_of(kind)
        assert lift is not None  # noqa: S101 (it is lifted)
        totals[kind] = lift.down(totals[kind], largest)
    return totals


def _joined(kind: str, total: Floats | None, encodings: Floats) -> Floats:
    """An aggregate with the encodings of one more column, which are left as they are."""
    if total is None:
        return encodings
    if (fold := fold_of(kind)) is None:
        return aggregations[kind].function([total, encodings.copy()])
    total = fold.join(total, encodings)
    return total if fold.settle is None else fold.settle(total)
