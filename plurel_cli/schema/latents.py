"""Hidden variables as tables of their own, for whoever writes or reads them.

A table with hidden variables has a shadow: a table of the same rows, with the primary key and a
column for each of them. It is no table of the schema, so that no reader of the database meets it.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from plurel_cli.schema.column import Column, ColumnType, PrimaryKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.stages import StageName
from plurel_cli.schema.table import Table

LATENTS_FOLDER = "latents"


class HiddenColumn(Column):
    """A hidden variable, as it is carried."""

    role: Literal["hidden"] = Field(default="hidden", description="What the column is for.")
    type: ColumnType = Field(default="float32", description="Type in the Parquet file.")
    stage: StageName = Field(default="features", description="Stage that fills it.")
    of: str = Field(description="The table whose rows have it.")
    held: float | None = Field(default=None, description="What an intervention holds it at.")

    stages: ClassVar[tuple[StageName, ...]] = ("features",)

    @property
    def types(self) -> tuple[str, tuple[ColumnType, ...]]:
        """Numbers, as the causal engine has them."""
        return self.role, ("float32",)


def shadow_of(table: Table) -> Table:
    """The hidden variables of a table as a table, named `latents/<table>`."""
    key = next(column for column in table.columns if isinstance(column, PrimaryKey))
    hidden = (HiddenColumn(name=h.name, of=table.name, held=h.held) for h in table.hidden)
    return table.but(
        name=f"{LATENTS_FOLDER}/{table.name}",
        columns=(key, *hidden),
        hidden=(),
        unique=None,
        arrivals=None,
        causal=None,
    )


def shadows(schema: Schema) -> tuple[Table, ...]:
    """The shadow of every table that has one, once its variables are there."""
    return tuple(shadow_of(t) for t in schema.tables if t.hidden and t.causal is not None)
