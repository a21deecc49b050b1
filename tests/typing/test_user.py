from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import plurel_cli

USER = Path(__file__).with_name("user.py")
ROOT = Path(plurel_cli.__file__).parents[1]

OPTIONS = ("--strict", "--config-file=", "--no-error-summary")


def _mypy(path: Path, cache: Path) -> str:
    """What mypy says of a file that is somewhere else, as a user's is."""
    command = [sys.executable, "-m", "mypy", *OPTIONS, f"--cache-dir={cache}", str(path)]
    return subprocess.run(command, capture_output=True, text=True, cwd=path.parent).stdout


def test_a_users_file_is_clean(tmp_path: Path) -> None:
    shutil.copy(USER, path := tmp_path / "user.py")
    assert _mypy(path, tmp_path / "cache") == ""
    path.write_text(path.read_text().replace("seed=1", "seed='1'"))
    assert "error" in _mypy(path, tmp_path / "cache")


def test_it_uses_all_public_names() -> None:
    tree = ast.parse(USER.read_text())
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "plurel_cli"
        for alias in node.names
    }
    assert imported == set(plurel_cli.__all__) - {"__version__"}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert imported <= used
