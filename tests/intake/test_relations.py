"""What columns of a source repeat and depend on beyond their row, as a config states it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml

from plurel_cli import generate, parse_config
from plurel_cli.intake.likeness.families import statement_of
from plurel_cli.intake.likeness.fan_out import popularity_of
from plurel_cli.intake.likeness.rows import likeness_of
from plurel_cli.intake.sources import read_source
from plurel_cli.intake.sources.rows import rows_of
from plurel_cli.intake.writer import checked

SCHEMA = """
CREATE TABLE place (id INTEGER PRIMARY KEY, code TEXT);
CREATE TABLE person (id INTEGER PRIMARY KEY, place_id INTEGER NOT NULL REFERENCES place, age REAL NOT NULL);
CREATE TABLE bill (
  id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES person, year INTEGER NOT NULL,
  n_lines INTEGER NOT NULL, total REAL NOT NULL, fee REAL NOT NULL, billed_at TIMESTAMP NOT NULL
);
CREATE TABLE line (
  id INTEGER PRIMARY KEY, bill_id INTEGER NOT NULL REFERENCES bill, fee REAL NOT NULL,
  price DECIMAL(8, 2) NOT NULL, pieces INTEGER NOT NULL, amount DECIMAL(10, 2) NOT NULL, size REAL NOT NULL
);
"""  # noqa: E501 (columns that belong together)

PERSONS, BILLS, LINES = 400, 3000, 9000


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables whose columns repeat others: a year, products, totals, counts, copies."""
    path = tmp_path_factory.mktemp("source") / "bills.db"
    rng = np.random.Generator(np.random.PCG64(11))
    homes = rng.permutation(PERSONS + 30)[:PERSONS]
    weights = np.exp(rng.normal(size=PERSONS))
    person = rng.choice(PERSONS, BILLS, p=weights / weights.sum())
    counts = np.bincount(person, minlength=PERSONS)
    ages = 60 - 2.0 * counts + 6 * rng.normal(size=PERSONS)
    at = np.sort(np.datetime64("2015-01-01", "s") + rng.integers(0, 6 * 365 * 86_400, BILLS))
    moments = (at - at[0]).astype(float)
    fees = 50 - 20 * moments / moments.max() + 4 * rng.normal(size=BILLS)
    bill = np.sort(rng.integers(0, BILLS, LINES))
    prices = np.round(np.exp(2 + rng.normal(size=LINES)), 2)
    pieces = rng.integers(1, 6, LINES)
    amounts = np.round(prices * pieces, 2)
    n_lines, totals = np.bincount(bill, minlength=BILLS), np.bincount(bill, amounts, BILLS)
    years = at.astype("datetime64[Y]").astype(int) + 1970
    with closing(sqlite3.connect(path)) as database:
        database.executescript(SCHEMA)
        tables: dict[str, tuple[Any, ...]] = {
            "place": (range(PERSONS + 30), ["x"] * (PERSONS + 30)),
            "person": (range(PERSONS), homes.tolist(), ages.tolist()),
            "bill": (
                range(BILLS),
                person.tolist(),
                years.tolist(),
                n_lines.tolist(),
                np.round(totals, 2).tolist(),
                fees.tolist(),
                [str(one).replace("T", " ") for one in at],
            ),
            "line": (
                range(LINES),
                bill.tolist(),
                fees[bill].tolist(),
                prices.tolist(),
                pieces.tolist(),
                amounts.tolist(),
                rng.normal(size=LINES).tolist(),
            ),
        }
        for name, columns in tables.items():
            marks = ", ".join("?" * len(columns))
            rows = zip(*columns, strict=True)
            database.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608
        database.commit()
    return path


@pytest.fixture(scope="module")
def config(source: Path) -> dict[str, Any]:
    picture = read_source(str(source))
    likeness = likeness_of(picture, rows_of(str(source), picture))
    raw: dict[str, Any] = yaml.safe_load(checked(picture, 1.0, likeness).text)
    return raw


def test_what_a_column_repeats_is_its_formula(config: dict[str, Any]) -> None:
    bill, line = (config["tables"][name]["columns"] for name in ("bill", "line"))
    formulas = {name: one["of"] for name, one in (bill | line).items() if one["lens"] == "formula"}
    assert formulas == {
        "year": "year(time)",
        "n_lines": "count(line)",
        "total": "sum(line.amount)",
        "amount": "pieces * price",
        "fee": "bill_id.fee",
    }
    assert bill["fee"]["lens"] == "number"


def test_what_is_made_repeats_it_too(config: dict[str, Any]) -> None:
    tables = generate(parse_config(config), 3).tables
    bill, line = tables["bill"], tables["line"]
    assert (bill["year"] == bill["billed_at"].dt.year()).all()
    totals = line.group_by("bill_id").agg(pl.col("amount").sum().alias("sum"), pl.len().alias("n"))
    both = bill.join(totals, left_on="id", right_on="bill_id", how="left").fill_null(0)
    assert (both["n_lines"] == both["n"]).all()
    assert (both["total"] - both["sum"]).abs().max() < 0.01  # type: ignore[operator]
    assert ((line["price"] * line["pieces"]).round(2) - line["amount"]).abs().max() < 0.011  # type: ignore[operator]


