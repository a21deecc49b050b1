"""Whole databases against the same models calculated row by row.

A value may be as far off as rounding can take it: four times as far as random errors of 3 · 10⁻⁶
of all that enters and leaves a mechanism, some fifty roundings, have taken the slow calculation. A
category must be the same but where such errors reach another. Activations that subtract two near
numbers are left out, whose rounding has no such bound.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from plurel_cli import Config, Database, generate, parse_config
from plurel_cli.features.budget.settings import DRIFTS
from plurel_cli.features.chains import chains
from plurel_cli.features.gathering import aggregates
from plurel_cli.features.nulls.random import Nulls
from plurel_cli.features.roles.computed import ComputedNode
from plurel_cli.features.roles.gathering import GatheringNode
from plurel_cli.features.roles.source import SourceNode
from plurel_cli.schema.causal import CausalNode
from plurel_cli.schema.table import Table
from tests.features.budgets import budget_of
from tests.features.slow import SlowDatabase, table_stream

EPSILON = float(np.finfo(np.float32).eps)
ERROR = 3e-6
N_ROUGH = 2
ACTIVATIONS = [
    "relu", "elu", "selu", "silu", "softsign", "tanh", "sigmoid", "hardswish", "mish",
    "leaky_relu", "gelu", "softplus", "hardsigmoid", "hardtanh", "identity", "absolute", "sine",
    "cosine", "sign", "clip", "signed_log", "bent_identity", "random_function",
]  # fmt: skip
BROAD = {
    "mechanism": ["linear", "matrix", "tree", "fourier", "quadratic", "discretiser", "mlp"],
    "decoder": ["linear", "matrix", "quadratic"],
    "width": [1, 2, 5, 32],
    "standardise": True,
    "parent_columns": {"min": 0.3, "max": 1.0},
    "latent_ratio": {"min": 1.0, "max": 2.0},
}
CASES: dict[str, dict[str, Any]] = {
    "eager": {"mode": "eager"},
    "lazy": {"mode": "lazy"},
    "broad": BROAD,
    "children": {**BROAD, "children": {"p": 1.0}, "layout": "random_cauchy"},
}


REFERENCES: dict[str, dict[str, Any]] = {
    "null": {"mode": "lazy"},
    "null_and_broad": BROAD,
    "null_and_children": {**BROAD, "children": {"p": 1.0}, "layout": "random_cauchy"},
    "time": {"time": {"p": 1.0}, "layout": "random_tree"},
    "time_and_broad": {**BROAD, "time": {"p": 0.7}},
}


def with_null_references(**scm: Any) -> Config:
    """Keys that may be null, some of a table to itself, one of them to one; all tables timed."""
    own = {"table": "posts", "form": "thread"}
    return parse_config(
        {
            "schema": {"layout": "explicit", "columns": 4},
            "tables": {
                "users": {"rows": 14, "timed": True},
                "posts": {"rows": 16, "parents": ["users", own], "timed": True},
                "likes": {"rows": 20, "parents": ["users", "posts", "users"]},
                "badges": {"rows": 10, "parents": [{"table": "users", "form": "one_to_one"}]},
            },
            "connectivity": {"p_nullable": 1, "null_rate": {"min": 0.2, "max": 0.6}},
            "features": {"scm": {"mlp": {"activation": ACTIVATIONS}, **scm}},
        }
    )


def config_of(**scm: Any) -> Config:
    """Two keys to one parent, one of them beside a key to that parent's child."""
    return parse_config(
        {
            "schema": {"layout": "explicit", "columns": 4},
            "tables": {
                "users": {"rows": 12},
                "posts": {"rows": 15, "parents": ["users"]},
                "likes": {"rows": 18, "parents": ["users", "posts", "users"]},
            },
            "features": {"scm": {"mlp": {"activation": ACTIVATIONS}, **scm}},
        }
    )


def nodes_with_columns(table: Table) -> list[tuple[int, CausalNode]]:
    return [(j, node) for j, node in enumerate(table.causal.nodes) if node.column is not None]


