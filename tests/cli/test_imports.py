"""A command imports what it uses and no more: each of these costs 50 to 300 ms."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.runs import ROOT, in_process
from tests.storage.samples import small_config, write_database

SMALL = ROOT / "configs" / "small.yaml"

LOADED = """
import atexit, sys
heavy = ["polars", "numpy", "networkx", "pydantic", "yaml", "rich", "obstore", "asyncio"]
def tell():
    before.update(name for name in heavy if name in sys.modules)
    print("imported: " + " ".join(sorted(before)), file=sys.stderr)
before = set()
atexit.register(tell)
"""


def _imported(*arguments: str | Path) -> set[str]:
    result = in_process(*arguments, before=LOADED)
    assert result.code == 0, result.err
    (line,) = (line for line in result.err.splitlines() if line.startswith("imported: "))
    return set(line.removeprefix("imported: ").split())


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_database(tmp_path_factory.mktemp("imports") / "db", small_config())


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_imports_nothing_heavy(option: str) -> None:
    assert _imported(option) == set()


def test_help_of_a_command() -> None:
    """Typer imports pydantic to convert arguments."""
    assert _imported("generate", "--help") <= {"pydantic"}


@pytest.mark.parametrize("name", ["json", "mermaid", "sql"])
def test_schema_that_is_printed(name: str) -> None:
    found = _imported("schema", "--format", name)
    assert found <= {"numpy", "pydantic", "yaml"}
    assert "numpy" in found


@pytest.mark.parametrize("command", [["show"], ["json-schema"]])
def test_configs(command: list[str]) -> None:
    assert _imported("config", *command) <= {"numpy", "pydantic", "yaml"}


def test_making_and_checking(tmp_path: Path, database: Path) -> None:
    for command in (
        ["generate", "-c", str(SMALL), "-o", str(tmp_path / "db")],
        ["validate", str(database)],
    ):
        found = _imported(*command)
        assert found <= {"polars", "numpy", "pydantic", "yaml"}
        assert "polars" in found


def test_describing(database: Path) -> None:
    assert "rich" not in _imported("describe", database, "--json")
    assert {"rich", "networkx", "polars"} <= _imported("describe", database)


def test_library_alone_imports_nothing_heavy() -> None:
    code = "import plurel_cli, plurel_cli.errors, plurel_cli.cli"
    result = in_process("--version", before=f"{LOADED}\n{code}\ntell()\nbefore.clear()")
    assert result.err.splitlines()[0] == "imported: "
