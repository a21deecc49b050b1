"""Hash every column of some databases: what one environment is asked for.

Run as a script, it prints a JSON object: of each config and seed the schema's hash, as
`schema.json` holds it but for `made`, and that of every column.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path

import polars as pl

from plurel_cli import Database, generate, load_config

CONFIGS = Path(__file__).parents[1] / "configs"

STATED = "stated"
"""What is called so is of every lens, and lies here."""


def column_hash(column: pl.Series) -> str:
    """Of a column's type, nulls and values, to the bit."""
    found = hashlib.blake2b(str(column.dtype).encode(), digest_size=12)
    found.update(column.is_null().to_numpy().tobytes())
    if column.dtype == pl.String:
        found.update(json.dumps(column.to_list()).encode())
    else:
        numbers = column.to_physical()
        filled = numbers.fill_null(False if numbers.dtype == pl.Boolean else 0).to_numpy()
        found.update(filled.astype(filled.dtype.newbyteorder("<"), copy=False).tobytes())
    return found.hexdigest()


def hashes(database: Database) -> dict[str, str]:
    """Of the schema and of every column of a database."""
    document = database.schema.model_dump(mode="json")
    document.pop("made", None)
    text = json.dumps(document, sort_keys=True).encode()
    found = {"schema": hashlib.blake2b(text, digest_size=12).hexdigest()}
    for name, frame in database.tables.items():
        for column in frame:
            found[f"{name}.{column.name}"] = column_hash(column)
    return found


def of_configs(names: list[str], n_seeds: int) -> dict[str, str]:
    """Of databases of configs by name, seeds from 0 on."""
    every: dict[str, str] = {}
    for name in names:
        folder = Path(__file__).parent if name == STATED else CONFIGS
        config = load_config(folder / f"{name}.yaml")
        for seed in range(n_seeds):
            columns = hashes(generate(config, seed))
            every |= {f"{name} {seed} {place}": text for place, text in columns.items()}
    return every


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sameness.hashes", description=__doc__)
    parser.add_argument("configs", nargs="+", help="names of configs in configs/")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds, from 0 on")
    options = parser.parse_args()
    json.dump(of_configs(options.configs, options.seeds), sys.stdout)


if __name__ == "__main__":
    main()
