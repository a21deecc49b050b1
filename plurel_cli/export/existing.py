"""Rows for tables of PostgreSQL that are there already, as an application made them.

Each column goes into the one of its name; what a table has besides takes its default, and what the
database computes stays out. Keys go on after those that are there, and so do sequences. All of it
is one transaction, and what cannot fit is named before a row is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from plurel_cli.errors import ExportError
from plurel_cli.export.dialects import POSTGRES
from plurel_cli.export.finite import no_nul
from plurel_cli.export.literals import copy_lines
from plurel_cli.export.numbering import Numbering
from plurel_cli.schema.column import PrimaryKey
from plurel_cli.schema.declared import links, parents_first
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.key_numbers import KeyNumbers

if TYPE_CHECKING:
    from plurel_cli.export.source import ExportSource, Report
    from plurel_cli.schema.model import Schema
    from plurel_cli.schema.table import Table

_ROWS = 1 << 16
_SHOWN = 5
"""Problems that are named, at most."""

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


@dataclass(frozen=True)
class ThereColumn:
    """A column of a table that is there.

    Attributes
    ----------
    must_be
        Whether it must have a value, which nothing else gives.
    is_required
        Whether it may not be null.
    is_computed
        Whether the database computes it.
    is_number
        Whether it holds numbers.
    is_key
        Whether it is of the primary key.
    is_checked
        Whether it refers to rows that must be there once a statement ends.
    """

    name: str
    must_be: bool
    is_required: bool
    is_computed: bool
    is_number: bool
    is_key: bool
    is_checked: bool


@dataclass
class _Fitted:
    """A table, and which of its columns go into the one that is there."""

    table: Table
    there: dict[str, ThereColumn]
    columns: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)

    @property
    def keys(self) -> list[str]:
        """Columns by which its rows are known."""
        return [name for name, one in self.there.items() if one.is_key]


def append(connection: Any, source: ExportSource, schema: Schema, report: Report) -> None:
    """Add rows to tables that are there, all of them or none.

    Parameters
    ----------
    connection
        To the server, its path at the schema of these tables.
    source
        The database.
    schema
        Its schema, with the columns that are filled.
    report
        Called with a table and rows of it that are done.

    Raises
    ------
    ExportError
        If a table or a column is missing, or one must have a value that nothing gives.
    """
    tables = parents_first(schema)
    with connection.transaction():
        fitted = _fitted(connection, schema, tables)
        for one in fitted:
            name = POSTGRES.identifier(one.table.name)
            connection.execute(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")
        numbers = _numbers(connection, source, fitted)
        numbered = replace(source, numbering=Numbering(source.schema, numbers))
        connection.execute("SET CONSTRAINTS ALL DEFERRED")
        for one in fitted:
            _fill(connection, numbered, one, report)
        for one in fitted:
            if one.later:
                _refer(connection, numbered, one)
        for one in fitted:
            _go_on(connection, one)


def _fitted(connection: Any, schema: Schema, tables: list[Table]) -> list[_Fitted]:
    """What of each table goes where."""
    there: dict[str, dict[str, ThereColumn]] = {}
    names = [table.name for table in tables]
    for table, name, required, default, computed, number, key, checked in connection.execute(
        _COLUMNS, [names]
    ):
        one = ThereColumn(name, required and not default, required, computed, number, key, checked)
        there.setdefault(table, {})[name] = one
    fitted = [_Fitted(table, there.get(table.name, {})) for table in tables]
    problems = [problem for one in fitted for problem in _fit(one, schema, names)]
    if problems:
        rest = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        rule = f"do not fit: {'; '.join(problems[:_SHOWN])}{rest}"
        remedy = "make them fit, or make a config of the schema itself by `plurel init`"
        raise ExportError("the tables that are there", rule, remedy=remedy)
    return fitted


def _fit(one: _Fitted, schema: Schema, order: list[str]) -> Iterator[str]:
    """Choose the columns of a table; each problem is a clause."""
    table = one.table
    if not one.there:
        yield f"there is no table {table.name}"
        return
    for column in table.columns:
        there = one.there.get(column.name)
        if there is None:
            if not isinstance(column, PrimaryKey | ForeignKey):
                yield f"{table.name} has no column {column.name}"
        elif not there.is_computed:
            one.columns.append(column.name)
    for name, column_there in one.there.items():
        if column_there.must_be and not column_there.is_computed and name not in one.columns:
            yield f"{table.name}.{name} must have a value, which nothing gives"
    for column, parent in links(table):
        is_later = order.index(parent) > order.index(table.name)
        if column.name in one.columns and is_later and one.there[column.name].is_checked:
            if one.there[column.name].is_required or not {*one.keys} <= {*one.columns}:
                yield f"{table.name}.{column.name} refers to rows that come later in a circle"
            else:
                one.later.append(column.name)


def _numbers(connection: Any, source: ExportSource, fitted: list[_Fitted]) -> dict[str, KeyNumbers]:
    """Keys that go on after those that are there, or begin where a sequence does."""
    numbers = dict(source.numbering.numbers)
    for one in fitted:
        table, key = one.table, one.table.primary_key
        if key not in one.columns or not one.there[key].is_number:
            continue
        name, column = POSTGRES.identifier(table.name), POSTGRES.identifier(key)
        (most,) = connection.execute(f"SELECT max({column}) FROM {name}").fetchone()  # noqa: S608
        stated = numbers.get(table.name, KeyNumbers())
        if most is not None:
            start = max(int(most) + 1, stated.start, 0)
        elif table.name in numbers:
            start = stated.start
        else:
            start = _first_of_sequence(connection, name, key)
        numbers[table.name] = stated.but(start=start)
    return numbers


def _first_of_sequence(connection: Any, name: str, key: str) -> int:
    """Where the sequence of a key begins; 0 where it has none."""
    row = connection.execute(
        "SELECT seqstart FROM pg_sequence WHERE seqrelid = "
        "pg_get_serial_sequence(%s, %s)::regclass",
        [name, key],
    ).fetchone()
    return max(int(row[0]), 0) if row else 0


def _fill(connection: Any, source: ExportSource, one: _Fitted, report: Report) -> None:
    import polars as pl

    if not one.columns:
        return
    name, columns = POSTGRES.identifier(one.table.name), POSTGRES.identifiers(one.columns)
    with connection.cursor().copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
        for frame in source.frames(one.table, report, _ROWS):
            rows = frame.select(one.columns)
            no_nul(one.table, rows, "PostgreSQL")
            nothing = [pl.lit(None, rows.schema[name]).alias(name) for name in one.later]
            copy.write(copy_lines(rows.with_columns(nothing)))


def _refer(connection: Any, source: ExportSource, one: _Fitted) -> None:
    """Fill in what refers to rows that have come since."""
    name, staged = POSTGRES.identifier(one.table.name), POSTGRES.identifier("plurel later")
    columns = POSTGRES.identifiers([*one.keys, *one.later])
    connection.execute(
        f"CREATE TEMP TABLE {staged} ON COMMIT DROP AS SELECT {columns} FROM {name} LIMIT 0"  # noqa: S608
    )
    with connection.cursor().copy(f"COPY {staged} ({columns}) FROM STDIN") as copy:
        for frame in source.frames(one.table, lambda *_: None, _ROWS):
            copy.write(copy_lines(frame.select([*one.keys, *one.later])))
    several = [POSTGRES.identifier(column) for column in one.later]
    changes = ", ".join(f"{column} = s.{column}" for column in several)
    keys = [POSTGRES.identifier(column) for column in one.keys]
    same = " AND ".join(f"t.{key} = s.{key}" for key in keys)
    connection.execute(f"UPDATE {name} t SET {changes} FROM {staged} s WHERE {same}")  # noqa: S608
    connection.execute(f"DROP TABLE {staged}")


def _go_on(connection: Any, one: _Fitted) -> None:
    """Let sequences go on after the numbers that were written."""
    name = POSTGRES.identifier(one.table.name)
    for column in one.columns:
        if not one.there[column].is_number:
            continue
        (sequence,) = connection.execute(
            "SELECT pg_get_serial_sequence(%s, %s)", [name, column]
        ).fetchone()
        if sequence is not None:
            most = f"SELECT max({POSTGRES.identifier(column)}) FROM {name}"  # noqa: S608
            connection.execute(
                f"SELECT setval('{sequence}', GREATEST(m, last_value)) "  # noqa: S608
                f"FROM {sequence}, ({most}) AS most (m) WHERE m IS NOT NULL"
            )
