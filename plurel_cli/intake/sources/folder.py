"""A folder of Parquet or CSV files, a table each: their keys are told by RelBench, or guessed.

A column is a key if no value occurs twice in it and its name says so. It refers to another table
if its name says which, and all of its values are keys there. Nothing but names, types, counts and
whether values are keys is taken from the rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from plurel_cli.errors import UsageError
from plurel_cli.intake.guesses import snake
from plurel_cli.intake.names import safe_names
from plurel_cli.intake.picture import (
    ColumnKind,
    Note,
    Picture,
    SourceColumn,
    SourceReference,
    SourceTable,
)

if TYPE_CHECKING:
    import polars as pl


def read_folder(path: Path) -> Picture:
    """The schema of a folder of files, as far as they tell it.

    Parameters
    ----------
    path
        The folder, or one whose `db` has the files, as RelBench keeps them.

    Returns
    -------
    Picture

    Raises
    ------
    UsageError
        If a file cannot be read.
    """
    files = _files(path)
    names = safe_names([file.stem for file in files], "table")
    frames = {names[file.stem]: _frame(file) for file in files}
    metadata = {names[file.stem]: _metadata(file) for file in files}
    tables = {name: _table(name, frame, metadata[name]) for name, frame in frames.items()}
    notes: list[Note] = []
    for name, frame in frames.items():
        references = _told(metadata[name], tables) or _guessed(name, frame, tables, frames, notes)
        tables[name] = replace(tables[name], references=references)
    return Picture(tuple(tables.values()), tuple(notes), path.name)


def _files(path: Path) -> list[Path]:
    place = path / "db" if (path / "db").is_dir() else path
    return [f for f in sorted(place.iterdir()) if f.suffix.lower() in (".parquet", ".csv")]


def frames_in(path: Path, picture: Picture) -> Iterator[tuple[SourceTable, pl.DataFrame]]:
    """The rows of a folder.

    Parameters
    ----------
    path
        The folder.
    picture
        Its schema.

    Yields
    ------
    tuple
        Each table, with its rows.
    """
    for table, file in zip(picture.tables, _files(path), strict=True):
        yield table, _frame(file)


def _frame(file: Path) -> pl.DataFrame:
    import polars as pl

    try:
        if file.suffix.lower() == ".csv":
            return pl.read_csv(file, try_parse_dates=True, infer_schema_length=10_000)
        return pl.read_parquet(file)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UsageError(str(file), f"cannot be read: {error}") from None


def _metadata(file: Path) -> Mapping[str, str]:
    """What RelBench, or whoever wrote a file, says of its keys."""
    import polars as pl

    if file.suffix.lower() != ".parquet":
        return {}
    return {k: str(v) for k, v in pl.read_parquet_metadata(file).items()}


def _table(name: str, frame: pl.DataFrame, metadata: Mapping[str, str]) -> SourceTable:
    safe = safe_names(frame.columns, "column")
    columns = tuple(_column(safe[series.name], series) for series in frame)
    key = json.loads(metadata.get("pkey_col", "null"))
    primary = (safe[key],) if key in safe else _key(name, frame, safe)
    return SourceTable(name=name, columns=columns, primary_key=primary, rows=frame.height or None)


def _column(name: str, series: pl.Series) -> SourceColumn:
    import polars as pl

    type_ = series.dtype
    kind: ColumnKind = "other"
    length = None
    if type_.is_integer():
        kind = "integer"
    elif type_.is_decimal() or type_.is_float():
        kind = "float"
    elif type_ == pl.Boolean:
        kind = "boolean"
    elif type_ == pl.Date:
        kind = "date"
    elif type_ == pl.Datetime:
        kind = "timestamp"
    elif type_ == pl.Time:
        kind = "time"
    elif type_ in (pl.String, pl.Categorical, pl.Enum):
        kind = "text"
    elif type_ == pl.Binary:
        kind = "binary"
    elif type_.is_nested():
        kind = "array"
    called = "" if name == series.name else series.name
    return SourceColumn(
        name=name,
        type=str(type_).lower(),
        kind=kind,
        length=length,
        nullable=series.null_count() > 0 or not len(series),
        called=called,
    )


def _key(name: str, frame: pl.DataFrame, safe: Mapping[str, str]) -> tuple[str, ...]:
    """The column that is a table's key, by its name and values."""
    for column in frame.columns:
        words = snake(column)
        fits = words in ("id", "key", "uuid", "code") or words in _ids(name)
        if fits and frame.height and frame[column].n_unique() == frame.height:
            return (safe[column],)
    return ()


def _ids(table: str) -> set[str]:
    """What the key of a table may be called."""
    return {
        f"{stem}_{end}" for stem in _stems(table) for end in ("id", "key", "uuid", "code", "no")
    }


def _stems(table: str) -> set[str]:
    """The name of a table, in the singular and in the plural."""
    word = snake(table)
    stems = {word, re.sub(r"s$", "", word), re.sub(r"es$", "", word), re.sub(r"ies$", "y", word)}
    return stems | {stem.rpartition("_")[2] for stem in stems}


def _told(
    metadata: Mapping[str, str], tables: Mapping[str, SourceTable]
) -> tuple[SourceReference, ...]:
    keys = json.loads(metadata.get("fkey_col_to_pkey_table", "{}"))
    return tuple(
        SourceReference((column,), parent, tables[parent].primary_key)
        for column, parent in keys.items()
        if parent in tables and tables[parent].primary_key
    )


def _guessed(
    name: str,
    frame: pl.DataFrame,
    tables: Mapping[str, SourceTable],
    frames: Mapping[str, pl.DataFrame],
    notes: list[Note],
) -> tuple[SourceReference, ...]:
    references = []
    for column in tables[name].columns:
        for parent in tables.values():
            if not parent.primary_key or (column.name,) == tables[name].primary_key:
                continue
            key = parent.by_name[parent.primary_key[0]]
            if not _may_refer(column, parent, key):
                continue
            values = frame[column.source_name].drop_nulls()
            keys = frames[parent.name][key.source_name]
            if values.dtype == keys.dtype and values.is_in(keys.implode()).all():
                references.append(SourceReference((column.name,), parent.name, (key.name,)))
                text = f"guessed: {name}.{column.name} refers to {parent.name}.{key.name}"
                notes.append(Note(0, f"{text}, by its name, and all its values are there"))
                break
    return tuple(references)


def _may_refer(column: SourceColumn, parent: SourceTable, key: SourceColumn) -> bool:
    words = snake(column.source_name)
    ids = _ids(parent.name)
    is_key = words == snake(key.source_name) and words not in ("id", "key", "uuid", "code")
    return is_key or any(words == one or words.endswith(f"_{one}") for one in ids)
