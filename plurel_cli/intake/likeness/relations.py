"""What a column of a source repeats: a time, a row referred to, others of the row, its children.

A relation is told where nearly all rows have it, and then all rows of the config do. It says
nothing of the values. A column of which one is told is no cause of others, so that relations form
no circle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plurel_cli.intake.likeness.figures import LEAST, Doubles

if TYPE_CHECKING:
    from plurel_cli.intake.likeness.rows import TableLikeness
    from plurel_cli.intake.picture import Picture, SourceTable

_NEARLY_ALL = 0.98
_FEWEST_VALUES = 3
_MOST_NUMBERS = 12
"""Numbers of a row among which sums and products are sought, at most."""


@dataclass(frozen=True)
class Relation:
    """What a column repeats.

    Attributes
    ----------
    form
        A formula, with `{}` for each column that it names.
    of
        These columns: of the row, `key.column` of a row referred to, or `table.key.column` of rows
        that refer to it, where `column` is empty if they are counted.
    """

    form: str
    of: tuple[str, ...]


def relations_of(
    picture: Picture,
    likeness: Mapping[str, TableLikeness],
    numbers: Mapping[str, Mapping[str, Doubles]],
) -> dict[str, dict[str, Relation]]:
    """What columns of numbers repeat, by table and column.

    Parameters
    ----------
    picture
        The schema.
    likeness
        Times and keys of each table.
    numbers
        Numbers of each table by column, NaN where they are null.

    Returns
    -------
    dict
    """
    relations: dict[str, dict[str, Relation]] = {table.name: {} for table in picture.tables}
    for table in picture.tables:
        known = relations[table.name]
        for name, values in numbers[table.name].items():
            several = (
                *_parts(values, likeness[table.name].times),
                *_copies(values, table, likeness[table.name], numbers),
            )
            if several:
                known[name] = several[0]
    for table in picture.tables:
        known = relations[table.name]
        for name in [*numbers[table.name]][::-1]:
            others = {
                other: values
                for other, values in numbers[table.name].items()
                if other != name and other not in known
            }
            if name not in known and len(others) < _MOST_NUMBERS:
                one = next(_of_others(numbers[table.name][name], others), None)
                known |= {name: one} if one else {}
    for table in picture.tables:
        for name, values in numbers[table.name].items():
            if name not in relations[table.name]:
                one = next(_of_children(values, table, picture, likeness, numbers, relations), None)
                relations[table.name] |= {name: one} if one else {}
    return relations


def _is_same(values: Doubles, others: Doubles) -> bool:
    """Whether nearly all rows have the same in both, or null in both."""
    if len(values) < 2 * LEAST or len(np.unique(values[~np.isnan(values)])) < _FEWEST_VALUES:
        return False
    close = np.isclose(values, others, rtol=1e-9, atol=0.0051 if _has_cents(values) else 1e-9)
    return bool((close | (np.isnan(values) & np.isnan(others))).mean() >= _NEARLY_ALL)


def _has_cents(values: Doubles) -> bool:
    """Whether numbers are rounded to two decimals, or fewer, but are not whole."""
    known = values[~np.isnan(values)]
    hundreds = np.abs(known * 100 - np.round(known * 100)) < 1e-6
    return bool(hundreds.all() and not (known == np.round(known)).all())


def _parts(values: Doubles, times: Mapping[str, Doubles]) -> Iterator[Relation]:
    """Years and months of a time of the row."""
    for name, at in times.items():
        known = ~np.isnan(at)
        days = np.where(known, at, 0.0).astype("datetime64[s]")
        years = days.astype("datetime64[Y]").astype(np.int64) + 1970
        months = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
        for part, numbers in (("year", years), ("month", months)):
            if _is_same(values, np.where(known, numbers, np.nan)):
                yield Relation(f"{part}({{}})", (name,))


def _copies(
    values: Doubles,
    table: SourceTable,
    one: TableLikeness,
    numbers: Mapping[str, Mapping[str, Doubles]],
) -> Iterator[Relation]:
    """What a row referred to has."""
    for reference in table.references:
        (key, *others) = reference.columns
        if others or key not in one.parents or reference.table == table.name:
            continue
        for name, there in numbers[reference.table].items():
            if _is_same(values, _at(there, one.parents[key])):
                yield Relation("{}", (f"{key}.{name}",))


def _at(values: Doubles, parents: NDArray[np.int64]) -> Doubles:
    if not len(values):
        return np.full(len(parents), np.nan)
    return np.where(parents < 0, np.nan, values[np.maximum(parents, 0)])


def _of_others(values: Doubles, others: Mapping[str, Doubles]) -> Iterator[Relation]:
    """Sums, differences and products of two numbers of the row."""
    for (a, x), (b, y) in permutations(others.items(), 2):
        if a < b:
            for sign, both in (("*", x * y), ("+", x + y)):
                if _is_same(values, both) and not (_is_same(values, x) or _is_same(values, y)):
                    yield Relation(f"{{}} {sign} {{}}", (a, b))
        if _is_same(values, x - y) and not _is_same(values, x):
            yield Relation("{} - {}", (a, b))


def _of_children(
    values: Doubles,
    table: SourceTable,
    picture: Picture,
    likeness: Mapping[str, TableLikeness],
    numbers: Mapping[str, Mapping[str, Doubles]],
    relations: Mapping[str, Mapping[str, Relation]],
) -> Iterator[Relation]:
    """How many rows refer to the row, and the sum, mean, least and largest of what they have."""
    for child in picture.tables:
        for reference in child.references:
            (key, *others) = reference.columns
            if others or reference.table != table.name or child.name == table.name:
                continue
            parents = likeness[child.name].parents.get(key)
            if parents is None:
                continue
            counts = np.bincount(parents[parents >= 0], minlength=len(values)).astype(float)
            if _is_same(values, counts):
                yield Relation("count({})", (f"{child.name}.{key}.",))
            for name, numbers_there in numbers[child.name].items():
                copied = relations[child.name].get(name)
                if copied is not None and any("." in path for path in copied.of):
                    continue
                for function, of_children in _aggregates(numbers_there, parents, len(values)):
                    if _is_same(values, of_children):
                        yield Relation(f"{function}({{}})", (f"{child.name}.{key}.{name}",))


def _aggregates(
    values: Doubles, parents: NDArray[np.int64], n: int
) -> Iterator[tuple[str, Doubles]]:
    """Aggregates of numbers over the rows that refer to each of n rows."""
    there = (parents >= 0) & ~np.isnan(values)
    at, known = parents[there], values[there]
    counts = np.bincount(at, minlength=n)
    sums = np.bincount(at, known, minlength=n).astype(float)
    none = counts == 0
    if not (known == np.round(known)).all():  # else a count of something, and no total
        yield "sum", sums
    yield "mean", np.where(none, np.nan, sums / np.maximum(counts, 1))
    for function, reduce, start in (("min", np.minimum, np.inf), ("max", np.maximum, -np.inf)):
        extremes = np.full(n, start)
        reduce.at(extremes, at, known)
        yield function, np.where(none, np.nan, extremes)
