"""A RelBench folder: of version 3 with a manifest, or of 1 and 2 with keys in the Parquet files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from plurel_cli.errors import FolderError
from plurel_cli.measure.sources import Source, SourceKey

_MANIFEST = "manifest.yaml"
_TABLES = "db"
_KEY, _REFERENCES, _TIME = "pkey_col", "fkey_col_to_pkey_table", "time_col"


def is_one(place: Path) -> bool:
    """Whether it is a RelBench folder."""
    if (place / _MANIFEST).is_file() and (place / _TABLES).is_dir():
        return True
    return any(_REFERENCES in _metadata(file) for file in _files(place)[:1])


def source(place: Path) -> Source:
    """A RelBench folder as a source.

    Parameters
    ----------
    place
        The folder.

    Raises
    ------
    FolderError, ConfigError
        If what it says of its tables cannot be used.
    """
    if (place / _MANIFEST).is_file():
        return _with_manifest(place)
    several: dict[str, dict[str, Any]] = {}
    for file in _files(place):
        raw = {name: json.loads(text) for name, text in _metadata(file).items()}
        several[file.stem] = {
            "pkey": raw.get(_KEY),
            "time_col": raw.get(_TIME),
            "fkeys": raw.get(_REFERENCES) or {},
        }
    return _source(place, place, several)


def _with_manifest(place: Path) -> Source:
    from plurel_cli.config.document import parse_yaml

    file = place / _MANIFEST
    raw = parse_yaml(file.read_bytes(), str(file)).data
    tables = raw.get("tables") if isinstance(raw, dict) else None
    if not isinstance(tables, dict) or not all(isinstance(t, dict) for t in tables.values()):
        raise FolderError(file, "says nothing of tables")
    return _source(place, place / _TABLES, tables)


def _source(place: Path, folder: Path, tables: dict[str, dict[str, Any]]) -> Source:
    import polars as pl

    frames = {}
    for name in tables:
        file = folder / f"{name}.parquet"
        if not file.is_file():
            raise FolderError(place, f"names the table {name}, of which there is no {file.name}")
        frames[name] = pl.read_parquet(file)
    primary = {name: (table["pkey"],) for name, table in tables.items() if table.get("pkey")}
    keys = []
    for name, table in tables.items():
        for column, parent in (table.get("fkeys") or {}).items():
            if parent not in primary:
                raise FolderError(place, f"{name}.{column} refers to {parent}, which has no key")
            keys.append(SourceKey(name, (column,), parent, primary[parent]))
    times = {name: table["time_col"] for name, table in tables.items() if table.get("time_col")}
    return Source(frames, primary, tuple(keys), times)


def _files(place: Path) -> list[Path]:
    return sorted(place.glob("*.parquet")) if place.is_dir() else []


def _metadata(file: Path) -> dict[str, str]:
    """What a Parquet file says of its keys, as JSON by name."""
    import polars as pl

    try:
        every = pl.read_parquet_metadata(file)
    except (OSError, pl.exceptions.PolarsError):
        return {}
    return {name: every[name] for name in (_KEY, _REFERENCES, _TIME) if name in every}
