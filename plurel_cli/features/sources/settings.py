"""Settings of series over the rows: the `series` model, and a source of causal graphs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, model_validator

from plurel_cli.choices.choice import Choice, Fixed, OneOf, RealRange
from plurel_cli.choices.kinds import Reals
from plurel_cli.choices.section import Section


class SeriesScales(Section):
    """How much of each component a kind of table has."""

    trend: Annotated[Choice[float], Reals(ge=-1e9, le=1e9)] = Field(
        default=Fixed(0.0), description="Height of the trend, s_t."
    )
    cycle: Annotated[Choice[float], Reals(ge=-1e9, le=1e9)] = Field(
        default=Fixed(0.0), description="Height of the cycle, s_c."
    )
    noise: Annotated[Choice[float], Reals(ge=0, le=1e9)] = Field(
        default=Fixed(1.0), description="Standard deviation of the noise's innovations, σ."
    )


def _activity_scales() -> SeriesScales:
    signs = OneOf((-1.0, 1.0), (1.0, 1.0))
    return SeriesScales(trend=signs, cycle=signs, noise=Fixed(0.05))


class SeriesConfig(Section):
    """Trend + cycle + autoregressive noise over the rows of a table."""

    value_scale: Annotated[Choice[float], Reals(gt=0, le=1e20)] = Field(
        default=OneOf((0.01, 0.1, 1.0, 10.0, 100.0)),
        description="Scale v of the bounds (lo, hi), two sorted uniform draws times v.",
    )
    exponent: Annotated[Choice[float], Reals(ge=0, le=1e6)] = Field(
        default=RealRange(0.0, 2.0), description="Exponent α of the trend (i/N)^α."
    )
    period: Annotated[Choice[float], Reals(gt=0, le=1e6)] = Field(
        default=OneOf((0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)),
        description="Half-period of the cycle as a share of the table's rows.",
    )
    autocorrelation: Annotated[Choice[float], Reals(ge=0, lt=1)] = Field(
        default=RealRange(0.0, 0.9), description="ρ of the AR(1) noise."
    )
    activity: SeriesScales = Field(
        default_factory=_activity_scales, description="Components in activity tables."
    )
    entity: SeriesScales = Field(
        default_factory=SeriesScales, description="Components in entity tables."
    )

    @model_validator(mode="before")
    @classmethod
    def _with_the_rest(cls, raw: Any) -> Any:
        """What is stated of activity tables leaves the rest as it is there, not as in others."""
        if isinstance(raw, Mapping) and isinstance(raw.get("activity"), Mapping):
            rest = _activity_scales().model_dump()
            return {**raw, "activity": {**rest, **raw["activity"]}}
        return raw
