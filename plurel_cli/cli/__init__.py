"""The command line: parse, call the library, print. Nothing here decides anything.

Data goes to standard output and messages to standard error. Exit codes: 0 done, 1 faults found or
databases that failed, 2 bad usage, config or input, 130 and 143 for interrupted and terminated.
What a command needs is imported when it runs, so that help is quick.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn, TextIO

import typer

from plurel_cli.cli import config, corpus, do, look, make, measure
from plurel_cli.errors import PlurelError, ShortOfMemoryError, storage_error

app = typer.Typer(
    name="plurel",
    help="Synthetic relational databases from scratch: schema, foreign keys, time, features.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
make.add_to(app)
corpus.add_to(app)
do.add_to(app)
look.add_to(app)
measure.add_to(app)
config.add_to(app)


_SIGNAL = 128
"""An exit code above it says which signal ended the run."""


def _version(value: bool) -> None:
    if value:
        from plurel_cli import __version__

        typer.echo(f"plurel {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    pass


def main() -> None:
    """Entry point of the `plurel` command."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its matrices are small: more threads cost
    if hasattr(signal, "SIGPIPE"):  # end as `cat` does when the reader of a pipe has left
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        app(prog_name="plurel")  # which Click would guess from how Python was started
    except PlurelError as error:
        _refuse(error)
    except MemoryError:
        rule = "needs more memory than this process may use"
        _refuse(ShortOfMemoryError("plurel", rule, remedy="let it use more"))
    except OSError as error:
        _refuse(storage_error(error.filename or "standard output", error))
    except SystemExit as end:
        if isinstance(end.code, int) and end.code > _SIGNAL:
            # All is tidied up, but threads of Polars' may still ask for rows, and abort the
            # process if Python ends around them.
            os._exit(end.code)
        raise


def _refuse(error: PlurelError) -> NoReturn:
    with suppress(OSError):  # nowhere to say it
        for line in str(error).splitlines():
            typer.echo(f"error: {line}", err=True)
    for stream in (sys.stdout, sys.stderr):
        _let_go(stream)
    sys.exit(2)


def _let_go(stream: TextIO) -> None:
    """Drop what a full disk does not take, so that Python does not try again and end otherwise."""
    try:
        stream.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
