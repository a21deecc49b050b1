"""The plan: every value is made once, within a bound, and the same whoever asks for it when."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from plurel_cli import Config, generate, parse_config
from plurel_cli.blocks.column import BlockColumn
from plurel_cli.blocks.frames import whole_column
from plurel_cli.blocks.kept import KeptBlocks, KeptColumn
from plurel_cli.connectivity.junction import UniquePairs
from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.plan import Plan
from plurel_cli.schema.column import Column
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sample import sample_schema
from plurel_cli.schema.table import Table
from plurel_cli.temporal.clock import Clock

N_ROWS = BLOCK_ROWS + 300
SEED = 3


def _config() -> Config:
    """A block and a bit of each of two tables, one of them a junction, and all that features
    take from keys and times."""
    return parse_config(
        {
            "schema": {"layout": "explicit", "columns": 2},
            "tables": {
                "users": {"rows": 500, "timed": True},
                "teams": {"rows": 700, "timed": True},
                "profiles": {"rows": 300, "parents": [{"table": "users", "form": "one_to_one"}]},
                "posts": {"rows": N_ROWS, "parents": ["users"]},
                "likes": {"rows": N_ROWS, "parents": ["users", "teams"], "junction": True},
            },
            "connectivity": {"time_order": False, "popularity": "lognormal", "softness": 0.01},
            "time": {"arrivals": {"granularity": "minute"}},
            "features": {
                "scm": {
                    "budget": {"p": 1.0},
                    "time": {"p": 0.5},
                    "determined": {"p": 0.3},
                    "missing": {"p_column": 0.5, "told": 0.5},
                }
            },
        }
    )


def _plan(kept: KeptBlocks | None = None) -> Plan:
    config = _config()
    plan = Plan.of(sample_schema(config, SEED), config, kept)
    for stage in ("fk", "temporal", "features"):
        plan = plan.after(stage)
    return plan


def _columns(schema: Schema) -> list[tuple[Table, Column]]:
    return [(table, column) for table in schema.tables for column in table.columns]


@lru_cache(1)
def _plain() -> dict[tuple[str, str], NDArray[Any]]:
    """All values by a plan of their own, column after column."""
    plan = _plan()
    return {
        (table.name, column.name): whole_column(plan.column(table, column), table.rows)
        for table, column in _columns(plan.schema)
    }


@lru_cache(2)
def _asked(most_bytes: int) -> Plan:
    return _plan(KeptBlocks(most_bytes))


@pytest.mark.parametrize("most_bytes", [0, 3 * BLOCK_ROWS * 8], ids=["nothing_kept", "few_kept"])
@settings(max_examples=6)
@given(data=st.data())
def test_any_block_in_any_order_is_the_same(most_bytes: int, data: st.DataObject) -> None:
    plan = _asked(most_bytes)
    several = _columns(plan.schema)
    for which in data.draw(st.lists(st.integers(0, len(several) - 1), min_size=1, max_size=4)):
        table, column = several[which]
        index = data.draw(st.integers(0, (table.rows - 1) // BLOCK_ROWS))
        block = plan.column(table, column).block(index)
        start = index * BLOCK_ROWS
        expected = _plain()[table.name, column.name][start : start + BLOCK_ROWS]
        np.testing.assert_array_equal(block, expected)
        assert plan.kept.n_bytes <= max(most_bytes, BLOCK_ROWS * 8)


def test_stage_after_stage_is_the_whole_plan() -> None:
    """With a plan of its own for each stage, as the subcommands have."""
    config = _config()
    schema = sample_schema(config, SEED)
    for stage in ("fk", "temporal", "features"):
        schema = Plan.of(schema, config).after(stage).schema
    assert schema == _plan().schema == Plan.whole(config, SEED).schema


def test_what_has_been_planned_gives_the_same_values() -> None:
    plan = Plan.of(_plan().schema, _config())
    for table, column in _columns(plan.schema):
        np.testing.assert_array_equal(
            plan.column(table, column).block(0), _plain()[table.name, column.name][:BLOCK_ROWS]
        )


def test_keys_and_times_are_read_only() -> None:
    plan = _plan()
    for table, column in _columns(plan.schema):
        if column.role != "feature":
            assert not plan.column(table, column).block(0).flags.writeable
    assert not plan.clock.whole(plan.schema.by_name["users"]).flags.writeable


def test_each_block_of_keys_and_times_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """So are the keys of a junction, and what times are drawn from, in a whole `generate`."""
    made: Counter[object] = Counter()
    makers: list[BlockColumn] = []  # so that no identity is used twice
    get, solve, drawn = KeptBlocks.get, UniquePairs._solve, Clock._drawn

    def counted(self: KeptBlocks, place: Any, make: Any) -> NDArray[Any]:
        def making() -> NDArray[Any]:
            if isinstance(place[0], KeptColumn):
                makers.append(place[0])
                made[place[0], place[1]] += 1
            return make()

        return get(self, place, making)

    def solved(self: UniquePairs) -> NDArray[np.int64]:
        made["junction"] += 1
        return solve(self)

    def drawn_once(self: Clock, table: Table) -> BlockColumn:
        made["times", table.name] += 1
        return drawn(self, table)

    monkeypatch.setattr(KeptBlocks, "get", counted)
    monkeypatch.setattr(UniquePairs, "_solve", solved)
    monkeypatch.setattr(Clock, "_drawn", drawn_once)
    generate(_config(), SEED)
    n_blocks = sum(isinstance(place, tuple) and place[0] != "times" for place in made)
    assert set(made.values()) == {1}
    assert made["junction"] == 1
    assert n_blocks > 12