def test_numbers_of_children_and_time_act_with_their_signs(config: dict[str, Any]) -> None:
    age = config["tables"]["person"]["columns"]["age"]["causes"]
    assert -0.6 < age["count(bill)"] < -0.3
    fee = config["tables"]["bill"]["columns"]["fee"]["causes"]
    assert fee["time"] < -0.5
    tables = generate(parse_config(config), 5).tables
    person, bill = tables["person"], tables["bill"]
    counts = person.join(
        bill.group_by("person_id").len(), left_on="id", right_on="person_id", how="left"
    ).fill_null(0)
    assert counts.select(pl.corr("age", "len", method="spearman")).item() < -0.3
    moments = bill.select(pl.col("fee"), pl.col("billed_at").dt.epoch("s").alias("at"))
    assert moments.select(pl.corr("fee", "at", method="spearman")).item() < -0.5


def test_a_key_that_no_two_rows_share_stays_so(config: dict[str, Any]) -> None:
    (key,) = config["tables"]["person"]["parents"]
    assert key["form"] == "one_to_one"
    homes = generate(parse_config(config), 2).tables["person"]["place_id"]
    assert homes.n_unique() == PERSONS


def test_prices_a_cent_below_few_amounts_are_told_by_points() -> None:
    values = np.repeat([0.99, 2.99, 4.99], [340, 330, 330])
    assert statement_of(values, is_whole=False) == {"numbers": {0.99: 0.34, 2.99: 0.33, 4.99: 0.33}}
    several = np.repeat(np.arange(100, 500) + 0.99, 3)  # of three digits: too many to be told
    assert "numbers" not in statement_of(several, is_whole=False)


def test_few_parents_with_many_children_each_are_told() -> None:
    stated = popularity_of(np.array([1000.0, 0, 0, 0, 0, 0]))
    assert stated["childless"] == 0.83
    assert popularity_of(np.array([1000.0, 3, 0, 0, 0, 0])) == {}


RENTALS = """
CREATE TABLE customer (id INTEGER PRIMARY KEY);
CREATE TABLE rental (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customer);
CREATE TABLE payment (
  id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customer,
  rental_id INTEGER REFERENCES rental
);
"""


@pytest.mark.parametrize(
    ("n_nulls", "n_others", "is_same"), [(5, 5, True), (300, 0, False), (0, 300, False)]
)
def test_two_paths_to_one_row(tmp_path: Path, n_nulls: int, n_others: int, is_same: bool) -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    customers, rentals = rng.integers(0, 90, 900), rng.integers(0, 900, 2000)
    payers = customers[rentals]
    payers[:n_others] = (payers[:n_others] + 1) % 90
    with closing(sqlite3.connect(tmp_path / "rentals.db")) as database:
        database.executescript(RENTALS)
        for name, columns in (
            ("customer", (range(90),)),
            ("rental", (range(900), customers.tolist())),
            ("payment", (range(2000), payers.tolist(), rentals.tolist())),
        ):
            marks = ", ".join("?" * len(columns))
            database.executemany(f"INSERT INTO {name} VALUES ({marks})", zip(*columns, strict=True))  # noqa: S608
        database.execute("UPDATE payment SET rental_id = NULL WHERE id >= ?", [2000 - n_nulls])
        database.commit()
    picture = read_source(str(tmp_path / "rentals.db"))
    likeness = likeness_of(picture, rows_of(str(tmp_path / "rentals.db"), picture))
    raw = yaml.safe_load(checked(picture, 1.0, likeness).text)
    link = {"lens": "link", "to": "customer", "through": "rental_id.customer_id"}
    stated = raw["tables"]["payment"]["columns"] or {}
    assert (stated.get("customer_id") == link) == is_same
    made = generate(parse_config(raw), 1).tables
    whose = made["rental"]["customer_id"].gather(made["payment"]["rental_id"])
    share = (made["payment"]["customer_id"] == whose).mean()
    assert (share == 1) if is_same else (share < 0.2)  # type: ignore[operator]


def test_a_time_that_no_row_lacks_is_that_of_the_row(tmp_path: Path) -> None:
    days = np.datetime64("2021-01-01T10:00", "s") + 86_400 * np.arange(600)
    with closing(sqlite3.connect(tmp_path / "visits.db")) as database:
        database.execute("CREATE TABLE visit (id INTEGER PRIMARY KEY, held_at TIMESTAMP)")
        rows = [(k, str(day).replace("T", " ")) for k, day in enumerate(days)]
        database.executemany("INSERT INTO visit VALUES (?, ?)", rows)
        database.commit()
    picture = read_source(str(tmp_path / "visits.db"))
    likeness = likeness_of(picture, rows_of(str(tmp_path / "visits.db"), picture))
    assert yaml.safe_load(checked(picture).text)["tables"]["visit"]["timed"] is False
    visit = yaml.safe_load(checked(picture, 1.0, likeness).text)["tables"]["visit"]
    assert visit["time_column"] == "held_at"
