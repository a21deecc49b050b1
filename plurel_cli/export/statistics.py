"""A few figures of every column of an exported table."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def figures(file: Path) -> dict[str, Any]:
    """Rows of a Parquet file, and of each column nulls, range and different values.

    Parameters
    ----------
    file
        The file.

    Returns
    -------
    dict
        As JSON has it; times as text. How many values are different is an estimate.
    """
    import polars as pl

    lazy = pl.scan_parquet(file, glob=False)
    types = lazy.collect_schema()
    asked = [pl.len().alias("rows")]
    for number, (name, dtype) in enumerate(types.items()):
        column = pl.col(name)
        asked += [
            column.null_count().alias(f"nulls {number}"),
            column.approx_n_unique().alias(f"distinct {number}"),
        ]
        if dtype.is_numeric() or dtype.is_temporal():
            ends = (column.min(), column.max())
            if dtype.is_temporal():
                ends = (ends[0].cast(pl.String), ends[1].cast(pl.String))
            asked += [ends[0].alias(f"min {number}"), ends[1].alias(f"max {number}")]
        if dtype.is_numeric():
            asked.append(column.mean().alias(f"mean {number}"))
    (row,) = lazy.select(asked).collect(engine="streaming").to_dicts()
    columns: dict[str, dict[str, Any]] = {name: {"type": str(types[name])} for name in types}
    names = list(types)
    for key, value in row.items():
        what, _, place = key.partition(" ")
        if place:
            columns[names[int(place)]][what] = value
    return {"rows": row["rows"], "columns": columns}
