"""A structure-only database of 10⁷ rows against Polars writing the same finished frames."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.memory import peak_mib
from benchmarks.timing import paired
from plurel_cli import generate, generate_to, parse_config

CONFIG = parse_config(
    {
        "schema": {"layout": "explicit"},
        "features": {"model": "none"},
        "tables": {
            "user": {"rows": 1_000_000},
            "product": {"rows": 1_000_000},
            "store": {"rows": 1_000_000},
            "order": {"rows": 7_000_000, "parents": ["user", "product", "store"]},
        },
    }
)


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        generate_to(root / "warm", CONFIG, 1)
        peak = peak_mib()
        frames = generate(CONFIG, 1).tables

        def ours() -> None:
            generate_to(root / "ours", CONFIG, 1, force=True)

        def polars_alone() -> None:
            for name, frame in frames.items():
                frame.write_parquet(root / f"{name}.parquet", compression="zstd")

        times = paired(ours, polars_alone, 5)
    print("structure-only database of 10⁷ rows, 3 foreign keys a row of the largest table")
    print(
        f"  generated and written {times.first:.2f} s, finished frames written {times.second:.2f} s"
    )
    print(f"  ratio {times.ratio:.2f}; peak memory of the process after generating {peak:.0f} MiB")
