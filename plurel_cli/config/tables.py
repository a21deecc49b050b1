"""Settings of single tables, keys and columns: what differs from the rest.

Below the name of a table stand the sections of the config again, and those settings of `schema`
that are of one table; below `keys` and `columns` the same for one foreign key or column. A name may
be a pattern, as in `"table_*"`. How they are laid over each other is told in `statements`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    Tag,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from plurel_cli.choices.choice import Choice
from plurel_cli.choices.kinds import Integers, Reals
from plurel_cli.choices.section import Section
from plurel_cli.config.causes import CauseConfig, causes_as_map, with_lens
from plurel_cli.config.connectivity import ConnectivityConfig
from plurel_cli.config.features import FeaturesConfig
from plurel_cli.config.override import Override, Partial, override_of
from plurel_cli.config.schema import SchemaConfig
from plurel_cli.config.scopes import Scope, names_within
from plurel_cli.config.time import TimeConfig
from plurel_cli.errors import Problem
from plurel_cli.lenses import AnyLens, lenses
from plurel_cli.lenses.formula import FormulaLens


def _override(section: type[Section], path: str, scope: Scope) -> Any:
    """What can be stated of a thing in the section at a path."""
    return override_of(section, names_within(path, scope))


_Schema: Any = _override(SchemaConfig, "schema", Scope.TABLE)
_Connectivity: Any = _override(ConnectivityConfig, "connectivity", Scope.KEY)
_Time: Any = _override(TimeConfig, "time", Scope.TABLE)
_Features: Any = _override(FeaturesConfig, "features", Scope.TABLE)
_KeySchema: Any = _override(SchemaConfig, "schema", Scope.KEY)
_KeyFeatures: Any = _override(FeaturesConfig, "features", Scope.KEY)
_ColumnSchema: Any = _override(SchemaConfig, "schema", Scope.COLUMN)
_ColumnFeatures: Any = _override(FeaturesConfig, "features", Scope.COLUMN)


class SchemaOverride(_Schema):  # type: ignore[misc]
    """Form, rows and columns of a table."""


class ConnectivityOverride(_Connectivity):  # type: ignore[misc]
    """Block models and habits of the keys of a table, or of one key."""


class TimeOverride(_Time):  # type: ignore[misc]
    """When the rows of a table come; the window is that of the database."""


class FeaturesOverride(_Features):  # type: ignore[misc]
    """What fills the feature columns of a table."""


class KeySchemaOverride(_KeySchema):  # type: ignore[misc]
    """Whether a key can be null."""


class KeyFeaturesOverride(_KeyFeatures):  # type: ignore[misc]
    """How the columns of a referenced row act."""


class ColumnSchemaOverride(_ColumnSchema):  # type: ignore[misc]
    """The kind of a column, and whether it can be null."""


class ColumnFeaturesOverride(_ColumnFeatures):  # type: ignore[misc]
    """What fills one feature column, and how it is written."""


Rows = Annotated[Choice[int], Integers(ge=1)]
Share = Annotated[Choice[float], Reals(ge=0, le=1)]
Categories = Annotated[Choice[int], Integers(ge=2, le=10_000)]
FormName = Literal["many", "detail", "one_to_one", "thread", "levels"]


class RatioConfig(Section):
    """How many rows a table has for each row of another."""

    to: str = Field(description="The other table, which must not hang on this one's rows.")
    mean: float = Field(gt=0, le=1e6, description="Rows for each row of it, on average.")


class NumbersConfig(Section):
    """What exports write in the place of a table's row numbers."""

    start: int = Field(default=0, ge=0, lt=2**52, description="Key of the first row.")
    step: int = Field(default=1, ge=1, le=10**6, description="From one row's to the next one's.")
    gaps: bool = Field(
        default=False,
        description="Whether each key lies anywhere in its step, and not at its beginning.",
    )


class ReferenceConfig(Section):
    """A foreign key of an explicit table."""

    table: str = Field(description="The table referred to; for a self-reference, the table itself.")
    column: str | None = Field(default=None, description="What the foreign key is called.")
    form: FormName | None = Field(
        default=None,
        description="`many` children per parent (default); `detail`, made by the parent, or "
        "`one_to_one` (first reference only); or for a self-reference `thread` (default) or "
        "`levels`; see `schema.forms`.",
    )
    connectivity: ConnectivityOverride | None = Field(
        default=None, description="Block model of this key alone; the same as below `keys`."
    )

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, raw: Any) -> Any:
        return {"table": raw} if isinstance(raw, str) else raw

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        described = handler.resolve_ref_schema(handler(core_schema))
        return {"anyOf": [{"type": "string"}, described]}


