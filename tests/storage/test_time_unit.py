"""Times are counted in what `output.time_unit` says, wherever they are written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from plurel_cli import Config, generate, generate_to, load, parse_config, run_stage, validate
from plurel_cli.errors import ConfigError
from plurel_cli.pipeline import schema_to
from plurel_cli.storage.document import read_document


def _orders(unit: str, **output: Any) -> Config:
    after = {"lens": "timestamp", "after": "time", "lag": {"exponential": {"mean": 2}}}
    born = {"lens": "timestamp", "first": "1950-01-01", "last": "1969-12-31"}
    columns = {"shipped_at": after, "born_at": born, "amount": {"lens": "money"}}
    return parse_config(
        {
            "schema": {"layout": "explicit"},
            "features": {"model": "scm"},
            "time": {"arrivals": {"spacing": "poisson"}},
            "tables": {
                "customer": {"rows": 40},
                "order": {"rows": 400, "parents": ["customer"], "columns": columns},
            },
            "output": {"time_unit": unit, **output},
        }
    )


@pytest.mark.parametrize("unit", ["ns", "us", "ms"])
def test_times_are_the_same_but_for_what_they_are_counted_in(tmp_path: Path, unit: str) -> None:
    plain = generate(_orders("ns"), 5).tables["order"]
    made = generate(_orders(unit), 5)
    frame = made.tables["order"]
    kinds = {name: kind for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)}
    assert kinds == dict.fromkeys(("created_at", "shipped_at", "born_at"), pl.Datetime(unit))  # type: ignore[arg-type]
    assert_frame_equal(frame, plain.with_columns(pl.col(*kinds).dt.cast_time_unit(unit)))  # type: ignore[arg-type]
    generate_to(tmp_path / "db", _orders(unit), 5)
    assert validate(tmp_path / "db") == []
    assert_frame_equal(load(tmp_path / "db").tables["order"], frame)
    schema_to(tmp_path / "staged", _orders(unit), 5)
    for stage in ("fk", "temporal", "features"):
        run_stage(stage, tmp_path / "staged")
    made.save(tmp_path / "saved")
    one, *others = (read_document(tmp_path / name).digests for name in ("db", "staged", "saved"))
    assert one is not None
    for other in others:
        assert other is not None
        assert other.columns == one.columns


def test_another_unit_than_the_schema_says_is_a_fault(tmp_path: Path) -> None:
    generate_to(tmp_path / "db", _orders("us"), 5)
    path = tmp_path / "db" / "order.parquet"
    frame = pl.read_parquet(path)
    frame.with_columns(pl.col("shipped_at").dt.cast_time_unit("ns")).write_parquet(path)
    rules = [fault.rule for fault in validate(tmp_path / "db")]
    assert "must be of type datetime[us]" in rules


def test_relbench_counts_in_nanoseconds() -> None:
    with pytest.raises(ConfigError, match=r"output\.time_unit: must be ns in the relbench layout"):
        _orders("us", layout="relbench")
