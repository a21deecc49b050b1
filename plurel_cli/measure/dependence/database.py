"""A database as variables, with samples of its rows: what the statistics are taken over.

All randomness is addressed by what it is drawn for, so that a database always gives the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plurel_cli.measure.dependence.skill import skill_of_category, skill_of_number
from plurel_cli.measure.dependence.variables import MeasuredVariable, variables_of
from plurel_cli.measure.view import NO_PARENT, NO_TIME, MeasuredFeature, MeasuredKey, View
from plurel_cli.numerics.stream import Stream

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_ROWS = 20_000
MOST_TARGET_ROWS = 4_000
MOST_TARGETS_A_TABLE = 6
MOST_TARGETS = 48
LEAST_TARGET_ROWS = 100
LEAST_CHILDREN = 200
LEAST_TIMED = 500


def generator(purpose: str, *objects: str) -> Generator:
    """Randomness for one purpose."""
    return Stream(0).child("measure", "dependence", purpose, *objects).numpy_generator()


@dataclass(frozen=True, eq=False)
class Target:
    """A column that is to be told from others.

    Attributes
    ----------
    variable
        The column.
    rows
        At most 4,000 of its rows, not null.
    fold
        Of each of them.
    """

    variable: MeasuredVariable
    rows: Ints
    fold: Ints

    def skill(self, features: Doubles) -> float:
        """Skill given features, one row each of `rows`."""
        if self.variable.is_number:
            return skill_of_number(features, self.variable.scores[self.rows], self.fold)
        return skill_of_category(features, self.variable.codes[self.rows], self.fold)


@dataclass(frozen=True, eq=False)
class Subject:
    """A database to be measured."""

    view: View

    @cached_property
    def variables(self) -> Mapping[str, tuple[MeasuredVariable, ...]]:
        """Columns of every table, free text left out."""
        return variables_of(self.view)

    @cached_property
    def sample(self) -> Mapping[str, tuple[MeasuredVariable, ...]]:
        """The same over at most 20,000 rows a table."""
        sampled = {}
        for table, variables in self.variables.items():
            rows = self.sampled_rows(table)
            whole = rows.size == self.view.tables[table]
            sampled[table] = variables if whole else tuple(one.permuted(rows) for one in variables)
        return sampled

    def sampled_rows(self, table: str) -> Ints:
        """At most 20,000 rows of a table, in order."""
        return some(np.arange(self.view.tables[table]), MOST_ROWS, generator("rows", table))

    @cached_property
    def matrices(self) -> Mapping[str, Doubles]:
        """Values of every table, a column a variable."""
        return {
            table: np.column_stack([one.values for one in variables])
            if variables
            else np.empty((self.view.tables[table], 0))
            for table, variables in self.variables.items()
        }

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """At most 6 columns a table and 48 in all, drawn at random."""
        candidates = []
        for table, variables in self.variables.items():
            there = [
                one for one in variables if one.is_varied and _n_there(one) >= LEAST_TARGET_ROWS
            ]
            candidates += chosen(there, MOST_TARGETS_A_TABLE, generator("targets", table))
        return tuple(map(_target, chosen(candidates, MOST_TARGETS, generator("targets"))))

    def keys_of(self, child: str) -> tuple[MeasuredKey, ...]:
        """Foreign keys of a table."""
        return tuple(key for key in self.view.keys if key.child == child)

    def keys_to(self, parent: str) -> tuple[MeasuredKey, ...]:
        """Foreign keys of other tables to a table."""
        return tuple(key for key in self.view.keys if key.parent == parent and not key.is_self)

    @cached_property
    def keys(self) -> tuple[MeasuredKey, ...]:
        """Foreign keys to other tables with at least 200 children."""
        return tuple(
            key
            for key in self.view.keys
            if not key.is_self and key.references.size >= LEAST_CHILDREN
        )

    @cached_property
    def timed_tables(self) -> tuple[str, ...]:
        """Tables with at least 500 timed rows."""
        times = self.view.times
        return tuple(
            name for name, stamps in times.items() if (stamps != NO_TIME).sum() >= LEAST_TIMED
        )

    def own(self, target: Target) -> Doubles:
        """Features of a target's rows: their other columns."""
        table = target.variable.table
        others = [
            j
            for j, variable in enumerate(self.variables[table])
            if variable.name != target.variable.name
        ]
        return self.matrices[table][target.rows][:, others]

    def referenced(self, target: Target) -> Doubles:
        """Features of a target's rows: all columns of the rows they refer to."""
        parts = [
            gathered(self.matrices[key.parent], key.keys[target.rows])
            for key in self.keys_of(target.variable.table)
        ]
        return np.hstack([*parts, np.empty((target.rows.size, 0))])


def _n_there(variable: MeasuredVariable) -> int:
    return int((~variable.is_null).sum())


def _target(variable: MeasuredVariable) -> Target:
    draws = generator("target", variable.table, variable.name)
    rows = some(np.flatnonzero(~variable.is_null), MOST_TARGET_ROWS, draws)
    return Target(variable, rows, draws.permutation(rows.size) % 2)


def some(rows: Ints, most: int, draws: Generator) -> Ints:
    """At most so many of some rows, in order.

    Parameters
    ----------
    rows
        Row numbers, rising.
    most
        How many to keep.
    draws
        Draws which.

    Returns
    -------
    ndarray
        All of them, if they are few enough.
    """
    if rows.size <= most:
        return rows
    return np.sort(draws.choice(rows, most, replace=False))


def chosen(
    variables: list[MeasuredVariable], most: int, draws: Generator
) -> list[MeasuredVariable]:
    """At most so many of some columns, in order.

    Parameters
    ----------
    variables
        Columns.
    most
        How many to keep.
    draws
        Draws which.

    Returns
    -------
    list
        All of them, if they are few enough.
    """
    return [variables[i] for i in some(np.arange(len(variables)), most, draws)]


def gathered(values: Doubles, keys: Ints) -> Doubles:
    """Rows of a parent by key, NaN where it is null.

    Parameters
    ----------
    values
        A row for each row of the parent.
    keys
        Row of the parent, `NO_PARENT` for none.

    Returns
    -------
    ndarray
        A row for each key.
    """
    rows = values[np.maximum(keys, 0)]
    rows[keys == NO_PARENT] = np.nan
    return rows


def permuted(view: View) -> View:
    """The same database, every feature column in an order of its own: nothing tells of anything."""
    features = []
    for feature in view.features:
        order = generator("floor", feature.table, feature.name).permutation(len(feature.values))
        features.append(MeasuredFeature(feature.table, feature.name, feature.values.gather(order)))
    return View(view.tables, view.times, view.keys, tuple(features))
