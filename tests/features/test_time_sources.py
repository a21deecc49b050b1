"""Sources of time, place and hidden trait against loops over the rows, and how they are drawn."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from plurel_cli import Config, Database, do, generate, parse_config
from plurel_cli.connectivity.uniforms import Trait
from plurel_cli.features.roles.time import TimeNode
from plurel_cli.features.rows import all_rows, reference_rows
from plurel_cli.features.time_sources import TimeSourceRecord, time_sources
from plurel_cli.features.time_sources import history as passes
from plurel_cli.features.time_sources.draw import TimeSources
from plurel_cli.features.time_sources.settings import TIME_SOURCES
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.report.causal import causes_of
from plurel_cli.schema.causal import CausalNode
from plurel_cli.schema.table import Table
from plurel_cli.temporal.clock import Clock
from tests.causes import lines_of
from tests.features.slow import of_key, of_time
from tests.features.test_intervene import changed
from tests.plans import graphs_drawn, key_columns, plan
from tests.statistics import chi_square_p, p_limit

DAY = 86_400_000_000_000
SECOND = 1_000_000_000
CYCLES = ("hour", "weekday", "season")
BY_KEY = ("age", "since_last", "so_far")


def made(kind: str, **fields: Any) -> TimeSourceRecord:
    """A source of time, with those of its fields that are given."""
    given = {name: value for name, value in fields.items() if value is not None}
    return time_sources.record(kind)(instead="uniform", **given)


class Blocks:
    """Values by blocks of a few rows."""

    def __init__(self, values: list[int], size: int) -> None:
        self._values, self._size = np.array(values, dtype=np.int64), size

    def block(self, index: int) -> NDArray[np.int64]:
        return self._values[index * self._size : (index + 1) * self._size]


def config_of(kind: Any, p: float = 1.0, rows: int = 600, **more: Any) -> Config:
    data = {
        "schema": {"layout": "explicit", "columns": 6, "p_categorical": 0.0},
        "tables": {
            "users": {"rows": 60, "timed": True},
            "shops": {"rows": 40},
            "orders": {"rows": rows, "parents": ["users", {"table": "orders"}, "shops"]},
            "cards": {"rows": 50, "parents": [{"table": "users", "form": "one_to_one"}]},
        },
        "connectivity": {"p_nullable": 1, "null_rate": 0.2},
        "features": {"scm": {"time": {"p": p, "kind": kind}, "transform": "identity", **more}},
    }
    return parse_config(data)


def timed_nodes(table: Table) -> list[CausalNode]:
    return [node for node in table.causal.nodes if isinstance(node, TimeNode)]


# The pass over the rows of a table.


@pytest.mark.parametrize("what", ["so_far", "since_last"])
@pytest.mark.parametrize("size", [1, 3, 100])
@given(
    rows=st.lists(st.tuples(st.integers(-1, 4), st.integers(0, 3 * DAY)), max_size=30),
    start=st.sampled_from([-400 * 365 * DAY // 4, 0, 10**18]),
)
def test_history_is_a_loop_over_the_rows(
    what: str, size: int, rows: list[tuple[int, int]], start: int
) -> None:
    keys = [key for key, _ in rows]
    times = (start + np.cumsum([gap for _, gap in rows], dtype=np.int64)).tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passes, "BLOCK_ROWS", size)
        parts = list(getattr(passes, what)(Blocks(keys, size), Blocks(times, size), len(rows), 5))
    found = np.concatenate(parts) if parts else np.empty(0)
    zero = dt.datetime(2000, 1, 1)
    moments = [zero + dt.timedelta(microseconds=(t - start) / 1_000) for t in times]
    expected = of_key(what, [None if key < 0 else key for key in keys], moments, [])
    assert [math.isnan(x) for x in found.tolist()] == [x is None for x in expected]
    there = [x for x in expected if x is not None]
    np.testing.assert_allclose(found[~np.isnan(found)], there, rtol=1e-5, atol=1e-9)


# The values of each kind.


def values_of(database: Database, config: Config, name: str, its: TimeSourceRecord) -> NDArray[Any]:
    schema = database.schema
    table = schema.by_name[name]
    keys, rows = key_columns(schema, config, table), all_rows(table.rows)
    column = TimeSources(schema, Clock(schema, config)).source(table, its, keys, rows).column
    blocks = [column.block(index) for index in range(-(-table.rows // BLOCK_ROWS))]
    return np.concatenate(blocks)


def expected_of(database: Database, name: str, its: TimeSourceRecord) -> list[float | None]:
    frame, schema = database.tables[name], database.schema
    times = frame["date"].to_list()
    key = getattr(its, "foreign_key", None)
    if key is None:
        window = schema.window
        return [
            of_time(its.kind, getattr(its, "phase", None), t, window.start, window.end)
            for t in times
        ]
    table = schema.by_name[name]
    (column,) = (c for c in table.foreign_keys if c.name == key)
    of_parents = database.tables[column.references]["date"].to_list() if its.kind == "age" else []
    return of_key(its.kind, frame[key].to_list(), times, of_parents)


PLACES = [
    *((what, None) for what in (*CYCLES, "moment")),
    *((what, f"foreign_row_{k}") for what in BY_KEY for k in (0, 1)),
    ("since_last", "foreign_row_2"),
]


@pytest.mark.parametrize(("what", "foreign_key"), PLACES)
def test_values_are_standardised_and_those_of_a_loop(what: str, foreign_key: str | None) -> None:
    config = config_of("trait")
    database = generate(config, 3)
    phase = 0.3 if what in CYCLES else None
    its = made(what, foreign_key=foreign_key, phase=phase)
    found = values_of(database, config, "orders", its)
    expected = expected_of(database, "orders", its)
    there = np.array([x for x in expected if x is not None])
    scores = [0.0 if x is None else (x - there.mean()) / there.std() for x in expected]
    np.testing.assert_allclose(found, scores, atol=2e-5)
    assert any(x is None for x in expected) == (foreign_key is not None)
    assert len(np.unique(found)) > 3
    other = its.but(phase=0.31) if phase else its
    if phase:
        assert not np.allclose(values_of(database, config, "orders", other), scores, atol=2e-5)


def test_cycles_come_round() -> None:
    config = config_of("trait", rows=3_000)
    database = generate(config, 1)
    times = database.tables["orders"]["date"]
    for what, group in (("hour", times.dt.hour()), ("weekday", times.dt.weekday()),
                        ("season", times.dt.month())):  # fmt: skip
        its = made(what, phase=0.0)
        values = values_of(database, config, "orders", its)
        means = [values[(group == k).to_numpy()].mean() for k in sorted(set(group))]
        assert means[0] == max(means)  # midnight, Monday, January
        assert abs(int(np.argmin(means)) - len(means) // 2) <= 1


def test_the_trait_is_the_one_that_keys_see() -> None:
    config = config_of("trait")
    database = generate(config, 2)
    its = made("trait")
    for name in ("users", "shops", "orders"):
        found = values_of(database, config, name, its)
        uniform = Trait(database.schema.seed, name, len(found)).whole()
        expected = [NormalDist().inv_cdf(u) for u in uniform.tolist()]
        np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert stats.kstest(found, "norm").pvalue > p_limit()


def test_columns_tell_what_keys_did() -> None:
    """A parent's trait says how often it is referred to, and is a column of it here."""
    data = config_of("trait").resolved()
    data["connectivity"] |= {"popularity": "lognormal", "latent": 1.0, "p_nullable": 0.0}
    config = parse_config(data)
    correlations = []
    for seed in range(6):
        database = generate(config, seed)
        fan_out = np.bincount(database.tables["orders"]["foreign_row_2"], minlength=40)
        its = made("trait")
        trait = values_of(database, config, "shops", its)
        correlations.append(stats.spearmanr(trait, fan_out).statistic)
    assert abs(np.mean(correlations)) > 0.3


