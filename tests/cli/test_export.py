from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from plurel_cli import generate_corpus, generate_to, schema_to
from plurel_cli.export import export
from plurel_cli.storage.document import read_schema
from tests.cli.conftest import Run
from tests.storage.samples import small_config


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    generate_to(tmp_path / "db", small_config(), 3)
    return tmp_path / "db"


def test_a_database_is_exported_in_silence(run: Run, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "my.duckdb"
    assert run("export", folder, "--to", "duckdb", "--out", out) == (0, "", "")
    with duckdb.connect(str(out), read_only=True) as engine:
        assert engine.sql("SELECT count(*) FROM likes").fetchall() == [(90,)]
    refusal = run("export", folder, "--to", "duckdb", "--out", out)
    assert refusal.is_refusal("there is a file already", "give --force to replace it")
    bare = "--force", "--no-constraints"
    assert run("export", folder, "--to", "duckdb", "--out", out, *bare) == (0, "", "")
    with duckdb.connect(str(out), read_only=True) as engine:
        assert engine.sql("SELECT count(*) FROM duckdb_constraints()").fetchall() == [(0,)]


def test_what_cannot_be_exported_is_refused(run: Run, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for options, words in (
        (("--to", "excel"), "--to: must be one of croissant, csv"),
        (("--to", "csv", "--compress", "rar"), "--compress: must be gzip or zstd"),
        (("--to", "sql", "--dialect", "cobol"), "--dialect: must be one of ansi"),
        (("--to", "sql", "--compress", "zstd"), "must be gzip with --to sql"),
        (("--to", "parquet", "--licence", "mit"), "--licence: is of no use with --to parquet"),
        (("--to", "sqlite", "--resume"), "--resume: is of no use with --to sqlite"),
        (("--to", "postgres"), "must be the URL of a server's database"),
    ):
        assert run("export", folder, *options, "--out", out).is_refusal(words)
        assert not out.exists()
    assert run("export", tmp_path / "none", "--to", "csv", "--out", out).is_refusal(
        "no such folder"
    )
    out.mkdir()
    (out / "mine").write_text("mine")
    for options in ((), ("--force",)):
        refusal = run("export", folder, "--to", "csv", "--out", out, *options)
        assert refusal.is_refusal("holds files but no export")
    assert (out / "mine").read_text() == "mine"


def test_a_stranger_among_files_of_an_export_stays(run: Run, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("export", folder, "--to", "csv", "--out", out) == (0, "", "")
    (out / "mine").write_text("mine")
    refusal = run("export", folder, "--to", "csv", "--out", out, "--force")
    assert refusal.is_refusal("holds mine, which is no part of its export")
    (out / "mine").unlink()
    packed = "--force", "--compress", "gzip"
    assert run("export", folder, "--to", "csv", "--out", out, *packed) == (0, "", "")
    assert sorted(path.suffix for path in out.iterdir()) == [".gz", ".gz", ".gz", ".json", ".sql"]


def test_a_schema_alone_has_no_rows_to_export(run: Run, tmp_path: Path) -> None:
    schema_to(tmp_path / "db", small_config(), 3)
    out = tmp_path / "out"
    for to in ("csv", "sqlite", "relbench", "sql"):
        refusal = run("export", tmp_path / "db", "--to", to, "--out", out)
        assert refusal.is_refusal("has no rows yet")
    script = "--to", "sql", "--schema-only", "--out", out
    assert run("export", tmp_path / "db", *script) == (0, "", "")
    assert out.read_text() == export(read_schema(tmp_path / "db"), "sql")


def test_a_corpus_is_exported_database_by_database(run: Run, tmp_path: Path) -> None:
    generate_corpus(tmp_path / "corpus", small_config(), seeds=range(3), jobs=1)
    command = "export", tmp_path / "corpus", "--to", "sqlite", "--out", tmp_path / "out"
    assert run(*command) == (0, "", "")
    files = [tmp_path / "out" / f"db-00000{seed}.sqlite" for seed in range(3)]
    assert sorted((tmp_path / "out").iterdir()) == files
    assert run(*command).is_refusal("db-000000.sqlite: there is a file already")
    files[1].unlink()
    kept = files[0].stat()
    assert run(*command, "--resume") == (0, "", "")
    assert files[0].stat() == kept
    with closing(sqlite3.connect(files[1])) as engine:
        assert engine.execute("SELECT count(*) FROM likes").fetchall() == [(90,)]


@pytest.mark.parametrize("text", ["orders", "orders=", "=purchase"])
def test_a_name_has_another_beside_it(run: Run, text: str, tmp_path: Path) -> None:
    words = ("export", tmp_path, "--to", "sqlite", "--out", tmp_path / "a.sqlite", "--append")
    result = run(*words, "--rename", text)
    assert result.code == 2
    assert f"--rename: must be OURS=THEIRS, got '{text}'" in result.err
