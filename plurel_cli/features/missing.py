"""Nulls that have a reason.

A column may be null exactly where another variable of its row lies beyond a quantile, and
several columns of a table in the same rows; that variable may be the column itself. Or a column
begins at a date. Who tells whom is drawn with the causal graph; the
threshold is taken from the reference sample of the variable that tells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import block_rows
from plurel_cli.config.scm import MissingConfig
from plurel_cli.features.nodes import Values
from plurel_cli.numerics.shares import floor_share
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.causal import CausalNode, NodeNulls

CONCENTRATION = 4.0
"""How close the tables of a database are to its share of columns with nulls: a + b of a Beta."""


class NullRows(Protocol):
    """Which rows are null."""

    def block(self, index: int, /) -> NDArray[np.bool_]:
        """Whether each row of a block is."""
        ...


def draw_p_column(settings: MissingConfig, database: Stream, table: Stream) -> float:
    """Probability that a column of a table has nulls.

    Parameters
    ----------
    settings
        Those of nulls.
    database, table
        Randomness of this choice alone, of the database and of the table.

    Returns
    -------
    float
        Beta with the database's own as its mean.
    """
    mean = settings.p_column.draw(database.draws())
    if not 0.0 < mean < 1.0:
        return mean
    a, b = CONCENTRATION * mean, CONCENTRATION * (1.0 - mean)
    return float(table.generator().beta(a, b))


def draw_nulls(
    nodes: Sequence[CausalNode],
    columns: Sequence[int],
    settings: MissingConfig,
    p_column: float,
    n_timed: int,
    stream: Stream,
) -> list[CausalNode]:
    """Draw which columns of a table have nulls, and why.

    Parameters
    ----------
    nodes
        The nodes of its graph.
    columns
        Those that are columns, in the order of the table.
    settings
        Those of nulls.
    p_column
        Probability that a column has some.
    n_timed
        Rows of the table, 0 where they have no times.
    stream
        Randomness of these choices alone.

    Returns
    -------
    list of CausalNode
        The nodes, those with nulls told so. What tells is a column without nulls, if there is
        one; else another column, or a latent node; or the first of those null together itself.
    """
    p_told, p_group, p_itself, p_begins = (
        getattr(settings, name).draw(stream.child(name).draws())
        for name in ("told", "group", "itself", "begins")
    )
    groups: list[list[int]] = []
    for place, j in enumerate(columns):
        draws = stream.child("column", place).draws()
        if draws.chance(p_column):
            if draws.chance(p_group) and groups:
                groups[-1].append(j)
            else:
                groups.append([j])
    nullable = {j for group in groups for j in group}
    found = list(nodes)
    for number, group in enumerate(groups):
        draws = stream.child("group", number).draws()
        share = settings.rate.draw(draws)
        is_told, is_above = draws.chance(p_told), draws.chance(0.5)
        candidates = (
            [j for j in columns if j not in nullable]
            or [j for j in columns if j not in group]
            or [j for j, its in enumerate(nodes) if j not in group and its.determined is None]
        )
        cause = draws.item(candidates) if is_told and candidates else None
        if cause is not None and stream.child("itself", number).draws().chance(p_itself):
            cause = group[0]
        if n_timed and stream.child("begins", number).draws().chance(p_begins):
            cause, first = None, floor_share(share, n_timed)
        else:
            first = None
        side = None if cause is None else "above" if is_above else "below"
        its = NodeNulls(share=share, group=number, cause=cause, first=first, side=side)
        for j in group:
            found[j] = found[j].but(null=its)
    return found


@dataclass(frozen=True)
class Threshold:
    """Where a variable tells of nulls.

    Attributes
    ----------
    value
        Rows beyond it are null.
    is_above
        Whether that is above it, and not below.
    p_at
        Probability that a row of this very value is null.
    """

    value: float
    is_above: bool
    p_at: float

    @classmethod
    def of(cls, values: Values, share: float, is_above: bool) -> Threshold:
        """The one that makes this share of some values null, ⌊share × n⌋ of n.

        Examples
        --------
        >>> Threshold.of(np.array([3, 1, 4, 1, 5]), 0.4, is_above=True)
        Threshold(value=4.0, is_above=True, p_at=1.0)
        """
        n_nulls = floor_share(share, len(values))
        place = len(values) - n_nulls if is_above else n_nulls - 1
        if n_nulls == 0:
            place = len(values) - 1 if is_above else 0
        value = np.partition(values, place)[place]
        n_beyond = int(np.count_nonzero(values > value if is_above else values < value))
        n_at = int(np.count_nonzero(values == value))
        return cls(float(value) + 0.0, is_above, (n_nulls - n_beyond) / n_at)


class RowsBefore:
    """Null rows of a column that begins later.

    Parameters
    ----------
    first
        The first row that is not null.
    n_rows
        Rows of the table.
    """

    def __init__(self, first: int, n_rows: int) -> None:
        self._first, self._n_rows = first, n_rows

    def block(self, index: int) -> NDArray[np.bool_]:
        """Whether each row of a block is null."""
        rows: NDArray[np.bool_] = np.arange(*block_rows(index, self._n_rows)) < self._first
        return rows


class ToldNulls:
    """Null rows that a variable tells.

    Parameters
    ----------
    cause
        Gives the variable's values of a block.
    threshold
        Where it tells of them.
    stream
        Randomness of the rows at the threshold alone.
    """

    def __init__(
        self, cause: Callable[[int], Values], threshold: Threshold, stream: Stream
    ) -> None:
        self._cause, self._threshold, self._stream = cause, threshold, stream

    def block(self, index: int) -> NDArray[np.bool_]:
        """Whether each row of a block is null."""
        values, its = self._cause(index), self._threshold
        is_null: NDArray[np.bool_] = values > its.value if its.is_above else values < its.value
        at = np.flatnonzero(values == its.value)
        if its.p_at >= 1.0:
            is_null[at] = True
        elif its.p_at > 0.0:
            is_null[at] = self._stream.generator(index).random(len(at)) < its.p_at
        return is_null
