"""One thread for numpy's matrix products, which are too small here to share.

OpenBLAS reads its environment once, when numpy is imported, so a library has to ask it directly.
Where numpy's own OpenBLAS is not found, nothing is done: values are the same, at more cost.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np

_NAMES = (
    "scipy_openblas_{}_num_threads64_",
    "openblas_{}_num_threads64_",
    "openblas_{}_num_threads",
)


@cache
def _controls() -> tuple[Callable[[], int], Callable[[int], object]] | None:
    """Getter and setter of the number of threads of numpy's OpenBLAS."""
    package = Path(np.__file__).parent
    for folder in (package.with_name("numpy.libs"), package / ".dylibs"):
        for path in sorted(folder.glob("*openblas*")):
            try:
                library = ctypes.CDLL(str(path))
            except OSError:
                continue
            for name in _NAMES:
                getter = getattr(library, name.format("get"), None)
                setter = getattr(library, name.format("set"), None)
                if getter is not None and setter is not None:
                    return getter, setter
    return None


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold matrix products to one thread."""
    controls = _controls()
    if controls is None:
        yield
        return
    getter, setter = controls
    before = getter()
    setter(1)
    try:
        yield
    finally:
        setter(before)
