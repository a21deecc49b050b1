"""Types of columns by names that databases know."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plurel_cli.schema.column import Column, ColumnType

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
