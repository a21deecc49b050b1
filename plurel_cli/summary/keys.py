"""Figures of foreign keys: fan-out, which rows refer to which, how soon, and over which time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.summary.bins import DAY_NS, time_step
from plurel_cli.summary.columns import as_times
from plurel_cli.summary.rows import RowSource
from plurel_cli.summary.times import nanoseconds, ns_of_day

if TYPE_CHECKING:
    import polars as pl

CLUSTERS = 32
"""Most clusters, or equal parts of the rows, of either side of the matrix."""

COHORTS = 24
"""About how many stretches cohorts and children are counted by."""

_MOST_FAN_OUTS = 60
_PER_DECADE = 10
_SECOND = 10**9
_DAY_S = 86_400

LAGS_S = (
    *(0, 1, 60, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600),
    *(day * _DAY_S for day in (1, 2, 4, 7, 14, 30, 60, 91, 182, 365, 730, 1826, 3652)),
)
"""Seconds at which bins of lags begin; one more is for children before their parent."""


@dataclass(frozen=True)
class Fanned:
    """Parents by how many children they have.

    Attributes
    ----------
    low, high
        Fewest and most children of a bin, both counted.
    parents
        Parents that have so many.
    """

    low: int
    high: int
    parents: int


@dataclass(frozen=True)
class Cohorts:
    """Children by their time, and by the cohort of the parent.

    Attributes
    ----------
    by
        What makes a cohort: `time` of the parent, or its `row` where it has no time.
    cohorts
        Times or rows at which cohorts begin; the last one ends one.
    starts
        Times at which stretches begin; the last one ends one.
    counts
        Children, by cohort and stretch.
    """

    by: str
    cohorts: tuple[str, ...] | tuple[int, ...]
    starts: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class KeyFigures:
    """How the rows of a table refer to those of another.

    Attributes
    ----------
    child, column, parent, form
        The key.
    parents, rows, nulls
        Rows of either table, and those of the child that refer to none.
    mean, median, most
        Children of a parent, childless ones included.
    childless
        Share of parents without children.
    fan_out
        Parents by their number of children, at least 1.
    clusters
        Clusters of the parent and of the child in its block model, as deep as can be shown; 1 and 1
        where there are none.
    matrix
        Children by the part of the parent's rows that they refer to, and by their own. Each
        cluster is one part, or some.
    lags
        Children by the time after their parent: before it, then by `LAGS_S`; None where one of
        both tables has no times.
    cohorts
        None where the child has no times.
    """

    child: str
    column: str
    parent: str
    form: str
    parents: int
    rows: int
    nulls: int
    mean: float
    median: float
    most: int
    childless: float
    fan_out: tuple[Fanned, ...]
    clusters: tuple[int, int]
    matrix: tuple[tuple[int, ...], ...]
    lags: tuple[int, ...] | None
    cohorts: Cohorts | None


def key_figures(schema: Schema, table: Table, key: ForeignKey, source: RowSource) -> KeyFigures:
    """Figures of a foreign key.

    Parameters
    ----------
    schema
        The database, with keys.
    table, key
        A foreign key of it.
    source
        What has its rows.

    Returns
    -------
    KeyFigures

    Raises
    ------
    FolderError, StorageError
        If they cannot be read.

    Notes
    -----
    O(rows) time. The memory is that of a count for each parent, and of its time.
    """
    import polars as pl

    parent = schema.by_name[key.references]
    lazy = source.lazy(table)
    column = pl.col(key.name)
    clusters = _clusters(parent, table, key)
    n_parents, n_children = _parts(clusters[0], parent.rows), _parts(clusters[1], table.rows)
    numbered = lazy.select(column).with_row_index("row").drop_nulls(key.name)
    part = [
        _part(column, n_parents, parent.rows).alias("parent"),
        _part(pl.col("row"), n_children, table.rows).alias("child"),
    ]
    by_parent = lazy.drop_nulls(key.name).group_by(column.alias("key")).agg(pl.len().alias("n"))
    fans, pairs = source.collect(
        table,
        [
            by_parent.group_by("n").agg(pl.len().alias("parents")).sort("n"),
            numbered.group_by(part).agg(pl.len()),
        ],
    )
    matrix = [[0] * n_children for _ in range(n_parents)]
    for of_parent, of_child, rows in pairs.iter_rows():
        matrix[of_parent][of_child] = rows
    counts, parents = fans["n"].to_list(), fans["parents"].to_list()
    n_with = int(sum(parents))
    n_keys = int(sum(n * several for n, several in zip(counts, parents, strict=True)))
    return KeyFigures(
        child=table.name,
        column=key.name,
        parent=parent.name,
        form=key.form,
        parents=parent.rows,
        rows=table.rows,
        nulls=table.rows - n_keys,
        mean=n_keys / parent.rows,
        median=_median(counts, parents, parent.rows),
        most=counts[-1] if counts else 0,
        childless=1 - n_with / parent.rows,
        fan_out=_binned(counts, parents),
        clusters=clusters,
        matrix=tuple(map(tuple, matrix)),
        lags=_lags(table, key, parent, source) if "temporal" in schema.stages else None,
        cohorts=_cohorts(schema, table, key, parent, source),
    )


def _clusters(parent: Table, table: Table, key: ForeignKey) -> tuple[int, int]:
    """Clusters of either side, down to the last level on which all of them can be shown."""
    clusters = (1, 1)
    for depth in range(1, 1 + (len(key.blocks.levels) if key.blocks else 0)):
        assert key.blocks is not None  # noqa: S101 (there is no depth otherwise)
        parents = math.prod(key.blocks.parent_radices[:depth])
        children = math.prod(key.blocks.child_radices[:depth])
        if parents <= min(CLUSTERS, parent.rows) and children <= min(CLUSTERS, table.rows):
            clusters = (parents, children)
    return clusters


def _parts(clusters: int, rows: int) -> int:
    """Into how many parts rows are divided, so that each cluster is one or some of them."""
    return clusters * max(1, min(CLUSTERS, rows) // clusters)


def _part(rows: pl.Expr, n: int, n_rows: int) -> pl.Expr:
    """In which of n parts a row is, of which part i begins at row ⌊i N/n⌋."""
    import polars as pl

    return ((rows.cast(pl.Int64) + 1) * n - 1) // n_rows


def _median(counts: list[int], parents: list[int], n_parents: int) -> float:
    """Median fan-out, childless parents included."""
    below = n_parents - int(sum(parents))
    middle = []
    for position in ((n_parents - 1) // 2, n_parents // 2):
        end, value = below, 0
        for n, several in zip(counts, parents, strict=True):
            if position < end:
                break
            end, value = end + several, n
        middle.append(value if position >= below else 0)
    return (middle[0] + middle[1]) / 2


def _binned(counts: list[int], parents: list[int]) -> tuple[Fanned, ...]:
    """Parents by fan-out; where there are many different ones, by bins that widen."""
    if len(counts) <= _MOST_FAN_OUTS:
        return tuple(Fanned(n, n, several) for n, several in zip(counts, parents, strict=True))
    binned: dict[int, Fanned] = {}
    for n, several in zip(counts, parents, strict=True):
        bin_ = round(_PER_DECADE * math.log10(n))
        former = binned.get(bin_)
        if former is None:
            binned[bin_] = Fanned(n, n, several)
        else:
            binned[bin_] = Fanned(former.low, n, former.parents + several)
    return tuple(binned.values())


def _lags(
    table: Table, key: ForeignKey, parent: Table, source: RowSource
) -> tuple[int, ...] | None:
    """Children by the time after their parent."""
    import polars as pl

    if table.time_column is None or parent.time_column is None:
        return None
    lag = (pl.col("child_time") - pl.col("parent_time")).alias("lag")
    lazy = _with_parent_times(table, key, parent, source).select(lag)
    below = [(pl.col("lag") < s * _SECOND).sum().alias(str(i)) for i, s in enumerate(LAGS_S)]
    (answer,) = source.collect(table, [lazy.select(*below, pl.col("lag").count().alias("total"))])
    *edges, n = answer.row(0)
    return tuple(b - a for a, b in zip([0, *edges], [*edges, n], strict=True))


def _with_parent_times(
    table: Table, key: ForeignKey, parent: Table, source: RowSource
) -> pl.LazyFrame:
    import polars as pl

    assert table.time_column is not None  # noqa: S101 (asked for timed tables alone)
    assert parent.time_column is not None  # noqa: S101
    parents = source.lazy(parent).select(
        pl.col(parent.primary_key).alias("key"),
        nanoseconds(parent.time_column).alias("parent_time"),
    )
    children = source.lazy(table).select(
        pl.col(key.name).alias("key"), nanoseconds(table.time_column).alias("child_time")
    )
    return children.drop_nulls().join(parents, on="key", how="inner")


def _cohorts(
    schema: Schema, table: Table, key: ForeignKey, parent: Table, source: RowSource
) -> Cohorts | None:
    import polars as pl

    if table.time_column is None or schema.window is None:
        return None
    start, end = ns_of_day(schema.window.start), ns_of_day(schema.window.end) + 1
    step = max(time_step(end - start, COHORTS), DAY_NS)
    n = -(-(end - start) // step)
    child = ((pl.col("child_time") - start) // step).clip(0, n - 1).alias("child")
    if parent.time_column is not None:
        lazy = _with_parent_times(table, key, parent, source)
        cohort = ((pl.col("parent_time") - start) // step).clip(0, n - 1).alias("cohort")
        n_cohorts, by = n, "time"
    else:
        lazy = source.lazy(table).select(
            pl.col(key.name).alias("key"), nanoseconds(table.time_column).alias("child_time")
        )
        lazy = lazy.drop_nulls()
        n_cohorts, by = min(COHORTS, parent.rows), "row"
        cohort = _part(pl.col("key"), n_cohorts, parent.rows).alias("cohort")
    (pairs,) = source.collect(table, [lazy.group_by(cohort, child).agg(pl.len())])
    counts = [[0] * n for _ in range(n_cohorts)]
    for of_parent, of_child, rows in pairs.iter_rows():
        counts[of_parent][of_child] = rows
    starts = tuple(as_times([start + i * step for i in range(n + 1)], days=True))
    rows_at: Any = tuple(i * parent.rows // n_cohorts for i in range(n_cohorts + 1))
    return Cohorts(by, starts if by == "time" else rows_at, starts, tuple(map(tuple, counts)))
