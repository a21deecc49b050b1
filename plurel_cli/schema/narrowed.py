"""A choice narrowed to a range of its own in every database.

Real databases differ more from one another than the tables of one do. So a database may draw two
values of a choice, and its tables and columns then draw from the choice until a value lies between.
"""

from __future__ import annotations

from dataclasses import dataclass

from plurel_cli.choices.choice import Choice
from plurel_cli.numerics.stream import Draws, Stream

_ATTEMPTS = 200  # each may lie between with a probability of 1/3 on average


@dataclass(frozen=True)
class Narrowed:
    """A choice between two of its values.

    Attributes
    ----------
    choice
        What is drawn from.
    low, high
        Least and largest value that is kept.
    """

    choice: Choice[float] | Choice[int]
    low: float
    high: float

    @staticmethod
    def of(choice: Choice[float] | Choice[int], stream: Stream) -> Narrowed:
        """Draw the range of a database.

        Parameters
        ----------
        choice
            What the config says of a number.
        stream
            Randomness of this range alone.

        Returns
        -------
        Narrowed
        """
        draws = stream.draws()
        low, high = sorted((choice.draw(draws), choice.draw(draws)))
        return Narrowed(choice, low, high)

    def draw(self, draws: Draws) -> float:
        """A value of the choice, given that it lies in the range.

        Notes
        -----
        In the rare case that none of 200 does, which takes a range of little probability, its end.
        """
        for _ in range(_ATTEMPTS):
            value = self.choice.draw(draws)
            if self.low <= value <= self.high:
                return value
        return self.low
