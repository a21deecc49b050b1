"""How budgets are drawn, and that columns keep to them."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from plurel_cli import (
    Config,
    Database,
    do,
    generate,
    generate_to,
    load,
    parse_config,
    run_stage,
    schema_to,
    validate,
)
from plurel_cli.features.budget import Budget
from plurel_cli.features.budget.scale import Scale
from plurel_cli.features.budget.settings import DRIFTS
from plurel_cli.features.drifts import drifts
from plurel_cli.features.drifts.drift import N_INTERVALS, WindowIntervals
from plurel_cli.features.drifts.local import Local
from plurel_cli.features.drifts.step import Step
from plurel_cli.features.roles.budget import BudgetNode
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.report.causal import causes_of
from plurel_cli.schema.causal import CausalNode
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.schema.window import Window
from tests.causes import lines_of
from tests.features.budgets import Budgeted, budget_of, half_life_of, node_of
from tests.features.slow import SlowDatabase, drifting, gathered
from tests.features.test_brute_force import Compared
from tests.features.test_intervene import changed
from tests.fingerprints.fingerprint import exact
from tests.plans import graphs_drawn, plan
from tests.statistics import assert_mean, chi_square_p, mean_z, p_limit, z_limit

COMPONENTS = ("causes", "traits", "parents", "memory", "drift", "children", "noise", "blocks")
EVEN = dict.fromkeys(COMPONENTS, 1.0)
FIXED = {"database_concentration": 1e7, "table_concentration": 1e7, "concentration": 1e7}
LINEAR: dict[str, Any] = {
    **dict.fromkeys(("mechanism", "decoder"), "linear"),
    **dict.fromkeys(("source", "edge_weight"), "normal"),
    "mode": "lazy",
    "aggregation": "sum",
    "width": 1,
    "standardise": True,
    "transform": "identity",
    "nulls": 0.0,
}


def only(**shares: float) -> dict[str, float]:
    return dict.fromkeys(COMPONENTS, 0.0) | shares


def config_of(
    shares: dict[str, float],
    tables: dict[str, Any] | None = None,
    columns: int = 4,
    p_categorical: float = 0.0,
    scm: dict[str, Any] | None = None,
    connectivity: dict[str, Any] | None = None,
    **budget: Any,
) -> Config:
    if tables is None:
        tables = {
            "users": {"rows": 60},
            "shops": {"rows": 40, "timed": True},
            "orders": {"rows": 600, "parents": ["users", "shops"]},
        }
    settings = {"p": 1.0, "shares": shares, **budget}
    return parse_config(
        {
            "schema": {
                "layout": "explicit",
                "columns": columns,
                "p_categorical": p_categorical,
                "categories": 2,
            },
            "tables": tables,
            "connectivity": connectivity or {},
            "features": {"scm": {**LINEAR, **(scm or {}), "budget": settings}},
        }
    )


def columns_of(table: Table) -> list[tuple[int, CausalNode]]:
    return [(j, node) for j, node in enumerate(table.causal.nodes) if node.column is not None]


def shares_of(budget: Budget) -> dict[str, float]:
    assert sum(share.share > 0 for share in budget) == len(budget)
    return only(**{share.kind: share.share for share in budget})


# How they are drawn.


def schemas(config: Config, n: int) -> list[Schema]:
    return [graphs_drawn(config, seed) for seed in range(n)]


TINY = {
    "users": {"rows": 5, "columns": 1},
    "orders": {"rows": 6, "columns": 1, "parents": ["users"]},
}


def test_shares_are_about_those_asked_for() -> None:
    weights = {"causes": 3, "traits": 1, "parents": 2, "memory": 1, "drift": 1, "children": 2,
               "noise": 2, "blocks": 1}  # fmt: skip
    config = config_of(weights, TINY, floor=0.0)
    found = schemas(config, 250)
    childless = tuple(its for its in COMPONENTS if its != "children")
    of_users = ("causes", "traits", "children", "noise", "blocks")
    for name, possible in (("orders", childless), ("users", of_users)):
        budgets = [shares_of(node.budget) for its in found
                   for _, node in columns_of(its.by_name[name])]  # fmt: skip
        assert len(budgets) == len(found)  # a database each, so that they are independent
        total = sum(weights[c] for c in possible)
        for component in COMPONENTS:
            values = [its[component] for its in budgets]
            if component in possible:
                assert_mean(values, weights[component] / total, n_comparisons=9)
            else:
                assert set(values) == {0.0}
        causes = [its["causes"] for its in budgets]
        assert abs(mean_z(causes, 1.5 * 3 / total)) > z_limit(9)


@pytest.mark.parametrize(
    "level", ["database_concentration", "table_concentration", "concentration"]
)
def test_a_concentration_says_how_close(level: str) -> None:
    """The variance of a Dirichlet share of mean m is m (1 − m) / (1 + c)."""
    config = config_of(EVEN, TINY, floor=0.0, **{**FIXED, level: 5.0})
    values = [shares_of(columns_of(its.by_name["orders"])[0][1].budget)["noise"]
              for its in schemas(config, 250)]  # fmt: skip
    squares = (np.array(values) - 1 / 7) ** 2  # of seven, as nothing refers to an order
    assert_mean(squares, (1 / 7) * (6 / 7) / 6, n_comparisons=3)
    assert abs(mean_z(squares, (1 / 7) * (6 / 7) / 31)) > z_limit(3)


def test_levels_are_shared_by_what_they_are_of() -> None:
    def spread(tables: list[Table]) -> float:
        return float(np.std([budget_of(its.causal.nodes[j]).noise for its in tables
                             for j, _ in columns_of(its)]))  # fmt: skip

    several = {"rows": 6, "columns": 6}
    tables = {"a": several, "b": several, "c": several}
    for level, n_alike in (("database_concentration", 3), ("table_concentration", 1)):
        config = config_of(EVEN, tables, floor=0.0, **{**FIXED, level: 2.0})
        for its in schemas(config, 3):
            assert spread(its.tables[:n_alike]) < 1e-3
            assert (spread(its.tables) < 1e-3) == (n_alike == 3)


def test_shares_add_up_and_small_ones_are_none() -> None:
    n_none = 0
    for schema in schemas(config_of(EVEN, floor=0.08, concentration=5.0), 10):
        for table in schema.tables:
            for _, node in columns_of(table):
                shares = shares_of(node.budget)
                assert math.isclose(sum(shares.values()), 1.0)
                assert all(its == 0 or its >= 0.08 for its in shares.values())
                n_none += shares["noise"] == 0
    assert n_none > 10


def test_choices_within_a_budget() -> None:
    seen: dict[str, Counter[Any]] = {}
    persistence = {"min": 0.2, "max": 0.6}
    config = config_of(
        EVEN, floor=0.0, traits=3, persistence=persistence, **{**FIXED, "concentration": 50.0}
    )
    for schema in schemas(config, 60):
        node = columns_of(schema.by_name["orders"])[0][1]
        its = budget_of(node)
        chosen = {
            "trait": its.trait.trait, "sign": its.trait.sign, "of": its.parent.foreign_key,
            "its": its.parent.trait, "its_sign": its.parent.sign, "by": its.memory.foreign_key,
            "kind": its.drift.drift.kind, "drift_sign": its.drift.sign,
        }  # fmt: skip
        for name, value in chosen.items():
            seen.setdefault(name, Counter())[value] += 1
        assert 0.2 <= its.memory.chain.persistence < 0.6
    sizes = {"trait": 3, "sign": 2, "of": 2, "its": 3, "its_sign": 2, "by": 2, "kind": 4,
             "drift_sign": 2}  # fmt: skip
    for name, counts in seen.items():
        assert len(counts) == sizes[name]
        assert chi_square_p(list(counts.values()), np.ones(sizes[name])) > p_limit(8)
    assert set(seen["kind"]) == set(DRIFTS)


def test_columns_show_the_first_trait_rather_than_any() -> None:
    """With probability p the first of three; traits of referenced rows are any of them."""
    shown, of_parents = Counter[int](), Counter[int]()
    settings = {"traits": 3, "first_trait": 0.4, **FIXED, "concentration": 50.0}
    for schema in schemas(config_of(EVEN, floor=0.0, **settings), 120):
        budget = budget_of(columns_of(schema.by_name["orders"])[0][1])
        assert budget is not None
        shown[budget.trait.trait] += 1
        of_parents[budget.parent.trait] += 1
    assert chi_square_p([shown[k] for k in range(3)], [0.6, 0.2, 0.2]) > p_limit(3)
    assert chi_square_p([shown[k] for k in range(3)], np.ones(3)) < p_limit(3)
    assert chi_square_p([of_parents[k] for k in range(3)], np.ones(3)) > p_limit(3)


def test_a_one_to_one_key_has_no_memory() -> None:
    one = {"table": "users", "form": "one_to_one"}
    tables = {
        "users": {"rows": 30, "timed": True},
        "cards": {"rows": 20, "parents": [one], "timed": True},
        "visits": {"rows": 25, "parents": [one, "cards"], "timed": True},
    }
    for schema in schemas(config_of(EVEN, tables, **FIXED), 4):
        of = {t.name: [budget_of(n).memory for _, n in columns_of(t)] for t in schema.tables}
        assert of["cards"] == of["users"] == [None] * 4
        assert {its.foreign_key for its in of["visits"] if its} == {"foreign_row_1"}


def test_columns_are_as_many_as_said_and_of_lazy_tables_alone() -> None:
    for mode, p in (("lazy", 0.3), ("eager", 1.0)):
        config = config_of(EVEN, columns=20, scm={"mode": mode}, p=p)
        is_mixed = [node.budget is not None for its in schemas(config, 8)
                    for table in its.tables for _, node in columns_of(table)]  # fmt: skip
        if mode == "eager":
            assert not any(is_mixed)
        else:
            assert stats.binomtest(sum(is_mixed), len(is_mixed), 0.3).pvalue > p_limit(2)
            assert stats.binomtest(sum(is_mixed), len(is_mixed), 0.5).pvalue < p_limit(2)


def test_nothing_possible_leaves_a_column_as_it_is() -> None:
    schema = plan(config_of(only(memory=1)), 1).schema
    for table in schema.tables:
        for _, node in columns_of(table):
            assert (node.budget is not None) == (table.name == "orders")


def test_a_column_that_nothing_causes_costs_no_mechanism() -> None:
    table = plan(config_of(only(memory=1)), 1).schema.by_name["orders"]
    for node in table.causal.nodes:
        assert node.is_used == (node.column is not None)
        if node.column is not None:
            assert isinstance(node, BudgetNode)


def test_off_by_default_and_moves_no_graph() -> None:
    assert parse_config({}).features.scm.budget.p.bounds == (0.0, 0.0)
    without, with_some = (plan(config_of(EVEN, p=p), 5).schema for p in (0.0, 1.0))
    for table in without.tables:
        other = with_some.by_name[table.name].causal
        for a, b in zip(table.causal.nodes, other.nodes, strict=True):
            assert a.budget is None
            if b.budget is None or Budgeted(b.budget).causes:
                assert (a.role, a.of_row, a.embedding) == (b.role, b.of_row, b.embedding)


# Every share is what it says, where mechanisms are linear.


def raw(database: Database, table: str, column: str) -> NDArray[np.float64]:
    return database.tables[table][column].to_numpy().astype(np.float64)


def test_a_decomposition_of_variance_recovers_every_share() -> None:
    """A regression on all components that are known; what is left is that of the causes.

    A column's own causes are latent and normal, so that no component tells of another.
    """
    tables = {
        "users": {"rows": 1_500},
        "shops": {"rows": 1_500},
        "orders": {"rows": 7_500, "parents": ["users", "shops"]},
    }
    config = config_of(
        EVEN, tables, columns=1, **{**FIXED, "concentration": 60.0}, scm={"parent_columns": 0.0},
    )  # fmt: skip
    n_seeds = 4
    limit = z_limit(8 * n_seeds)
    misses = Counter[str]()
    for seed in range(n_seeds):
        database = generate(config, seed)
        table = database.schema.by_name["orders"]
        ((j, node),) = columns_of(table)
        shares = shares_of(node.budget)
        names = {"trait": "traits", "parent": "parents", "block": "blocks"}
        parts = SlowDatabase(database, config)._parts(table, j, [0.0, 1.0])
        known = {names.get(name, name): np.array(its) for name, its in parts.items()}
        del known["causes"]
        units = [its / math.sqrt(shares[name]) for name, its in known.items()]
        y = raw(database, "orders", node.column)
        x = np.column_stack([*units, np.ones(len(y))])
        coefficients, *_ = np.linalg.lstsq(x, y, rcond=None)
        left = y - x @ coefficients
        errors = np.sqrt(left.var() * np.diag(np.linalg.inv(x.T @ x)))
        for name, found, error in zip(known, coefficients, errors, strict=False):
            assert abs(found - math.sqrt(shares[name])) < limit * error
            misses[name] += abs(found - math.sqrt(1.5 * shares[name])) > limit * error
        assert_mean(left**2, shares["causes"], n_comparisons=8 * n_seeds)
        misses["causes"] += abs(mean_z(left**2, 1.5 * shares["causes"])) > limit
    assert misses == dict.fromkeys([*known, "causes"], n_seeds)
    assert len(misses) == 7


def test_a_share_of_blocks_is_of_no_more_blocks_than_rows() -> None:
    """Where clusters on all levels are many more, as their numbers would fill the memory."""
    tables = {
        "users": {"rows": 40},
        "shops": {"rows": 3},
        "orders": {"rows": 120, "parents": ["users", "shops"]},
    }
    clusters = {"levels": 6, "parent_clusters": 14, "child_clusters": 2}
    config = config_of(only(blocks=0.7, noise=0.3), tables, 6, connectivity=clusters)
    database = generate(config, 1)
    assert not Compared(database, config).wrong
    blocks = [
        its.block
        for table in database.schema.tables
        for _, node in columns_of(table)
        if (its := Budgeted(node.budget)).block
    ]
    assert {its.levels > 3 for its in blocks} == {False, True}
    assert {its.of for its in blocks} == {"row", "parent"}


def test_a_share_of_children_is_what_they_give() -> None:
    """Of a parent's column: the number of its children, or an aggregate of one of their columns."""
    tables = {
        "users": {"rows": 4_000, "columns": 8},
        "orders": {"rows": 20_000, "parents": ["users"]},
    }
    config = config_of(only(children=0.3, noise=0.7), tables, **FIXED)
    database = generate(config, 1)
    users, orders = database.schema.by_name["users"], database.schema.by_name["orders"]
    keys = database.tables["orders"]["foreign_row_0"].to_list()
    aggregates = Counter[str]()
    for _, node in columns_of(users):
        its = budget_of(node).children.gathered
        column = None if node_of(its) is None else orders.causal.nodes[node_of(its)].column
        values = [1.0] * len(keys) if column is None else raw(database, "orders", column).tolist()
        of_children = np.array(gathered(its.kind, half_life_of(its), keys, values, 4_000))
        y = raw(database, "users", node.column)
        correlation = np.corrcoef(y, of_children)[0, 1] * budget_of(node).children.sign
        # by Fisher's transformation, but for a few values far off that are held
        error = 1 / math.sqrt(len(y) - 3)
        assert abs(math.atanh(correlation) - math.atanh(math.sqrt(0.3))) < z_limit(16) * error
        assert abs(math.atanh(correlation) - math.atanh(math.sqrt(0.5))) > z_limit(16) * error
        aggregates[its.kind] += 1
    assert len(aggregates) > 2
    assert aggregates["count"] > 0


