"""All figures of a database, table by table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.place import Place, place_of
from plurel_cli.summary.columns import ColumnFigures, column_counts
from plurel_cli.summary.keys import KeyCount, KeyFigures
from plurel_cli.summary.passes import go_over
from plurel_cli.summary.rows import RowSource, StoredRows
from plurel_cli.summary.times import TimeFigures, time_count


@dataclass(frozen=True)
class TableFigures:
    """What a table holds.

    Attributes
    ----------
    name, rows
        The table.
    columns
        Its columns, in order.
    times
        When its rows are; None where it has no times.
    keys
        Its foreign keys, in order.
    """

    name: str
    rows: int
    columns: tuple[ColumnFigures, ...]
    times: TimeFigures | None
    keys: tuple[KeyFigures, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return asdict(self)


def table_figures(schema: Schema, table: Table, source: RowSource) -> TableFigures:
    """The figures of a table.

    Parameters
    ----------
    schema
        The database; before the stage of keys it has no rows, and so no figures of them.
    table
        A table of it.
    source
        What has its rows.

    Returns
    -------
    TableFigures

    Raises
    ------
    FolderError, StorageError
        If the table cannot be read.
    """
    if "fk" not in schema.stages:
        return TableFigures(table.name, table.rows, (), None, ())
    columns = column_counts(table, table.filled(schema.stages), source, counts_keys=False)
    times = time_count(schema, table, source)
    keys = [KeyCount(schema, table, key, source) for key in table.foreign_keys]
    of_columns = [tally for each in columns for tally in each.tallies]
    go_over(source, table, [*keys, *([] if times is None else [times]), *of_columns])
    referred = {count.names[0]: count.referred for count in keys}
    return TableFigures(
        name=table.name,
        rows=table.rows,
        columns=tuple(_with_referred(each.figures(), referred) for each in columns),
        times=None if times is None else times.figures(),
        keys=tuple(each.figures() for each in keys),
    )


def _with_referred(figures: ColumnFigures, referred: Mapping[str, int]) -> ColumnFigures:
    """Figures of a column; of a foreign key, with the rows that it refers to."""
    distinct = referred.get(figures.name)
    return figures if distinct is None else replace(figures, distinct=distinct, is_exact=True)


def figures_of(
    folder: str | Place, report: Callable[[str, int], None] | None = None
) -> tuple[TableFigures, ...]:
    """The figures of all tables of a database's folder.

    Parameters
    ----------
    folder
        The database, at any stage.
    report
        Called with each table that is done, and its rows.

    Returns
    -------
    tuple of TableFigures
        In the order of the schema.

    Raises
    ------
    FolderError, StorageError
        If it cannot be read.
    """
    root = place_of(folder)
    schema = read_schema(root)
    source = StoredRows(root, schema)
    figures = []
    for table in schema.tables:
        figures.append(table_figures(schema, table, source))
        if report is not None:
            report(table.name, table.rows)
    return tuple(figures)
