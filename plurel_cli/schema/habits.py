"""What shapes a foreign key to many besides its block model, as `schema.json` records it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import Field

from plurel_cli.prose import (
    article,
    listed,
    number,
    part,
    percent,
    quoted,
    sentence,
    settings,
    spaced,
)
from plurel_cli.schema.record import Record


class Habits(Record):
    """How the rows of one table refer to those of another; what is 0 or none plays no part."""

    softness: float = Field(
        default=0.0, description="Scale by which a row's place among the blocks is moved."
    )
    returning: float = Field(default=0.0, description="Share of rows that keep to no block.")
    founders: float = Field(
        default=1.0,
        description="Share of parents that those may refer to from the first row on; the others "
        "join one by one.",
    )
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

    def sentences(self, coupled: Sequence[str]) -> Iterator[str]:
        """What is told of each habit that plays a part, a sentence each.

        Parameters
        ----------
        coupled
            Other foreign keys of the table that may share a point with it.

        Yields
        ------
        str
        """
        if self.popularity is not None and self.popularity != "even":
            shape = settings(self.parameters.items())
            how = f"{article(spaced(self.popularity))} distribution{f' of {shape}' * bool(shape)}"
            yield f"Some parents are more popular than others, by {how}."
        if self.hubs and self.hub_weight is not None:
            weight = number(self.hub_weight)
            yield f"{percent(self.hubs)} of parents are hubs, {weight} times as popular."
        if self.childless:
            yield (
                f"Of parents that no cluster needs, {percent(self.childless)} are left without "
                "rows on purpose."
            )
        if self.latent:
            yield (
                f"For {part(self.latent, 'parents')}, a hidden trait of the parent tells how "
                "popular it is."
            )
        if self.softness and self.returning < 1:
            yield f"The clusters have soft edges, of a scale of {number(self.softness)}."
        if 0 < self.returning < 1:
            yield sentence(f"{part(self.returning, 'rows')} keep to no cluster")
            if self.founders < 1.0:
                first = percent(self.founders)
                some = f"{first} of parents are there from the first; the others" * (first != "0%")
                yield f"For those rows, {some or 'parents'} join one by one."
        if self.following:
            back = (
                "" if self.lag is None else f", {number(self.lag)} before the newest at the median"
            )
            followers = part(self.following, "rows")
            yield sentence(f"{followers} refer to one of the newest parents{back}")
        if self.run:
            yield (
                f"In {percent(self.run)} of cases, a row refers to the same parent as the row "
                "before it."
            )
        if self.coupling and coupled:
            how = ", in scrambled order" if self.pairing == "scrambled" else ""
            others = listed(map(quoted, coupled))
            yield f"In {part(self.coupling, 'rows')}, it goes together with {others}{how}."
        if self.null_rate:
            hint = ", which a hidden trait of the row helps to tell" * bool(self.null_latent)
            yield f"It is null in {part(self.null_rate, 'rows')}{hint}."
        if self.time_order:
            yield "A row refers only to parents that exist by its time."
