"""End a run when a signal asks for it, with time to tidy up.

Python runs signal handlers in its main thread alone, which waits while Polars writes a large
table. What makes the rows runs in a thread of Polars', though, and can look at a pipe to which
the number of a signal is written at once.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_ENDING = ("SIGTERM", "SIGHUP")


def _end(number: int, frame: FrameType | None = None) -> NoReturn:
    raise SystemExit(128 + number)  # unwinds, so that half-written folders are removed


@contextmanager
def ended_by_signals() -> Iterator[Callable[[], None]]:
    """Let SIGTERM and SIGHUP end the block with `SystemExit`; SIGINT ends it anyway.

    Yields
    ------
    Callable
        To be called now and then by any thread: raises `SystemExit` after such a signal.
    """
    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    numbers = [number for number in numbers if signal.getsignal(number) == signal.SIG_DFL]
    if threading.current_thread() is not threading.main_thread():
        numbers = []
    if not numbers:
        yield lambda: None
        return
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)

    def look() -> None:
        try:
            arrived = os.read(reader, 64)
        except BlockingIOError:
            return
        for number in numbers:
            if number in arrived:
                _end(number)

    former = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in numbers:
        signal.signal(number, _end)
    try:
        yield look
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(former)
        os.close(reader)
        os.close(writer)
