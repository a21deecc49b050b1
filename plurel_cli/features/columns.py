"""From a node's values to those of the column it is.

A lazy table's number is cut into categories; a numerical column is transformed, and some of its
rows are null. What depends on the whole of a column is taken from its reference sample.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.config.scm import ScmConfig
from plurel_cli.features.cuts import cuts
from plurel_cli.features.labels import cut_labels, sample_relabelling
from plurel_cli.features.nodes import Values
from plurel_cli.features.nulls.reason import NullRows
from plurel_cli.features.ranking import Ranking
from plurel_cli.features.transforms import Transform
from plurel_cli.lenses.labels import CategoryLens
from plurel_cli.lenses.numbers import NumberLens
from plurel_cli.lenses.times import TimeLens
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.stream import Stream


@dataclass(frozen=True)
class Labelling:
    """How a number becomes a category.

    Attributes
    ----------
    boundaries
        float32, rising.
    relabelled
        int32: the label of each number of boundaries below the value.
    """

    boundaries: NDArray[np.float32]
    relabelled: NDArray[np.int32]

    def __call__(self, raw: NDArray[np.float32]) -> NDArray[np.int32]:
        """Labels of raw values."""
        labels: NDArray[np.int32] = self.relabelled.take(cut_labels(raw, self.boundaries))
        return labels

    def inverse(self, label: int, reference: NDArray[np.float32]) -> float:
        """A raw value with this label: the middle one of the reference, or one by the cut.

        Parameters
        ----------
        label
            The label.
        reference
            Raw values of the reference rows, sorted.

        Returns
        -------
        float
        """
        (position,) = np.flatnonzero(self.relabelled == label)
        inside = reference[cut_labels(reference, self.boundaries) == position]
        if len(inside):
            return float(inside[len(inside) // 2])
        ends = np.concatenate([[-np.inf], self.boundaries, [np.inf]])[position : position + 2]
        return float(ends[1] if np.isfinite(ends[1]) else ends[0] + 1.0)


def draw_labelling(
    ordered: NDArray[np.float32], categories: int, settings: ScmConfig, stream: Stream
) -> Labelling:
    """Draw the cut of a lazy column, from the sorted reference sample of its raw values.

    Parameters
    ----------
    ordered
        Raw values of the reference rows, sorted.
    categories
        How many the column has.
    settings
        Those of the column.
    stream
        Randomness of this column alone.

    Returns
    -------
    Labelling
    """
    generator = stream.generator()
    (cut,) = settings.cut.many(generator, 1)
    boundaries = cuts[cut].function(ordered, categories, generator)
    boundaries = boundaries + np.float32(0)  # −0 is recorded as 0
    p_permuted, p_reversed = (
        settings.p_permuted.many(generator, 1)[0],
        settings.p_reversed.many(generator, 1)[0],
    )
    return Labelling(boundaries, sample_relabelling(categories, p_permuted, p_reversed, generator))


def lens_labelling(
    ordered: NDArray[np.float32], lens: CategoryLens, settings: ScmConfig, own: Stream
) -> Labelling:
    """The cut of a column with a lens: each label has its share of the rows.

    Parameters
    ----------
    ordered
        Sorted reference sample of the column's raw values.
    lens
        The lens.
    settings, own
        What the cut is drawn by where the lens leaves it open, and randomness of that alone.
    """
    n = lens.cells or 2
    if lens.shares is None:
        labelling = draw_labelling(ordered, n, settings, own)
        return (
            replace(labelling, relabelled=np.arange(n, dtype=np.int32)) if lens.rises else labelling
        )
    order = np.arange(n, dtype=np.int32)
    if not lens.rises:
        order = own.child("order").generator().permutation(order)
    return Labelling(lens.boundaries(ordered, order), order)


class LensTransform:
    """A number as its lens writes it, by rank.

    Parameters
    ----------
    reference
        Sorted reference sample of the raw values.
    lens
        The lens.
    """

    def __init__(self, reference: NDArray[np.float32], lens: NumberLens | TimeLens) -> None:
        self._ranking, self._lens = Ranking(reference), lens

    def __call__(self, raw: NDArray[np.float32], generator: Generator, /) -> NDArray[np.float64]:
        return self._ranking.mapped(raw, self._lens.quantile, generator, np.float64)

    def inverse(self, written: float, /) -> float:
        """A raw value that is written as this one, or as near to it as there is."""
        return self._ranking.value(self._lens.share(written))


class CategoricalColumn:
    """A categorical column, as it is written: −1 stands for null.

    Parameters
    ----------
    block
        Gives the categories of a block.
    nulls
        Which rows are null.
    """

    def __init__(self, block: Callable[[int], Values], nulls: NullRows | None = None) -> None:
        self._block, self._nulls = block, nulls

    def block(self, index: int) -> Values:
        """Written values of one block of rows."""
        values = self._block(index)
        if self._nulls is not None:
            values = values.copy()
            values[self._nulls.block(index)] = -1
        return values


class NumericalColumn:
    """A numerical column, as it is written: NaN stands for null.

    Parameters
    ----------
    block
        Gives the raw values of a block.
    transform
        What is done to them.
    nulls
        Which rows are null.
    stream
        Randomness of ties alone.
    """

    def __init__(
        self,
        block: Callable[[int], Values],
        transform: Transform,
        nulls: NullRows | None,
        stream: Stream,
    ) -> None:
        self._block, self._transform, self._nulls, self._stream = block, transform, nulls, stream

    def block(self, index: int) -> NDArray[Any]:
        """Written values of one block of rows."""
        raw = self._block(index)
        values = self._transform(raw, self._stream.generator(index))
        if not np.isfinite(values).all():
            # An intervention, or a row beyond the reference, can overflow where the fit has not.
            values = self._transform(np.nan_to_num(raw), self._stream.generator(index))
            if not np.isfinite(values).all():  # NaN means null from here on
                raise AssertionError("a feature is not finite")
        if self._nulls is not None:
            values = values.copy()
            values[self._nulls.block(index)] = np.nan
        return values
