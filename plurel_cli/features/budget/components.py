"""A column's value as a mixture of standardised components, each by the root of its share.

A component is added to what is there of some rows. It may be a column of the node alone, one
that several nodes share, numbers looked up in a small table, or numbers of all rows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.nodes import Computed, NodeModel

Floats = NDArray[np.float32]


class ShareComponent(ABC):
    """A component of a mixture, weighed."""

    @property
    def is_fine(self) -> bool:
        """Whether there is enough in it; otherwise another attempt is made at the node."""
        return True

    @abstractmethod
    def add_to(self, total: Floats, computed: Computed, given: Floats | None) -> None:
        """Add it to what is there of some rows.

        Parameters
        ----------
        total
            What is there, changed in place.
        computed
            The rows.
        given
            What the causal graph gives in them, if some component is made of it.
        """


@dataclass(frozen=True)
class Mixed:
    """A node that is a mixture.

    Attributes
    ----------
    given
        What the causal graph makes of it; none where no component is made of that.
    components
        The components, in the order in which they are added.
    """

    given: NodeModel | None
    components: Sequence[ShareComponent]

    @property
    def is_fine(self) -> bool:
        """Whether all components are."""
        return all(component.is_fine for component in self.components)

    def __call__(self, computed: Computed) -> Floats:
        return self.of(None if self.given is None else self.given(computed), computed)

    def of(self, given: Floats | None, computed: Computed) -> Floats:
        """The mixture with what the causal graph gives.

        Parameters
        ----------
        given
            That, in the rows; None where no component is made of it.
        computed
            The rows.

        Returns
        -------
        ndarray
            Shape (rows,), float32.
        """
        total = np.zeros(computed.rows.n, dtype=np.float32)
        for component in self.components:
            component.add_to(total, computed, given)
        return total


@dataclass(frozen=True)
class DrawnComponent(ShareComponent):
    """A column of its own."""

    column: BlockColumn
    weight: float

    def add_to(self, total: Floats, computed: Computed, given: Floats | None) -> None:
        """Add those of some rows."""
        total += np.float32(self.weight) * computed.rows.of(self.column)


@dataclass(frozen=True)
class SharedComponent(ShareComponent):
    """A column that several nodes share."""

    column: BlockColumn
    weight: float

    def add_to(self, total: Floats, computed: Computed, given: Floats | None) -> None:
        """Add those of some rows."""
        total += np.float32(self.weight) * computed.of(self.column)


@dataclass(frozen=True)
class LookedUpComponent(ShareComponent):
    """A number, weighed already, for each value of an integer column."""

    numbers: Floats
    places: BlockColumn

    def at(self, computed: Computed) -> Floats:
        """The numbers of some rows."""
        return self.numbers.take(computed.of(self.places))

    def add_to(self, total: Floats, computed: Computed, given: Floats | None) -> None:
        """Add those of some rows."""
        total += self.at(computed)


@dataclass(frozen=True)
class WholeComponent(ShareComponent):
    """Numbers of the whole table."""

    values: Floats
    weight: float = 1.0

    def add_to(self, total: Floats, computed: Computed, given: Floats | None) -> None:
        """Add those of some rows."""
        total += np.float32(self.weight) * computed.rows.taken(self.values)
