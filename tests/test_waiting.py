"""A signal ends a wait, though a library has the system go on waiting after one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import Future
from queue import SimpleQueue

import pytest

from plurel_cli.waiting import next_of, result_of, until_ended, until_readable
from tests.bells import Rung, bell

_LATE_S = 5.0


def test_a_signal_ends_the_wait_for_a_queue() -> None:
    queue: SimpleQueue[int] = SimpleQueue()
    late = threading.Timer(_LATE_S, queue.put, [1])
    late.start()
    with bell(), pytest.raises(Rung):
        next_of(queue)
    assert queue.empty()
    late.cancel()


def test_a_signal_ends_the_wait_for_a_future() -> None:
    future: Future[int] = Future()
    late = threading.Timer(_LATE_S, future.set_result, [1])
    late.start()
    with bell(), pytest.raises(Rung):
        result_of(future)
    assert not future.done()
    late.cancel()


def test_a_signal_ends_the_wait_for_a_pipe() -> None:
    reader, writer = os.pipe()
    late = threading.Timer(_LATE_S, os.close, [writer])
    late.start()
    with bell(), pytest.raises(Rung):
        until_readable(reader)
    late.cancel()
    os.close(reader)
    os.close(writer)


def test_a_signal_ends_the_wait_for_a_process() -> None:
    command = [sys.executable, "-c", f"import time; time.sleep({_LATE_S})"]
    with subprocess.Popen(command) as process:
        with bell(), pytest.raises(Rung):
            until_ended(process)
        assert process.poll() is None
        process.kill()


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
    with subprocess.Popen([sys.executable, "-c", "exit(3)"]) as process:
        until_ended(process)
        until_ended(process)
        assert process.returncode == 3


def test_what_a_future_raises_is_raised() -> None:
    future: Future[int] = Future()
    future.set_exception(TimeoutError("of its own"))
    with pytest.raises(TimeoutError, match="of its own"):
        result_of(future)
