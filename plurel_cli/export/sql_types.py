"""Types of columns by names that databases know."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plurel_cli.schema.column import ColumnType

SQL_TYPES: dict[ColumnType, str] = {
    "int64": "BIGINT",
    "int32": "INTEGER",
    "float32": "REAL",
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
    "datetime[ns]": "TIMESTAMP",
}
