"""Schemas read from servers that run: what they say is what the statements said that made them."""

from __future__ import annotations

from typing import Any

import psycopg
import pymysql
import yaml

from benchmarks.any_schema import DDL
from plurel_cli.intake.ddl import read_ddl
from plurel_cli.intake.sources.server import read_server
from plurel_cli.intake.writer import checked
from tests.export.servers import mariadb, postgres

MARIADB = """
CREATE TABLE country (code char(2) PRIMARY KEY, name varchar(60) NOT NULL UNIQUE);
CREATE TABLE customer (id int unsigned AUTO_INCREMENT PRIMARY KEY, email varchar(120) NOT NULL
  UNIQUE, country_code char(2), latest_order_id bigint, tier enum('a', 'b') NOT NULL,
  FOREIGN KEY (country_code) REFERENCES country (code));
CREATE TABLE orders (id bigint AUTO_INCREMENT PRIMARY KEY, customer_id int unsigned NOT NULL,
  status enum('new', 'paid') NOT NULL COMMENT 'how far', ordered_at datetime NOT NULL,
  total decimal(10, 2) CHECK (total >= 0), FOREIGN KEY (customer_id) REFERENCES customer (id));
CREATE TABLE line (order_id bigint NOT NULL, line_no smallint NOT NULL CHECK (line_no > 0),
  n int NOT NULL CHECK (n BETWEEN 1 AND 9), doubled int GENERATED ALWAYS AS (n * 2) STORED,
  PRIMARY KEY (order_id, line_no), FOREIGN KEY (order_id) REFERENCES orders (id));
ALTER TABLE customer ADD FOREIGN KEY (latest_order_id) REFERENCES orders (id);
"""


def parts(text: str) -> dict[str, Any]:
    """The tables of a config, whatever the order of their keys."""
    tables: dict[str, Any] = yaml.safe_load(text)["tables"]
    for table in tables.values():
        table["parents"] = sorted(table.get("parents", []), key=str)
    return tables


def test_postgres_says_what_its_statements_said() -> None:
    text = DDL.read_text(encoding="utf-8")
    with postgres() as url:
        with psycopg.connect(f"{url}postgres") as connection:
            connection.execute(text.encode())
        live = checked(read_server(f"{url}postgres"))
    file = checked(read_ddl(text, "shop12.sql", "postgres"))
    assert live.lost == file.lost == ()
    assert parts(live.text) == parts(file.text)


def test_mariadb_says_what_its_statements_said() -> None:
    with mariadb() as url:
        port = int(url.rpartition(":")[2].strip("/"))
        connection = pymysql.connect(host="127.0.0.1", port=port, user="root")
        with connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE shop")
            cursor.execute("USE shop")
            for statement in MARIADB.split(";\n"):
                if statement.strip():
                    cursor.execute(statement)
        live = checked(read_server(f"{url}shop"))
    assert live.lost == ()
    tables = parts(live.text)
    assert tables["line"]["columns"]["n"]["max"] == 9
    assert tables["line"]["columns"]["line_no"]["lens"] == "sequence"
    assert tables["line"]["columns"]["doubled"]["of"] == "(n * 2)"
    assert tables["orders"]["columns"]["status"]["values"] == ["new", "paid"]
    assert tables["customer"]["columns"]["latest_order_id"]["lens"] == "link"
    assert tables["country"]["primary_key"] == "country_row"
