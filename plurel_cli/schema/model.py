"""What a database is: tables, columns, keys, time, and how far it has been made.

These frozen models are the database's one description, in memory and, as `schema.json`, on disk.
A column is listed from the first stage on, with the stage that fills it. Each model's fields are
the fields of the file, in its order.
"""

from __future__ import annotations

from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from plurel_cli.config.names import is_table_name
from plurel_cli.schema.era import Era, known_until
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.forms import names as form_names
from plurel_cli.schema.record import Record
from plurel_cli.schema.sources import Sources
from plurel_cli.schema.stages import STAGES, StageName
from plurel_cli.schema.table import Table
from plurel_cli.schema.task import Task
from plurel_cli.schema.window import Window

if TYPE_CHECKING:
    import networkx as nx

FORMAT_VERSION = 2
"""Version of `schema.json`; a reader refuses a later one."""


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
    theme: str | None = Field(default=None, description="Theme of its names, if it has one.")
    places: tuple[str, ...] = Field(
        default=(), description="Regions of the world of its places; none for all."
    )
    tables: tuple[Table, ...] = Field(min_length=1, description="The tables.")
    eras: tuple[Era, ...] | None = Field(
        default=None, description="What it was each time before it grew, first to last."
    )
    tasks: tuple[Task, ...] | None = Field(
        default=None, description="Its tasks, where more was asked for than manifests of columns."
    )
    unsplit: tuple[tuple[str, str], ...] = Field(
        default=(),
        description="Columns, with their tables, that have no manifest, as some split of the rows "
        "has no value of them.",
    )
    config: dict[str, Any] = Field(description="Resolved config the database is drawn from.")
    sources: Sources | None = Field(
        default=None, description="Where settings of the config were stated, where that is known."
    )
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
            for fault in table.faults():
                raise ValueError(fault)
            self._check_references(table, set(names))
        self._check_acyclic()
        if (self.window is not None) != ("temporal" in self.stages):
            raise ValueError("window must be there from the temporal stage on, and not before")
        self._check_eras(set(names))
        return self

    def _check_references(self, table: Table, names: set[str]) -> None:
        for key in table.foreign_keys:
            place = f"table {table.name}, column {key.name}"
            if key.references not in names:
                raise ValueError(f"{place}: references no table of the database")
            is_own = key.references == table.name
            if is_own != key.to_self:
                fitting = " or ".join(form_names(to_self=is_own))
                target = "its own table" if is_own else "another table"
                raise ValueError(f"{place}: must be {fitting} to {target}")

    def _check_eras(self, names: set[str]) -> None:
        for era in self.eras or ():
            if self.window is None or era.rows.keys() != names:
                raise ValueError("eras must have the rows of every table, and a window")
        for table in self.tables:
            edges = self.edges_of(table)
            if edges[1] < 1 or list(edges) != sorted(edges):
                raise ValueError(f"eras must not have more rows than later ones: {table.name}")

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
    def former(self) -> Schema | None:
        """The database before it last grew; none if it never did."""
        if not self.eras or self.window is None:
            return None
        era = self.eras[-1]
        window = self.window.but(end=era.end)
        tables = tuple(
            known_until(table, self.window.end, era.end).but(rows=era.rows[table.name])
            for table in self.tables
        )
        return self.but(tables=tables, window=window, eras=self.eras[:-1] or None)

    def edges_of(self, table: Table) -> tuple[int, ...]:
        """Where the rows of each era of a table begin, and the number of its rows."""
        before = (era.rows[table.name] for era in self.eras or ())
        return (0, *before, table.rows)

    @cached_property
    def by_name(self) -> dict[str, Table]:
        """Tables by name."""
        return {table.name: table for table in self.tables}

    @cached_property
    def referring(self) -> dict[str, list[tuple[Table, ForeignKey]]]:
        """Foreign keys by the table they refer to, each with its own table, in order."""
        keys: dict[str, list[tuple[Table, ForeignKey]]] = {}
        for table in self.tables:
            for column in table.foreign_keys:
                keys.setdefault(column.references, []).append((table, column))
        return keys

    @property
    def edges(self) -> tuple[tuple[str, str, str], ...]:
        """(parent, child, foreign key column) of every reference."""
        return tuple(
            (column.references, table.name, column.name)
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
        return self.model_dump_json(indent=1, exclude_none=True) + "\n"
