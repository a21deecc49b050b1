"""Blocks put together: as whole columns, and as Polars frames in the types that are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.lenses import ValueLens
from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.schema.column import TIME_TYPES, Attribute, Column, ColumnType, Feature

if TYPE_CHECKING:
    import polars as pl


@cache
def polars_type(column_type: ColumnType) -> pl.DataType:
    """Polars' type of a column."""
    import polars as pl

    types: dict[ColumnType, pl.DataType] = {
        "int64": pl.Int64(),
        "int32": pl.Int32(),
        "float32": pl.Float32(),
        "float64": pl.Float64(),
        "string": pl.String(),
        "boolean": pl.Boolean(),
        "date": pl.Date(),
        "datetime[ns]": pl.Datetime("ns"),
        "datetime[us]": pl.Datetime("us"),
        "datetime[ms]": pl.Datetime("ms"),
    }
    return types[column_type]


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
    if isinstance(column, Feature | Attribute) and isinstance(column.lens, ValueLens):
        series = column.lens.series(column.name, values)
        return series.cast(polars_type(column.type)) if column.type in TIME_TYPES else series
    match column.type:
        case "datetime[ns]" | "datetime[us]" | "datetime[ms]":
            times = pl.Series(column.name, values).cast(pl.Datetime("ns"))
            return times.cast(polars_type(column.type))
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


def _numbers(column: Column, values: NDArray[Any]) -> pl.Series:
    """Keys or categories, those below 0 as nulls."""
    import polars as pl

    numbers = pl.Series(column.name, values)
    return numbers.set(numbers < 0, None) if column.nullable else numbers


def frames(
    columns: Sequence[tuple[Column, BlockColumn]], wanted: range, blocks_a_frame: int
) -> Iterator[pl.DataFrame]:
    """Rows of some columns, in order.

    Parameters
    ----------
    columns
        Columns and what makes them.
    wanted
        Blocks of rows that are wanted.
    blocks_a_frame
        Blocks of rows in each frame but the last.

    Yields
    ------
    pl.DataFrame
    """
    import polars as pl

    for first in range(0, len(wanted), blocks_a_frame):
        blocks = wanted[first : first + blocks_a_frame]
        parts = [[made.block(block) for _, made in columns] for block in blocks]
        yield pl.DataFrame(
            [
                _series(column, list(values))
                for (column, _), values in zip(columns, zip(*parts, strict=True), strict=True)
            ]
        )


def _series(column: Column, blocks: list[Any]) -> pl.Series:
    """A column of a frame; keys and times, which are as they are made, stay where they are."""
    import polars as pl

    if len(blocks) == 1 or isinstance(column, Feature | Attribute):
        return as_series(column, together(blocks))
    return pl.concat([as_series(column, block) for block in blocks], rechunk=False)


def whole_column(column: BlockColumn, n_rows: int) -> NDArray[Any]:
    """All values of a column.

    Parameters
    ----------
    column
        The column.
    n_rows
        Rows of its table.

    Returns
    -------
    ndarray
        Shape (n_rows,).
    """
    whole: NDArray[Any] = together(
        [column.block(index) for index in range(-(-n_rows // BLOCK_ROWS))]
    )
    return whole


def together(blocks: list[Any]) -> Any:
    """Blocks of a column put together, which are arrays, or Polars series."""
    if len(blocks) == 1:
        return blocks[0]
    if isinstance(blocks[0], np.ndarray):
        return np.concatenate(blocks)
    import polars as pl

    return pl.concat(blocks)