class _Stated(Partial):
    """What is stated of a thing: settings of sections, some of `schema` by their names alone."""

    @model_validator(mode="after")
    def _is_stated_once(self) -> Self:
        in_section = self.in_schema.stated if self.in_schema is not None else {}
        problems = tuple(
            Problem(name, "must be stated once, but is stated in schema as well")
            for name in in_section
            if name in self.stated
        )
        if problems:
            summary = "; ".join(map(str, problems))
            raise PydanticCustomError(
                "choice", "{summary}", {"summary": summary, "problems": problems}
            )
        return self

    @property
    def in_schema(self) -> Override | None:
        """What is stated in the section `schema`."""
        section: Override | None = getattr(self, "schema_", None)
        return section

    def of_schema(self, name: str) -> Any:
        """What is stated of a setting of `schema`, by its name alone or in the section."""
        if (value := getattr(self, name, None)) is not None:
            return value
        return self.in_schema and getattr(self.in_schema, name, None)


class KeyConfig(_Stated):
    """One foreign key of a table, by its column's name or that of the table it refers to."""

    name: str | None = Field(default=None, description="What the foreign key is called.")
    form: FormName | None = Field(
        default=None,
        description="The same as in `parents`; in a random layout, of those references that can "
        "have it.",
    )
    nulls: bool | None = Field(default=None, description="Whether it can be null.")
    schema_: KeySchemaOverride | None = Field(
        default=None, alias="schema", description="The same as `nulls`."
    )
    connectivity: ConnectivityOverride | None = Field(
        default=None, description="Its block model and habits."
    )
    features: KeyFeaturesOverride | None = Field(
        default=None, description="How the columns of the row referred to act."
    )


class ColumnConfig(_Stated):
    """One feature column of a table, by its name."""

    p_categorical: Share | None = Field(
        default=None,
        description="Instead of `schema.p_categorical`: 1 for a category, 0 for a number.",
    )
    categories: Categories | None = Field(
        default=None, description="Instead of `schema.categories`."
    )
    lens: AnyLens | None = Field(
        default=None,
        description="How it is seen: the name of a lens, whose settings stand beside it.",
    )
    hidden: bool | None = Field(
        default=None, description="Whether it is no column but a variable that others depend on."
    )
    causes: Annotated[dict[str, CauseConfig], BeforeValidator(causes_as_map)] = Field(
        default_factory=dict,
        description="What it depends on: columns and hidden variables of its row, and "
        "`key.column` of a row that it refers to; each with its share of the variance.",
    )
    noise: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Share of the variance that is chance, where causes are stated.",
    )
    tells_future: bool | None = Field(
        default=None, description="Whether it tells what is not known at the time of its row."
    )
    when: str | None = Field(
        default=None,
        description="In which rows it has a value, as a formula such as `status = 'paid'`; null "
        "where that does not hold.",
    )
    nulls: Annotated[float, Field(ge=0, le=1)] | bool | None = Field(
        default=None,
        description="Whether it can have nulls, instead of `schema.nulls`; or the share of rows "
        "in which it is null.",
    )
    schema_: ColumnSchemaOverride | None = Field(
        default=None, alias="schema", description="The same settings as by their names alone."
    )
    features: ColumnFeaturesOverride | None = Field(
        default=None, description="What fills it, and how it is written."
    )

    @field_validator("when")
    @classmethod
    def _is_condition(cls, when: str | None) -> str | None:
        if when is not None and not FormulaLens(of=when).is_truth:
            raise ValueError("must be true or false, as a comparison is")
        return when

    @model_validator(mode="before")
    @classmethod
    def _with_lens(cls, raw: Any) -> Any:
        return with_lens(raw, frozenset({*cls.model_fields, "schema"}))

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.hidden and self.lens is not None:
            raise ValueError("is hidden, and so has no lens")
        if self.noise is not None and not self.causes and not self.hidden:
            raise ValueError("noise is a share beside those of causes, and none are stated")
        stated = [abs(cause.share) for cause in self.causes.values() if cause.share is not None]
        whole = sum(stated) + (self.noise or 0.0)
        if whole > 1.0 + 1e-9:
            raise ValueError(
                f"shares of causes and noise must be at most 1 together, got {whole:g}"
            )
        if len(stated) < len(self.causes) and whole > 1.0 - 1e-9:
            raise ValueError("shares of causes and noise leave nothing to causes without a share")
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        described = handler.resolve_ref_schema(handler(core_schema))
        described["properties"]["lens"] = {
            "description": "How it is seen: a lens, whose settings stand beside it.",
            "enum": list(lenses.names()),
        }
        described["additionalProperties"] = True  # settings of the lens
        return described

    @property
    def is_new(self) -> bool:
        """Whether it makes a column or a hidden variable, and not only settings of one."""
        return self.lens is not None or bool(self.hidden)


