"""Parquet files, a folder a table.

Times are in microseconds, since readers such as Spark have no others; those in nanoseconds lose
their last three digits.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from plurel_cli.blocks.frames import polars_type
from plurel_cli.export.targets import FolderTarget, target
from plurel_cli.schema.column import counted_in
from plurel_cli.storage.arrow_schema import parquet_metadata
from plurel_cli.storage.layout import ROW_GROUP_ROWS, part_name
from plurel_cli.storage.parquet import key_metadata

if TYPE_CHECKING:
    import polars as pl

    from plurel_cli.export.source import ExportSource, Report
    from plurel_cli.schema.table import Table
    from plurel_cli.storage.parquet import Compression


@target
class Parquet(FolderTarget):
    """A folder of Parquet files, a folder a table, with times in microseconds."""

    name: ClassVar[str] = "parquet"
    takes: ClassVar[frozenset[str]] = frozenset({"compress"})

    def write(self, source: ExportSource, folder: Path, report: Report, title: str) -> None:
        for table in source.made.tables:
            compression: Compression = "gzip" if self.options.compress == "gzip" else "zstd"
            write_table(source, table, folder / table.name, report, compression)


def write_table(
    source: ExportSource,
    table: Table,
    folder: Path,
    report: Report,
    compression: Compression = "zstd",
) -> Path:
    """Write a table as a Parquet file in a folder of its own.

    Parameters
    ----------
    source, table
        The table.
    folder
        The folder to make.
    report
        Called with rows that are done.
    compression
        Of the file.

    Returns
    -------
    Path
        The file.
    """
    import polars as pl

    columns = tuple(counted_in(column, "us") for column in table.columns)
    types = {column.name: polars_type(column.type) for column in columns}
    metadata = parquet_metadata(types, key_metadata(table, table.columns))
    file = folder / part_name(0)
    folder.mkdir()

    def sink(lazy: pl.LazyFrame) -> None:
        lazy.with_columns(pl.selectors.datetime().dt.cast_time_unit("us")).sink_parquet(
            file,
            compression=compression,
            metadata=metadata,
            row_group_size=ROW_GROUP_ROWS,
            maintain_order=True,
        )

    source.sink(table, report, sink)
    return file
