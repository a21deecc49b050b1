"""Compare every environment with the first: `python -m sameness`.

Virtual environments are made below `.sameness/`, of every Python from 3.11 to 3.13 that there is,
with the oldest numpy that it has a wheel for and the newest.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time

from sameness.environments import ROOT, Environment, environments, hashes_in
from sameness.hashes import CONFIGS

PYTHONS = ("python3.11", "python3.12", "python3.13")
OLDEST = {"python3.11": "2.0.0", "python3.12": "2.0.0", "python3.13": "2.1.0"}
SMALL = ["small", "default", "broad", "realistic", "social_network"]
"""What all kernels and features are compared on; releases are compared on all configs."""


def made(python: str, numpy: str) -> str:
    """The executable of a virtual environment with a release of numpy, made when first needed."""
    folder = ROOT / ".sameness" / f"{python}-numpy-{numpy}"
    executable = folder / "bin" / "python"
    if not (folder / "whole").exists():
        subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
        wanted = "numpy" if numpy == "newest" else f"numpy=={numpy}"
        subprocess.run(
            [executable, "-m", "pip", "install", "--quiet", "--editable", str(ROOT), wanted],
            check=True,
        )
        (folder / "whole").touch()
    return str(executable)


def compare(
    python: str,
    environment: Environment,
    reference: dict[str, str],
    configs: list[str],
    n_seeds: int,
    title: str,
) -> int:
    """Tell how many hashes differ from the reference."""
    began = time.monotonic()
    found = hashes_in(python, environment, configs, n_seeds)
    wrong = [place for place, text in found.items() if reference[place] != text]
    verdict = f"{len(wrong)} differ: {', '.join(wrong[:3])}" if wrong else "all equal"
    took = f"{time.monotonic() - began:.0f} s"
    print(f"{title}, {environment.name}: {len(found):,} hashes, {verdict} ({took})", flush=True)
    return len(wrong)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sameness", description=__doc__)
    parser.add_argument("--seeds", type=int, default=2, help="seeds a config")
    parser.add_argument("--here", action="store_true", help="no other Python or numpy")
    parser.add_argument("configs", nargs="*", help="configs for all; a sensible choice by default")
    options = parser.parse_args()
    every = options.configs or sorted(p.stem for p in CONFIGS.glob("*.yaml") if p.stem != "mixture")
    some = options.configs or SMALL
    plain = Environment("as it is", {"OPENBLAS_NUM_THREADS": "1"})
    reference = hashes_in(sys.executable, plain, every, options.seeds)
    n_wrong = 0
    for environment in environments(sys.executable)[1:]:
        n_wrong += compare(
            sys.executable, environment, reference, some, options.seeds, "this Python"
        )
    for python in () if options.here else PYTHONS:
        if (
            shutil.which(python) is None
            or subprocess.run([python, "--version"], capture_output=True, check=False).returncode
        ):
            print(f"{python}: there is none")
            continue
        for numpy in (OLDEST[python], "newest"):
            title = f"{python}, numpy {numpy}"
            n_wrong += compare(made(python, numpy), plain, reference, every, options.seeds, title)
    print("all equal" if n_wrong == 0 else f"{n_wrong:,} hashes differ")
    return int(n_wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
