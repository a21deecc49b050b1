"""Figures of columns: nulls, different values, range, distribution, most frequent values, examples.

Three queries a table: what each column's range is, how many values lie in each bin, and which
values come most often. Different values are counted exactly in all but large tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from plurel_cli.schema.column import TIME_TYPES, Attribute, Column, Feature, PrimaryKey
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.table import Table
from plurel_cli.summary.bins import BINS, Edges, number_bins, time_step
from plurel_cli.summary.rows import RowSource

if TYPE_CHECKING:
    import polars as pl

EXACT_ROWS = 4_000_000
"""Rows of a table up to which different values are counted one by one; of more, estimated."""

TOP = 12
"""Most frequent values that are listed."""

EXAMPLES = 3

_NUMBERS = ("int64", "int32", "float64", "float32")
_MOST_DISTINCT = 10_000
_MOST_DISTINCT_NUMBERS = 50
_HEAD = 2_000
_LONGEST = 160


@dataclass(frozen=True)
class Histogram:
    """How many values lie where.

    Attributes
    ----------
    of
        What is counted: the values, or, of texts, their lengths.
    scale
        How it is to be drawn: linear, log or time.
    edges
        Edges of bins, one more than there are counts; of times, as text.
    counts
        Values in each bin, from its lower edge on; the last one has its upper edge, too.
    """

    of: str
    scale: str
    edges: tuple[float, ...] | tuple[str, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class ColumnFigures:
    """What a column holds.

    Attributes
    ----------
    name, type
        Its name, and its type in the Parquet file.
    what
        Its role, or the lens that it is seen through, or the kind of its variable.
    rows, nulls
        Rows of the table, and those in which it is null.
    distinct
        Different values; null is none.
    is_exact
        Whether these were counted, and not estimated.
    low, high
        Smallest and largest value, of times as text; None of texts, and where all are null.
    mean, sd
        Of numbers, None of others; the deviation is with n − 1.
    distribution
        None where the most frequent values say all, and of keys.
    top
        The most frequent values and their rows, the most frequent first; empty where nearly all
        values are different.
    examples
        Three different values from the first rows.
    """

    name: str
    type: str
    what: str
    rows: int
    nulls: int
    distinct: int
    is_exact: bool
    low: float | str | None
    high: float | str | None
    mean: float | None
    sd: float | None
    distribution: Histogram | None
    top: tuple[tuple[str, int], ...]
    examples: tuple[str, ...]


def what_of(column: Column) -> str:
    """What a column is, in a word: its role, its lens, or the kind of its variable."""
    if isinstance(column, Feature | Attribute) and column.lens is not None:
        return column.lens.kind
    return column.kind if isinstance(column, Feature) else column.role.replace("_", " ")


def column_figures(
    table: Table, columns: Sequence[Column], source: RowSource
) -> tuple[ColumnFigures, ...]:
    """Figures of some columns of a table.

    Parameters
    ----------
    table
        The table.
    columns
        Columns of it that are filled.
    source
        What has its rows.

    Returns
    -------
    tuple of ColumnFigures
        In the order of the columns.

    Raises
    ------
    FolderError, StorageError
        If they cannot be read.

    Notes
    -----
    O(rows) time for each column. The memory does not grow with rows, but with different values of
    tables that are not large.
    """
    import polars as pl

    lazy = source.lazy(table)
    asked = [query for i, column in enumerate(columns) for query in _ranges(i, column, table.rows)]
    head_of = [pl.col(c.name).cast(pl.String) for c in columns]
    first, head = source.collect(table, [lazy.select(asked), lazy.head(_HEAD).select(head_of)])
    ranges = [
        _Range(i, column, table.rows, first.row(0, named=True)) for i, column in enumerate(columns)
    ]
    counting = [query for each in ranges for query in each.counting()]
    tops = [each for each in ranges if each.has_top]
    answers = source.collect(
        table,
        [lazy.select(counting or [pl.len()]), *(_top(lazy, each.column.name) for each in tops)],
    )
    counted = answers[0].row(0, named=True)
    by_name = {each.column.name: answer for each, answer in zip(tops, answers[1:], strict=True)}
    return tuple(
        each.figures(counted, by_name.get(each.column.name), head[each.column.name])
        for each in ranges
    )


def _ranges(i: int, column: Column, rows: int) -> Iterator[pl.Expr]:
    """What is to be known of a column before its values can be counted."""
    import polars as pl

    values = pl.col(column.name)
    yield values.null_count().alias(f"{i} nulls")
    if isinstance(column, PrimaryKey):
        return
    distinct = values.n_unique() if rows <= EXACT_ROWS else values.approx_n_unique()
    yield distinct.alias(f"{i} distinct")
    if isinstance(column, ForeignKey):
        return
    if column.type in _NUMBERS:
        numbers = values.cast(pl.Float64)
        yield numbers.min().alias(f"{i} low")
        yield numbers.max().alias(f"{i} high")
        yield numbers.mean().alias(f"{i} mean")
        yield numbers.std().alias(f"{i} sd")
        yield numbers.filter(numbers > 0).min().alias(f"{i} least")
        if column.type.startswith("float"):
            yield (numbers != numbers.floor()).any().not_().alias(f"{i} whole")
    elif column.type in ("date", *TIME_TYPES):
        times = _nanoseconds(column)
        yield times.min().alias(f"{i} low")
        yield times.max().alias(f"{i} high")
    elif column.type == "string":
        yield values.str.len_chars().min().alias(f"{i} shortest")
        yield values.str.len_chars().max().alias(f"{i} longest")
        yield values.str.len_chars().mean().alias(f"{i} length")


def _nanoseconds(column: Column) -> pl.Expr:
    import polars as pl

    return pl.col(column.name).cast(pl.Datetime("ns")).cast(pl.Int64)


def _top(lazy: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """The most frequent values, of equally frequent ones the smaller first."""
    import polars as pl

    counted = lazy.group_by(pl.col(name).alias("value")).agg(pl.len().alias("rows"))
    ordered = counted.drop_nulls("value").sort(["rows", "value"], descending=[True, False])
    return ordered.head(TOP).with_columns(pl.col("value").cast(pl.String))


class _Range:
    """What is known of a column before its values are counted."""

    def __init__(self, i: int, column: Column, rows: int, answers: dict[str, Any]) -> None:
        self.column, self._rows = column, rows
        self._known = {
            name.partition(" ")[2]: value
            for name, value in answers.items()
            if name.partition(" ")[0] == str(i)
        }
        self._i = i
        self.bins = self._bins()

    @property
    def distinct(self) -> int:
        """Different values, null not counted."""
        return int(self._known.get("distinct", 0)) - int(self._known["nulls"] > 0)

    @property
    def has_top(self) -> bool:
        """Whether some values come often enough to be listed."""
        if isinstance(self.column, PrimaryKey | ForeignKey) or self.distinct < 1:
            return False
        if self.column.type in ("date", *TIME_TYPES):
            return False
        if self.column.type in _NUMBERS:
            return self.distinct <= _MOST_DISTINCT_NUMBERS
        n_values = self._rows - int(self._known["nulls"])
        return self.distinct <= min(_MOST_DISTINCT, max(TOP, n_values // 2))

    def _bins(self) -> Edges | None:
        known = self._known
        if known.get("low") is None:
            if (longest := known.get("longest")) is None or self.has_top:
                return None
            return number_bins(known["shortest"], longest, longest, None, are_whole=True)
        if "mean" not in known:
            step = time_step(known["high"] - known["low"] + 1, BINS)
            first = known["low"] // step
            n = known["high"] // step - first + 1
            return Edges("time", tuple((first + j) * step for j in range(n + 1)))
        are_whole = known.get("whole", not self.column.type.startswith("float"))
        return number_bins(
            known["low"], known["high"], known["mean"], known["least"], are_whole=are_whole
        )

    def counting(self) -> Iterator[pl.Expr]:
        """How many values are below each edge of a bin but the first and the last."""
        import polars as pl

        if self.bins is None:
            return
        if self.bins.scale == "time":
            values = _nanoseconds(self.column)
        elif self.column.type == "string":
            values = pl.col(self.column.name).str.len_chars().cast(pl.Float64)
        else:
            values = pl.col(self.column.name).cast(pl.Float64)
        for j, edge in enumerate(self.bins.edges[1:-1]):
            yield (values < edge).sum().alias(f"{self._i} below {j}")

    def figures(
        self, counted: dict[str, Any], top: pl.DataFrame | None, head: pl.Series
    ) -> ColumnFigures:
        """The figures, when all is counted.

        Parameters
        ----------
        counted
            Values below edges.
        top
            The most frequent values.
        head
            The first rows, as text.

        Returns
        -------
        ColumnFigures
        """
        known, rows = self._known, self._rows
        is_key = isinstance(self.column, PrimaryKey)
        is_time = self.bins is not None and self.bins.scale == "time"
        ends = [known.get("low"), known.get("high")]
        return ColumnFigures(
            name=self.column.name,
            type=self.column.type,
            what=what_of(self.column),
            rows=rows,
            nulls=known["nulls"],
            distinct=rows if is_key else self.distinct,
            is_exact=is_key or rows <= EXACT_ROWS,
            low=self._shown([ends[0]])[0] if is_time else ends[0],
            high=self._shown([ends[1]])[0] if is_time else ends[1],
            mean=known.get("mean"),
            sd=known.get("sd"),
            distribution=self._distribution(rows - known["nulls"], counted),
            top=() if top is None else tuple((text(v), int(n)) for v, n in top.iter_rows()),
            examples=examples(head),
        )

    def _distribution(self, n: int, counted: dict[str, Any]) -> Histogram | None:
        if self.bins is None:
            return None
        n_inner = len(self.bins.edges) - 2
        below = [0, *(int(counted[f"{self._i} below {j}"]) for j in range(n_inner)), n]
        counts = tuple(b - a for a, b in pairwise(below))
        of = "length" if self.column.type == "string" else "value"
        edges: Any = self.bins.edges
        if self.bins.scale == "time":
            edges = tuple(self._shown(self.bins.edges))
        return Histogram(of, self.bins.scale, edges, counts)

    def _shown(self, times: Iterable[float | None]) -> list[str]:
        return as_times(times, days=self.column.type == "date")


def as_times(nanoseconds: Iterable[float | None], *, days: bool = False) -> list[str]:
    """Times since 1970 as text, to the second where that says all.

    Parameters
    ----------
    nanoseconds
        The times.
    days
        Whether the day says all.

    Returns
    -------
    list of str
    """
    import polars as pl

    times = pl.Series(values=list(nanoseconds), dtype=pl.Int64).cast(pl.Datetime("ns"))
    if days:
        return times.dt.to_string("%Y-%m-%d").to_list()
    return [shortened(one) for one in times.dt.to_string("%Y-%m-%d %H:%M:%S%.f").to_list()]


def shortened(time: str) -> str:
    """A time without zeros that say nothing."""
    whole, _, fraction = time.partition(".")
    return f"{whole}.{fraction.rstrip('0')}" if fraction.strip("0") else whole


def text(value: str) -> str:
    """A value as it is shown: a long one is cut."""
    return value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"


def examples(head: pl.Series) -> tuple[str, ...]:
    """A few different values.

    Examples
    --------
    >>> import polars as pl
    >>> examples(pl.Series(["b", None, "b", "a"]))
    ('b', 'a')
    """
    values = head.drop_nulls().unique(maintain_order=True).head(EXAMPLES)
    return tuple(text(shortened(value) if _is_time(value) else value) for value in values)


def _is_time(value: str) -> bool:
    return len(value) > 19 and value[4] == "-" and value[13] == ":" and value[19] == "."
