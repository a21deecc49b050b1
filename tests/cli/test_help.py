from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from plurel_cli import __version__
from plurel_cli.cli.app import app
from plurel_cli.schema.stages import STAGES
from tests.cli.conftest import Run
from tests.cli.runs import ROOT
from tests.storage.samples import small_config, write_database


def _walk(words: tuple[str, ...], node: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield words, node
    for name, inner in getattr(node, "commands", {}).items():
        yield from _walk((*words, name), inner)


ALL = dict(_walk((), get_command(app)))
LEAVES = {words: its for words, its in ALL.items() if not hasattr(its, "commands")}


def test_commands_are_those_promised() -> None:
    promised = {"schema", "fk", "temporal", "generate", "validate", "describe"}
    groups = {("config", name) for name in ("show", "check", "json-schema")}
    assert {(name,) for name in promised} | groups <= LEAVES.keys()
    assert {(stage,) for stage in STAGES} <= LEAVES.keys()


@pytest.mark.parametrize("words", ALL, ids=" ".join)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help(run: Run, words: tuple[str, ...], option: str) -> None:
    result = run(*words, option)
    assert result.code == 0
    assert result.err == ""
    assert result.out.startswith(" ".join(("Usage: plurel", *words)))
    text = " ".join(result.out.split())
    for parameter in ALL[words].params:
        assert getattr(parameter, "help", None) or parameter.name == "help", parameter.name
        assert parameter.opts[-1] in text or parameter.metavar in text


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_first_line_of_help_is_short_enough_to_be_listed(run: Run, words: tuple[str, ...]) -> None:
    first = LEAVES[words].help.strip().partition("\n\n")[0]
    assert first.endswith(".")
    listed = " ".join(run(*words[:-1], "--help").out.split())
    assert first in listed


def _example(words: tuple[str, ...]) -> list[str]:
    """Words of the example in a command's help, up to a pipe or redirection."""
    (text,) = re.findall(r"Example: plurel (.+?)(?:\n\n|$)", LEAVES[words].help, re.DOTALL)
    return shlex.split(re.split(r"[|>]", text)[0])


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_example_works(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "configs", "configs")
    (name,) = words[-1:]
    if name in STAGES[1:]:
        before = STAGES[STAGES.index(name) - 1]  # type: ignore[arg-type]
        write_database(Path("my-database"), small_config(), before)
    elif name not in ("generate", "schema"):
        write_database(Path("my-database"), small_config(model="scm"))
    if name == "diff":
        shutil.copytree("my-database", "other-database")
    Path("shop.sql").write_text("CREATE TABLE customer (id INTEGER PRIMARY KEY);\n")
    example = _example(words)
    assert tuple(example[: len(words)]) == words
    expanded = [
        str(path)
        for word in example
        for path in (sorted(Path().glob(word)) if "*" in word else [word])
    ]
    result = run(*expanded)
    assert result.code == 0, result.err


def test_version(run: Run) -> None:
    assert run("--version") == (0, f"plurel {__version__}\n", "")


@pytest.mark.parametrize("words", [(), ("config",)])
def test_without_a_command_help_is_shown(run: Run, words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.code == 2
    assert (result.out + result.err).startswith("Usage: plurel")
