"""What lenses on the row itself have in common: they show nothing but which row it is."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Protocol

from plurel_cli.lenses import Lens, Shows

if TYPE_CHECKING:
    import polars as pl

    from plurel_cli.numerics.stream import Stream


class Identity(Protocol):
    """The rows of a table, as a lens on them asks for them."""

    @property
    def stream(self) -> Stream:
        """Randomness of the column alone."""
        ...

    @property
    def n_rows(self) -> int:
        """Rows of the table."""
        ...

    def rows(self, index: int) -> tuple[int, int]:
        """First row of a block, and the one after its last."""
        ...

    def shared(self, group: str) -> Stream:
        """Randomness of the table that all lenses of a group have in common."""
        ...


class RowLens(Lens):
    """The base of every lens on the row itself."""

    shows: ClassVar[Shows] = "row"

    @abstractmethod
    def block(self, identity: Identity, index: int) -> pl.Series:
        """What is written of the rows of one block, none of it null.

        Parameters
        ----------
        identity
            The rows of the table.
        index
            Which block.
        """
