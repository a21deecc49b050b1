"""Rows of a table that refers to itself come after those that they refer to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plurel_cli import Database, export_database, generate, parse_config
from plurel_cli.errors import ExportError
from plurel_cli.export.source import ExportSource
from plurel_cli.export.waves import waves_of

_ROWS = 12


@st.composite
def parents(draw: st.DrawFn) -> list[int | None]:
    """Which row each refers to, in no circle: they come in some order."""
    order = draw(st.permutations(range(_ROWS)))
    found: list[int | None] = [None] * _ROWS
    for place, row in enumerate(order):
        found[row] = draw(st.none() | st.sampled_from(order[:place]) if place else st.none())
    return found


def _saved(folder: Path, found: list[int | None]) -> Path:
    tables = {"node": {"rows": _ROWS, "parents": ["node"]}}
    raw = {"schema": {"layout": "explicit"}, "tables": tables, "features": {"model": "none"}}
    database = generate(parse_config(raw), 1)
    (key,) = database.schema.by_name["node"].foreign_keys
    frame = database.tables["node"].with_columns(pl.Series(key.name, found, dtype=pl.Int64))
    Database(database.schema, {"node": frame}).save(folder, force=True)
    return folder


@given(parents())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_row_comes_after_the_one_it_refers_to(tmp_path: Path, found: list[int | None]) -> None:
    source = ExportSource.at(_saved(tmp_path / "db", found))
    waves = waves_of(source, source.schema.by_name["node"])
    assert waves.waves == waves.numbers.max() + 1
    assert np.array_equal(waves.keys, np.arange(_ROWS))
    for row, parent in enumerate(found):
        if parent is None:
            assert waves.numbers[row] == 0
        else:
            assert waves.numbers[row] == waves.numbers[parent] + 1
    export_database(tmp_path / "db", "duckdb", str(tmp_path / "node.duckdb"), force=True)


def test_a_reference_to_no_row_is_refused_by_the_engine(tmp_path: Path) -> None:
    folder = _saved(tmp_path / "db", [None] * (_ROWS - 1) + [77])
    for to in ("duckdb", "sqlite"):
        with pytest.raises(ExportError):
            export_database(folder, to, str(tmp_path / to))
        assert not (tmp_path / to).exists()
