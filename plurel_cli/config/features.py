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
        description="`none`: no feature columns; `series`: a series over the rows in each; `scm`: "
        "a structural causal model for every table.",
    )
    categorical_as: Literal["integer", "label", "boolean"] = Field(
        default="integer",
        description="How a category is written: its number, a label such as `c3`, or whether its "
        "number is above 0.",
    )
    series: SeriesConfig = Field(
        default_factory=SeriesConfig, description="Settings of the series model, and of sources."
    )
    scm: ScmConfig = Field(default_factory=ScmConfig, description="Settings of the causal model.")
