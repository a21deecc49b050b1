"""Small corpora, and how two of them are compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from plurel_cli import Config, parse_config
from tests.storage.samples import contents

N_TABLES = 3
TINY: dict[str, Any] = {
    "schema": {
        "tables": N_TABLES,
        "rows": {"entity": {"min": 5, "max": 9}, "activity": {"min": 20, "max": 40}},
    },
    "features": {"model": "none"},
}

TINY_YAML = json.dumps(TINY)


def tiny_config(**changes: Any) -> Config:
    return parse_config(TINY | changes)


def databases(folder: Path) -> dict[str, bytes]:
    """Every file of a corpus but its index, hidden ones as well."""
    found = contents(folder)
    return {name: data for name, data in found.items() if name != "corpus.json"}


def index_of(folder: Path) -> dict[str, Any]:
    """The index, apart from times and the name of the config's file."""
    index: dict[str, Any] = json.loads((folder / "corpus.json").read_text())
    for entry in index["databases"]:
        del entry["seconds"]
    for config in index["configs"]:
        del config["name"]
    return index


def same_corpus(one: Path, other: Path) -> bool:
    """Whether two corpora hold the same databases to the byte, the same index, and nothing else."""
    ours, theirs = databases(one), databases(other)
    assert set(ours) - set(theirs) == set()
    assert set(theirs) - set(ours) == set()
    assert [name for name in ours if ours[name] != theirs[name]] == []
    assert index_of(one) == index_of(other)
    return True
