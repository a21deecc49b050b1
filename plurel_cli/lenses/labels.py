"""What lenses on a category have in common: a share of the rows for each label."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from plurel_cli.lenses import Shows, ValueLens

if TYPE_CHECKING:
    import polars as pl

F = TypeVar("F", np.float32, np.float64)

MOST = 10_000
"""Labels that there may be."""

_MOST_CHECKED = 100
"""Labels that a statement of SQL lists."""


class CategoryLens(ValueLens):
    """The base of every lens on a category."""

    shows: ClassVar[Shows] = "category"

    @property
    @abstractmethod
    def shares(self) -> Sequence[float] | None:
        """Share of the rows of each category, in order; none where it is left to the cut."""

    @property
    def rises(self) -> bool:
        """Whether labels rise with the variable."""
        return True

    @property
    def cells(self) -> int | None:
        """Into how many cells its variable is cut: one for each category."""
        return self.categories

    def boundaries(
        self, reference: NDArray[np.float32], order: NDArray[np.int32]
    ) -> NDArray[np.float32]:
        """Where a number is cut, so that each category has its share.

        Parameters
        ----------
        reference
            Rising sample of the number.
        order
            The categories in the order in which they take its values.

        Returns
        -------
        ndarray
            float32, one fewer than the categories, rising.
        """
        shares = self.shares
        assert shares is not None  # noqa: S101 (it is not left to the cut)
        sums = np.cumsum(np.array(shares).take(order))
        sums = sums[:-1] / sums[-1]
        n = len(reference)
        at = np.rint(sums * n).astype(np.int64)
        return cut_before(reference, np.clip(at, 0, n))

    def clauses(self) -> Iterator[str]:
        """How frequent each label is is told where the labels are."""
        return iter(())


def cut_before(reference: NDArray[F], at: NDArray[np.int64]) -> NDArray[F]:
    """Boundaries with so many values of a rising sample up to them, or as near as ties allow.

    Those that are to have values above them have some, if the sample has more than one.

    Parameters
    ----------
    reference
        The sample.
    at
        How many values are to be up to each boundary, rising.

    Returns
    -------
    ndarray
        Of the same type, rising.
    """
    if not len(at):
        return reference[:0]
    boundaries = reference.take(np.maximum(at - 1, 0))
    n_below_last = int(reference.searchsorted(reference[-1]))
    if n_below_last:
        boundaries[(boundaries == reference[-1]) & (at < len(reference))] = reference[
            n_below_last - 1
        ]
    boundaries[at == 0] = np.nextafter(reference[0], -reference.dtype.type(np.inf))
    return boundaries


def label_texts(lens: CategoryLens) -> Sequence[str]:
    """The labels of a category, as texts."""
    labels = getattr(lens, "labels", None)
    if labels is None:
        return ("false", "true")
    return [str(label) for label in labels]


def checked_labels(labels: Sequence[str | int]) -> None:
    """See that labels can be those of one column.

    Raises
    ------
    ValueError
        If they cannot.
    """
    if len(labels) > MOST:
        raise ValueError(f"must have at most {MOST} labels, got {len(labels)}")
    if len(set(labels)) < len(labels):
        raise ValueError("must have each label once")
    if any(isinstance(label, bool) for label in labels):
        raise ValueError("labels are texts or whole numbers; write true and false in quotes")
    if len({type(label) for label in labels}) > 1:
        raise ValueError("labels must be all texts or all whole numbers")


def checked_weights(weights: Sequence[float], n: int) -> None:
    """See that weights can be those of some labels.

    Parameters
    ----------
    weights
        The weights.
    n
        How many labels there are.

    Raises
    ------
    ValueError
        If they cannot.
    """
    if len(weights) != n:
        raise ValueError("must have a weight for each label")
    if not all(0.0 <= w <= 1e12 for w in weights) or not any(weights):
        raise ValueError("weights must be from 0 to 1e12, and one above 0")


def sql_labels(labels: Sequence[str | int], column: str) -> str | None:
    """The condition that a column has one of some labels, where these are not many.

    Parameters
    ----------
    labels
        The labels.
    column
        The column, as SQL writes it.

    Returns
    -------
    str or None
    """
    if len(labels) > _MOST_CHECKED:
        return None
    return f"{column} IN ({', '.join(map(_sql_value, labels))})"


def _sql_value(label: str | int) -> str:
    """A label as SQL writes it."""
    return str(label) if isinstance(label, int) else "'" + label.replace("'", "''") + "'"


def label_codes(labels: Sequence[str | int], written: pl.Series) -> NDArray[np.float64]:
    """Numbers of labels.

    Parameters
    ----------
    labels
        The labels that there are.
    written
        Some of them.

    Returns
    -------
    ndarray
        float64, NaN for null and for what is no label.
    """
    import polars as pl

    codes = {label: float(k) for k, label in enumerate(labels)}
    numbers: NDArray[np.float64] = written.replace_strict(
        codes, default=None, return_dtype=pl.Float64
    ).to_numpy()
    return numbers
