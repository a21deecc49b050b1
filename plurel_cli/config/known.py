"""What is known of the tables of a config that states columns: the names that paths may lead to.

Where the layout is explicit that follows from the config; elsewhere only a drawn schema says it,
and makes the same records. A path is `column` or `key.column`; `time` stands for the time of the
row, whatever its column is called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from plurel_cli.config.names import NATURAL_TIME, natural_key, natural_keys
from plurel_cli.config.statements import fitting, is_pattern
from plurel_cli.config.table_times import may_have_times
from plurel_cli.config.wording import nearest
from plurel_cli.lenses import Lens
from plurel_cli.schema.column import PRIMARY_KEY, TIME_COLUMN

if TYPE_CHECKING:
    from plurel_cli.config.model import Config
    from plurel_cli.config.tables import ColumnConfig

TIME = "time"

Sort = Literal["primary key", "foreign key", "time", "column", "hidden variable"]


@dataclass(frozen=True)
class KnownColumn:
    """A column, or a hidden variable.

    Attributes
    ----------
    name
        What it is called.
    sort
        What it is.
    lens
        Its lens, if it has one.
    references
        Of a foreign key: the table referred to.
    place
        Where it, or its name, is stated; none where it is not.
    stated
        What is stated of it.
    """

    name: str
    sort: Sort
    lens: Lens | None = None
    references: str | None = None
    place: str | None = None
    stated: ColumnConfig | None = None

    @property
    def is_variable(self) -> bool:
        """Whether it can be a cause, and have some."""
        if self.sort == "column":
            return self.lens is None or self.lens.shows in ("number", "category")
        return self.sort == "hidden variable"

    @property
    def is_number(self) -> bool:
        """Whether its values can be counted with."""
        if self.sort == "hidden variable":
            return False
        if self.lens is None or self.lens.shows in ("number", "category", "formula"):
            return True
        return self.lens.type != "string"


@dataclass(frozen=True)
class KnownTable:
    """A table.

    Attributes
    ----------
    id, name
        What it is called below `tables`, and in paths.
    columns
        All that it has.
    model
        What fills its feature columns.
    rows
        How many rows it has at least.
    """

    id: str
    name: str
    columns: tuple[KnownColumn, ...]
    model: str
    rows: int

    @cached_property
    def by_name(self) -> Mapping[str, KnownColumn]:
        """What it has by name; of two of one name the first."""
        return {column.name: column for column in reversed(self.columns)}

    @cached_property
    def keys(self) -> tuple[KnownColumn, ...]:
        """Its foreign keys, in order."""
        return tuple(c for c in self.columns if c.sort == "foreign key")

    @cached_property
    def time(self) -> KnownColumn | None:
        """Its time column, if it can have one."""
        return next((c for c in self.columns if c.sort == "time"), None)

    @property
    def stated(self) -> Iterator[tuple[KnownColumn, ColumnConfig, str]]:
        """Columns and hidden variables that are stated, with what is stated, and where."""
        for column in self.columns:
            if column.stated is not None and column.place is not None:
                yield column, column.stated, column.place


Tables = Mapping[str, KnownTable]
"""Tables by the name that paths call them by."""


class NoWay(Exception):
    """A path that leads nowhere.

    Parameters
    ----------
    rule
        What it should have been.
    remedy
        What to do.
    """

    def __init__(self, rule: str, remedy: str) -> None:
        super().__init__(rule)
        self.rule, self.remedy = rule, remedy


@dataclass(frozen=True)
class KnownTarget:
    """What a path leads to: a column of a table, over a key if it is of another row."""

    table: KnownTable
    column: KnownColumn
    key: KnownColumn | None = None


def target_of(tables: Tables, table: KnownTable, path: str) -> KnownTarget:
    """What a path leads to.

    Parameters
    ----------
    tables
        All tables.
    table
        The one that the path is from.
    path
        The path.

    Returns
    -------
    KnownTarget

    Raises
    ------
    NoWay
        If it leads nowhere.
    """
    head, dot, name = path.partition(".")
    key = None
    if not dot:
        name = head
    else:
        key = key_of(table, head)
        assert key.references is not None  # noqa: S101 (it is a key)
        table = tables[key.references]
    column = table.by_name.get(name)
    if column is None and name == TIME:
        column = table.time
    if column is None:
        known = [c.name for c in table.columns]
        prefix = f"{head}." if dot else ""
        remedy = nearest(name, known).replace("did you mean ", f"did you mean {prefix}")
        if name == TIME and not dot:
            raise NoWay(f"is of rows that have no times: {table.name} has none", "")
        remedy = remedy or f"it has {', '.join(known[:20])}" + ", …" * (len(known) > 20)
        raise NoWay(f"names no column of {table.name}", remedy)
    return KnownTarget(table, column, key)


def key_of(table: KnownTable, name: str) -> KnownColumn:
    """The foreign key of a table by its name, or by that of the table referred to.

    Parameters
    ----------
    table
        The table.
    name
        What the key is called.

    Returns
    -------
    KnownColumn

    Raises
    ------
    NoWay
        If there is no such key.
    """
    for key in table.keys:
        if key.name == name:
            return key
    for key in table.keys:
        if name in (key.references, f"{key.references}_id"):
            return key
    known = [key.name for key in table.keys]
    otherwise = f"its keys are {', '.join(known)}" if known else "it has none"
    raise NoWay(f"names no foreign key of {table.name}", nearest(name, known, otherwise))


def new_columns(config: Config, table: str) -> dict[str, tuple[str, ColumnConfig]]:
    """Columns and hidden variables that a config makes in a table, each with where it is stated.

    Parameters
    ----------
    config
        The config.
    table
        The table, as it is called below `tables`.

    Returns
    -------
    dict
        By name, in the order in which they are stated.
    """
    columns: dict[str, tuple[str, ColumnConfig]] = {}
    for pattern in fitting({name: name for name in config.tables}, table):
        for name, stated in config.tables[pattern].named_columns.items():
            if stated.is_new and not is_pattern(name):
                columns[name] = (f"tables.{pattern}.columns.{name}", stated)
    return columns


def states_columns(config: Config) -> bool:
    """Whether a config makes columns or names of its own, so that there is something to see to."""
    return any(
        table.others is not None
        or table.primary_key is not None
        or table.time_column is not None
        or any(column.is_new for column in table.named_columns.values())
        or any(key.name is not None for key in table.keys.values())
        or any(parent.column is not None for parent in table.parents or ())
        for table in config.tables.values()
    )


def known_tables(config: Config) -> dict[str, KnownTable]:
    """The tables of a config whose layout is explicit."""
    parents = {
        name: [parent.table for parent in config.tables[name].parents or ()]
        for name in config.table_names
    }
    referenced = {p for name, several in parents.items() for p in several if p != name}
    return {
        name: _known(
            config, name, several, is_timed=may_have_times(config, name, parents, referenced)
        )
        for name, several in parents.items()
    }


def _known(config: Config, name: str, parents: list[str], *, is_timed: bool) -> KnownTable:
    stated, settings = config.table(name), config.for_table(name)
    is_natural = config.naming == "natural"
    columns = [
        KnownColumn(
            stated.primary_key or (natural_key(name) if is_natural else PRIMARY_KEY),
            "primary key",
            place=place_of(config, name, "primary_key"),
        )
    ]
    for (called, place), parent in zip(called_keys(config, name), parents, strict=True):
        columns.append(KnownColumn(called, "foreign key", references=parent, place=place))
    if is_timed:
        called = stated.time_column or (NATURAL_TIME if is_natural else TIME_COLUMN)
        place = place_of(config, name, "time_column")
        columns.append(KnownColumn(called, "time", place=place))
    new = new_columns(config, name)
    most = (stated.others or settings.schema.columns).bounds[1]
    if settings.features.model == "none" or (new and stated.others is None):
        most = 0
    columns += [KnownColumn(f"feature_{k}", "column") for k in range(most)]
    for column, (place, one) in new.items():
        sort: Sort = "column" if one.lens is not None else "hidden variable"
        columns.append(KnownColumn(column, sort, one.lens, None, place, one))
    rows = stated.rows.bounds[0] if stated.rows is not None else 1
    return KnownTable(name, name, tuple(columns), settings.features.model, rows)


def place_of(config: Config, table: str, setting: str) -> str | None:
    """Where a setting of a table is stated, if it is.

    Parameters
    ----------
    config
        The config.
    table
        The table.
    setting
        Its name.

    Returns
    -------
    str or None
        The path of the setting.
    """
    several = fitting({name: name for name in config.tables}, table)
    places = [p for p in several if getattr(config.tables[p], setting) is not None]
    return f"tables.{places[-1]}.{setting}" if places else None


def called_keys(config: Config, table: str) -> list[tuple[str, str | None]]:
    """What the foreign keys of a table of an explicit layout are called, and where that is stated.

    Parameters
    ----------
    config
        The config.
    table
        The table.

    Returns
    -------
    list
        A name and the path of a setting, or none, for each key.
    """
    parents = [parent.table for parent in config.tables[table].parents or ()]
    names = natural_keys(table, parents)
    if config.naming != "natural":
        names = tuple(f"foreign_row_{k}" for k in range(len(parents)))
    return [
        key_name(config, table, name, parent, position)
        for position, (name, parent) in enumerate(zip(names, parents, strict=True))
    ]


def key_name(
    config: Config, table: str, name: str, parent: str, position: int
) -> tuple[str, str | None]:
    """What a foreign key is called, and where that is stated.

    Parameters
    ----------
    config
        The config.
    table
        The table, as it is called below `tables`.
    name
        What the key is called where nothing is stated.
    parent
        The table that it refers to.
    position
        Its place among the keys of the table.

    Returns
    -------
    tuple
        The name, and the path of the setting; none where it is not stated.
    """
    place = None
    patterns = fitting({pattern: pattern for pattern in config.tables}, table)
    for pattern in patterns:
        parents = config.tables[pattern].parents or ()
        column = parents[position].column if position < len(parents) else None
        if column is not None:
            name, place = column, f"tables.{pattern}.parents[{position}].column"
    first = name
    for pattern in patterns:
        keys = config.tables[pattern].keys
        names = config.statements.key_names(table, parent, position)
        for key in fitting({k: k for k in keys}, first, *names):
            if (column := keys[key].name) is not None:
                name, place = column, f"tables.{pattern}.keys.{key}.name"
    return name, place
