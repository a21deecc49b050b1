"""What the statement of a column names: columns of its row, and `table.column` elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from plurel_cli.themes.plain import Statement

_PIECE = re.compile(r"\{([^{}:]*)")
_PATH = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)?")
_TEXT = re.compile(r"'(?:[^']|'')*'")
_CALL = re.compile(r"([A-Za-z_]+)\s*\(")


def paths(statement: Statement) -> Iterator[str]:
    """What a statement cannot do without: columns of its row, and `table.column` elsewhere."""
    for name in ("after", "before", "under", "of"):
        value = statement.get(name)
        if isinstance(value, str) and statement.get("lens") != "formula":
            yield value
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield from map(str, value)
    if statement.get("lens") == "formula":
        yield from formula_paths(str(statement["of"]))


def formula_paths(formula: str) -> Iterator[str]:
    """Columns that a formula names."""
    plain = _TEXT.sub("0", formula)
    calls = {match.start(1) for match in _CALL.finditer(plain)}
    words = {"and", "or", "not", "true", "false", "by"}
    for match in _PATH.finditer(plain):
        before = plain[: match.start()][-1:]
        if match.start() not in calls and match[0] not in words and not before.isalnum():
            yield match[0]


_BANDED = re.compile(r"\{\s*([A-Za-z][\w.]*)\s*:")


def banded_paths(template: str) -> list[str]:
    """Columns whose labels or bands a template chooses by."""
    return _BANDED.findall(template)


def template_paths(template: str) -> list[str]:
    """Columns that a template names."""
    names = (name.strip() for name in _PIECE.findall(template))
    return [name for name in names if name not in ("~", "!")]
