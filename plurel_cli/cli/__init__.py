"""The command line: parse, call the library, print. Nothing here decides anything.

Data goes to standard output and messages to standard error, by `streams` alone. Exit codes: 0 done,
1 faults found or databases that failed, 2 bad usage, config or input, 3 a fault of plurel's own,
130 and 143 for interrupted and terminated. What a command needs is imported when it runs, so that
help is quick, and an interruption before that ends with one line too.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import NoReturn

from plurel_cli.cli.guard import give_up, guard, is_of_memory, memory_limit, wanted
from plurel_cli.cli.signals import INTERRUPTED, leave, ways_on
from plurel_cli.cli.streams import SafeStream, safe_streams

GARBAGE = 200_000
"""New objects until garbage is collected: more than imports make, which would take a tenth longer
otherwise. `corpus.process.imported` says what holds from then on.
"""

_SIGNAL = 128
"""An exit code above it says which signal ended the run."""

DEBUG = "PLUREL_DEBUG"
"""Environment variable that has faults of plurel's own shown as Python shows them."""


def main() -> None:
    """Entry point of the `plurel` command."""
    former = signal.getsignal(signal.SIGINT)
    if former is signal.default_int_handler:
        signal.signal(signal.SIGINT, leave)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its matrices are small: more threads cost
    gc.set_threshold(GARBAGE)
    pipe = getattr(signal, "SIGPIPE", None)
    if pipe is not None:  # end as `cat` does when the reader of a pipe has left
        former_pipe = signal.signal(pipe, signal.SIG_DFL)
    if not os.environ.get(DEBUG):
        os.environ["RUST_BACKTRACE"] = "0"  # of Polars, which reads it when it fails
    ways_on.clear()
    guard()
    try:
        with safe_streams() as streams:
            _run(*streams)
    except MemoryError:
        give_up()
        raise
    finally:
        signal.signal(signal.SIGINT, former)
        if pipe is not None:
            signal.signal(pipe, former_pipe)


def _run(out: SafeStream, err: SafeStream) -> NoReturn:
    from plurel_cli.errors import PlurelError, storage_error

    try:
        from plurel_cli.cli.app import app

        app(prog_name="plurel")  # which Click would guess from how Python was started
    except PlurelError as error:
        _refuse(str(error), out, err)
    except MemoryError:
        _refuse(wanted(), out, err)
    except OSError as error:
        _refuse(str(storage_error(error.filename or "standard output", error)), out, err)
    except SystemExit as end:
        _end(end, err)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if memory_limit() is not None and is_of_memory(error):
            _refuse(wanted(), out, err)
        if os.environ.get(DEBUG):
            raise
        what = f"{type(error).__name__}: {error}"
        rule = f"this is a fault of plurel's own, {what}; {DEBUG}=1 shows where, for a report"
        _refuse(rule, out, err, code=3)
    sys.exit(0)


def _end(end: SystemExit, err: SafeStream) -> NoReturn:
    if isinstance(end.code, int) and end.code > _SIGNAL:
        if end.code == INTERRUPTED:
            _say("; ".join(["error: interrupted", *ways_on]), err)
        # All is tidied up, but threads of Polars' may still ask for rows, and abort the
        # process if Python ends around them.
        os._exit(end.code)
    raise end


def _say(line: str, err: SafeStream) -> None:
    try:
        err.write(f"{line}\n")
        err.flush()
    except OSError:  # nowhere to say it
        return


def _refuse(text: str, out: SafeStream, err: SafeStream, code: int = 2) -> NoReturn:
    from plurel_cli.errors import first_lines

    for line in first_lines(text):
        _say(f"error: {line}", err)
    for stream in (out, err):
        stream.let_go()
    sys.exit(code)
