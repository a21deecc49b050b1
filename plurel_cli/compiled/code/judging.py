"""Whether a column says next to nothing, and its moments: as `features.degenerate` and
`numerics.sums` have them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.compiled.code.machine import BITS32, SINGLE, WHOLE, Singles, compiled, read
from plurel_cli.compiled.code.scales import moments_within
from plurel_cli.kernel.twins import Twin

_LOWEST, _HIGHEST = np.float32(-np.inf), np.float32(np.inf)

_contiguous = np.ascontiguousarray


@compiled(WHOLE(read(SINGLE, 1), WHOLE))
def has_run(ordered: Singles, run: int) -> int:
    """Whether one of some sorted numbers is the same as that so many places before it.

    Parameters
    ----------
    ordered, run
        The numbers, and how many places.

    Returns
    -------
    int
        0 or 1.
    """
    for index in range(run, len(ordered)):
        if ordered[index] == ordered[index - run]:
            return 1
    return 0


@compiled(WHOLE(read(BITS32, 1), WHOLE))
def most_alike(categories: NDArray[np.int32], n: int) -> int:
    """How many of some categories are the one that most are.

    Parameters
    ----------
    categories, n
        The categories, and how many different ones there may be.

    Returns
    -------
    int
        −1 where one is out of range.
    """
    counts = np.zeros(n, np.int64)
    for category in categories:
        if not 0 <= category < n:
            return -1
        counts[category] += 1
    most = 0
    for category in range(n):
        most = max(most, counts[category])
    return most


def _run(definition: Callable[..., bool]) -> Callable[..., bool]:
    def has_run_of(ordered: NDArray[np.float32], run: int) -> bool:
        if ordered.dtype != np.float32 or run < 0:
            return definition(ordered, run)
        return bool(has_run(_contiguous(ordered), run))

    return has_run_of


def _most_alike(definition: Callable[..., int]) -> Callable[..., int]:
    def most_alike_of(categories: NDArray[Any], n: int) -> int:
        if categories.dtype == np.int32 and n > 0:
            most: int = most_alike(_contiguous(categories), n)
            if most >= 0:
                return most
        return definition(categories, n)

    return most_alike_of


def _mean_and_sd(definition: Callable[..., Any]) -> Callable[..., Any]:
    def mean_and_sd(values: NDArray[Any]) -> tuple[float, float]:
        n = len(values)
        if not n or values.dtype != np.float32 or values.ndim != 1:
            some: tuple[float, float] = definition(values)
            return some
        moments = np.empty(2)
        moments_within(_contiguous(values), _LOWEST, _HIGHEST, np.empty(n), moments)
        mean, sd = moments.tolist()
        return mean, sd

    return mean_and_sd


JUDGING_TWINS: Mapping[str, Twin] = {
    "run": _run,
    "most_alike": _most_alike,
    "mean_and_sd": _mean_and_sd,
}
