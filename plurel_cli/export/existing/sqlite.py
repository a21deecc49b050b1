"""Tables of an SQLite file that are there; references are checked once all rows are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from plurel_cli.export.dialects import SQLITE
from plurel_cli.export.existing.fitting import PlacedTable, There, ThereColumn
from plurel_cli.export.existing.loading import ExistingTables
from plurel_cli.export.finite import all_finite

if TYPE_CHECKING:
    import sqlite3

    import polars as pl

    from plurel_cli.schema.table import Table

_GENERATED = (2, 3)
"""What `table_xinfo` calls columns that are computed, in `hidden`."""

_NUMBERS = ("INT", "REAL", "FLOA", "DOUB", "NUM", "DEC")


class SqliteTables(ExistingTables):
    """Tables of a file.

    Parameters
    ----------
    engine
        A connection to it, which begins no transactions by itself.
    """

    def __init__(self, engine: sqlite3.Connection) -> None:
        self._engine = engine

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._engine.execute("PRAGMA foreign_keys = ON")
        self._engine.execute("BEGIN IMMEDIATE")  # nobody else writes until it ends
        try:
            self._engine.execute("PRAGMA defer_foreign_keys = ON")
            yield
            self._engine.execute("COMMIT")
        except BaseException:
            if self._engine.in_transaction:
                self._engine.execute("ROLLBACK")
            raise

    def look(self, names: Sequence[str]) -> There:
        return {name: self._columns(name) for name in names}

    def _columns(self, table: str) -> dict[str, ThereColumn]:
        rows = self._engine.execute(
            'SELECT x.name, upper(x.type), x."notnull", x.dflt_value, x.pk, x.hidden '
            "FROM sqlite_schema s, pragma_table_xinfo(s.name) x "
            "WHERE s.type = 'table' AND s.name = ?",
            [table],
        ).fetchall()
        n_keys = sum(key > 0 for *_, key, _ in rows)
        there = {}
        for name, words, required, default, key, hidden in rows:
            counts_itself = n_keys == 1 and key > 0 and words == "INTEGER"
            is_required = bool(required) and not counts_itself
            there[name] = ThereColumn(
                name=name,
                must_be=is_required and default is None,
                is_required=is_required,
                is_computed=hidden in _GENERATED,
                is_number=any(word in words for word in _NUMBERS),
                is_key=key > 0,
                is_checked=False,
            )
        return there

    def lock(self, one: PlacedTable) -> None:
        """Nothing: a transaction holds the whole file."""

    def most(self, one: PlacedTable, column: str) -> int | None:
        name, sought = SQLITE.identifier(one.name), SQLITE.identifier(column)
        (most,) = self._engine.execute(f"SELECT max({sought}) FROM {name}").fetchone()  # noqa: S608
        return None if most is None else int(most)

    def first(self, one: PlacedTable, column: str) -> int:
        if one.there[column].is_required:  # it does not count by itself
            return 0
        counts = "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_sequence'"
        if self._engine.execute(counts).fetchone() == (0,):
            return 1
        row = self._engine.execute(
            "SELECT seq FROM sqlite_sequence WHERE name = ?", [one.name]
        ).fetchone()
        return 1 + (int(row[0]) if row else 0)

    def add(self, one: PlacedTable, frames: Iterator[pl.DataFrame]) -> None:
        columns = [*one.columns.values()]
        marks = ", ".join("?" * len(columns))
        into = f"{SQLITE.identifier(one.name)} ({SQLITE.identifiers(columns)})"
        for frame in frames:
            self._engine.executemany(
                f"INSERT INTO {into} VALUES ({marks})",  # noqa: S608
                rows_of(one.table, frame),
            )

    def go_on(self, one: PlacedTable) -> None:
        """Nothing: the engine counts on after the largest key."""


def rows_of(table: Table, frame: pl.DataFrame) -> Iterator[tuple[object, ...]]:
    """Rows as SQLite takes them: times are texts.

    Parameters
    ----------
    table
        The table, for messages.
    frame
        Its rows.

    Returns
    -------
    iterator of tuple
    """
    import polars as pl

    all_finite(table, frame, "SQLite", infinite=True)
    texts = frame.with_columns(pl.selectors.temporal().cast(pl.String))
    return zip(*(column.to_list() for column in texts.get_columns()), strict=True)