def test_what_children_give_closes_no_circle() -> None:
    n_gathered = 0
    for seed in range(12):
        config = config_of(
            {**EVEN, "children": 6}, columns=6, scm={"children": {"p": 0.5}}, concentration=9.0
        )
        database = generate(config, seed)  # which raises an error if there is one
        for table in database.schema.tables:
            for _, node in columns_of(table):
                share = budget_of(node).children
                n_gathered += share is not None and node_of(share.gathered) is not None
    assert n_gathered > 20


def by_parent(database: Database, foreign_key: str, column: str) -> list[NDArray[np.float64]]:
    """A column of orders by parent, in order."""
    values = raw(database, "orders", column)
    keys = database.tables["orders"][foreign_key].to_numpy()
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order])) + 1
    return np.split(values[order], starts)


@pytest.mark.parametrize("share", [0.1, 0.4])
def test_siblings_are_as_alike_as_the_share_of_their_parent(share: float) -> None:
    tables = {"users": {"rows": 3_000}, "orders": {"rows": 20_000, "parents": ["users"]}}
    config = config_of(only(parents=share, noise=1 - share), tables, columns=1, **FIXED)
    database = generate(config, 2)
    siblings = [its for its in by_parent(database, "foreign_row_0", "feature_0") if len(its) > 1]
    products = [(its.sum() ** 2 - (its**2).sum()) / (len(its) * (len(its) - 1))
                for its in siblings]  # fmt: skip
    assert len(products) > 2_000
    assert_mean(products, share, n_comparisons=2)
    assert abs(mean_z(products, share + 0.1)) > z_limit(2)


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_memory_is_one_from_event_to_event_of_a_parent(share: float) -> None:
    n_parents = 800
    tables = {
        "users": {"rows": n_parents},
        "orders": {"rows": 2 * BLOCK_ROWS + 9_000, "parents": ["users"]},
    }
    shares = only(memory=share, noise=1 - share)
    database = generate(config_of(shares, tables, columns=1, **FIXED, persistence=0.8), 1)
    events = by_parent(database, "foreign_row_0", "feature_0")
    for lag in (1, 2, 5):
        products = [(its[lag:] * its[:-lag]).mean() for its in events if len(its) > 20]
        assert len(products) > n_parents / 2
        assert_mean(products, share * 0.8**lag, n_comparisons=6)
        assert abs(mean_z(products, share * 0.7**lag)) > z_limit(6)


