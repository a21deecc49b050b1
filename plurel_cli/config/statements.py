"""What a config states of single tables, keys and columns, laid over what holds everywhere.

A statement below `tables` is of every table that its name or pattern fits. Where several fit, the
exact name goes over any pattern, a longer pattern over a shorter, and of two as long the later one;
below a table, names of keys and columns likewise, after that of the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeVar

from plurel_cli.choices.choice import Fixed
from plurel_cli.config.connectivity import ConnectivityConfig
from plurel_cli.config.features import FeaturesConfig
from plurel_cli.config.override import merged
from plurel_cli.config.schema import RowsConfig, SchemaConfig
from plurel_cli.config.tables import ColumnConfig, KeyConfig, TableConfig
from plurel_cli.config.time import TimeConfig

if TYPE_CHECKING:
    from plurel_cli.config.model import Config

T = TypeVar("T")

_WILD = frozenset("*?")


def is_pattern(name: str) -> bool:
    """Whether a name stands for all that it fits, `*` for any letters and `?` for one.

    Examples
    --------
    >>> is_pattern("table_*"), is_pattern("table_1")
    (True, False)
    """
    return not _WILD.isdisjoint(name)


def _fits(name: str, names: Iterable[str]) -> bool:
    """Whether one of some names is this one, or fits it as a pattern."""
    if not is_pattern(name):
        return name in names
    escaped = name.replace("[", "[[]")
    return any(fnmatchcase(other, escaped) for other in names)


def fitting(stated: Mapping[str, T], *names: str) -> list[T]:
    """What is stated of a thing by its names, the least exact first.

    Parameters
    ----------
    stated
        What is stated, by name or pattern.
    names
        What the thing is called; an earlier name is more exact than a later one.

    Returns
    -------
    list
        Each is to be laid over those before it.

    Examples
    --------
    >>> fitting({"b": 1, "*": 2, "b?": 3}, "b")
    [2, 1]
    """
    ranked = [
        (not is_pattern(name), -names.index(name) if name in names else len(name), place, value)
        for place, (name, value) in enumerate(stated.items())
        if _fits(name, names)
    ]
    return [value for *_, value in sorted(ranked, key=lambda entry: entry[:3])]


@dataclass(frozen=True)
class Settings:
    """The sections of a config as they are for one table, key or column.

    Attributes
    ----------
    schema
        Stage 1: the rows of the table are the same for every kind of it, where they are stated.
    connectivity
        Stage 2.
    time
        Stage 3.
    features
        What fills feature columns.
    """

    schema: SchemaConfig
    connectivity: ConnectivityConfig
    time: TimeConfig
    features: FeaturesConfig


class Statements:
    """What a config states, resolved when it is first asked for.

    Parameters
    ----------
    config
        The config.
    """

    def __init__(self, config: Config) -> None:
        self._stated = config.tables
        stated = Settings(config.schema_, config.connectivity, config.time, config.features)
        self.base = _without_nulls(stated)
        self._tables: dict[str, Settings] = {}
        self._alone: dict[str, TableConfig] = {}

    def of(self, table: str) -> list[TableConfig]:
        """What is stated of a table, the least exact first."""
        return fitting(self._stated, table)

    def table(self, table: str) -> TableConfig:
        """What is stated of a table itself, as one: its rows, forms and counts."""
        if table not in self._alone:
            stated: dict[str, object] = {}
            for its in self.of(table):
                by_name = {"columns"} if its.named_columns else set()
                stated |= {k: value for k, value in its.stated.items() if k not in by_name}
            self._alone[table] = TableConfig().model_copy(update=stated)
        return self._alone[table]

    def for_table(self, table: str) -> Settings:
        """The settings of a table."""
        if table not in self._tables:
            settings = self.base
            for its in self.of(table):
                settings = Settings(
                    _of_schema(settings.schema, its),
                    merged(settings.connectivity, its.connectivity),
                    merged(settings.time, its.time),
                    merged(settings.features, its.features),
                )
            self._tables[table] = _without_nulls(settings)
        return self._tables[table]

    def for_key(self, table: str, column: str, parent: str, position: int) -> Settings:
        """The settings of a foreign key, by its column, the table it refers to and its position."""
        settings = self.for_table(table)
        for stated in self.keys_of(table, column, parent, position):
            settings = replace(
                settings,
                connectivity=merged(settings.connectivity, stated.connectivity),
                features=merged(settings.features, stated.features),
            )
        return _without_nulls(settings)

    def for_column(self, table: str, column: str) -> Settings:
        """The settings of a feature column."""
        settings = self.for_table(table)
        for stated in self.columns_of(table, column):
            settings = replace(
                settings,
                schema=_of_schema(settings.schema, stated),
                features=merged(settings.features, stated.features),
            )
        return _without_nulls(settings)

    def keys_of(self, table: str, column: str, parent: str, position: int) -> list[KeyConfig]:
        """What is stated of a foreign key, the least exact first."""
        found: list[KeyConfig] = []
        for its in self.of(table):
            if its.parents is not None and position < len(its.parents):
                found.append(KeyConfig(connectivity=its.parents[position].connectivity))
            found += fitting(its.keys, column, parent)
        return found

    def columns_of(self, table: str, column: str) -> list[ColumnConfig]:
        """What is stated of a feature column, the least exact first."""
        return [stated for its in self.of(table) for stated in fitting(its.named_columns, column)]


def _of_schema(section: SchemaConfig, stated: TableConfig | ColumnConfig) -> SchemaConfig:
    """Settings of stage 1 with what is stated of a table or column."""
    changes: dict[str, object] = {}
    if isinstance(stated, TableConfig):
        if (rows := stated.rows) is not None:
            changes["rows"] = RowsConfig(entity=rows, activity=rows, event=rows)
        if stated.n_columns is not None:
            changes["columns"] = stated.n_columns
        if stated.nulls is not None:
            changes["nulls"] = stated.nulls
    for name in ("p_categorical", "categories"):
        if getattr(stated, name) is not None:
            changes[name] = getattr(stated, name)
    return section.model_copy(update=changes) if changes else section


def _without_nulls(settings: Settings) -> Settings:
    """The settings with all that makes nulls off, where there can be none."""
    if settings.schema.nulls:
        return settings
    scm, never = settings.features.scm, Fixed(0.0)
    missing = scm.missing.model_copy(update={"p_column": never})
    scm = scm.model_copy(update={"nulls": never, "missing": missing})
    return replace(
        settings,
        connectivity=settings.connectivity.model_copy(update={"p_nullable": never}),
        features=settings.features.model_copy(update={"scm": scm}),
    )
