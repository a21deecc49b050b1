"""Check a folder against its `schema.json`: does it hold what the stages done have promised?

Tables are gone through in blocks, so that one larger than memory can be checked.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from plurel_cli.blocks.frames import as_series, category_label
from plurel_cli.config import parse_config
from plurel_cli.config.arguments import checked
from plurel_cli.errors import ConfigError, FolderError, PlurelError, Problem
from plurel_cli.schema.model import SELF_FORMS, Column, Schema, Table
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.layout import (
    MANIFEST_FILE,
    SCHEMA_FILE,
    SCORES_FILE,
    has_tasks,
    is_relbench,
    targets,
    task_file,
)
from plurel_cli.storage.parquet import (
    Stored,
    key_metadata,
    polars_type,
    read_metadata,
    reading,
    scan,
)
from plurel_cli.storage.place import Place, each, names_in, place_of
from plurel_cli.storage.relbench import manifest, task_manifest
from plurel_cli.storage.scores import read_scores, table_scores

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
    and the manifest, tasks and scores of a RelBench dataset.
    """
    root = place_of(folder)
    schema = read_schema(root)
    return [
        *_schema_faults(schema),
        *_table_faults(root, schema),
        *_manifest_faults(root, schema),
        *_task_faults(root, schema),
        *_score_faults(root, schema),
    ]


def _schema_faults(schema: Schema) -> Iterator[Problem]:
    referenced = {parent for parent, child, _ in schema.edges if parent != child}
    for table in schema.tables:
        kind = "entity" if table.name in referenced else "activity"
        if table.kind != kind:
            place = f"{SCHEMA_FILE}: table {table.name}"
            yield Problem(place, f"must be of kind {kind} by its references", table.kind)
        if "fk" in schema.stages:
            for column in table.foreign_keys:
                if column.block_model is None and column.form is None:
                    place = f"{SCHEMA_FILE}: {table.name}.{column.name}"
                    yield Problem(place, "lacks its block model")
    try:
        parse_config(schema.config)
    except ConfigError as error:
        for problem in error.problems:
            yield problem.under(f"{SCHEMA_FILE}: config")


def _table_faults(root: Place, schema: Schema) -> Iterator[Problem]:
    if schema.stages == ("schema",):
        return
    for table in schema.tables:
        stored = Stored.of(root, schema, table)
        try:
            yield from _one_table(stored, schema)
        except PlurelError as error:
            yield Problem(str(stored.name), _rule(error))


def _rule(error: PlurelError) -> str:
    """What an error says, without its place."""
    problem = getattr(error, "problem", None)
    return problem.rule if problem else str(error)


def _one_table(stored: Stored, schema: Schema) -> Iterator[Problem]:
    table = stored.table
    columns = table.filled(schema.stages)
    usable = list(columns)
    for part in stored.parts:
        try:
            faults, unusable = _file_faults(stored.only(part), columns)
        except PlurelError as error:
            faults, unusable = [Problem(str(part.file), _rule(error))], list(columns)
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
    if table.unique is not None and there.issuperset(table.unique):
        yield from _pair_faults(stored, table.unique)
    for column in table.foreign_keys:
        parent = schema.by_name[str(column.references)]
        timed = {column.name, table.time_column} <= there and parent.time_column is not None
        if timed and column.habits is not None and column.habits.time_order:
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
    found = reading(path, lambda: read_metadata(path))
    for key, value in key_metadata(table, columns).items():
        text = found.get(key)
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
        for rule, wrong in _rules(schema, stored.table, column):
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
        rule = f"{columns} must be unique together; {rows} repeat an earlier one"
        yield Problem(str(stored.name), rule)


def _order_faults(stored: Stored, other: Stored, column: Column) -> Iterator[Problem]:
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


