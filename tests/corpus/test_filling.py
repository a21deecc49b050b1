"""Bytes that come by a pipe, read by a program that signals interrupt."""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from io import FileIO
from itertools import count
from random import Random
from types import FrameType
from typing import Any

import pytest

from plurel_cli.corpus import filling
from plurel_cli.corpus.filling import Filling
from tests.bells import Rung, bell, ring_in


def _writing(pipe: int, data: bytes, size: int) -> threading.Thread:
    """Write data piece by piece, with pauses, and close the pipe."""

    def write() -> None:
        with open(pipe, "wb", buffering=0) as out:
            for start in range(0, len(data), size):
                out.write(data[start : start + size])
                time.sleep(0.001)

    thread = threading.Thread(target=write)
    thread.start()
    return thread


def test_signals_lose_nothing() -> None:
    data = Random(1).randbytes(20_000_000)
    reader, writer = os.pipe()
    thread = _writing(writer, data, 50_000)
    room, n_rung = Filling(len(data)), 0
    with FileIO(reader) as pipe, bell():
        is_full = None
        while is_full is None:
            try:
                ring_in(0.002)
                is_full = room.fill(pipe)
            except Rung:
                n_rung += 1
            finally:
                ring_in(0.0)
        assert is_full
        assert room.data == data
        assert pipe.read() == b""
    thread.join()
    assert n_rung > 5


def test_an_exception_between_any_two_steps_loses_nothing() -> None:
    data = bytes(range(100))
    n_steps = n_raised = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal n_steps, n_raised
        if frame.f_code.co_filename != filling.__file__:
            return None
        frame.f_trace_opcodes = True
        n_steps -= event == "opcode"
        if event == "opcode" and n_steps == 0:
            n_raised += 1
            raise Rung
        return trace

    former = sys.gettrace()
    for start in count(1):
        reader, writer = os.pipe()
        os.write(writer, data)
        os.close(writer)
        first, second, n_before, n_steps = Filling(60), Filling(40), n_raised, start
        with FileIO(reader) as pipe:
            sys._getframe().f_trace_opcodes = True
            sys.settrace(trace)
            try:
                first.fill(pipe)
            except Rung:
                sys.settrace(former)
                assert first.fill(pipe)
            finally:
                sys.settrace(former)
            assert second.fill(pipe)
        assert first.data + second.data == data
        if n_raised == n_before:
            break
    assert n_raised > 30


@pytest.mark.parametrize("can_wait", [True, False])
def test_what_comes_is_kept_in_order(can_wait: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not can_wait:
        monkeypatch.delattr(select, "poll")
    data = Random(2).randbytes(300_000)
    reader, writer = os.pipe()
    thread = _writing(writer, data, 10_000)
    sizes = [8, 0, 1, 250_000, 49_991]
    rooms = [Filling(size) for size in sizes]
    with FileIO(reader) as pipe:
        assert [room.fill(pipe) for room in rooms] == [True] * len(sizes)
        assert b"".join(room.data for room in rooms) == data
        assert not Filling(1).fill(pipe)
    thread.join()


def test_an_end_in_the_middle_is_told() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"abc")
    os.close(writer)
    room = Filling(4)
    with FileIO(reader) as pipe:
        assert not room.fill(pipe)
        assert not room.fill(pipe)
