"""Pandas opens the tables of a themed database, with every type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from plurel_cli import generate_to, load, load_config, parse_config
from tests.readers.environments import ROOT, Reader

_PANDAS = """
import json, sys
import pandas
seen = {}
for path in sys.argv[1:]:
    frame = pandas.read_parquet(path)
    seen[path] = {
        name: [int(frame[name].isna().sum()), str(frame[name].dropna().iloc[0])]
        for name in frame
        if frame[name].notna().any()
    }
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:

    raw = load_config(ROOT / "configs" / "realistic.yaml").resolved()
    rows = dict.fromkeys(raw["schema"]["rows"], 200)
    raw["schema"] |= {"naming": "themed", "themes": "retail", "rows": rows, "tables": 8}
    folder = tmp_path_factory.mktemp("frames") / "db"
    generate_to(folder, parse_config(raw), 3)
    return [folder / f"{table.name}.parquet" for table in load(folder).schema.tables]


def _expected(path: Path) -> dict[str, int]:
    """Nulls of each column that has values."""
    frame = pl.read_parquet(path)
    n = {name: frame[name].null_count() for name in frame.columns}
    return {name: nulls for name, nulls in n.items() if nulls < frame.height}


def _is_same(text: str, value: Any, kind: pl.DataType) -> bool:
    if kind.is_numeric():
        return float(text) == pytest.approx(float(value), rel=1e-6)
    if kind == pl.Boolean:
        return text == str(value)
    return text.replace("T", " ").startswith(str(value)[:19])


def _check(path: Path, seen: dict[str, list[Any]]) -> None:
    frame = pl.read_parquet(path)
    assert {name: nulls for name, (nulls, _) in seen.items()} == _expected(path)
    for name, (_, text) in seen.items():
        value = frame[name].drop_nulls()[0]
        assert _is_same(text, value, frame.schema[name]), (path.name, name, text, value)


def test_pandas_opens_them(relbench_1: Reader, paths: list[Path]) -> None:
    seen = relbench_1.run(_PANDAS, *paths)
    assert len({str(kind) for path in paths for kind in pl.read_parquet_schema(path).values()}) >= 4
    for path in paths:
        _check(path, seen[str(path)])
