"""Data on standard output, messages on standard error, and an exit code that says how it went."""

from __future__ import annotations

import json
import os
import pty
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from plurel_cli import load, parse_config, validate
from plurel_cli.export import formats
from plurel_cli.schema.stages import STAGES
from tests.cli.conftest import Run
from tests.cli.runs import ROOT, in_process, start
from tests.storage.samples import contents, rewrite, small_config, write_database

SMALL = ROOT / "configs" / "small.yaml"


def test_every_stage_is_silent_when_nobody_looks(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "db"
    assert run("schema", "--config", SMALL, "--seed", "1", "--out", folder) == (0, "", "")
    for stage in STAGES[1:]:
        assert run(stage, folder) == (0, "", "")
    assert run("generate", "-c", SMALL, "-s", "1", "-o", tmp_path / "whole") == (0, "", "")
    assert run("validate", folder) == (0, "", "")
    assert load(folder).schema == load(tmp_path / "whole").schema


def test_stage_into_another_folder(run: Run, tmp_path: Path) -> None:
    run("schema", "-c", SMALL, "-o", tmp_path / "a")
    before = contents(tmp_path / "a")
    assert run("fk", tmp_path / "a", "--out", tmp_path / "b").code == 0
    assert contents(tmp_path / "a") == before
    assert validate(tmp_path / "b") == []


def test_existing_database_needs_force(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "db"
    assert run("generate", "-c", SMALL, "-s", "1", "-o", folder).code == 0
    before = contents(folder)
    for words in [("generate",), ("schema",)]:
        result = run(*words, "-c", SMALL, "-s", "2", "-o", folder)
        assert result.is_refusal("there is a database already; give --force"), result
    assert run("fk", folder).is_refusal("has the fk stage already; --force runs it again")
    assert contents(folder) == before
    assert run("fk", folder, "--force").code == 0
    assert load(folder).schema.stages == ("schema", "fk")
    assert run("generate", "-c", SMALL, "-s", "2", "-o", folder, "--force").code == 0
    assert load(folder).schema.seed == 2


def test_stage_too_early_says_which_to_run(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "db"
    run("schema", "-c", SMALL, "-o", folder)
    assert run("temporal", folder).is_refusal(f"run `plurel fk {folder}` first")


@pytest.mark.parametrize("name", formats.names())
def test_schema_is_printed(run: Run, name: str) -> None:
    code, out, err = run("schema", "-c", SMALL, "--format", name)
    assert (code, err) == (0, "")
    assert "table_0" in out
    assert out.endswith("\n")
    assert not out.endswith("\n\n")


def test_schema_is_printed_as_json_by_default(run: Run, tmp_path: Path) -> None:
    out = run("schema", "-c", SMALL, "-s", "3").out
    assert run("schema", "-c", SMALL, "-s", "3", "--format", "json").out == out
    printed = json.loads(out)
    run("schema", "-c", SMALL, "-s", "3", "-o", tmp_path / "db")
    written = json.loads((tmp_path / "db" / "schema.json").read_text())
    del written["made"], written["seal"]  # as only a folder has
    assert written.pop("digests") == {"files": {}, "columns": {}}
    assert printed == written


def test_config_is_shown(run: Run, tmp_path: Path) -> None:
    code, out, err = run("config", "show")
    assert (code, err) == (0, "")
    assert parse_config(yaml.safe_load(out)) == parse_config({})
    (tmp_path / "shown.yaml").write_text(out)
    assert run("config", "show", tmp_path / "shown.yaml").out == out
    assert run("config", "check", tmp_path / "shown.yaml") == (0, "", "")


def test_json_schema_is_printed(run: Run) -> None:
    code, out, err = run("config", "json-schema")
    assert (code, err) == (0, "")
    properties = json.loads(out)["properties"]
    sections = {"schema", "tables", "connectivity", "time", "features", "tasks", "output"}
    assert set(properties) == sections | {"extends"}


def test_faults_are_data_and_exit_with_1(run: Run, tmp_path: Path) -> None:
    folder = write_database(tmp_path / "db", small_config())
    rewrite(folder, "likes", lambda frame: frame.head(5))
    (folder / "users.parquet").unlink()
    for quiet in ([], ["--quiet"]):
        code, out, err = run("validate", folder, *quiet)
        assert (code, err) == (1, "")
        assert out.splitlines() == [
            f"{folder}: users.parquet: is missing",
            f"{folder}: likes.parquet: must have 90 rows, got 5",
        ]


def test_warnings_are_messages(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("schema: {tables: [3, 5]}\n")
    result = run("schema", "-c", path)
    assert json.loads(result.out)["format"] == "plurel"
    assert result.err.startswith(f"warning: {path}: schema.tables: a list is a choice")
    assert run("schema", "-c", path, "--quiet").err == ""
    code, out, err = run("config", "check", path)
    assert (code, out) == (0, "")
    assert err == result.err


# On a terminal.


def _on_terminal(*arguments: str | Path, before: str = "") -> tuple[int, str, str]:
    """Run with standard error on a terminal."""
    ours, theirs = pty.openpty()
    seen = b""
    try:
        try:
            result = in_process(*arguments, before=before, stderr=theirs)
        finally:
            os.close(theirs)
        with suppress(OSError):  # as Linux tells of the end
            while piece := os.read(ours, 65536):
                seen += piece
    finally:
        os.close(ours)
    return result.code, result.out, seen.decode()


PATIENT = "import plurel_cli.cli.console as console; console._PATIENCE_S = 1e9"
"""No bar, however slow the machine is."""


def test_terminal_is_told_what_was_made(tmp_path: Path) -> None:
    folder = tmp_path / "db"
    code, out, err = _on_terminal("generate", "-c", SMALL, "-o", folder, before=PATIENT)
    assert (code, out) == (0, "")
    n_tables = len(load(folder).schema.tables)
    assert err.startswith(f"{folder}: {n_tables} tables, ")
    assert f"stages done: {', '.join(STAGES)} (" in err
    assert len(err.splitlines()) == 1
    assert _on_terminal("validate", folder) == (0, "", f"{folder}: no faults\r\n")
    assert _on_terminal("generate", "-c", SMALL, "-o", folder, "--force", "-q") == (0, "", "")


def test_terminal_sees_progress_of_what_takes_long(tmp_path: Path) -> None:
    impatient = "import plurel_cli.cli.console as console; console._PATIENCE_S = -1.0"
    _, _, err = _on_terminal("generate", "-c", SMALL, "-o", tmp_path / "db", before=impatient)
    assert "609 rows of 609" in err


# Pipes and disks.


def test_reader_that_leaves_early(tmp_path: Path) -> None:
    """As in `plurel schema | head -1`: nothing is said, and the exit code is that of a signal."""
    for arguments in (["schema", "-s", "1"], ["config", "json-schema"]):
        reader, writer = os.pipe()
        with start(*arguments, stdout=writer, stderr=-1) as process:
            os.close(writer)
            os.close(reader)
            _, err = process.communicate()
        assert err == b""
        assert process.returncode == -13


@pytest.mark.parametrize("arguments", [["schema"], ["--help"], ["--version"], ["config", "show"]])
def test_full_standard_output(arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        result = in_process(*arguments, stdout=full)
    assert result.is_refusal("standard output: ", "no space left on device"), result


def test_nowhere_to_complain() -> None:
    with Path("/dev/full").open("wb") as full:
        assert in_process("validate", "nowhere", stderr=full).code == 2
