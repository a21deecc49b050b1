"""A folder as the Hugging Face Hub has datasets: a card, and a config for each table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from plurel_cli.cards.card import card, front_matter, headed
from plurel_cli.export import export
from plurel_cli.export.ddl import create_tables
from plurel_cli.export.dialects import ANSI
from plurel_cli.export.statistics import figures
from plurel_cli.export.targets import FolderTarget, target
from plurel_cli.export.targets.parquet import write_table

if TYPE_CHECKING:
    from plurel_cli.export.source import ExportSource, Report


@target
class HuggingFace(FolderTarget):
    """A dataset for the Hugging Face Hub: Parquet files, a card, `STATS/` and the config."""

    name: ClassVar[str] = "huggingface"
    takes: ClassVar[frozenset[str]] = frozenset({"licence"})

    def write(self, source: ExportSource, folder: Path, report: Report, title: str) -> None:
        import yaml

        schema, licence = source.made, self.options.licence
        (folder / "data").mkdir()
        (folder / "STATS").mkdir()
        for table in schema.tables:
            file = write_table(source, table, folder / "data" / table.name, report)
            text = json.dumps(figures(file), indent=1)
            (folder / "STATS" / f"{table.name}.json").write_text(f"{text}\n", encoding="utf-8")
        files = {table.name: f"data/{table.name}/*.parquet" for table in schema.tables}
        head = front_matter(schema, title, licence, files)
        config = yaml.safe_dump(schema.config, sort_keys=False, allow_unicode=True)
        texts = {
            "README.md": headed(head, card(schema, title, licence)),
            "config.yaml": config,
            "schema.sql": create_tables(schema, ANSI),
            "schema.svg": export(schema, "svg"),
        }
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
