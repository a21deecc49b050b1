"""Syntax trees of the package, read once for all tests of the code."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import plurel_cli

ROOT = Path(plurel_cli.__file__).parent


@cache
def trees() -> dict[Path, ast.Module]:
    """Of every module, by its path."""
    return {
        path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(ROOT.rglob("*.py"))
    }