# In databases.


def test_kinds_are_those_a_table_can_have() -> None:
    seen: dict[str, Counter[str]] = {}
    keys: dict[str, set[str | None]] = {what: set() for what in BY_KEY}
    for seed in range(60):
        schema = graphs_drawn(config_of(list(TIME_SOURCES)), seed)
        for table in schema.tables:
            for node in timed_nodes(table):
                its = node.time
                seen.setdefault(table.name, Counter())[its.kind] += 1
                assert (getattr(its, "foreign_key", None) is not None) == (its.kind in BY_KEY)
                assert (getattr(its, "phase", None) is not None) == (its.kind in CYCLES)
                if table.name == "orders" and its.kind in BY_KEY:
                    keys[its.kind].add(its.foreign_key)
    without_keys = {*CYCLES, "moment", "trait"}
    assert set(seen["shops"]) == {"trait"}
    assert set(seen["users"]) == set(seen["cards"]) == without_keys
    assert set(seen["orders"]) == set(TIME_SOURCES)
    assert keys["age"] == {"foreign_row_0", "foreign_row_1"}
    assert keys["since_last"] == keys["so_far"] == {f"foreign_row_{k}" for k in range(3)}
    counts = [seen["orders"][what] for what in TIME_SOURCES]
    assert chi_square_p(counts, np.ones(8)) > p_limit(2)
    assert chi_square_p(counts, [4, *np.ones(7)]) < p_limit(2)


def plan_of(config: Config, seed: int) -> tuple[Any, Any]:
    planned = plan(config, seed)
    return planned.schema, planned.columns


def test_sources_are_as_many_as_said() -> None:
    config = config_of({"choices": {"moment": 3, "trait": 1, "so_far": 0}}, p=0.4)
    n_sources = n_timed = n_moments = 0
    for seed in range(60):
        table = graphs_drawn(config, seed).by_name["users"]
        n_sources += sum(not node.of_row for node in table.causal.nodes)
        n_timed += len(timed_nodes(table))
        n_moments += sum(node.time.kind == "moment" for node in timed_nodes(table))
    assert stats.binomtest(n_timed, n_sources, 0.4).pvalue > p_limit(3)
    assert stats.binomtest(n_moments, n_timed, 0.75).pvalue > p_limit(3)
    assert stats.binomtest(n_timed, n_sources, 0.25).pvalue < p_limit(3)


