"""Nulls exactly where another variable of the row lies beyond a quantile.

What tells is a column without nulls, if there is one; else another column, or a latent node. The
threshold is taken from the reference sample of the variable that tells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.choices.choice import Choice
from plurel_cli.features.nulls import NullRecord, null_reasons
from plurel_cli.features.nulls.reason import Group, NullColumn, NullReason, NullRows
from plurel_cli.features.nulls.settings import MissingConfig
from plurel_cli.numerics.shares import floor_share
from plurel_cli.numerics.stream import Stream
from plurel_cli.prose import percent
from plurel_cli.schema.variable import Naming, Variable

Values = NDArray[Any]


class ByValue(NullReason):
    """The base of nulls that the value of a variable tells."""

    cause: int = Field(description="Node that tells them.")
    side: Literal["above", "below"] = Field(
        description="Side of the threshold on which rows are null."
    )
    threshold: float | None = Field(
        default=None,
        description="Value of the cause beyond which rows are null, before its transform, its "
        "category where it is cut.",
    )
    p_at: float | None = Field(
        default=None,
        description="Probability that a row of this very value is null, so that as many are as "
        "the share needs.",
    )

    def reads(self, table: str) -> tuple[Variable, ...]:
        """The variable that tells."""
        return (Variable(table, self.cause),)

    def fitted(self, values: Callable[[int], Values]) -> Self:
        """The record with the threshold."""
        threshold = Threshold.of(values(self.cause), self.share, self.side == "above")
        return self.but(threshold=threshold.value, p_at=threshold.p_at)

    def rows(self, column: NullColumn) -> NullRows:
        """Which rows are null."""
        threshold = Threshold(self.threshold or 0.0, self.side == "above", self.p_at or 0.0)
        return ToldNulls(column.values(self.cause), threshold, column.stream)

    def words(self, table: str, name: Callable[[Variable], str]) -> str:
        """Which rows, in words."""
        cause = name(Variable(table, self.cause))
        return f"{self.share:.0%} where {cause} is {self.side} {self.threshold:.4g}"

    def phrase(self, table: str, names: Naming) -> str:
        """Which rows tell."""
        variable = Variable(table, self.cause)
        low, high = names.ends(variable)
        # Rows of one label can be null in part.
        those = "those" if low == "lowest" else "first of all those"
        end = high if self.side == "above" else low
        return f"in {percent(self.share)} of rows, {those} where {names.name(variable)} is {end}"


@null_reasons.kind
class Told(ByValue):
    """Where another variable of the row lies beyond a quantile."""

    kind: Literal["told"] = Field(default="told", description="Why.")

    @classmethod
    def p(cls, settings: MissingConfig) -> Choice[float]:
        """Its probability, which each table draws."""
        return settings.told

    @classmethod
    def drawn(
        cls, group: Group, p: float, stream: Stream, before: NullRecord | None
    ) -> Self | None:
        """Draw whether it takes a group over."""
        draws = group.draws
        is_told, is_above = draws.chance(p), draws.chance(0.5)
        if not (is_told and group.candidates):
            return None
        return cls(
            share=group.share,
            group=group.number,
            cause=draws.item(group.candidates),
            side="above" if is_above else "below",
        )


@dataclass(frozen=True)
class Threshold:
    """Where a variable tells of nulls.

    Attributes
    ----------
    value
        Rows beyond it are null.
    is_above
        Whether that is above it, and not below.
    p_at
        Probability that a row of this very value is null.
    """

    value: float
    is_above: bool
    p_at: float

    @classmethod
    def of(cls, values: Values, share: float, is_above: bool) -> Threshold:
        """The one that makes this share of some values null, ⌊share × n⌋ of n.

        Parameters
        ----------
        values
            The values, none of them null.
        share
            Of nulls, 0 to 1.
        is_above
            Whether the largest values are null, or the smallest.

        Returns
        -------
        Threshold

        Examples
        --------
        >>> Threshold.of(np.array([3, 1, 4, 1, 5]), 0.4, is_above=True)
        Threshold(value=4.0, is_above=True, p_at=1.0)
        """
        n_nulls = floor_share(share, len(values))
        place = len(values) - n_nulls if is_above else n_nulls - 1
        if n_nulls == 0:
            place = len(values) - 1 if is_above else 0
        value = np.partition(values, place)[place]
        n_beyond = int(np.count_nonzero(values > value if is_above else values < value))
        n_at = int(np.count_nonzero(values == value))
        return cls(float(value) + 0.0, is_above, (n_nulls - n_beyond) / n_at)


class ToldNulls:
    """Null rows that a variable tells.

    Parameters
    ----------
    cause
        Gives the variable's values of a block.
    threshold
        Where it tells of them.
    stream
        Randomness of the rows at the threshold alone.
    """

    def __init__(
        self, cause: Callable[[int], Values], threshold: Threshold, stream: Stream
    ) -> None:
        self._cause, self._threshold, self._stream = cause, threshold, stream

    def block(self, index: int) -> NDArray[np.bool_]:
        """Whether each row of a block is null."""
        values, threshold = self._cause(index), self._threshold
        is_null: NDArray[np.bool_] = (
            values > threshold.value if threshold.is_above else values < threshold.value
        )
        at = np.flatnonzero(values == threshold.value)
        if threshold.p_at >= 1.0:
            is_null[at] = True
        elif threshold.p_at > 0.0:
            is_null[at] = self._stream.generator(index).random(len(at)) < threshold.p_at
        return is_null
