"""Settings of stage 1: which tables there are, how they refer to each other, how large they are."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from plurel_cli.choices.choice import Choice, Fixed, IntegerRange, OneOf, RealRange
from plurel_cli.choices.kinds import Integers, Names, Reals
from plurel_cli.choices.section import Section
from plurel_cli.schema.layouts import layouts
from plurel_cli.themes.files import is_file
from plurel_cli.themes.names import theme_names

EXPLICIT = "explicit"
"""The layout whose tables and references are written out under `tables`."""


def _layout_names() -> tuple[str, ...]:
    return (*layouts.names(), EXPLICIT)


class ThemeNames(Names):
    """Themes of the package, and files of the user's own."""

    def value(self, raw: object) -> str:
        """A theme's name; a file is read only where a database draws it."""
        return raw if isinstance(raw, str) and is_file(raw) else super().value(raw)

    def describe(self) -> str:
        """What there is."""
        return f"{super().describe()}, or the path of a YAML file"

    def json_schema(self) -> dict[str, Any]:
        """The names, or a path."""
        return {"anyOf": [super().json_schema(), {"type": "string", "minLength": 1}]}


class RowsConfig(Section):
    """Rows of a table, by its kind."""

    entity: Annotated[Choice[int], Integers(ge=1)] = Field(
        default=IntegerRange(500, 1000),
        description="Rows of a table that another table refers to.",
    )
    activity: Annotated[Choice[int], Integers(ge=1)] = Field(
        default=IntegerRange(2000, 5000),
        description="Rows of a table that no other table refers to; these have a `date`.",
    )
    event: Annotated[Choice[int], Integers(ge=1)] = Field(
        default=IntegerRange(1000, 3000),
        description="Rows of an entity table that holds events.",
    )


LayoutSettings = Annotated[dict[str, dict[str, Choice[Any]]], layouts]


Probability = Annotated[Choice[float], Reals(ge=0, le=1)]


class FormsConfig(Section):
    """What some tables and references are besides the plain ones; each probability is drawn once
    a database.
    """

    p_timed: Probability = Field(
        default=Fixed(0.0), description="Probability that an entity table has a creation time."
    )
    p_event: Probability = Field(
        default=Fixed(0.0),
        description="Probability that an entity table holds events, such as orders or matches: "
        "its rows have times, and are mostly referred to soon after.",
    )
    p_repeated: Probability = Field(
        default=Fixed(0.0),
        description="Probability that a table refers to one of its parents twice, like flights "
        "to airports.",
    )
    p_self: Probability = Field(
        default=Fixed(0.0), description="Probability that a table refers to itself."
    )
    self_reference: Annotated[Choice[str], Names(("levels", "thread"))] = Field(
        default=Fixed("thread"),
        description="Which rows such a table refers to: with `thread`, any earlier row, like "
        "replies; with `levels`, a row of the level above, like employees.",
    )
    p_detail: Probability = Field(
        default=Fixed(0.0),
        description="Probability that a table contains details of a parent, like the lines of an "
        "order: each parent row draws how many, and they come with it or after it.",
    )
    p_owned: Probability = Field(
        default=Fixed(0.0),
        description="Probability that a table that refers to none with times contains details of "
        "one that it refers to, like the addresses of a person.",
    )
    p_one_to_one: Probability = Field(
        default=Fixed(0.0),
        description="Probability that a table has at most one row for each row of its first "
        "parent.",
    )
    one_to_one_share: Annotated[Choice[float], Reals(gt=0, le=1)] = Field(
        default=RealRange(0.3, 1.0), description="Share of those parent rows that have such a row."
    )
    p_junction: Probability = Field(
        default=Fixed(0.0),
        description="Probability that a table with two or more references contains no pair of "
        "rows of its first two parents twice.",
    )


class SchemaConfig(Section):
    """The directed acyclic graph of tables."""

    layout: Annotated[Choice[str], Names(_layout_names)] = Field(
        default=OneOf(("barabasi_albert", "reverse_random_tree", "watts_strogatz")),
        description="Family of random graphs for the schema, or `explicit` to use the tables "
        "under `tables`.",
    )
    layouts: LayoutSettings = Field(
        default_factory=lambda: layouts.settings({}),
        description="Parameters of each layout, by its name.",
    )
    tables: Annotated[Choice[int], Integers(ge=1, le=10_000)] = Field(
        default=IntegerRange(3, 20),
        description="Number of tables; not used with `explicit`.",
    )
    naming: Literal["plain", "natural", "themed"] | None = Field(
        default=None,
        description="What things are called: `plain` numbers tables and columns, `natural` keys "
        "say what they refer to, and `themed` ones are those of a trade, whose tables and columns "
        "a database is matched to; tables that are written out have no theme. By default natural "
        "where an explicit layout states the lens of some column, else plain.",
    )
    themes: Annotated[Choice[str], ThemeNames(theme_names)] | None = Field(
        default=None,
        description="Themes of which each database with themed names draws one: names, or paths of "
        "YAML files; all those of the package by default.",
    )
    max_parents: int | None = Field(
        default=None,
        ge=1,
        description="Largest number of references of one table; if there are more, random ones "
        "are dropped. `null` means no limit. The Relational Transformer reads at most 5.",
    )
    row_order: Annotated[Choice[str], Names(("cohort", "shuffled"))] = Field(
        default=Fixed("cohort"),
        description="Order of the rows of a table without times: with `cohort`, those that are "
        "referred to by the same rows lie together; with `shuffled`, anywhere.",
    )
    p_sorted: Probability = Field(
        default=Fixed(0.0),
        description="Probability that rows of one time, or all rows of a table without times, lie "
        "in the order of one of the table's references, as after a sorted load.",
    )
    forms: FormsConfig = Field(
        default_factory=FormsConfig, description="Special forms of tables and references."
    )
    rows: RowsConfig = Field(default_factory=RowsConfig, description="Row counts by kind of table.")
    columns: Annotated[Choice[int], Integers(ge=0, le=10_000)] = Field(
        default=IntegerRange(3, 40, inverse=True),
        description="Number of feature columns of a table. With `p: inverse`, k columns are "
        "1/k times as likely as one.",
    )
    p_categorical: Probability = Field(
        default=Fixed(0.5),
        description="Probability that a feature column is categorical; the others are numerical.",
    )
    categories: Annotated[Choice[int], Integers(ge=2, le=10_000)] = Field(
        default=IntegerRange(2, 10),
        description="Number of categories of a categorical feature column.",
    )
    nulls: bool = Field(
        default=True,
        description="Whether there can be nulls. If false, no feature column and no foreign key "
        "has any, whatever other settings say, but for the first rows of self-references and what "
        "is copied by way of them.",
    )
    narrowed: bool = Field(
        default=False,
        description="Whether each database first draws a range of `p_categorical` and a range "
        "of `categories` for its tables and columns, so that databases differ more than the "
        "tables within one.",
    )
