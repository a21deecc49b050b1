"""The band that a number of the same row lies in."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.determined import determined
from plurel_cli.features.determined.column import (
    Candidate,
    DeterminedColumn,
    FitSample,
    Labels,
    Proposal,
    WrittenValues,
)
from plurel_cli.features.determined.lensed import bands_of
from plurel_cli.features.labels import cut_labels, draw_labelling
from plurel_cli.numerics.ordering import in_order
from plurel_cli.prose import listed, number
from plurel_cli.schema.variable import Naming


@determined.kind
class Band(DeterminedColumn):
    """The band that a number of the same row lies in."""

    kind: Literal["band"] = Field(default="band", description="Which way.")
    boundaries: tuple[float, ...] | None = Field(
        default=None, description="The band is the number of these strictly below the value."
    )

    through_lens: ClassVar[bool] = True

    @classmethod
    def proposals(cls, candidate: Candidate) -> list[Proposal]:
        """Each number, for a category."""
        return [] if candidate.is_number else [Proposal((name,)) for name in candidate.numbers]

    def fitted(self, sample: FitSample) -> Self:
        """The record with the boundaries, by the shares of labels, or drawn as for lazy tables."""
        numbers, n = sample.numbers(self.of[0]), sample.categories or 2
        if (boundaries := bands_of(sample.column, np.sort(numbers.astype(np.float64)))) is not None:
            return self.but(boundaries=tuple(boundaries.tolist()))
        labelling = draw_labelling(
            in_order(numbers), n, sample.settings, sample.stream.child("bands")
        )
        return self.but(boundaries=tuple(labelling.boundaries.tolist()))

    def values(self, written: WrittenValues) -> BlockColumn:
        """What makes the column's values."""
        dtype = np.float32 if written.column_of(self.of[0]).lens is None else np.float64
        return Bands(written.values(self.of[0]), np.array(self.boundaries or (), dtype=dtype))

    def phrase(self, table: str, names: Naming) -> str:
        """Where the bands are cut."""
        cuts = f", cut at {listed(map(number, self.boundaries))}" if self.boundaries else ""
        return f"the band that {listed(map(names.name, self.reads(table)))} lies in{cuts}"


class Bands:
    """The band that a number lies in: how many boundaries are strictly below it.

    Parameters
    ----------
    number
        float32, or float64 through a lens, NaN for null.
    boundaries
        Of the same type, rising.
    """

    def __init__(self, number: BlockColumn, boundaries: NDArray[Any]) -> None:
        self._number, self._boundaries = number, boundaries

    def block(self, index: int) -> Labels:
        """Bands of one block of rows, −1 for null."""
        values = self._number.block(index)
        bands = cut_labels(values, self._boundaries)
        bands[np.isnan(values)] = -1
        return bands
