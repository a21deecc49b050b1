"""A source as arrays, as `measure.view` has databases of plurel's own.

Rows of a table with times are put in their order. A reference is the row of the parent that has the
same values in its key, and none where there is no such row or several. A column that is neither a
key nor the time of its row is a feature, where its type is one that a feature may have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.measure.sources import Source, SourceKey
from plurel_cli.measure.view import (
    NO_PARENT,
    MeasuredFeature,
    MeasuredKey,
    View,
    integers,
    measured_feature,
    times_of,
)

if TYPE_CHECKING:
    import polars as pl


def view_of_source(source: Source) -> View:
    """A source as arrays.

    Parameters
    ----------
    source
        The database.

    Returns
    -------
    View
    """
    frames = {
        name: frame.sort(source.times[name], maintain_order=True) if name in source.times else frame
        for name, frame in source.tables.items()
    }
    times = {name: times_of(frames[name][column]) for name, column in source.times.items()}
    keys = tuple(
        MeasuredKey(
            child=key.child,
            column="+".join(key.columns),
            parent=key.parent,
            n_parents=frames[key.parent].height,
            keys=integers(_rows(key, frames), NO_PARENT),
            child_times=times.get(key.child),
            parent_times=times.get(key.parent),
        )
        for key in source.keys
    )
    features = tuple(each for name in frames for each in _features(source, name, frames[name]))
    return View({name: frame.height for name, frame in frames.items()}, times, keys, features)


def _rows(key: SourceKey, frames: dict[str, pl.DataFrame]) -> pl.Series:
    """Row of the parent for each row of the child, null for none."""
    import polars as pl

    child = frames[key.child].select(key.columns)
    parent = frames[key.parent].select(key.parent_columns)
    types = [
        one if one == other or (one.is_integer() and other.is_integer()) else pl.String()
        for one, other in zip(child.dtypes, parent.dtypes, strict=True)
    ]
    names = [str(k) for k in range(len(types))]
    sides = [
        frame.select(
            column.cast(dtype, strict=False).alias(name)
            for column, dtype, name in zip(frame, types, names, strict=True)
        )
        for frame in (child, parent)
    ]
    once = sides[1].with_row_index("row").unique(names, keep="none")
    return sides[0].join(once, on=names, how="left", maintain_order="left")["row"]


def _features(source: Source, name: str, frame: pl.DataFrame) -> list[MeasuredFeature]:
    import polars as pl

    taken = {*source.primary.get(name, ()), source.times.get(name)}
    taken |= {column for key in source.keys if key.child == name for column in key.columns}
    features = []
    for column in frame:
        values = column
        if isinstance(column.dtype, pl.Decimal):
            values = column.cast(pl.Float64)
        elif column.dtype == pl.Time:
            values = column.cast(pl.String)
        elif column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object, pl.Duration):
            continue
        if column.name not in taken:
            features.append(measured_feature(name, values))
    return features
