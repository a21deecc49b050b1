"""What every reason of nulls has in common.

Columns of a table that are null in the same rows make a group. Every reason is asked in turn
whether it takes a group over from the reason before it, so that the last that does has it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from plurel_cli.choices.choice import Choice, Fixed
from plurel_cli.features.nulls import NullRecord
from plurel_cli.features.nulls.settings import MissingConfig
from plurel_cli.numerics.stream import Draws, Stream


class NullRows(Protocol):
    """Which rows are null."""

    def block(self, index: int, /) -> NDArray[np.bool_]:
        """Whether each row of a block is."""
        ...


@dataclass(frozen=True)
class Group:
    """Columns that are null in the same rows, while their reason is drawn.

    Attributes
    ----------
    number
        Which group of its table.
    share
        Share of nulls.
    members
        The nodes of its columns.
    candidates
        Nodes that may tell of the nulls.
    n_timed
        Rows of the table, 0 where they have no times.
    draws
        Randomness of the group, in common with the reasons before.
    """

    number: int
    share: float
    members: Sequence[int]
    candidates: Sequence[int]
    n_timed: int
    draws: Draws


@dataclass(frozen=True)
class NullColumn:
    """A column whose rows are null for a reason.

    Attributes
    ----------
    n_rows
        Rows of its table.
    stream
        Randomness of the rows of this group alone.
    values
        Gives what makes the values of a node, as those of a column, block by block.
    """

    n_rows: int
    stream: Stream
    values: Callable[[int], Callable[[int], NDArray[Any]]]


class NullReason(NullRecord):
    """The base of every reason of nulls."""

    @classmethod
    def p(cls, settings: MissingConfig) -> Choice[float]:
        """Its probability, which each table draws."""
        kind = str(cls.model_fields["kind"].default)
        return settings.reasons.get(kind, Fixed(0.0))

    @classmethod
    @abstractmethod
    def drawn(
        cls, group: Group, p: float, stream: Stream, before: NullRecord | None
    ) -> Self | None:
        """Draw whether it takes a group over.

        Parameters
        ----------
        group
            The group.
        p
            Its probability.
        stream
            Randomness of this choice alone.
        before
            The reason that has the group so far.

        Returns
        -------
        NullReason or None
            None where it leaves the group to the reason before.
        """

    def fitted(self, values: Callable[[int], NDArray[Any]]) -> Self:
        """The record with what the reference sample decides.

        Parameters
        ----------
        values
            Gives the reference values of a node that it reads, as those of a column.
        """
        return self

    @abstractmethod
    def rows(self, column: NullColumn) -> NullRows:
        """Which rows are null."""
