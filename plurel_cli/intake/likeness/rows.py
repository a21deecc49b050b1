"""What the rows of each table of a source are like, gathered for all of its columns and keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from string import ascii_letters, ascii_lowercase
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.intake.demands import Demand, demands_of
from plurel_cli.intake.likeness.children import children_of
from plurel_cli.intake.likeness.dependence import Dependence, RowVariable, dependence_of
from plurel_cli.intake.likeness.families import statement_of
from plurel_cli.intake.likeness.figures import LEAST, Doubles, rounded
from plurel_cli.intake.likeness.relations import Relation, relations_of
from plurel_cli.intake.likeness.times import TimeLag, lag_of, months_of, seconds, spread_of
from plurel_cli.intake.patterns import example_of, matches, pattern_of
from plurel_cli.intake.picture import Picture, SourceColumn, SourceTable

if TYPE_CHECKING:
    import polars as pl

MOST_LABELS = 200
_SURE = 20 * LEAST
"""Rows among which fewer than ten nulls are left out."""

_COVERED = 0.8
"""Share of the rows that frequent labels have, at least, where a text counts as a category."""

Places = NDArray[np.int64]


@dataclass
class TableLikeness:
    """What the rows of a table are like.

    Attributes
    ----------
    nulls
        Share of nulls by column, where it is known.
    statements
        What is to be stated of columns: of a number its distribution, of a category its labels.
    times
        Times of columns that have some, in seconds.
    months
        First and last month of such columns, as `2019-03`.
    lags
        How a time lies from another of the row, or from a time of a row referred to, by both.
    parents
        Of each foreign key of one column the parent of each row, −1 where there is none.
    n_parents
        How many rows the table has that each of these refers to.
    relations
        What a column repeats.
    dependences
        What a column depends on.
    """

    nulls: dict[str, float] = field(default_factory=dict)
    statements: dict[str, dict[str, Any]] = field(default_factory=dict)
    times: dict[str, Doubles] = field(default_factory=dict)
    months: dict[str, tuple[str, str]] = field(default_factory=dict)
    lags: dict[tuple[str, str], TimeLag] = field(default_factory=dict)
    parents: dict[str, Places] = field(default_factory=dict)
    n_parents: dict[str, int] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)
    dependences: dict[str, Dependence] = field(default_factory=dict)

    def span_days(self, column: str) -> float:
        """How far apart the middle half of the times of a column lie."""
        return spread_of(self.times[column])


def likeness_of(
    picture: Picture, frames: Mapping[str, pl.DataFrame], *, keep_labels: bool = False
) -> dict[str, TableLikeness]:
    """What the rows of a source are like.

    Parameters
    ----------
    picture
        The schema.
    frames
        The rows, by table.
    keep_labels
        Whether labels stay as they are.

    Returns
    -------
    dict
        By table.
    """
    likeness = {table.name: TableLikeness() for table in picture.tables}
    variables: dict[str, dict[str, RowVariable]] = {}
    for table in picture.tables:
        one, frame = likeness[table.name], frames[table.name]
        variables[table.name] = _tell_columns(one, table, frame, keep_labels=keep_labels)
        _tell_parents(one, table, frames)
    for table in picture.tables:
        _tell_lags(likeness[table.name], table, likeness)
    _tell_relations(picture, likeness, variables)
    free = {
        name: {c: v for c, v in several.items() if c not in likeness[name].relations}
        for name, several in variables.items()
    }
    for table in picture.tables:
        children = children_of(table.name, picture, likeness)
        _tell_dependences(likeness[table.name], table, free, children)
    return likeness


def _tell_relations(
    picture: Picture,
    likeness: Mapping[str, TableLikeness],
    variables: Mapping[str, Mapping[str, RowVariable]],
) -> None:
    numbers = {
        name: {column: one.values for column, one in several.items() if one.is_number}
        for name, several in variables.items()
    }
    for name, relations in relations_of(picture, likeness, numbers).items():
        likeness[name].relations = relations


def _tell_columns(
    one: TableLikeness, table: SourceTable, frame: pl.DataFrame, *, keep_labels: bool
) -> dict[str, RowVariable]:
    """Tell what each column is like by itself; what others can depend on is given back."""
    variables: dict[str, RowVariable] = {}
    demands, _ = demands_of(table)
    keys = {name for r in table.references for name in r.columns} | {*table.primary_key}
    for column in table.columns:
        if column.name not in frame.columns or column.computed is not None:
            continue
        values = frame[column.name]
        _tell_nulls(one, column, values)
        if column.name in keys and column.kind not in ("date", "timestamp"):
            continue
        labels = demands[column.name].values
        if labels is not None:
            column = replace(column, labels=tuple(map(str, labels)))
        one_of = _Labels(demands[column.name], keep_labels)
        variable = _tell_values(one, column, values, one_of)
        if variable is not None:
            variables[column.name] = variable
    return variables


def _tell_nulls(one: TableLikeness, column: SourceColumn, values: pl.Series) -> None:
    n = values.null_count()
    if n < LEAST * (len(values) >= _SURE) or (n == 0 and len(values) >= LEAST):
        one.nulls[column.name] = 0.0
    elif min(n, len(values) - n) >= LEAST:
        one.nulls[column.name] = rounded(n / len(values))
    elif n == len(values) >= LEAST:
        one.nulls[column.name] = 1.0


def _tell_values(
    one: TableLikeness, column: SourceColumn, values: pl.Series, labels: _Labels
) -> RowVariable | None:
    import polars as pl

    known = values.drop_nulls()
    if len(known) < 2 * LEAST:
        return None
    match column.kind:
        case "integer" | "decimal" | "float" if known.dtype.is_numeric():
            floats = values.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
            floats = np.where(np.isfinite(floats), floats, np.nan)
            finite = floats[~np.isnan(floats)]
            if len(finite) < 2 * LEAST:
                return None
            one.statements[column.name] = statement_of(finite, is_whole=column.kind == "integer")
            return RowVariable(floats, is_number=True)
        case "boolean" if known.dtype == pl.Boolean:
            n = int(known.sum())
            if LEAST <= n <= len(known) - LEAST:
                one.statements[column.name] = {"true": rounded(n / len(known))}
                return _codes(values)
        case "text":
            weights = _weights(column, known, labels)
            if weights:
                one.statements[column.name] = {"values": weights}
                return _codes(values)
        case "date" | "timestamp" if known.dtype.is_temporal() and known.dtype != pl.Time:
            at = seconds(values)
            one.times[column.name] = at
            months = months_of(at)
            if months is not None:
                one.months[column.name] = months
    return None


def _codes(values: pl.Series) -> RowVariable:
    """Labels as numbers."""
    import polars as pl

    ranks = values.cast(pl.String).rank("dense").cast(pl.Float64)
    return RowVariable(ranks.fill_null(np.nan).to_numpy(), is_number=False)


@dataclass(frozen=True)
class _Labels:
    """Which labels a text column may have."""

    demand: Demand
    are_kept: bool

    def made_up(self, n: int) -> list[str]:
        """So many labels that fulfil what is demanded; none where that is unknown."""
        demand = self.demand
        if demand.patterns and not demand.unlike and not demand.is_json:
            return self._like(n)
        if demand.unlike or demand.least > 1 or demand.is_json:
            return []
        if demand.most is None or demand.most >= 1 + len(str(n - 1)):
            return [f"c{k}" for k in range(n)]
        if n <= len(ascii_letters) and demand.most:
            return [*ascii_letters[:n]]
        pairs = ["".join(pair) for pair in product(ascii_lowercase, repeat=2)]
        return pairs[:n] if demand.most == 2 and n <= len(pairs) else []

    def _like(self, n: int) -> list[str]:
        """So many labels that fulfil patterns: what one demands, with a number behind it."""
        made = pattern_of(self.demand.patterns[0], self.demand.most)
        if made is None:
            return []
        several = [example_of(made), *(f"{example_of(made)} c{k}" for k in range(1, n))]
        are_like = all(matches(p, label) for p in self.demand.patterns for label in several)
        longest = max(map(len, several))
        fits = self.demand.least <= longest <= (self.demand.most or longest)
        return several if are_like and fits else []


def _weights(column: SourceColumn, known: pl.Series, labels: _Labels) -> dict[str, float]:
    """Weights of labels that ten rows have, under names made up, if they are not the schema's."""
    counts = dict(known.cast(str).value_counts(sort=True).iter_rows())
    n = len(known)
    if column.labels:
        return {
            label: rounded(counts[label] / n) if counts.get(label, 0) >= LEAST else 1e-3
            for label in column.labels
        }
    frequent = sorted(
        ((label, count) for label, count in counts.items() if count >= LEAST),
        key=lambda one: (-one[1], one[0]),
    )[:MOST_LABELS]
    if sum(count for _, count in frequent) < _COVERED * n:
        return {}
    kept = [label for label, _ in frequent]
    names = kept if labels.are_kept else labels.made_up(len(frequent))
    counted = zip(names, frequent, strict=False)
    return {name: rounded(count / n) for name, (_, count) in counted}