def test_categories_stick() -> None:
    """Two events of a parent agree as two normal numbers of their correlation do at the cut."""
    tables = {"users": {"rows": 600}, "orders": {"rows": 30_000, "parents": ["users"]}}
    config = config_of(
        only(memory=1), tables, columns=1, p_categorical=1.0, **FIXED, persistence=0.7,
        floor=0.0, scm={"cut": "zipf"},
    )  # fmt: skip
    database = generate(config, 4)
    events = by_parent(database, "foreign_row_0", "feature_0")
    (share,) = {float(np.mean(raw(database, "orders", "feature_0")))}
    cut = NormalDist().inv_cdf(share)
    both = stats.multivariate_normal.cdf([cut, cut], cov=[[1, 0.7], [0.7, 1]])
    agreeing = [float((its[1:] == its[:-1]).mean()) for its in events if len(its) > 5]
    assert_mean(agreeing, 1 - 2 * share + 2 * both)
    assert abs(mean_z(agreeing, share**2 + (1 - share) ** 2)) > z_limit()


def test_a_column_tells_of_the_fan_out() -> None:
    """The first hidden trait is the one that keys see."""
    tables = {"users": {"rows": 400}, "orders": {"rows": 20_000, "parents": ["users"]}}
    habits = {"popularity": "lognormal", "latent": 1.0}
    found = {}
    for traits in (1, 16):
        config = config_of(
            only(traits=0.3, noise=0.7), tables, columns=12, **FIXED, connectivity=habits,
            traits=traits,
        )  # fmt: skip
        database = generate(config, 3)
        fan_out = np.bincount(database.tables["orders"]["foreign_row_0"], minlength=400)
        for _, node in columns_of(database.schema.by_name["users"]):
            rank = stats.spearmanr(raw(database, "users", node.column), fan_out).statistic
            found.setdefault(budget_of(node).trait.trait == 0, []).append(
                rank * budget_of(node).trait.sign
            )
    assert min(np.abs(found[True])) > 0.3
    assert len({math.copysign(1, its) for its in found[True]}) == 1
    assert max(np.abs(found[False])) < z_limit(30) / math.sqrt(400)


