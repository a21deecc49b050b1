"""Settings of what is written: the layout of the folder, and the files of its tables."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from plurel_cli.choices.section import Section
from plurel_cli.lenses import TimeUnit


class OutputConfig(Section):
    """The folder of a database."""

    layout: Literal["flat", "relbench"] = Field(
        default="flat",
        description="`flat`: `<table>.parquet` next to `schema.json`; `relbench`: a RelBench 3 "
        "dataset with `manifest.yaml` and `db/<table>.parquet`, and with the tasks and scores "
        "that the Relational Transformer's pretraining uses.",
    )
    compression: Literal["zstd", "lz4", "snappy", "gzip", "uncompressed"] = Field(
        default="zstd", description="Compression of the Parquet files."
    )
    time_unit: TimeUnit = Field(
        default="ns",
        description="What times are counted in, those of rows and of columns: `ns`, `us` for "
        "Spark, which reads no nanoseconds, or `ms`. RelBench needs `ns`.",
    )
    latents: bool = Field(
        default=False,
        description="Whether hidden variables are written as well, to `latents/<table>.parquet`, "
        "beside the tables and apart from them.",
    )
    card: bool = Field(
        default=False,
        description="Whether a finished database has a card, as dataset hubs show it: `README.md`, "
        "and `schema.svg`, its tables and keys as a picture. A corpus of such databases has a "
        "`README.md`, too, and `STATS/`: its databases and their tasks, a row each.",
    )
    part_rows: int | None = Field(
        default=None,
        ge=1,
        description="Rows per file, rounded up to a multiple of 262,144. Larger tables "
        "are divided into `<table>/part-00000.parquet` and so on. By default each table is one "
        "file. Only for the flat layout, since RelBench reads one file per table.",
    )
