"""Files of JSON, a table each and a row a line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from plurel_cli.export.ddl import create_tables
from plurel_cli.export.dialects import ANSI
from plurel_cli.export.finite import all_finite
from plurel_cli.export.targets import FolderTarget, target

if TYPE_CHECKING:
    import polars as pl

    from plurel_cli.export.source import ExportSource, Report
    from plurel_cli.schema.table import Table

_ENDINGS = {"uncompressed": "", "gzip": ".gz", "zstd": ".zst"}


@target
class Jsonl(FolderTarget):
    """A folder of JSON Lines, one file a table, and `schema.sql`."""

    name: ClassVar[str] = "jsonl"
    takes: ClassVar[frozenset[str]] = frozenset({"compress"})

    def write(self, source: ExportSource, folder: Path, report: Report, title: str) -> None:
        schema = source.made
        (folder / "schema.sql").write_text(create_tables(schema, ANSI), encoding="utf-8")
        packing = self.options.packing
        for table in schema.tables:
            file = folder / f"{table.name}.jsonl{_ENDINGS[packing]}"

            def sink(lazy: pl.LazyFrame, file: Path = file) -> None:
                lazy.sink_ndjson(file, compression=packing, maintain_order=True)

            def checked(frame: pl.DataFrame, table: Table = table) -> pl.DataFrame:
                all_finite(table, frame, "JSON")
                return frame

            source.sink(table, report, sink, checked)
