"""Rows for tables that an application made, with columns, keys and defaults of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from plurel_cli import export_database, generate, parse_config
from plurel_cli.errors import ExportError, UsageError
from plurel_cli.intake.ddl import read_ddl
from plurel_cli.intake.writer import checked
from tests.export.servers import postgres

APPLICATION = """
CREATE TYPE order_status AS ENUM ('new', 'paid', 'shipped');
CREATE TABLE country (code char(2) PRIMARY KEY, name varchar(60) NOT NULL UNIQUE);
CREATE TABLE customer (
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH 500) PRIMARY KEY,
  email varchar(120) NOT NULL UNIQUE,
  country_code char(2) REFERENCES country (code),
  latest_order_id bigint,
  is_active boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE orders (
  id serial PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customer (id),
  status order_status NOT NULL DEFAULT 'new',
  ordered_at timestamptz NOT NULL
);
CREATE TABLE order_line (
  order_id bigint REFERENCES orders (id),
  line_no smallint CHECK (line_no > 0),
  quantity int NOT NULL CHECK (quantity BETWEEN 1 AND 20),
  unit_price numeric(8, 2) NOT NULL,
  total numeric(12, 2) GENERATED ALWAYS AS (quantity * unit_price) STORED,
  PRIMARY KEY (order_id, line_no)
);
CREATE TABLE return_line (
  id uuid PRIMARY KEY,
  order_id bigint NOT NULL,
  line_no smallint NOT NULL,
  FOREIGN KEY (order_id, line_no) REFERENCES order_line (order_id, line_no)
);
ALTER TABLE customer ADD FOREIGN KEY (latest_order_id) REFERENCES orders (id);
"""

LATER = """
ALTER TABLE orders ADD COLUMN note text, ADD COLUMN source text NOT NULL DEFAULT 'web';
ALTER TABLE customer ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();
"""
"""What the application has gained since its schema was read."""

TABLES = ("country", "customer", "orders", "order_line", "return_line")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two databases of one config, with different texts."""
    text = checked(read_ddl(APPLICATION, "shop.sql", "postgres")).text
    folders = []
    for seed in (1, 2):
        folder = tmp_path_factory.mktemp("shop") / "made"
        raw = yaml.safe_load(text)
        if seed == 2:  # countries are there by then, so that other codes are wanted
            raw["tables"]["country"]["columns"]["code"]["pattern"] = "#@"
            raw["tables"]["country"]["columns"]["name"]["words"] = [["Far"], ["Isle", "Land"]]
        generate(parse_config(raw), seed).save(str(folder))
        folders.append(folder)
    return folders


def connected(server: str, name: str) -> psycopg.Connection[Any]:
    """A connection to a schema of its own with the application's tables."""
    connection = psycopg.connect(f"{server}postgres", autocommit=True)
    connection.execute(f"CREATE SCHEMA {name}".encode())
    connection.execute(f"SET search_path = {name}".encode())
    connection.execute(APPLICATION.encode())
    connection.execute(LATER.encode())
    return connection