# Drift.

WINDOW = Window(
    start="2003-03-10", end="2007-03-10", val_timestamp="2006-01-01", test_timestamp="2006-06-01"
)
ROWS_AN_INTERVAL = np.ones(N_INTERVALS, dtype=np.int64)


def path_of(kind: str, at: float = 0.0, width: float = 0.0) -> NDArray[np.float64]:
    numbers = {"gradual": {"at": at, "width": width}, "seasonal": {"at": at}}[kind]
    intervals = WindowIntervals(WINDOW, ROWS_AN_INTERVAL)
    return drifts.read({"kind": kind, **numbers}).path(intervals, Stream(5))


def test_a_gradual_drift_rises_about_its_middle() -> None:
    for width in (0.02, 0.3, 2.0):
        path = path_of("gradual", 0.3, width)
        assert (np.diff(path) >= 0).all()
        middle = int(0.3 * N_INTERVALS)
        assert abs(path[middle]) < 0.02
        slope = (path[middle + 10] - path[middle - 10]) / 20 * N_INTERVALS
        assert slope == pytest.approx(1 / width, rel=0.05)


def test_a_seasonal_drift_comes_round_every_year() -> None:
    path = path_of("seasonal", at=0.5)
    dates = np.datetime64("2003-03-10") + (
        (np.arange(N_INTERVALS) + 0.5) / N_INTERVALS * 1461
    ).astype(int)
    months = dates.astype("datetime64[M]").astype(int) % 12
    means = [path[months == month].mean() for month in range(12)]
    assert int(np.argmax(means)) in (5, 6)
    assert int(np.argmin(means)) in (0, 11)
    a_year = round(365.2425 / 1461 * N_INTERVALS)
    np.testing.assert_allclose(path[a_year:], path[:-a_year], atol=5e-3)


