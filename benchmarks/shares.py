"""Where the CPU time of making and writing databases goes: samples of the call stack, by stage.

A sample belongs to the innermost of the functions named here that is on the stack, and what is of
none of them to the rest of its stage. Samples are taken of CPU time, and slow nothing down.

    python -m benchmarks.shares [default] [broad] [realistic]
"""

from __future__ import annotations

import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import FrameType

from plurel_cli import compiled, generate_to, load_config

CONFIGS = ("default", "broad", "realistic")

_SEEDS = range(1, 10)
_EVERY_S = 0.004

STAGES = {
    "writing": [("storage/", ""), ("blocks/frames.py", "")],
    "themes and names": [("themes/", ""), ("schema/themed.py", "")],
    "schema": [("schema/sample.py", ""), ("features/graph.py", ""), ("features/taste.py", "")],
    "keys": [("connectivity/", "")],
    "times": [("temporal/", ""), ("features/time_sources/", "")],
    "drawing mechanisms": [("features/roles/draws.py", "mechanisms"), ("features/mechanisms/", "")],
    "quantiles of noise": [("features/noise.py", "beta_quantiles")],
    "encoders of a node": [
        ("features/encoders.py", "make_encoders"),
        ("compiled/code/whole_nodes.py", "_packed"),
    ],
    "what comes over keys": [("features/engine/work.py", "refer"), ("features/references.py", "")],
    "values of a node": [("features/mechanised.py", "")],
    "which causes act": [("features/acting.py", "")],
    "mixtures and gathering": [("features/budget/", ""), ("features/gathering/", "")],
    "judging": [("features/engine/attempts.py", "_judged")],
    "lenses and transforms": [("lenses/", ""), ("features/transforms/", "")],
    "rest of fitting": [("features/engine/", "")],
}
"""What samples are counted as: parts of the package, or a function of a file."""

_GENERAL = ("features/mechanisms/", "storage/errors", "lenses/")
"""Called by several: what calls them counts, where it is named."""


def _stage(frame: FrameType | None) -> str:
    """What a sample counts as."""
    general = ""
    while frame is not None:
        _, is_ours, path = frame.f_code.co_filename.partition("plurel_cli/")
        if is_ours:
            for stage, places in STAGES.items():
                for start, function in places:
                    if path.startswith(start) and frame.f_code.co_name.startswith(function):
                        if not start.startswith(_GENERAL):
                            return stage
                        general = general or stage
        frame = frame.f_back
    return general or "other"


def shares(name: str) -> Counter[str]:
    """Samples by stage, of databases of a config with compiled functions where there are any.

    Parameters
    ----------
    name
        Of the config.

    Returns
    -------
    Counter
    """
    config, seen = load_config(f"configs/{name}.yaml"), Counter[str]()

    def sample(_: int, frame: FrameType | None) -> None:
        seen[_stage(frame)] += 1

    before = signal.signal(signal.SIGPROF, sample)
    with tempfile.TemporaryDirectory() as folder:
        generate_to(Path(folder) / "warm", config, 100)
        for seed in _SEEDS:
            signal.setitimer(signal.ITIMER_PROF, _EVERY_S, _EVERY_S)
            generate_to(Path(folder) / f"db-{seed}", config, seed)
            signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)
    return seen


def main() -> None:
    names = sys.argv[1:] or CONFIGS
    every = {name: shares(name) for name in names}
    way = "compiled functions" if compiled.is_compiled() else "numpy's functions"
    print(f"percent of the CPU time of seeds 1 to 9, one thread, with {way}")
    print(f"  {'':24}" + "".join(f"{name:>12}" for name in names))
    for stage in (*STAGES, "other"):
        numbers = (100 * seen[stage] / seen.total() for seen in every.values())
        print(f"  {stage:24}" + "".join(f"{number:12.1f}" for number in numbers))


if __name__ == "__main__":
    main()
