"""Runs of the command in processes of their own."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from docs.warm import warm_commands

ROOT = Path(__file__).parents[2]


class Result(NamedTuple):
    """Exit code and what was printed."""

    code: int
    out: str
    err: str

    def is_refusal(self, *words: str) -> bool:
        """Whether one clear line says why nothing was done."""
        lines = self.err.splitlines()
        return (
            self.code == 2
            and self.out == ""
            and len(lines) == 1
            and lines[0].startswith("error: ")
            and len(lines[0]) < 400
            and all(word in lines[0] for word in words)
        )


def command(*arguments: str | Path, before: str = "") -> list[str]:
    """The command's words; some code may run before."""
    code = (
        f"import sys; sys.argv[0] = 'plurel'\n{before}\nfrom plurel_cli.cli import main\nmain()\n"
    )
    return [sys.executable, "-c", code, *map(str, arguments)]


def start(*arguments: str | Path, before: str = "", **options: Any) -> subprocess.Popen[bytes]:
    """Start the command."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command(*arguments, before=before), env=environment, **options)


@contextmanager
def running(*arguments: str | Path, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A command that goes on; it is killed if the test fails, which would wait for it otherwise."""
    with start(*arguments, **options) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise


def children(process: int) -> list[int]:
    """Processes that one has started, and those that these have forked."""
    found: list[int] = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has ended meanwhile
            found += map(int, path.read_text().split())
    return [*found, *(inner for child in found for inner in children(child))]


@cache
def warm() -> Path:
    """A folder of `plurel` and `python` that start at once, until these tests end."""
    commands = ExitStack()
    atexit.register(commands.close)
    return commands.enter_context(warm_commands())


def at_once(*arguments: str | Path) -> Result:
    """As `in_process`, where it does not matter what has been imported before."""
    done = subprocess.run(
        [warm() / "plurel", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    return Result(done.returncode, done.stdout, done.stderr)


def in_process(*arguments: str | Path, before: str = "", **options: Any) -> Result:
    """Run the command to its end."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    with start(*arguments, before=before, **pipes) as process:
        out, err = process.communicate()
    return Result(process.returncode, (out or b"").decode(), (err or b"").decode())
