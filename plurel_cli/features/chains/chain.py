"""What every chain has in common: it makes values of innovations, block by block.

Within a block the rows are in the order of their parents, those of each parent in theirs. A chain
gets the innovations in that order, and what each parent's last row before the block has left.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.chains import ChainRecord
from plurel_cli.numerics.stream import Stream

Floats = NDArray[np.float32]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class BlockOfChains:
    """The rows of a block that have a parent, by parent.

    Attributes
    ----------
    number, n
        Which block, and its rows, those without a parent included.
    order
        Which row of the block each of these is.
    starts, ends, is_known
        Where each parent's rows begin, the last of them, and whether blocks before have some of
        its.
    """

    number: int
    n: int
    order: Places
    starts: Places
    ends: Places
    is_known: NDArray[np.bool_]

    @property
    def new_starts(self) -> Places:
        """Where the rows of parents begin of which no block before has some."""
        return self.starts[~self.is_known]

    @property
    def steps(self) -> Sequence[tuple[int, Places]]:
        """For steps of 1, 2, 4, …, the places of rows that have at least so many of their parent's
        before them in this block.
        """
        place = np.arange(len(self.order)) - self.starts.repeat(self.ends - self.starts + 1)
        steps: list[tuple[int, Places]] = []
        step, later = 1, np.flatnonzero(place >= 1)
        while len(later):
            steps.append((step, later))
            step *= 2
            later = later[place.take(later) >= step]
        return steps


class Chain(ChainRecord):
    """The base of every chain."""

    @abstractmethod
    def follow(self, x: Floats, carried: Floats, block: BlockOfChains, stream: Stream) -> Floats:
        """Values along the rows of every parent.

        Parameters
        ----------
        x
            Innovations, standard normal, by parent; may be changed.
        carried
            The last value before the block of each parent, at `block.starts`.
        block
            The rows.
        stream
            Randomness of this chain alone, of which generator k of itself has made the innovations
            of block k.

        Returns
        -------
        ndarray
            float32, as `x`, of mean 0 and variance 1.
        """
