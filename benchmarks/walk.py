"""How many modules the values of one feature column go through, from config to disk.

    python -m benchmarks.walk [--root FOLDER] [--list]

Two databases of one table are made and saved, whose features are those of `default.yaml`: one
without a feature column, one with a computed number. A module is on the walk where its functions
return arrays, series or frames over the rows of the table more often for the second. What is called
more often for the second, whatever it returns, is counted beside that. Arithmetic and what is drawn
of many choices, an entry a file, are counted apart. `--root` measures another checkout.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

_CODE = """
import json, sys, tempfile
from collections import Counter
import numpy as np
import polars as pl
from plurel_cli import generate, parse_config

ROWS = 1013  # which nothing else has

def config_of(columns):
    return parse_config({
        "schema": {"layout": "explicit"},
        "tables": {"a": {"rows": ROWS, "columns": columns, "p_categorical": 0.0}},
        "features": {"scm": {"layout": "layered", "mode": "lazy", "latent_extra": 2}},
    })

def has_rows(value, depth=0):
    if isinstance(value, np.ndarray):
        return ROWS in value.shape
    if isinstance(value, (pl.Series, pl.DataFrame)):
        return len(value) == ROWS
    if isinstance(value, dict):
        value = tuple(value.values())
    is_shallow = isinstance(value, (tuple, list)) and depth < 2 and len(value) < 50
    return is_shallow and any(has_rows(item, depth + 1) for item in value)

def walk_of(columns, seed):
    calls, returns = Counter(), Counter()
    def seen(frame, event, value):
        name = frame.f_globals.get("__name__", "")
        if name.startswith("plurel_cli"):
            place = name, frame.f_code.co_qualname
            if event == "call":
                calls[place] += 1
            elif event == "return" and has_rows(value):
                returns[place] += 1
    with tempfile.TemporaryDirectory() as folder:
        sys.setprofile(seen)
        try:
            database = generate(config_of(columns), seed)
            database.save(folder + "/db")
        finally:
            sys.setprofile(None)
    nodes = database.schema.tables[0].causal.nodes
    is_computed = any(n.column is not None and getattr(n, "causes", ()) for n in nodes)
    return calls, returns, is_computed

seed = 0
for columns in (0, 1):
    walk_of(columns, seed)  # what is made once is there from now on
while not walk_of(1, seed)[2]:
    seed += 1
without, some = walk_of(0, seed), walk_of(1, seed)
print(json.dumps([list((more - less).items()) for more, less in zip(some[:2], without[:2])]))
"""

_APART = (
    *("numerics", "kernel", "choices", "random", "choice", "registry", "shares"),
    *("features.activations", "features.aggregations", "features.initialisations"),
    *("features.edge_weights", "features.mechanisms", "features.sources", "features.transforms"),
    *("schema.layouts", "schema.graph"),
)
"""Arithmetic and its compiled twins, the registry of choices, its entries, of which others may be
drawn, and what these share.
"""


@dataclass(frozen=True)
class Walk:
    """Where something happens for a column's sake.

    Attributes
    ----------
    events
        How often it happens, by module and function.
    """

    events: dict[tuple[str, str], int]

    def modules(self, *, apart: bool = False) -> list[str]:
        """The modules, sorted: those of arithmetic and of choices, or all others."""
        names = {module for module, _ in self.events}
        return sorted(name for name in names if name.partition(".")[2].startswith(_APART) == apart)

    @property
    def total(self) -> int:
        """How often it happens."""
        return sum(self.events.values())


def walks(root: Path) -> tuple[Walk, Walk]:
    """The walk of a computed number, by what is called and by what returns its rows.

    Parameters
    ----------
    root
        A checkout.

    Returns
    -------
    tuple of Walk
    """
    text = subprocess.run(
        [sys.executable, "-c", _CODE], cwd=root, check=True, capture_output=True, text=True
    ).stdout
    calls, returns = ({tuple(place): n for place, n in events} for events in json.loads(text))
    return Walk(calls), Walk(returns)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.walk", description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT, help="a checkout, by default this one")
    parser.add_argument("--list", action="store_true", help="list the modules")
    options = parser.parse_args()
    calls, returns = walks(options.root)
    for walk, what in ((returns, "return the column's rows"), (calls, "are called for its sake")):
        several, apart = walk.modules(), walk.modules(apart=True)
        print(
            f"{len(several)} modules {what}, and {len(apart)} of arithmetic and of choices: "
            f"{walk.total} times"
        )
        if options.list:
            print(*(f"  {name}" for name in several), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
