"""What lenses on other columns of the row have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from plurel_cli.lenses import Lens, Shows

if TYPE_CHECKING:
    import polars as pl

    from plurel_cli.numerics.stream import Stream

Doubles = NDArray[np.float64]


class Seen(Protocol):
    """What there is to see of the rows of one block."""

    @property
    def index(self) -> int:
        """Number of the block."""
        ...

    @property
    def n(self) -> int:
        """Rows of it."""
        ...

    @property
    def stream(self) -> Stream:
        """Randomness of the column alone."""
        ...

    def lens(self, column: str) -> Lens | None:
        """The lens of a column; none where it has none. `key.column` is of a referenced row."""
        ...

    def series(self, column: str) -> pl.Series:
        """What is written of a column."""
        ...

    def numbers(self, column: str) -> Doubles:
        """A column as numbers, NaN for null: a category by its number, a time in seconds."""
        ...

    def cuts(self, column: str, n: int) -> Doubles:
        """Numbers that part the rows of the first block into bands of as many rows each.

        Parameters
        ----------
        column
            The column.
        n
            How many bands.

        Returns
        -------
        ndarray
            float64, shape (n − 1,), rising.
        """
        ...

    def turns(self, key: str | None) -> NDArray[np.int64]:
        """Rows of the same parent before each row.

        Parameters
        ----------
        key
            A foreign key, by its column or the table that it refers to; none for the first.

        Returns
        -------
        ndarray
            int64; below 0 where the key is null.
        """
        ...

    def edges(self, table: str | None = None) -> tuple[int, ...]:
        """Where the rows of each era of a table begin, and how many it has.

        Parameters
        ----------
        table
            Any table of the database; by default that of the column.

        Returns
        -------
        tuple of int
        """
        ...

    def chosen(self, table: str, where: str) -> NDArray[np.int64]:
        """Rows of a table for which a formula of its columns holds, of which there is one at least.

        Parameters
        ----------
        table
            Any table of the database.
        where
            The formula.

        Returns
        -------
        ndarray
            int64, rising.
        """
        ...

    def tone(self) -> Doubles:
        """The hidden trait of the rows, in (0, 1)."""
        ...


class OthersLens(Lens):
    """The base of every lens on other columns of the row."""

    shows: ClassVar[Shows] = "others"

    @abstractmethod
    def block(self, seen: Seen) -> pl.Series:
        """What is written of the rows of one block."""
