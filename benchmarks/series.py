"""Series and autoregressive noise, a row."""

from __future__ import annotations

import numpy as np

from benchmarks.timing import paired
from plurel_cli.features.sources.settings import SeriesConfig
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.temporal.autoregression import AutoregressiveNoise
from plurel_cli.temporal.series import series_column


def run() -> None:
    n_rows = 10**6
    blocks = range(-(-n_rows // BLOCK_ROWS))
    generator = np.random.Generator(np.random.PCG64(1))
    print("series: ns a row, and as a multiple of one PCG64 normal")
    cases = {
        "AR(1) noise, ρ = 0.5": AutoregressiveNoise(0.5, 1.0, n_rows, Stream(1)),
        "AR(1) noise, ρ = 0.9": AutoregressiveNoise(0.9, 1.0, n_rows, Stream(1)),
        "numerical series": series_column(SeriesConfig(), "activity", n_rows, None, Stream(1)),
        "categorical series of 5": series_column(SeriesConfig(), "activity", n_rows, 5, Stream(1)),
    }
    for name, column in cases.items():
        times = paired(
            lambda: [column.block(block) for block in blocks],  # noqa: B023
            lambda: [generator.standard_normal(BLOCK_ROWS) for _ in blocks],
            5,
        )
        print(f"  {name:24} {times.first / n_rows * 1e9:6.1f} ns, {times.ratio:5.1f} ×")
