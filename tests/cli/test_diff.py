"""Databases compared: nothing differs of what is the same, and all that differs is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from plurel_cli import generate_to, parse_config
from tests.cli.conftest import Run


def _config(**sections: Any) -> Any:
    columns = {"amount": {"lens": "money"}, "kind": {"lens": "category", "values": ["a", "b"]}}
    raw: dict[str, Any] = {
        "schema": {"layout": "explicit", "columns": 1},
        "tables": {
            "user": {"rows": 40, "timed": False, "columns": {"age": {"lens": "integer"}}},
            "order": {"rows": 90, "parents": ["user"], "columns": columns},
        },
    }
    return parse_config(raw | sections)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("diff")
    generate_to(folder / "a", _config(), 1)
    generate_to(folder / "b", _config(), 1)
    generate_to(folder / "c", _config(), 2)
    generate_to(folder / "d", _config(time={"min_days": 700}), 1)
    return folder


def _diff(run: Run, one: Path, other: Path) -> dict[str, Any]:
    code, out, err = run("diff", one, other, "--json")
    data: dict[str, Any] = json.loads(out)
    assert (code, err) == (0 if data["equal"] else 1, "")
    return data


def test_equal_databases(run: Run, folder: Path) -> None:
    pair = (folder / "a", folder / "b")
    assert run("diff", *pair) == (0, f"{pair[0]} and {pair[1]}: equal\n", "")
    data = _diff(run, *pair)
    assert data == {
        "equal": True,
        "first": str(pair[0]),
        "second": str(pair[1]),
        **{part: [] for part in ("schema", "settings", "statistics", "values")},
    }


def test_other_seed(run: Run, folder: Path) -> None:
    data = _diff(run, folder / "a", folder / "c")
    assert {"place": "seed", "first": 1, "second": 2} in data["schema"]
    assert data["settings"] == []
    frames = [pl.read_parquet(folder / name / "order.parquet") for name in "ac"]
    rows = int(frames[0]["amount"].ne_missing(frames[1]["amount"]).sum())
    assert {"place": "order.amount", "rows": rows, "share": rows / 90} in data["values"]
    (high,) = [each for each in data["statistics"] if each["place"] == "order.amount.high"]
    assert [high["first"], high["second"]] == [frame["amount"].max() for frame in frames]
    assert not any(each["place"].startswith("order.order_id") for each in data["values"])
    code, out, err = run("diff", folder / "a", folder / "c")
    assert (code, err) == (1, "")
    lines = [line.split() for line in out.splitlines()]
    assert ["seed", "1", "→", "2"] in lines
    assert ["order.amount", str(rows), "rows", f"({rows / 90:.0%})"] in lines


def test_other_settings(run: Run, folder: Path) -> None:
    (setting,) = _diff(run, folder / "a", folder / "d")["settings"]
    assert setting["place"] == "time.min_days"
    assert setting["second"] == 700


def test_one_changed_value(run: Run, folder: Path, tmp_path: Path) -> None:
    generate_to(tmp_path / "a", _config(), 1)
    path = tmp_path / "a" / "user.parquet"
    frame = pl.read_parquet(path)
    age = pl.when(pl.col("user_id") == 7).then(None).otherwise("age").alias("age")
    frame.with_columns(age).write_parquet(path)
    data = _diff(run, folder / "a", tmp_path / "a")
    assert data["values"] == [{"place": "user.age", "rows": 1, "share": 1 / 40}]
    assert {"place": "user.age.nulls", "first": 0, "second": 1} in data["statistics"]
    assert (data["schema"], data["settings"]) == ([], [])


def test_tables_and_columns_of_one_alone(run: Run, folder: Path, tmp_path: Path) -> None:
    raw = {"schema": {"layout": "explicit", "columns": 1}, "tables": {"order": {"rows": 90}}}
    generate_to(tmp_path / "db", parse_config(raw), 1)
    places = {each["place"]: each for each in _diff(run, folder / "a", tmp_path / "db")["schema"]}
    assert (places["user"]["first"], places["user"]["second"]) == ("table", None)
    assert places["order.amount"]["second"] is None
    assert places["order.user_id"]["first"]["references"] == "user"


def test_what_cannot_be_compared(run: Run, folder: Path) -> None:
    code, out, err = run("diff", folder / "a", folder / "nothing")
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {folder / 'nothing'}: ")
    assert err.count("\n") == 1
