"""An end in one sentence where this process may use only so much memory.

Polars and Python's own C code end a process at once when they are refused memory, and no handler
runs. So where a limit is set, the command runs in a child process, and its parent waits, tells
what happened, and passes signals on. Without a limit nothing of this plays a part.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import mmap

_PANIC = "PanicException"  # what Python calls a fault of Rust code, which is no `Exception`

_ABORTS = {signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGTRAP}

_PASSED_ON = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1}

_OURS = b"error: "
"""How lines begin that are for the user, of what is written past Python."""

_SENTENCE_BYTES = 4096

_UNTOLD = "plurel: needs more memory than this process may use; let it use more"

_GAVE_UP = 75

_GLANCE_S = 0.1

_KEPT_BYTES = 1 << 20

_sentence: mmap.mmap | None = None

_PARENT_DIES = 1  # Linux: prctl's PR_SET_PDEATHSIG


def memory_limit() -> int | None:
    """Bytes that this process may use at the most; None without a limit."""
    kinds = resource.RLIMIT_AS, resource.RLIMIT_DATA
    limits = [resource.getrlimit(kind)[0] for kind in kinds]
    return min((limit for limit in limits if limit != resource.RLIM_INFINITY), default=None)


def needing(sentence: str) -> None:
    """Leave word of what to say if memory runs out from here on.

    Parameters
    ----------
    sentence
        Place, rule and remedy.
    """
    if _sentence is not None:
        data = sentence.encode()[: _SENTENCE_BYTES - 1]
        _sentence.seek(0)
        _sentence.write(data.ljust(_SENTENCE_BYTES, b"\0"))


def wanted() -> str:
    """What to say where memory has run out."""
    return _read(_sentence)


def _read(shared: mmap.mmap | None) -> str:
    data = shared[:].rstrip(b"\0") if shared is not None else b""
    return data.decode(errors="replace") or _UNTOLD


def give_up() -> None:
    """End a guarded child that has no memory left to say why."""
    if _sentence is not None:
        os._exit(_GAVE_UP)


def is_of_memory(error: BaseException) -> bool:
    """Whether an error may be what becomes of a library that is refused memory.

    Its file cannot be mapped, names that it would define are missing, or threads do not start.
    """
    return isinstance(error, ImportError | NameError | RuntimeError | SystemError) or (
        type(error).__name__ == _PANIC
    )


def guard() -> None:
    """Go on in a child process, if memory is limited; the parent ends as the child does."""
    global _sentence
    if memory_limit() is None or not sys.platform.startswith("linux"):
        return
    import ctypes
    import mmap

    try:
        shared = mmap.mmap(-1, _SENTENCE_BYTES)
        reader, writer = os.pipe()
        former = signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON | {signal.SIGCHLD})
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        child = os.fork()
    except (OSError, MemoryError):
        return
    if child:
        os.close(writer)
        _end_with(child, reader, shared)
    os.close(reader)
    parent = os.getppid()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PARENT_DIES, int(signal.SIGKILL))
        if os.getppid() != parent:
            os._exit(1)
    _sentence = shared
    warnings.filterwarnings("ignore", "Polars binary is missing", UserWarning)
    if sys.stderr is not None:  # Python's messages go on to where they went
        with suppress(OSError):
            sys.stderr = open(os.dup(2), "w", buffering=1, encoding=sys.stderr.encoding)  # noqa: PTH123, SIM115
    os.dup2(writer, 2)
    os.close(writer)
    signal.pthread_sigmask(signal.SIG_SETMASK, former)


def _end_with(child: int, reader: int, shared: mmap.mmap) -> NoReturn:
    """End as a child does, or with a sentence where memory has ended it."""
    relay = _Relay(reader)
    gone = status = 0
    while not gone:
        arrived = signal.sigtimedwait(_PASSED_ON | {signal.SIGCHLD}, _GLANCE_S)
        gone, status = os.waitpid(child, os.WNOHANG)
        if arrived and not gone and arrived.si_signo != signal.SIGCHLD and arrived.si_code <= 0:
            os.kill(child, arrived.si_signo)  # those of a terminal have gone to both
        relay.look()
    code = os.waitstatus_to_exitcode(status)
    relay.end(has_failed=code != 0)
    if -code in _ABORTS or code == _GAVE_UP or (code == 1 and relay.is_noisy):
        _write(f"error: {_read(shared)}\n".encode())
        os._exit(2)
    if code < 0:
        with suppress(OSError, ValueError):
            signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {-code})
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.kill(os.getpid(), -code)
    os._exit(abs(code))


class _Relay:
    """Passes on what others than Python write to standard error, where that is of use.

    Libraries that are refused memory say so at length, each in its own way. So what they write is
    kept until it is known how the command ends.
    """

    def __init__(self, reader: int) -> None:
        self._reader, self._kept = reader, b""
        os.set_blocking(reader, False)

    @property
    def is_noisy(self) -> bool:
        """Whether anything was written that is not for the user."""
        return any(line and not line.startswith(_OURS) for line in self._kept.splitlines())

    def look(self) -> None:
        """Take what there is."""
        with suppress(BlockingIOError):
            while data := os.read(self._reader, 1 << 16):
                self._kept = (self._kept + data)[-_KEPT_BYTES:]

    def end(self, *, has_failed: bool) -> None:
        """Pass on all, or of a command that has failed what is for the user."""
        lines = self._kept.splitlines(keepends=True)
        _write(b"".join(line for line in lines if line.startswith(_OURS) or not has_failed))


def _write(data: bytes) -> None:
    """Write to standard error, if it is there."""
    with suppress(OSError):
        os.write(2, data)
