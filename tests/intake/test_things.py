"""Names and texts of things: those of `things.yaml` fit their columns, and tell of ratings."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from plurel_cli import generate, intake
from plurel_cli.intake.ddl import read_ddl
from plurel_cli.intake.guesses import rules
from plurel_cli.intake.writer import checked

THINGS = yaml.safe_load((Path(intake.__file__).parent / "things.yaml").read_text(encoding="utf-8"))
TABLES = [re.sub(r"\(\?:y\|ie\)", "y", t["tables"]).replace("?", "").split("|")[0] for t in THINGS]

REVIEWS = """
CREATE TABLE review (id int PRIMARY KEY, rating smallint NOT NULL CHECK (rating BETWEEN 1 AND 5),
  title varchar(80), body text NOT NULL);
"""


def _config(ddl: str) -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load(checked(read_ddl(ddl, "x.sql", "postgres")).text)
    return raw


def test_each_thing_has_tables_of_its_own() -> None:
    assert len(set(TABLES)) == len(THINGS) > 50
    words = [
        word for thing in THINGS for word in thing["tables"].replace("(?:y|ie)", "y").split("|")
    ]
    twice = {word for word, times in Counter(words).items() if times > 1}
    assert twice == set()


@pytest.mark.parametrize("length", [12, 20, 30, 45, 80, 255, None])
def test_names_and_texts_fit_their_columns(length: int | None) -> None:
    kind = "text" if length is None else f"varchar({length})"
    raw = _config(
        "".join(
            f'CREATE TABLE "{name}" (id int PRIMARY KEY, name {kind} UNIQUE NOT NULL,'
            f" title {kind} NOT NULL, description {kind} NOT NULL);"
            for name in TABLES
        )
    )
    for table in raw["tables"].values():
        table["rows"] = min(table["rows"], 400)
    for name, frame in generate(raw, 1).tables.items():
        for column in ("name", "title", "description"):
            assert frame[column].str.len_chars().max() <= (length or 10_000), (name, column)  # type: ignore[operator]
        assert frame["name"].is_unique().all(), name


@cache
def _lenses() -> dict[str, Any]:
    raw = _config(
        "CREATE TABLE tbl_products (id int PRIMARY KEY, product_name varchar(60), descr text);"
        "CREATE TABLE ProductReviews (id int PRIMARY KEY, title varchar(60), body text);"
        "CREATE TABLE film (id int PRIMARY KEY, title varchar(80));"
        "CREATE TABLE category (id int PRIMARY KEY, name varchar(60), file_name varchar(60));"
        "CREATE TABLE customer (id int PRIMARY KEY, name varchar(60), bio text);"
    )
    return {
        f"{table}.{name}": column
        for table, stated in raw["tables"].items()
        for name, column in stated["columns"].items()
    }


@pytest.mark.parametrize(
    ("column", "first"),
    [
        ("tbl_products.product_name", "product_adjectives"),
        ("film.title", ["The"]),
        ("category.name", "retail_departments"),
    ],
)
def test_a_name_is_that_of_the_thing(column: str, first: object) -> None:
    assert _lenses()[column]["words"][0] == first


def test_texts_are_about_the_thing() -> None:
    assert "season" in str(_lenses()["tbl_products.descr"])
    assert "picture" in str(_lenses()["ProductReviews.body"])
    assert _lenses()["customer.name"]["lens"] == "person_name"
    assert "retail_departments" not in str(_lenses()["category.file_name"])


def test_a_review_tells_of_the_rating() -> None:
    frame = generate(_config(REVIEWS), 1).tables["review"]
    happy = frame.filter(pl.col("body").str.contains("Very happy"))["rating"].mean()
    sad = frame.filter(pl.col("body").str.contains("disappointment"))["rating"].mean()
    assert happy > 3.5 > 2.5 > sad  # type: ignore[operator]


def test_without_a_rating_it_tells_of_a_mood() -> None:
    raw = _config(REVIEWS.replace("rating smallint NOT NULL CHECK (rating BETWEEN 1 AND 5),", ""))
    assert "{!:" in str(raw["tables"]["review"]["columns"]["body"])
    assert generate(raw, 1).tables["review"]["body"].n_unique() > 20


def test_rules_of_things_are_told_in_words() -> None:
    assert all("(?:^|_)" not in rule.shown for rule in rules())
    assert sum(bool(rule.shown) for rule in rules()) > 60


@pytest.mark.parametrize(
    ("column", "lens"),
    [
        ("id text", "uuid"),
        ("external_id varchar(64)", "uuid"),
        ("owner_id varchar(20)", "code"),
        ("customer_id char(5)", "code"),
        ("created_at bigint", "integer"),
    ],
)
def test_keys_and_times_without_a_type_look_like_such(column: str, lens: str) -> None:
    name = column.split()[0]
    stated = _config(f"CREATE TABLE thing (no int PRIMARY KEY, {column} NOT NULL);")
    assert stated["tables"]["thing"]["columns"][name]["lens"] == lens
    values = generate(stated, 1).tables["thing"][name]
    if lens == "integer":
        assert values.is_between(1_500_000_000, 1_800_000_000).all()
    else:
        assert not values.str.contains(" ").any()


def test_of_a_unique_pair_the_more_telling_column_is_unique() -> None:
    ddl = "CREATE TABLE a (id int PRIMARY KEY, provider text, account_id text, UNIQUE ({0}, {1}))"
    for pair in (("provider", "account_id"), ("account_id", "provider")):
        columns = _config(ddl.format(*pair))["tables"]["a"]["columns"]
        assert columns["account_id"]["unique"]
        assert "unique" not in columns["provider"]
