"""What is known of the tables of a drawn schema, for the rules of what is stated of columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plurel_cli.config import Config
from plurel_cli.config.column_rules import known_problems
from plurel_cli.config.known import KnownColumn, KnownTable, Sort, new_columns, states_columns
from plurel_cli.config.tables import ColumnConfig
from plurel_cli.errors import ConfigError, Problem
from plurel_cli.schema.column import Attribute, Column, Feature, PrimaryKey, TimeColumn
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.table import Table


def check_stated(config: Config, tables: Sequence[Table]) -> None:
    """See that all that is stated of columns leads somewhere in the tables that are drawn.

    Parameters
    ----------
    config
        What states it.
    tables
        The tables.

    Raises
    ------
    ConfigError
        With all that does not.
    """
    problems = [*_same_names(tables)]
    if states_columns(config) and not problems:
        by_name = {table.name: table for table in tables}
        problems = [*known_problems({n: _known(config, t) for n, t in by_name.items()})]
    if problems:
        raise ConfigError(problems)


def _same_names(tables: Sequence[Table]) -> list[Problem]:
    """Names that two tables have, one of them a stated one."""
    first: dict[str, Table] = {}
    return [
        Problem(f"tables.{table.id}.name", "is the name of another table as well", table.name)
        for table in tables
        if first.setdefault(table.name.lower(), table) is not table
    ]


def _known(config: Config, table: Table) -> KnownTable:
    new = new_columns(config, table.id)
    columns = [_column(column, new) for column in table.columns]
    for hidden in table.hidden:
        place, stated = new.get(hidden.name, (None, None))
        columns.append(KnownColumn(hidden.name, "hidden variable", None, None, place, stated))
    model = config.for_table(table.id).features.model
    return KnownTable(table.id, table.name, tuple(columns), model, table.rows)


def _column(column: Column, new: Mapping[str, tuple[str, ColumnConfig]]) -> KnownColumn:
    lens = column.lens if isinstance(column, Feature | Attribute) else None
    references = column.references if isinstance(column, ForeignKey) else None
    sort: Sort = "column"
    if isinstance(column, PrimaryKey):
        sort = "primary key"
    elif isinstance(column, ForeignKey):
        sort = "foreign key"
    elif isinstance(column, TimeColumn):
        sort = "time"
    place, stated = new.get(column.name, (None, None)) if lens is not None else (None, None)
    return KnownColumn(column.name, sort, lens, references, place, stated)
