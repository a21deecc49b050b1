"""What the plan saves: CPU time and memory of `generate` and `do` against another checkout.

Each measurement is a process of its own with one BLAS thread; checkouts take turns, seed by seed.

    python -m benchmarks.plan /path/to/other/checkout --seeds 20
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent

MEASURED = """
import json, resource, sys, time
from plurel_cli import do, generate, generate_to, load_config, load

what, config_path, seed, settings = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
config = load_config(config_path)
config = getattr(config, "config", config)
if settings:
    from plurel_cli.config import Config
    config = Config.model_validate(json.loads(settings))
if what == "generate":
    generate(config, 100)  # imports, pools
    begin = time.process_time()
    generate(config, seed)
elif what == "do":
    database = generate(config, seed)
    table = next(t for t in database.schema.tables if t.features)
    column = table.features[0]
    value = 0 if column.categories else 0.0
    do(database, table.name, column.name, value)
    begin = time.process_time()
    do(database, table.name, column.name, value)
else:
    import tempfile
    begin = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        generate_to(folder + "/database", config, seed)
cpu = time.process_time() - begin
print(json.dumps([cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def measured(
    checkout: Path, what: str, config: str, seed: int, settings: str = ""
) -> tuple[float, float]:
    """CPU seconds, and MiB at the most.

    Parameters
    ----------
    checkout
        Of which checkout.
    what
        `generate`, `do` or `folder`.
    config
        Path of a config, within this checkout.
    seed
        Seed of the database.
    settings
        JSON of another config in place of that.
    """
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(checkout)}
    path = str(HERE / config)
    command = [sys.executable, "-c", MEASURED, what, path, str(seed), settings]
    run = subprocess.run(
        command, cwd=checkout, env=environment, capture_output=True, text=True, check=True
    )
    cpu, memory = json.loads(run.stdout)
    return cpu, memory


def large(rows: int) -> str:
    """A config of few tables, those of events with so many rows, with all that `realistic` has."""
    import yaml

    settings = yaml.safe_load((HERE / "configs/realistic_plain.yaml").read_text(encoding="utf-8"))
    settings["schema"]["tables"] = 3
    settings["schema"].setdefault("rows", {})["activity"] = rows
    return json.dumps(settings, default=str)


def main() -> None:
    """Compare, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", type=Path, help="checkout to compare with")
    parser.add_argument("--config", default="configs/realistic_plain.yaml")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=1, help="first seed")
    parser.add_argument("--rows", type=int, help="compare one large database, of so many events")
    options = parser.parse_args()
    settings = large(options.rows) if options.rows else ""
    for what in ("folder",) if settings else ("generate", "do"):
        ratios, most = [], [0.0, 0.0]
        for seed in range(options.first, options.first + options.seeds):
            pair = [HERE, options.other.resolve()]
            both = {
                checkout: measured(checkout, what, options.config, seed, settings)
                for checkout in (pair if seed % 2 else pair[::-1])
            }
            (cpu, memory), (other_cpu, other_memory) = (both[checkout] for checkout in pair)
            ratios.append(cpu / other_cpu)
            most = [max(most[0], memory), max(most[1], other_memory)]
            print(
                f"{what} seed {seed}: {cpu:.2f} s against {other_cpu:.2f} s, "
                f"{memory:.0f} MiB against {other_memory:.0f} MiB",
                flush=True,
            )
        mean = math.exp(math.fsum(map(math.log, ratios)) / len(ratios))
        print(f"{what}: {mean:.3f} of the CPU time, {most[0] / most[1]:.3f} of the memory")


if __name__ == "__main__":
    main()