COUNT, BY_NAME = "columns: a count", "columns: by name"
"""Parts that pydantic adds to the place of a fault in `columns`, and that no config has."""


def columns_form(raw: Any) -> str:
    """Whether columns are counted or named: a range or a weighted choice is a count."""
    is_map = isinstance(raw, dict) and not (raw and raw.keys() <= {"min", "max", "p", "choices"})
    return BY_NAME if is_map else COUNT


ColumnsConfig = Annotated[
    Annotated[Annotated[Choice[int], Integers(ge=0, le=10_000)], Tag(COUNT)]
    | Annotated[dict[str, ColumnConfig], Tag(BY_NAME)],
    Discriminator(columns_form),
]


class TableConfig(_Stated):
    """One table, by its name; in a random layout these are `table_0`, `table_1`, …"""

    parents: tuple[ReferenceConfig, ...] | None = Field(
        default=None,
        strict=False,
        description="Tables that it refers to, in the order of its foreign keys: names, or "
        "maps with `table` and `connectivity`. A table can be named more than once. Explicit "
        "layout only.",
    )
    rows: Rows | None = Field(default=None, description="Number of rows, instead of `schema.rows`.")
    ratio: RatioConfig | None = Field(
        default=None, description="In the place of `rows`: how many for each row of another table."
    )
    timed: bool | None = Field(
        default=None, description="Whether it has times, instead of `schema.forms.p_timed`."
    )
    events: bool | None = Field(
        default=None,
        description="Whether it holds events, instead of `schema.forms.p_event`; entity tables "
        "only.",
    )
    junction: bool | None = Field(
        default=None,
        description="Whether pairs of its first two parents are unique, instead of "
        "`schema.forms.p_junction`. If some rows have too few pairs by their time, one "
        "of the two keys, or both, do not keep to time.",
    )
    columns: ColumnsConfig | None = Field(
        default=None,
        description="Number of feature columns, instead of `schema.columns`; or settings of "
        "single columns, by name.",
    )
    others: Annotated[Choice[int], Integers(ge=0, le=10_000)] | None = Field(
        default=None, description="Columns that are drawn besides those that are stated."
    )
    name: str | None = Field(default=None, description="What it is called, in a random layout.")
    primary_key: str | None = Field(default=None, description="What its primary key is called.")
    key: NumbersConfig | None = Field(
        default=None, description="Keys that exports write; in files of plurel they are from 0."
    )
    time_column: str | None = Field(default=None, description="What its time column is called.")
    nulls: bool | None = Field(
        default=None,
        description="Whether it can have nulls, instead of `schema.nulls`; what "
        "is copied from another table may bring some.",
    )
    p_categorical: Share | None = Field(
        default=None, description="Instead of `schema.p_categorical`."
    )
    categories: Categories | None = Field(
        default=None, description="Instead of `schema.categories`."
    )
    schema_: SchemaOverride | None = Field(
        default=None, alias="schema", description="Its form, and what is above by names alone."
    )
    connectivity: ConnectivityOverride | None = Field(
        default=None, description="Block models and habits of this table's foreign keys."
    )
    time: TimeOverride | None = Field(default=None, description="When its rows come.")
    features: FeaturesOverride | None = Field(
        default=None, description="What fills its feature columns."
    )
    keys: dict[str, KeyConfig] = Field(
        default_factory=dict, description="Single foreign keys, by column or by parent."
    )

    @property
    def has_rows(self) -> bool:
        """Whether it says how many rows there are."""
        return self.rows is not None or self.ratio is not None

    @property
    def n_columns(self) -> Choice[int] | None:
        """How many feature columns, if that is stated."""
        return self.columns if isinstance(self.columns, Choice) else None

    @property
    def named_columns(self) -> dict[str, ColumnConfig]:
        """Settings of single columns."""
        return self.columns if isinstance(self.columns, dict) else {}