def test_a_step_is_where_the_share_of_the_rows_is() -> None:
    its = Step(at=0.25)
    counts = np.zeros(N_INTERVALS, dtype=np.int64)
    counts[[5, 100, 2_000, 4_000]] = [10, 15, 25, 50]
    path = its.path(WindowIntervals(WINDOW, counts), Stream(5))
    assert path[101] == 1
    assert path[100] == 0
    assert sorted(set(path)) == [0, 1]
    assert counts[path == 1].sum() == 75


def test_a_local_drift_falls_off_by_the_week() -> None:
    width, n, products = 0.8, 300, []
    its = Local(persistence=width)
    for seed in range(n):
        path = its.path(WindowIntervals(WINDOW, ROWS_AN_INTERVAL), Stream(seed))
        at_weeks = path[(np.arange(0, 200) * 7 / 1461 * N_INTERVALS).astype(int)]
        products.append([(at_weeks * at_weeks).mean(), (at_weeks[1:] * at_weeks[:-1]).mean(),
                         (at_weeks[3:] * at_weeks[:-3]).mean()])  # fmt: skip
        assert np.abs(np.diff(path)).max() < 1.0  # no jumps
    ratios = np.array(products)
    assert_mean(ratios[:, 1] - width * ratios[:, 0], 0.0, n_comparisons=3)
    assert_mean(ratios[:, 2] - width**3 * ratios[:, 0], 0.0, n_comparisons=3)
    assert abs(mean_z(ratios[:, 1] - 0.7 * ratios[:, 0], 0.0)) > z_limit(3)


