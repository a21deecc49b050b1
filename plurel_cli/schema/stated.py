"""What is stated of the causes of columns, and variables that are no columns."""

from __future__ import annotations

from pydantic import Field

from plurel_cli.schema.record import Record


class StatedCause(Record):
    """A named variable that a column, or a hidden variable, depends on."""

    path: str = Field(description="The variable: of its row, or `key.variable` of another.")
    share: float = Field(gt=0, le=1, description="Share of the variance.")
    falls: bool = Field(default=False, description="Whether more of it means less.")
    mechanism: str = Field(description="How it acts.")


class StatedModel(Record):
    """How a variable comes about, as far as it is stated.

    What is left of the variance is drawn where budgets are, and else chance.
    """

    causes: tuple[StatedCause, ...] = Field(default=(), description="What it depends on.")
    noise: float = Field(default=0.0, ge=0, le=1, description="Share of chance.")
    rest: float = Field(default=0.0, ge=0, le=1, description="Share that is left.")


class HiddenVariable(Record):
    """A variable of a table's rows that is no column."""

    name: str = Field(description="Its name.")
    model: StatedModel = Field(description="How it comes about.")
    held: float | None = Field(
        default=None, allow_inf_nan=False, description="What an intervention holds it at."
    )