def _rules(schema: Schema, table: Table, column: Column) -> Iterator[tuple[str, pl.Expr]]:
    """Rules of a column's values, and whether each row breaks them."""
    import polars as pl

    value = pl.col(column.name)
    if not column.nullable:
        yield "must not be null", value.is_null()
    match column.role:
        case "primary_key":
            yield "must be 0, 1, 2, … in row order", value != pl.int_range(pl.len())
        case "foreign_key":
            parent = schema.by_name[str(column.references)]
            rule = f"must refer to one of the {parent.rows} rows of {parent.name}"
            yield rule, (value < 0) | (value >= parent.rows)
            if column.form in SELF_FORMS:
                yield "must refer to an earlier row", value >= pl.int_range(pl.len())
            if column.form == "one_to_one":
                yield "must rise from row to row, no value twice", value.diff() <= 0
        case "time":
            yield (
                "must not go back in time from one row to the next",
                value.diff().cast(pl.Int64) < 0,
            )
            if schema.window is not None:
                window = schema.window
                outside = (value < window.start) | (value > window.end)
                yield f"must lie within the window, {window.start} to {window.end}", outside
        case "feature":
            yield from _feature_rules(column, value)


def _feature_rules(column: Column, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
    n = column.categories or 0
    if column.held is not None:
        kind = "float32" if column.categories is None else "int32"
        (held,) = as_series(column, np.array([column.held], dtype=kind))
        yield f"must be {held} in every row, as it is held there", value.ne_missing(held)
    match column.type:
        case "float32":
            yield "must be finite", ~value.is_finite()
        case "int32":
            yield f"must be a category from 0 to {n - 1}", (value < 0) | (value >= n)
        case "string":
            labels = [category_label(category) for category in range(n)]
            yield f"must be a label from c0 to c{n - 1}", ~value.is_in(labels)
        case _:
            return


def _manifest_faults(root: Place, schema: Schema) -> Iterator[Problem]:
    if schema.window is not None and is_relbench(schema):
        expected = manifest(schema, "")
        del expected["name"]  # that of the folder when it was written
        yield from _yaml_faults(root, Path(MANIFEST_FILE), expected)


def _task_faults(root: Place, schema: Schema) -> Iterator[Problem]:
    def faults(target: tuple[Table, Column]) -> list[Problem]:
        return list(_yaml_faults(root, task_file(*target), task_manifest(*target)))

    if has_tasks(schema):
        for found in each(root, faults, targets(schema)):
            yield from found


def _yaml_faults(root: Place, name: Path, expected: dict[str, Any]) -> Iterator[Problem]:
    import yaml

    try:
        found = yaml.safe_load((root / name).read_bytes())
    except FileNotFoundError:
        yield Problem(str(name), "is missing")
        return
    except (OSError, yaml.YAMLError) as error:
        yield Problem(str(name), f"cannot be read: {' '.join(str(error).split())}")
        return
    for key, value in expected.items():
        if not isinstance(found, dict) or found.get(key) != value:
            yield Problem(str(name), f"{key} must agree with {SCHEMA_FILE}")


def _score_faults(root: Place, schema: Schema) -> Iterator[Problem]:
    if not has_tasks(schema):
        return
    try:
        found = read_scores(root)
    except PlurelError as error:
        yield Problem(SCORES_FILE, _rule(error))
        return
    tables = [table.name for table in schema.tables]
    if sorted(found) != sorted(tables):
        yield Problem(SCORES_FILE, f"must have the tables {', '.join(tables)}", ", ".join(found))
    for table in schema.tables:
        try:
            expected = table_scores(Stored.of(root, schema, table))
        except PlurelError:
            continue  # told where that table is looked at
        there = found.get(table.name, expected)
        if sorted(there) != sorted(expected):
            place, names = f"{SCORES_FILE}: {table.name}", ", ".join(expected) or "none"
            yield Problem(place, f"must have the columns {names}", ", ".join(there) or "none")
        for name in filter(there.__contains__, expected):
            for key, value in expected[name]:
                if not _is_about(got := getattr(there[name], key), value):
                    place = f"{SCORES_FILE}: {table.name}.{name}"
                    yield Problem(place, f"{key} must be {value}", got)


def _is_about(one: float, other: float) -> bool:
    """Whether two figures are the same but for their last digits."""
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