class Compared:
    """A database against its slow calculation.

    Attributes
    ----------
    wrong
        Columns that differ.
    n_cells, n_undecided
        Cells, and those that rounding may take anywhere: across a jump, or by over a hundredth of
        the deviation of their column.
    """

    def __init__(
        self, database: Database, config: Config, slow: type[SlowDatabase] = SlowDatabase
    ) -> None:
        self._exact = slow(database, config)
        self._rough = [slow(database, config, ERROR, seed) for seed in range(N_ROUGH)]
        self.n_cells = self.n_undecided = 0
        self.wrong: list[str] = []
        for table in database.schema.tables:
            for j, node in nodes_with_columns(table):
                fast = database.tables[table.name][node.column]
                is_there = ~fast.is_null().to_numpy()
                if node.kind == "categorical":
                    least, most = self._categories(table, j)
                else:
                    least, most = self._numbers(table, j, node.transform)
                values = fast.to_numpy()
                self.n_cells += table.rows
                if not ((least <= values) & (values <= most))[is_there].all():
                    self.wrong.append(f"{table.name}.{node.column}")

    def _reach(self, exact: NDArray[Any], rough: list[NDArray[Any]]) -> NDArray[Any]:
        """How far rounding may take each value."""
        found = 4 * np.abs(np.array(rough) - exact).max(axis=0) + ERROR * np.abs(exact)
        self.n_undecided += int((found > exact.std() / 100).sum())
        return found

    def _raw(self, table: Table, j: int) -> tuple[NDArray[Any], list[NDArray[Any]]]:
        exact, *rough = (np.array(its.values(table, j)) for its in (self._exact, *self._rough))
        return exact, rough

    def _numbers(self, table: Table, j: int, transform: str) -> tuple[NDArray[Any], NDArray[Any]]:
        exact, rough = self._raw(table, j)
        if transform == "rank":  # between as many as are surely below it, and as many as may be
            reach = self._reach(exact, rough)
            differences = np.subtract.outer(exact, exact)
            reaches = np.add.outer(reach, reach)
            least = 1 + (differences > reaches).sum(axis=1)
            most = (differences >= -reaches).sum(axis=1)
            slack = 4 * EPSILON * table.rows
            return (least - slack) / (table.rows + 1), (most + slack) / (table.rows + 1)
        written = transformed(transform, exact)
        reach = self._reach(written, [transformed(transform, its) for its in rough])
        return written - reach, written + reach

    def _categories(self, table: Table, j: int) -> tuple[NDArray[Any], NDArray[Any]]:
        if table.causal.mode == "eager":
            exact, rough = self._raw(table, j)
            is_open = np.any([exact != its for its in rough], axis=0)
        else:
            values, rough = self._raw(table, j)
            reach = 4 * np.abs(np.array(rough) - values).max(axis=0) + ERROR * np.abs(values)
            labels, cut_at = self._exact.labels(table, j)
            exact = np.array(labels)
            is_near = np.abs(np.subtract.outer(values, values)) <= np.add.outer(reach, reach)
            np.fill_diagonal(is_near, val=False)
            is_open = is_near[:, cut_at].any(axis=1)
            is_open[cut_at] |= is_near[cut_at].any(axis=1)
        self.n_undecided += int(is_open.sum())
        return np.where(is_open, 0, exact), np.where(is_open, np.inf, exact)


def transformed(name: str, values: NDArray[Any]) -> NDArray[Any]:
    match name:
        case "identity":
            return values
        case "signed_log":
            return np.sign(values) * np.log1p(np.abs(values))
        case "signed_root":
            return np.sign(values) * np.sqrt(np.abs(values))
        case _:
            return (values - values.mean()) / (values.std() or 1.0)


@pytest.mark.parametrize("case", CASES)
def test_every_column_is_what_its_model_gives(case: str) -> None:
    config = config_of(**CASES[case])
    found = [Compared(generate(config, seed), config) for seed in range(3)]
    assert not [its.wrong for its in found if its.wrong]
    # some graphs are chaotic and enlarge every rounding, so only all together say enough
    assert sum(its.n_undecided for its in found) < sum(its.n_cells for its in found) / 2


