"""DuckDB over the files of a database: what the SQL of tasks gives, as frames."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from plurel_cli.schema.model import Schema
from plurel_cli.storage.layout import parts
from plurel_cli.tasks.quoting import literal, quoted


class SqlEngine:
    """A database that can be asked in SQL.

    Parameters
    ----------
    folder
        Where its files are, on a disk.
    schema
        The database.
    """

    def __init__(self, folder: Path, schema: Schema) -> None:
        self.schema = schema
        self._connection = duckdb.connect()
        self._connection.execute("SET threads = 1")
        for table in schema.tables:
            files = ", ".join(literal(str(folder / part.file)) for part in parts(schema, table))
            source = f"SELECT * FROM read_parquet([{files}])"
            self._connection.execute(f"CREATE TABLE {quoted(table.name)} AS {source}")

    def __enter__(self) -> SqlEngine:
        return self

    def __exit__(self, *exception: object) -> None:
        self._connection.close()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a question gives, row by row."""
        rows: list[tuple[Any, ...]] = self._connection.execute(sql).fetchall()
        return rows

    def frame(self, sql: str) -> pl.DataFrame:
        """What a question gives, as a frame; times in nanoseconds."""
        columns = []
        for name, values in self._connection.execute(sql).fetchnumpy().items():
            if values.dtype == object:
                plain = [v.tolist() if isinstance(v, np.ndarray) else v for v in values]
                columns.append(pl.Series(name, plain))
            elif isinstance(values, np.ma.MaskedArray):
                series = pl.Series(name, values.data)
                mask = pl.Series(np.ma.getmaskarray(values))
                columns.append(pl.select(pl.when(~mask).then(series).alias(name)).to_series())
            else:
                columns.append(pl.Series(name, values))
        frame = pl.DataFrame(columns)
        return frame.with_columns(pl.col(pl.Datetime).cast(pl.Datetime("ns")))

    def labels(self, sql: str, horizon_days: int, cut_offs: Sequence[dt.date]) -> pl.DataFrame:
        """The labels of a task at some cut-offs.

        Parameters
        ----------
        sql
            Of the task.
        horizon_days
            What `{timedelta}` stands for.
        cut_offs
            Days, at whose midnights is asked.

        Returns
        -------
        DataFrame
            In the order of RelBench: by time, then by entity.
        """
        times = ", ".join(f"(TIMESTAMP_NS '{day} 00:00:00')" for day in cut_offs)
        values = f"SELECT * FROM (VALUES {times}) AS cut_offs(timestamp)"
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE timestamps AS {values}")
        frame = self.frame(sql.replace("{timedelta}", f"{horizon_days} days"))
        return frame.sort(frame.columns[:2])
