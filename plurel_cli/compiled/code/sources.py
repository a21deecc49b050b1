"""Beta sources, as `plurel_cli.features.sources.independent` defines them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.compiled.code import betas, doubles, sorting
from plurel_cli.compiled.code.bits import CompiledBits, begun
from plurel_cli.compiled.code.machine import (
    BITS64,
    DOUBLE,
    SINGLE,
    WHOLE,
    Singles,
    Words,
    compiled,
    written,
)
from plurel_cli.compiled.code.words import draw
from plurel_cli.kernel.twins import Twin

_N_SHARES = 2.0**52
_ELEVEN = np.uint64(11)


@compiled(WHOLE(written(BITS64, 1), DOUBLE, DOUBLE, SINGLE, SINGLE, SINGLE, written(SINGLE, 1)))
def beta(
    state: Words,
    a: float,
    b: float,
    span: np.float32,
    low: np.float32,
    high: np.float32,
    out: Singles,
) -> int:
    """Draw numbers of a beta distribution, stretched to bounds.

    Parameters
    ----------
    state
        Of the bits, a word of which each number takes.
    a, b
        The distribution.
    span, low, high
        The bounds, and how far they are apart.
    out
        What is drawn.

    Returns
    -------
    int
        0, or 1 where a number is not finite.
    """
    n = len(out)
    begun(state)
    words, shares = np.empty(n, np.uint64), np.empty(n)
    draw(state, words)
    for index in range(n):
        share = np.floor(np.float64(words[index] >> _ELEVEN) * 2.0**-53 * _N_SHARES)
        shares[index] = (min(share, _N_SHARES - 1.0) + 0.5) * 2.0**-52
    order, pairs, others = np.empty(n, np.int64), np.empty(n, np.uint64), np.empty(n, np.uint64)
    sorting.order_of_words(shares.view(np.uint64), pairs, others, order)
    points, rest = np.empty((4, n)), np.empty(n)
    rising, below, above, odds = points[0], points[1], points[2], points[3]
    for index in range(n):
        rising[index] = shares[order[index]]
        rest[index] = 1.0 - rising[index]
    doubles.logs(rising, below)
    doubles.logs(rest, above)
    for index in range(n):
        left = rest[index]
        above[index] += (-rising[index] - (left - 1.0)) / (left if left > 0.0 else 1.0)
        odds[index] = below[index] - above[index]
    made = np.empty((1, n), np.float32)
    if betas.rising(np.full(1, a), np.full(1, b), points, made):
        return 1
    for index in range(n):
        out[order[index]] = min(max(made[0, index] * span + low, low), high)
    return 0


def _beta_source(definition: Callable[..., Any]) -> Callable[..., Any]:
    def drawn(source: Any, block: Any, n: int) -> NDArray[np.float32]:
        bits = getattr(block, "bits", None)  # none of numpy's own generators
        if isinstance(bits, CompiledBits):
            state, out = bits.state, np.empty(n, dtype=np.float32)
            before = state.copy()
            low, high = source.low, source.high
            if not beta(state, source.a, source.b, high - low, low, high, out):
                return out
            state[:] = before
        made: NDArray[np.float32] = definition(source, block, n)
        return made

    return drawn


SOURCE_TWINS: Mapping[str, Twin] = {"beta_source": _beta_source}
