"""Themes in files of users: read, and every problem in them told at once.

A file has `about`, a sentence, and `tables`, by name. What a column states beside its words is
checked by whoever knows what a config may state; here it only has to be a map with a lens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from plurel_cli.errors import Problem
from plurel_cli.themes.model import ROLES, SIZES

_WORDS = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")

_FIELDS = ("about", "places", "tables")

_TABLE_FIELDS = (
    *("role", "also", "plural", "short", "like", "rows", "parents", "detail_of", "one_to_one"),
    *("time", "columns"),
)


def is_file(name: str) -> bool:
    """Whether the name of a theme is that of a file of the user's own."""
    return name.endswith((".yaml", ".yml"))


def theme_problems(raw: object) -> Iterator[Problem]:
    """What is wrong with a theme, as far as that can be seen without its columns.

    Parameters
    ----------
    raw
        Plain data of its file.
    """
    if not isinstance(raw, Mapping):
        yield Problem("", "must be a map with about and tables", raw)
        return
    yield from _unknown(raw, _FIELDS, "")
    if not isinstance(raw.get("about"), str):
        yield Problem("about", "must be a sentence that says what it is", raw.get("about"))
    tables = raw.get("tables")
    if not isinstance(tables, Mapping) or not tables:
        yield Problem("tables", "must be a map of tables by name", tables)
        return
    for name, table in tables.items():
        place = f"tables.{name}"
        if not _WORDS.fullmatch(str(name)):
            yield Problem(place, "must have a name of small letters, words joined by _", name)
        if isinstance(table, Mapping):
            yield from (problem.under(place) for problem in _table_problems(table, tables))
        else:
            yield Problem(place, "must be a map", table)


def _unknown(raw: Mapping[Any, Any], fields: tuple[str, ...], place: str) -> Iterator[Problem]:
    for name in raw:
        if name not in fields:
            yield Problem(place, f"must have no fields but {', '.join(fields)}", name)


def _table_problems(table: Mapping[str, Any], tables: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _unknown(table, _TABLE_FIELDS, "")
    if table.get("role") not in ROLES:
        yield Problem("role", f"must be one of {', '.join(ROLES)}", table.get("role"))
    if table.get("rows") not in (None, *SIZES):
        yield Problem("rows", f"must be one of {', '.join(SIZES)}", table["rows"])
    parents = table.get("parents") or {}
    if not isinstance(parents, Mapping):
        yield Problem("parents", "must be a map from tables to words of their keys", parents)
        parents = {}
    roles = {f"[{role}]" for role in ROLES}
    for parent in (*parents, *filter(None, (table.get("detail_of"),))):
        if parent not in tables and parent not in roles:
            yield Problem("parents", "must be tables of the theme, or roles in brackets", parent)
    columns = table.get("columns") or {}
    if not isinstance(columns, Mapping):
        yield Problem("columns", "must be a map of columns by name", columns)
        return
    for name, column in columns.items():
        if not _WORDS.fullmatch(str(name)):
            yield Problem("columns", "must have names of small letters, words joined by _", name)
        elif not isinstance(column, Mapping) or not isinstance(column.get("lens"), str):
            yield Problem(f"columns.{name}", "must be a map with a lens", column)
