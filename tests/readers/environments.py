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
import shutil
import subprocess
import sys
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Reader:
    """A Python interpreter with a reader installed."""

    python: Path

    def run(self, code: str, *arguments: str | Path) -> Any:
        """What a program prints as JSON on its last line; the test fails if the program does."""
        command = [str(self.python), "-I", "-c", code, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode != 0:
            pytest.fail(f"the reader failed:\n{done.stderr[-3000:]}", pytrace=False)
        return json.loads(done.stdout.splitlines()[-1])


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
    return Reader(folder / "bin" / "python")


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
