"""DuckDB joins children to their parents, and counts as Polars does."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from plurel_cli import generate_to, load, parse_config
from plurel_cli.storage.layout import parts
from tests.storage.samples import LAYOUTS


@pytest.mark.parametrize("layout", LAYOUTS)
def test_joins_lose_no_row(tmp_path: Path, layout: str) -> None:
    config = parse_config(
        {
            "output": {"layout": layout},
            "schema": {
                "layout": "watts_strogatz",
                "tables": 6,
                "rows": {"entity": 200, "activity": 900},
            },
        }
    )
    folder = tmp_path / "db"
    generate_to(folder, config, seed=3)
    database = load(folder)
    schema = database.schema
    assert len(schema.edges) > len(schema.tables) - 1
    with duckdb.connect() as connection:
        for table in schema.tables:
            (part,) = parts(schema, table)
            connection.execute(f"CREATE VIEW {table.name} AS FROM '{folder / part.file}'")
        for parent, child, key in schema.edges:
            rows = connection.execute(
                f"SELECT p.row_idx, count(*) FROM {child} c JOIN {parent} p "  # noqa: S608
                f"ON c.{key} = p.row_idx GROUP BY 1 ORDER BY 1"
            ).fetchall()
            counts = database.tables[child].group_by(key).agg(pl.len()).sort(key).select(key, "len")
            assert rows == counts.rows()
            assert sum(count for _, count in rows) == schema.by_name[child].rows
        activity = next(table for table in schema.tables if table.kind == "activity")
        (first, last, n_days) = connection.execute(
            f"SELECT min(date), max(date), count(DISTINCT date) FROM {activity.name}"  # noqa: S608
        ).fetchone() or (None, None, None)
        assert schema.window is not None
        assert (first.date(), last.date()) == (schema.window.start, schema.window.end)
        assert n_days == activity.rows
