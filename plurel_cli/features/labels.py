"""From a number to the label of its category, for tables that carry categories as numbers.

A number is cut at boundaries that are taken from its reference sample, and what lies between two of
them becomes a label.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from plurel_cli.config.scm import ScmConfig
from plurel_cli.features.cuts import cuts
from plurel_cli.kernel import twin
from plurel_cli.lenses.labels import CategoryLens
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.stream import Stream

_FEW = 32
"""Boundaries up to which counting them one by one is faster than a search."""


@twin("cut_labels")
def cut_labels(raw: NDArray[np.float32], boundaries: NDArray[np.float32]) -> NDArray[np.int32]:
    """Number of boundaries strictly below each value.

    Parameters
    ----------
    raw
        float32, any order.
    boundaries
        float32, rising; equal ones leave labels empty.

    Returns
    -------
    ndarray
        int32, 0 to the number of boundaries.

    Examples
    --------
    >>> values = np.array([0.5, 1.0, 1.5], dtype=np.float32)
    >>> cut_labels(values, np.array([1.0, 1.0], dtype=np.float32)).tolist()
    [0, 0, 2]
    """
    if not 0 < len(boundaries) <= _FEW:
        return boundaries.searchsorted(raw, "left").astype(np.int32)
    labels: NDArray[np.uint8] = (raw > boundaries[0]).view(np.uint8)
    for boundary in boundaries[1:]:
        labels += raw > boundary
    return labels.astype(np.int32)


def sample_relabelling(
    categories: int, p_permuted: float, p_reversed: float, generator: Generator
) -> NDArray[np.int32]:
    """Draw what becomes of each label.

    Parameters
    ----------
    categories
        C, the number of labels.
    p_permuted
        Probability that labels go through a uniform permutation.
    p_reversed
        Probability that a label becomes C − 1 − label, after that.
    generator
        Randomness.

    Returns
    -------
    ndarray
        int32, a permutation of 0..C − 1: the new label by the old one.
    """
    is_permuted, is_reversed = generator.random(2) < (p_permuted, p_reversed)
    labels = np.arange(categories, dtype=np.int32)
    if is_permuted:
        labels = generator.permutation(labels)
    return categories - 1 - labels if is_reversed else labels


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
    ordered: NDArray[np.float32], lens: CategoryLens, settings: ScmConfig, stream: Stream
) -> Labelling:
    """The cut of a column with a lens: each label has its share of the rows.

    Parameters
    ----------
    ordered
        Sorted reference sample of the column's raw values.
    lens
        The lens.
    settings, stream
        What the cut is drawn by where the lens leaves it open, and randomness of that alone.

    Returns
    -------
    Labelling
    """
    n = lens.cells or 2
    if lens.shares is None:
        labelling = draw_labelling(ordered, n, settings, stream)
        return (
            replace(labelling, relabelled=np.arange(n, dtype=np.int32)) if lens.rises else labelling
        )
    order = np.arange(n, dtype=np.int32)
    if not lens.rises:
        order = stream.child("order").generator().permutation(order)
    return Labelling(lens.boundaries(ordered, order), order)