@pytest.mark.parametrize("kind", DRIFTS)
def test_a_column_may_be_its_drift_alone(kind: str) -> None:
    config = config_of(only(drift=1), drift=kind)
    database = generate(config, 1)
    table = database.schema.by_name["orders"]
    window, times = database.schema.window, database.tables["orders"]["date"].to_list()
    stream = Stream(1).child("features", "orders")
    for j, node in columns_of(table):
        own = stream.child("node", j, "drift")
        path = np.array(drifting(budget_of(node).drift.drift, times, window.start, window.end, own))
        expected = budget_of(node).drift.sign * (path - path.mean()) / path.std()
        np.testing.assert_allclose(raw(database, "orders", node.column), expected, atol=2e-5)


# What the causal graph gives.


def test_a_scale_is_of_most_values_and_not_of_a_few_far_off() -> None:
    generator = np.random.default_rng(0)
    normal = generator.normal(3.0, 2.0, 20_000).astype(np.float32)
    scale = Scale.of(normal)
    assert scale.is_fine
    assert scale.mean == pytest.approx(normal.mean(), abs=1e-3)
    assert scale.sd == pytest.approx(normal.std(), rel=1e-3)
    found = scale.standardised(normal, 0.5)
    assert found.std() == pytest.approx(0.5, rel=1e-3)
    assert found.mean() == pytest.approx(0.0, abs=1e-5)
    cauchy = generator.standard_cauchy(20_000).astype(np.float32)
    found = Scale.of(cauchy).standardised(cauchy, 1.0)
    assert found.std() == pytest.approx(1.0, rel=1e-3)
    assert np.diff(np.quantile(found, [0.25, 0.75]))[0] > 0.3
    assert np.diff(np.quantile(cauchy / cauchy.std(), [0.25, 0.75]))[0] < 0.1


