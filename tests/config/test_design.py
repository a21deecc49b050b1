"""A design in Python is the config that it says."""

from __future__ import annotations

import pytest

from plurel_cli import ColumnDesign, Design, TableDesign, generate, parse_config
from plurel_cli.errors import ConfigError, UsageError

SHOP = Design(
    TableDesign(
        "customer",
        ColumnDesign("plan", "category", values={"free": 6, "pro": 3}),
        ColumnDesign.hidden_variable("appetite"),
        rows=100,
        timed=False,
    ),
    TableDesign(
        "order",
        ColumnDesign("amount", "money", causes={"customer_id.appetite": 0.5}, noise=0.5),
        parents=["customer"],
        rows=300,
        others=2,
    ),
)


def test_a_design_gives_the_database_of_its_config() -> None:
    raw = {
        "schema": {"layout": "explicit"},
        "tables": {
            "customer": {
                "rows": 100,
                "timed": False,
                "columns": {
                    "plan": {"lens": "category", "values": {"free": 6, "pro": 3}},
                    "appetite": {"hidden": True},
                },
            },
            "order": {
                "rows": 300,
                "parents": ["customer"],
                "others": 2,
                "columns": {
                    "amount": {
                        "lens": "money",
                        "causes": {"customer_id.appetite": 0.5},
                        "noise": 0.5,
                    }
                },
            },
        },
    }
    assert SHOP.config == parse_config(raw)
    one, other = generate(SHOP, seed=3), generate(raw, seed=3)
    for name, frame in one.tables.items():
        assert frame.equals(other.tables[name])


def test_what_is_wrong_with_a_design_is_told_as_of_a_config() -> None:
    wrong = Design(TableDesign("a", ColumnDesign("x", "number", causes=["y"])))
    with pytest.raises(ConfigError, match=r"^tables.a.columns.x.causes.y: names no column of a"):
        generate(wrong)


def test_a_name_is_given_once() -> None:
    with pytest.raises(UsageError, match=r"tables: must name each once, got 'a'"):
        Design(TableDesign("a"), TableDesign("a"))
    with pytest.raises(UsageError, match=r"tables.a.columns: must name each once, got 'x'"):
        TableDesign("a", ColumnDesign("x"), ColumnDesign("x"))
