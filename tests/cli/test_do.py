from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from plurel_cli import do, generate_to, load, validate
from plurel_cli.schema.column import Column
from plurel_cli.schema.model import Schema
from tests.cli.conftest import Run
from tests.storage.samples import same_values, small_config

TABLE = "users"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    generate_to(tmp_path / "db", small_config(model="scm"), 3)
    return tmp_path / "db"


def _feature(schema: Schema, kind: str) -> Column:
    return next(column for column in schema.by_name[TABLE].features if column.kind == kind)


def _shares(one: Any, other: Any) -> dict[tuple[str, str], int]:
    return {
        (table, name): rows
        for table, frame in one.items()
        for name in frame.columns
        if (rows := int((frame[name].ne_missing(other[table][name])).sum()))
    }


@pytest.mark.parametrize("kind", ["numerical", "categorical"])
def test_it_does_what_the_library_does_and_says_what_changed(
    run: Run, folder: Path, tmp_path: Path, kind: str
) -> None:
    before = load(folder)
    name = _feature(before.schema, kind).name
    words = "do", folder, "--table", TABLE, "--column", name, "--value", "0"
    result = run(*words, "--out", tmp_path / "held", "--json")
    assert result.code == 0, result.err
    after = load(tmp_path / "held")
    assert validate(tmp_path / "held") == []
    assert same_values(after, do(before, TABLE, name, 0))
    shares = _shares(before.tables, after.tables)
    said = {(change["table"], change["column"]): change for change in json.loads(result.out)}
    assert (TABLE, name) in shares
    assert {key: change["rows"] for key, change in said.items()} == shares
    for (table, _), change in said.items():
        assert change["share"] == change["rows"] / before.tables[table].height
    text = run(*words)
    assert text.code == 0
    first, *lines = text.out.splitlines()
    tables = {table for table, _ in shares}
    assert first == f"{len(shares)} columns changed, in {len(tables)} of 3 tables"
    assert [line.split()[:2] for line in lines] == [
        [f"{table}.{column}", f"{rows:,}"] for (table, column), rows in shares.items()
    ]


def test_several_columns_are_held_one_after_another(run: Run, folder: Path, tmp_path: Path) -> None:
    before = load(folder)
    names = [_feature(before.schema, kind).name for kind in ("numerical", "categorical")]
    words: list[str | Path] = ["do", folder, "-o", tmp_path / "held", "-q"]
    for name in names:
        words += ["--table", TABLE, "--column", name, "--value", "0"]
    assert run(*words).code == 0
    expected = do(do(before, TABLE, names[0], 0), TABLE, names[1], 0)
    assert same_values(load(tmp_path / "held"), expected)


def test_what_cannot_be_done_is_refused_and_nothing_written(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    name = _feature(load(folder).schema, "numerical").name
    out = "--out", tmp_path / "held"
    for words in (
        ("--table", "nobody", "--column", name, "--value", "0"),
        ("--table", TABLE, "--column", "nothing", "--value", "0"),
        ("--table", TABLE, "--column", "row_idx", "--value", "0"),
        ("--table", TABLE, "--column", name, "--value", "much"),
        ("--table", TABLE, "--column", name, "--value", "nan"),
        ("--table", TABLE, "--column", name, "--value", "true"),
        ("--table", TABLE, "--table", TABLE, "--column", name, "--value", "0"),
    ):
        assert run("do", folder, *words, *out).is_refusal(), words
        assert not (tmp_path / "held").exists()
    sound = "--table", TABLE, "--column", name, "--value", "0"
    assert run("do", folder, *sound, "--out", folder).is_refusal("--force")
    assert run("do", tmp_path / "none", *sound).is_refusal("no such folder")