@pytest.mark.parametrize("values", [np.zeros(50), np.eye(1, 500)[0], np.full(9, np.nan)])
def test_a_constant_gives_nothing(values: NDArray[np.float64]) -> None:
    scale = Scale.of(values.astype(np.float32))
    assert not scale.is_fine
    assert (scale.standardised(values.astype(np.float32), 1.0) == 0).all()


def test_two_values_are_standardised_too() -> None:
    values = (np.arange(500) % 10 == 0).astype(np.float32)
    found = Scale.of(values).standardised(values, 1.0)
    assert found.std() == pytest.approx(1.0, rel=1e-5)


def test_of_no_values_there_is_nothing_to_standardise() -> None:
    scale = Scale.of(np.empty(0, dtype=np.float32))
    assert not scale.is_fine
    assert scale.standardised(np.ones(2, dtype=np.float32), 1.0).tolist() == [0.0, 0.0]


def test_a_reference_to_nobody_gives_nothing_and_others_the_whole_share() -> None:
    database = generate(
        config_of(
            only(parents=1), connectivity={"p_nullable": 1, "null_rate": 0.4}, columns=8
        ), 2,
    )  # fmt: skip
    seen = set()
    for _, node in columns_of(database.schema.by_name["orders"]):
        its = budget_of(node).parent.foreign_key
        is_null = database.tables["orders"][its].is_null().to_numpy()
        values = raw(database, "orders", node.column)
        assert is_null.any()
        assert (values[is_null] == 0).all()
        assert values[~is_null].mean() == pytest.approx(0.0, abs=1e-4)
        assert values[~is_null].std() == pytest.approx(1.0, rel=1e-4)
        seen.add(its)
    assert seen == {"foreign_row_0", "foreign_row_1"}


# Blocks, stages, interventions, descriptions.

LARGE = {
    "users": {"rows": 300, "timed": True},
    "orders": {"rows": 2 * BLOCK_ROWS + 3_000, "parents": ["users", {"table": "orders"}]},
    "items": {"rows": BLOCK_ROWS + 500, "parents": ["orders"], "timed": True},
}
MIXED = {"floor": 0.0, "concentration": 20.0}


