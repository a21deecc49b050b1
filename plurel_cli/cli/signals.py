"""End a run when a signal asks for it, once, and with time to tidy up.

Python runs signal handlers in its main thread alone, which waits while Polars writes a large
table. What makes the rows runs in a thread of Polars', though, and can look at a pipe to which
the number of a signal is written at once. So one signal may arrive twice, or by way of Polars as
well; an ending that is under way must not be cut short by another.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

INTERRUPTED = 128 + signal.SIGINT
"""Exit code of a run that Ctrl-C has ended."""

ways_on: list[str] = []
"""How a run that is interrupted can be gone on with, for whoever ends it."""

_arrived: list[int] = []
"""Signals that the handler has raised an ending for."""

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


def leave(number: int, frame: FrameType | None) -> NoReturn:
    """End at once, with one line: what Ctrl-C does where nothing is being written.

    Parameters
    ----------
    number
        Of the signal.
    frame
        Where the program was.
    """
    os.write(2, b"error: interrupted\n")
    os._exit(INTERRUPTED)


def _raise(number: int) -> None:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + number)


def _end(number: int, frame: FrameType | None) -> None:
    if not isinstance(sys.exc_info()[1], KeyboardInterrupt | SystemExit):
        _arrived.append(number)
        _raise(number)


@contextmanager
def ended_by_signals(way_on: str = "") -> Iterator[Callable[[], None]]:
    """Let signals end the block: SIGINT as ever, SIGTERM and SIGHUP with `SystemExit`.

    A signal that is ignored, as under `nohup`, stays so.

    Parameters
    ----------
    way_on
        How to go on with what was interrupted, if that can be.

    Yields
    ------
    Callable
        To be called now and then by any thread: raises after such a signal.
    """
    usual = (signal.SIG_DFL, signal.default_int_handler, leave)
    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    former = {number: signal.getsignal(number) for number in numbers}
    former = {number: handler for number, handler in former.items() if handler in usual}
    if threading.current_thread() is not threading.main_thread() or not former:
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
        for number in former:
            if number in arrived:
                _raise(number)

    ways_on[:] = [way_on] if way_on else []
    _arrived.clear()
    former_writer = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in former:
        signal.signal(number, _end)
    try:
        yield look
    except Exception:
        if _arrived:  # a library that was interrupted has said so in words of its own
            _raise(_arrived[0])
        raise
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(former_writer)
        os.close(reader)
        os.close(writer)
