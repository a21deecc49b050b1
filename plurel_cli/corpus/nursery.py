"""A process that prepares once what all workers need, and forks them.

Imports, the config and its models are then the same memory in all workers, and cost the time of
one. Polars must not have been imported where a process forks, as its threads would be missing in
the fork; so each worker imports it by itself, and a process that has threads all the same, as some
plugin may start them, refuses to fork.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from array import array
from contextlib import suppress
from typing import IO, Any

from plurel_cli.corpus.process import imported, program, start

_PROGRAM = program("plurel_cli.corpus.nursery")

_READY, _FORK, _REFUSED = b"ready", b"fork", b"refused"
_MOST_BYTES = 64
_PATIENCE_S = 5.0


def is_possible() -> bool:
    """Whether processes can be forked here, and their pipes be handed over."""
    return sys.platform == "linux" and hasattr(socket, "send_fds")


class Nursery:
    """The process, as whoever wants workers sees it; any thread may ask for one.

    Parameters
    ----------
    setup
        What workers need, as they read it.
    threads
        Threads that Polars may use in each.
    """

    def __init__(self, setup: dict[str, Any], threads: int) -> None:
        self._lock = threading.Lock()
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the process)
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = start(_PROGRAM, threads, self._words, theirs.fileno())
        self._setup: bytes | None = f"{json.dumps(setup)}\n".encode()
        self._is_ready = False

    def forked(self, words: IO[bytes]) -> Forked | None:
        """A new worker; nothing where the process cannot fork, or has ended.

        Parameters
        ----------
        words
            File for what it prints on standard error.
        """
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        answer = self._asked(_FORK, (theirs_in, theirs_out, words.fileno()))
        os.close(theirs_in)
        os.close(theirs_out)
        if answer == _REFUSED:
            os.close(ours_in)
            os.close(ours_out)
            return None
        return Forked(self, int(answer), os.fdopen(ours_in, "wb"), os.fdopen(ours_out, "rb"))

    def ended(self, pid: int) -> int:
        """The exit code of a worker that ends, as `subprocess` has them."""
        answer = self._asked(str(pid).encode())
        if answer != _REFUSED:
            return int(answer)
        deadline = time.monotonic() + _PATIENCE_S  # whoever adopted it waits for it
        while _is_there(pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        return -signal.SIGKILL

    def _asked(self, question: bytes, files: tuple[int, ...] = ()) -> bytes:
        """The answer; a refusal if the process is gone."""
        with self._lock, suppress(OSError):
            if self._setup is not None:
                setup, self._setup = self._setup, None
                self._socket.sendall(setup, socket.MSG_NOSIGNAL)
                if self._socket.recv(len(_READY)) != _READY:
                    return _REFUSED
                self._is_ready = True
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", files))]
            # Not by `send_fds`, which leaves out flags.
            self._socket.sendmsg([question], rights if files else (), socket.MSG_NOSIGNAL)
            return self._socket.recv(_MOST_BYTES) or _REFUSED
        return _REFUSED

    def stop(self) -> None:
        """End it if it has no workers yet, so that nobody waits for one."""
        if not self._is_ready:
            self._process.kill()

    def close(self) -> None:
        """End it; workers must have ended."""
        self._process.kill()
        self._process.wait()
        for file in (self._process.stdout, self._socket, self._words):
            assert file is not None  # noqa: S101
            file.close()


class Forked:
    """A worker that was forked, with what of `subprocess.Popen` is used of one."""

    def __init__(self, nursery: Nursery, pid: int, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self._nursery, self.pid, self.stdin, self.stdout = nursery, pid, stdin, stdout
        self._code: int | None = None

    def kill(self) -> None:
        """End it now."""
        if self._code is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        if self._code is None:
            self._code = self._nursery.ended(self.pid)
        return self._code


def _is_there(pid: int) -> bool:
    """Whether there is a process, be it that it has ended and nobody has waited for it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def main() -> None:
    """Fork workers, and wait for those that end, until nobody asks any more."""
    from plurel_cli.corpus import worker

    asked = socket.socket(fileno=os.dup(0))
    makes = worker.maker_of(json.loads(_line(asked)))
    imported()
    asked.sendall(_READY)
    while True:
        question, files, _, _ = socket.recv_fds(asked, _MOST_BYTES, 3)
        if not question:
            os._exit(0)
        if question != _FORK:
            _, status = os.waitpid(int(question), 0)
            asked.sendall(str(os.waitstatus_to_exitcode(status)).encode())
            continue
        pid = None if _has_threads() else os.fork()
        if pid == 0:
            asked.close()
            _take(files)
            worker.main(makes)
        for file in files:
            os.close(file)
        asked.sendall(_REFUSED if pid is None else str(pid).encode())


def _line(asked: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        part = asked.recv(1 << 16)
        if not part:
            os._exit(0)
        line += part
    return line


def _has_threads() -> bool:
    """Whether this process has more threads than one, the others of which a fork would lack."""
    return len(os.listdir("/proc/self/task")) > 1  # noqa: PTH208


def _take(files: list[int]) -> None:
    """Make files the standard ones of this process."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
