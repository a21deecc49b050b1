"""Run all benchmarks, or those named: python -m benchmarks [startup] [structure] …"""

from __future__ import annotations

import platform
import sys

import numpy as np
import polars as pl

from benchmarks import (
    bucket,
    corpus,
    estimate,
    features,
    foreign_keys,
    health,
    kernel,
    reference,
    scale,
    series,
    startup,
    structure,
    tpch,
    within,
)

ALL = {
    "startup": startup.run,
    "foreign_keys": foreign_keys.run,
    "series": series.run,
    "structure": structure.run,
    "features": features.run,
    "health": health.run,
    "kernel": kernel.run,
    "corpus": corpus.run,
    "bucket": bucket.run,
    "scale": scale.run,
    "estimate": estimate.run,
    "reference": reference.run,
    "tpch": tpch.run,
    "within": within.run,
}


def main() -> None:
    versions = (
        f"Python {platform.python_version()}, numpy {np.__version__}, Polars {pl.__version__}"
    )
    names = sys.argv[1:] or list(ALL)
    if unknown := [name for name in names if name not in ALL]:
        raise SystemExit(f"no benchmark {unknown[0]!r}; there are {', '.join(ALL)}")
    print(f"{platform.machine()}, {versions}")
    for name in names:
        ALL[name]()


if __name__ == "__main__":  # some start processes that import it
    main()
