"""Rows for tables of MariaDB and SQLite that an application made, and names that differ there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pymysql
import pytest
import yaml

from plurel_cli import export_database, generate, parse_config
from plurel_cli.errors import ExportError, UsageError
from plurel_cli.intake.ddl import read_ddl
from plurel_cli.intake.writer import checked
from tests.export.servers import mariadb

MARIA = """
CREATE TABLE country (code CHAR(2) PRIMARY KEY, name VARCHAR(60) NOT NULL UNIQUE);
CREATE TABLE customer (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  email VARCHAR(50) NOT NULL UNIQUE,
  country_code CHAR(2),
  latest_order_id INT,
  invited_by BIGINT,
  is_active TINYINT(1) NOT NULL,
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  FOREIGN KEY (country_code) REFERENCES country (code),
  FOREIGN KEY (invited_by) REFERENCES customer (id)
) AUTO_INCREMENT = 500;
CREATE TABLE orders (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  status ENUM('new', 'paid', 'shipped') NOT NULL DEFAULT 'new',
  ordered_at DATETIME NOT NULL,
  FOREIGN KEY (customer_id) REFERENCES customer (id)
);
CREATE TABLE order_line (
  order_id INT NOT NULL,
  line_no SMALLINT NOT NULL,
  quantity INT NOT NULL CHECK (quantity BETWEEN 1 AND 20),
  unit_price DECIMAL(8, 2) NOT NULL,
  total DECIMAL(12, 2) GENERATED ALWAYS AS (quantity * unit_price) STORED,
  PRIMARY KEY (order_id, line_no),
  FOREIGN KEY (order_id) REFERENCES orders (id)
);
ALTER TABLE customer ADD FOREIGN KEY (latest_order_id) REFERENCES orders (id);
"""

LITE = """
CREATE TABLE country (code CHAR(2) PRIMARY KEY, name VARCHAR(60) NOT NULL UNIQUE);
CREATE TABLE customer (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email VARCHAR(50) NOT NULL UNIQUE,
  country_code CHAR(2) REFERENCES country (code),
  latest_order_id INT REFERENCES orders (id),
  invited_by BIGINT REFERENCES customer (id),
  is_active BOOLEAN NOT NULL,
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  customer_id BIGINT NOT NULL REFERENCES customer (id),
  status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'paid', 'shipped')),
  ordered_at DATETIME NOT NULL
);
CREATE TABLE order_line (
  order_id INT NOT NULL REFERENCES orders (id),
  line_no SMALLINT NOT NULL,
  quantity INT NOT NULL CHECK (quantity BETWEEN 1 AND 20),
  unit_price DECIMAL(8, 2) NOT NULL,
  total DECIMAL(12, 2) GENERATED ALWAYS AS (quantity * unit_price) STORED,
  PRIMARY KEY (order_id, line_no)
);
"""

ROWS = {"country": 20, "customer": 300, "orders": 400, "order_line": 900}

Run = Callable[..., list[tuple[Any, ...]]]


class Application:
    """A database with an application's tables: where it is, and a way to ask it."""

    def __init__(self, kind: str, out: str, run: Run) -> None:
        self.kind, self.out, self.run = kind, out, run

    def count(self, query: str) -> int:
        return int(self.run(query)[0][0])


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with mariadb() as url:
        yield url


