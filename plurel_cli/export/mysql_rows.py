"""Statements and rows for servers of MySQL and MariaDB.

Rows go by `LOAD DATA LOCAL` where the server takes it, and else by `INSERT`. Such a load makes
warnings of errors, which are refused here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from plurel_cli.export.dialects import MYSQL
from plurel_cli.export.literals import inserts, loaded_lines
from plurel_cli.export.targets import refused

if TYPE_CHECKING:
    import polars as pl

    from plurel_cli.schema.table import Table

_NO_LOCAL = (1148, 3948, 4166)
"""Errors of servers that take no `LOAD DATA LOCAL`."""


def run(connection: Any, statement: str) -> int:
    """Run a statement, and count the rows that it has changed.

    Parameters
    ----------
    connection
        To the server.
    statement
        The statement.

    Returns
    -------
    int
    """
    with connection.cursor() as cursor:
        return int(cursor.execute(statement))


def rows(connection: Any, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """What a query gives.

    Parameters
    ----------
    connection
        To the server.
    statement
        The query.
    values
        In the place of its marks.

    Returns
    -------
    list of tuple
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return list(cursor.fetchall())


class MysqlRows:
    """Rows on their way to tables of a server.

    Parameters
    ----------
    connection
        To the server.
    may_cut
        Whether columns may have fewer decimals than the rows, as those of others do.
    """

    def __init__(self, connection: Any, *, may_cut: bool = False) -> None:
        self._connection = connection
        self._may_cut = may_cut
        self._takes_files = True

    def insert(
        self, frame: pl.DataFrame, table: Table, into: str, columns: Sequence[str] = ()
    ) -> int:
        """Add rows to a table, and count them.

        Parameters
        ----------
        frame
            The rows.
        table
            Ours, for messages.
        into
            The table there, in quotes.
        columns
            Which of its columns are filled; all of them by default.

        Returns
        -------
        int
        """
        import pymysql

        filled = f" ({MYSQL.identifiers(columns)})" if columns else ""
        if self._takes_files:
            try:
                return self._load_file(frame, table, into, filled)
            except pymysql.Error as error:
                if error.args[0] not in _NO_LOCAL:
                    raise
                self._takes_files = False
        statements = inserts(frame, into + filled, MYSQL, alone=False)
        return sum(run(self._connection, statement) for statement in statements)

    def _load_file(self, frame: pl.DataFrame, table: Table, into: str, filled: str) -> int:
        with TemporaryDirectory(prefix="plurel-") as folder:
            file = Path(folder, "rows")
            loaded_lines(frame, file)
            path = str(file).replace("'", "''")
            count = run(
                self._connection,
                f"LOAD DATA LOCAL INFILE '{path}' INTO TABLE {into} CHARACTER SET utf8mb4 "
                "FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' ESCAPED BY '' "
                f"LINES TERMINATED BY '\n'{filled}",
            )
        warnings = rows(self._connection, "SHOW WARNINGS")  # which such a load makes of errors
        faults = [text for level, _, text in warnings if level != "Note" or not self._may_cut]
        if faults:
            raise refused(f"table {table.name}", ValueError(faults[0]))
        return count