def _tell_parents(
    one: TableLikeness, table: SourceTable, frames: Mapping[str, pl.DataFrame]
) -> None:
    """Tell which row each row refers to, where a key is of one column."""
    import polars as pl

    for reference in table.references:
        targets = reference.targets
        if len(reference.columns) != 1 or len(targets) != 1:
            continue
        (name,), (target,) = reference.columns, targets
        parent, frame = frames[reference.table], frames[table.name]
        if name not in frame.columns or target not in parent.columns or not frame.height:
            continue
        keys = parent[target].cast(pl.String)
        places = pl.DataFrame({"key": keys, "at": np.arange(parent.height)}).unique("key")
        sought = pl.DataFrame({"key": frame[name].cast(pl.String)})
        joined = sought.join(places, on="key", how="left", maintain_order="left")
        one.parents[name] = joined["at"].fill_null(-1).to_numpy().astype(np.int64)
        one.n_parents[name] = parent.height


def _tell_lags(
    one: TableLikeness, table: SourceTable, likeness: Mapping[str, TableLikeness]
) -> None:
    for later, at in one.times.items():
        for earlier, base in one.times.items():
            if earlier != later and (lag := lag_of(at, base)) is not None:
                one.lags[later, earlier] = lag
        for reference in table.references:
            (name, *others) = reference.columns
            if others or name not in one.parents or reference.table == table.name:
                continue
            for earlier, base in likeness[reference.table].times.items():
                there = at_parents(base, one.parents[name])
                if (lag := lag_of(at, there)) is not None:
                    one.lags[later, f"{name}.{earlier}"] = lag


