"""Holding a column, whatever reads it: labels under it, times after it, formulas, texts, nulls."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli import Database, do, generate, parse_config, validate
from plurel_cli.errors import UsageError
from plurel_cli.schema.column import Feature

LAG = {"exponential": {"mean": 9}, "per": "days"}

KINDS = {"food": ["bread", "milk"], "tool": {"saw": 3, "axe": 1}, "*": ["other"]}

DEPARTMENT: dict[str, Any] = {
    "kind": {"lens": "category", "values": {"food": 3, "tool": 2, "toy": 1}},
    "is_open": {"lens": "flag", "true": 0.5},
    "opened_on": {"lens": "date"},
    "budget": {"lens": "money", "lognormal": {"median": 5_000_000, "sigma": 1}},
}

ITEM: dict[str, Any] = {
    "sort": {"lens": "category", "under": "department_id.kind", "values": KINDS},
    "finer": {"lens": "category", "under": "sort", "values": {"saw": ["a", "b"], "*": ["c"]}},
    "state": {
        "lens": "category",
        "under": "is_sold",
        "values": {True: ["paid", "owed"], False: ["here", "lent"]},
        "causes": {"price": 0.8},
    },
    "is_sold": {"lens": "flag", "true": 0.4},
    "price": {"lens": "money", "lognormal": {"median": 20, "sigma": 1}},
    "share": {"lens": "percentage", "uniform": {"low": 0, "high": 100}, "step": 0.1},
    "pieces": {"lens": "integer", "lognormal": {"median": 9, "sigma": 2}},
    "made_at": {"lens": "timestamp"},
    "stocked_on": {"lens": "date", "after": "department_id.opened_on", "lag": LAG},
    "sold_on": {"lens": "date", "after": "made_at", "lag": LAG, "until": "window"},
    "sold_for": {"lens": "money", "when": "is_sold and price > 3", "causes": {"price": 0.9}},
    "worth": {"lens": "formula", "of": "round(price * pieces, 2)"},
    "part": {"lens": "formula", "of": "price / department_id.budget"},
    "note": {"lens": "text", "templates": ["{sort} at {price}, {share: low | high}, {finer}"]},
    "record": {"lens": "json", "of": ["price", "sort", "made_at"]},
}

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "category": st.sampled_from(["food", "tool", "toy"]),
    "flag": st.booleans(),
    "money": st.integers(0, 10**9).map(lambda cents: cents / 100),
    "percentage": st.integers(0, 1_000).map(lambda tenths: tenths / 10),
    "integer": st.integers(0, 2**31),
    "date": st.dates(dt.date(1980, 1, 1), dt.date(2040, 1, 1)).map(str),
    "timestamp": st.datetimes(dt.datetime(1980, 1, 1), dt.datetime(2040, 1, 1)).map(
        lambda moment: str(moment.replace(microsecond=0))
    ),
}


def shop() -> Database:
    return generate(
        parse_config(
            {
                "schema": {"layout": "explicit", "columns": 0},
                "features": {"model": "scm"},
                "tables": {
                    "department": {"rows": 30, "timed": False, "columns": DEPARTMENT},
                    "item": {
                        "rows": 400,
                        "parents": ["department"],
                        "timed": True,
                        "columns": ITEM,
                    },
                },
            }
        ),
        4,
    )


SHOP = shop()

HOLDABLE = [
    (table.name, column.name, column.lens.kind)
    for table in SHOP.schema.tables
    for column in table.features
    if isinstance(column, Feature) and column.lens is not None and not column.lens.reads
]

HANGING = ["sort", "finer", "state", "stocked_on", "sold_on"]


@pytest.mark.parametrize(("table", "column", "kind"), HOLDABLE)
@given(data=st.data())
@settings(max_examples=6)
def test_what_reads_it_is_what_it_would_be(
    tmp_path_factory: pytest.TempPathFactory, table: str, column: str, kind: str, data: Any
) -> None:
    value = data.draw(VALUES[kind])
    held = do(SHOP, table, column, value)
    folder = tmp_path_factory.mktemp("held") / "db"
    held.save(folder)
    assert validate(folder) == []
    assert held.tables[table][column].n_unique() == 1


@pytest.mark.parametrize("kind", ["food", "tool", "toy"])
def test_labels_are_those_under_the_one_that_is_held(kind: str) -> None:
    item = do(SHOP, "department", "kind", kind).tables["item"]
    assert set(item["sort"]) == set(KINDS.get(kind, KINDS["*"]))
    assert set(item["finer"]) == ({"a", "b", "c"} if kind == "tool" else {"c"})
    told = item.select(pl.col("note").str.starts_with(pl.col("sort"))).to_series()
    assert told.all()


@pytest.mark.parametrize("column", HANGING)
def test_what_hangs_on_another_is_held_by_that(column: str) -> None:
    value = SHOP.tables["item"][column].drop_nulls()[0]
    with pytest.raises(UsageError, match=rf"item\.{column}: hangs on .*, and cannot be held"):
        do(SHOP, "item", column, str(value))
