"""What every drift has in common: a path over the window, on a scale of its own.

The window is cut into equal intervals, in each of which a drift is constant. What uses a path
standardises it by the rows that lie in each interval.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.drifts import DriftRecord
from plurel_cli.numerics.stream import Draws, Stream
from plurel_cli.schema.window import Window

N_INTERVALS = 1 << 12
"""Equal parts of the window in each of which a drift is constant."""

_EDGE = 0.15  # steps and middles are not nearer to an end of the window

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class WindowIntervals:
    """The intervals of a window, as a table fills them.

    Attributes
    ----------
    window
        The window.
    counts
        Reference rows in each interval.
    """

    window: Window
    counts: NDArray[np.int64]

    @cached_property
    def middles(self) -> Doubles:
        """Their middles, as shares of the window."""
        middles: Doubles = (np.arange(N_INTERVALS) + 0.5) / N_INTERVALS
        return middles

    @cached_property
    def days(self) -> Doubles:
        """Days from the window's start to their middles."""
        return (self.window.end - self.window.start).days * self.middles


class Drift(DriftRecord):
    """The base of every drift."""

    @classmethod
    @abstractmethod
    def drawn(cls, draws: Draws) -> Self:
        """Draw one."""

    @abstractmethod
    def path(self, intervals: WindowIntervals, stream: Stream) -> Doubles:
        """Its value in every interval.

        Parameters
        ----------
        intervals
            The intervals of the window.
        stream
            Randomness of this drift alone.

        Returns
        -------
        ndarray
            Shape (N_INTERVALS,).
        """


def inner_place(draws: Draws) -> float:
    """A place of the window, 0 to 1, that is not too near to its ends."""
    return draws.between(_EDGE, 1.0 - _EDGE)
