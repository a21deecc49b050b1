"""A folder of Parquet files beside a `keys.yaml`, which states what is a key and what a time.

```yaml
customers: {primary_key: id, time: created_at}
orders:
  primary_key: id
  time: ordered_at
  foreign_keys: {customer_id: customers}
```
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from plurel_cli.errors import FolderError
from plurel_cli.measure.sources import KEYS_FILE, Source, SourceKey

_FIELDS = ("primary_key", "time", "foreign_keys")


def is_one(place: Path) -> bool:
    """Whether it is a folder with such a file."""
    return (place / KEYS_FILE).is_file()


def source(place: Path) -> Source:
    """A folder of Parquet files as a source.

    Parameters
    ----------
    place
        The folder.

    Raises
    ------
    FolderError, ConfigError
        If what is stated cannot be used, or there is no file for a table.
    """
    import polars as pl

    tables = _stated(place)
    frames = {}
    for name, table in tables.items():
        file = place / f"{name}.parquet"
        if not file.is_file():
            raise FolderError(place / KEYS_FILE, f"names {name}, and there is no {file.name}")
        frames[name] = pl.read_parquet(file)
        columns = [*_names(table.get("primary_key")), *_names(table.get("time"))]
        for column in [*columns, *(table.get("foreign_keys") or {})]:
            if column not in frames[name].columns:
                raise FolderError(place / KEYS_FILE, f"{name} has no column {column}")
    primary = {
        name: _names(table["primary_key"])
        for name, table in tables.items()
        if table.get("primary_key")
    }
    keys = []
    for name, table in tables.items():
        for column, parent in (table.get("foreign_keys") or {}).items():
            if len(primary.get(parent, ())) != 1:
                rule = f"{name}.{column} refers to {parent}, which has no primary_key of one column"
                raise FolderError(place / KEYS_FILE, rule)
            keys.append(SourceKey(name, (column,), parent, primary[parent]))
    times = {name: table["time"] for name, table in tables.items() if table.get("time")}
    return Source(frames, primary, tuple(keys), times)


def _stated(place: Path) -> dict[str, dict[str, Any]]:
    from plurel_cli.config.document import parse_yaml

    file = place / KEYS_FILE
    raw = parse_yaml(file.read_bytes(), str(file)).data
    if not isinstance(raw, dict) or not raw:
        raise FolderError(file, "must state its tables by name")
    for name, table in raw.items():
        if not isinstance(table or {}, dict) or {*(table or {})} - {*_FIELDS}:
            rule = f"{name} may have {', '.join(_FIELDS)}"
            raise FolderError(file, rule, table)
    return {str(name): table or {} for name, table in raw.items()}


def _names(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)
