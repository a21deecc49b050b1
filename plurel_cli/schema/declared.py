"""What is declared of a schema where others read it: types, order of tables, what is unique.

Types have the names that databases know.
"""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import TopologicalSorter

from plurel_cli.schema.column import Attribute, Column, ColumnType, Feature
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table

SQL_TYPES: dict[ColumnType, str] = {
    "int64": "BIGINT",
    "int32": "INTEGER",
    "float32": "REAL",
    "float64": "DOUBLE PRECISION",
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime[ns]": "TIMESTAMP",
    "datetime[us]": "TIMESTAMP",
    "datetime[ms]": "TIMESTAMP",
}


def diagram_type(column: Column) -> str:
    """The type of a column in one small word, as diagrams have it."""
    words = sql_type(column).lower()
    return "double" if words == "double precision" else words.partition("(")[0]


def sql_type(column: Column) -> str:
    """The type of a column: that of its lens, if that has one."""
    lens = getattr(column, "lens", None)
    return (lens and lens.sql) or SQL_TYPES[column.type]


def is_unique(column: Column) -> bool:
    """Whether no two rows hold the same in a column, which is no primary key."""
    if isinstance(column, ForeignKey):
        return column.one_child
    lens = column.lens if isinstance(column, Feature | Attribute) else None
    return lens is not None and lens.unique


def parents_first(schema: Schema) -> list[Table]:
    """Tables such that each comes after those it refers to, otherwise in their order."""
    order = {table.name: position for position, table in enumerate(schema.tables)}
    sorter = TopologicalSorter(
        {
            t.name: sorted({str(c.references) for c in t.foreign_keys} - {t.name})
            for t in schema.tables
        }
    )
    sorter.prepare()
    ordered = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=order.__getitem__)
        ordered += [schema.by_name[name] for name in ready]
        sorter.done(*ready)
    return ordered


def links(table: Table) -> Iterator[tuple[Column, str]]:
    """Columns of a table that refer to another by their lens, as references in a circle do.

    Yields
    ------
    tuple of Column and str
        The column, and the table that it refers to.
    """
    for column in table.contents:
        if column.lens is not None and column.lens.refers_to is not None:
            yield column, column.lens.refers_to
