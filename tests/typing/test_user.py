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


def test_a_users_file_is_clean(tmp_path: Path) -> None:
    """Somewhere else, as a user's is; beside it lies one with a mistake, which mypy must see."""
    shutil.copy(USER, path := tmp_path / "user.py")
    (tmp_path / "wrong.py").write_text(path.read_text().replace("seed=1", "seed='1'"))
    command = [sys.executable, "-m", "mypy", *OPTIONS, "--cache-dir=/dev/null"]
    done = subprocess.run(
        [*command, "user.py", "wrong.py"], capture_output=True, text=True, cwd=tmp_path
    )
    lines = done.stdout.splitlines()
    assert any(": error: " in line for line in lines)
    assert [line for line in lines if not line.startswith("wrong.py:")] == []


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
