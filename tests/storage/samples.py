"""Small databases that the tests of the folder format write, break and read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from plurel_cli import Config, Database, generate_to, parse_config, run_stage, schema_to

STAGES = ("schema", "fk", "temporal")
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
            "features": features,
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


def write_database(folder: Path, config: Config, stage: str = "temporal", seed: int = 1) -> Path:
    """A database with the stages up to one done."""
    if stage == "temporal":
        generate_to(folder, config, seed)
    else:
        schema_to(folder, config, seed)
        if stage == "fk":
            run_stage("fk", folder)
    return folder


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