def count(connection: psycopg.Connection[Any], query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def test_rows_are_appended_with_keys_that_go_on(server: str, shops: list[Path]) -> None:
    with connected(server, "grown") as connection:
        connection.execute("INSERT INTO country VALUES ('zz', 'Here first')")
        connection.execute("INSERT INTO customer (email, is_active) VALUES ('a@b.example', true)")
        export_database(str(shops[0]), "postgres", f"{server}postgres#grown", append=True)
        first = {name: count(connection, f"SELECT count(*) FROM {name}") for name in TABLES}  # noqa: S608
        assert first["country"] == 21
        assert count(connection, "SELECT min(id) FROM customer WHERE email <> 'a@b.example'") == 501
        assert count(connection, "SELECT min(id) FROM orders") == 1
        assert (
            count(connection, "SELECT count(*) FROM orders WHERE source = 'web'") == first["orders"]
        )
        assert count(connection, "SELECT count(*) FROM customer WHERE latest_order_id > 0") > 100
        most = count(connection, "SELECT max(id) FROM customer")
        connection.execute("INSERT INTO customer (email, is_active) VALUES ('c@d.example', false)")
        assert count(connection, "SELECT max(id) FROM customer") == most + 1
        export_database(str(shops[1]), "postgres", f"{server}postgres#grown", append=True)
        assert count(connection, "SELECT count(*) FROM orders") == 2 * first["orders"]
        wrong = (
            "SELECT count(*) FROM order_line WHERE total <> quantity * unit_price "
            "OR order_id > (SELECT max(id) FROM orders)"
        )
        assert count(connection, wrong) == 0
        lines = "SELECT count(DISTINCT (order_id, line_no)) FROM return_line"
        assert count(connection, lines) > 100


def test_what_does_not_fit_is_named_and_nothing_is_written(server: str, shops: list[Path]) -> None:
    with connected(server, "odd") as connection:
        connection.execute(
            "ALTER TABLE orders ADD COLUMN shop_id int NOT NULL; "
            "ALTER TABLE customer DROP COLUMN is_active; DROP TABLE return_line"
        )
        with pytest.raises(ExportError) as caught:
            export_database(str(shops[0]), "postgres", f"{server}postgres#odd", append=True)
        for words in (
            "orders.shop_id must have a value",
            "customer has no column is_active",
            "there is no table return_line",
        ):
            assert words in str(caught.value)
        assert count(connection, "SELECT count(*) FROM country") == 0


def test_a_row_that_the_engine_refuses_takes_all_with_it(server: str, shops: list[Path]) -> None:
    with connected(server, "strict") as connection:
        connection.execute("ALTER TABLE order_line ADD CHECK (quantity < 3)")
        with pytest.raises(ExportError, match="order_line"):
            export_database(str(shops[0]), "postgres", f"{server}postgres#strict", append=True)
        counts = [count(connection, f"SELECT count(*) FROM {name}") for name in TABLES]  # noqa: S608
        assert counts == [0] * len(TABLES)


def test_append_goes_alone_and_to_servers_that_take_it(shops: list[Path], tmp_path: Path) -> None:
    place = str(shops[0])
    with pytest.raises(UsageError, match="--append: is of no use with --to duckdb"):
        export_database(place, "duckdb", str(tmp_path / "a.duckdb"), append=True)
    for other in ({"force": True}, {"resume": True}, {"constraints": False}):
        with pytest.raises(UsageError, match="is of no use with --append"):
            export_database(place, "postgres", "postgresql://h/d", append=True, **other)


def test_the_tutorial_seeds_a_server(server: str, tmp_path: Path) -> None:
    """What docs/team.md says, with its own schema, edits and commands."""
    page = (Path(__file__).parents[2] / "docs/team.md").read_text(encoding="utf-8")
    schema = re.findall(r"^cat > db/schema\.sql <<'END'\n(.*?)^END$", page, re.M | re.S)[0]
    job = yaml.safe_load(re.findall(r"^```yaml\n(.*?)^```$", page, re.M | re.S)[0])
    makefile = re.findall(r"^```make\n(.*?)^```$", page, re.M | re.S)[0]
    assert {"run": "make seed"} in job["jobs"]["test"]["steps"]
    assert "--append" in makefile
    raw = yaml.safe_load(checked(read_ddl(schema, "schema.sql", "postgres")).text)
    for table, rows in (("team", 8), ("agent", 60), ("ticket", 200)):
        raw["tables"][table]["rows"] = rows
    del raw["tables"]["message"]["rows"]
    raw["tables"]["message"]["ratio"] = {"to": "ticket", "mean": 4}
    generate(parse_config(raw), 1).save(str(tmp_path / "seed"))
    with psycopg.connect(f"{server}postgres", autocommit=True) as connection:
        connection.execute(b"CREATE SCHEMA app")
        connection.execute(b"SET search_path = app")
        connection.execute(schema.encode())
        place = f"{server}postgres#app"
        export_database(str(tmp_path / "seed"), "postgres", place, append=True)
        assert count(connection, "SELECT count(*) FROM message") == 800
        assert count(connection, "SELECT min(id) FROM ticket") == 1000
        assert count(connection, "SELECT min(id) FROM team") == 10
