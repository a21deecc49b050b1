"""A table: its rows, and its columns, each a record of what it is for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import core_schema

from plurel_cli.config.names import is_table_name
from plurel_cli.schema.arrivals import Arrivals
from plurel_cli.schema.causal import CausalGraph
from plurel_cli.schema.column import Attribute, Column, Feature, PrimaryKey, TimeColumn
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.forms import forms
from plurel_cli.schema.record import Record
from plurel_cli.schema.stages import StageName
from plurel_cli.schema.stated import HiddenVariable, StatedModel

TableSort = Literal["entity", "event", "detail", "junction"]


class AnyColumn:
    """Marks a field that holds a column of any kind: told by `role`, foreign keys by `form`.

    A feature without a `kind` of variable is an attribute.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        make = handler.generate_schema
        keys = {entry.name: make(entry.function) for entry in forms}
        roles = {
            "primary_key": make(PrimaryKey),
            "foreign_key": core_schema.tagged_union_schema(keys, "form"),
            "time": make(TimeColumn),
            "feature": make(Feature),
            _ATTRIBUTE: make(Attribute),
        }
        return core_schema.tagged_union_schema(
            roles,
            _tag,
            custom_error_type="role",
            custom_error_message="must have the role primary_key, foreign_key, time or feature",
        )


_ATTRIBUTE = "attribute"


def _tag(column: Any) -> Any:
    """Which record a column is, given as a record or as plain data."""
    if isinstance(column, Attribute):
        return _ATTRIBUTE
    if not isinstance(column, dict):
        return getattr(column, "role", None)
    is_attribute = column.get("role") == "feature" and "kind" not in column
    return _ATTRIBUTE if is_attribute else column.get("role")


class Table(Record):
    """One table."""

    name: str = Field(description="Name, and stem of its Parquet file.")
    id: str = Field(description="Permanent identity, part of the address of all its draws.")
    kind: Literal["entity", "activity"] = Field(
        description="`activity` where no other table refers to it, otherwise `entity`."
    )
    rows: int = Field(ge=1, description="Row count.")
    row_order: Literal["shuffled"] | None = Field(
        default=None,
        description="Where its rows do not lie by cohorts: in which order they lie instead.",
    )
    sorted_by: str | None = Field(
        default=None,
        description="From the `fk` stage on: the foreign key in whose order rows of one time lie, "
        "or all rows of a table without times.",
    )
    columns: tuple[Annotated[Column, AnyColumn()], ...] = Field(
        description="Columns in the order of the file."
    )
    holds_events: bool | None = Field(
        default=None,
        description="Whether an entity table holds events, that are referred to soon after.",
    )
    unique: tuple[str, ...] | None = Field(
        default=None, description="Foreign keys of which no two rows hold the same together."
    )
    hidden: tuple[HiddenVariable, ...] = Field(
        default=(), description="Variables that are no columns, and that are stated."
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
        return next(c.name for c in self.columns if isinstance(c, PrimaryKey))

    @cached_property
    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        """Foreign key columns, in order."""
        return tuple(c for c in self.columns if isinstance(c, ForeignKey))

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """Feature columns, in order."""
        return tuple(c for c in self.columns if isinstance(c, Feature))

    @cached_property
    def models(self) -> dict[str, StatedModel]:
        """What is stated of its columns and hidden variables, by name."""
        columns = {c.name: c.model for c in self.features if c.model is not None}
        return columns | {variable.name: variable.model for variable in self.hidden}

    @cached_property
    def by_column(self) -> dict[str, Column]:
        """Columns by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def attributes(self) -> tuple[Attribute, ...]:
        """Columns that are no variables, in order."""
        return tuple(c for c in self.columns if isinstance(c, Attribute))

    @cached_property
    def time_column(self) -> str | None:
        """Name of the time column, if there is one."""
        return next((c.name for c in self.columns if isinstance(c, TimeColumn)), None)

    @cached_property
    def contents(self) -> tuple[Feature | Attribute, ...]:
        """Features and attributes, in order: all columns but keys and time."""
        return tuple(c for c in self.columns if isinstance(c, Feature | Attribute))

    @property
    def sort(self) -> TableSort:
        """What it is to those who look at a diagram: a junction holds pairs, a detail is made by
        its parent, an event happens, and an entity is there.
        """
        if self.unique is not None and len(self.unique) > 1:
            return "junction"
        if self.foreign_keys and self.foreign_keys[0].draws_counts:
            return "detail"
        return "event" if self.kind == "activity" or self.holds_events else "entity"

    @property
    def unique_sets(self) -> tuple[tuple[str, ...], ...]:
        """Columns of which no two rows hold the same together; a single one by itself."""
        alone = ((c.name,) for c in self.contents if c.lens is not None and c.lens.unique)
        return (*((self.unique,) if self.unique else ()), *alone)

    def filled(self, stages: tuple[StageName, ...]) -> tuple[Column, ...]:
        """Columns that these stages fill."""
        return tuple(c for c in self.columns if c.stage in stages)

    def faults(self) -> Iterator[str]:
        """Rules that the table's columns break, each as a sentence."""
        names = [column.name for column in self.columns]
        if len(set(names)) < len(names):
            yield f"table {self.name}: two columns have the same name"
        if sum(isinstance(column, PrimaryKey) for column in self.columns) != 1:
            yield f"table {self.name}: must have one primary key"
        if sum(isinstance(column, TimeColumn) for column in self.columns) > 1:
            yield f"table {self.name}: must have at most one time column"
        for column in self.columns:
            place = f"table {self.name}, column {column.name}"
            if not is_table_name(column.name):
                yield f"{place}: a column cannot have this name"
            for fault in column.faults():
                yield f"{place}: {fault}"
