"""Run all benchmarks, or those named: python -m benchmarks [startup] [structure] …"""

from __future__ import annotations

import platform
import sys

import numpy as np
import polars as pl

from benchmarks import (
    bucket,
    corpus,
    features,
    foreign_keys,
    health,
    reference,
    scale,
    series,
    startup,
    structure,
    within,
)

ALL = {
    "startup": startup.run,
    "foreign_keys": foreign_keys.run,
    "series": series.run,
    "structure": structure.run,
    "features": features.run,
    "health": health.run,
    "corpus": corpus.run,
    "bucket": bucket.run,
    "scale": scale.run,
    "reference": reference.run,
    "within": within.run,
}


def main() -> None:
    versions = (
        f"Python {platform.python_version()}, numpy {np.__version__}, Polars {pl.__version__}"
    )
    print(f"{platform.machine()}, {versions}")
    for name in sys.argv[1:] or ALL:
        ALL[name]()


if __name__ == "__main__":  # some start processes that import it
    main()
