"""Tables of a MySQL or MariaDB server that are there; `AUTO_INCREMENT` goes on by itself.

These servers check references with each row, so a table that refers to itself gets them later too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, ClassVar

from plurel_cli.errors import ExportError
from plurel_cli.export.dialects import MYSQL
from plurel_cli.export.existing.fitting import PlacedTable, There, ThereColumn
from plurel_cli.export.existing.loading import ExistingTables
from plurel_cli.export.finite import all_finite
from plurel_cli.export.mysql_rows import MysqlRows, rows, run

if TYPE_CHECKING:
    import polars as pl

_COLUMNS = """
SELECT c.table_name, c.column_name, c.is_nullable = 'NO',
  c.column_default IS NOT NULL OR c.extra LIKE '%%auto_increment%%',
  COALESCE(c.generation_expression, '') <> '', c.numeric_precision IS NOT NULL,
  c.column_key = 'PRI',
  EXISTS (SELECT 1 FROM information_schema.key_column_usage k
    WHERE k.table_schema = c.table_schema AND k.table_name = c.table_name
    AND k.column_name = c.column_name AND k.referenced_table_name IS NOT NULL)
FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = database() AND t.table_type = 'BASE TABLE' AND c.table_name IN %s
ORDER BY c.table_name, c.ordinal_position
"""

_TRANSACTIONS = """
SELECT e.transactions FROM information_schema.tables t
JOIN information_schema.engines e ON e.engine = t.engine
WHERE t.table_schema = database() AND t.table_name = %s
"""

_STAGED = "`plurel later`"


class MysqlTables(ExistingTables):
    """Tables of a database.

    Parameters
    ----------
    connection
        To the database.
    """

    by_row: ClassVar[bool] = True

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._writer = MysqlRows(connection, may_cut=True)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with suppress(Exception):  # MySQL 8 remembers counts for a day, and MariaDB does not
            run(self._connection, "SET SESSION information_schema_stats_expiry = 0")
        self._connection.begin()
        try:
            yield
            self._connection.commit()
        except BaseException:
            with suppress(Exception):
                self._connection.rollback()
            raise

    def look(self, names: Sequence[str]) -> There:
        there: dict[str, dict[str, ThereColumn]] = {}
        for table, name, *flags in rows(self._connection, _COLUMNS, [*names]):
            required, default, computed, number, key, checked = map(bool, flags)
            must_be = required and not default
            one = ThereColumn(name, must_be, required, computed, number, key, checked)
            there.setdefault(table, {})[name] = one
        return there

    def lock(self, one: PlacedTable) -> None:
        """Refuse a table whose engine has no transactions; `most` keeps others from adding keys."""
        if rows(self._connection, _TRANSACTIONS, one.name) != [("YES",)]:
            remedy = "let InnoDB keep it"
            raise ExportError(
                f"table {one.name}", "is in an engine without transactions", remedy=remedy
            )

    def most(self, one: PlacedTable, column: str) -> int | None:
        name, sought = MYSQL.identifier(one.name), MYSQL.identifier(column)
        query = f"SELECT {sought} FROM {name} ORDER BY {sought} DESC LIMIT 1 FOR UPDATE"  # noqa: S608
        numbers = rows(self._connection, query)
        return int(numbers[0][0]) if numbers else None

    def first(self, one: PlacedTable, column: str) -> int:
        counted = "SELECT auto_increment FROM information_schema.tables "
        counted += "WHERE table_schema = database() AND table_name = %s"
        ((number,),) = rows(self._connection, counted, one.name)
        return int(number or 0)

    def add(self, one: PlacedTable, frames: Iterator[pl.DataFrame]) -> None:
        for frame in frames:
            self._insert(one, frame, MYSQL.identifier(one.name))

    def _insert(self, one: PlacedTable, frame: pl.DataFrame, into: str) -> None:
        all_finite(one.table, frame, "MySQL")
        count = self._writer.insert(frame, one.table, into, frame.columns)
        if count != frame.height:
            raise ExportError(f"table {one.name}", f"must get {frame.height} rows", count)

    def refer(self, one: PlacedTable, keys: Sequence[str], frames: Iterator[pl.DataFrame]) -> None:
        name = MYSQL.identifier(one.name)
        later = [one.columns[column] for column in one.later]
        columns = MYSQL.identifiers([*keys, *later])
        run(
            self._connection,
            f"CREATE TEMPORARY TABLE {_STAGED} AS SELECT {columns} FROM {name} LIMIT 0",  # noqa: S608
        )
        for frame in frames:
            self._insert(one, frame, _STAGED)
        changes = ", ".join(f"t.{c} = s.{c}" for c in map(MYSQL.identifier, later))
        same = " AND ".join(f"t.{key} = s.{key}" for key in map(MYSQL.identifier, keys))
        run(self._connection, f"UPDATE {name} t JOIN {_STAGED} s ON {same} SET {changes}")  # noqa: S608
        run(self._connection, f"DROP TEMPORARY TABLE {_STAGED}")

    def go_on(self, one: PlacedTable) -> None:
        """Nothing: the engine counts on after the largest key."""
