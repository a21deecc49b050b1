"""A database that is running: its catalogue, read by SQLAlchemy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from plurel_cli.errors import UsageError
from plurel_cli.intake.building import Builder
from plurel_cli.intake.counters import KeyCounter
from plurel_cli.intake.definitions import Definition
from plurel_cli.intake.open_tables import OpenTable
from plurel_cli.intake.strings import standard

if TYPE_CHECKING:
    from plurel_cli.intake.picture import Picture, SourceTable

_DIALECTS = {"postgresql": "postgres", "mariadb": "mysql", "mssql": "tsql"}
_DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}


def read_server(url: str) -> Picture:
    """The schema of a running database, with how many rows its tables have.

    Parameters
    ----------
    url
        As in `postgresql://me@host/shop`; SQLAlchemy's own names of drivers may stand before it.

    Returns
    -------
    Picture

    Raises
    ------
    UsageError
        If SQLAlchemy or a driver is not installed, or there is no such database.
    """
    with _connected(url) as (dialect, connection):
        import sqlalchemy

        inspector = sqlalchemy.inspect(connection)
        builder = Builder(dialect)
        conditions, domains = _conditions_of_columns(connection), _domain_types(connection)
        for table in inspector.get_table_names():
            opened = _add(builder, inspector, table, connection.dialect, domains)
            opened.checks += [(standard(text, dialect), 0) for text in conditions.get(table, ())]
            quoted = connection.dialect.identifier_preparer.quote(table)
            count = sqlalchemy.text(f"SELECT count(*) FROM {quoted}")  # noqa: S608 (quoted)
            opened.rows = int(connection.execute(count).scalar_one()) or None
        return builder.picture(_hidden(url))


def server_rows(
    url: str, picture: Picture, most: int
) -> Iterator[tuple[SourceTable, list[tuple[Any, ...]]]]:
    """The rows of a running database.

    Parameters
    ----------
    url
        The database.
    picture
        Its schema.
    most
        Rows of a table that are read, at most.

    Yields
    ------
    tuple
        Each table, with its rows.
    """
    with _connected(url) as (_, connection):
        import sqlalchemy

        quote = connection.dialect.identifier_preparer.quote
        for table in picture.tables:
            names: list[Any] = [
                sqlalchemy.column(quote(c.source_name), is_literal=True) for c in table.columns
            ]
            place = sqlalchemy.text(quote(table.source_name))
            query = sqlalchemy.select(*names).select_from(place).limit(most)
            yield table, [tuple(row) for row in connection.execute(query)]


@contextmanager
def _connected(url: str) -> Iterator[tuple[str, Any]]:
    """The dialect of SQL, and a connection by SQLAlchemy."""
    try:
        import sqlalchemy
    except ImportError:
        remedy = "pip install 'plurel-cli[db]'"
        raise UsageError(_hidden(url), "needs SQLAlchemy to be read", remedy=remedy) from None
    scheme, mark, rest = url.partition("://")
    name = scheme.partition("+")[0].replace("postgres", "postgresql").replace("qlql", "ql")
    address = f"{_DRIVERS.get(name, name) if '+' not in scheme else scheme}{mark}{rest}"
    try:
        engine = sqlalchemy.create_engine(address, poolclass=sqlalchemy.NullPool)
        with engine.connect() as connection:
            yield _DIALECTS.get(name, name), connection
    except (sqlalchemy.exc.SQLAlchemyError, ImportError) as error:
        (reason, *_) = str(error).strip().splitlines()
        raise UsageError(_hidden(url), f"cannot be read: {reason}") from None


def _hidden(url: str) -> str:
    """A URL without a password."""
    scheme, mark, rest = url.partition("://")
    account, at, host = rest.rpartition("@")
    return f"{scheme}{mark}{account.partition(':')[0]}{at}{host}"


def _add(
    builder: Builder, inspector: Any, name: str, dialect: Any, domains: Mapping[str, str]
) -> OpenTable:
    table = builder.table(("", name), 0)
    for column in inspector.get_columns(name):
        is_of_domain = type(column["type"]).__name__ == "DOMAIN"
        definition = (
            _of_domain(builder, column, dialect, domains)
            if is_of_domain
            else _definition(builder, column, dialect)
        )
        table.add(definition, 0, builder)
    table.primary_key = tuple(inspector.get_pk_constraint(name)["constrained_columns"])
    for constraint in inspector.get_unique_constraints(name):
        table.unique.append(tuple(constraint["column_names"]))
    for index in inspector.get_indexes(name):
        columns = index["column_names"]
        if index["unique"] and None not in columns and tuple(columns) not in table.unique:
            table.unique.append(tuple(columns))
    for key in inspector.get_foreign_keys(name):
        columns, targets = key["constrained_columns"], key["referred_columns"]
        place = (key.get("referred_schema") or "", key["referred_table"])
        table.references.append((tuple(columns), place, tuple(targets), 0))
    table.checks += [(text, 0) for text in _checks(inspector, name, builder.dialect)]
    table.comment = _comment(inspector, name)
    return table


def _definition(builder: Builder, column: Any, dialect: Any) -> Definition:
    from sqlalchemy.exc import SQLAlchemyError

    type_ = column["type"]
    labels = getattr(type_, "enums", None)
    words = "TEXT"
    if labels:
        key = getattr(type_, "name", None) or f"enum_{len(builder.enums)}"
        builder.enums[str(key).lower()] = tuple(labels)
        words = str(key)
    else:
        try:
            words = str(type_.compile(dialect=dialect))
        except SQLAlchemyError:  # of a type that its dialect has no word for
            words = "unknown"
    computed = column.get("computed")
    return Definition(
        name=column["name"],
        type=words,
        nullable=bool(column.get("nullable", True)),
        default=column.get("default"),
        computed=computed and computed["sqltext"],
        comment=column.get("comment") or "",
        is_identity=bool(column.get("identity")) or column.get("autoincrement") is True,
        counter=_counter(column.get("identity")),
    )


def _counter(identity: Mapping[str, Any] | None) -> KeyCounter | None:
    """Where an identity begins, as SQLAlchemy tells it."""
    if not identity or identity.get("start") is None:
        return None
    return KeyCounter(int(identity["start"]), int(identity.get("increment") or 1))


def _of_domain(
    builder: Builder, column: Any, dialect: Any, domains: Mapping[str, str]
) -> Definition:
    """A column of a domain, with what that demands of all of its columns."""
    domain, key = column["type"], str(column["type"].name).lower()
    base = {"name": "VALUE", "type": domain.data_type, "nullable": not domain.not_null}
    of_value = _definition(builder, base, dialect)
    of_value.type = domains.get(key, of_value.type)
    if domain.check is not None:
        of_value.checks.append(standard(str(domain.check), builder.dialect))
    builder.domains[key] = of_value
    definition = _definition(builder, {**column, "type": domain.data_type}, dialect)
    definition.type = key
    return definition


def _domain_types(connection: Any) -> dict[str, str]:
    """Of each domain of PostgreSQL the type below it, with digits that SQLAlchemy leaves out."""
    import sqlalchemy

    if connection.dialect.name != "postgresql":
        return {}
    query = "SELECT typname, format_type(typbasetype, typtypmod) FROM pg_type WHERE typtype = 'd'"
    return {str(name).lower(): text for name, text in connection.execute(sqlalchemy.text(query))}


def _conditions_of_columns(connection: Any) -> dict[str, list[str]]:
    """Conditions that MariaDB states beside columns, which SQLAlchemy does not see, by table."""
    import sqlalchemy

    if not getattr(connection.dialect, "is_mariadb", False):
        return {}
    query = (
        "SELECT TABLE_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS "
        "WHERE CONSTRAINT_SCHEMA = DATABASE() AND LEVEL = 'Column'"
    )
    conditions: dict[str, list[str]] = {}
    for table, condition in connection.execute(sqlalchemy.text(query)):
        conditions.setdefault(str(table), []).append(str(condition))
    return conditions


def _checks(inspector: Any, name: str, dialect: str) -> Iterator[str]:
    try:
        constraints = inspector.get_check_constraints(name)
    except NotImplementedError:
        return
    for constraint in constraints:
        yield standard(str(constraint["sqltext"]), dialect)


def _comment(inspector: Any, name: str) -> str:
    try:
        return str(inspector.get_table_comment(name)["text"] or "")
    except NotImplementedError:
        return ""
