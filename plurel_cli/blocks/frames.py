"""Blocks of columns as Polars frames, in the types that are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.blocks.kept import together
from plurel_cli.schema.column import TIME_TYPES, Attribute, Column, Feature

if TYPE_CHECKING:
    import polars as pl

    from plurel_cli.lenses import TimeUnit


def category_label(category: int) -> str:
    """Label of a category.

    Examples
    --------
    >>> category_label(3)
    'c3'
    """
    return f"c{category}"


def as_series(column: Column, values: NDArray[Any] | pl.Series) -> pl.Series:
    """A column's values, as its block column gives them, in the type that is written.

    In a nullable column of floats, NaN stands for null, in one of keys or categories what is
    below 0. What is a series already is so with its nulls.

    Parameters
    ----------
    column
        The column.
    values
        Shape (rows,), of the type that its block column gives.

    Returns
    -------
    pl.Series
        Named after the column.
    """
    import polars as pl

    if isinstance(values, pl.Series):
        return values.alias(column.name)
    if isinstance(column, Feature | Attribute) and column.lens is not None:
        series = column.lens.series(column.name, values)
        return series.cast(_time_type(column)) if column.type in TIME_TYPES else series
    match column.type:
        case "datetime[ns]" | "datetime[us]" | "datetime[ms]":
            times = pl.Series(column.name, values).cast(pl.Datetime("ns"))
            return times.cast(_time_type(column))
        case "string":
            n = column.categories or 0 if isinstance(column, Feature) else 0
            labels = pl.Series(column.name, map(category_label, range(n)))
            return labels.gather(_numbers(column, values))
        case "boolean":
            return _numbers(column, values) > 0
        case "int64" | "int32" if column.nullable:
            return _numbers(column, values.astype(column.type, copy=False))
        case number:
            numbers = values.astype(number, copy=False)
            if numbers.dtype.kind == "f":
                # Which zero a sum or a maximum gives depends on the CPU: 0 is written, never −0.
                numbers = numbers + numbers.dtype.type(0)
            return pl.Series(column.name, numbers, nan_to_null=column.nullable)


def _time_type(column: Column) -> pl.Datetime:
    """The type of times by what they are counted in; what is less than one of it is left out."""
    import polars as pl

    return pl.Datetime(cast("TimeUnit", column.type[len("datetime[") : -1]))


def _numbers(column: Column, values: NDArray[Any]) -> pl.Series:
    """Keys or categories, those below 0 as nulls."""
    import polars as pl

    numbers = pl.Series(column.name, values)
    return numbers.set(numbers < 0, None) if column.nullable else numbers


def frames(
    columns: Sequence[tuple[Column, BlockColumn]], its_blocks: range, blocks_a_frame: int
) -> Iterator[pl.DataFrame]:
    """Rows of some columns, in order.

    Parameters
    ----------
    columns
        Columns and what makes them.
    its_blocks
        Blocks of rows that are wanted.
    blocks_a_frame
        Blocks of rows in each frame but the last.

    Yields
    ------
    pl.DataFrame
    """
    import polars as pl

    for first in range(0, len(its_blocks), blocks_a_frame):
        blocks = its_blocks[first : first + blocks_a_frame]
        parts = [[source.block(block) for _, source in columns] for block in blocks]
        yield pl.DataFrame(
            [
                as_series(column, together(list(values)))
                for (column, _), values in zip(columns, zip(*parts, strict=True), strict=True)
            ]
        )
