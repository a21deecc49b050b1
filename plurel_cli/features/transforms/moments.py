"""Shift and scale by a column's moments."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plurel_cli.features.transforms import Transform, transforms

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
    """(x − mean) / standard deviation, both of the reference; a constant column becomes 0."""
    values = reference.astype(np.float64)
    mean = float(values.mean())
    sd = float(np.sqrt(np.square(values - mean).mean()))
    return _Standardised(mean, sd or 1.0)
