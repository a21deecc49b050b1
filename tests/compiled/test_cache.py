"""What is compiled is kept, and read by the next process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
from plurel_cli import compiled
compiled.use(compiled=True)
from plurel_cli.compiled.code import folds, layers, weights
several = [f for m in (folds, layers, weights) for f in vars(m).values() if hasattr(f, "stats")]

print(sum(sum(f.stats.cache_misses.values()) for f in several))
"""


def _compiled(folder: Path) -> int:
    """How many functions a process compiles."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | {"NUMBA_CACHE_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def test_the_second_process_compiles_nothing(tmp_path: Path) -> None:
    assert _compiled(tmp_path) > 0
    assert _compiled(tmp_path) == 0
