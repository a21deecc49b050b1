"""Rows of any table: references that form a circle."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from plurel_cli import do, export_database, generate, generate_to, load, parse_config, validate
from plurel_cli.errors import ConfigError, UsageError
from plurel_cli.schema.declared import links
from tests.storage.samples import rewrite


def raw(**link: Any) -> dict[str, Any]:
    return {
        "schema": {"layout": "explicit", "naming": "natural"},
        "features": {"model": "scm"},
        "tables": {
            "department": {
                "rows": 300,
                "columns": {"head_id": {"lens": "link", "to": "employee", **link}},
            },
            "employee": {"rows": 70_000, "parents": ["department"], "columns": 0},
        },
    }


def test_rows_of_a_later_table_are_referred_to() -> None:
    database = generate(parse_config(raw(nulls=0.2)), 1)
    heads, rows = database.tables["department"]["head_id"], 70_000
    assert heads.dtype == pl.Int64
    assert 30 <= heads.null_count() <= 90
    known = heads.drop_nulls()
    assert known.min() >= 0
    assert known.max() < rows
    assert known.mean() == pytest.approx(rows / 2, abs=4 * rows / (12 * len(known)) ** 0.5)


def test_no_row_twice_where_unique() -> None:
    heads = generate(parse_config(raw(unique=True)), 1).tables["department"]["head_id"]
    assert heads.n_unique() == 300
    assert not heads.is_sorted()


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ({"to": "employe"}, "must name a table, got 'employe'; did you mean employee?"),
        ({"to": "department", "unique": True}, ""),
    ],
)
def test_what_cannot_be_is_told(link: dict[str, Any], message: str) -> None:
    if message:
        with pytest.raises(ConfigError, match=message):
            parse_config(raw(**link))
    else:
        parse_config(raw(**link))


def test_a_table_must_have_enough_rows_to_be_unique() -> None:
    config = raw(unique=True)
    config["tables"]["employee"]["rows"] = 299
    with pytest.raises(ConfigError, match="a row for each of 300 rows, but employee has 299"):
        parse_config(config)


@pytest.mark.parametrize(
    ("head", "rule"),
    [
        (70_000, "must be less than 70000, the rows of employee; 1 row breaks it"),
        (0, "must be the row that is drawn for it; 1 row breaks it"),
    ],
)
def test_validate_finds_another_row(tmp_path: Path, head: int, rule: str) -> None:
    generate_to(tmp_path / "db", parse_config(raw()), 1)
    assert validate(tmp_path / "db") == []

    def planted(frame: pl.DataFrame) -> pl.DataFrame:
        at = pl.int_range(pl.len()) == 5
        return frame.with_columns(head_id=pl.when(at).then(head).otherwise("head_id"))

    rewrite(tmp_path / "db", "department", planted)
    assert rule in [problem.rule for problem in validate(tmp_path / "db")]


KINDS = {"lens": "category", "values": {"seller": 0.3, "buyer": 0.7}}

MARKET: dict[str, Any] = {
    "schema": {"layout": "explicit", "naming": "natural"},
    "features": {"model": "scm"},
    "tables": {
        "user": {"rows": 200, "columns": {"kind": KINDS, "age": {"lens": "integer"}}},
        "item": {
            "rows": 500,
            "columns": {"seller_id": {"lens": "link", "to": "user", "where": {"kind": "seller"}}},
        },
        "note": {
            "rows": 600,
            "columns": {
                "on": {"lens": "category", "values": ["User", "Item"]},
                "on_id": {"lens": "link", "by": "on", "to": {"User": "user", "Item": "item"}},
            },
        },
    },
}


def market(**changes: dict[str, Any]) -> dict[str, Any]:
    """The market, columns of its tables by table and column changed."""
    tables = {name: {**table} for name, table in MARKET["tables"].items()}
    for name, columns in changes.items():
        merged = {**tables[name]["columns"]}
        for column, settings in columns.items():
            merged[column] = {**merged[column], **settings}
        tables[name]["columns"] = merged
    return {**MARKET, "tables": tables}


def test_rows_may_refer_to_some_rows_alone(tmp_path: Path) -> None:
    schema = generate_to(tmp_path / "db", market(), seed=2)
    tables = load(tmp_path / "db").tables
    sellers = tables["user"].filter(pl.col("kind") == "seller")["user_id"]
    assert 0 < len(sellers) < 200
    assert set(tables["item"]["seller_id"]) <= set(sellers)
    assert tables["item"]["seller_id"].n_unique() > len(sellers) / 2
    assert validate(tmp_path / "db") == []
    assert [to for _, to in links(schema.by_name["item"])] == ["user"]  # which engines declare


def test_rows_follow_what_says_which_they_may_be() -> None:
    """Held, all users are sellers, and items are of other users."""
    before = generate(market(), 2)
    after = do(before, "user", "kind", "seller")
    assert (after.tables["item"]["seller_id"] != before.tables["item"]["seller_id"]).any()
    with pytest.raises(UsageError, match="where age > 10000000, of which there is none"):
        generate(market(item={"seller_id": {"where": "age > 10000000"}}), 2)


def test_each_row_may_refer_to_a_table_of_its_own(tmp_path: Path) -> None:
    generate_to(tmp_path / "db", market(), seed=2)
    notes = load(tmp_path / "db").tables["note"]
    most = notes.group_by("on").agg(pl.col("on_id").max(), pl.len()).rows_by_key("on", unique=True)
    assert 150 < most["User"][0] < 200 < most["Item"][0] < 500
    schema = load(tmp_path / "db").schema
    assert [*links(schema.by_name["note"])] == []  # which no engine could declare

    def planted(frame: pl.DataFrame) -> pl.DataFrame:
        is_user = (pl.col("on") == "User") & (pl.int_range(pl.len()) < 50)
        return frame.with_columns(on_id=pl.when(is_user).then(450).otherwise("on_id"))

    rewrite(tmp_path / "db", "note", planted)
    assert [problem.rule for problem in validate(tmp_path / "db")] != []


@pytest.mark.parametrize(
    ("table", "column", "settings", "message"),
    [
        ("item", "seller_id", {"where": "knd = 'seller'"}, "seller_id.where: .*knd"),
        ("item", "seller_id", {"where": {"kind": "sellr"}}, "sellr"),
        ("item", "seller_id", {"unique": True}, "cannot be unique"),
        ("item", "seller_id", {"by": "kind"}, "not both"),
        ("note", "on_id", {"to": {"User": "user"}}, "must have a table for each label of on"),
        ("note", "on_id", {"to": {"User": "usr", "Item": "item"}}, "did you mean user"),
        ("note", "on_id", {"by": "of"}, "on_id.by"),
        ("user", "age", {"lens": "link"}, "must have a table to refer to"),
    ],
)
def test_faults_of_links_are_told_with_their_place(
    table: str, column: str, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_config(market(**{table: {column: settings}}))


def test_columns_that_choose_each_other_are_a_circle() -> None:
    config = market(item={"seller_id": {"where": "favourite > 3"}})
    config["tables"]["user"]["columns"] = {
        **config["tables"]["user"]["columns"],
        "favourite": {"lens": "link", "to": "item", "where": "seller_id > 3"},
    }
    with pytest.raises(ConfigError, match="must not form a circle"):
        parse_config(config)


def paid(**link: Any) -> dict[str, Any]:
    """Payments of rentals, and whose these are."""
    nullable = {"connectivity": {"p_nullable": 1, "null_rate": 0.1}}
    link = {"lens": "link", "to": "customer", "through": "rental_id.customer_id"} | link
    return {
        "schema": {"layout": "explicit", "naming": "natural"},
        "features": {"model": "scm"},
        "tables": {
            "customer": {"rows": 500, "key": {"start": 1000}, "columns": 0},
            "rental": {"rows": 3000, "parents": ["customer"], "columns": 0},
            "payment": {
                "rows": 4000,
                "parents": [{"table": "rental", "column": "rental_id"} | nullable],
                "columns": {"payer_id": link},
            },
        },
    }


def test_two_paths_lead_to_one_row(tmp_path: Path) -> None:
    generate_to(tmp_path / "db", parse_config(paid()), 2)
    assert validate(tmp_path / "db") == []
    database = load(tmp_path / "db")
    payment, rental = database.tables["payment"], database.tables["rental"]
    whose = rental["customer_id"].gather(payment["rental_id"])
    assert (payment["payer_id"].is_null() == payment["rental_id"].is_null()).all()
    assert (payment["payer_id"].drop_nulls() == whose.drop_nulls()).all()
    assert [(c.name, parent) for c, parent in links(database.schema.by_name["payment"])] == [
        ("payer_id", "customer")
    ]
    path = tmp_path / "db.sqlite"
    export_database(str(tmp_path / "db"), "sqlite", str(path))
    with closing(sqlite3.connect(path)) as engine:
        assert engine.execute("PRAGMA foreign_key_check").fetchall() == []
        assert engine.execute("SELECT min(payer_id) FROM payment").fetchone()[0] >= 1000
        wrong = "SELECT count(*) FROM payment p JOIN rental r USING (rental_id) "
        count = engine.execute(wrong + "WHERE p.payer_id <> r.customer_id").fetchone()
        assert count == (0,)


def test_another_row_than_that_is_found(tmp_path: Path) -> None:
    generate_to(tmp_path / "db", parse_config(paid()), 2)
    change = (pl.col("payer_id") + 1) % 500
    rewrite(tmp_path / "db", "payment", lambda frame: frame.with_columns(change))
    (problem,) = validate(tmp_path / "db")
    assert problem.rule.startswith("must be rental_id.customer_id; 3")


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ({"through": "rental_id.customer"}, "names no column of rental"),
        ({"through": "rental_id.rental_id"}, "must be a foreign key to customer of a row"),
        ({"through": "rental_id"}, "must be a foreign key to customer of a row"),
        ({"to": "rental"}, "must be a foreign key to rental of a row"),
        ({"unique": True}, "cannot be through a row"),
    ],
)
def test_what_is_no_path_is_told(link: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_config(paid(**link))
