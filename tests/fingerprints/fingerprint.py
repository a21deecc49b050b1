from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from plurel_cli import Config, Database, generate, load_config
from plurel_cli.schema.model import Column, Schema

ROOT = Path(__file__).parents[2]
CONFIGS = {
    path.stem: path
    for path in sorted((ROOT / "configs").glob("*.yaml"))
    if path.stem != "mixture"  # which is several of them
}
SEED = 1

_SMALLER = {
    "big_tables": {
        "entity": {"min": 2000, "max": 4000},
        "activity": {"min": 200_000, "max": 400_000},
    },
    "realistic": {"entity": {"min": 50, "max": 300}, "activity": {"min": 500, "max": 2000}},
}

RELATIVE = 1e-3
"""Tolerance of a feature's moments and rows, relative to the column's spread."""

FLOAT32 = 1e-5
"""Tolerance relative to a column's greatest value, for those that hardly vary."""

SHARE = 2e-3
"""Share of a column's rows that may enter or leave a category, by ties."""

Fingerprint = dict[str, Any]


def config_of(name: str) -> Config:
    """A config of `configs/`; those with big tables have them made smaller."""
    config = load_config(CONFIGS[name])
    if name in _SMALLER:
        raw = config.resolved()
        raw["schema"]["rows"] = _SMALLER[name]
        return Config.model_validate(raw)
    return config


def fingerprint(database: Database) -> Fingerprint:
    """Of the schema, and of every column of every table."""
    return {
        "schema": digest(_structure(database.schema)),
        "tables": {
            table.name: {
                column.name: _column(column, database.tables[table.name][column.name])
                for column in table.columns
            }
            for table in database.schema.tables
        },
    }


def _structure(schema: Schema) -> bytes:
    """What the schema says, apart from how it was made and how far."""
    data = schema.model_dump(
        mode="json",
        include={"layout": True, "window": _OF_WINDOW, "tables": {"__all__": _OF_TABLES}},
    )
    return json.dumps(data, sort_keys=True).encode()


_OF_WINDOW = {"start", "end", "val_timestamp", "test_timestamp"}
_OF_COLUMNS = {"name", "role", "type", "references", "block_model", "kind", "categories"}
_OF_TABLES = {
    "name": True,
    "kind": True,
    "rows": True,
    "columns": {"__all__": _OF_COLUMNS},
}


def digest(data: bytes) -> str:
    """A short hash."""
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def exact(series: pl.Series) -> str:
    """Type, length and hash of a column's values, to the bit."""
    nulls = np.packbits(series.is_null().to_numpy()).tobytes()
    if series.dtype in (pl.String, pl.Boolean):
        data = json.dumps(series.to_list()).encode()
    else:
        numbers = series.to_physical().fill_null(0).to_numpy()
        data = numbers.astype(numbers.dtype.newbyteorder("<"), copy=False).tobytes()
    return f"{_type(series)} {len(series)} {digest(nulls + data)}"


def _type(series: pl.Series) -> str:
    return type(series.dtype).__name__ + getattr(series.dtype, "time_unit", "")


def _column(column: Column, series: pl.Series) -> str | list[Any]:
    if column.role != "feature":
        return exact(series)
    place = pl.int_range(pl.len()) / max(len(series) - 1, 1)
    if column.kind == "categorical":
        frame = series.to_frame("category").with_columns(place=place)
        sums = frame.group_by("category").agg(pl.len(), pl.col("place").sum()).sort("category")
        return [_type(series), {str(c): [n, _rounded(at)] for c, n, at in sums.iter_rows()}]
    frame = series.cast(pl.Float64).to_frame("x").with_columns(place=place).drop_nulls()
    x = frame["x"]
    summary = [x.std(ddof=0), x.mean(), x.min(), x.max(), (x * frame["place"]).mean()]
    rows = series.gather([0, len(series) // 3, len(series) - 1])
    return [_type(series), len(x), *map(_rounded, [*summary, *rows])]


def _rounded(value: Any) -> float | None:
    return None if value is None else float(f"{value:.6g}")


def differences(stored: Fingerprint, found: Fingerprint) -> list[str]:
    """Where two fingerprints differ by more than the tolerances."""
    wrong = [] if stored["schema"] == found["schema"] else ["schema"]
    if stored["tables"].keys() != found["tables"].keys():
        return [*wrong, "tables"]
    for table, columns in stored["tables"].items():
        its = found["tables"][table]
        if columns.keys() != its.keys():
            wrong.append(f"{table}: columns")
            continue
        wrong += [f"{table}.{name}" for name in columns if not _agree(columns[name], its[name])]
    return wrong


def _agree(stored: Any, found: Any) -> bool:
    if isinstance(stored, str) or isinstance(found, str) or stored[0] != found[0]:
        return bool(stored == found)
    if isinstance(stored[1], dict):
        return _categories_agree(stored[1], found[1])
    spread = stored[2] or 0.0
    greatest = max((abs(x) for x in stored[3:] if x is not None), default=0.0)
    tolerance = RELATIVE * spread + FLOAT32 * greatest
    return stored[1] == found[1] and all(
        x == y if x is None or y is None else abs(x - y) <= tolerance
        for x, y in zip(stored[2:], found[2:], strict=True)
    )


def _categories_agree(stored: dict[str, list[float]], found: dict[str, list[float]]) -> bool:
    n_rows = sum(n for n, _ in stored.values())
    if n_rows != sum(n for n, _ in found.values()):
        return False
    none = [0, 0.0]
    pairs = [(stored.get(c, none), found.get(c, none)) for c in stored.keys() | found.keys()]
    return all(abs(x - y) <= SHARE * n_rows for pair in pairs for x, y in zip(*pair, strict=True))


def made(name: str) -> Fingerprint:
    """The fingerprint of a config's database as it is now."""
    return fingerprint(generate(config_of(name), SEED))


def path_of(name: str) -> Path:
    return Path(__file__).with_name("values") / f"{name}.json"


def stored(name: str) -> Fingerprint:
    data: Fingerprint = json.loads(path_of(name).read_text(encoding="utf-8"))
    return data


def write(name: str) -> bool:
    """Store a config's fingerprint, a column a line; whether that changed it."""
    its = made(name)
    tables = ",\n".join(
        f' "{table}": {{\n'
        + ",\n".join(f'  "{column}": {json.dumps(value)}' for column, value in columns.items())
        + "\n }"
        for table, columns in its["tables"].items()
    )
    text = f'{{"schema": "{its["schema"]}", "tables": {{\n{tables}\n}}}}\n'
    path = path_of(name)
    path.parent.mkdir(exist_ok=True)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8")
    return True
