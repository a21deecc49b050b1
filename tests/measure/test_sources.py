"""Databases that plurel did not make are measured as its own."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from plurel_cli import Database, generate, parse_config
from plurel_cli.errors import ConfigError, FolderError
from plurel_cli.measure.apart.population import statistics_of
from plurel_cli.measure.realism import FAMILY
from plurel_cli.measure.sources import Source, SourceKey, reader_of
from plurel_cli.measure.sources.view import view_of_source
from plurel_cli.measure.view import view_of
from tests.cli.conftest import Run, run

__all__ = ["run"]

SHOP = {
    "schema": {"layout": "explicit"},
    "tables": {
        "customer": {
            "rows": 60,
            "columns": {
                "plan": {"lens": "category", "values": {"free": 6, "pro": 3}},
                "age": {"lens": "integer", "normal": {"mean": 41, "sd": 14}, "nulls": 0.2},
            },
        },
        "order": {
            "rows": 900,
            "parents": ["customer", {"table": "customer", "column": "gift_for_id"}],
            "columns": {
                "amount": {"lens": "number", "lognormal": {"median": 40, "sigma": 0.8}},
                "is_gift": {"lens": "flag", "true": 0.1},
            },
        },
    },
    "features": {"model": "scm"},
    "output": {"time_unit": "us"},
}


@pytest.fixture(scope="module")
def shop() -> Database:
    return generate(parse_config(SHOP), 1)


def _foreign(shop: Database) -> dict[str, dict[str, str]]:
    return {
        table.name: {key.name: key.references for key in table.foreign_keys}
        for table in shop.schema.tables
    }


def _relbench_3(shop: Database, place: Path) -> Path:
    (place / "db").mkdir(parents=True)
    for name, frame in shop.tables.items():
        frame.write_parquet(place / "db" / f"{name}.parquet")
    tables = {
        t.name: {"pkey": t.primary_key, "time_col": t.time_column, "fkeys": _foreign(shop)[t.name]}
        for t in shop.schema.tables
    }
    (place / "manifest.yaml").write_text(json.dumps({"name": "shop", "tables": tables}))
    return place


def _relbench_1(shop: Database, place: Path) -> Path:
    place.mkdir()
    for table in shop.schema.tables:
        metadata = {
            "pkey_col": json.dumps(table.primary_key),
            "time_col": json.dumps(table.time_column),
            "fkey_col_to_pkey_table": json.dumps(_foreign(shop)[table.name]),
        }
        shop.tables[table.name].write_parquet(place / f"{table.name}.parquet", metadata=metadata)
    return place


def _parquet(shop: Database, place: Path) -> Path:
    place.mkdir()
    stated = {}
    for table in shop.schema.tables:
        shop.tables[table.name].write_parquet(place / f"{table.name}.parquet")
        stated[table.name] = {"primary_key": table.primary_key}
        if table.time_column:
            stated[table.name]["time"] = table.time_column
        stated[table.name]["foreign_keys"] = _foreign(shop)[table.name]
    (place / "keys.yaml").write_text(json.dumps(stated))
    return place


_TYPES = {pl.Int64: "BIGINT", pl.Float64: "DOUBLE", pl.Boolean: "BOOLEAN", pl.String: "TEXT"}


def _statements(shop: Database) -> list[str]:
    several = []
    for table in shop.schema.tables:
        frame = shop.tables[table.name]
        columns = [
            f'"{c.name}" {_TYPES.get(type(c.dtype), "TIMESTAMP")}'
            + (" PRIMARY KEY" if c.name == table.primary_key else "")
            for c in frame
        ]
        columns += [
            f'FOREIGN KEY ("{name}") REFERENCES "{parent}"'
            + f' ("{shop.schema.by_name[parent].primary_key}")'
            for name, parent in _foreign(shop)[table.name].items()
        ]
        several.append(f'CREATE TABLE "{table.name}" ({", ".join(columns)})')
    return several


def _sqlite(shop: Database, place: Path) -> Path:
    connection = sqlite3.connect(place)
    for statement in _statements(shop):
        connection.execute(statement)
    for name, frame in shop.tables.items():
        told = frame.with_columns(pl.selectors.datetime().dt.strftime("%Y-%m-%d %H:%M:%S%.6f"))
        marks = ", ".join("?" * frame.width)
        insert = f'INSERT INTO "{name}" VALUES ({marks})'  # noqa: S608 (names of ours)
        connection.executemany(insert, told.rows())
    connection.commit()
    connection.close()
    return place


def _duckdb(shop: Database, place: Path) -> Path:
    connection = duckdb.connect(str(place))
    for statement in _statements(shop):
        connection.execute(statement)
    for name, frame in shop.tables.items():
        file = place.with_suffix(".parquet")
        frame.write_parquet(file)
        insert = f"INSERT INTO \"{name}\" SELECT * FROM '{file}'"  # noqa: S608 (names of ours)
        connection.execute(insert)
        file.unlink()
    connection.close()
    return place


WAYS = {
    "relbench-3": _relbench_3,
    "relbench-1": _relbench_1,
    "parquet": _parquet,
    "shop.sqlite": _sqlite,
    "shop.duckdb": _duckdb,
}


@pytest.mark.parametrize("way", WAYS)
def test_it_measures_as_what_it_was_made_from(shop: Database, tmp_path: Path, way: str) -> None:
    place = WAYS[way](shop, tmp_path / way)
    read = reader_of(place)
    assert read is not None
    theirs, ours = view_of_source(read(place)), view_of(shop)
    assert dict(theirs.tables) == dict(ours.tables)
    assert FAMILY.measure(theirs) == FAMILY.measure(ours)
    rows = statistics_of(theirs)
    for level, several in statistics_of(ours).items():
        assert sorted(map(str, rows[level])) == sorted(map(str, several))


@pytest.mark.parametrize("way", WAYS)
def test_by_command(shop: Database, tmp_path: Path, run: Run, way: str) -> None:
    (tmp_path / "all").mkdir()
    WAYS[way](shop, tmp_path / "all" / way)
    for place in (tmp_path / "all" / way, tmp_path / "all"):
        done = run("measure", place, "--json", "--quiet")
        assert done.code == 0, done.err
        told = json.loads(done.out)
        assert "share_bool" in str(told)
        assert str(tmp_path) in str(told)


def test_keys_of_any_values_and_several_columns() -> None:
    parents = pl.DataFrame({"a": ["x", "x", "y", "z"], "b": [1, 2, 1, 1], "k": [7, 8, 9, 9]})
    children = pl.DataFrame(
        {"a": ["y", "x", None, "q", "x"], "b": [1, 2, 1, 1, 1], "k": list("97879")}
    )
    view = view_of_source(
        Source(
            {"p": parents, "c": children},
            {"p": ("a", "b")},
            (SourceKey("c", ("a", "b"), "p", ("a", "b")), SourceKey("c", ("k",), "p", ("k",))),
        )
    )
    assert [key.column for key in view.keys] == ["a+b", "k"]
    assert view.keys[0].keys.tolist() == [2, 1, -1, -1, 0]
    assert view.keys[1].keys.tolist() == [-1, 0, 1, 0, -1]  # 9 is there twice
    assert [feature.name for feature in view.features] == ["k"]


def test_rows_are_put_in_order_of_time() -> None:
    rows = pl.DataFrame({"id": [1, 2, 3], "at": [30, 10, 20], "to": [None, 3, 1]})
    rows = rows.with_columns(pl.col("at").cast(pl.Datetime("us")))
    key = SourceKey("t", ("to",), "t", ("id",))
    view = view_of_source(Source({"t": rows}, {"t": ("id",)}, (key,), {"t": "at"}))
    assert view.times["t"].tolist() == [10_000, 20_000, 30_000]
    assert view.keys[0].keys.tolist() == [1, 2, -1]


def test_tables_that_refer_to_each_other() -> None:
    frame = pl.DataFrame({"id": range(40), "other": range(40)})
    keys = (SourceKey("a", ("other",), "b", ("id",)), SourceKey("b", ("other",), "a", ("id",)))
    view = view_of_source(Source({"a": frame, "b": frame}, {"a": ("id",), "b": ("id",)}, keys))
    assert FAMILY.measure(view)["depth"] == 0


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("a: [", "is not YAML"),
        ("[]", "must state its tables"),
        ("b: {}", "no b.parquet"),
        ("a: {primary_key: code}", "a has no column code"),
        ("a: {primary_key: no}", "a has no column no"),
        ("a: {primary: id}", "a may have primary_key, time, foreign_keys"),
        ("a: {foreign_keys: {id: b}}", "refers to b, which has no primary_key"),
    ],
)
def test_keys_that_cannot_be_used(tmp_path: Path, keys: str, words: str) -> None:
    pl.DataFrame({"id": [1, 2]}).write_parquet(tmp_path / "a.parquet")
    (tmp_path / "keys.yaml").write_text(keys)
    read: Any = reader_of(tmp_path)
    with pytest.raises((FolderError, ConfigError), match=words):
        read(tmp_path)


def test_what_is_none() -> None:
    assert reader_of(Path(__file__)) is None
    assert reader_of(Path(__file__).parent) is None
