"""The share of the causal graph."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from plurel_cli.features.budget import budget_shares
from plurel_cli.features.budget.components import Floats, LookedUpComponent, ShareComponent
from plurel_cli.features.budget.moving import draw_drift, interval_counts, moving
from plurel_cli.features.budget.scale import Scale
from plurel_cli.features.budget.share import BudgetedTable, BudgetShare, ShareRows, sign_of
from plurel_cli.features.drifts import AnyDrift
from plurel_cli.features.nodes import Computed
from plurel_cli.numerics.stream import Stream
from plurel_cli.numerics.sums import total
from plurel_cli.schema.record import Record
from plurel_cli.schema.variable import Naming


class Strength(Record):
    """How the strength of causes moves with time."""

    share: float = Field(description="Share of its square that moves, about a mean.")
    sign: Literal[-1, 1] = Field(description="Whether it rises or falls.")
    drift: AnyDrift = Field(description="How it moves.")


@budget_shares.kind
class CausesShare(BudgetShare):
    """The causal graph: causes in the same row, and the columns of the rows that it refers to."""

    is_of_graph: ClassVar[bool] = True

    kind: Literal["causes"] = Field(default="causes", description="What it comes from.")
    strength: Strength | None = Field(default=None, description="How the strength of causes moves.")

    @property
    def is_link(self) -> bool:
        """The causes say that themselves, but for their strength."""
        return self.strength is not None

    @classmethod
    def drawn(cls, share: float, budgeted: BudgetedTable, stream: Stream) -> Self:
        """Draw one."""
        strength = None
        if budgeted.is_timed:
            draws, settings = stream.child("strength").draws(), budgeted.settings
            if share_moving := settings.moving.draw(draws):
                kind = settings.drift.draw(draws)
                strength = Strength(
                    share=share_moving, sign=sign_of(draws), drift=draw_drift(kind, draws)
                )
        return cls(share=share, strength=strength)

    def component(self, rows: ShareRows) -> ShareComponent:
        """What the graph gives, standardised."""
        assert rows.given is not None  # noqa: S101 (it is of the graph)
        scale = rows.scale(self.kind, rows.given)
        factors = None if self.strength is None else strength_factors(rows, self.strength)
        return CausedComponent(scale, math.sqrt(self.share), factors)

    def words(self, origin: str) -> str:
        """What it comes from, in words."""
        moves = "" if self.strength is None else f" (strength {self.strength.drift.kind})"
        return origin + moves

    def phrase(self, origin: str, table: str, names: Naming) -> str:
        """The causes, or the source, and how their strength moves."""
        moves = (
            ""
            if self.strength is None
            else f", whose strength moves by {self.strength.drift.phrase}"
        )
        return origin + moves


def strength_factors(rows: ShareRows, strength: Strength) -> LookedUpComponent:
    """Factors of what causes give, in each interval of the window.

    Parameters
    ----------
    rows
        The rows.
    strength
        How they move; their mean square over the reference rows is 1.

    Returns
    -------
    LookedUpComponent
        To be multiplied with.
    """
    weight = strength.sign * math.sqrt(strength.share)
    moved = moving(rows, strength.drift, weight, rows.stream.child("strength"))
    counts = interval_counts(rows)
    factors = moved.numbers.astype(np.float64) + math.sqrt(1.0 - strength.share)
    square = total(counts * np.square(factors)) / max(int(np.cumsum(counts)[-1]), 1)
    return LookedUpComponent((factors / math.sqrt(square)).astype(np.float32), moved.places)


@dataclass(frozen=True)
class CausedComponent(ShareComponent):
    """What the causal graph gives.

    Attributes
    ----------
    scale
        How it is standardised.
    weight
        The root of its share.
    strength
        Its factor in each interval of the window, where that moves.
    """

    scale: Scale
    weight: float
    strength: LookedUpComponent | None

    @property
    def is_fine(self) -> bool:
        """Whether there is enough to standardise."""
        return self.scale.is_fine

    def add_to(self, total: Floats, computed: Computed, given: Floats | None) -> None:
        """Add that of some rows."""
        assert given is not None  # noqa: S101 (it is of the graph)
        values = self.scale.standardised(given, self.weight)
        if self.strength is not None:
            values *= self.strength.at(computed)
        total += values
