"""A theme, read from its file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from plurel_cli.errors import UsageError
from plurel_cli.themes.names import ROOT, theme_names

SELF = "self"

ROLES = (
    *("person", "organisation", "place", "product", "document", "event", "detail", "history"),
    *("junction", "category", "asset", "group"),
)
"""What tables can be."""

ADDED = ("detail", "history")
"""What tables are whose rows come with those of another."""

SIZES = ("small", "medium", "large")
"""How many rows tables have, beside the others of their database."""

_BRACKETS = re.compile(r"\[(\w+)\]")


@dataclass(frozen=True)
class Archetype:
    """A table of a theme.

    Attributes
    ----------
    name
        Its name in the singular, in words joined by `_`.
    role
        What it is.
    also, plural, short
        Other names of it, its irregular plural, its abbreviation.
    parents
        Tables that it plausibly refers to, the most natural first, each with words for the key;
        one in brackets stands for any table of a role.
    detail_of
        The table whose rows its own come with.
    rows
        Its size class, if it has one: `small`, `medium` or `large`.
    one_to_one
        Whether it has at most a row for each row of its first parent.
    times
        Words for its time column.
    columns
        Its columns, each as a config would state it.
    """

    name: str
    role: str
    also: tuple[str, ...] = ()
    plural: str | None = None
    short: str | None = None
    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    detail_of: str | None = None
    rows: str | None = None
    one_to_one: bool = False
    times: tuple[str, ...] = ()
    columns: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def comes_with(self) -> str | None:
        """The table without whose rows it has none, if that is so: orders have lines."""
        if self.role not in ADDED or self.detail_of is not None:
            return self.detail_of
        return next(iter(self.parents), None)

    @property
    def is_hierarchy(self) -> bool:
        """Whether its rows refer to rows of its own."""
        return self.name in self.parents


@dataclass(frozen=True, eq=False)
class Theme:
    """The tables of a trade.

    Attributes
    ----------
    name
        Its name.
    about
        What it is, in a sentence.
    places
        Regions of the world that its cities lie in; none for all.
    tables
        Its tables, by name.
    """

    name: str
    about: str
    places: tuple[str, ...]
    tables: Mapping[str, Archetype]

    @cached_property
    def above(self) -> Mapping[str, frozenset[str]]:
        """Tables that each one refers to, itself or through others."""
        result: dict[str, frozenset[str]] = {}

        def visit(name: str, path: frozenset[str]) -> frozenset[str]:
            if name in result:
                return result[name]
            several: set[str] = set()
            for parent in self.tables[name].parents:
                if parent in self.tables and parent not in path:
                    several |= {parent, *visit(parent, path | {parent})}
            result[name] = frozenset(several - {name})
            return result[name]

        for name in self.tables:
            visit(name, frozenset({name}))
        return result

    @cached_property
    def popularity(self) -> Mapping[str, int]:
        """How many tables refer to each."""
        n = dict.fromkeys(self.tables, 0)
        for table in self.tables.values():
            for parent in table.parents:
                if parent in n and parent != table.name:
                    n[parent] += 1
        return n

    @cached_property
    def details(self) -> Mapping[str, int]:
        """How many tables hold the details of each, or how its rows came on."""
        n = dict.fromkeys(self.tables, 0)
        for table in self.tables.values():
            of = table.comes_with
            if of in n:
                n[of] += 1
        return n

    @cached_property
    def ranks(self) -> Mapping[tuple[str, str], int]:
        """Which of those that a table names as parents another is, from 0, the most natural."""
        return {
            (table.name, parent): k
            for table in self.tables.values()
            for parent in self.tables
            for k, wanted in reversed([*enumerate(table.parents)])
            if self.fits(parent, wanted)
        }

    def fits(self, parent: str, wanted: str) -> bool:
        """Whether a table is what another names as a parent.

        Parameters
        ----------
        parent
            A table of the theme.
        wanted
            What is named: a table, or in brackets a role.

        Returns
        -------
        bool
        """
        role = _BRACKETS.fullmatch(wanted)
        return self.tables[parent].role == role[1] if role else parent == wanted


def _several(raw: Any) -> tuple[str, ...]:
    if raw is None:
        return ()
    return (raw,) if isinstance(raw, str) else tuple(map(str, raw))


def read_raw(path: Path) -> Any:
    """Plain data of a file."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 (a safe one)


@cache
def shared_columns(name: str) -> Mapping[str, Mapping[str, Any]]:
    """Columns of an archetype that several themes share."""
    raw = read_raw(ROOT / "archetypes" / f"{name}.yaml")
    columns: Mapping[str, Mapping[str, Any]] = raw["columns"]
    return columns


def _archetype(name: str, raw: Mapping[str, Any]) -> Archetype:
    columns = dict(raw.get("columns") or {})
    for shared in _several(raw.get("like")):
        # A table's own columns come first, and are the first to be chosen.
        columns |= {n: c for n, c in shared_columns(shared).items() if n not in columns}
    parents = {str(parent): _several(words) for parent, words in (raw.get("parents") or {}).items()}
    return Archetype(
        name=name,
        role=raw["role"],
        also=_several(raw.get("also")),
        plural=raw.get("plural"),
        short=raw.get("short"),
        parents=parents,
        detail_of=raw.get("detail_of"),
        rows=raw.get("rows"),
        one_to_one=bool(raw.get("one_to_one", False)),
        times=_several(raw.get("time")),
        columns=columns,
    )


def theme_of(name: str, raw: Mapping[str, Any]) -> Theme:
    """A theme.

    Parameters
    ----------
    name
        Its name.
    raw
        Plain data of its file.

    Returns
    -------
    Theme
    """
    return Theme(
        name=name,
        about=str(raw["about"]),
        places=_several(raw.get("places")),
        tables={table: _archetype(table, one) for table, one in raw["tables"].items()},
    )


@cache
def theme(name: str) -> Theme:
    """A theme of the package.

    Raises
    ------
    UsageError
        If there is none.
    """
    if name not in theme_names():
        raise UsageError("theme", f"must be a file or one of {', '.join(theme_names())}", name)
    return theme_of(name, read_raw(ROOT / f"{name}.yaml"))