@pytest.mark.parametrize("case", REFERENCES)
def test_null_references_and_times_are_what_the_model_gives(case: str) -> None:
    config = with_null_references(**REFERENCES[case])
    databases = [generate(config, seed) for seed in range(3)]
    found = [Compared(database, config) for database in databases]
    assert not [its.wrong for its in found if its.wrong]
    assert sum(its.n_undecided for its in found) < sum(its.n_cells for its in found) / 2
    tables = [table for database in databases for table in database.schema.tables]
    parents = {(t.name, p.foreign_key) for t in tables for p in t.causal.parents}
    assert parents == {
        ("posts", "foreign_row_0"), ("likes", "foreign_row_0"), ("likes", "foreign_row_1"),
        ("likes", "foreign_row_2"), ("badges", "foreign_row_0"),
    }  # fmt: skip
    for database in databases:
        keys = database.tables["likes"].select("^foreign.*$")
        assert keys.null_count().row(0) >= (1, 1, 1)
        own = database.tables["posts"]["foreign_row_1"]
        assert own.null_count() > 0


SHARES = dict.fromkeys(
    ("causes", "traits", "parents", "memory", "drift", "children", "noise", "blocks"), 1
)
BUDGET = {"p": 1.0, "shares": SHARES, "concentration": 12.0, "floor": 0.05,
          "chain": list(chains.names()), "moving": [0.0, 0.5]}  # fmt: skip
CHILDREN = {"p": 0.5, "aggregate": list(aggregates.names())}
MIXED = {**BROAD, "mode": "lazy", "budget": BUDGET, "children": CHILDREN, "time": {"p": 0.3}}


def test_mixtures_are_what_the_model_gives() -> None:
    config = with_null_references(**MIXED)
    databases = [generate(config, seed) for seed in range(4)]
    found = [Compared(database, config) for database in databases]
    assert not [its.wrong for its in found if its.wrong]
    assert sum(its.n_undecided for its in found) < sum(its.n_cells for its in found) / 2
    tables = [table for database in databases for table in database.schema.tables]
    budgets = [budget_of(node) for t in tables for node in t.causal.nodes if node.budget]
    assert {its.drift.drift.kind for its in budgets if its.drift} == {*DRIFTS}
    assert {its.trait.trait for its in budgets if its.trait} == {0, 1}
    assert {its.parent.trait for its in budgets if its.parent} == {0, 1}
    assert len({its.memory.foreign_key for its in budgets if its.memory}) > 1
    assert any(its.causes == 0 for its in budgets)
    gathered = [its.children.gathered.kind for its in budgets if its.children]
    assert {*gathered} >= {"count", "mean", "lifetime"}
    assert {its.memory.chain.kind for its in budgets if its.memory} == {*chains.names()}
    assert {its.block.of for its in budgets if its.block} == {"row", "parent"}
    assert {its.block.levels > 1 for its in budgets if its.block} == {False, True}
    assert {bool(its.strength) for its in budgets if its.causes} == {False, True}
    assert any(node.budget and isinstance(node, SourceNode)
               for t in tables for node in t.causal.nodes)  # fmt: skip


class _AnotherMemory(SlowDatabase):
    def _remembered(self, keys: list[int | None], rho: float, drawn: Any) -> list[float]:
        return super()._remembered(keys, 0.99 * rho, drawn)


class _MemoryOfNobody(SlowDatabase):
    def _remembered(self, keys: list[int | None], rho: float, drawn: Any) -> list[float]:
        return super()._remembered([-1 if key is None else key for key in keys], rho, drawn)


class _Unmoved(SlowDatabase):
    def strength(self, table: Table, j: int) -> list[float]:
        return [1.0] * table.rows


def _without(component: str) -> type[SlowDatabase]:
    class Without(SlowDatabase):
        def _parts(self, table: Table, j: int, given: list[float]) -> dict[str, list[float]]:
            found = super()._parts(table, j, given)
            return {name: [x * (name != component) for x in its] for name, its in found.items()}

    return Without


@pytest.mark.parametrize(
    "wrong",
    [
        *(_without(its) for its in ("causes", "trait", "parent", "memory", "drift", "noise")),
        *(_without("children"), _without("block")),
        *(_AnotherMemory, _MemoryOfNobody, _Unmoved),
    ],
)
def test_a_wrong_mixture_is_noticed(wrong: type[SlowDatabase]) -> None:
    config = with_null_references(**MIXED)
    assert any(Compared(generate(config, seed), config, wrong).wrong for seed in range(4))


