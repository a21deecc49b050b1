"""Any number of children a parent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from plurel_cli.prose import number, quoted
from plurel_cli.schema.block_model import BlockModel
from plurel_cli.schema.foreign_key import ForeignKey, KeySite
from plurel_cli.schema.forms import forms
from plurel_cli.schema.habits import Habits


@forms.named("many")
class ManyKey(ForeignKey):
    """A foreign key with any number of children a parent."""

    form: Literal["many"] = Field(
        default="many", description="How rows refer to those of the other table."
    )
    block_model: BlockModel | None = Field(
        default=None, description="From the `fk` stage on: the blocks it was drawn from."
    )
    habits: Habits | None = Field(
        default=None,
        description="From the `fk` stage on: what it was drawn from besides the blocks; none where "
        "these are all.",
    )

    by_default: ClassVar[bool] = True
    in_pairs: ClassVar[bool] = True

    @property
    def is_drawn(self) -> bool:
        """Whether it has its block model."""
        return self.block_model is not None

    @property
    def blocks(self) -> BlockModel | None:
        """The blocks it was drawn from."""
        return self.block_model

    @property
    def shape(self) -> Habits | None:
        """Its habits."""
        return self.habits

    @property
    def keeps_to_time(self) -> bool:
        """Whether its habits say so."""
        return self.habits is not None and self.habits.time_order

    def without_time(self) -> ForeignKey:
        """The key with habits that do not go by time."""
        changes: dict[str, object] = {"time_order": False, "following": 0.0, "lag": None}
        return self.but(habits=self.habits and self.habits.but(**changes))

    def with_all_parents(self) -> ForeignKey:
        """The key with habits that leave no parent out."""
        return self.but(habits=self.habits and self.habits.but(childless=0.0))

    def sentences(self, site: KeySite) -> Iterator[str]:
        """How many children a parent has on average, and which ones."""
        null_rate = 0.0 if self.habits is None else self.habits.null_rate
        mean = number(site.n_children * (1.0 - null_rate) / site.n_parents)
        rows = f"{mean} row{'s' * (mean != '1')}"
        about = "about " * bool(null_rate)
        parent = quoted(self.references)
        yield f"Refers to {parent}, each of whose rows has {about}{rows} here on average."
        has_clusters = self.habits is None or self.habits.returning < 1
        if self.block_model is not None and has_clusters:
            yield from self.block_model.sentences(site.n_parents, site.n_children)
        if self.habits is not None:
            yield from self.habits.sentences(site.coupled)
