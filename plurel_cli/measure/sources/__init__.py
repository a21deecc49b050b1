"""Databases that plurel did not make, to be measured like its own.

A RelBench folder, a DuckDB or SQLite file, or a folder of Parquet files whose keys a small YAML
file states. Each reader gives the same: frames, and what of their columns are keys and times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import polars as pl

KEYS_FILE = "keys.yaml"
"""Beside Parquet files: what of their columns are keys and times."""


@dataclass(frozen=True)
class SourceKey:
    """A foreign key: columns of one table that hold values of columns of another.

    Attributes
    ----------
    child, columns
        The table that refers, and by which columns.
    parent, parent_columns
        The table referred to, and its columns, as many.
    """

    child: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Source:
    """A database as it was found.

    Attributes
    ----------
    tables
        Rows of each.
    primary
        Columns of the primary key, for tables that have one.
    keys
        Foreign keys.
    times
        The column with the time of a row, for tables that have one.
    """

    tables: Mapping[str, pl.DataFrame]
    primary: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys: tuple[SourceKey, ...] = ()
    times: Mapping[str, str] = field(default_factory=dict)


_READERS = ("relbench", "parquet", "engines")


def reader_of(place: Path) -> Callable[[Path], Source] | None:
    """What reads a database that plurel did not make.

    Parameters
    ----------
    place
        A folder or a file.

    Returns
    -------
    Callable or None
        None where it is no such database.
    """
    for name in _READERS:
        module = import_module(f"{__name__}.{name}")
        if module.is_one(place):
            return cast("Callable[[Path], Source]", module.source)
    return None
