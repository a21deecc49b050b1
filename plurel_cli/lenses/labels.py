"""What lenses on a category have in common: a share of the rows for each label."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from plurel_cli.lenses import Lens, Shows


class CategoryLens(Lens):
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
        assert self.shares is not None  # noqa: S101 (it is not left to the cut)
        sums = np.cumsum(np.array(self.shares).take(order))
        sums = sums[:-1] / sums[-1]
        n = len(reference)
        at = np.rint(sums * n).astype(np.int64)
        return cut_before(reference, np.clip(at, 0, n))


def cut_before(reference: NDArray[np.float32], at: NDArray[np.int64]) -> NDArray[np.float32]:
    """Boundaries with so many values of a rising sample up to them, or as near as ties allow.

    Parameters
    ----------
    reference
        The sample.
    at
        How many values are to be up to each boundary, rising.

    Returns
    -------
    ndarray
        float32, rising.
    """
    if not len(at):
        return np.empty(0, dtype=np.float32)
    boundaries = reference.take(np.maximum(at - 1, 0))
    boundaries[at == 0] = np.nextafter(reference[0], np.float32(-np.inf))
    return boundaries
