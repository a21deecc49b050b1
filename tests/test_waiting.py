"""A signal ends a wait, though a library has the system go on waiting after one."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from queue import SimpleQueue
from typing import NoReturn

import pytest

from plurel_cli.waiting import next_of, result_of, until_readable

_LATE_S = 5.0


class _Rung(Exception):
    pass


def _ring(*_: object) -> NoReturn:
    raise _Rung


@pytest.fixture
def bell() -> Iterator[None]:
    """A signal soon, after which the system goes on waiting."""
    former = signal.signal(signal.SIGALRM, _ring)
    signal.siginterrupt(signal.SIGALRM, False)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0.0)
    signal.signal(signal.SIGALRM, former)


@pytest.mark.usefixtures("bell")
def test_a_signal_ends_the_wait_for_a_queue() -> None:
    queue: SimpleQueue[int] = SimpleQueue()
    late = threading.Timer(_LATE_S, queue.put, [1])
    late.start()
    with pytest.raises(_Rung):
        next_of(queue)
    assert queue.empty()
    late.cancel()


@pytest.mark.usefixtures("bell")
def test_a_signal_ends_the_wait_for_a_future() -> None:
    future: Future[int] = Future()
    late = threading.Timer(_LATE_S, future.set_result, [1])
    late.start()
    with pytest.raises(_Rung):
        result_of(future)
    assert not future.done()
    late.cancel()


@pytest.mark.usefixtures("bell")
def test_a_signal_ends_the_wait_for_a_pipe() -> None:
    reader, writer = os.pipe()
    late = threading.Timer(_LATE_S, os.close, [writer])
    late.start()
    with pytest.raises(_Rung):
        until_readable(reader)
    late.cancel()
    os.close(reader)
    os.close(writer)


def test_what_comes_is_given() -> None:
    queue: SimpleQueue[int] = SimpleQueue()
    threading.Timer(0.3, queue.put, [7]).start()
    assert next_of(queue) == 7
    future: Future[int] = Future()
    threading.Timer(0.3, future.set_result, [8]).start()
    assert result_of(future) == 8
    reader, writer = os.pipe()
    threading.Timer(0.3, os.write, [writer, b"9"]).start()
    until_readable(reader)
    assert os.read(reader, 2) == b"9"
    os.close(writer)
    until_readable(reader)  # the end has come
    os.close(reader)


def test_what_a_future_raises_is_raised() -> None:
    future: Future[int] = Future()
    future.set_exception(TimeoutError("of its own"))
    with pytest.raises(TimeoutError, match="of its own"):
        result_of(future)
