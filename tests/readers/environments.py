"""Virtual environments of the programs that read our databases, and of Ray; built once and kept.

They live in the user's cache, which a fresh checkout shares, or where `PLUREL_READER_CACHE` says,
apart from the environment of the tests: RelBench 1 and 3 share a name, and neither is a dependency
of ours.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

REQUIREMENTS: dict[str, tuple[str, ...]] = {
    "relbench_1": ("relbench==1.1.0", "pandas<3"),
    "relbench_2": ("relbench>=2,<3",),
    "relbench_3": ("relbench==3.0.2",),
    "relational_transformer": ("--no-deps", "relational-transformer==1.10.0", "pyyaml"),
    "hub": ("datasets==5.2.0", "mlcroissant==1.1.1"),
    "ray": (
        "ray==2.60.0",
        *(f"{name}=={version(name)}" for name in ("numpy", "polars")),
        *("networkx", "pydantic", "pyyaml", "rich", "typer"),
    ),
}


IMPORTED = dict.fromkeys(("relbench_1", "relbench_2", "relbench_3"), "relbench.base")
"""What takes two seconds to import, which one process does for all programs of a reader."""

LONGEST_S = 300

_SERVER = """
import gc, importlib, json, os, sys, traceback

importlib.import_module(sys.argv[1])
gc.freeze()
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child == 0:
        for number, path in ((1, asked["out"]), (2, asked["err"])):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        sys.argv[1:] = asked["arguments"]
        status = 0
        try:
            exec(compile(asked["code"], "<string>", "exec"), {"__name__": "__main__"})
        except BaseException:
            traceback.print_exc()
            status = 1
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@cache
def _server(python: Path, module: str) -> subprocess.Popen[str]:
    """A process that has imported a module, and forks for each program; it ends with this one."""
    command = [str(python), "-I", "-c", _SERVER, module]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen(command, text=True, **pipes)  # type: ignore[call-overload, no-any-return]


@dataclass(frozen=True)
class Reader:
    """A Python interpreter with a reader installed, and what its programs import, if it is long."""

    python: Path
    module: str | None = None

    def run(self, code: str, *arguments: str | Path) -> Any:
        """What a program prints as JSON on its last line; the test fails if the program does."""
        words = list(map(str, arguments))
        if self.module is None:
            command = [str(self.python), "-I", "-c", code, *words]
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=LONGEST_S, check=False
            )
            status, out, err = done.returncode, done.stdout, done.stderr
        else:
            status, out, err = self._forked(self.module, code, words)
        if status != 0:
            pytest.fail(f"the reader failed:\n{err[-3000:]}", pytrace=False)
        return json.loads(out.splitlines()[-1])

    def _forked(self, module: str, code: str, words: list[str]) -> tuple[int, str, str]:
        server = _server(self.python, module)
        assert server.stdin is not None
        assert server.stdout is not None
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            asked = {
                "code": code, "arguments": words, "out": str(out), "err": str(err),
                "folder": str(Path.cwd()), "environment": dict(os.environ),
            }  # fmt: skip
            server.stdin.write(f"{json.dumps(asked)}\n")
            server.stdin.flush()
            if not select.select([server.stdout], [], [], LONGEST_S)[0]:
                _server.cache_clear()
                server.kill()
                pytest.fail(f"the reader was at work for over {LONGEST_S} s", pytrace=False)
            return int(server.stdout.readline()), out.read_text(), err.read_text()


def reader(name: str) -> Reader:
    """The environment of one reader, built if it is not there yet."""
    requirements = REQUIREMENTS[name]
    usual = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "plurel-readers"
    cache = Path(os.environ.get("PLUREL_READER_CACHE") or usual)
    cache.mkdir(parents=True, exist_ok=True)
    identity = hashlib.sha256(repr((sys.version, requirements)).encode()).hexdigest()[:8]
    folder = cache / f"{name}-{identity}"
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # other test processes wait for the one that builds
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _build(folder, requirements)
            (folder / "ready").touch()
    return Reader(folder / "bin" / "python", IMPORTED.get(name))


def _build(folder: Path, requirements: tuple[str, ...]) -> None:
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    for command in ([sys.executable, "-m", "venv", str(folder)], [*pip, *requirements]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.fail(
                f"no environment for {' '.join(requirements)}, which this test reads databases "
                f"with: `{' '.join(command)}` failed (is there a network?)\n{done.stderr[-2000:]}",
                pytrace=False,
            )
