"""A worker process: how it is started, with how many threads, and in what words it died.

It runs a program of one line that takes over the module path of this process, so that it needs
nothing of a script's main module, and ignores Ctrl-C, which this process passes on by killing it.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import IO, Any, Protocol

from plurel_cli.features.garbage import N_OBJECTS

_PROGRAM = (
    "import gc, signal, sys, json; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    "gc.set_threshold(200_000); "  # as the command does, for the sake of imports
    "sys.path[:] = json.loads(sys.argv[1]); from {module} import main; main()"
)

_THREADS = ("POLARS_MAX_THREADS",)
_SINGLE_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_LONGEST = 200


def imported() -> None:
    """Say that all is imported that work needs: from now on, garbage is looked for more often, and
    only among what is new.

    By Python's own 700 new objects, it would take a twentieth of the time of databases; by many
    more, what only garbage still refers to would fill the memory.
    """
    gc.freeze()
    gc.set_threshold(N_OBJECTS)


def program(module: str) -> str:
    """What a worker runs: the `main` of a module."""
    return _PROGRAM.format(module=module)


class Process(Protocol):
    """A worker process, however it was started."""

    pid: int

    @property
    def stdin(self) -> IO[bytes] | None:
        """Where it reads."""

    @property
    def stdout(self) -> IO[bytes] | None:
        """Where it answers."""

    def kill(self) -> None:
        """End it now."""

    def wait(self) -> int:
        """Its exit code, once it has ended."""


def start(
    code: str, threads: int, words: IO[bytes], stdin: int = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    """Start a worker.

    Parameters
    ----------
    code
        Its `program`.
    threads
        Threads that Polars may use in it.
    words
        File for what it prints on standard error.
    stdin
        What it reads; by default a pipe.

    Returns
    -------
    subprocess.Popen
        With pipes for its standard input and output.
    """
    environment = os.environ | dict.fromkeys(_SINGLE_THREADS, "1")
    environment |= dict.fromkeys(_THREADS, str(threads))
    return subprocess.Popen(
        [sys.executable, "-c", code, json.dumps(sys.path)],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=words,
        env=environment,
    )


def tell(process: Process, message: Mapping[str, Any]) -> None:
    """Write a message to a worker, a line of JSON.

    Parameters
    ----------
    process, message
        The worker, and what it is told.

    Raises
    ------
    OSError
        If it has gone.
    """
    assert process.stdin is not None  # noqa: S101
    with _no_signal():
        process.stdin.write(f"{json.dumps(message)}\n".encode())
        process.stdin.flush()


@contextmanager
def _no_signal() -> Iterator[None]:
    """Let what is written to a process that has gone be an error, and not the end of this process,
    as commands have it for the sake of pipes that they print to.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    former = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE})
    try:
        yield
    finally:
        if signal.SIGPIPE in signal.sigpending():
            signal.sigwait({signal.SIGPIPE})
        signal.pthread_sigmask(signal.SIG_SETMASK, former)


def ending(process: Process, words: IO[bytes]) -> str:
    """How a worker ended.

    Parameters
    ----------
    process
        The worker, which is waited for.
    words
        What it printed on standard error.

    Returns
    -------
    str
        A clause such as "its worker died (SIGKILL, as when the system lacks memory)".
    """
    code = process.wait()
    size = words.seek(0, os.SEEK_END)
    words.seek(max(0, size - 4096))
    text = words.read().decode(errors="replace")
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    telling = [line for line in lines if "memory" in line] or lines
    last = telling[-1][:_LONGEST] if telling else ""
    how = f"exit code {code}"
    if code < 0:
        how = signal.Signals(-code).name
        if -code == getattr(signal, "SIGKILL", None):
            how += ", as when the system lacks memory"
    return f"its worker died ({how}){f': {last}' if last else ''}"


def end(process: Process) -> None:
    """Kill a worker, wait until it is gone, and close its pipes."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        assert stream is not None  # noqa: S101
        with suppress(BrokenPipeError), _no_signal():
            stream.close()
