from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from plurel_cli import Config, Database, generate, load_config
from plurel_cli.schema.model import Schema

ROOT = Path(__file__).parents[2]
CONFIGS = {
    path.stem: path
    for path in sorted((ROOT / "configs").glob("*.yaml"))
    if path.stem != "mixture"  # which is several of them
}
SEED = 1

_REALISTIC = {"entity": {"min": 50, "max": 300}, "activity": {"min": 500, "max": 2000}}

_SMALLER = {
    "big_tables": {
        "entity": {"min": 2000, "max": 4000},
        "activity": {"min": 200_000, "max": 400_000},
    },
    "realistic": _REALISTIC,
    "realistic_plain": _REALISTIC,
}

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
                column.name: exact(database.tables[table.name][column.name])
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


def differences(stored: Fingerprint, found: Fingerprint) -> list[str]:
    """Where two fingerprints differ."""
    wrong = [] if stored["schema"] == found["schema"] else ["schema"]
    if stored["tables"].keys() != found["tables"].keys():
        return [*wrong, "tables"]
    for table, columns in stored["tables"].items():
        its = found["tables"][table]
        if columns.keys() != its.keys():
            wrong.append(f"{table}: columns")
            continue
        wrong += [f"{table}.{name}" for name in columns if columns[name] != its[name]]
    return wrong


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