def at_parents(values: Doubles, parents: Places) -> Doubles:
    """Values of the rows that rows refer to; NaN where they refer to none.

    Parameters
    ----------
    values
        Shape (n_parents,).
    parents
        Shape (n,): the parent of each row, −1 where there is none.

    Returns
    -------
    ndarray
        Shape (n,).
    """
    if not len(values):
        return np.full(len(parents), np.nan)
    return np.where(parents < 0, np.nan, values[np.maximum(parents, 0)])


def _tell_dependences(
    one: TableLikeness,
    table: SourceTable,
    variables: Mapping[str, Mapping[str, RowVariable]],
    children: Mapping[str, RowVariable],
) -> None:
    """What each column depends on: earlier ones of the row, those of rows referred to, children."""
    there = dict(children)
    for reference in table.references:
        (name, *others) = reference.columns
        if others or name not in one.parents or reference.table == table.name:
            continue
        for column, variable in variables[reference.table].items():
            values = at_parents(variable.values, one.parents[name])
            there[f"{name}.{column}"] = RowVariable(values, variable.is_number)
    keys = [one.parents[name] for name in one.parents if table_of(table, name) != table.name]
    at = next(iter(one.times.values()), None)
    earlier: dict[str, RowVariable] = {}
    for column, variable in variables[table.name].items():
        candidates = {**earlier, **there}
        one.dependences[column] = dependence_of(variable, candidates, keys, at)
        earlier[column] = variable


def table_of(table: SourceTable, key: str) -> str:
    """The table that a foreign key of one column refers to.

    Parameters
    ----------
    table
        The table that refers.
    key
        The column.

    Returns
    -------
    str
    """
    return next(r.table for r in table.references if r.columns == (key,))
