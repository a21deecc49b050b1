"""Where things lie in a database's folder."""

from __future__ import annotations

from pathlib import Path

from plurel_cli.schema.model import Schema

SCHEMA_FILE = "schema.json"
MANIFEST_FILE = "manifest.yaml"


def is_relbench(schema: Schema) -> bool:
    """Whether the folder is laid out as a RelBench 3 dataset."""
    output = schema.config.get("output", {})
    return isinstance(output, dict) and output.get("layout") == "relbench"


def table_file(schema: Schema, table: str) -> Path:
    """Path of a table's Parquet file, relative to the folder."""
    name = f"{table}.parquet"
    return Path("db", name) if is_relbench(schema) else Path(name)


def files(schema: Schema) -> set[Path]:
    """Every file of a database at its stage, relative to the folder."""
    found = {Path(SCHEMA_FILE)}
    if schema.stages != ("schema",):
        found |= {table_file(schema, table.name) for table in schema.tables}
    if schema.window is not None and is_relbench(schema):
        found.add(Path(MANIFEST_FILE))
    return found
