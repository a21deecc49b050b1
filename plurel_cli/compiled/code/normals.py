"""Normal numbers and quantiles, step by step as in `plurel_cli.numerics`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.compiled.code import doubles
from plurel_cli.compiled.code.machine import (
    BITS16,
    DOUBLE,
    SINGLE,
    WHOLE,
    Doubles,
    Singles,
    compiled,
    inlined,
    read,
    written,
)
from plurel_cli.numerics import normal_quantile as definitions

_LEAST = definitions._LEAST
_ABOVE, _BELOW = (powers[::-1] for powers in definitions._CENTRE)
_NEAR_ABOVE, _NEAR_BELOW = (powers[::-1] for powers in definitions._NEAR_TAIL)
_FAR_ABOVE, _FAR_BELOW = (powers[::-1] for powers in definitions._FAR_TAIL)
_LAST_STEP = (1 << 16) - 1
_TOGETHER = 1 << 11


@inlined
def _ratio(above: Any, below: Any, x: float) -> Any:
    """Of two polynomials, highest powers first."""
    over, under = above[0], below[0]
    for power in range(1, 8):
        over = over * x + above[power]
        under = under * x + below[power]
    return over / under


@inlined
def _root(share: float) -> Any:
    """By which a tail is computed."""
    return np.sqrt(-doubles._log(max(min(share, 1.0 - share), _LEAST)))


@inlined
def _of_root(root: float) -> Any:
    """How far from 0 the quantile of a tail is."""
    if root > 5.0:
        return _ratio(_FAR_ABOVE, _FAR_BELOW, root - 5.0)
    return _ratio(_NEAR_ABOVE, _NEAR_BELOW, root - 1.6)


@compiled(WHOLE(read(DOUBLE, 1), written(DOUBLE, 1)))
def normal_quantiles(shares: Doubles, out: Doubles) -> int:
    """Quantiles of the standard normal distribution.

    Parameters
    ----------
    shares
        Probabilities.
    out
        As many.

    Returns
    -------
    int
        0.
    """
    tails = np.empty(_TOGETHER, dtype=np.int64)
    roots, values = np.empty(_TOGETHER), np.empty(_TOGETHER)
    for begin in range(0, len(shares), _TOGETHER):
        part, into = shares[begin : begin + _TOGETHER], out[begin : begin + _TOGETHER]
        for index in range(len(part)):
            centred = part[index] - 0.5
            into[index] = centred * _ratio(_ABOVE, _BELOW, 0.180625 - centred * centred)
        n = 0
        for index in range(len(part)):
            tails[n] = index
            n += 1 if abs(part[index] - 0.5) > 0.425 else 0
        for tail in range(n):
            roots[tail] = _root(part[tails[tail]])
        for tail in range(n):
            values[tail] = _ratio(_NEAR_ABOVE, _NEAR_BELOW, roots[tail] - 1.6)
        for tail in range(n):
            index, value = tails[tail], values[tail]
            if roots[tail] > 5.0:
                value = _of_root(roots[tail])
            into[index] = np.copysign(value, part[index] - 0.5)
    return 0


@compiled(
    WHOLE(
        read(BITS16, 1),
        read(BITS16, 1),
        read(SINGLE, 1),
        read(SINGLE, 1),
        written(SINGLE, 1),
    )
)
def across_steps(
    steps: NDArray[np.uint16],
    shares: NDArray[np.uint16],
    edges: Singles,
    heights: Singles,
    out: Singles,
) -> int:
    """Normal numbers, each across one of 2¹⁶ steps.

    Parameters
    ----------
    steps, shares
        Which step, and how far across.
    edges, heights
        Where steps begin, and 2⁻¹⁶ of how far they go.
    out
        As many as there are steps and shares.

    Returns
    -------
    int
        0.
    """
    for index in range(len(out)):
        step = np.int64(steps[index])
        if 0 < step < _LAST_STEP:
            out[index] = np.float32(shares[index]) * heights[step] + edges[step]
            continue
        outermost = np.float64(step) * 2.0**16 + np.float64(shares[index])
        share = (outermost + 0.5) * 2.0**-32
        out[index] = np.float32(np.copysign(_of_root(_root(share)), share - 0.5))
    return 0
