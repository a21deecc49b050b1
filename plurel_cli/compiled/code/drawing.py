"""Compiled functions of what is drawn, with the arguments of the definitions whose twins they are.

Where a generator's bits are numpy's, or a law of weights is of a plugin, the definition draws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.compiled.code import weights as drawing
from plurel_cli.compiled.code.bits import CompiledBits
from plurel_cli.kernel.names import LAWS
from plurel_cli.kernel.twins import Twin
from plurel_cli.numerics.normal_quantile import normal_table, truncated_table

Floats = NDArray[np.float32]


def _opened(definition: Callable[..., Any]) -> Callable[..., Any]:
    return CompiledBits


def _looked_up(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def looked_up(table: Floats, generator: Any, n: int, factor: float) -> Floats:
        if not isinstance(generator.bits, CompiledBits):
            return definition(table, generator, n, factor)
        out = np.empty(n, dtype=np.float32)
        drawing.looked_up(generator.bits.state, table, np.float32(factor), out)
        return out

    return looked_up


def _matrices(definition: Callable[..., Floats]) -> Callable[..., Floats]:
    def matrices(
        generator: Any, groups: Sequence[Any], last: NDArray[np.uint16], gains: Floats
    ) -> Floats:
        laws = [group.law for group in groups]
        if not isinstance(generator.bits, CompiledBits) or None in laws:
            return definition(generator, groups, last, gains)
        both = zip(laws, groups, strict=True)
        shapes = np.array([(LAWS.index(law.name), *group[1:]) for law, group in both])
        factors = np.array([law.spread * _STEPS.get(law.name, 1.0) for law in laws], np.float32)
        n_weights = sum(n_in * n_out * n for _, n_in, n_out, n in groups)
        weights = np.empty(n_weights, dtype=np.float32)
        drawing.matrices(generator.bits.state, shapes, factors, _tables(), last, gains, weights)
        return weights

    return matrices


_STEPS = {"uniform": 2.0**-31}


@cache
def _tables() -> Floats:
    return np.stack([normal_table(), truncated_table()])


DRAWING_TWINS: Mapping[str, Twin] = {
    "opened": _opened,
    "looked_up": _looked_up,
    "matrices": _matrices,
}
