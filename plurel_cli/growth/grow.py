"""Let a database in a folder grow.

The plan of the grown schema makes all rows. Those that are on the disk are made again and compared,
so that a database that was changed, or that another release made, is refused rather than spoilt;
only totals over rows that have come may differ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from plurel_cli.config.arguments import checked
from plurel_cli.errors import FolderError
from plurel_cli.features.shown.influence import affected
from plurel_cli.formulas.tree import AggregateLeaf, leaves
from plurel_cli.growth.sizes import Growth, grown
from plurel_cli.lenses.formula import FormulaLens
from plurel_cli.pipeline import Report, enough_memory, made_rows
from plurel_cli.plan import Plan
from plurel_cli.schema.model import Schema
from plurel_cli.schema.paths import key_of
from plurel_cli.schema.stages import STAGES
from plurel_cli.schema.table import Table
from plurel_cli.schema.wave import is_of_new_rows, wave_of
from plurel_cli.storage.database import Rows, recorded_config, write_database
from plurel_cli.storage.document import read_document
from plurel_cli.storage.layout import Part, stored_tables
from plurel_cli.storage.ledger import check_files
from plurel_cli.storage.parquet import Stored, read_columns
from plurel_cli.storage.place import Place
from plurel_cli.storage.rewriting import Rewriting
from plurel_cli.tasks.writer import task_writer

if TYPE_CHECKING:
    import polars as pl


@checked
def grow(
    folder: str | Place,
    out: str | Place | None = None,
    *,
    until: dt.date | None = None,
    rows: int | Mapping[str, int] | None = None,
    force: bool = False,
    report: Report | None = None,
) -> Schema:
    """Let a finished database grow: its rows stay, and new ones come after them.

    Parameters
    ----------
    folder
        The database.
    out
        Folder to write; by default the database itself grows, which in a bucket it cannot.
    until
        The last day that it is to reach: tables with times grow at their rate.
    rows
        How many rows it is to have in all, or single tables by name.
    force
        Whether a database at `out` may be replaced.
    report
        Called as rows are made.

    Returns
    -------
    Schema

    Raises
    ------
    UsageError, ConfigError
        If it cannot grow so.
    FolderError, StorageError
        If a folder cannot be read or must not be replaced, or a row is not what the config and the
        seed make.

    Notes
    -----
    What was fitted stays: mechanisms, cuts and distributions. Columns that total over rows which
    have come, and what shows these, are made anew; all else of the rows that were there stays.
    """
    rewriting = Rewriting.of(folder, out).mended()
    place = rewriting.place
    growth = (
        Growth(until=until, tables=rows)
        if isinstance(rows, Mapping)
        else Growth(until=until, rows=rows)
    )
    with rewriting.claiming(replace=force) as claim, enough_memory():
        document = read_document(place)
        schema = document.schema
        config = recorded_config(schema, place)
        whole = grown(schema, Plan.of(schema, config).clock, growth)
        plan = Plan.of(whole, config)
        stored = {table.name: Stored.of(place, schema, table) for table in stored_tables(schema)}
        if document.digests is not None:
            for table in stored.values():
                check_files(place, document.digests, table.parts)
        changing = renewed(whole)
        make = made_rows(plan, report)

        def compared(table: Table) -> Rows:
            return _compared(make(table), stored[table.name], changing.get(table.name, set()))

        tasks = task_writer(rewriting.target, config, STAGES)
        return write_database(claim, whole, config, compared, tasks).schema


def renewed(schema: Schema) -> dict[str, set[str]]:
    """Columns of which rows that were there change, by table: totals over rows that came.

    Parameters
    ----------
    schema
        A database that has grown.

    Returns
    -------
    dict
        Names of columns.
    """
    wave = wave_of(schema)
    totals = {
        (table.name, column.name)
        for table in schema.tables
        for column in table.attributes
        if isinstance(column.lens, FormulaLens)
        for leaf in leaves(column.lens.tree)
        if isinstance(leaf, AggregateLeaf) and _reaches_back(wave, table, leaf)
    }
    columns: dict[str, set[str]] = {}
    for table, name in totals | affected(schema, totals):
        columns.setdefault(table, set()).add(name)
    return columns


def _reaches_back(wave: Schema, table: Table, leaf: AggregateLeaf) -> bool:
    """Whether rows that came may refer to ones that were there."""
    child = wave.by_name[leaf.table]
    return child.rows > 0 and not is_of_new_rows(wave, child, key_of(child, table, leaf.key))


def _compared(made: Rows, stored: Stored, changing: set[str]) -> Rows:
    """Rows that are made, once those that are on the disk have been seen to be the same."""
    columns = [c for c in stored.table.filled(STAGES) if c.name not in changing]
    names = [column.name for column in columns]

    def rows(part: Part) -> Iterator[pl.DataFrame]:
        import polars as pl

        first = part.first
        for frame in made(part):
            n = min(stored.table.rows - first, frame.height)
            if n > 0:
                there = pl.concat(read_columns(stored, columns, Part(part.file, first, n)))
                if not frame.select(names).head(n).equals(there):
                    raise _other(stored, frame.select(names).head(n), there)
            first += frame.height
            yield frame

    return rows


def _other(stored: Stored, made: pl.DataFrame, there: pl.DataFrame) -> FolderError:
    column = next(name for name in made.columns if not made[name].equals(there[name]))
    rule = f"has rows whose {column} is not what its config and seed make"
    remedy = "it was changed, or another release of plurel made it; make it anew and let it grow"
    return FolderError(stored.place, rule, remedy=remedy)
