"""What the index of a corpus says of a database besides its size: facts by which it is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.storage.index import Facts
from plurel_cli.storage.layout import ROW_GROUP_ROWS
from plurel_cli.storage.ledger import Ledger
from plurel_cli.storage.parquet import Stored, reading, scan
from plurel_cli.storage.place import Place

if TYPE_CHECKING:
    import polars as pl


def facts_of(folder: Place, schema: Schema, ledger: Ledger | None = None) -> Facts:
    """The facts of a database.

    Parameters
    ----------
    folder
        Where it is.
    schema
        The database.
    ledger
        What was noted of its files as they were written, if that is known.

    Returns
    -------
    Facts

    Raises
    ------
    FolderError, StorageError
        If a table cannot be read.

    Notes
    -----
    Of tables that the ledger does not know, the first row group is read.
    """
    depth: dict[str, int] = {}
    for table in _parents_first(schema):
        parents = {key.references for key in table.foreign_keys} - {table.name}
        depth[table.name] = max((depth[parent] + 1 for parent in parents), default=0)
    keys = [key for table in schema.tables for key in table.foreign_keys]
    window = schema.window
    return Facts(
        layout=schema.layout,
        theme=schema.theme,
        tables=len(schema.tables),
        foreign_keys=len(keys),
        columns=sum(len(table.columns) for table in schema.tables),
        features=sum(len(table.contents) for table in schema.tables),
        largest=max(table.rows for table in schema.tables),
        timed=sum(table.time_column is not None for table in schema.tables),
        nullable_keys=sum(key.nullable for key in keys),
        self_keys=sum(key.to_self for key in keys),
        depth=max(depth.values()),
        start=None if window is None else window.start,
        end=None if window is None else window.end,
        constant=sum(_constant(folder, schema, table, ledger) for table in schema.tables),
    )


def _parents_first(schema: Schema) -> list[Table]:
    left, ordered, names = list(schema.tables), [], set[str]()
    while left:
        for table in list(left):
            if all(k.references in names or k.to_self for k in table.foreign_keys):
                ordered.append(table)
                names.add(table.name)
                left.remove(table)
    return ordered


def _constant(folder: Place, schema: Schema, table: Table, ledger: Ledger | None) -> int:
    """Feature columns of a table that hold one value, or none, in its first rows."""
    columns = [column.name for column in table.filled(schema.stages) if column in table.contents]
    if not columns or table.rows < 2:
        return 0
    stored = Stored.of(folder, schema, table)
    file = stored.parts[0].file.as_posix()
    if ledger is not None and file in ledger.constant:
        return len(ledger.constant[file].intersection(columns))
    import polars as pl

    several: list[pl.Expr] = [(pl.col(c).min() != pl.col(c).max()).alias(c) for c in columns]
    head = scan(stored.only(stored.parts[0])).head(ROW_GROUP_ROWS).select(several)
    row = reading(stored.place, head.collect).row(0)
    return sum(varies is not True for varies in row)
