"""Small databases that the tests of the folder format write, break and read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from plurel_cli import Config, Database, generate_to, parse_config, run_stage, schema_to
from plurel_cli.schema.stages import STAGES, StageName
from plurel_cli.storage.digests import digest, file_digest

LAYOUTS = ("flat", "relbench")


def small_config(layout: str = "flat", **features: Any) -> Config:
    """Three tables with a diamond, two keys to one parent, and columns of both kinds."""
    return parse_config(
        {
            "schema": {"layout": "explicit", "columns": 4},
            "tables": {
                "users": {"rows": 30},
                "posts": {"rows": 50, "parents": ["users"]},
                "likes": {"rows": 90, "parents": ["users", "posts", "users"]},
            },
            "features": {"model": "series"} | features,
            "output": {"layout": layout},
        }
    )


def large_config(rows: int = 300_000) -> Config:
    """Keys and dates alone, in a table of more rows than one row group holds."""
    return parse_config(
        {
            "schema": {"layout": "explicit"},
            "tables": {"parent": {"rows": 1000}, "child": {"rows": rows, "parents": ["parent"]}},
            "features": {"model": "none"},
        }
    )


def write_database(
    folder: Path, config: Config, stage: StageName = STAGES[-1], seed: int = 1
) -> Path:
    """A database with the stages up to one done."""
    if stage == STAGES[-1]:
        generate_to(folder, config, seed)
        return folder
    schema_to(folder, config, seed)
    for other in STAGES[1 : STAGES.index(stage) + 1]:
        run_stage(other, folder)
    return folder


def table_path(folder: Path, table: str) -> Path:
    """Where a table lies, in either layout."""
    (path,) = folder.rglob(f"{table}.parquet")
    return path


def rewrite(
    folder: Path, table: str, change: Callable[[pl.DataFrame], pl.DataFrame], **metadata: str
) -> None:
    """Change the values of a table on disk, and what is given of its metadata."""
    path = table_path(folder, table)
    found = pl.read_parquet_metadata(path)
    kept = {key: found[key] for key in ("pkey_col", "fkey_col_to_pkey_table", "time_col")}
    change(pl.read_parquet(path, glob=False)).write_parquet(path, metadata=kept | metadata)
    renew(folder)


def edit_schema(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change `schema.json` in place."""
    path = folder / "schema.json"
    data = json.loads(path.read_text())
    change(data)
    _write_sealed(path, data)


def renew(folder: Path) -> None:
    """Make digests those of the files that are there, as though a run had written them."""
    path = folder / "schema.json"
    data = json.loads(path.read_text())
    for name in data["digests"]["files"]:
        if (folder / name).is_file():
            data["digests"]["files"][name] = file_digest(folder / name)
    _write_sealed(path, data)


def _write_sealed(path: Path, data: dict[str, Any]) -> None:
    data = {name: value for name, value in data.items() if name != "seal"}
    text = json.dumps(data).removesuffix("}")
    path.write_text(f'{text},\n "seal": "{digest(text.encode())}"}}')


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def same_values(one: Database, other: Database) -> bool:
    """Whether two databases have the same tables, types and values."""
    return one.tables.keys() == other.tables.keys() and all(
        frame.schema == other.tables[name].schema and frame.equals(other.tables[name])
        for name, frame in one.tables.items()
    )


def json_table(frame: pl.DataFrame) -> dict[str, list[Any]]:
    """A frame's values as JSON has them: dates are integers of nanoseconds."""
    return frame.with_columns(pl.col(pl.Datetime("ns")).to_physical()).to_dict(as_series=False)


def is_one_sentence(error: Exception | str) -> bool:
    """Whether a message is something to show a user: one line, not long, no traceback."""
    text = str(error)
    return 0 < len(text) < 400 and "\n" not in text and "Traceback" not in text
