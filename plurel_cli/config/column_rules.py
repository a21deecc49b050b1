"""What may be stated of columns: names that there can be, lenses and causes that lead somewhere.

Each rule looks at what is known of all tables, whether that follows from a config or was drawn, and
is told at the setting that it is of.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from plurel_cli.config.circle_rules import circle_problems
from plurel_cli.config.known import (
    KnownColumn,
    KnownTable,
    KnownTarget,
    NoWay,
    Tables,
    known_tables,
    states_columns,
    target_of,
)
from plurel_cli.config.names import is_table_name
from plurel_cli.config.shown_rules import aggregate_target, formula_problems, shown_problems
from plurel_cli.config.statements import is_pattern
from plurel_cli.config.wording import nearest
from plurel_cli.errors import ConfigError, Problem
from plurel_cli.formulas.parse import FormulaError, parsed
from plurel_cli.formulas.tree import AggregateLeaf
from plurel_cli.lenses import ColumnSite
from plurel_cli.lenses.formula import FormulaLens
from plurel_cli.lenses.rows import RowLens
from plurel_cli.numerics.stream import Stream

if TYPE_CHECKING:
    from plurel_cli.config.model import Config
    from plurel_cli.config.tables import ColumnConfig

GATHERED = ("count", "sum", "mean", "min", "max")
"""Aggregates of children that can be causes."""


def column_problems(config: Config) -> Iterator[Problem]:
    """What is wrong with columns that are stated, as far as the config alone says it."""
    yield from _placing_problems(config)
    if config.is_explicit and states_columns(config):
        yield from known_problems(known_tables(config))


def known_problems(tables: Tables) -> Iterator[Problem]:
    """What is wrong with columns that are stated, where the tables are known.

    Parameters
    ----------
    tables
        All tables, by the name that paths call them by.

    Yields
    ------
    Problem
        Each once.
    """
    yield from {str(problem): problem for problem in _all_problems(tables)}.values()


def _all_problems(tables: Tables) -> Iterator[Problem]:
    whole = True
    for table in tables.values():
        yield from _name_problems(table)
        yield from _model_problems(table)
        for column, stated, place in table.stated:
            problems = [*_problems_of(tables, table, column, stated, place)]
            whole = whole and not problems
            yield from problems
    if whole:
        yield from circle_problems(tables)


def _placing_problems(config: Config) -> Iterator[Problem]:
    """What is stated where it cannot be."""
    for name, table in config.tables.items():
        place = f"tables.{name}"
        if table.name is not None and (config.is_explicit or is_pattern(name)):
            rule = (
                "must be left out where the layout is explicit: a table is called what stands "
                "below tables"
                if config.is_explicit
                else "may only be given for a single table"
            )
            yield Problem(f"{place}.name", rule, table.name)
        for setting in ("name", "primary_key", "time_column"):
            if (called := getattr(table, setting)) is not None and not is_table_name(called):
                yield Problem(f"{place}.{setting}", _NAME_RULE, called)
        if table.others is not None and table.n_columns is not None:
            rule = "must be left out where columns are counted: both say how many are drawn"
            yield Problem(f"{place}.others", rule)
        for key, of_key in table.keys.items():
            if of_key.name is not None and not is_table_name(of_key.name):
                yield Problem(f"{place}.keys.{key}.name", _NAME_RULE, of_key.name)
        for index, parent in enumerate(table.parents or ()):
            if parent.column is not None and not is_table_name(parent.column):
                yield Problem(f"{place}.parents[{index}].column", _NAME_RULE, parent.column)
        for column, stated in table.named_columns.items():
            yield from _column_placing(f"{place}.columns.{column}", column, stated)


_NAME_RULE = "must be letters, digits and underscores, starting with a letter, 63 at most"


def _column_placing(place: str, name: str, stated: ColumnConfig) -> Iterator[Problem]:
    """What is stated of a column that it cannot have, whatever there is beside it."""
    if not stated.is_new:
        for setting in ("causes", "noise", "tells_future", "when"):
            if getattr(stated, setting):
                rule = "may only be stated of a column with a lens, or a hidden variable"
                yield Problem(f"{place}.{setting}", rule)
        return
    what = "a hidden variable" if stated.hidden else "a column with a lens"
    if is_pattern(name):
        yield Problem(place, f"{what} must have a name, and not a pattern")
    elif not is_table_name(name):
        yield Problem(place, f"the name of {what} {_NAME_RULE}")
    if stated.hidden:
        for setting in ("nulls", "when", "tells_future", "p_categorical", "categories"):
            if getattr(stated, setting) is not None:
                rule = "must be left out of a hidden variable, which is no column"
                yield Problem(f"{place}.{setting}", rule)
    lens = stated.lens
    if lens is not None and lens.shows not in ("number", "category"):
        for setting in ("causes", "noise"):
            if getattr(stated, setting):
                shown = {"row": "the row", "others": "other columns"}.get(
                    lens.shows, "what its formula gives"
                )
                rule = f"must be left out: the lens {lens.kind} shows {shown}, and no variable"
                yield Problem(f"{place}.{setting}", rule)


def _name_problems(table: KnownTable) -> Iterator[Problem]:
    """Names that two things of a table have, which databases tell apart by more than case."""
    first: dict[str, KnownColumn] = {}
    for column in sorted(table.columns, key=lambda c: c.place is not None):
        other = first.setdefault(column.name.lower(), column)
        if other is column or column.place is None:
            continue
        if other.name != column.name:
            rule = f"differs from {other.name}, a {other.sort} of the table, by case alone"
        else:
            drawn = "drawn " * (other.place is None and other.sort == "column")
            rule = f"is the name of a {drawn}{other.sort} of the table as well"
        yield Problem(column.place, rule, remedy="choose another name")


def _model_problems(table: KnownTable) -> Iterator[Problem]:
    """Whether there are variables for the lenses of a table that show one."""
    several = [column.name for column, _, _ in table.stated if column.is_variable]
    if several and table.model != "scm":
        rule = f"must be scm, which makes the variables that {', '.join(several)} show"
        yield Problem(f"tables.{table.id}.features.model", rule, table.model)


def _problems_of(
    tables: Tables, table: KnownTable, column: KnownColumn, stated: ColumnConfig, place: str
) -> Iterator[Problem]:
    """What is wrong with a stated column."""
    if column.lens is not None:
        yield from _room_problems(table, column, place)
        yield from shown_problems(tables, table, column, place)
    if stated.when is not None:
        yield from formula_problems(tables, table, FormulaLens(of=stated.when), f"{place}.when")
    if column.is_variable:
        yield from _cause_problems(tables, table, stated, place)


def _room_problems(table: KnownTable, column: KnownColumn, place: str) -> Iterator[Problem]:
    """Whether there are as many values as rows, where each is to be another."""
    if not (isinstance(column.lens, RowLens) and column.lens.unique):
        return
    try:
        of = ColumnSite(table.id, column.name, table.rows)
        column.lens.completed(of, Stream(0))
    except ConfigError as error:
        former = f"tables.{table.id}.columns.{column.name}"
        for problem in error.problems:
            where = place + problem.place.removeprefix(former)
            yield Problem(where, problem.rule, problem.got, problem.remedy)


def _cause_problems(
    tables: Tables, table: KnownTable, stated: ColumnConfig, place: str
) -> Iterator[Problem]:
    """Causes that are no variables, or are stated twice."""
    paths: dict[KnownCause, str] = {}
    for path in stated.causes:
        where = f"{place}.causes.{path}"
        try:
            cause = cause_of(tables, table, path)
        except NoWay as error:
            yield Problem(where, error.rule, remedy=error.remedy)
            continue
        if (other := paths.setdefault(cause, path)) != path:
            yield Problem(where, f"is the same as {other}", remedy="leave one out")


class KnownCause(NamedTuple):
    """What a column, or a hidden variable, depends on.

    Attributes
    ----------
    function
        Of an aggregate of children; none for a variable, and for the time of the row.
    table, column
        The variable, or the time.
    key
        The foreign key that leads to its row, or to whose rows children refer.
    """

    function: str | None
    table: str
    column: str
    key: str | None


def cause_of(tables: Tables, table: KnownTable, path: str) -> KnownCause:
    """What a cause is: a variable, the row's time, or an aggregate of children.

    Parameters
    ----------
    tables
        All tables.
    table
        The one whose column depends on it.
    path
        The cause.

    Returns
    -------
    KnownCause

    Raises
    ------
    NoWay
        If it is none of these.
    """
    if "(" in path:
        return _aggregate_cause(tables, table, path)
    target = target_of(tables, table, path)
    if target.column.sort != "time" or target.key is not None:
        _require_variable(target)
    key = target.key.name if target.key is not None else None
    return KnownCause(None, target.table.name, target.column.name, key)


def _require_variable(target: KnownTarget) -> None:
    column = target.column
    if column.is_variable:
        return
    what = f"a {column.sort}" if column.lens is None else f"shown by the lens {column.lens.kind}"
    known = [c.name for c in target.table.columns if c.is_variable]
    remedy = nearest(column.name, known, f"{target.table.name} has {', '.join(known) or 'none'}")
    raise NoWay(f"must be a variable, but {column.name} is {what}", remedy)


def _aggregate_cause(tables: Tables, table: KnownTable, path: str) -> KnownCause:
    form = "as in count(order) or mean(order.amount)"
    try:
        leaf = parsed(path)
    except FormulaError as error:
        raise NoWay(
            f"must be a variable or an aggregate of children, {form}: {error}", ""
        ) from None
    if not isinstance(leaf, AggregateLeaf):
        raise NoWay(f"must be a variable or an aggregate of children, {form}", "")
    if leaf.function not in GATHERED:
        raise NoWay(f"must be an aggregate of {', '.join(GATHERED)}, got {leaf.function}", "")
    target = aggregate_target(tables, table, leaf)
    if leaf.column is not None:
        _require_variable(target)
    assert target.key is not None  # noqa: S101 (children have one)
    return KnownCause(leaf.function, target.table.name, target.column.name, target.key.name)
