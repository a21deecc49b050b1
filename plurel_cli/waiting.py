"""Waits that a signal ends.

Python's handlers end a wait, but those of a library may have the system go on waiting, as that of
Polars does, which is put in place when Polars is imported; the handler then runs when the wait is
over. So nobody waits for more than a moment at a time.
"""

from __future__ import annotations

import select
from concurrent.futures import Future, wait
from contextlib import suppress
from queue import Empty, SimpleQueue
from subprocess import Popen, TimeoutExpired
from typing import Any, TypeVar

T = TypeVar("T")

_MOMENT_S = 0.1


def next_of(queue: SimpleQueue[T]) -> T:
    """What comes next out of a queue, however long that takes."""
    while True:
        with suppress(Empty):
            return queue.get(timeout=_MOMENT_S)


def result_of(future: Future[T]) -> T:
    """What becomes of a future, however long that takes; what it raises is raised."""
    while not wait([future], timeout=_MOMENT_S).done:
        continue
    return future.result()


def until_readable(descriptor: int) -> None:
    """Wait until a pipe has something to read or its end, however long that takes.

    Parameters
    ----------
    descriptor
        The file descriptor of the pipe. Systems that cannot wait for one, such as Windows, do so
        when it is read.
    """
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        while not poll.poll(1000 * _MOMENT_S):
            continue


def until_ended(process: Popen[Any]) -> None:
    """Wait until a process has ended, however long that takes."""
    while process.returncode is None:
        with suppress(TimeoutExpired):
            process.wait(_MOMENT_S)
