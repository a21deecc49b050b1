"""How many modules the values of one feature column go through, from config to disk.

    python -m benchmarks.walk [--root FOLDER] [--list]

Two databases of one table are made and saved, whose features are those of `default.yaml`: one
without a feature column, one with a computed number. What is called more often for the second is
called for the column's sake; the modules of the package in which that happens are the walk.
Arithmetic and what is drawn of many choices, an entry a file, are counted apart. `--root` measures
another checkout.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

_CODE = """
import sys, tempfile
from collections import Counter
from plurel_cli import generate, parse_config

def config_of(columns):
    return parse_config({
        "schema": {"layout": "explicit"},
        "tables": {"a": {"rows": 50, "columns": columns, "p_categorical": 0.0}},
        "features": {"scm": {"layout": "layered", "mode": "lazy", "latent_extra": 2}},
    })

def calls_of(columns, seed):
    calls = Counter()
    def seen(frame, event, argument):
        name = frame.f_globals.get("__name__", "")
        if event == "call" and name.startswith("plurel_cli"):
            calls[name, frame.f_code.co_qualname] += 1
    with tempfile.TemporaryDirectory() as folder:
        sys.setprofile(seen)
        try:
            database = generate(config_of(columns), seed)
            database.save(folder + "/db")
        finally:
            sys.setprofile(None)
    nodes = database.schema.tables[0].causal.nodes
    is_computed = any(n.column is not None and getattr(n, "causes", ()) for n in nodes)
    return calls, is_computed

seed = 0
for columns in (0, 1):
    calls_of(columns, seed)  # what is made once is there from now on
while not calls_of(1, seed)[1]:
    seed += 1
without, some = calls_of(0, seed)[0], calls_of(1, seed)[0]
print("\\n".join(sorted({name for (name, function), n in (some - without).items()})))
"""

_APART = (
    *("numerics", "choices", "random", "choice", "registry", "shares"),
    *("features.activations", "features.initialisations", "features.edge_weights"),
    *("features.mechanisms", "features.sources", "features.transforms", "schema.layouts"),
)
"""Arithmetic, the registry of choices, and its entries, of which others may be drawn."""


def modules(root: Path) -> list[str]:
    """Modules that the values of a computed number go through.

    Parameters
    ----------
    root
        A checkout.

    Returns
    -------
    list of str
        Their dotted names, sorted.
    """
    text = subprocess.run(
        [sys.executable, "-c", _CODE], cwd=root, check=True, capture_output=True, text=True
    ).stdout
    return text.split()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.walk", description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT, help="a checkout, by default this one")
    parser.add_argument("--list", action="store_true", help="list the modules")
    options = parser.parse_args()
    several = modules(options.root)
    walk = [name for name in several if not name.partition(".")[2].startswith(_APART)]
    print(f"{len(walk)} modules, and {len(several) - len(walk)} of arithmetic and of choices")
    if options.list:
        print("\n".join(walk))
    return 0


if __name__ == "__main__":
    sys.exit(main())
