"""Feature columns as variables: numbers, or categories.

Categories are strings, booleans, and numbers of at most 12 values; dates are numbers; free text is
none of both. Numbers are compared by normal scores, categories by codes from the most frequent on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plurel_cli.measure.columns import MOST_INTEGER_CATEGORIES, kind_of
from plurel_cli.measure.view import MeasuredFeature, View
from plurel_cli.numerics.normal_quantile import normal_quantile

if TYPE_CHECKING:
    import polars as pl

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

NO_CODE = -1
"""Stands for a null among codes."""

_MOST_MAJORITY = 0.99


def ranks(values: Doubles) -> Doubles:
    """Average ranks from 0.5 to n − 0.5 of what is not NaN, NaN elsewhere.

    Examples
    --------
    >>> ranks(np.array([3.0, np.nan, 1.0, 3.0])).tolist()
    [2.0, nan, 0.5, 2.0]
    """
    ranked = np.full(values.size, np.nan)
    there = np.flatnonzero(~np.isnan(values))
    _, inverse, counts = np.unique(values[there], return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranked[there] = (ends - counts / 2)[inverse]
    return ranked


def normal_scores(values: Doubles) -> Doubles:
    """Normal quantiles of `ranks` over their number, NaN where the value is."""
    ranked = ranks(values)
    there = ~np.isnan(ranked)
    scores = np.full(values.size, np.nan)
    if there.any():
        scores[there] = normal_quantile(ranked[there] / there.sum())
    return scores


def by_frequency(values: Ints) -> Ints:
    """Codes of values from 0, the most frequent; equally frequent ones by value.

    Parameters
    ----------
    values
        Integers from 0; `NO_CODE` stays.

    Examples
    --------
    >>> by_frequency(np.array([2, 0, -1, 2, 1])).tolist()
    [0, 1, -1, 0, 2]
    """
    there = values != NO_CODE
    counts = np.bincount(values[there])
    places = np.empty(counts.size, np.int64)
    places[np.argsort(-counts, kind="stable")] = np.arange(counts.size)
    codes = np.full(values.size, NO_CODE)
    codes[there] = places[values[there]]
    return codes


LEAST_UNITS = 3
"""Fewest columns or pairs of a database that a statistic is taken over."""


@dataclass(frozen=True, eq=False)
class MeasuredVariable:
    """One feature column.

    Attributes
    ----------
    table, name
        Of the column.
    is_number
        Whether it is a number; otherwise a category.
    values
        Numbers, also of categories that are numbers, or codes; NaN for null.
    codes
        Codes of a category by frequency; of a number empty.
    """

    table: str
    name: str
    is_number: bool
    values: Doubles
    codes: Ints

    @cached_property
    def is_null(self) -> NDArray[np.bool_]:
        """Whether each value is null."""
        return np.isnan(self.values)

    @cached_property
    def scores(self) -> Doubles:
        """Normal scores of a number; of a category 1 for its most frequent value, and 0."""
        if self.is_number:
            return normal_scores(self.values)
        return np.where(self.is_null, np.nan, (self.codes == 0).astype(float))

    @cached_property
    def majority(self) -> float:
        """Share of the most frequent value among those that are not null; 1 of none."""
        there = self.values[~self.is_null]
        return (
            float(np.unique(there, return_counts=True)[1].max() / there.size) if there.size else 1.0
        )

    @property
    def is_varied(self) -> bool:
        """Whether it has two values, and none in more than 99 % of rows."""
        return self.majority <= _MOST_MAJORITY

    def labels(self, n: int = 10) -> Ints:
        """Deciles of a number, equal values alike; of a category its n − 1 most frequent values
        and the rest. `NO_CODE` for null.
        """
        if not self.is_number:
            return np.asarray(np.minimum(self.codes, n - 1))
        ranked = ranks(self.values)
        n_there = int((~self.is_null).sum())
        labels = np.full(ranked.size, NO_CODE)
        labels[~self.is_null] = (ranked[~self.is_null] * n / max(n_there, 1)).astype(np.int64)
        return np.asarray(np.minimum(labels, n - 1))

    def permuted(self, order: Ints) -> MeasuredVariable:
        """The same values in another order."""
        codes = self.codes if self.is_number else self.codes[order]
        return MeasuredVariable(self.table, self.name, self.is_number, self.values[order], codes)


def variable_of(feature: MeasuredFeature) -> MeasuredVariable | None:
    """A feature column as a variable; None for free text."""
    import polars as pl

    values = feature.values
    is_string = values.dtype == pl.String
    if is_string and kind_of(values) == "text":
        return None
    if is_string or values.dtype == pl.Boolean:
        codes = _codes(values)
        numbers = np.where(codes == NO_CODE, np.nan, codes.astype(float))
        return MeasuredVariable(feature.table, feature.name, False, numbers, codes)
    numbers = np.array(values.cast(pl.Float64).fill_null(np.nan).to_numpy())
    if values.drop_nulls().n_unique() > MOST_INTEGER_CATEGORIES:
        return MeasuredVariable(feature.table, feature.name, True, numbers, np.empty(0, np.int64))
    return MeasuredVariable(feature.table, feature.name, False, numbers, _codes(values))


def _codes(values: pl.Series) -> Ints:
    import polars as pl

    order = values.rank("dense").cast(pl.Int64) - 1
    return by_frequency(np.array(order.fill_null(NO_CODE).to_numpy(), np.int64))


def variables_of(view: View) -> dict[str, tuple[MeasuredVariable, ...]]:
    """The variables of every table, free text left out."""
    by_table: dict[str, list[MeasuredVariable]] = {table: [] for table in view.tables}
    for feature in view.features:
        variable = variable_of(feature)
        if variable is not None:
            by_table[feature.table].append(variable)
    return {table: tuple(variables) for table, variables in by_table.items()}
