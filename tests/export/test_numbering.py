"""Keys as exports write them: from a start on, by steps, with gaps, and all that refers to them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli import export_database, generate, parse_config
from plurel_cli.errors import ConfigError
from plurel_cli.export.source import ExportSource
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.key_numbers import KeyNumbers
from plurel_cli.storage.place import place_of

CONFIG = {
    "schema": {"layout": "explicit", "naming": "natural"},
    "features": {"model": "scm"},
    "tables": {
        "person": {"rows": 300, "key": {"start": 1000, "step": 7, "gaps": True}, "columns": 1},
        "post": {
            "ratio": {"to": "person", "mean": 2.5},
            "key": {"start": 50, "step": 2},
            "parents": ["person", {"table": "post", "column": "reply_to"}],
            "columns": {
                "seen_by": {"lens": "link", "to": "person", "nulls": 0.2},
                "kind": {"lens": "category", "values": ["a", "b"]},
                "about": {
                    "lens": "link",
                    "by": "kind",
                    "to": {"a": "person", "b": "post"},
                    "nulls": 0.1,
                },
                "same": {"lens": "formula", "of": "person_id", "digits": 0},
            },
        },
    },
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("numbered") / "made"
    generate(parse_config(CONFIG), 5).save(path)
    return path


def test_rows_are_a_ratio_of_those_of_another_table(folder: Path) -> None:
    assert pl.read_parquet(folder / "post.parquet").height == 750


def test_every_reference_has_the_number_of_its_row(folder: Path, tmp_path: Path) -> None:
    export_database(str(folder), "duckdb", str(tmp_path / "made.duckdb"))
    with duckdb.connect(str(tmp_path / "made.duckdb"), read_only=True) as engine:
        tables = {
            name: {
                column: engine.table(name).project(column).fetchnumpy()[column]
                for column in columns
            }
            for name, columns in (
                ("person", ["person_id"]),
                ("post", ["post_id", "person_id", "reply_to", "seen_by", "about", "same"]),
            )
        }
    rows = pl.read_parquet(folder / "post.parquet")
    people, posts = np.sort(tables["person"]["person_id"]), np.sort(tables["post"]["post_id"])
    assert people[0] in range(1000, 1007)
    assert (np.diff(people) >= 1).all()
    assert len({*np.diff(people).tolist()}) > 5
    assert posts.tolist() == [*range(50, 50 + 2 * 750, 2)]
    order = np.argsort(tables["post"]["post_id"])
    post = {name: np.ma.getdata(values)[order] for name, values in tables["post"].items()}
    assert (post["person_id"] == people[rows["person_id"].to_numpy()]).all()
    assert (post["same"] == post["person_id"]).all()
    there = rows["seen_by"].is_not_null().to_numpy()
    assert (post["seen_by"][there] == people[rows["seen_by"].drop_nulls().to_numpy()]).all()
    for kind, keys in (("a", people), ("b", posts)):
        chosen = ((rows["kind"] == kind) & rows["about"].is_not_null()).fill_null(value=False)
        assert chosen.sum() > 50
        expected = keys[rows["about"].filter(chosen).to_numpy()]
        assert (post["about"][chosen.to_numpy()] == expected).all()


@pytest.mark.parametrize("to", ["csv", "jsonl", "parquet", "sqlite", "sql"])
def test_all_targets_write_the_same_keys(folder: Path, tmp_path: Path, to: str) -> None:
    out = tmp_path / "out"
    export_database(str(folder), to, str(out), **({"dialect": "sqlite"} if to == "sql" else {}))
    source = ExportSource.at(place_of(folder))
    person = source.schema.by_name["person"]
    keys = next(source.frames(person, lambda *_: None))["person_id"].to_list()
    data = b"".join(
        path.read_bytes()
        for path in ([out] if out.is_file() else sorted(out.rglob("*")))
        if path.is_file()
    )
    if to in ("csv", "jsonl", "sql"):
        assert all(str(key).encode() in data for key in keys[-20:])
    elif to == "parquet":
        assert pl.read_parquet(out / "person/*.parquet")["person_id"].to_list() == keys


def test_relbench_has_row_numbers(folder: Path, tmp_path: Path) -> None:
    export_database(str(folder), "relbench", str(tmp_path / "out"))
    made = pl.read_parquet(tmp_path / "out/db/person.parquet")
    assert made["person_id"].to_list() == [*range(300)]


@given(st.integers(0, 2**40), st.integers(1, 1000), st.booleans(), st.integers(0, 2**40))
def test_numbers_rise_and_hang_on_the_row_alone(
    start: int, step: int, gaps: bool, first: int
) -> None:
    numbers = KeyNumbers(start=start, step=step, gaps=gaps)
    rows = np.arange(first, first + 500, dtype=np.int64)
    whole = numbers.of(rows, Stream(1).child("n"))
    assert (np.diff(whole) >= 1).all()
    assert ((whole - start) // step == rows).all()
    assert (numbers.of(rows[::-1], Stream(1).child("n"))[::-1] == whole).all()


def test_gaps_are_even() -> None:
    """Each of ten places in a step is as likely: χ² of 9 degrees, 10⁻⁶ false alarms."""
    numbers = KeyNumbers(step=10, gaps=True)
    places = numbers.of(np.arange(20_000), Stream(3).child("n")) % 10
    counts = np.bincount(places, minlength=10)
    assert float(((counts - 2000) ** 2 / 2000).sum()) < 45


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"ratio": {"to": "persom", "mean": 2}}, "tables.post.ratio.to"),
        ({"ratio": {"to": "post", "mean": 2}}, "tables.post.ratio.to"),
        ({"rows": 5}, "tables.post.ratio"),
        ({"key": {"step": 0}}, "tables.post.key.step"),
        ({"ratio": {"to": "person", "mean": 0}}, "tables.post.ratio.mean"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, object], place: str) -> None:
    tables = CONFIG["tables"] | {"post": CONFIG["tables"]["post"] | change}  # type: ignore[operator,index]
    with pytest.raises(ConfigError) as caught:
        parse_config(CONFIG | {"tables": tables})
    assert place in str(caught.value)


def test_ratios_in_a_circle_are_refused() -> None:
    tables = {
        "a": {"ratio": {"to": "b", "mean": 2}, "columns": 1},
        "b": {"ratio": {"to": "a", "mean": 2}, "columns": 1},
    }
    with pytest.raises(ConfigError, match="rows hang on this one's"):
        parse_config(CONFIG | {"tables": tables})
