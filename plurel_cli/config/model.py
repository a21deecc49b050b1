"""The whole config: its sections, and the rules that no section can check alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from plurel_cli.choices.section import Section
from plurel_cli.config.connectivity import ConnectivityConfig
from plurel_cli.config.features import FeaturesConfig
from plurel_cli.config.names import unprintable
from plurel_cli.config.output import OutputConfig
from plurel_cli.config.schema import EXPLICIT, SchemaConfig
from plurel_cli.config.size_rules import size_problems
from plurel_cli.config.statements import Settings, Statements, is_pattern
from plurel_cli.config.table_rules import table_problems
from plurel_cli.config.tables import TableConfig
from plurel_cli.config.tasks import TasksConfig
from plurel_cli.config.time import FIRST_DAY, LAST_DAY, TimeConfig
from plurel_cli.errors import Problem
from plurel_cli.numerics.shares import floor_share
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.forms import form_of
from plurel_cli.schema.sources import Sources

_LONGEST_REPR = 200

TablesConfig = Annotated[dict[str, TableConfig], Field(default_factory=dict)]


class Config(Section):
    """Everything a database is drawn from, besides its seed.

    Examples
    --------
    >>> Config.model_validate({"schema": {"tables": 5}}).schema_.tables
    Fixed(value=5)
    """

    schema_: SchemaConfig = Field(
        default_factory=SchemaConfig, alias="schema", description="Stage 1: the tables."
    )
    tables: TablesConfig = Field(description="Single tables, by name.")
    connectivity: ConnectivityConfig = Field(
        default_factory=ConnectivityConfig, description="Stage 2: the foreign keys."
    )
    time: TimeConfig = Field(default_factory=TimeConfig, description="Stage 3: time.")
    features: FeaturesConfig = Field(
        default_factory=FeaturesConfig, description="What fills the feature columns."
    )
    tasks: TasksConfig = Field(default_factory=TasksConfig, description="What is asked of it.")
    output: OutputConfig = Field(default_factory=OutputConfig, description="What is written.")

    @classmethod
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
        """JSON Schema of a config as it is written, with what it extends."""
        schema = super().model_json_schema(*args, **options)
        name = {"type": "string", "minLength": 1}
        schema["properties"]["extends"] = {
            "description": "Presets, by name, or configs, by path, that this one is laid over.",
            "anyOf": [name, {"type": "array", "items": name}],
        }
        return schema

    @property
    def is_explicit(self) -> bool:
        """Whether the tables and their references are written out."""
        return self.schema_.layout.bounds[0] == EXPLICIT

    @property
    def naming(self) -> str:
        """What things are called; tables that are written out have no theme."""
        naming = self.schema_.naming
        if naming is not None and not (naming == "themed" and self.is_explicit):
            return naming
        columns = (c for table in self.tables.values() for c in table.named_columns.values())
        return "natural" if self.is_explicit and any(c.is_new for c in columns) else "plain"

    @model_validator(mode="after")
    def _sections_agree(self) -> Config:
        problems = [*table_problems(self), *self._time_problems(), *self._output_problems()]
        if not problems and self.tables:
            problems += [
                Problem(where, "must hold no control characters", value)
                for where, value in unprintable(self.resolved()["tables"], "tables")
            ]
        if problems := problems or list(size_problems(self)):
            summary = "; ".join(map(str, problems))
            raise PydanticCustomError(
                "choice", "{summary}", {"summary": summary, "problems": tuple(problems)}
            )
        return self

    def _time_problems(self) -> Iterator[Problem]:
        time, split = self.time, self.time.split
        for name, day in (("start", time.start), ("end", time.end)):
            if not FIRST_DAY <= day <= LAST_DAY:
                rule = f"must be from {FIRST_DAY} to {LAST_DAY}, which nanoseconds can tell"
                yield Problem(f"time.{name}", rule, day)
        if (days := (time.end - time.start).days) < time.min_days:
            rule = f"must leave at least {time.min_days} days (time.min_days) after time.start"
            yield Problem("time.end", f"{rule} ({time.start}), but leaves {max(days, 0)}", time.end)
        if not split.val < split.test:
            rule = f"must be below time.split.test ({time.split.test})"
            yield Problem("time.split.val", rule, time.split.val)
        elif len({floor_share(share, time.min_days) for share in (split.val, split.test)}) == 1:
            rule = f"val and test must fall on different days of a window of {time.min_days} days"
            yield Problem("time.split", rule, remedy="move them apart or raise time.min_days")

    def _output_problems(self) -> Iterator[Problem]:
        if self.output.latents and self.output.part_rows is not None:
            for key, table in self.tables.items():
                if "latents" in (key.lower(), str(table.name).lower()):
                    rule = "must not be a table's name where output.latents keeps such a folder"
                    yield Problem(f"tables.{key}", rule, "latents")
        if self.output.part_rows is not None and self.output.layout == "relbench":
            rule = "must be left out in the relbench layout, which is one file per table"
            yield Problem("output.part_rows", rule, self.output.part_rows)
        if self.output.time_unit != "ns" and self.output.layout == "relbench":
            rule = "must be ns in the relbench layout, whose readers count times in nanoseconds"
            yield Problem("output.time_unit", rule, self.output.time_unit)

    @property
    def table_names(self) -> tuple[str, ...]:
        """Names of the tables that something is stated of, patterns left out."""
        return tuple(name for name in self.tables if not is_pattern(name))

    @cached_property
    def statements(self) -> Statements:
        """What is stated of single tables, keys and columns."""
        return Statements(self)

    def table(self, name: str) -> TableConfig:
        """What is stated of a table itself: its rows, forms and counts."""
        return self.statements.table(name)

    def form(
        self, table: str, parent: str, position: int, otherwise: type[ForeignKey] | None = None
    ) -> type[ForeignKey]:
        """The form of a foreign key.

        Parameters
        ----------
        table, parent
            Its table, and the one it refers to.
        position
            Its place among the foreign keys of the table.
        otherwise
            The form where none is stated; by default the first that there is of such keys.

        Returns
        -------
        type of ForeignKey
            The record of such a key.
        """
        name = self.statements.form(table, parent, position)
        if name is None and otherwise is not None:
            return otherwise
        return form_of(name, to_self=table == parent)

    def for_table(self, name: str) -> Settings:
        """The sections as they are for one table."""
        return self.statements.for_table(name)

    def for_key(self, table: str, column: str, parent: str, position: int) -> Settings:
        """The sections as they are for one foreign key.

        Parameters
        ----------
        table, column
            The table that holds the key, and the name of its column.
        parent
            The table that it refers to.
        position
            Its place among the foreign keys of the table.

        Returns
        -------
        Settings
            Those of the table, and laid over them what is stated of the key.
        """
        return self.statements.for_key(table, column, parent, position)

    def for_column(self, table: str, column: str) -> Settings:
        """The sections as they are for one feature column.

        Parameters
        ----------
        table, column
            The table, and the name of the column.

        Returns
        -------
        Settings
            Those of the table, and laid over them what is stated of the column.
        """
        return self.statements.for_column(table, column)

    def __repr__(self) -> str:
        """What differs from the defaults, in a line."""
        stated = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        text = str(stated) if stated else ""
        return f"Config({text if len(text) <= _LONGEST_REPR else f'{text[:_LONGEST_REPR]}…'})"

    __str__ = __repr__

    @cached_property
    def sources(self) -> Sources | None:
        """Where its settings were stated, where that is known: no part of what it is equal to."""
        return None

    def with_sources(self, sources: Sources | None) -> Config:
        """An equal config with the record of where its settings were stated."""
        config = self.model_copy()
        config.__dict__["sources"] = sources  # as a cached property has it
        return config

    def resolved(self) -> dict[str, Any]:
        """The config as plain data, every default filled in."""
        return self.model_dump(mode="json", by_alias=True)
