"""What a table looks like: how large and wide it is, what kinds of columns it has, what repeats.

Tables of 30 rows and more count.
"""

from __future__ import annotations

import math

from plurel_cli.measure.apart.columns import MOST_ROWS, Statistics, sort_of
from plurel_cli.measure.view import MeasuredFeature, View

LEAST_ROWS = 30

STATISTICS = (
    *("rows", "fks", "feats", "num", "dt", "timed", "children", "nullcols", "nullcells", "dup"),
)


def table_statistics(view: View, table: str, features: tuple[MeasuredFeature, ...]) -> Statistics:
    """Statistics of one table.

    Parameters
    ----------
    view
        The database.
    table
        Name of the table.
    features
        Its feature columns that count.

    Returns
    -------
    dict
    """
    rows = view.tables[table]
    sorts = [sort_of(feature) for feature in features]
    nulls = [feature.values.null_count() for feature in features]
    return {
        "rows": math.log(rows),
        "fks": float(sum(key.child == table for key in view.keys)),
        "feats": float(len(features)),
        "num": float(sorts.count("number")),
        "dt": float(sorts.count("time")),
        "timed": float(table in view.times),
        "children": float(len({key.child for key in view.keys if key.parent == table})),
        "nullcols": sum(n > 0 for n in nulls) / max(len(nulls), 1),
        "nullcells": sum(nulls) / max(len(nulls) * rows, 1),
        "dup": _duplicates(features),
    }


def _duplicates(features: tuple[MeasuredFeature, ...]) -> float:
    """Share of rows that repeat an earlier one in all features; 1 where there are none."""
    import polars as pl

    if not features:
        return 1.0
    frame = pl.DataFrame([feature.values.head(MOST_ROWS) for feature in features])
    return 1 - frame.n_unique() / frame.height
