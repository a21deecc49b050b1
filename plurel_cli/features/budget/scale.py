"""How what the causal graph or children give is standardised, by the reference rows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.degenerate import is_degenerate
from plurel_cli.kernel import twin
from plurel_cli.numerics.ordering import in_order
from plurel_cli.numerics.sums import mean_and_sd

Floats = NDArray[np.float32]

_A_FEW = 1 << 11  # rows whose quantiles are those of a column, near enough
_LEAST = 1e-6  # a deviation that is none, as a share of the mean
_REACH = 2.0  # distances of the deciles from which on a value is far off


@dataclass(frozen=True)
class Scale:
    """How what the causal graph gives is standardised.

    Attributes
    ----------
    low, high
        Values are held between these, so that a few far off do not take the whole share.
    mean, sd
        Of the values so held.
    is_fine
        Whether there is enough to standardise.
    """

    low: float
    high: float
    mean: float
    sd: float
    is_fine: bool

    @classmethod
    def of(cls, values: Floats) -> Scale:
        """The one of some reference values.

        Notes
        -----
        Held within twice the distance of the deciles from the median, five deviations of a normal
        distribution, by the quantiles of some 2¹¹ evenly spaced rows.
        """
        if not len(values):  # as where no row refers to another
            return cls(-math.inf, math.inf, 0.0, 0.0, is_fine=False)
        few = in_order(values[:: max(len(values) // _A_FEW, 1)])
        is_fine = bool(np.isfinite(few[[0, -1]]).all()) and not is_degenerate(few)
        first, middle, last = few.take([int(q * (len(few) - 1)) for q in (0.1, 0.5, 0.9)])
        reach = _REACH * float(last - first) or math.inf
        low, high = float(middle) - reach, float(middle) + reach
        mean, sd = _moments_within(values, low, high)
        is_fine = is_fine and math.isfinite(sd) and sd > _LEAST * abs(mean)
        return cls(low, high, mean, sd, is_fine)

    def standardised(self, values: Floats, weight: float) -> Floats:
        """Values of mean 0 and this deviation; all 0 where there is nothing to standardise.

        Parameters
        ----------
        values
            Shape (n,); NaN counts as 0.
        weight
            The deviation.

        Returns
        -------
        ndarray
            Shape (n,).
        """
        if not self.is_fine:
            return np.zeros(len(values), dtype=np.float32)
        factor = np.float32(weight / self.sd)
        return _standardised(values, self.low, self.high, np.float32(self.mean), factor)


@twin("moments_within")
def _moments_within(values: Floats, low: float, high: float) -> tuple[float, float]:
    """Mean and deviation of values held between two."""
    return mean_and_sd(values.clip(low, high))


@twin("standardised")
def _standardised(
    values: Floats, low: float, high: float, mean: np.float32, factor: np.float32
) -> Floats:
    """Values held between two, less a mean, times a factor."""
    scaled: Floats = np.nan_to_num(values).clip(low, high)
    scaled -= mean
    scaled *= factor
    return scaled
