"""Shift and scale by a column's moments."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.transforms import Transform, transforms
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.sums import mean_and_sd

Floats = NDArray[np.float32]

_LARGEST = 1e6


class _Standardised:
    def __init__(self, mean: float, sd: float) -> None:
        self._mean, self._sd = mean, sd

    def __call__(self, raw: Floats, generator: Generator, /) -> Floats:
        scores = raw.astype(np.float64)
        scores -= self._mean
        scores /= self._sd
        return scores.clip(-_LARGEST, _LARGEST, out=scores).astype(np.float32)

    def inverse(self, written: float, /) -> float:
        return self._mean + self._sd * min(max(written, -_LARGEST), _LARGEST)


@transforms()
def standardise(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """(x − mean) / standard deviation, both of a sample; a constant column becomes 0."""
    mean, sd = mean_and_sd(reference)
    return _Standardised(mean, sd or 1.0)
