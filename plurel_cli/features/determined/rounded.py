"""A number of the same row, rounded."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, Self

import numpy as np
from pydantic import Field

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.determined import determined
from plurel_cli.features.determined.column import (
    Candidate,
    DeterminedColumn,
    FitSample,
    Floats,
    Proposal,
    WrittenValues,
    as_floats,
)
from plurel_cli.numerics.sums import mean_and_sd
from plurel_cli.prose import listed, number
from plurel_cli.schema.variable import Naming, Variable

_STEPS = (1.0, 2.0, 5.0)


def rounding_step(reference: Floats) -> float:
    """What a number is rounded to: the largest of 1, 2 and 5 times a power of ten that is no more
    than its deviation.

    Examples
    --------
    >>> rounding_step(np.array([0, 30], dtype=np.float32))
    10.0
    """
    _, sd = mean_and_sd(reference)
    if not 0.0 < sd < math.inf:
        return 1.0
    power = float("1e" + f"{sd:.17e}".partition("e")[2])
    return max(step * power for step in _STEPS if step * power <= sd * (1.0 + 1e-12))


@determined.kind
class Rounded(DeterminedColumn):
    """A number of the same row, rounded to 1, 2 or 5 times a power of ten."""

    kind: Literal["rounded"] = Field(default="rounded", description="Which way.")
    step: float | None = Field(default=None, description="What it is rounded to.")

    @classmethod
    def proposals(cls, candidate: Candidate) -> list[Proposal]:
        """Each number, for a number."""
        return [Proposal((name,)) for name in candidate.numbers] if candidate.is_number else []

    def fitted(self, sample: FitSample) -> Self:
        """The record with the step."""
        return self.but(step=rounding_step(sample.numbers(self.of[0])))

    def values(self, written: WrittenValues) -> BlockColumn:
        """What makes the column's values."""
        return Multiples(written.values(self.of[0]), float(self.step or 1.0))

    def words(self, table: str, name: Callable[[Variable], str]) -> str:
        """What determines it, in words."""
        step = "" if self.step is None else f" to {self.step:g}"
        return super().words(table, name) + step

    def phrase(self, table: str, names: Naming) -> str:
        """What is rounded, and to what."""
        step = "" if self.step is None else f" to a multiple of {number(self.step)}"
        return f"{listed(map(names.name, self.reads(table)))}, rounded{step}"


class Multiples:
    """The multiple of a step nearest to a number, the even one of two.

    Parameters
    ----------
    number
        float32, NaN for null.
    step
        Above 0.
    """

    def __init__(self, number: BlockColumn, step: float) -> None:
        self._number, self._step = number, step

    def block(self, index: int) -> Floats:
        """Values of one block of rows."""
        return as_floats(np.rint(self._number.block(index) / self._step) * self._step)
