"""What a database is: tables, columns, keys, time, and how far it has been made.

These frozen models are the database's one description, in memory and, as `schema.json`, on disk.
A column is listed from the first stage on, with the stage that fills it. Each model's fields are
the fields of the file, in its order.
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from plurel_cli.config.names import is_table_name
from plurel_cli.schema.arrivals import Arrivals, Profile
from plurel_cli.schema.causal import CausalGraph
from plurel_cli.schema.habits import Habits
from plurel_cli.schema.record import Record

if TYPE_CHECKING:
    import networkx as nx

FORMAT_VERSION = 1
"""Version of `schema.json`; a reader refuses a later one."""

StageName = Literal["schema", "fk", "temporal", "features"]

STAGES: tuple[StageName, ...] = ("schema", "fk", "temporal", "features")
"""The stages in their order; each one's columns come after the earlier ones'."""

ColumnType = Literal["int64", "int32", "float32", "string", "boolean", "datetime[ns]"]

_STAGES_BY_ROLE: dict[str, tuple[StageName, ...]] = {
    "primary_key": ("fk",),
    "foreign_key": ("fk",),
    "time": ("temporal",),
    "feature": STAGES[2:],
}

_TYPES_BY_ROLE: dict[str, tuple[ColumnType, ...]] = {
    "primary_key": ("int64",),
    "foreign_key": ("int64",),
    "time": ("datetime[ns]",),
    "numerical": ("float32",),
    "categorical": ("int32", "string", "boolean"),
}

Form = Literal["many", "one_to_one", "thread", "levels"]
"""What a foreign key is: any number of children a parent, one at most, or one to its own table,
to any earlier row or to a row of the level above."""

SELF_FORMS = ("thread", "levels")

PRIMARY_KEY = "row_idx"
TIME_COLUMN = "date"


class BlockLevel(Record):
    """One level of a block model."""

    parent_clusters: int = Field(ge=1, description="Clusters the parent's rows are split into.")
    child_clusters: int = Field(ge=1, description="Clusters the child's rows are split into.")
    p: tuple[tuple[float, ...], ...] = Field(
        description="Score of each parent cluster (rows) with each child cluster (columns)."
    )

    @model_validator(mode="after")
    def _shape(self) -> BlockLevel:
        rows, columns = self.parent_clusters, self.child_clusters
        if len(self.p) != rows or any(len(row) != columns for row in self.p):
            raise ValueError(f"p must be a {rows} × {columns} matrix")
        if not all(0 <= score <= 1 for row in self.p for score in row):
            raise ValueError("p must lie between 0 and 1")
        return self


class BlockModel(Record):
    """Hierarchical stochastic block model of one foreign key, coarsest level first."""

    levels: tuple[BlockLevel, ...] = Field(min_length=1, description="Coarsest level first.")

    @cached_property
    def parent_radices(self) -> tuple[int, ...]:
        """Parent clusters of each level."""
        return tuple(level.parent_clusters for level in self.levels)

    @cached_property
    def child_radices(self) -> tuple[int, ...]:
        """Child clusters of each level."""
        return tuple(level.child_clusters for level in self.levels)


class Column(Record):
    """One column of a table."""

    name: str = Field(description="Name in the Parquet file.")
    role: Literal["primary_key", "foreign_key", "time", "feature"] = Field(
        description="What the column is for."
    )
    type: ColumnType = Field(description="Type in the Parquet file.")
    stage: StageName = Field(description="Stage that fills it.")
    nullable: bool = Field(default=False, description="Whether it may hold nulls.")
    references: str | None = Field(
        default=None, description="Foreign keys: the table referred to, by its primary key."
    )
    ordinal: int | None = Field(
        default=None,
        description="Foreign keys: which one this is among the table's keys to the same parent. "
        "With the tables' ids, its permanent identity.",
    )
    form: Form | None = Field(
        default=None,
        description="Foreign keys other than `many`: `one_to_one`, or, to the same table, `thread` "
        "or `levels`.",
    )
    block_model: BlockModel | None = Field(
        default=None,
        description="Foreign keys to many, from the `fk` stage on: the blocks it was drawn from.",
    )
    habits: Habits | None = Field(
        default=None,
        description="Foreign keys, from the `fk` stage on: what it was drawn from besides the "
        "blocks; none where these are all.",
    )
    kind: Literal["categorical", "numerical"] | None = Field(
        default=None, description="Features: kind of variable."
    )
    categories: int | None = Field(
        default=None, ge=1, description="Categorical features: number of categories."
    )
    held: float | None = Field(
        default=None,
        allow_inf_nan=False,
        description="Features: what an intervention holds it at in every row, as it is written; a "
        "category by its number.",
    )


class Table(Record):
    """One table."""

    name: str = Field(description="Name, and stem of its Parquet file.")
    id: str = Field(description="Permanent identity, part of the address of all its draws.")
    kind: Literal["entity", "activity"] = Field(
        description="`activity` where no other table refers to it, otherwise `entity`."
    )
    rows: int = Field(ge=1, description="Row count.")
    columns: tuple[Column, ...] = Field(description="Columns in the order of the file.")
    holds_events: bool | None = Field(
        default=None,
        description="Whether an entity table holds events, that are referred to soon after.",
    )
    unique: tuple[str, ...] | None = Field(
        default=None, description="Foreign keys of which no two rows hold the same together."
    )
    arrivals: Arrivals | None = Field(
        default=None,
        description="From the `temporal` stage on: what its times were drawn from; none where they "
        "are even, to the nanosecond.",
    )
    causal: CausalGraph | None = Field(
        default=None,
        description="From the `features` stage on, where `features.model` is `scm`: its causal "
        "model.",
    )

    @cached_property
    def primary_key(self) -> str:
        """Name of the primary key."""
        return next(c.name for c in self.columns if c.role == "primary_key")

    @cached_property
    def foreign_keys(self) -> tuple[Column, ...]:
        """Foreign key columns, in order."""
        return tuple(c for c in self.columns if c.role == "foreign_key")

    @cached_property
    def features(self) -> tuple[Column, ...]:
        """Feature columns, in order."""
        return tuple(c for c in self.columns if c.role == "feature")

    @cached_property
    def time_column(self) -> str | None:
        """Name of the time column, if there is one."""
        return next((c.name for c in self.columns if c.role == "time"), None)

    def filled(self, stages: tuple[StageName, ...]) -> tuple[Column, ...]:
        """Columns that these stages fill."""
        return tuple(c for c in self.columns if c.stage in stages)


class Window(Record):
    """The period of time that all activity tables share, in whole days."""

    start: dt.date = Field(description="First day; its midnight is the earliest time.")
    end: dt.date = Field(description="Last day; its midnight is the latest time.")
    val_timestamp: dt.date = Field(description="Start of the validation period.")
    test_timestamp: dt.date = Field(description="Start of the test period.")
    profile: Profile | None = Field(
        default=None, description="Week, day and year of all tables; none where they are flat."
    )

    @property
    def days(self) -> int:
        """Days from start to end, both counted."""
        return (self.end - self.start).days + 1


class Made(Record):
    """What made a database; no value depends on it but the last bits of features."""

    plurel: str = Field(description="Version of plurel.")
    python: str = Field(description="Version of Python.")
    numpy: str = Field(description="Version of numpy.")
    polars: str = Field(description="Version of Polars.")
    cpu: tuple[str, ...] = Field(description="Vector extensions of the CPU that numpy uses.")


class Schema(Record):
    """A whole database, without its rows."""

    format: Literal["plurel"] = Field(default="plurel", description="Marks the file as ours.")
    version: int = Field(default=FORMAT_VERSION, description="Version of this format.")
    seed: int = Field(ge=0, lt=1 << 64, description="Seed of the database.")
    stages: tuple[StageName, ...] = Field(description="Stages done, in order.")
    layout: str = Field(description="Family of the schema graph.")
    window: Window | None = Field(
        default=None, description="Window and splits, from the `temporal` stage on."
    )
    tables: tuple[Table, ...] = Field(min_length=1, description="The tables.")
    config: dict[str, Any] = Field(description="Resolved config the database is drawn from.")
    made: Made | None = Field(default=None, description="What made it.")

    @model_validator(mode="after")
    def _hangs_together(self) -> Schema:
        if self.stages != STAGES[: len(self.stages)] or not self.stages:
            raise ValueError("stages must be the first of " + ", ".join(STAGES))
        names = [table.name for table in self.tables]
        for name in names:
            if not is_table_name(name):
                raise ValueError(f"a table cannot be named {name!r}")
        if len({name.lower() for name in names}) < len(names):
            raise ValueError("two tables have the same name")
        for table in self.tables:
            self._check_columns(table)
        self._check_acyclic()
        if (self.window is not None) != ("temporal" in self.stages):
            raise ValueError("window must be there from the temporal stage on, and not before")
        return self

    def _check_columns(self, table: Table) -> None:
        columns = [column.name for column in table.columns]
        if len(set(columns)) < len(columns):
            raise ValueError(f"table {table.name}: two columns have the same name")
        if sum(column.role == "primary_key" for column in table.columns) != 1:
            raise ValueError(f"table {table.name}: must have one primary key")
        if sum(column.role == "time" for column in table.columns) > 1:
            raise ValueError(f"table {table.name}: must have at most one time column")
        names = {other.name for other in self.tables}
        for column in table.foreign_keys:
            place = f"table {table.name}, column {column.name}"
            if column.references not in names:
                raise ValueError(f"{place}: references no table of the database")
            if (column.references == table.name) != (column.form in SELF_FORMS):
                forms = " or ".join(SELF_FORMS)
                raise ValueError(f"{place}: must be {forms} to its own table, and only there")
        for column in table.columns:
            self._check_column(f"table {table.name}, column {column.name}", column)

    def _check_column(self, place: str, column: Column) -> None:
        if not is_table_name(column.name):
            raise ValueError(f"{place}: a column cannot have this name")
        role = column.kind if column.role == "feature" else column.role
        if role is None or column.type not in _TYPES_BY_ROLE[role]:
            raise ValueError(f"{place}: a {role or 'feature'} cannot be of type {column.type}")
        if column.stage not in _STAGES_BY_ROLE[column.role]:
            raise ValueError(f"{place}: a {column.role} cannot be filled by {column.stage}")
        if column.form is not None and column.role != "foreign_key":
            raise ValueError(f"{place}: only a foreign key has a form")
        if (role == "categorical") != (column.categories is not None):
            raise ValueError(f"{place}: must have categories if it is categorical, and only then")
        if column.held is not None:
            if column.role != "feature":
                raise ValueError(f"{place}: only a feature can be held")
            if column.categories is not None and column.held not in range(column.categories):
                raise ValueError(f"{place}: must be held at a category of its own")

    def _check_acyclic(self) -> None:
        graph = {
            table.name: {c.references for c in table.foreign_keys} - {table.name}
            for table in self.tables
        }
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            cycle = " → ".join(reversed(error.args[1]))
            raise ValueError(f"references must not form a cycle, but do: {cycle}") from None

    @cached_property
    def by_name(self) -> dict[str, Table]:
        """Tables by name."""
        return {table.name: table for table in self.tables}

    @cached_property
    def referring(self) -> dict[str, list[tuple[Table, Column]]]:
        """Foreign keys by the table they refer to, each with its own table, in order."""
        found: dict[str, list[tuple[Table, Column]]] = {}
        for table in self.tables:
            for column in table.foreign_keys:
                found.setdefault(str(column.references), []).append((table, column))
        return found

    @property
    def edges(self) -> tuple[tuple[str, str, str], ...]:
        """(parent, child, foreign key column) of every reference."""
        return tuple(
            (str(column.references), table.name, column.name)
            for table in self.tables
            for column in table.foreign_keys
        )

    def graph(self) -> nx.MultiDiGraph[str]:
        """The schema graph in networkx: an edge A → B for each foreign key of B into A."""
        import networkx as nx

        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for table in self.tables:
            graph.add_node(table.name, kind=table.kind, rows=table.rows)
        for parent, child, column in self.edges:
            graph.add_edge(parent, child, key=column)
        return graph

    def __repr__(self) -> str:
        size = f"{len(self.tables)} tables, {len(self.edges)} foreign keys"
        return f"Schema(seed {self.seed}: {self.layout}, {size}, stages {', '.join(self.stages)})"

    __str__ = __repr__

    def to_json(self) -> str:
        """The text of `schema.json`."""
        from pydantic_core import to_json  # with indents a tenth of the time of json's

        data = self.model_dump(mode="json", exclude_none=True)
        data["config"] = self.config
        return to_json(data, indent=1).decode() + "\n"
