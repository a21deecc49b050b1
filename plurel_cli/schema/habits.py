"""What shapes a foreign key to many besides its block model, as `schema.json` records it."""

from __future__ import annotations

from pydantic import Field

from plurel_cli.schema.record import Record


class Habits(Record):
    """How the rows of one table refer to those of another; what is 0 or none plays no part."""

    softness: float = Field(
        default=0.0, description="Scale by which a row's place among the blocks is moved."
    )
    returning: float = Field(default=0.0, description="Share of rows that keep to no block.")
    following: float = Field(
        default=0.0, description="Share of rows that refer to one of the newest parents."
    )
    lag: float | None = Field(
        default=None, description="How many parents back `following` goes, at the median."
    )
    popularity: str | None = Field(
        default=None, description="Distribution of the parents' weights; none where they are even."
    )
    parameters: dict[str, float] = Field(
        default_factory=dict, description="Parameters of that distribution."
    )
    childless: float = Field(default=0.0, description="Share of parents that nobody refers to.")
    hubs: float = Field(default=0.0, description="Share of parents that are hubs.")
    hub_weight: float | None = Field(default=None, description="Factor on the weight of a hub.")
    latent: float = Field(
        default=0.0, description="Share of parents whose weight the row's hidden trait tells."
    )
    run: float = Field(
        default=0.0, description="Probability that a row refers to the parent of the row before."
    )
    coupling: float = Field(
        default=0.0, description="Share of rows whose foreign keys share one point."
    )
    pairing: str | None = Field(
        default=None, description="How the shared point is read: `scrambled`, or as it is."
    )
    null_rate: float = Field(default=0.0, description="Share of rows that refer to nothing.")
    null_latent: float = Field(
        default=0.0, description="How far the row's hidden trait tells which those are."
    )
    time_order: bool = Field(
        default=False, description="Whether rows refer only to parents that exist by their time."
    )
