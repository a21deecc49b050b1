"""Columns that tell the future of their row are marked, where that follows from what they show."""

from __future__ import annotations

from typing import Any

import pytest

from plurel_cli import parse_config
from plurel_cli.schema.sample import sample_schema


def marked(order: dict[str, Any], *, timed: bool = True, customer: Any = None) -> set[str]:
    """Columns that tell the future, of customers who have orders."""
    config = parse_config(
        {
            "schema": {"layout": "explicit", "columns": 0},
            "features": {"model": "scm"},
            "tables": {
                "customer": {
                    "rows": 20,
                    "columns": {
                        "age": {"lens": "integer"},
                        "orders": {"lens": "formula", "of": "count(order)"},
                        "spent": {"lens": "formula", "of": "sum(order.amount)"},
                        "is_good": {"lens": "formula", "of": "spent > 100"},
                        "years": {"lens": "formula", "of": "age + 1"},
                        "note": {"lens": "text", "templates": ["Of {age}.", "Good: {is_good}."]},
                        "record": {"lens": "json", "of": ["age", "years"]},
                        "thanked": {"lens": "date", "when": "orders >= 1"},
                    }
                    | (customer or {}),
                },
                "order": {
                    "rows": 60,
                    "timed": timed,
                    "parents": ["customer"],
                    "columns": {"amount": {"lens": "money"}} | order,
                },
            },
        }
    )
    return {
        f"{table.name}.{column.name}"
        for table in sample_schema(config, 1).tables
        for column in table.contents
        if column.tells_future
    }


OF_LATER = {f"customer.{name}" for name in ("orders", "spent", "is_good", "note", "thanked")}


def test_what_gathers_later_rows_tells_the_future_and_so_does_what_shows_it() -> None:
    assert marked({}) == OF_LATER
    of_customer = {"lens": "formula", "of": "customer_id.spent - amount"}
    assert marked({"rest": of_customer}) == OF_LATER | {"order.rest"}


def test_rows_without_times_are_not_later() -> None:
    assert marked({}, timed=False) == set()


@pytest.mark.parametrize("column", ["orders", "spent"])
def test_what_is_stated_goes_before(column: str) -> None:
    of = {"orders": "count(order)", "spent": "sum(order.amount)"}[column]
    stated = {column: {"lens": "formula", "of": of, "tells_future": False}}
    follows = {"orders": {"thanked"}, "spent": {"is_good", "note"}}[column]
    assert marked({}, customer=stated) == OF_LATER - {f"customer.{c}" for c in {column, *follows}}


def test_what_shows_a_column_that_is_stated_to_tell_it_does_too() -> None:
    order = {
        "status": {"lens": "category", "values": ["open", "paid"], "tells_future": True},
        "paid_on": {"lens": "date", "after": "time", "when": "status = 'paid'"},
        "word": {"lens": "text", "templates": ["Is {status}."]},
    }
    names = {f"order.{name}" for name in order}
    assert marked(order) == OF_LATER | names
