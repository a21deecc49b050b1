"""Circles that stated columns must not form: of causes, and of columns that show each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter

from plurel_cli.config.known import KnownColumn, KnownTable, Tables, target_of
from plurel_cli.config.shown_rules import aggregate_target
from plurel_cli.errors import Problem
from plurel_cli.formulas.parse import parsed
from plurel_cli.formulas.tree import AggregateLeaf, leaves
from plurel_cli.lenses.formula import FormulaLens
from plurel_cli.lenses.link import Link
from plurel_cli.lenses.rows import GroupLens

Vertex = tuple[str, str]
"""A table and a column of it, by name."""


def circle_problems(tables: Tables) -> Iterator[Problem]:
    """Circles among columns whose paths all lead somewhere."""
    yield from _circle(tables, _causes, "causes")
    yield from _circle(tables, _shown, "columns that show others")


def _circle(
    tables: Tables,
    reads: Callable[[Tables, KnownTable, KnownColumn], Iterator[Vertex]],
    what: str,
) -> Iterator[Problem]:
    graph = {
        (table.name, column.name): sorted({*reads(tables, table, column)})
        for table in tables.values()
        for column, _, _ in table.stated
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = _from_first(error.args[1], [*graph])
        is_of_one = len({table for table, _ in circle}) == 1
        names = [column if is_of_one else f"{table}.{column}" for table, column in circle]
        table, column = next(vertex for vertex in circle if vertex in graph)
        place = tables[table].by_name[column].place or ""
        path = " → ".join(names)
        yield Problem(place, f"{what} must not form a circle, but do: {path}")


def _from_first(circle: list[Vertex], order: list[Vertex]) -> list[Vertex]:
    """A circle that begins, and ends, at the vertex of it that is stated first."""
    (first, *_) = sorted(circle, key=order.index)
    at = circle.index(first)
    return [*circle[at:-1], *circle[:at], first]


def _causes(tables: Tables, table: KnownTable, column: KnownColumn) -> Iterator[Vertex]:
    if column.stated is None or not column.is_variable:
        return
    for path in column.stated.causes:
        if "(" in path:
            leaf = parsed(path)
            if isinstance(leaf, AggregateLeaf) and leaf.column is not None:
                target = aggregate_target(tables, table, leaf)
                yield target.table.name, target.column.name
            continue
        target = target_of(tables, table, path)
        if target.column.is_variable:
            yield target.table.name, target.column.name


def _shown(tables: Tables, table: KnownTable, column: KnownColumn) -> Iterator[Vertex]:
    lens = column.lens
    if column.stated is not None and column.stated.when is not None:
        yield from _read_by(tables, table, FormulaLens(of=column.stated.when))
    if isinstance(lens, FormulaLens):
        yield from _read_by(tables, table, lens)
    elif lens is not None and not isinstance(lens, GroupLens):
        if isinstance(lens, Link) and lens.where is not None:
            yield from _read_by(tables, tables[str(lens.to)], FormulaLens(of=lens.where))
        for path in lens.reads:
            target = target_of(tables, table, path)
            yield target.table.name, target.column.name


def _read_by(tables: Tables, table: KnownTable, lens: FormulaLens) -> Iterator[Vertex]:
    """Columns that a formula names."""
    for leaf in leaves(lens.tree):
        if isinstance(leaf, AggregateLeaf):
            target = aggregate_target(tables, table, leaf)
        else:
            target = target_of(tables, table, str(leaf))
        yield target.table.name, target.column.name
