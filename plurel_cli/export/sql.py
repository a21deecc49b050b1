"""SQL data definition that SQLite, DuckDB and PostgreSQL take alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.export import formats

if TYPE_CHECKING:
    from plurel_cli.schema.model import Schema


@formats()
def sql(schema: Schema) -> str:
    """`CREATE TABLE` statements, parents before the tables that refer to them."""
    from plurel_cli.export.ddl import create_tables
    from plurel_cli.export.dialects import ANSI

    return create_tables(schema, ANSI)
