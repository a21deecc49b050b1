"""The examples of the hand-written pages: run them, and put what they print below them.

A fenced block is an example where its first line says so:

- ```` ```sh run ````: a shell script; `exit=2` after it where it must end with that status
- ```` ```python ````: a program; a word after it names the reader whose interpreter runs it
- ```` ```text output ````: what the example before it prints, rewritten by `refreshed`

The examples of a page run one after another in one folder, which begins with `configs/` alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

_FENCE = re.compile(r"^```(?P<info>\w[^\n]*)\n(?P<body>.*?)^```$", re.M | re.S)


class ExampleError(Exception):
    """An example that did not run as it should."""


@dataclass(frozen=True)
class Example:
    """A fenced block of a page."""

    info: tuple[str, ...]
    body: str
    start: int
    stop: int

    @property
    def is_shell(self) -> bool:
        return self.info[:2] == ("sh", "run")

    @property
    def is_python(self) -> bool:
        return self.info[0] == "python"

    @property
    def is_output(self) -> bool:
        return self.info == ("text", "output")

    @property
    def reader(self) -> str | None:
        return self.info[1] if self.is_python and len(self.info) > 1 else None

    @property
    def status(self) -> int:
        said = [word.removeprefix("exit=") for word in self.info if word.startswith("exit=")]
        return int(said[0]) if said else 0


def examples(text: str) -> list[Example]:
    return [
        Example(tuple(m["info"].split()), m["body"], m.start("body"), m.end("body"))
        for m in _FENCE.finditer(text)
    ]


def refreshed(
    text: str,
    interpreter: Callable[[str], Path] | None = None,
    commands: Path = Path(sys.executable).parent,
) -> str:
    """A page with its examples run and their output put in.

    Parameters
    ----------
    text
        The page.
    interpreter
        Gives the Python of a reader by its name; without it, those examples are passed over.
    commands
        Folder of `plurel` and `python`, such as those of `warm_commands`.

    Raises
    ------
    ExampleError
        If an example fails.
    """
    parts, printed, position = [], "", 0
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "work")
        place.mkdir()
        (place / "configs").symlink_to(ROOT / "configs")
        for example in examples(text):
            if example.is_shell:
                printed = _run(["sh", "-eu", "-c", example.body], example, place, commands)
            elif example.reader is not None:
                if interpreter is not None:
                    _run([str(interpreter(example.reader)), "-"], example, place, commands)
            elif example.is_python:
                printed = _run(["python", "-"], example, place, commands)
            elif example.is_output:
                parts += [text[position : example.start], printed]
                position = example.stop
    return "".join([*parts, text[position:]])


def _run(command: list[str], example: Example, place: Path, commands: Path) -> str:
    path = os.pathsep.join([str(commands), str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [shutil.which(command[0], path=path) or command[0], *command[1:]],
        input=example.body if example.is_python else None,
        cwd=place,
        env=os.environ | {"PATH": path, "PYTHONWARNINGS": "default"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != example.status:
        raise ExampleError(
            f"ended with status {done.returncode}, not {example.status}:\n"
            f"{example.body}\n{done.stdout}"
        )
    lines = (line.rstrip() for line in done.stdout.rstrip("\n").splitlines())
    return "".join(f"{line}\n" for line in lines)
