"""A function of each value alone."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.transforms import Transform, transforms
from plurel_cli.numerics import single
from plurel_cli.numerics.elementary import expm1
from plurel_cli.numerics.generator import Generator

Floats = NDArray[np.float32]

LARGEST = float(np.finfo(np.float32).max)


class _Pointwise:
    def __init__(
        self, function: Callable[[Floats], Floats], inverse: Callable[[float], float]
    ) -> None:
        self._function, self._inverse = function, inverse

    def __call__(self, raw: Floats, generator: Generator, /) -> Floats:
        return self._function(raw)

    def inverse(self, written: float, /) -> float:
        return min(max(self._inverse(written), -LARGEST), LARGEST)


@transforms()
def identity(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """The raw value."""
    return _Pointwise(lambda raw: raw, float)


@transforms()
def signed_log(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """sign(x) log(1 + |x|)."""
    return _Pointwise(
        lambda raw: np.copysign(single.log1p(np.abs(raw)), raw),
        lambda written: math.copysign(expm1(min(abs(written), 700.0)), written),
    )


@transforms()
def signed_root(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """sign(x) √|x|."""
    return _Pointwise(
        lambda raw: np.copysign(np.sqrt(np.abs(raw)), raw),
        lambda written: math.copysign(written * written, written),
    )
