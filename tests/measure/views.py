"""Databases of known answer, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from plurel_cli.measure.view import MeasuredFeature, MeasuredKey, View


def view(
    rows: Mapping[str, int],
    keys: Mapping[tuple[str, str, str], Sequence[int] | np.ndarray] | None = None,
    times: Mapping[str, Sequence[int] | np.ndarray] | None = None,
    features: Mapping[tuple[str, str], Sequence[Any] | np.ndarray] | None = None,
) -> View:
    """A view from (child, column, parent) → keys, table → times, (table, column) → values."""
    when = {table: np.asarray(its, np.int64) for table, its in (times or {}).items()}
    return View(
        tables=rows,
        times=when,
        keys=tuple(
            MeasuredKey(
                child,
                column,
                parent,
                rows[parent],
                np.asarray(its, np.int64),
                when.get(child),
                when.get(parent),
            )
            for (child, column, parent), its in (keys or {}).items()
        ),
        features=tuple(
            MeasuredFeature(table, name, pl.Series(name, its))
            for (table, name), its in (features or {}).items()
        ),
    )
