"""A value's rank in its column."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.ranking import Ranking
from plurel_cli.features.transforms import Transform, transforms
from plurel_cli.numerics.generator import Generator

Floats = NDArray[np.float32]


class _Rank:
    def __init__(self, reference: Floats) -> None:
        self._ranking = Ranking(reference)

    def __call__(self, raw: Floats, generator: Generator, /) -> Floats:
        return self._ranking.mapped(raw, lambda shares: shares, generator)

    def inverse(self, written: float, /) -> float:
        return self._ranking.value(written)


@transforms()
def rank(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Rank / (N + 1), ties in random order."""
    return _Rank(reference)
