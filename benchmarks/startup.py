"""How long commands take from the shell's point of view."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import paired

PLUREL = str(Path(sys.executable).with_name("plurel"))


def _runner(*command: str) -> object:
    return lambda: subprocess.run(command, check=True, capture_output=True)


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "structure.yaml")
        config.write_text("features: {model: none}\n")
        out = str(Path(folder, "db"))
        typer = _runner(sys.executable, "-c", "import typer")
        commands = {
            "plurel --help": [PLUREL, "--help"],
            "plurel config show": [PLUREL, "config", "show"],
            "plurel schema --format dot": [PLUREL, "schema", "--format", "dot"],
            "plurel generate, structure only": [
                PLUREL, "generate", "--force", "--config", str(config), "--out", out,
            ],
            "plurel generate": [PLUREL, "generate", "--force", "--out", out],
            "plurel validate": [PLUREL, "validate", out],
            "plurel describe": [PLUREL, "describe", out],
        }  # fmt: skip
        print("whole processes, and as a multiple of python -c 'import typer'")
        for name, command in commands.items():
            times = paired(_runner(*command), typer, 7)  # type: ignore[arg-type]
            print(f"  {name:34} {times.first * 1e3:5.0f} ms, {times.ratio:5.1f} ×")
