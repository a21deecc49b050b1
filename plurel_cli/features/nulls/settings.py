"""Settings of nulls that have a reason."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from plurel_cli.choices.choice import Choice, Fixed, OneOf
from plurel_cli.choices.kinds import Reals
from plurel_cli.choices.section import Section
from plurel_cli.features.nulls import null_reasons


class MissingConfig(Section):
    """Nulls that have a reason."""

    p_column: Annotated[Choice[float], Reals(ge=0, le=1)] = Field(
        default=Fixed(0.0),
        description="Probability that a column of either kind has nulls, drawn for the "
        "database; each table draws its own around it. At 0, `nulls` applies instead.",
    )
    rate: Annotated[Choice[float], Reals(gt=0, lt=1)] = Field(
        default=OneOf((0.01, 0.03, 0.1, 0.3, 0.6, 0.9)),
        description="Share of nulls in a column that has nulls.",
    )
    told: Annotated[Choice[float], Reals(ge=0, le=1)] = Field(
        default=Fixed(0.9),
        description="Probability that a column is null exactly where another variable of the "
        "row lies beyond a quantile, rather than at random. Drawn for each table.",
    )
    itself: Annotated[Choice[float], Reals(ge=0, le=1)] = Field(
        default=Fixed(0.0),
        description="Probability that this variable is the column itself, so that its high or "
        "low values are missing.",
    )
    begins: Annotated[Choice[float], Reals(ge=0, le=1)] = Field(
        default=Fixed(0.0),
        description="Probability that such a column, in a timed table, begins at a date: "
        "before it all values are null, and none after.",
    )
    reasons: dict[str, Annotated[Choice[float], Reals(ge=0, le=1)]] = Field(
        default_factory=dict,
        description="Probability of each further reason that another package brings, by its name; "
        "0 where it is not named.",
    )
    group: Annotated[Choice[float], Reals(ge=0, le=1)] = Field(
        default=Fixed(0.5),
        description="Probability that a column with nulls is null in the same rows as the "
        "previous column with nulls. Drawn for each table.",
    )

    @field_validator("reasons")
    @classmethod
    def _are_known(cls, value: dict[str, Choice[float]]) -> dict[str, Choice[float]]:
        named = {"random", *cls.model_fields}
        known = [name for name in null_reasons.names() if name not in named]
        for name in value:
            if name not in known:
                others = f"known are {', '.join(known)}" if known else "no package brings one"
                raise ValueError(f"{name} is no further reason of nulls here; {others}")
        return value