@pytest.fixture(params=["mysql", "sqlite"])
def application(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Application]:
    if request.param == "sqlite":
        file = tmp_path / "application.sqlite"
        with closing(sqlite3.connect(file, isolation_level=None)) as engine:
            engine.executescript(LITE)
            engine.execute("INSERT INTO sqlite_sequence VALUES ('customer', 499)")
            yield Application("sqlite", str(file), lambda q: engine.execute(q).fetchall())
        return
    url = request.getfixturevalue("server")
    port = int(url.rpartition(":")[2].strip("/"))
    login: dict[str, Any] = {"host": "127.0.0.1", "port": port, "user": "root"}
    name = f"a{abs(hash(request.node.name)) % 10**9}"
    with pymysql.connect(**login, autocommit=True) as connection:

        def run(query: str) -> list[tuple[Any, ...]]:
            with connection.cursor() as cursor:
                cursor.execute(query)
                return list(cursor.fetchall())

        run(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        connection.select_db(name)
        for statement in MARIA.split(";\n"):
            if statement.strip():
                run(statement)
        yield Application("mysql", f"{url}{name}", run)


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """Two databases of one config, with different texts, for either engine."""
    folders: dict[str, list[Path]] = {}
    for kind, ddl in (("mysql", MARIA), ("sqlite", LITE)):
        text = checked(read_ddl(ddl, "shop.sql", kind)).text
        for seed in (1, 2):
            folder = tmp_path_factory.mktemp(kind) / "made"
            raw = yaml.safe_load(text)
            for table, n in ROWS.items():
                raw["tables"][table]["rows"] = n
                raw["tables"][table].pop("key", None)
            if seed == 2:
                raw["tables"]["country"]["columns"]["code"]["pattern"] = "#@"
                raw["tables"]["country"]["columns"]["name"]["words"] = [["Far"], ["Isle", "Land"]]
            generate(parse_config(raw), seed).save(str(folder))
            folders.setdefault(kind, []).append(folder)
    return folders


def test_rows_are_appended_with_keys_that_go_on(
    application: Application, shops: dict[str, list[Path]]
) -> None:
    run, count = application.run, application.count
    run("ALTER TABLE orders ADD COLUMN source VARCHAR(9) NOT NULL DEFAULT 'web'")
    run("ALTER TABLE orders ADD COLUMN note VARCHAR(9)")
    run("INSERT INTO country VALUES ('--', 'Here first')")
    run("INSERT INTO customer (email, is_active) VALUES ('a@b.example', 1)")
    first, second = (str(folder) for folder in shops[application.kind])
    export_database(first, application.kind, application.out, append=True)
    assert count("SELECT count(*) FROM country") == ROWS["country"] + 1
    assert count("SELECT min(id) FROM customer") == 500
    assert count("SELECT min(id) FROM customer WHERE email <> 'a@b.example'") == 501
    assert count("SELECT min(id) FROM orders") == 1
    assert count("SELECT count(*) FROM orders WHERE source = 'web'") == ROWS["orders"]
    assert count("SELECT count(*) FROM customer WHERE latest_order_id > 0") > 50
    assert count("SELECT count(*) FROM customer WHERE invited_by > 500") > 50
    most = count("SELECT max(id) FROM customer")
    run("INSERT INTO customer (email, is_active) VALUES ('c@d.example', 0)")
    assert count("SELECT max(id) FROM customer") == most + 1
    email = "UPDATE customer SET email = concat(id, '-', email)"
    run(email if application.kind == "mysql" else "UPDATE customer SET email = id || '-' || email")
    export_database(second, application.kind, application.out, append=True)
    assert count("SELECT count(*) FROM orders") == 2 * ROWS["orders"]
    assert count("SELECT min(id) FROM orders") == 1
    for child, column, parent in (
        ("customer", "latest_order_id", "orders"),
        ("customer", "invited_by", "customer"),
        ("orders", "customer_id", "customer"),
        ("order_line", "order_id", "orders"),
    ):
        lost = f"SELECT count(*) FROM {child} c LEFT JOIN {parent} p ON p.id = c.{column} "  # noqa: S608
        assert count(lost + f"WHERE p.id IS NULL AND c.{column} IS NOT NULL") == 0
    assert count("SELECT count(*) FROM order_line WHERE total <> quantity * unit_price") == 0


def test_names_that_differ_there(application: Application, shops: dict[str, list[Path]]) -> None:
    run, count = application.run, application.count
    run("ALTER TABLE orders RENAME TO purchase")
    run("ALTER TABLE purchase RENAME COLUMN status TO state")
    run("ALTER TABLE purchase RENAME COLUMN id TO number")
    folder = str(shops[application.kind][0])
    names = {"orders": "purchase", "orders.status": "state", "orders.id": "number"}
    export_database(folder, application.kind, application.out, append=True, rename=names)
    assert count("SELECT count(*) FROM purchase WHERE state = 'paid'") > 50
    lines = "SELECT count(*) FROM order_line JOIN purchase ON number = order_id"
    assert count(lines) == ROWS["order_line"]


def test_what_does_not_fit_is_named_and_nothing_is_written(
    application: Application, shops: dict[str, list[Path]]
) -> None:
    default = "" if application.kind == "mysql" else " DEFAULT NULL"
    application.run("ALTER TABLE customer RENAME COLUMN is_active TO active")
    if application.kind == "mysql":
        application.run("ALTER TABLE orders ADD COLUMN shop_id INT NOT NULL" + default)
    application.run("DROP TABLE order_line")
    with pytest.raises(ExportError) as caught:
        export_database(
            str(shops[application.kind][0]), application.kind, application.out, append=True
        )
    words = ["customer has no column is_active", "customer.active must have a value"]
    words += ["there is no table order_line"]
    if application.kind == "mysql":
        words.append("orders.shop_id must have a value")
    for part in words:
        assert part in str(caught.value)
    assert application.count("SELECT count(*) FROM country") == 0


def test_a_row_that_the_engine_refuses_takes_all_with_it(
    application: Application, shops: dict[str, list[Path]]
) -> None:
    if application.kind == "mysql":
        application.run("ALTER TABLE order_line ADD CHECK (quantity < 3)")
    else:
        application.run(
            "CREATE TRIGGER few BEFORE INSERT ON order_line WHEN new.quantity > 2 "
            "BEGIN SELECT raise(ABORT, 'order_line'); END"
        )
    with pytest.raises(ExportError, match="order_line"):
        export_database(
            str(shops[application.kind][0]), application.kind, application.out, append=True
        )
    assert [application.count(f"SELECT count(*) FROM {name}") for name in ROWS] == [0] * 4  # noqa: S608


def test_an_engine_without_transactions_is_refused(
    server: str, shops: dict[str, list[Path]]
) -> None:
    port = int(server.rpartition(":")[2].strip("/"))
    login: dict[str, Any] = {"host": "127.0.0.1", "port": port, "user": "root"}
    with pymysql.connect(**login, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE old")
        cursor.execute("USE old")
        for statement in MARIA.split(";\n"):
            if statement.strip():
                cursor.execute(statement)
        cursor.execute("ALTER TABLE order_line DROP FOREIGN KEY order_line_ibfk_1")
        cursor.execute("ALTER TABLE order_line ENGINE = MyISAM")
        with pytest.raises(ExportError, match="order_line: is in an engine without"):
            export_database(str(shops["mysql"][0]), "mysql", f"{server}old", append=True)
        cursor.execute("SELECT count(*) FROM country")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    ("rename", "words"),
    [
        ({"order": "x"}, "must begin with a table of the database, got 'order'"),
        ({"orders.state": "x"}, "must name a column of orders, got 'state'"),
        ({"orders": "customer"}, "gives two tables the name customer"),
        ({"orders.id": "status"}, "gives two columns of orders the name status"),
    ],
)
def test_names_that_cannot_be(
    rename: dict[str, str], words: str, shops: dict[str, list[Path]], tmp_path: Path
) -> None:
    file = tmp_path / "a.sqlite"
    with closing(sqlite3.connect(file)) as engine:
        engine.executescript(LITE)
    with pytest.raises(UsageError) as caught:
        export_database(str(shops["sqlite"][0]), "sqlite", str(file), append=True, rename=rename)
    assert words in str(caught.value)


def test_names_and_files_need_rows_to_append(shops: dict[str, list[Path]], tmp_path: Path) -> None:
    place, out = str(shops["sqlite"][0]), str(tmp_path / "none.sqlite")
    with pytest.raises(UsageError, match="--rename: is of no use without --append"):
        export_database(place, "sqlite", out, rename={"orders": "purchase"})
    with pytest.raises(ExportError, match="no such file"):
        export_database(place, "sqlite", out, append=True)
    assert not Path(out).exists()
