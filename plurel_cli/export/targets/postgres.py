"""A PostgreSQL server's database, by `COPY` in one transaction.

Tables come in the order of their keys, bare but for what is checked of each row; keys are added
when the rows are there, which is several times faster. A load that is to be resumed works in a
schema of its own, a transaction for each table, and moves all tables to their place in one.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, ClassVar

from plurel_cli.errors import BusyError, ExportError
from plurel_cli.export.address import ServerAddress
from plurel_cli.export.ddl import Said, create_table, foreign_keys, link_keys, unique_keys
from plurel_cli.export.dialects import POSTGRES
from plurel_cli.export.existing.loading import append
from plurel_cli.export.existing.postgres import PostgresTables
from plurel_cli.export.finite import no_nul
from plurel_cli.export.literals import copy_lines
from plurel_cli.export.source import identity
from plurel_cli.export.targets import ExportTarget, driver, refused, target
from plurel_cli.schema.declared import parents_first

if TYPE_CHECKING:
    from plurel_cli.export.source import ExportSource, Report
    from plurel_cli.schema.model import Schema
    from plurel_cli.schema.table import Table

_ROWS = 1 << 16

_PROGRESS = "plurel progress"


@target
class Postgres(ExportTarget):
    """A database of a PostgreSQL server, in one transaction."""

    name: ClassVar[str] = "postgres"
    takes: ClassVar[frozenset[str]] = frozenset({"constraints", "resume", "append", "rename"})
    what: ClassVar[str] = "postgresql://USER@HOST/DATABASE, and after # a schema"

    def export(self, source: ExportSource, out: str, report: Report, *, replace: bool) -> None:
        schema = source.made
        POSTGRES.check_names(schema)
        address = ServerAddress.parse(out, "postgresql", "postgres")
        psycopg = driver("psycopg", self.name, self.name)
        try:
            with psycopg.connect(address.url, autocommit=True) as connection:
                connection.execute("SET client_encoding = 'UTF8'")
                connection.execute("SET client_min_messages = warning")
                if address.namespace is not None:
                    name = POSTGRES.identifier(address.namespace)
                    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {name}")
                    connection.execute(f"SET search_path = {name}")
                if self.options.append:
                    append(PostgresTables(connection), source, schema, self.options.rename, report)
                    return
                load = _PostgresLoad(connection, source, schema, report, self.options.constraints)
                if self.options.resume:
                    load.by_table(address, replace=replace)
                else:
                    load.at_once(replace=replace)
        except psycopg.Error as error:
            raise refused(address, error) from None

    def member(self, out: str, name: str) -> str:
        return f"{out.partition('#')[0]}#{name}"

    def is_there(self, out: str) -> bool:
        address = ServerAddress.parse(out, "postgresql", "postgres")
        psycopg = driver("psycopg", self.name, self.name)
        try:
            with psycopg.connect(address.url) as connection:
                count = "SELECT count(*) FROM pg_tables WHERE schemaname = %s"
                return bool(connection.execute(count, [address.namespace]).fetchone()[0])
        except psycopg.Error as error:
            raise refused(address, error) from None


class _PostgresLoad:
    """A database on its way to a server."""

    def __init__(
        self, connection: Any, source: ExportSource, schema: Schema, report: Report, declared: bool
    ) -> None:
        self._connection = connection
        self._source, self._schema, self._report = source, schema, report
        self._declared = declared
        self._tables = parents_first(schema)

    def at_once(self, *, replace: bool) -> None:
        """All of it, or nothing."""
        with self._connection.transaction():
            self._make_room(replace=replace)
            for table in self._tables:
                self._fill(table)
            self._refer()

    def by_table(self, address: ServerAddress, *, replace: bool) -> None:
        """Table by table, out of sight; those that an earlier run has filled are kept."""
        (place,) = self._connection.execute("SELECT current_schema()").fetchone()
        label = hashlib.blake2b(place.encode(), digest_size=6).hexdigest()
        staging = POSTGRES.identifier(f"plurel_new_{label}")
        (is_alone,) = self._connection.execute(
            "SELECT pg_try_advisory_lock(hashtext(%s))", [f"plurel {label}"]
        ).fetchone()
        if not is_alone:
            raise BusyError(address, "another run is at work on it", remedy="let that one end")
        if not replace:
            self._make_room(replace=False)
        done = self._begun(staging)
        self._connection.execute(f"SET search_path = {staging}")
        for table in self._tables:
            if table.name in done:
                self._report(table.name, table.rows)
                continue
            with self._connection.transaction():
                self._fill(table)
                note = f"INSERT INTO {POSTGRES.identifier(_PROGRESS)} VALUES (%s)"  # noqa: S608
                self._connection.execute(note, [table.name])
        with self._connection.transaction():
            self._refer()
            name = POSTGRES.identifier(place)
            self._connection.execute(f"SET LOCAL search_path = {name}")
            self._make_room(replace=replace)
            for table in self._tables:
                moved = f"{staging}.{POSTGRES.identifier(table.name)}"
                self._connection.execute(f"ALTER TABLE {moved} SET SCHEMA {name}")
            self._connection.execute(f"DROP SCHEMA {staging} CASCADE")

    def _begun(self, staging: str) -> set[str]:
        """Tables that an earlier run of the same has filled."""
        label, progress = identity(self._source, self._declared), POSTGRES.identifier(_PROGRESS)
        with self._connection.transaction():
            (noted,) = self._connection.execute(
                "SELECT obj_description(to_regclass(%s), 'pg_class')", [f"{staging}.{progress}"]
            ).fetchone()
            if noted == label:
                rows = self._connection.execute(f"SELECT name FROM {staging}.{progress}")  # noqa: S608
                return {name for (name,) in rows}
            self._connection.execute(f"DROP SCHEMA IF EXISTS {staging} CASCADE")
            self._connection.execute(f"CREATE SCHEMA {staging}")
            self._connection.execute(f"CREATE TABLE {staging}.{progress} (name text)")
            self._connection.execute(f"COMMENT ON TABLE {staging}.{progress} IS '{label}'")
        return set()

    def _make_room(self, *, replace: bool) -> None:
        """Refuse tables that are there, or drop them."""
        names = [table.name for table in self._tables]
        there = self._connection.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = current_schema() AND c.relname = ANY(%s) ORDER BY 1",
            [names],
        ).fetchall()
        if there and not replace:
            remedy = "give --force to replace it, or name another database, or a schema after #"
            raise ExportError(f"table {there[0][0]}", "is there already", remedy=remedy)
        if there:
            dropped = POSTGRES.identifiers(name for (name,) in there)
            self._connection.execute(f"DROP TABLE {dropped}")

    def _fill(self, table: Table) -> None:
        """Make a table, with its rows and what is unique in it."""
        said: Said = "rows" if self._declared else "nothing"
        name = POSTGRES.identifier(table.name)
        self._connection.execute(create_table(self._schema, table, POSTGRES, said))
        with self._connection.cursor().copy(f"COPY {name} FROM STDIN WITH (FREEZE)") as copy:
            for frame in self._source.frames(table, self._report, _ROWS):
                no_nul(table, frame, "PostgreSQL")
                copy.write(copy_lines(frame))
        if self._declared:
            for statement in unique_keys(table, POSTGRES):
                self._connection.execute(statement)

    def _refer(self) -> None:
        """Add the foreign keys of all tables."""
        if self._declared:
            for table in self._tables:
                for statement in foreign_keys(self._schema, table, POSTGRES):
                    self._connection.execute(statement)
            for statement in link_keys(self._schema, POSTGRES):
                self._connection.execute(statement)
