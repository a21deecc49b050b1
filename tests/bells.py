"""Signals that are heard as exceptions, though the system goes on with what they interrupt."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


class Rung(Exception):
    """What a signal is heard as."""


def _ring(*_: object) -> NoReturn:
    raise Rung


@contextmanager
def bell() -> Iterator[None]:
    """A signal after a moment in the block; others come with `ring_in`."""
    former = signal.signal(signal.SIGALRM, _ring)
    signal.siginterrupt(signal.SIGALRM, False)
    ring_in(0.2)
    try:
        yield
    finally:
        ring_in(0.0)
        signal.signal(signal.SIGALRM, former)


def ring_in(seconds: float) -> None:
    """Have a signal come, or with 0 none any more."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
