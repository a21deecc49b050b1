"""Where figures are taken from: the tables of a folder, or frames in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.storage.layout import ROW_GROUP_ROWS
from plurel_cli.storage.parquet import Stored, read_columns, reading, scan
from plurel_cli.storage.place import Place

if TYPE_CHECKING:
    import polars as pl


class RowSource(Protocol):
    """What has the rows of a database."""

    def lazy(self, table: Table, /) -> pl.LazyFrame:
        """The rows of a table."""
        ...

    def blocks(self, table: Table, names: Sequence[str], /) -> Iterator[pl.DataFrame]:
        """Some columns of the rows of a table, in order, some rows at a time.

        Parameters
        ----------
        table
            The table.
        names
            Its columns.

        Yields
        ------
        DataFrame
        """
        ...

    def collect(self, table: Table, queries: Iterable[pl.LazyFrame], /) -> list[pl.DataFrame]:
        """The answers of some queries.

        Parameters
        ----------
        table
            The table.
        queries
            Of its rows.

        Returns
        -------
        list of DataFrame
        """
        ...


@dataclass(frozen=True)
class StoredRows(RowSource):
    """The rows of a database's folder.

    Attributes
    ----------
    root, schema
        The database.
    """

    root: Place
    schema: Schema

    def lazy(self, table: Table) -> pl.LazyFrame:
        return scan(Stored.of(self.root, self.schema, table))

    def blocks(self, table: Table, names: Sequence[str]) -> Iterator[pl.DataFrame]:
        columns = [table.by_column[name] for name in names]
        return read_columns(Stored.of(self.root, self.schema, table), columns)

    def collect(self, table: Table, queries: Iterable[pl.LazyFrame]) -> list[pl.DataFrame]:
        import polars as pl

        several = list(queries)
        place = Stored.of(self.root, self.schema, table).place
        return reading(place, lambda: pl.collect_all(several, engine="streaming"))


@dataclass(frozen=True)
class MemoryRows(RowSource):
    """The rows of frames, by the names of tables."""

    frames: Mapping[str, pl.DataFrame]

    def lazy(self, table: Table) -> pl.LazyFrame:
        return self.frames[table.name].lazy()

    def blocks(self, table: Table, names: Sequence[str]) -> Iterator[pl.DataFrame]:
        return self.frames[table.name].select(names).iter_slices(ROW_GROUP_ROWS)

    def collect(self, table: Table, queries: Iterable[pl.LazyFrame]) -> list[pl.DataFrame]:
        import polars as pl

        return pl.collect_all(list(queries), engine="streaming")
