"""A database of a MySQL or MariaDB server, by `LOAD DATA` or `INSERT`.

These servers end a transaction with every statement about a table, so tables are filled under names
that nobody looks for, one transaction each, and all get their own names in one step at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, ClassVar

from plurel_cli.errors import BusyError, ExportError, UsageError
from plurel_cli.export.address import ServerAddress
from plurel_cli.export.ddl import Said, create_table, foreign_keys, link_keys
from plurel_cli.export.dialects import MYSQL
from plurel_cli.export.existing.loading import append
from plurel_cli.export.existing.mysql import MysqlTables
from plurel_cli.export.finite import all_finite
from plurel_cli.export.mysql_rows import MysqlRows, rows, run
from plurel_cli.export.source import identity
from plurel_cli.export.targets import ExportTarget, driver, refused, target
from plurel_cli.schema.column import Attribute, Feature
from plurel_cli.schema.declared import parents_first
from plurel_cli.schema.foreign_key import ForeignKey

if TYPE_CHECKING:
    from plurel_cli.export.source import ExportSource, Report
    from plurel_cli.schema.column import Column
    from plurel_cli.schema.model import Schema
    from plurel_cli.schema.table import Table

_ROWS = 1 << 16

_STAGED = "plurel_new_"
_FORMER = "plurel_old_"
_PROGRESS = "plurel_progress"

_MODE = "STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO"


@target
class Mysql(ExportTarget):
    """A database of a MySQL or MariaDB server; its tables appear in one step."""

    name: ClassVar[str] = "mysql"
    takes: ClassVar[frozenset[str]] = frozenset({"constraints", "resume", "append", "rename"})
    what: ClassVar[str] = "mysql://USER@HOST/DATABASE"

    def export(self, source: ExportSource, out: str, report: Report, *, replace: bool) -> None:
        schema = source.made
        MYSQL.check_names(schema)
        address = _addressed(out)
        pymysql = driver("pymysql", self.name, self.name)
        with _connected(pymysql, address) as connection:
            if self.options.append:
                append(MysqlTables(connection), source, schema, self.options.rename, report)
                return
            load = _MysqlLoad(connection, source, schema, report, self.options.constraints)
            load.run(address, replace=replace, resume=self.options.resume)

    def member(self, out: str, name: str) -> str:
        return f"{out.partition('#')[0]}#{name}"

    def is_there(self, out: str) -> bool:
        address = _addressed(out)
        with _connected(driver("pymysql", self.name, self.name), address) as connection:
            names = rows(connection, "SHOW TABLES")
        return any(not str(name).startswith("plurel_") for (name,) in names)


def _addressed(out: str) -> ServerAddress:
    address = ServerAddress.parse(out, "mysql", "mariadb")
    if address.namespace is not None:
        return address._replace(database=address.namespace)
    if not address.database:
        raise UsageError("--out", "must name a database", out.rpartition("@")[2])
    return address


@contextmanager
def _connected(pymysql: Any, address: ServerAddress) -> Iterator[Any]:
    """A connection to the database of an address, which is made if it follows `#`."""
    try:
        connection = pymysql.connect(
            host=address.host or "localhost",
            port=address.port or 3306,
            user=address.user or None,
            password=address.password,
            unix_socket=address.settings.get("unix_socket"),
            ssl_ca=address.settings.get("ssl_ca"),
            database=None if address.namespace is not None else address.database,
            charset="utf8mb4",
            local_infile=True,
            autocommit=False,
            sql_mode=_MODE,
        )
        with connection:
            if address.namespace is not None:
                name = MYSQL.identifier(address.database)
                run(connection, f"CREATE DATABASE IF NOT EXISTS {name} CHARACTER SET utf8mb4")
                connection.select_db(address.database)
            yield connection
    except pymysql.Error as error:
        raise refused(address, ValueError(error.args[-1] if error.args else error)) from None


class _MysqlLoad:
    """A database on its way to a server."""

    def __init__(
        self, connection: Any, source: ExportSource, schema: Schema, report: Report, declared: bool
    ) -> None:
        self._connection = connection
        self._source, self._report, self._declared = source, report, declared
        self._tables = parents_first(schema)
        self._staged = _renamed(schema, {t.name: f"{_STAGED}{n}" for n, t in _numbered(schema)})
        self._writer = MysqlRows(connection)

    def run(self, address: ServerAddress, *, replace: bool, resume: bool) -> None:
        """Load all of it, or leave what was there; what is to be resumed stays out of sight."""
        lock = f"plurel {address.database}"[:64]
        if rows(self._connection, "SELECT GET_LOCK(%s, 0)", lock) != [(1,)]:
            raise BusyError(address, "another run is at work on it", remedy="let that one end")
        self._look_for_room(replace=replace)
        done = self._begun(resume=resume)
        try:
            for number, table in enumerate(self._tables):
                if table.name in done:
                    self._report(table.name, table.rows)
                    continue
                self._fill(table, self._staged.by_name[f"{_STAGED}{number}"])
            if self._declared:
                for statement in link_keys(self._staged, MYSQL):
                    run(self._connection, statement)
            self._put_in_place(replace=replace)
        except BaseException:
            if not resume:
                with suppress(Exception):
                    self._connection.rollback()
                    self._drop(_STAGED, _PROGRESS)
            raise

    def _look_for_room(self, *, replace: bool) -> list[str]:
        """Tables that are there already, if they may be replaced."""
        there = {str(name).lower(): str(name) for (name,) in rows(self._connection, "SHOW TABLES")}
        names = [there[t.name.lower()] for t in self._tables if t.name.lower() in there]
        if names and not replace:
            remedy = "give --force to replace it, or name another database"
            raise ExportError(f"table {names[0]}", "is there already", remedy=remedy)
        if names:
            users = rows(
                self._connection,
                "SELECT table_name, referenced_table_name FROM information_schema.key_column_usage "
                "WHERE referenced_table_schema = database() AND referenced_table_name IN %s "
                "AND table_name NOT IN %s",
                names,
                names,
            )
            if users:
                rule = f"cannot be replaced: table {users[0][0]} refers to it"
                raise ExportError(f"table {users[0][1]}", rule, remedy="drop that reference first")
        return names

    def _begun(self, *, resume: bool) -> set[str]:
        """Tables that an earlier run of the same has filled."""
        label = identity(self._source, self._declared)
        there = [name for (name,) in rows(self._connection, "SHOW TABLES")]
        if resume and _PROGRESS in there:
            noted = [name for (name,) in rows(self._connection, f"SELECT name FROM {_PROGRESS}")]  # noqa: S608
            if label in noted:
                return set(noted) - {label}
        self._drop(_STAGED, _FORMER, _PROGRESS)
        run(self._connection, f"CREATE TABLE {_PROGRESS} (name VARCHAR(80)) CHARACTER SET utf8mb4")
        self._note(label)
        self._connection.commit()
        return set()

    def _note(self, name: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {_PROGRESS} VALUES (%s)", [name])  # noqa: S608

    def _drop(self, *beginnings: str) -> None:
        names = [str(name) for (name,) in rows(self._connection, "SHOW TABLES")]
        ours = [name for name in names if name.startswith(beginnings)]
        if ours:
            run(self._connection, "SET SESSION foreign_key_checks = 0")
            run(self._connection, f"DROP TABLE {MYSQL.identifiers(ours)}")
            run(self._connection, "SET SESSION foreign_key_checks = 1")

    def _fill(self, table: Table, staged: Table) -> None:
        """Make a table under a name of its own, with its rows and keys."""
        said: Said = "keys" if self._declared else "nothing"
        self._drop(staged.name)  # of a run that was interrupted
        run(self._connection, create_table(self._staged, staged, MYSQL, said))
        count = 0
        for frame in self._source.frames(table, self._report, _ROWS):
            all_finite(table, frame, "MySQL")
            count += self._writer.insert(frame, table, MYSQL.identifier(staged.name))
        if count != table.rows:
            raise ExportError(f"table {table.name}", f"must have {table.rows} rows", count)
        self._note(table.name)
        self._connection.commit()
        if self._declared:
            for statement in foreign_keys(self._staged, staged, MYSQL, to_self=True):
                run(self._connection, statement)

    def _put_in_place(self, *, replace: bool) -> None:
        """Give all tables their names in one step."""
        former = self._look_for_room(replace=replace)
        renames = [(name, f"{_FORMER}{number}") for number, name in enumerate(former)]
        renames += [(f"{_STAGED}{n}", table.name) for n, table in enumerate(self._tables)]
        pairs = (f"{MYSQL.identifier(old)} TO {MYSQL.identifier(new)}" for old, new in renames)
        run(self._connection, f"RENAME TABLE {', '.join(pairs)}")
        self._drop(_FORMER, _PROGRESS)


def _numbered(schema: Schema) -> list[tuple[int, Table]]:
    return list(enumerate(parents_first(schema)))


def _renamed(schema: Schema, names: dict[str, str]) -> Schema:
    """A schema with other names of tables."""
    tables = []
    for table in schema.tables:
        columns = tuple(_referring(column, names) for column in table.columns)
        tables.append(table.but(name=names[table.name], columns=columns))
    return schema.but(tables=tuple(tables))


def _referring(column: Column, names: dict[str, str]) -> Column:
    """A column that refers to a table by another name."""
    if isinstance(column, ForeignKey):
        return column.but(references=names[column.references])
    lens = column.lens if isinstance(column, Feature | Attribute) else None
    if lens is not None and lens.refers_to is not None:
        return column.but(lens=lens.but(to=names[lens.refers_to]))
    return column
