"""A finished database that is exported: its schema, and its rows a few blocks at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from plurel_cli.errors import ExportError
from plurel_cli.export.numbering import Numbering
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.parquet import Stored, read_frames
from plurel_cli.storage.place import Place

if TYPE_CHECKING:
    import polars as pl

    from plurel_cli.schema.model import Schema
    from plurel_cli.schema.table import Table

Report = Callable[[str, int], None]
"""To be called with a table, and how many of its rows have been exported."""


@dataclass(frozen=True)
class ExportSource:
    """A database in a folder or a bucket.

    Attributes
    ----------
    place
        Where it is.
    schema
        All that is said of it.
    numbering
        What keys are called.
    """

    place: Place
    schema: Schema
    numbering: Numbering

    @classmethod
    def at(cls, place: Place) -> ExportSource:
        """The database at a place."""
        schema = read_schema(place)
        return cls(place, schema, Numbering.stated(schema))

    @property
    def by_rows(self) -> ExportSource:
        """The same with row numbers as keys, for formats whose keys are such."""
        return replace(self, numbering=Numbering(self.schema, {}))

    @property
    def made(self) -> Schema:
        """The schema with those columns alone that are filled.

        Raises
        ------
        ExportError
            If it has no rows.
        """
        self.check_rows()
        tables = [t.but(columns=t.filled(self.schema.stages)) for t in self.schema.tables]
        return self.schema.but(tables=tuple(tables))

    def check_rows(self) -> None:
        """Refuse a database that is a schema alone.

        Raises
        ------
        ExportError
            If it has no rows.
        """
        if self.schema.stages == ("schema",):
            remedy = "`plurel fk` adds them, or export with --schema-only"
            raise ExportError(self.place, "has no rows yet", remedy=remedy)

    def stored(self, table: Table) -> Stored:
        """A table of it, by its record in either schema."""
        return Stored.of(self.place, self.schema, self.schema.by_name[table.name])

    def frames(
        self, table: Table, report: Report, most: int | None = None
    ) -> Iterator[pl.DataFrame]:
        """Rows of a table in order.

        Parameters
        ----------
        table
            The table.
        report
            Called after each frame.
        most
            Rows of a frame at most; by default those of a row group.

        Yields
        ------
        DataFrame
        """
        for rows in read_frames(self.stored(table), self.schema.stages):
            frame = self.numbering.written(self.schema.by_name[table.name], rows)
            yield from (frame,) if most is None else frame.iter_slices(most)
            report(table.name, frame.height)

    def sink(
        self,
        table: Table,
        report: Report,
        sink: Callable[[pl.LazyFrame], object],
        each: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
    ) -> None:
        """Have Polars write the rows of a table, in order.

        Parameters
        ----------
        table
            The table.
        report
            Called after each frame.
        sink
            Has Polars write what it is given.
        each
            What is done to each frame, without changing its types.
        """
        from plurel_cli.blocks.frames import polars_type
        from plurel_cli.storage.parquet_writer import sink_frames

        types = {column.name: polars_type(column.type) for column in table.columns}

        def frames() -> Iterator[pl.DataFrame]:
            rows = self.frames(table, report)
            return rows if each is None else map(each, rows)

        sink_frames(types, frames, sink)

    @contextmanager
    def files(self, table: Table) -> Iterator[list[Path]]:
        """The Parquet files of a table on this machine; those of a bucket are fetched.

        Parameters
        ----------
        table
            The table.

        Yields
        ------
        list of Path
            In order.
        """
        stored = self.stored(table)
        paths = [stored.root / part.file for part in stored.parts]
        local = [path for path in paths if isinstance(path, Path)]
        is_numbered = self.numbering.touches(self.schema.by_name[table.name])
        if len(local) == len(paths) and not is_numbered:
            for path in local:
                if not path.is_file():
                    raise ExportError(path, "no such table", remedy="`plurel validate` says more")
            yield local
            return
        with TemporaryDirectory(prefix="plurel-") as folder:
            fetched = []
            for number, frame in enumerate(self.frames(table, lambda *_: None)):
                fetched.append(Path(folder, f"{number:06d}.parquet"))
                frame.write_parquet(fetched[-1], compression="lz4")
            yield fetched


def identity(source: ExportSource, declared: bool) -> str:
    """By what a load is known again that was interrupted.

    Parameters
    ----------
    source
        The database.
    declared
        Whether keys are declared.

    Returns
    -------
    str
    """
    text = f"{declared} {source.schema.to_json()}"
    return f"plurel {hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"
