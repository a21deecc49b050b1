"""How fast this machine is, beside the one whose costs are kept.

A little of what plurel does most is timed by the CPU's own time: products of small matrices,
gathers, sorts, random numbers, and Python between them. It takes some 40 ms, once a process.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from plurel_cli.numerics.stream import Stream

_REPEATS = 3

_measured: list[float] = []


def slowness(*, anew: bool = False) -> float:
    """Milliseconds of CPU that the sample of work takes here, at best.

    Parameters
    ----------
    anew
        Whether to measure although it was measured in this process.
    """
    if anew or not _measured:
        _measured[:] = [1e3 * min(_timed(_work) for _ in range(_REPEATS))]
    return _measured[0]


def _timed(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


def _work() -> float:
    stream = Stream(0).child("estimate")
    generator = stream.generator()
    x = generator.standard_normal((2048, 8), dtype=np.float32)
    weights = generator.standard_normal((8, 16), dtype=np.float32)
    places = generator.integers(0, 1 << 17, 1 << 17)
    numbers = generator.random(1 << 17, dtype=np.float32)
    total = 0.0
    for number in range(40):
        y = x @ weights
        y.clip(-1, 1, out=y)
        y += x.take(places[:16] & 7, axis=1)
        total += float(y[number, 0])
    taken = numbers.take(places)
    taken.sort()
    numbers.searchsorted(taken[: 1 << 14])
    for number in range(100):
        total += stream.child("work", number).generator().random()
    names = {f"name_{number}": number for number in range(20_000)}
    return total + sum(names[name] for name in names)
