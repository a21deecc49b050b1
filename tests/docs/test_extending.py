"""The examples of additions are as strict as the code that they are added to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from docs.examples import ROOT, examples

PAGE = ROOT / "docs" / "extending.md"

OPTIONS = ("--config-file", str(ROOT / "pyproject.toml"))

CACHE = ROOT / ".mypy_cache"
"""Which the type checker of the package fills, with the same settings."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the page asks for, without what tries them out."""
    folder = tmp_path_factory.mktemp("additions")
    programs = [example.body for example in examples(PAGE.read_text()) if example.is_python]
    for number, program in enumerate(programs):
        addition, _, trial = program.partition("\n\n# What follows")
        assert trial
        (folder / f"addition_{number}.py").write_text(addition)
    return folder


def _says(*command: str | Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("check", [("check",), ("format", "--check")])
def test_linter_has_nothing_to_say(folder: Path, check: tuple[str, ...]) -> None:
    code, text = _says("ruff", *check, "--no-cache", "--config", ROOT / "pyproject.toml", folder)
    assert code == 0, text


def test_types_are_strict(folder: Path, tmp_path: Path) -> None:
    """Beside the examples is a file with a mistake, which mypy must see."""
    wrong = tmp_path / "wrong.py"
    wrong.write_text("def wrong() -> int:\n    return ''\n")
    options = ("--strict", f"--cache-dir={CACHE}", *OPTIONS)
    code, text = _says("mypy", *options, *sorted(folder.glob("*.py")), wrong)
    assert code == 1, text
    errors = [line for line in text.splitlines() if ": error: " in line]
    assert len(errors) == 1, text
    assert "wrong.py:2: error: " in errors[0]


def test_each_kind_of_addition_has_an_example() -> None:
    text = "".join(example.body for example in examples(PAGE.read_text()) if example.is_python)
    for decorator in (
        *("layouts", "activations", "mechanisms", "transforms", "profiles", "budget_shares.kind"),
        *("determined.kind", "time_sources.kind", "null_reasons.kind", "statistics", "formats"),
        *("lenses.kind", "marginals.kind"),
    ):
        assert f"@{decorator}" in text
