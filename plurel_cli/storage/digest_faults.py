"""Whether a database is what was written, to the bit, by the digests in its `schema.json`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from plurel_cli.errors import PlurelError, Problem
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.storage.digests import Digests, column_digests
from plurel_cli.storage.document import SchemaFile
from plurel_cli.storage.layout import SCHEMA_FILE, files, parts, stored_tables
from plurel_cli.storage.ledger import changed
from plurel_cli.storage.panics import without_panics
from plurel_cli.storage.parquet import Stored, read_frames
from plurel_cli.storage.place import Place

if TYPE_CHECKING:
    import polars as pl

FIRST_WITH_DIGESTS = 2
"""First version of `schema.json` that has them."""


def digest_faults(root: Place, document: SchemaFile) -> Iterator[Problem]:
    """Files that are not what was written, and which columns' values are not.

    Parameters
    ----------
    root
        The database's folder.
    document
        Its `schema.json`.

    Yields
    ------
    Problem
        A file that is missing is told elsewhere.
    """
    schema, digests = document.schema, document.digests
    if document.version >= FIRST_WITH_DIGESTS and (digests is None or document.is_sealed is None):
        yield Problem(SCHEMA_FILE, "lacks its digests")
    if document.is_sealed is False:
        yield Problem(SCHEMA_FILE, "has changed since it was written")
    if digests is None:
        return
    names = sorted(path.as_posix() for path in files(schema) if path.name != SCHEMA_FILE)
    there = [name for name in names if (root / name).is_file()]
    every = [(table, part) for table in stored_tables(schema) for part in parts(schema, table)]
    tables = {part.file.as_posix(): table for table, part in every}
    seen: dict[str, str] = {}
    for name in there:
        if name not in digests.files:
            yield Problem(SCHEMA_FILE, f"lacks a digest of {name}")
    for name in changed(root, digests, there):
        rule = "has changed since it was written"
        table = tables.get(name)
        if table is not None:
            if table.name not in seen:
                seen[table.name] = _extent(root, schema, digests, table)
            rule += seen[table.name]
        yield Problem(name, rule)


def _extent(root: Place, schema: Schema, digests: Digests, table: Table) -> str:
    """What of a table that has changed is still as it was."""

    def frames(table: Table) -> Iterator[pl.DataFrame]:
        return read_frames(Stored.of(root, schema, table), schema.stages)

    wanted = digests.columns.get(table.name, {})
    try:
        with without_panics():
            now = column_digests(table, frames)
    except (PlurelError, OSError, ValueError):
        return ""
    names = [name for name, value in wanted.items() if now.get(name) != value]
    return f": the values of {', '.join(names)}" if names else "; the values are the same"
