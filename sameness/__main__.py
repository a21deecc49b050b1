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
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from plurel_cli.storage.machine import usable_cores
from sameness.environments import ROOT, Environment, environments, hashes_in
from sameness.hashes import CONFIGS, STATED

PYTHONS = ("python3.11", "python3.12", "python3.13")
OLDEST = {"python3.11": "2.0.0", "python3.12": "2.0.0", "python3.13": "2.1.0"}
SMALL = ["small", "default", "broad", "realistic", "social_network", "realistic_plain", STATED]
"""What all kernels and features are compared on; releases are compared on all configs."""

PLAIN = Environment("as it is", {"OPENBLAS_NUM_THREADS": "1"})


def made(python: str, numpy: str) -> str:
    """The executable of a virtual environment with a release of numpy, made when first needed."""
    folder = ROOT / ".sameness" / f"{python}-numpy-{numpy}"  # one run each, so nobody else makes it
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


@dataclass(frozen=True)
class Run:
    """One environment to compare with the reference.

    Attributes
    ----------
    python
        Words for what Python it is.
    release
        Release of numpy; None for the one that is here.
    environment
        How it is run.
    configs
        What it makes.
    """

    python: str
    release: str | None
    environment: Environment
    configs: list[str]

    @property
    def title(self) -> str:
        """What to call it."""
        python = self.python if self.release is None else f"{self.python}, numpy {self.release}"
        return f"{python}, {self.environment.name}"

    def hashes(self, n_seeds: int) -> tuple[dict[str, str], float]:
        """What it makes, and the seconds that it took."""
        executable = sys.executable if self.release is None else made(self.python, self.release)
        began = time.monotonic()
        return hashes_in(executable, self.environment, self.configs, n_seeds), (
            time.monotonic() - began
        )


def planned(every: list[str], some: list[str], *, is_here: bool) -> Iterator[Run]:
    """All that are compared with the reference.

    Parameters
    ----------
    every, some
        Configs that releases, and that kernels and features are compared on.
    is_here
        Whether to leave out other releases.
    """
    for environment in environments(sys.executable)[1:]:
        yield Run("this Python", None, environment, some)
    for python in () if is_here else PYTHONS:
        if (
            shutil.which(python) is None
            or subprocess.run([python, "--version"], capture_output=True, check=False).returncode
        ):
            print(f"{python}: there is none")
            continue
        for release in (OLDEST[python], "newest"):
            yield Run(python, release, PLAIN, every)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sameness", description=__doc__)
    parser.add_argument("--seeds", type=int, default=2, help="seeds a config")
    parser.add_argument("--here", action="store_true", help="no other Python or numpy")
    parser.add_argument(
        "--jobs", type=int, default=usable_cores(), help="environments at once; one a core"
    )
    parser.add_argument("configs", nargs="*", help="configs for all; a sensible choice by default")
    options = parser.parse_args()
    began = time.monotonic()
    shipped = sorted(path.stem for path in CONFIGS.glob("*.yaml") if path.stem != "mixture")
    every = options.configs or [*shipped, STATED]
    n_wrong = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        reference = pool.submit(hashes_in, sys.executable, PLAIN, every, options.seeds)
        runs = list(planned(every, options.configs or SMALL, is_here=options.here))
        several = [pool.submit(run.hashes, options.seeds) for run in runs]
        for run, one in zip(runs, several, strict=True):
            hashes, seconds = one.result()
            wrong = [place for place, text in hashes.items() if reference.result()[place] != text]
            n_wrong += len(wrong)
            verdict = f"{len(wrong)} differ: {', '.join(wrong[:3])}" if wrong else "all equal"
            print(f"{run.title}: {len(hashes):,} hashes, {verdict} ({seconds:.0f} s)", flush=True)
    verdict = "all equal" if n_wrong == 0 else f"{n_wrong:,} hashes differ"
    print(f"{verdict} ({time.monotonic() - began:.0f} s)")
    return int(n_wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
