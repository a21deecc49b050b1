"""Check a folder against its `schema.json`: does it hold what the stages done have promised?

Tables are gone through in blocks, so that one larger than memory can be checked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from plurel_cli.blocks.frames import polars_type
from plurel_cli.config import parse_config
from plurel_cli.config.arguments import checked
from plurel_cli.errors import ConfigError, FolderError, PlurelError, Problem
from plurel_cli.features.shown.influence import made_of
from plurel_cli.schema.column import Attribute, Column
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.storage.dataset_faults import dataset_faults
from plurel_cli.storage.digest_faults import digest_faults
from plurel_cli.storage.document import read_document
from plurel_cli.storage.layout import SCHEMA_FILE, stored_tables
from plurel_cli.storage.panics import without_panics
from plurel_cli.storage.parquet import (
    Stored,
    key_metadata,
    read_metadata,
    reading,
    scan,
)
from plurel_cli.storage.place import Place, names_in, place_of
from plurel_cli.storage.rules import rules_of

if TYPE_CHECKING:
    import polars as pl


@checked
def validate(folder: str | Place) -> list[Problem]:
    """Every fault of a database's folder; an empty list for a sound one.

    Raises
    ------
    FolderError
        If the folder is no database, or its `schema.json` is broken.

    Notes
    -----
    Checked: files, row counts, column names, order and types, metadata, primary keys 0..N − 1,
    every reference, nulls, unique keys and pairs, time order and window, that rows refer to what
    exists by their time, finite numbers, categories in range, kinds of tables, the recorded config,
    the manifest, tasks and scores of a RelBench dataset, and that every bit of every file is as it
    was written; of a folder of version 1, which has no digests, the last is not known.
    """
    root = place_of(folder)
    document = read_document(root)
    schema = document.schema
    of_digests = list(digest_faults(root, document))
    is_strange = bool(of_digests) or document.digests is None
    with without_panics() if is_strange else nullcontext():
        faults = _all_faults(root, schema)
    places = {fault.place.partition(":")[0] for fault in faults}
    return faults + [fault for fault in of_digests if fault.place not in places]


def _all_faults(root: Place, schema: Schema) -> list[Problem]:
    return [
        *_schema_faults(schema),
        *_table_faults(root, schema),
        *dataset_faults(root, schema),
    ]


def _schema_faults(schema: Schema) -> Iterator[Problem]:
    referenced = {parent for parent, child, _ in schema.edges if parent != child}
    for table in schema.tables:
        kind = "entity" if table.name in referenced else "activity"
        if table.kind != kind:
            place = f"{SCHEMA_FILE}: table {table.name}"
            yield Problem(place, f"must be of kind {kind} by its references", table.kind)
        if "fk" in schema.stages:
            for key in table.foreign_keys:
                if not key.is_drawn:
                    place = f"{SCHEMA_FILE}: {table.name}.{key.name}"
                    yield Problem(place, "lacks what it was drawn from")
    try:
        parse_config(schema.config)
    except ConfigError as error:
        for problem in error.problems:
            yield problem.under(f"{SCHEMA_FILE}: config")


def _table_faults(root: Place, schema: Schema) -> Iterator[Problem]:
    if schema.stages == ("schema",):
        return
    sound: set[tuple[str, str]] = set()
    for table in stored_tables(schema):
        stored = Stored.of(root, schema, table)
        try:
            faults = [*_one_table(stored, schema)]
        except PlurelError as error:
            faults = [Problem(str(stored.name), error.rule)]
        yield from faults
        names = {fault.place.rpartition(": ")[2] for fault in faults}
        columns = {column.name for column in table.filled(schema.stages)}
        if names <= columns:
            sound |= {(table.name, name) for name in columns - names}
    every = [(table, column) for table in schema.tables for column in table.contents]
    if any(isinstance(c, Attribute) or made_of(schema, table, c) for table, c in every):
        from plurel_cli.storage.made_faults import made_faults

        yield from made_faults(root, schema, sound)


def _one_table(stored: Stored, schema: Schema) -> Iterator[Problem]:
    table = stored.table
    columns = table.filled(schema.stages)
    usable = list(columns)
    for part in stored.parts:
        try:
            faults, unusable = _file_faults(stored.only(part), columns)
        except PlurelError as error:
            faults, unusable = [Problem(str(part.file), error.rule)], list(columns)
        yield from faults
        usable = [column for column in usable if column not in unusable]
    if not usable:
        return
    if len(stored.parts) > 1:
        yield from _stray_parts(stored)
        if len(usable) < len(columns):
            return  # no reader takes files that differ for one table
    yield from _value_faults(stored, schema, usable)
    there = {column.name for column in usable}
    for unique in table.unique_sets:
        if there.issuperset(unique):
            yield from _pair_faults(stored, unique)
    for column in table.foreign_keys:
        parent = schema.by_name[column.references]
        timed = {column.name, table.time_column} <= there and parent.time_column is not None
        if timed and column.keeps_to_time:
            yield from _order_faults(stored, Stored.of(stored.root, schema, parent), column)


def _file_faults(stored: Stored, columns: tuple[Column, ...]) -> tuple[list[Problem], list[Column]]:
    """Faults of what a file says of itself, and columns it lacks or has of another type."""
    import polars as pl

    (part,) = stored.parts
    name, path = part.file, stored.place
    if not path.is_file():
        raise FolderError(name, "is missing")
    head = reading(path, lambda: scan(stored).head(0).collect())
    n_rows = reading(path, lambda: scan(stored).select(pl.len()).collect()).item()
    faults, unusable = [], []
    expected = {column.name: polars_type(column.type) for column in columns}
    if list(head.columns) != list(expected):
        names = ", ".join(expected)
        faults.append(Problem(str(name), f"must have the columns {names}", ", ".join(head.columns)))
    for column in columns:
        if head.schema.get(column.name) != expected[column.name]:
            unusable.append(column)
            if column.name in head.columns:
                place, rule = f"{name}: {column.name}", f"must be of type {column.type}"
                faults.append(Problem(place, rule, str(head.schema[column.name])))
    faults += _metadata_faults(path, name, stored.table, columns)
    if n_rows != part.rows:
        faults.append(Problem(str(name), f"must have {part.rows} rows", n_rows))
    return faults, unusable


def _stray_parts(stored: Stored) -> Iterator[Problem]:
    """Files in a table's folder that a reader would take for parts of it."""
    known = {part.file.name for part in stored.parts}
    for name in names_in(stored.place):
        if name not in known:
            yield Problem(str(stored.name / name), f"is no part of {stored.table.name}")


