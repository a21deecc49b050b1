"""A function of each value alone."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plurel_cli.features.transforms import Transform, transforms

Floats = NDArray[np.float32]


class _Pointwise:
    def __init__(
        self, function: Callable[[Floats], Floats], inverse: Callable[[float], float]
    ) -> None:
        self._function, self._inverse = function, inverse

    def __call__(self, raw: Floats, generator: Generator, /) -> Floats:
        return self._function(raw)

    def inverse(self, written: float, /) -> float:
        return self._inverse(written)


@transforms()
def identity(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """The raw value."""
    return _Pointwise(lambda raw: raw, float)


def _expm1(x: float) -> float:
    return math.expm1(min(x, 700.0))


@transforms()
def signed_log(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """sign(x) log(1 + |x|)."""
    return _Pointwise(
        lambda raw: np.copysign(np.log1p(np.abs(raw)), raw),
        lambda written: math.copysign(_expm1(abs(written)), written),
    )


@transforms()
def signed_root(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """sign(x) √|x|."""
    return _Pointwise(
        lambda raw: np.copysign(np.sqrt(np.abs(raw)), raw),
        lambda written: math.copysign(written * written, written),
    )
