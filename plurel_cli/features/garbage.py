"""Garbage of Python's is looked for less often while a database is fitted.

A fit makes many small objects that stay for as long as it takes, and Python, which by itself looks
for garbage among every 700 new objects, would spend a twentieth of the time on these.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

N_OBJECTS = 50_000
"""New objects until garbage is looked for: with many more, what only garbage still refers to would
fill the memory.
"""


class _Overlapping:
    """Fits that go on, in whichever threads, and what held before the first of them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.n = 0
        self.former = gc.get_threshold()


_OVERLAPPING = _Overlapping()


@contextmanager
def looked_for_rarely() -> Iterator[None]:
    """Have garbage looked for less often, unless that is so already or it is not looked for; what
    held before holds again when the last of several that overlap is over.
    """
    with _OVERLAPPING.lock:
        _OVERLAPPING.n += 1
        if _OVERLAPPING.n == 1:
            _OVERLAPPING.former = gc.get_threshold()
            if 0 < _OVERLAPPING.former[0] < N_OBJECTS:
                gc.set_threshold(N_OBJECTS, *_OVERLAPPING.former[1:])
    try:
        yield
    finally:
        with _OVERLAPPING.lock:
            _OVERLAPPING.n -= 1
            if _OVERLAPPING.n == 0 and gc.get_threshold()[0] == N_OBJECTS:
                gc.set_threshold(*_OVERLAPPING.former)
