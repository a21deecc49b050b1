"""Numbers of rows among those of their parents, against a count in Polars."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from plurel_cli import generate, parse_config
from plurel_cli.errors import ConfigError
from plurel_cli.features.shown.turns import turns_of

RAW: dict[str, Any] = {
    "schema": {"layout": "explicit", "naming": "natural"},
    "connectivity": {"p_nullable": 1.0, "null_rate": 0.2},
    "features": {"model": "scm"},
    "tables": {
        "customer": {"rows": 50, "columns": 0},
        "order": {"rows": 4000, "columns": 0},
        "line": {
            "parents": [{"table": "order", "form": "detail"}, "customer"],
            "connectivity": {"detail": {"mean": 20}},
            "columns": {
                "number": {"lens": "sequence"},
                "of_customer": {"lens": "sequence", "of": "customer", "start": 10, "step": 10},
            },
        },
    },
}


def raw(of: str | None) -> dict[str, Any]:
    return {
        **RAW,
        "tables": {
            **RAW["tables"],
            "line": {
                **RAW["tables"]["line"],
                "columns": {"number": {"lens": "sequence", **({} if of is None else {"of": of})}},
            },
        },
    }


def test_rows_are_counted_by_parent() -> None:
    lines = generate(parse_config(RAW), 1).tables["line"]
    assert lines.height > 70_000  # more than a block
    counted = lines.select(
        number=pl.int_range(pl.len()).over("order_id") + 1,
        of_customer=pl.when(pl.col("customer_id").is_not_null()).then(
            pl.int_range(pl.len()).over("customer_id") * 10 + 10
        ),
    )
    assert counted["of_customer"].null_count() > 0
    for name in counted.columns:
        assert lines[name].cast(pl.Int64).equals(counted[name].cast(pl.Int64))


def test_turns_are_those_of_a_loop() -> None:
    keys = np.random.default_rng(0).integers(-1, 30, 2000)
    seen: dict[int, int] = {}
    expected = []
    for key in keys.tolist():
        expected.append(seen.get(key, 0) if key >= 0 else -1)
        seen[key] = seen.get(key, 0) + 1
    assert turns_of(keys).tolist() == expected


def test_a_key_that_there_is_not_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"columns.number.of: names no foreign key.*order"):
        parse_config(raw("ordre"))
    config = raw(None)
    config["tables"]["line"]["parents"] = []
    with pytest.raises(ConfigError, match="but the table refers to none"):
        parse_config(config)
