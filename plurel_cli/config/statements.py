"""What a config states of single tables, keys and columns, laid over what holds everywhere.

A statement below `tables` is of every table that its name or pattern fits. Where several fit, the
exact name goes over any pattern, a longer pattern over a shorter, and of two as long the later one;
below a table, names of keys and columns likewise, after that of the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import reduce
from typing import TYPE_CHECKING, TypeVar

from plurel_cli.choices.choice import Fixed
from plurel_cli.config.connectivity import ConnectivityConfig
from plurel_cli.config.features import FeaturesConfig
from plurel_cli.config.names import natural_keys
from plurel_cli.config.override import merged
from plurel_cli.config.schema import RowsConfig, SchemaConfig
from plurel_cli.config.tables import ColumnConfig, KeyConfig, TableConfig
from plurel_cli.config.time import TimeConfig
from plurel_cli.schema.forms import forms

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
        self._is_natural = config.is_explicit and config.naming == "natural"
        self._whole = Settings(config.schema_, config.connectivity, config.time, config.features)
        self.base = _without_nulls(self._whole)
        self._tables: dict[str, Settings] = {}
        self._nullable: dict[str, Settings] = {}
        self._alone: dict[str, TableConfig] = {}

    @property
    def has_nulls(self) -> bool:
        """Whether some table, key or column can have nulls."""
        if self._whole.schema.nulls:
            return True
        for table in self._stated.values():
            for stated in (table, *table.keys.values(), *table.named_columns.values()):
                if stated.of_schema("nulls"):
                    return True
        return False

    def form(self, table: str, parent: str, position: int) -> str | None:
        """The form that is stated of a foreign key; none where none is that it can have.

        Parameters
        ----------
        table, parent
            Its table, and the one it refers to.
        position
            Its place among the foreign keys of the table.

        Returns
        -------
        str or None
            The name of the form, by the most exact statement.
        """
        column = f"foreign_row_{position}"
        for stated in reversed(self.keys_of(table, column, parent, position)):
            if stated.form is not None:
                form = forms[stated.form].function
                if form.to_self == (table == parent) and (position == 0 or not form.first_only):
                    return stated.form
        return None

    def of(self, table: str) -> list[TableConfig]:
        """What is stated of a table, the least exact first."""
        return fitting(self._stated, table)

    def table(self, table: str) -> TableConfig:
        """What is stated of a table itself, as one: its rows, forms and counts."""
        if table not in self._alone:
            stated: dict[str, object] = {}
            for one in self.of(table):
                by_name = {"columns"} if one.named_columns else set()
                stated |= {k: value for k, value in one.stated.items() if k not in by_name}
            self._alone[table] = TableConfig().model_copy(update=stated)
        return self._alone[table]

    def for_table(self, table: str) -> Settings:
        """The settings of a table."""
        if table not in self._nullable:
            self._nullable[table] = _without_nulls(self._for_table(table))
        return self._nullable[table]

    def for_key(self, table: str, column: str, parent: str, position: int) -> Settings:
        """The settings of a foreign key.

        Parameters
        ----------
        table, column
            Its table and column.
        parent
            The table that it refers to.
        position
            Its place among the foreign keys of the table.

        Returns
        -------
        Settings
            Those of the table, and laid over them what is stated of the key.
        """
        stated = self.keys_of(table, column, parent, position)
        return _without_nulls(reduce(_laid_over, stated, self._for_table(table)))

    def for_column(self, table: str, column: str) -> Settings:
        """The settings of a feature column.

        Parameters
        ----------
        table, column
            The table, and the name of the column.

        Returns
        -------
        Settings
            Those of the table, and laid over them what is stated of the column.
        """
        stated = self.columns_of(table, column)
        return _without_nulls(reduce(_laid_over, stated, self._for_table(table)))

    def keys_of(self, table: str, column: str, parent: str, position: int) -> list[KeyConfig]:
        """What is stated of a foreign key.

        Parameters
        ----------
        table, column
            Its table and column.
        parent
            The table that it refers to.
        position
            Its place among the foreign keys of the table.

        Returns
        -------
        list of KeyConfig
            The least exact first.
        """
        stated: list[KeyConfig] = []
        for one in self.of(table):
            if one.parents is not None and position < len(one.parents):
                reference = one.parents[position]
                stated.append(KeyConfig(form=reference.form, connectivity=reference.connectivity))
            stated += fitting(one.keys, column, *self.key_names(table, parent, position))
        return stated

    def key_names(self, table: str, parent: str, position: int) -> tuple[str, ...]:
        """What a foreign key may be called in statements, besides its name in a database.

        Parameters
        ----------
        table, parent
            Its table, and the one that it refers to.
        position
            Its place among the foreign keys of the table.

        Returns
        -------
        tuple of str
            The name that is stated of it, if one is; the natural one, where names are natural; its
            number, and the table referred to.
        """
        names = [f"foreign_row_{position}", parent]
        references = self.table(table).parents or ()
        if position < len(references):
            if self._is_natural:
                names.insert(0, natural_keys(table, [r.table for r in references])[position])
            if (column := references[position].column) is not None:
                names.insert(0, column)
        return tuple(names)

    def columns_of(self, table: str, column: str) -> list[ColumnConfig]:
        """What is stated of a feature column.

        Parameters
        ----------
        table, column
            The table, and the name of the column.

        Returns
        -------
        list of ColumnConfig
            The least exact first.
        """
        return [stated for one in self.of(table) for stated in fitting(one.named_columns, column)]

    def has_columns(self, table: str) -> bool:
        """Whether something is stated of feature columns of a table."""
        return any(one.named_columns for one in self.of(table))

    def _for_table(self, table: str) -> Settings:
        """The settings of a table, with what makes nulls as it is stated."""
        if table not in self._tables:
            self._tables[table] = reduce(_laid_over, self.of(table), self._whole)
        return self._tables[table]


def _laid_over(settings: Settings, stated: TableConfig | KeyConfig | ColumnConfig) -> Settings:
    """Settings with what is stated of a thing laid over them."""
    return Settings(
        _named(merged(settings.schema, stated.in_schema), stated),
        merged(settings.connectivity, getattr(stated, "connectivity", None)),
        merged(settings.time, getattr(stated, "time", None)),
        merged(settings.features, stated.features),
    )


def _named(section: SchemaConfig, stated: TableConfig | KeyConfig | ColumnConfig) -> SchemaConfig:
    """Settings of stage 1 with those that are stated by their names alone."""
    changes: dict[str, object] = {
        name: value
        for name in ("nulls", "p_categorical", "categories")
        if (value := getattr(stated, name, None)) is not None
    }
    if isinstance(stated, TableConfig):
        if (rows := stated.rows) is not None:
            changes["rows"] = RowsConfig(entity=rows, activity=rows, event=rows)
        if stated.n_columns is not None:
            changes["columns"] = stated.n_columns
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
