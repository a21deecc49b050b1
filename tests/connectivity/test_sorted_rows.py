"""Rows of one time, or of a table without times, in the order of a foreign key."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest

from plurel_cli import generate, parse_config
from plurel_cli.blocks.column import BLOCK_ROWS
from plurel_cli.connectivity.sorted_rows import LoadOrder, SortedKeys, sorting_key
from plurel_cli.numerics.stream import Stream


def raw(p: float, *, rows: int = 20_000, **table: Any) -> dict[str, Any]:
    return {
        "schema": {"layout": "explicit", "p_sorted": p},
        "tables": {
            "a": {"rows": 300, "timed": False},
            "b": {"rows": 500, "timed": True},
            "c": {"rows": rows, "parents": ["a", "b"], **table},
            "d": {"rows": 2000, "parents": ["a", "a"], "timed": False},
            "e": {"rows": 5000, "parents": ["d"]},
        },
        "connectivity": {"time_order": True, "p_nullable": 0},
        "time": {"arrivals": {"granularity": "day"}},
        "features": {"model": "none"},
    }


@pytest.mark.parametrize("table", ["c", "d"])
@pytest.mark.parametrize("junction", [False, True])
def test_whole_rows_change_places_within_their_time(table: str, junction: bool) -> None:
    """The brute-force twin: rows as they are drawn, sorted by time and then by the key."""
    plain, ordered = (generate(parse_config(raw(p, junction=junction)), 3) for p in (0.0, 1.0))
    record = ordered.schema.by_name[table]
    assert plain.schema.by_name[table].sorted_by is None
    assert record.sorted_by in [key.name for key in record.foreign_keys]
    others = [key.name for key in record.foreign_keys]
    times = [record.time_column] if record.time_column else []
    frame = plain.tables[table].select(*times, *others)
    twin = frame.sort(*times, record.sorted_by, maintain_order=True)
    assert ordered.tables[table].select(*times, *others).equals(twin)
    assert not frame.equals(twin)


def test_blocks_are_sorted_alone() -> None:
    database = generate(parse_config(raw(1.0, rows=BLOCK_ROWS + 20_000)), 1)
    table = database.schema.by_name["c"]
    frame = database.tables["c"].with_row_index("row")
    frame = frame.with_columns(block=pl.col("row") // BLOCK_ROWS)
    twin = frame.sort("block", table.time_column, table.sorted_by, maintain_order=True)
    assert frame["row"].equals(twin["row"])


def test_no_row_comes_before_one_that_it_refers_to() -> None:
    database = generate(parse_config(raw(1.0)), 5)
    key = next(k for k in database.schema.by_name["c"].foreign_keys if k.references == "b")
    times = [database.tables[name][database.schema.by_name[name].time_column] for name in "cb"]
    assert (times[0] >= times[1].gather(database.tables["c"][key.name])).all()


def test_a_row_keeps_all_its_keys() -> None:
    """Equal keys keep their order, and what is sorted is no other key's matter."""

    class Drawn:
        def __init__(self, values: list[int]) -> None:
            self.values = np.array(values)

        def block(self, index: int) -> np.ndarray[Any, Any]:
            return self.values

    order = LoadOrder(Drawn([2, 1, 2, 0, 1, 0]), 3, Drawn([7, 7, 7, 9, 9, 9]))
    assert order.block(0).tolist() == [1, 0, 2, 3, 5, 4]
    assert SortedKeys(Drawn([10, 11, 12, 13, 14, 15]), order).block(0).tolist() == [
        *(11, 10, 12),
        *(13, 15, 14),
    ]
    assert LoadOrder(Drawn([2, 1, 2, 0, 1, 0]), 3, None).block(0).tolist() == [3, 5, 1, 4, 0, 2]


def test_as_often_as_is_asked() -> None:
    table, n, p = generate(parse_config(raw(0.0)), 1).schema.by_name["d"], 4000, 0.3
    several = [sorting_key(table, p, Stream(seed).draws()) for seed in range(n)]
    error = math.sqrt(p * (1 - p) / n)
    assert abs(np.mean([one is not None for one in several]) - p) < 4.5 * error
    first = np.mean([one == table.foreign_keys[0].name for one in several if one])
    assert abs(first - 0.5) < 4.5 * math.sqrt(0.25 / (n * p))


@pytest.mark.parametrize(
    "table",
    [
        {"parents": ["a", "c"]},  # refers to itself
        {"parents": [{"table": "b", "form": "detail"}, "a"], "rows": None},
        {"parents": [{"table": "a", "form": "one_to_one"}, "b"], "rows": None},
        {"connectivity": {"p_nullable": 1, "null_rate": 0.1}},
    ],
)
def test_not_where_rows_have_an_order_of_their_own(table: dict[str, Any]) -> None:
    config = raw(1.0)
    config["tables"]["c"] |= table
    config["tables"]["c"] = {k: v for k, v in config["tables"]["c"].items() if v is not None}
    schema = generate(parse_config(config), 2).schema
    assert schema.by_name["c"].sorted_by is None
    assert schema.by_name["d"].sorted_by is not None
