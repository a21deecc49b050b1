"""Settings of stage 1: which tables there are, how they refer to each other, how large they are."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from plurel_cli.choice import Choice, Fixed, IntegerRange, Integers, Names, OneOf, Reals
from plurel_cli.config.section import Section
from plurel_cli.schema.layouts import layouts

EXPLICIT = "explicit"
"""The layout whose tables and references are written out under `tables`."""


def _layout_names() -> tuple[str, ...]:
    return (*layouts.names(), EXPLICIT)


class RowsConfig(Section):
    """Rows of a table, by its kind."""

    entity: Annotated[Choice[int], Integers(ge=1)] = Field(
        default=IntegerRange(500, 1000),
        description="Rows of a table that some other table refers to.",
    )
    activity: Annotated[Choice[int], Integers(ge=1)] = Field(
        default=IntegerRange(2000, 5000),
        description="Rows of a table that no other table refers to; these have a `date`.",
    )


LayoutSettings = Annotated[dict[str, dict[str, Choice[Any]]], layouts]


class SchemaConfig(Section):
    """The directed acyclic graph of tables."""

    layout: Annotated[Choice[str], Names(_layout_names)] = Field(
        default=OneOf(("barabasi_albert", "reverse_random_tree", "watts_strogatz")),
        description="Family of random graphs the tables form, or `explicit` for those of `tables`.",
    )
    layouts: LayoutSettings = Field(
        default_factory=lambda: layouts.settings({}),
        description="Parameters of each layout, by its name.",
    )
    tables: Annotated[Choice[int], Integers(ge=1, le=10_000)] = Field(
        default=IntegerRange(3, 20),
        description="Number of tables (not used by the explicit layout).",
    )
    max_parents: int | None = Field(
        default=None,
        ge=1,
        description="Most tables that one table may refer to; references beyond it are dropped at "
        "random. `null` for no limit. The Relational Transformer reads at most 5.",
    )
    rows: RowsConfig = Field(default_factory=RowsConfig, description="Row counts by kind of table.")
    columns: Annotated[Choice[int], Integers(ge=0, le=10_000)] = Field(
        default=IntegerRange(3, 40, inverse=True),
        description="Feature columns of a table; `p: inverse` makes k columns 1/k as likely as 1.",
    )
    p_categorical: Annotated[Choice[float], Reals(ge=0, le=1)] = Field(
        default=Fixed(0.5),
        description="Probability that a feature column is categorical; the others are numerical.",
    )
    categories: Annotated[Choice[int], Integers(ge=2, le=10_000)] = Field(
        default=IntegerRange(2, 10),
        description="Categories of a categorical feature column.",
    )
