"""Amounts and times that follow from others, and details, in configs of schemas of others."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
import yaml

from plurel_cli import generate
from plurel_cli.intake.ddl import read_ddl
from plurel_cli.intake.writer import checked

SHOP = """
CREATE TABLE product (id int PRIMARY KEY, price numeric(8,2) {price});
CREATE TABLE orders (id int PRIMARY KEY, placed_at timestamp NOT NULL, total numeric(12,2) {total});
CREATE TABLE line (
  order_id int NOT NULL REFERENCES orders, line_no int NOT NULL,
  product_id int NOT NULL REFERENCES product,
  quantity int NOT NULL CHECK (quantity BETWEEN 1 AND 50),
  unit_price numeric(8,2) NOT NULL,
  amount numeric(12,2) GENERATED ALWAYS AS (quantity * unit_price) STORED,
  PRIMARY KEY (order_id, line_no));
"""


def _config(price: str = "NOT NULL", total: str = "NOT NULL") -> dict[str, Any]:
    picture = read_ddl(SHOP.format(price=price, total=total), "x.sql", "postgres")
    raw: dict[str, Any] = yaml.safe_load(checked(picture).text)
    return raw


def test_lines_are_details_with_the_prices_of_products_and_add_up() -> None:
    raw = _config()
    assert raw["tables"]["line"]["parents"][0] == {
        "table": "orders", "column": "order_id", "form": "detail"
    }  # fmt: skip
    frames = generate(raw, 1).tables
    joined = frames["line"].join(frames["product"], left_on="product_id", right_on="id")
    assert (joined["unit_price"] == joined["price"]).all()
    sums = frames["line"].group_by("order_id").agg(pl.col("amount").sum().round(2))
    both = frames["orders"].join(sums, left_on="id", right_on="order_id", how="left")
    assert (both["total"] - both["amount"].fill_null(0)).abs().max() < 1e-6  # type: ignore[operator]
    # No trend: of a stated number that nothing causes, neighbours tell nothing.
    quantity = frames["line"]["quantity"]
    assert quantity.is_between(1, 50).all()
    beside = pl.DataFrame({"this": quantity[1:], "last": quantity[:-1]})
    assert abs(beside.select(pl.corr("this", "last")).item()) < 0.2


@pytest.mark.parametrize(
    ("price", "total"),
    [("", "NOT NULL CHECK (total < 1000)"), ("CHECK (price > 5)", "CHECK (total <> 7)")],
)
def test_what_the_source_demands_comes_first(price: str, total: str) -> None:
    """A price that may be null cannot be that of a line, nor a bounded total a sum."""
    columns = {name: table["columns"] for name, table in _config(price, total)["tables"].items()}
    assert columns["line"]["unit_price"]["lens"] == "money"
    assert columns["orders"]["total"]["lens"] != "formula"


def test_times_are_there_where_a_status_says_so() -> None:
    picture = read_ddl(
        "CREATE TYPE state AS ENUM ('new', 'paid', 'shipped', 'delivered', 'cancelled');"
        "CREATE TABLE orders (id int PRIMARY KEY, state state NOT NULL,"
        " created_at timestamp NOT NULL, paid_on date, ship_date date,"
        " cancelled_at timestamp, due_at timestamp,"
        " delivered_at timestamp NOT NULL);",
        "x.sql",
        "postgres",
    )
    raw = yaml.safe_load(checked(picture).text)
    database = generate(raw, 1)
    frame, window = database.tables["orders"], database.schema.window
    assert window is not None
    after = {
        "paid_on": ["delivered", "paid", "shipped"],
        "ship_date": ["delivered", "shipped"],
        "cancelled_at": ["cancelled"],
    }
    for column, states in after.items():
        is_there = frame.filter(pl.col(column).is_not_null())
        assert is_there["state"].unique().sort().to_list() == states
        assert is_there.height == frame.filter(pl.col("state").is_in(states)).height
        assert is_there[column].cast(pl.Date).max() <= window.end  # type: ignore[operator]
    assert 0 < frame["due_at"].null_count() < frame.height  # of which no state tells
    assert frame["delivered_at"].null_count() == 0


def test_what_a_thing_costs_lies_below_its_price() -> None:
    ddl = "CREATE TABLE product (id int PRIMARY KEY, price numeric(8,2) NOT NULL, cost {} {});"
    picture = read_ddl(ddl.format("numeric(8,2)", "NOT NULL"), "x.sql", "postgres")
    frame = generate(yaml.safe_load(checked(picture).text), 1).tables["product"]
    assert (frame["cost"] < frame["price"]).mean() > 0.99  # type: ignore[operator]
    assert frame.select(pl.corr("price", "cost", method="spearman")).item() > 0.9
    held = read_ddl(ddl.format("numeric(8,2)", "CHECK (cost > 5)"), "x.sql", "postgres")
    assert (
        "causes" not in yaml.safe_load(checked(held).text)["tables"]["product"]["columns"]["cost"]
    )


@pytest.mark.parametrize("discount", ["", "discount numeric(4,2),"])
def test_the_amount_of_a_line_is_the_quantity_times_the_price(discount: str) -> None:
    ddl = (
        "CREATE TABLE line (id int PRIMARY KEY, quantity int NOT NULL,"
        f" unit_price numeric(8,2) NOT NULL, {discount} line_total numeric(12,2) NOT NULL)"
    )
    picture = read_ddl(ddl, "x.sql", "postgres")
    frame = generate(yaml.safe_load(checked(picture).text), 1).tables["line"]
    part = 1 - frame["discount"].fill_null(0) if discount else 1
    gap = frame["line_total"] - frame["quantity"] * frame["unit_price"] * part
    assert gap.abs().max() < 0.0051  # type: ignore[operator]
