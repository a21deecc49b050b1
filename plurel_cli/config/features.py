"""Settings of feature columns: which model fills them, and how categories are written."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from plurel_cli.choices.section import Section
from plurel_cli.config.scm import ScmConfig
from plurel_cli.features.sources.settings import SeriesConfig


class FeaturesConfig(Section):
    """What fills the feature columns."""

    model: Literal["none", "series", "scm"] = Field(
        default="scm",
        description="`none`: no feature columns; `series`: each column is a series over the "
        "rows; `scm`: each table has a structural causal model.",
    )
    categorical_as: Literal["integer", "label", "boolean"] = Field(
        default="integer",
        description="How categories are written: as numbers, as labels such as `c3`, or as "
        "booleans that say whether the number is above 0.",
    )
    series: SeriesConfig = Field(
        default_factory=SeriesConfig,
        description="Settings of series, for the series model and for sources.",
    )
    scm: ScmConfig = Field(default_factory=ScmConfig, description="Settings of the causal model.")
