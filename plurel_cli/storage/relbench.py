"""The manifest that makes a folder a RelBench 3 dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from plurel_cli.schema.model import Schema
from plurel_cli.storage.layout import MANIFEST_FILE


def manifest(schema: Schema, name: str) -> dict[str, Any]:
    """What `manifest.yaml` says.

    Parameters
    ----------
    schema
        A database with its window.
    name
        Name of the dataset.

    Returns
    -------
    dict
        Split days as whole dates (the Relational Transformer takes no others), and the primary
        key, time column and foreign keys of every table.
    """
    window = schema.window
    assert window is not None  # noqa: S101 (the temporal stage is done)
    return {
        "name": name,
        "val_timestamp": window.val_timestamp.isoformat(),
        "test_timestamp": window.test_timestamp.isoformat(),
        "tables": {
            table.name: {
                "pkey": table.primary_key,
                "time_col": table.time_column,
                "fkeys": {column.name: column.references for column in table.foreign_keys},
            }
            for table in schema.tables
        },
    }


def write_manifest(folder: Path, schema: Schema, name: str) -> None:
    """Write `manifest.yaml`."""
    import yaml

    text = yaml.safe_dump(manifest(schema, name), sort_keys=False)
    (folder / MANIFEST_FILE).write_text(text, encoding="utf-8")
