"""What lenses on the row itself have in common: each row has something, and it hangs on nothing.

Such a lens shows no variable. What it writes is a function of the row's number and of streams of
its table: one of the column alone, and those that all lenses of one group share, so that they draw
the same person, the same place and the same company for a row. Blocks are drawn whole: some bits of
a random word a row choose from tables of words, and what they choose is put together.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from plurel_cli.lenses import Lens, LensType, Shows
from plurel_cli.numerics.permutation import permuted_within
from plurel_cli.prose import listed, quoted

if TYPE_CHECKING:
    import polars as pl

    from plurel_cli.numerics.stream import Stream

Words = NDArray[np.uint64]

Numbers = NDArray[np.int64]


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

    @property
    def edges(self) -> tuple[int, ...]:
        """Where the rows of each era of the table begin, and how many it has."""
        ...

    @property
    def among(self) -> tuple[str, ...]:
        """Codes of countries, or regions of the world, that all places lie in; none for all."""
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

    @property
    def type(self) -> LensType:
        """Texts, unless a lens says otherwise."""
        return "string"

    @abstractmethod
    def block(self, identity: Identity, index: int) -> pl.Series:
        """What is written of the rows of one block.

        Parameters
        ----------
        identity
            The rows of the table.
        index
            Number of the block.

        Returns
        -------
        Series
            A value for each row of the block, without nulls.
        """


class GroupLens(RowLens):
    """The base of lenses that agree with others of their group."""

    group: str = Field(
        default="",
        max_length=100,
        description="Columns of a table that name the same group show the same person, place and "
        "company.",
    )
    of: str | None = Field(
        default=None, description="Instead of a group: a column, which it is in the group of."
    )

    @model_validator(mode="after")
    def _grouped_once(self) -> Self:
        if self.of is not None and self.group:
            raise ValueError("must have a group or be of a column, not both")
        return self

    @property
    def reads(self) -> tuple[str, ...]:
        """The column in whose group it is."""
        return () if self.of is None else (self.of,)

    def grouped(self, others: Mapping[str, Lens]) -> Self:
        """The lens with the group of the column that it is of.

        Parameters
        ----------
        others
            Lenses of the columns of its table, by name.

        Returns
        -------
        GroupLens
            One that names a group.

        Raises
        ------
        ValueError
            If the column has no group, or is in turn of this one.
        """
        visited: list[str] = []
        lens: Lens | None = self
        while isinstance(lens, GroupLens) and lens.of is not None and lens.of not in visited:
            visited.append(lens.of)
            lens = others.get(lens.of)
        if not isinstance(lens, GroupLens) or lens.of is not None:
            raise ValueError(
                "of must name a column of the table that shows a person, a place or a company, "
                f"and not in turn this one, got {self.of!r}"
            )
        return self.but(of=None, group=lens.group)

    def clauses(self) -> Iterator[str]:
        """What it agrees with."""
        if self.reads:
            yield f"in agreement with {listed(map(quoted, self.reads))}"


def row_words(identity: Identity, index: int, stream: Stream | None = None) -> Words:
    """A random word for each row of a block.

    Parameters
    ----------
    identity
        The rows of the table.
    index
        Number of the block.
    stream
        Their randomness; by default that of the column alone.

    Returns
    -------
    ndarray
        uint64.
    """
    begin, end = identity.rows(index)
    return (stream or identity.stream).generator(index).words(end - begin)


def row_numbers(identity: Identity, index: int) -> Numbers:
    """Numbers of the rows of a block.

    Parameters
    ----------
    identity
        The rows of the table.
    index
        Number of the block.

    Returns
    -------
    ndarray
        int64.
    """
    return np.arange(*identity.rows(index), dtype=np.int64)


def bits(words: Words, first: int, n: int) -> Numbers:
    """Some bits of random words, as integers below a power of two.

    Parameters
    ----------
    words
        The words.
    first
        The lowest of the bits.
    n
        How many.

    Returns
    -------
    ndarray
        int64, from 0 to 2ⁿ − 1.
    """
    return ((words >> np.uint64(first)) & np.uint64((1 << n) - 1)).view(np.int64)


def gathered(table: pl.Series, numbers: NDArray[Any]) -> pl.Series:
    """Entries of a table.

    Parameters
    ----------
    table
        The table.
    numbers
        Numbers of entries.

    Returns
    -------
    Series
        An entry for each number.
    """
    import polars as pl

    return table.gather(pl.Series(numbers))


def joined(parts: Sequence[pl.Series]) -> pl.Series:
    """Texts put together, row by row."""
    import polars as pl

    if len(parts) == 1:
        return parts[0]
    return pl.select(pl.concat_str(parts)).to_series()


def permuted(identity: Identity, index: int, stream: Stream) -> Numbers:
    """Numbers of the rows of a block, in an order that tells nothing.

    Parameters
    ----------
    identity
        The rows of the table.
    index
        Number of the block.
    stream
        Randomness of the order.

    Returns
    -------
    ndarray
        int64 from 0 to the rows of the table − 1, no number twice in the table.
    """
    return permuted_within(identity.edges, row_numbers(identity, index), stream)
