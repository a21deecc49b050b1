"""Settings of single tables: what differs from the rest, or, where the layout is explicit, all."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from plurel_cli.choices.choice import Choice
from plurel_cli.choices.kinds import Integers, Reals
from plurel_cli.choices.section import Section
from plurel_cli.config.connectivity import ConnectivityOverride


class ReferenceConfig(Section):
    """A foreign key of an explicit table."""

    table: str = Field(description="The table referred to; its own, for a self-reference.")
    form: Literal["many", "one_to_one", "thread", "levels"] | None = Field(
        default=None,
        description="`many` children a parent (default), `one_to_one` (first reference only), or, "
        "for a self-reference, `thread` (default) or `levels`; see `schema.forms`.",
    )
    connectivity: ConnectivityOverride | None = Field(
        default=None, description="Block model of this key alone."
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


class TableConfig(Section):
    """One table, by its name; in a random layout these are `table_0`, `table_1`, …"""

    parents: tuple[ReferenceConfig, ...] | None = Field(
        default=None,
        strict=False,
        description="Tables it refers to, in the order of its foreign keys: names, or maps with "
        "`table` and `connectivity`. A table may be named more than once. Explicit layout only.",
    )
    rows: Annotated[Choice[int], Integers(ge=1)] | None = Field(
        default=None, description="Row count, in place of `schema.rows`."
    )
    timed: bool | None = Field(
        default=None, description="Whether it has times, in place of `schema.forms.p_timed`."
    )
    events: bool | None = Field(
        default=None,
        description="Whether it holds events, in place of `schema.forms.p_event`; entity tables "
        "only.",
    )
    junction: bool | None = Field(
        default=None,
        description="Whether pairs of its first two parents are unique, in place of "
        "`schema.forms.p_junction`.",
    )
    columns: Annotated[Choice[int], Integers(ge=0, le=10_000)] | None = Field(
        default=None, description="Feature columns, in place of `schema.columns`."
    )
    p_categorical: Annotated[Choice[float], Reals(ge=0, le=1)] | None = Field(
        default=None, description="In place of `schema.p_categorical`."
    )
    categories: Annotated[Choice[int], Integers(ge=2, le=10_000)] | None = Field(
        default=None, description="In place of `schema.categories`."
    )
    connectivity: ConnectivityOverride | None = Field(
        default=None, description="Block models of this table's own foreign keys."
    )
