"""Columns that have values in some rows alone, as a formula says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from plurel_cli import do, generate, generate_to, parse_config, validate
from plurel_cli.errors import ConfigError
from tests.storage.samples import rewrite

ORDER: dict[str, Any] = {
    "status": {"lens": "category", "values": {"open": 3, "paid": 3, "cancelled": 1}},
    "paid_at": {"lens": "timestamp", "after": "time", "when": "status = 'paid'"},
    "amount": {"lens": "money", "when": "status != 'cancelled'", "nulls": 0.1},
    "gift": {
        "lens": "category",
        "values": ["card", "ribbon"],
        "when": "customer_id.is_regular = 1",
    },
    "receipt": {"lens": "code", "when": "paid_at > time"},
    "refund": {"lens": "formula", "of": "0 - amount", "digits": 2, "when": "status = 'open'"},
    "thanks": {"lens": "text", "templates": ["Thanks for {amount}."], "when": "amount >= 20"},
}


def config(order: dict[str, Any] = ORDER) -> Any:
    return parse_config(
        {
            "schema": {"layout": "explicit", "columns": 0},
            "features": {"model": "scm"},
            "tables": {
                "customer": {"rows": 60, "columns": {"is_regular": {"lens": "flag", "true": 0.4}}},
                "order": {"rows": 3_000, "parents": ["customer"], "timed": True, "columns": order},
            },
        }
    )


def holds(frame: pl.DataFrame) -> dict[str, pl.Series]:
    """Where each column may have a value."""
    status = frame["status"]
    return {
        "paid_at": status == "paid",
        "amount": status != "cancelled",
        "gift": frame["is_regular"],
        "receipt": status == "paid",
        "refund": (status == "open") & frame["amount"].is_not_null(),
        "thanks": (frame["amount"] >= 20).fill_null(value=False),
    }


def whole(database: Any) -> pl.DataFrame:
    tables: dict[str, pl.DataFrame] = database.tables
    return tables["order"].join(tables["customer"], on="customer_id").sort("order_id")


def test_there_is_a_value_exactly_where_the_formula_holds() -> None:
    frame = whole(generate(config(), 3))
    for column, where in holds(frame).items():
        assert 0 < where.sum() < frame.height, column
        if column == "amount":
            assert frame.filter(~where)[column].null_count() == (~where).sum()
            assert frame.filter(where)[column].null_count() / where.sum() == pytest.approx(
                0.1, abs=0.02
            )
        else:
            assert (frame[column].is_not_null() == where).all(), column


def test_it_changes_with_what_it_names(tmp_path: Path) -> None:
    generate_to(tmp_path / "db", config(), 3)
    assert validate(tmp_path / "db") == []
    held = do(tmp_path / "db", "order", "status", "paid")
    held.save(tmp_path / "held")
    assert validate(tmp_path / "held") == []
    frame = held.tables["order"]
    assert frame["paid_at"].null_count() == frame["receipt"].null_count() == 0
    assert frame["refund"].null_count() == frame.height


def test_value_where_the_formula_does_not_hold_is_found(tmp_path: Path) -> None:
    generate_to(tmp_path / "db", config(), 3)

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        row = int((frame["gift"].is_null()).arg_max() or 0)
        return frame.with_columns(
            pl.when(pl.int_range(pl.len()) == row)
            .then(pl.lit("card"))
            .otherwise("gift")
            .alias("gift")
        )

    rewrite(tmp_path / "db", "order", change)
    assert [str(fault) for fault in validate(tmp_path / "db")] == [
        "order.parquet: gift: must be null unless customer_id.is_regular = 1; 1 row breaks it"
    ]


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("stat = 'paid'", "tables.order.columns.x.when: names no column of order"),
        ("status = 'piad'", "status has no such label, got 'piad'; did you mean paid?"),
        ("x > 1", "must not form a circle"),
        ("amount + 1", "must be true or false, as a comparison is"),
        ("amount >", "tables.order.columns.x.when"),
    ],
)
def test_what_cannot_be_is_refused(when: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config(ORDER | {"x": {"lens": "integer", "when": when}})
    assert message in str(caught.value)


def test_hidden_variable_has_a_value_everywhere() -> None:
    with pytest.raises(
        ConfigError, match=r"columns\.x\.when: must be left out of a hidden variable"
    ):
        config(ORDER | {"x": {"hidden": True, "when": "status = 'paid'"}})
