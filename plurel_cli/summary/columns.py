"""Figures of columns: nulls, different values, range, distribution, most frequent values, examples.

A query a table finds what each column's range is; then a pass counts how many values lie in each
bin, and which come most often. Different values are counted exactly in all but large tables, and
in these where there are few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plurel_cli.schema.column import TIME_TYPES, Attribute, Column, Feature, PrimaryKey
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.table import Table
from plurel_cli.summary.bins import BINS, Edges, number_bins, time_step
from plurel_cli.summary.passes import RowTally, go_over
from plurel_cli.summary.rows import RowSource
from plurel_cli.summary.tallies import BinTally, ValueTally

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
    counts = column_counts(table, columns, source)
    go_over(source, table, [tally for each in counts for tally in each.tallies])
    return tuple(each.figures() for each in counts)


def column_counts(
    table: Table, columns: Sequence[Column], source: RowSource, *, counts_keys: bool = True
) -> tuple[ColumnCount, ...]:
    """What is to be counted of some columns of a table.

    Parameters
    ----------
    table
        The table.
    columns
        Columns of it that are filled.
    source
        What has its rows.
    counts_keys
        Whether different foreign keys are counted; else whoever counts them says how many there
        are.

    Returns
    -------
    tuple of ColumnCount
        In the order of the columns; their tallies are to go over the rows.

    Raises
    ------
    FolderError, StorageError
        If they cannot be read.
    """
    import polars as pl

    lazy = source.lazy(table)
    asked = [query for i, column in enumerate(columns) for query in _ranges(i, column, table.rows)]
    head_of = [pl.col(c.name).cast(pl.String) for c in columns]
    first, head = source.collect(table, [lazy.select(asked), lazy.head(_HEAD).select(head_of)])
    answers = first.row(0, named=True)
    return tuple(
        ColumnCount(
            column,
            table.rows,
            _of_column(i, answers),
            head[column.name],
            is_counted=counts_keys or not isinstance(column, ForeignKey),
        )
        for i, column in enumerate(columns)
    )


def _of_column(i: int, answers: dict[str, Any]) -> dict[str, Any]:
    """What is known of a column, by what was asked."""
    parts = ((name.partition(" "), value) for name, value in answers.items())
    return {what: value for (of, _, what), value in parts if of == str(i)}


def _ranges(i: int, column: Column, rows: int) -> Iterator[pl.Expr]:
    """What is to be known of a column before its values can be counted."""
    import polars as pl

    values = pl.col(column.name)
    yield values.null_count().alias(f"{i} nulls")
    if isinstance(column, PrimaryKey):
        return
    if rows <= EXACT_ROWS:
        yield values.n_unique().alias(f"{i} distinct")
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
        times = values.cast(pl.Datetime("ns")).cast(pl.Int64)
        yield times.min().alias(f"{i} low")
        yield times.max().alias(f"{i} high")
    elif column.type == "string":
        yield values.str.len_chars().min().alias(f"{i} shortest")
        yield values.str.len_chars().max().alias(f"{i} longest")
        yield values.str.len_chars().mean().alias(f"{i} length")


class ColumnCount:
    """A column whose range is known, and whose values are to be counted.

    Parameters
    ----------
    column
        The column.
    rows
        Rows of its table.
    known
        Its nulls and range.
    head
        The first rows, as text.
    is_counted
        Whether different values are counted.
    """

    def __init__(
        self,
        column: Column,
        rows: int,
        known: dict[str, Any],
        head: pl.Series,
        *,
        is_counted: bool = True,
    ) -> None:
        self.column, self._rows, self._known, self._head = column, rows, known, head
        distinct = known.get("distinct")
        self._distinct = None if distinct is None else int(distinct) - int(known["nulls"] > 0)
        self._values = self._value_tally() if is_counted else None
        self._edges = self._bins()
        self._bin = BinTally(column, self._edges) if self._edges is not None else None

    @property
    def tallies(self) -> tuple[RowTally, ...]:
        """What is to go over the rows."""
        return tuple(tally for tally in (self._values, self._bin) if tally is not None)

    def _value_tally(self) -> ValueTally | None:
        """What counts values: those that come often, and where that is not known, how many there
        are.
        """
        most = self._most_listed()
        is_many = self._distinct is not None and not 1 <= self._distinct <= most
        if isinstance(self.column, PrimaryKey) or is_many:
            return None
        return ValueTally(self.column.name, most)

    def _most_listed(self) -> int:
        """Different values up to which the most frequent ones are listed."""
        if isinstance(self.column, ForeignKey) or self.column.type in ("date", *TIME_TYPES):
            return 0
        if self.column.type in _NUMBERS:
            return _MOST_DISTINCT_NUMBERS
        n_values = self._rows - int(self._known["nulls"])
        return min(_MOST_DISTINCT, max(TOP, n_values // 2))

    def _bins(self) -> Edges | None:
        known = self._known
        if known.get("low") is None:
            longest, is_short = known.get("longest"), self._distinct is not None and self._values
            if longest is None or is_short:
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

    def figures(self) -> ColumnFigures:
        """The figures, when all rows are counted."""
        known, rows = self._known, self._rows
        is_key = isinstance(self.column, PrimaryKey)
        is_time = self._edges is not None and self._edges.scale == "time"
        ends = [known.get("low"), known.get("high")]
        values, distinct = self._values, rows if is_key else self._distinct
        if values is not None:
            distinct = values.distinct
        return ColumnFigures(
            name=self.column.name,
            type=self.column.type,
            what=what_of(self.column),
            rows=rows,
            nulls=known["nulls"],
            distinct=int(distinct or 0),
            is_exact=values is None or values.is_exact,
            low=self._shown([ends[0]])[0] if is_time else ends[0],
            high=self._shown([ends[1]])[0] if is_time else ends[1],
            mean=known.get("mean"),
            sd=known.get("sd"),
            distribution=self._distribution(),
            top=() if values is None else tuple((text(v), n) for v, n in values.top(TOP)),
            examples=examples(self._head),
        )

    def _distribution(self) -> Histogram | None:
        if self._bin is None or self._edges is None:
            return None
        of = "length" if self.column.type == "string" else "value"
        if of == "length" and self._values is not None and self._values.is_counted:
            return None
        edges: Any = self._edges.edges
        if self._edges.scale == "time":
            edges = tuple(self._shown(edges))
        return Histogram(of, self._edges.scale, edges, self._bin.counts)

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