def test_phases_are_uniform() -> None:
    phases = [
        node.time.phase
        for seed in range(60)
        for table in graphs_drawn(config_of(list(CYCLES)), seed).tables
        for node in timed_nodes(table)
    ]
    assert stats.kstest(phases, "uniform").pvalue > p_limit()
    assert stats.kstest(np.square(phases), "uniform").pvalue < p_limit()


def test_a_column_that_would_be_constant_is_drawn_as_before() -> None:
    data = config_of("hour").resolved()
    data["time"]["arrivals"]["granularity"] = "day"
    config = parse_config(data)
    n_columns = 0
    for seed in range(4):
        database = generate(config, seed)
        for table in database.schema.tables:
            for node in table.causal.nodes:
                if node.column is None or node.of_row:
                    continue
                n_columns += 1
                assert not isinstance(node, TimeNode)
                assert database.tables[table.name][node.column].n_unique() > 1
                assert node.attempt > 0 or table.time_column is None
    assert n_columns > 5


def test_off_by_default_and_moves_nothing_else() -> None:
    plain = parse_config({}).features.scm.time
    assert plain.p.bounds == (0.0, 0.0)
    without, with_some = (generate(config_of("moment", p=p), 5) for p in (0.0, 1.0))
    for table in without.schema.tables:
        assert not timed_nodes(table)
        other = with_some.schema.by_name[table.name].causal
        for a, b in zip(table.causal.nodes, other.nodes, strict=True):
            assert (a.of_row, a.embedding) == (b.of_row, b.embedding)
            if not isinstance(b, TimeNode) and a.attempt == b.attempt == 0:
                assert a.draw == b.draw
            elif isinstance(b, TimeNode):
                assert b.time.instead == a.draw


@pytest.mark.parametrize("kind", [*CYCLES, *BY_KEY])
def test_any_block_on_its_own(kind: str) -> None:
    config = config_of(kind, rows=2 * BLOCK_ROWS + 3_000, width=2, latent_extra=0)
    found = []
    for order in ([0, 1, 2], [2, 0, 1]):
        schema, columns = plan_of(config, 4)
        table = schema.by_name["orders"]
        made = columns(table)
        names = [n.column for n in timed_nodes(table) if n.column is not None]
        blocks = {index: [made[name].block(index) for name in names] for index in order}
        found.append([np.concatenate(its) for its in zip(*map(blocks.get, range(3)), strict=True)])
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)
    assert timed_nodes(table)


def test_large_tables_are_standardised_by_their_reference_rows() -> None:
    config = config_of("so_far", rows=2 * BLOCK_ROWS + 3_000, width=2, latent_extra=0)
    schema, _ = plan_of(config, 4)
    table = schema.by_name["orders"]
    its = made("so_far", foreign_key="foreign_row_0")
    rows = reference_rows(table.rows, Stream(1))
    keys = key_columns(schema, config, table)
    column = TimeSources(schema, Clock(schema, config)).source(table, its, keys, rows).column
    seen = rows.of(column)
    everything = np.concatenate([keys["foreign_row_0"].block(k) for k in range(3)])
    is_there = rows.taken(everything) >= 0
    assert (seen[~is_there] == 0).all()
    assert abs(float(seen[is_there].mean())) < 1e-5
    assert abs(float(seen[is_there].std()) - 1) < 1e-5


def test_a_held_source_and_what_depends_on_it() -> None:
    n_moved = 0
    for seed in range(4):
        database = generate(config_of(list(TIME_SOURCES)), seed)
        for table in database.schema.tables:
            for node in timed_nodes(table):
                if node.column is None:
                    continue
                after = do(database, table.name, node.column, 0.5)
                assert after.tables[table.name][node.column].to_list() == [0.5] * table.rows
                moved = changed(database, after)
                assert not any("date" in place or "row" in place for place in moved)
                n_moved += len(moved) - 1
    assert n_moved > 5


def test_an_intervention_elsewhere_leaves_time_as_it_was() -> None:
    for seed in range(3):
        database = generate(config_of(list(TIME_SOURCES), p=0.5), seed)
        table = database.schema.by_name["users"]
        column = next(node.column for node in table.causal.nodes if node.column and node.of_row)
        moved = changed(database, do(database, "users", column, 0.1))
        for other in database.schema.tables:
            for node in timed_nodes(other):
                assert f"{other.name}.{node.column}" not in moved


def test_describe_names_them() -> None:
    seen = Counter()
    for seed in range(6):
        database = generate(config_of(list(TIME_SOURCES)), seed)
        for table, its in zip(database.schema.tables, causes_of(database.schema), strict=True):
            text = lines_of((its,))
            for node in timed_nodes(table):
                by = getattr(node.time, "foreign_key", None)
                key = f" by {by}" if by else ""
                if node.column is not None:
                    assert f"source: time, {node.time.kind}{key}" in text
                elif node.is_used:
                    assert f"{node.time.kind}{key}" in text.split("latent: ")[1].splitlines()[0]
                seen[node.column is not None] += node.is_used
    assert min(seen[True], seen[False]) > 2