def _metadata_faults(
    path: Place, name: Path, table: Table, columns: tuple[Column, ...]
) -> Iterator[Problem]:
    metadata = reading(path, lambda: read_metadata(path))
    for key, value in key_metadata(table, columns).items():
        text = metadata.get(key)
        try:
            is_right = text is not None and json.loads(text) == value
        except ValueError:
            is_right = False
        if not is_right:
            rule = f"its Parquet metadata must say {key} = {json.dumps(value)}"
            yield Problem(str(name), rule, "nothing" if text is None else text)


def _value_faults(stored: Stored, schema: Schema, columns: list[Column]) -> Iterator[Problem]:
    checks: dict[str, tuple[str, str]] = {}
    counts: list[pl.Expr] = []
    for column in columns:
        for rule, wrong in rules_of(schema, column):
            key = f"check_{len(checks)}"
            checks[key] = (column.name, rule)
            counts.append(wrong.sum().alias(key))
    if not counts:
        return
    result = reading(
        stored.place, lambda: scan(stored).select(counts).collect(engine="streaming")
    ).row(0, named=True)
    for key, (column_name, rule) in checks.items():
        if n_wrong := result[key]:
            rows = "1 row breaks it" if n_wrong == 1 else f"{n_wrong} rows break it"
            yield Problem(f"{stored.name}: {column_name}", f"{rule}; {rows}")


def _pair_faults(stored: Stored, unique: tuple[str, ...]) -> Iterator[Problem]:
    """Rows that hold the same of some keys as an earlier row."""
    import polars as pl

    pairs = scan(stored).select(unique).drop_nulls()
    counts = pairs.group_by(unique).len("n").select((pl.col("n") - 1).sum())
    if n_wrong := reading(stored.place, lambda: counts.collect(engine="streaming")).item():
        columns, rows = " and ".join(unique), "1 row" if n_wrong == 1 else f"{n_wrong} rows"
        together = " together" * (len(unique) > 1)
        rule = f"{columns} must be unique{together}; {rows} repeat an earlier one"
        yield Problem(str(stored.name), rule)


def _order_faults(stored: Stored, other: Stored, column: ForeignKey) -> Iterator[Problem]:
    """Rows that come before the row of another table that they refer to."""
    import polars as pl

    table, parent = stored.table, other.table
    if not all((other.root / part.file).is_file() for part in other.parts):
        return  # told where that table is looked at
    parents = scan(other).select(
        pl.col(parent.primary_key).alias("key"), pl.col(str(parent.time_column)).alias("since")
    )
    children = scan(stored).select(
        pl.col(column.name).alias("key"), pl.col(str(table.time_column)).alias("time")
    )
    early = (
        children.join(parents, on="key").filter(pl.col("time") < pl.col("since")).select(pl.len())
    )
    if n_wrong := reading(stored.place, lambda: early.collect(engine="streaming")).item():
        rows = "1 row breaks it" if n_wrong == 1 else f"{n_wrong} rows break it"
        rule = f"must not come before the row of {parent.name} it refers to; {rows}"
        yield Problem(f"{stored.name}: {column.name}", rule)
