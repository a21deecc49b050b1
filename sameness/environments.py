"""The environments that this machine can play: kernels, CPU features and threads.

OpenBLAS and numpy choose what they run by the CPU, and both can be told to choose as on an older
one, by variables that they read when they are loaded.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]

CORES = {
    "Prescott": "sse3",
    "Nehalem": "sse4_2",
    "Sandybridge": "avx",
    "Haswell": "avx2",
    "Zen": "avx2",
    "SkylakeX": "avx512f",
}
"""Kernels of OpenBLAS, and what a CPU must have to run them."""

WITHOUT = {
    "no AVX-512": (
        "AVX512F",
        "AVX512CD",
        "AVX512_SKX",
        "AVX512_CLX",
        "AVX512_CNL",
        "AVX512_ICL",
        "AVX512_SPR",
    ),
    "no AVX2": ("AVX2", "FMA3"),
}
"""Groups of numpy's CPU features that are left out, each with those before it."""


@dataclass(frozen=True)
class Environment:
    """How a Python is run.

    Attributes
    ----------
    name
        What it is called.
    variables
        Environment variables.
    """

    name: str
    variables: dict[str, str] = field(default_factory=dict)


def cpu_flags() -> set[str]:
    """What this CPU can do, as Linux tells it; nothing elsewhere."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    return {flag for line in lines if line.startswith("flags") for flag in line.split()}


def dispatched(python: str) -> set[str]:
    """Features that numpy chooses between when it is loaded, in a Python's numpy."""
    code = (
        "import json; from numpy._core._multiarray_umath import __cpu_dispatch__ as d;"
        " print(json.dumps(list(d)))"
    )
    done = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True)
    return set(json.loads(done.stdout))


def environments(python: str) -> list[Environment]:
    """Those that this machine's CPU can play in a Python, the plain one first."""
    flags, features = cpu_flags(), dispatched(python)
    found = [Environment("as it is", {"OPENBLAS_NUM_THREADS": "1"})]
    found.append(Environment("two threads", {"OPENBLAS_NUM_THREADS": "2"}))
    found += [
        Environment(core, {"OPENBLAS_CORETYPE": core, "OPENBLAS_NUM_THREADS": "1"})
        for core, needed in CORES.items()
        if needed in flags or (core == "Prescott" and flags)
    ]
    left_out: list[str] = []
    for name, several in WITHOUT.items():
        left_out += [feature for feature in several if feature in features]
        if left_out:
            variables = {"NPY_DISABLE_CPU_FEATURES": " ".join(left_out)}
            found.append(Environment(name, variables | {"OPENBLAS_NUM_THREADS": "1"}))
    if left_out:
        oldest = {"OPENBLAS_CORETYPE": "Prescott", "NPY_DISABLE_CPU_FEATURES": " ".join(left_out)}
        found.append(Environment("Prescott, no AVX2", oldest | {"OPENBLAS_NUM_THREADS": "1"}))
    return found


def hashes_in(
    python: str, environment: Environment, configs: list[str], n_seeds: int
) -> dict[str, str]:
    """What a Python tells in an environment.

    Parameters
    ----------
    python
        Its executable.
    environment
        How it is run.
    configs, n_seeds
        What is made.

    Returns
    -------
    dict
        As `sameness.hashes` prints it.
    """
    command = [python, "-m", "sameness.hashes", *configs, "--seeds", str(n_seeds)]
    done = subprocess.run(
        command,
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | environment.variables,
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found