def test_any_block_on_its_own() -> None:
    config = config_of(EVEN, LARGE, p_categorical=0.4, **MIXED)
    found: list[dict[str, list[NDArray[Any]]]] = []
    for order in ([0, 1, 2], [2, 0, 1]):
        planned = plan(config, 4)
        made: dict[str, list[NDArray[Any]]] = {}
        for table in planned.schema.tables if order[0] == 0 else planned.schema.tables[::-1]:
            columns = planned.columns(table)
            names = [c.name for c in table.features]
            n = -(-table.rows // BLOCK_ROWS)
            blocks = {k: [columns[name].block(k) for name in names] for k in order if k < n}
            made[table.name] = [np.concatenate([blocks[k][i] for k in range(n)])
                                for i in range(len(names))]  # fmt: skip
        found.append(made)
    for name in LARGE:
        for one, other in zip(found[0][name], found[1][name], strict=True):
            np.testing.assert_array_equal(one, other)


def test_large_tables_standardise_by_their_reference_rows() -> None:
    """Causes, traits of parents and drift by 2¹⁶ rows; the rest of a large table is as they are."""
    for component, name in (("causes", "items"), ("parents", "items"), ("drift", "orders")):
        config = config_of(only(**{component: 1}), LARGE, columns=1, **FIXED)
        database = generate(config, 4)
        values = raw(database, name, "feature_0")
        # slices of 2,048 rows are drawn: the moments of all rows are off by their sampling error
        slices = values[: len(values) // 2048 * 2048].reshape(-1, 2048)
        assert_mean(slices.mean(axis=1), 0.0, n_comparisons=6)
        assert_mean((slices**2).mean(axis=1), 1.0, n_comparisons=6)
        assert abs(mean_z((slices**2).mean(axis=1), 3.0)) > z_limit(6)


def test_stages_apart_give_the_same(tmp_path: Path) -> None:
    config = config_of(EVEN, p_categorical=0.3, **MIXED)
    generate_to(tmp_path / "whole", config, 6)
    schema_to(tmp_path / "parts", config, 6)
    for stage in ("fk", "temporal", "features"):
        run_stage(stage, tmp_path / "parts")
    validate(tmp_path / "whole")
    whole, parts, memory = load(tmp_path / "whole"), load(tmp_path / "parts"), generate(config, 6)
    assert whole.schema == parts.schema == memory.schema
    assert any(node.budget for table in whole.schema.tables for node in table.causal.nodes)
    for name, frame in whole.tables.items():
        hashes = [exact(column) for column in frame]
        assert hashes == [exact(column) for column in parts.tables[name]]
        assert hashes == [exact(column) for column in memory.tables[name]]


def test_an_intervention_keeps_traits_memory_and_time() -> None:
    tables = {
        "users": {"rows": 20},
        "orders": {"rows": 40, "parents": ["users"]},
    }
    n_moved = 0
    for seed in range(6):
        config = config_of(EVEN, tables, scm={"standardise": False}, **MIXED)
        database = generate(config, seed)
        table = database.schema.tables[seed % 2]
        j, node = columns_of(table)[0]
        before = SlowDatabase(database, config)
        for its in database.schema.tables:
            for k, _ in columns_of(its):
                before.values(its, k)

        class Held(SlowDatabase):
            place, fit = (table.name, j), before

            def values(self, its: Table, k: int) -> list[Any]:
                return [0.75] * its.rows if (its.name, k) == self.place else super().values(its, k)

            def scale(self, its: Table, k: int) -> tuple[float, float, float, float]:
                return self.fit.scale(its, k)

        after = do(database, table.name, node.column, 0.75)
        assert set(after.tables[table.name][node.column]) == {0.75}
        assert not Compared(after, config, Held).wrong
        n_moved += len(changed(database, after)) - 1
        assert [t.causal for t in after.schema.tables] == [t.causal for t in database.schema.tables]
    assert n_moved > 6


def test_describe_tells_every_share() -> None:
    seen = Counter[str]()
    for seed in range(4):
        schema = plan(config_of(EVEN, concentration=6.0), seed).schema
        for table, its in zip(schema.tables, causes_of(schema), strict=True):
            lines = lines_of((its,)).splitlines()
            for _, node in columns_of(table):
                (line,) = (text for text in lines if text.split()[:1] == [node.column])
                told = line.split("budget: ")[1]
                budget = budget_of(node)
                expected = {"causes" if node.of_row else "source": budget.causes,
                            "noise": budget.noise}  # fmt: skip
                if budget.trait:
                    expected[f"trait {budget.trait.trait}"] = budget.trait.share
                if (of := budget.parent) is not None:
                    expected[f"trait {of.trait} by {of.foreign_key}"] = of.share
                if budget.memory:
                    expected[
                        f"memory {budget.memory.chain.number} by {budget.memory.foreign_key}"
                    ] = budget.memory.share
                if (share := budget.children) is not None:
                    its_own = share.gathered
                    child, node = schema.by_name[its_own.table].causal, node_of(its_own)
                    assert child is not None
                    variable = ""
                    if node is not None:
                        variable = f" of {child.nodes[node].column or 'a latent variable'}"
                    expected[
                        f"{its_own.kind}{variable} of {its_own.table} by {its_own.foreign_key}"
                    ] = share.share
                if (of := budget.block) is not None:
                    whose = "" if of.of == "row" else " of the referenced row"
                    expected[f"block{whose} by {of.child}.{of.foreign_key}"] = of.share
                if budget.drift:
                    expected[f"{budget.drift.drift.kind} drift"] = budget.drift.share
                parts = {f"{name} {share:.0%}" for name, share in expected.items() if share}
                assert set(told.split(", ")) == parts
                seen.update(expected)
    assert len(seen) > 10