class _NobodyIsTheFirst(SlowDatabase):
    """A null reference taken for one to the last row, as −1 counts from the end."""

    def _from_parents(self, table: Table, node: CausalNode, i: int) -> list[list[float]]:
        frame = self._frames[table.name]
        self._frames[table.name] = frame.with_columns(pl.col("^foreign.*$").fill_null(-1))
        found = super()._from_parents(table, node, i)
        self._frames[table.name] = frame
        return found


@pytest.mark.parametrize("aggregation", ["sum", "maximum", "product", "logsumexp"])
def test_a_null_reference_adds_nothing(aggregation: str) -> None:
    config = with_null_references(mode="lazy", aggregation=aggregation)
    database = generate(config, 1)
    assert not Compared(database, config).wrong
    assert Compared(database, config, _NobodyIsTheFirst).wrong


def test_the_cases_have_all_there_is() -> None:
    seen = set()
    for scm in CASES.values():
        for seed in range(3):
            for table in generate(config_of(**scm), seed).schema.tables:
                seen.add(table.causal.mode)
                seen |= {its.foreign_key for its in table.causal.parents}
                for node in table.causal.nodes:
                    if node.is_used:
                        seen |= {node.kind, node.role, node.draw, *(node.embedding or ())}
                        if isinstance(node, ComputedNode):
                            seen |= {*node.mechanisms}
                        if isinstance(node, GatheringNode):
                            seen |= {node.gathered.kind}
                        seen |= {"drawn anew"} if node.attempt else set()
    assert seen >= {"eager", "lazy", "numerical", "categorical", "drawn anew", "gathering"}
    assert seen >= {"sum", "maximum", "product", "logsumexp", *BROAD["mechanism"]}
    assert seen >= {"series", "uniform", "normal", "beta", "mixture"}
    assert len(seen & {"count", "mean", "max", "min", "decayed_sum"}) >= 3
    assert seen >= {"foreign_row_0", "foreign_row_1", "foreign_row_2"}


class _WithoutParents(SlowDatabase):
    def _from_parents(self, table: Table, node: CausalNode, i: int) -> list[list[float]]:
        return []


class _OneKeyToAParent(SlowDatabase):
    def _from_parents(self, table: Table, node: CausalNode, i: int) -> list[list[float]]:
        encodings = super()._from_parents(table, node, i)
        return encodings[:-1] if table.name == "likes" else encodings


class _WithoutShares(SlowDatabase):
    def _from_parents(self, table: Table, node: CausalNode, i: int) -> list[list[float]]:
        encodings = super()._from_parents(table, node, i)
        factor = 4.0 if node.aggregation == "sum" else 1.0
        return [[x * factor for x in encoding] for encoding in encodings]


class _WithoutNoise(SlowDatabase):
    def _noise(self, table: Table, j: int) -> list[list[float]]:
        return [[0.0 for _ in row] for row in super()._noise(table, j)]


@pytest.mark.parametrize(
    "wrong", [_WithoutParents, _OneKeyToAParent, _WithoutShares, _WithoutNoise]
)
def test_a_wrong_calculation_is_noticed(wrong: type[SlowDatabase]) -> None:
    config = config_of(mode="eager", aggregation="sum")
    assert Compared(generate(config, 1), config, wrong).wrong


@pytest.mark.parametrize("seed", range(3))
def test_nulls_are_those_drawn_and_in_numbers_alone(seed: int) -> None:
    database = generate(config_of(nulls={"min": 0.1, "max": 0.3}), seed)
    for table in database.schema.tables:
        for j, node in nodes_with_columns(table):
            found = database.tables[table.name][node.column].is_null().to_numpy()
            own = table_stream(database.schema, table).child("node", j, "nulls")
            share = table.causal.null_share if node.kind == "numerical" else 0.0
            assert (found == Nulls(table.rows, share, own).block(0)).all()
            assert found.sum() == int(share * table.rows)
