"""CSV files, a table each.

Text is always in quotes and nothing else is, so that an empty text and null are two things to
readers that look: null is nothing at all between two commas.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from plurel_cli.export.ddl import create_tables
from plurel_cli.export.dialects import ANSI
from plurel_cli.export.targets import FolderTarget, target

if TYPE_CHECKING:
    import polars as pl

    from plurel_cli.export.source import ExportSource, Report

_ENDINGS = {"uncompressed": "", "gzip": ".gz", "zstd": ".zst"}


@target
class Csv(FolderTarget):
    """A folder of CSV files, one a table, and `schema.sql`."""

    name: ClassVar[str] = "csv"
    takes: ClassVar[frozenset[str]] = frozenset({"compress"})

    def write(self, source: ExportSource, folder: Path, report: Report, title: str) -> None:
        schema = source.made
        (folder / "schema.sql").write_text(create_tables(schema, ANSI), encoding="utf-8")
        packing = self.options.packing
        for table in schema.tables:
            file = folder / f"{table.name}.csv{_ENDINGS[packing]}"

            def sink(lazy: pl.LazyFrame, file: Path = file) -> None:
                lazy.sink_csv(
                    file,
                    compression=packing,
                    quote_style="non_numeric",
                    datetime_format="%Y-%m-%d %H:%M:%S%.f",
                    maintain_order=True,
                )

            source.sink(table, report, sink)
