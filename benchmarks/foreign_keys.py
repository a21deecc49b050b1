"""Foreign keys against one uniform per key from numpy's PCG64: at most 4 times, at any size, with
compiled functions, which `PLUREL_KERNEL=numpy` leaves out.
"""

from __future__ import annotations

import numpy as np

from benchmarks.timing import paired
from plurel_cli import compiled
from plurel_cli.config.connectivity import ConnectivityConfig
from plurel_cli.connectivity.hsbm import sample_block_model
from plurel_cli.connectivity.keys import block_model_keys
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream

MODELS = {"1 level of 2": (1, 2), "3 levels of 2": (3, 2), "5 levels of 3": (5, 3)}


def run() -> None:
    compiled.expect(n_keys=10**9)
    way = "compiled functions" if compiled.is_compiled() else "numpy's functions"
    print(f"foreign keys, with {way}: ns a key, and multiples of a PCG64 uniform drawn in one call")
    print(f"  {'block model':14} {'children':>12} {'parents':>10} {'uniform':>8} {'key':>8} ratio")
    for name, (levels, clusters) in MODELS.items():
        config = ConnectivityConfig.model_validate(
            {"levels": levels, "parent_clusters": clusters, "child_clusters": clusters}
        )
        model = sample_block_model(config, Stream(3))
        for n_children in (10**4, 10**5, 10**6, 10**7, 10**8):
            for n_parents in (10**3, 10**6):
                generator = np.random.Generator(np.random.PCG64(1))

                def draw_uniforms(n: int = n_children, draws: object = generator) -> None:
                    draws.random(n)  # type: ignore[attr-defined]

                def draw_keys(n: int = n_children, parents: int = n_parents) -> None:
                    keys = block_model_keys(model, parents, n, Stream(1))  # noqa: B023
                    for block in range(-(-n // BLOCK_ROWS)):
                        keys.block(block)

                repeats = max(3, min(200, 3 * 10**6 // n_children))
                times = paired(draw_keys, draw_uniforms, repeats)
                a_key, a_uniform = times.first / n_children * 1e9, times.second / n_children * 1e9
                print(
                    f"  {name:14} {n_children:12,} {n_parents:10,} {a_uniform:8.2f} {a_key:8.2f} "
                    f"{times.ratio:5.2f}"
                )
