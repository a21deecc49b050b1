"""Tables of PostgreSQL that are there: rows by `COPY`, sequences that go on after them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from plurel_cli.export.dialects import POSTGRES
from plurel_cli.export.existing.fitting import PlacedTable, There, ThereColumn
from plurel_cli.export.existing.loading import ExistingTables
from plurel_cli.export.finite import no_nul
from plurel_cli.export.literals import copy_lines

if TYPE_CHECKING:
    import polars as pl

_COLUMNS = """
SELECT c.relname, a.attname, a.attnotnull, a.atthasdef OR a.attidentity <> '', a.attgenerated <> '',
  t.typcategory = 'N', EXISTS (SELECT FROM pg_constraint k
    WHERE k.conrelid = c.oid AND k.contype = 'p' AND a.attnum = ANY (k.conkey)),
  EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f'
    AND a.attnum = ANY (k.conkey) AND NOT k.condeferrable)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND c.relname = ANY (%s)
ORDER BY c.relname, a.attnum
"""


class PostgresTables(ExistingTables):
    """Tables of a schema.

    Parameters
    ----------
    connection
        To the server, its path at the schema.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def transaction(self) -> AbstractContextManager[object]:
        return self._connection.transaction()  # type: ignore[no-any-return]

    def look(self, names: Sequence[str]) -> There:
        there: dict[str, dict[str, ThereColumn]] = {}
        for (
            table,
            name,
            required,
            default,
            computed,
            number,
            key,
            checked,
        ) in self._connection.execute(_COLUMNS, [[*names]]):
            must_be = required and not default
            one = ThereColumn(name, must_be, required, computed, number, key, checked)
            there.setdefault(table, {})[name] = one
        return there

    def lock(self, one: PlacedTable) -> None:
        name = POSTGRES.identifier(one.name)
        self._connection.execute(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")
        self._connection.execute("SET CONSTRAINTS ALL DEFERRED")

    def most(self, one: PlacedTable, column: str) -> int | None:
        sought, name = POSTGRES.identifier(column), POSTGRES.identifier(one.name)
        (most,) = self._connection.execute(f"SELECT max({sought}) FROM {name}").fetchone()  # noqa: S608
        return None if most is None else int(most)

    def first(self, one: PlacedTable, column: str) -> int:
        row = self._connection.execute(
            "SELECT seqstart FROM pg_sequence WHERE seqrelid = "
            "pg_get_serial_sequence(%s, %s)::regclass",
            [POSTGRES.identifier(one.name), column],
        ).fetchone()
        return max(int(row[0]), 0) if row else 0

    def add(self, one: PlacedTable, frames: Iterator[pl.DataFrame]) -> None:
        name = POSTGRES.identifier(one.name)
        columns = POSTGRES.identifiers(one.columns.values())
        with self._connection.cursor().copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
            for frame in frames:
                no_nul(one.table, frame, "PostgreSQL")
                copy.write(copy_lines(frame))

    def refer(self, one: PlacedTable, keys: Sequence[str], frames: Iterator[pl.DataFrame]) -> None:
        name, staged = POSTGRES.identifier(one.name), POSTGRES.identifier("plurel later")
        later = [one.columns[column] for column in one.later]
        columns = POSTGRES.identifiers([*keys, *later])
        self._connection.execute(
            f"CREATE TEMP TABLE {staged} ON COMMIT DROP AS SELECT {columns} FROM {name} LIMIT 0"  # noqa: S608
        )
        with self._connection.cursor().copy(f"COPY {staged} ({columns}) FROM STDIN") as copy:
            for frame in frames:
                copy.write(copy_lines(frame))
        changes = ", ".join(f"{c} = s.{c}" for c in map(POSTGRES.identifier, later))
        same = " AND ".join(f"t.{key} = s.{key}" for key in map(POSTGRES.identifier, keys))
        self._connection.execute(f"UPDATE {name} t SET {changes} FROM {staged} s WHERE {same}")  # noqa: S608
        self._connection.execute(f"DROP TABLE {staged}")

    def go_on(self, one: PlacedTable) -> None:
        """Let sequences go on after the numbers that were written."""
        name = POSTGRES.identifier(one.name)
        for column in one.columns.values():
            if not one.there[column].is_number:
                continue
            (sequence,) = self._connection.execute(
                "SELECT pg_get_serial_sequence(%s, %s)", [name, column]
            ).fetchone()
            if sequence is not None:
                most = f"SELECT max({POSTGRES.identifier(column)}) FROM {name}"  # noqa: S608
                self._connection.execute(
                    f"SELECT setval('{sequence}', GREATEST(m, last_value)) "  # noqa: S608
                    f"FROM {sequence}, ({most}) AS most (m) WHERE m IS NOT NULL"
                )
