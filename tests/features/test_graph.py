"""Causal graphs: their sizes and choices against exact probabilities, and that no circle closes."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli import Config, generate, load_config, parse_config
from plurel_cli.errors import ConfigError
from plurel_cli.features.gathering import aggregates as all_aggregates
from plurel_cli.features.gathering.over import gather, planned
from plurel_cli.features.gathering.settings import AGGREGATES
from plurel_cli.features.graph import sample_causal_graphs
from plurel_cli.features.roles.computed import ComputedNode
from plurel_cli.features.roles.gathering import GatheringNode
from plurel_cli.features.roles.source import SourceNode
from plurel_cli.features.taste import all_settings
from plurel_cli.features.variables import (
    order_of_work,
    reachable,
    reversed_edges,
    successors,
    written,
)
from plurel_cli.schema.causal import CausalGraph, CausalNode
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sample import sample_schema
from plurel_cli.schema.variable import Variable
from tests.features.budgets import half_life_of, node_of
from tests.features.slow import gathered
from tests.features.test_intervene import downstream, effects_of
from tests.statistics import chi_square_p, counts_p, mean_z, p_limit, z_limit

CONFIGS = Path(__file__).parents[2] / "configs"

LAYOUTS = (
    "barabasi_albert", "erdos_renyi", "layered", "random_cauchy", "random_tree",
    "reverse_random_tree", "watts_strogatz",
)  # fmt: skip


def tables_apart(n: int, columns: int = 5, own: dict[str, Any] | None = None, **scm: Any) -> Config:
    """Tables that do not refer to each other."""
    return parse_config(
        {
            "schema": {"layout": "explicit", "columns": columns},
            "tables": {f"t{k}": {"rows": 10} | (own or {}) for k in range(n)},
            "features": {"scm": scm},
        }
    )


def drawn(config: Config, seed: int) -> Schema:
    """A schema with its causal graphs."""
    schema = sample_schema(config, seed)
    graphs = sample_causal_graphs(schema, config, all_settings(config, schema))
    return schema.but(tables=tuple(t.but(causal=graphs[t.name]) for t in schema.tables))


def graphs_of(config: Config, n_seeds: int) -> list[CausalGraph]:
    return [table.causal for seed in range(n_seeds) for table in drawn(config, seed).tables]


@pytest.fixture(scope="module")
def default_graphs() -> list[CausalGraph]:
    return graphs_of(tables_apart(40), 20)


# Nodes.


@pytest.mark.parametrize("columns", [1, 2, 5, 9, 40])
@pytest.mark.parametrize("ratio", [0.3, 0.45, 0.6, 1.0])
def test_number_of_nodes(columns: int, ratio: float) -> None:
    config = tables_apart(2, columns, latent_ratio=ratio)
    expected = columns + math.ceil(columns / Fraction(str(ratio))) + 3
    assert [len(graph.nodes) for graph in graphs_of(config, 2)] == [expected] * 4


def test_number_of_latent_nodes_follows_the_ratio(default_graphs: list[CausalGraph]) -> None:
    n = 5
    # ⌈n / r⌉ = k where n / k ≤ r < n / (k − 1), of r ~ U[0.3, 0.9)
    p = {
        k: max(0.0, min(n / (k - 1), 0.9) - max(n / k, 0.3)) / 0.6
        for k in range(math.ceil(n / 0.9), math.ceil(n / 0.3) + 1)
    }
    assert sum(p.values()) == pytest.approx(1.0)
    found = [len(graph.nodes) - n - 3 for graph in default_graphs]
    assert counts_p(found, p) > p_limit()
    assert counts_p(found, dict.fromkeys(p, 1.0)) < p_limit()


def test_columns_are_any_nodes_as_likely() -> None:
    config = tables_apart(40, 2, latent_ratio=1.0, latent_extra=1, layout="random_tree")
    found = []
    for graph in graphs_of(config, 30):
        at = {node.column: j for j, node in enumerate(graph.nodes)}
        found.append((at["feature_0"], at["feature_1"]))
    expected = dict.fromkeys(permutations(range(5), 2), 1.0)
    assert counts_p(found, expected) > p_limit()


def test_every_column_is_one_node_of_its_kind() -> None:
    for seed in range(5):
        for table in drawn(tables_apart(20, 7), seed).tables:
            nodes = {node.column: node for node in table.causal.nodes if node.column is not None}
            assert nodes.keys() == {column.name for column in table.features}
            assert sum(node.column is not None for node in table.causal.nodes) == 7
            for column in table.features:
                assert nodes[column.name].kind == column.kind
                assert nodes[column.name].categories == column.categories


def test_latent_nodes_are_typed_like_columns(default_graphs: list[CausalGraph]) -> None:
    latents = [node for graph in default_graphs for node in graph.nodes if node.column is None]
    kinds = Counter(node.kind for node in latents)
    assert chi_square_p([kinds["categorical"], kinds["numerical"]], [1, 1]) > p_limit(2)
    counts = [node.categories for node in latents if node.kind == "categorical"]
    assert counts_p(counts, dict.fromkeys(range(2, 11), 1.0)) > p_limit(2)
    assert all(node.categories is None for node in latents if node.kind == "numerical")
    own = {"p_categorical": 1.0, "categories": 3}
    for graph in graphs_of(tables_apart(5, own=own), 1):
        assert {(node.kind, node.categories) for node in graph.nodes} == {("categorical", 3)}


# Choices.


def test_choices_of_a_table_are_uniform(default_graphs: list[CausalGraph]) -> None:
    expected = {
        "layout": LAYOUTS,
        "mode": ("eager", "lazy"),
        "edge_weight": ("normal", "lognormal", "cauchy", "uniform"),
    }
    for name, options in expected.items():
        found = [getattr(graph, name) for graph in default_graphs]
        assert counts_p(found, dict.fromkeys(options, 1.0)) > p_limit(3)
        lopsided = dict(zip(options, (2.0, *[1.0] * (len(options) - 1)), strict=True))
        assert counts_p(found, lopsided) < p_limit(3)


def _mechanisms(node: CausalNode) -> tuple[str, ...]:
    return node.mechanisms if isinstance(node, ComputedNode) else ()


def test_choices_of_a_table_do_not_hang_together(default_graphs: list[CausalGraph]) -> None:
    pairs = [(graph.layout, graph.mode) for graph in default_graphs]
    expected = {(layout, mode): 1.0 for layout in LAYOUTS for mode in ("eager", "lazy")}
    assert counts_p(pairs, expected) > p_limit()


def test_choices_of_a_node_are_uniform(default_graphs: list[CausalGraph]) -> None:
    nodes = [node for graph in default_graphs for node in graph.nodes]
    sources = [node.source for node in nodes if isinstance(node, SourceNode)]
    options = ("series", "uniform", "normal", "beta", "mixture")
    assert counts_p(sources, dict.fromkeys(options, 1.0)) > p_limit(3)
    aggregations = [node.aggregation for node in nodes if isinstance(node, ComputedNode)]
    options = ("sum", "maximum", "product", "logsumexp")
    assert counts_p(aggregations, dict.fromkeys(options, 1.0)) > p_limit(3)
    transforms = [n.transform for n in nodes if n.column is not None and n.kind == "numerical"]
    options = ("identity", "rank", "signed_log", "signed_root", "standardise")
    assert counts_p(transforms, dict.fromkeys(options, 1.0)) > p_limit(3)


def test_nulls_are_uniform_between_their_ends(default_graphs: list[CausalGraph]) -> None:
    shares = np.array([graph.null_share for graph in default_graphs])
    assert 0.01 <= shares.min() <= shares.max() < 0.1
    bins = np.histogram(shares, 9, (0.01, 0.1))[0]
    assert chi_square_p(bins, np.ones(9)) > p_limit()


def test_what_a_node_says_hangs_together(default_graphs: list[CausalGraph]) -> None:
    for graph in default_graphs:
        for node in graph.nodes:
            assert isinstance(node, ComputedNode) != isinstance(node, SourceNode)
            if isinstance(node, ComputedNode):
                assert len(node.weights) == len(node.causes) == len(node.mechanisms) - 1 > 0
                assert node.width == 32
            is_number = node.column is not None and node.kind == "numerical"
            assert (node.transform is not None) == is_number


@pytest.mark.parametrize("setting", ["mechanism", "aggregation", "source"])
def test_a_taste_makes_a_table_stick_to_few(setting: str) -> None:
    options = {
        "mechanism": ["linear", "matrix", "tree", "fourier"],
        "aggregation": ["sum", "maximum", "product", "logsumexp"],
        "source": ["uniform", "normal", "beta", "mixture"],
    }[setting]

    def of_table(graph: CausalGraph) -> list[str]:
        if setting == "mechanism":
            return [name for node in graph.nodes for name in _mechanisms(node)[:-1]]
        found = (getattr(node, setting, None) for node in graph.nodes)
        return [name for name in found if name is not None]

    alike = {}
    for taste in (None, 10.0, 0.1):
        config = tables_apart(
            40, 4, layout="reverse_random_tree", taste=taste, **{setting: options}
        )
        tables = [names for names in map(of_table, graphs_of(config, 12)) if len(names) > 1]
        first = [names[0] for names in tables]
        assert counts_p(first, dict.fromkeys(options, 1.0)) > p_limit(3)
        # two of a table are alike with probability (a + 1) / (4 a + 1), a the concentration
        p = 0.25 if taste is None else (taste + 1) / (4 * taste + 1)
        alike[taste] = [names[0] == names[1] for names in tables]
        assert abs(mean_z(alike[taste], p, math.sqrt(p * (1 - p)))) < z_limit(3)
    assert np.mean(alike[0.1]) > 0.6 > 0.4 > np.mean(alike[10.0])


def test_tables_share_their_databases_taste() -> None:
    options = ["uniform", "normal", "beta", "mixture"]
    for taste in (None, 0.1):
        config = tables_apart(
            2, 4, layout="reverse_random_tree", database_taste=taste, source=options
        )
        alike = []
        for seed in range(200):
            found = [
                next(n.source for n in table.causal.nodes if isinstance(n, SourceNode))
                for table in drawn(config, seed).tables
            ]
            alike.append(found[0] == found[1])
        p = 0.25 if taste is None else (taste + 1) / (4 * taste + 1)
        assert abs(mean_z(alike, p, math.sqrt(p * (1 - p)))) < z_limit(2)


# Between tables.


def two_tables(columns: int, rows: int = 30, **scm: Any) -> Config:
    return parse_config(
        {
            "schema": {"layout": "explicit", "columns": columns},
            "tables": {
                "users": {"rows": rows},
                "posts": {"rows": 2 * rows, "parents": ["users", "users"]},
            },
            "features": {"scm": scm},
        }
    )


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_share_of_the_columns_of_a_referenced_row_are_causes(share: float) -> None:
    n_taken, differing = [], 0
    for seed in range(60):
        users, posts = drawn(two_tables(20, parent_columns=share), seed).tables
        assert users.causal.parents == ()
        taken = {parent.foreign_key: parent.nodes for parent in posts.causal.parents}
        for parent in posts.causal.parents:
            assert parent.table == "users"
            assert len(parent.mechanisms) == len(parent.nodes) == len(set(parent.nodes)) > 0
            assert all(users.causal.nodes[j].column is not None for j in parent.nodes)
        n_taken += [len(taken.get(f"foreign_row_{k}", ())) for k in range(2)]
        differing += len(set(taken.values())) > 1
    assert abs(mean_z(n_taken, 20 * share, math.sqrt(20 * share * (1 - share)))) < z_limit(3)
    assert (differing > 30) == (share == 0.3)


def test_all_columns_of_all_referenced_rows_are_causes_by_default() -> None:
    for seed in range(3):
        users, posts = drawn(two_tables(6), seed).tables
        every = [j for j, node in enumerate(users.causal.nodes) if node.column is not None]
        assert [p.foreign_key for p in posts.causal.parents] == ["foreign_row_0", "foreign_row_1"]
        assert all(sorted(p.nodes) == every for p in posts.causal.parents)


CHOICES = st.fixed_dictionaries(
    {
        "layout": st.sampled_from(LAYOUTS),
        "children": st.fixed_dictionaries({"p": st.sampled_from([0.3, 1.0])}),
        "parent_columns": st.sampled_from([0.0, 0.2, 1.0]),
        "taste": st.sampled_from([None, 0.3]),
        "latent_ratio": st.sampled_from([0.5, 1.0, 4.0]),
    }
)


@settings(max_examples=60)
@given(
    scm=CHOICES,
    parents=st.lists(st.lists(st.integers(0, 5), max_size=3), min_size=1, max_size=6),
    columns=st.integers(1, 8),
    seed=st.integers(0, 1000),
)
def test_influence_both_ways_closes_no_circle(
    scm: dict[str, Any], parents: list[list[int]], columns: int, seed: int
) -> None:
    tables = {
        f"t{k}": {"rows": 10, "parents": [f"t{p}" for p in its if p < k]}
        for k, its in enumerate(parents)
    }
    config = parse_config(
        {
            "schema": {"layout": "explicit", "columns": columns},
            "tables": tables,
            "features": {"scm": scm},
        }
    )
    schema = drawn(config, seed)
    effects = effects_of(schema)
    used = set()
    for table in schema.tables:
        for j, node in enumerate(table.causal.nodes):
            below = downstream(schema, Variable(table.name, j))
            assert Variable(table.name, j) not in below
            columns_below = [
                v for v in below if schema.by_name[v.table].causal.nodes[v.node].column is not None
            ]
            assert node.is_used == (node.column is not None or bool(columns_below))
            if node.is_used:
                used.add(Variable(table.name, j))
            if isinstance(node, GatheringNode):
                child = schema.by_name[node.gathered.table]
                keys = {key.name: key.references for key in child.foreign_keys}
                assert keys[node.gathered.foreign_key] == table.name
                assert not node.of_row
                assert node.kind == "numerical"
    order = order_of_work({table.name: table.causal for table in schema.tables})
    place = {v: k for k, v in enumerate(order) if isinstance(v, Variable)}
    assert place.keys() == used
    for cause, its in effects.items():
        for effect in its:
            assert effect not in used or place[cause] < place[effect]


@pytest.mark.parametrize("name", ["default", "broad", "hard", "realistic", "social_network"])
def test_the_order_of_work_is_that_of_graphlib(name: str) -> None:
    for seed in range(4):
        schema = drawn(load_config(CONFIGS / f"{name}.yaml"), seed)
        graphs = {table.name: table.causal for table in schema.tables}
        causes = reversed_edges(successors(graphs))
        needed = reachable(causes, written(graphs))
        kept = {vertex: of_vertex for vertex, of_vertex in causes.items() if vertex in needed}
        assert order_of_work(graphs) == list(TopologicalSorter(kept).static_order())


def test_a_variable_that_depends_on_itself_is_refused() -> None:
    (graph,) = (table.causal for table in drawn(tables_apart(1), 3).tables)
    j = next(j for j, node in enumerate(graph.nodes) if node.column is not None and node.of_row)
    nodes = list(graph.nodes)
    nodes[j] = nodes[j].but(causes=(*nodes[j].of_row, j))
    with pytest.raises(CycleError):
        order_of_work({"t0": graph.but(nodes=tuple(nodes))})


def is_numerical_source(node: CausalNode) -> bool:
    return node.kind == "numerical" and not node.of_row


@pytest.mark.parametrize("p", [0.0, 0.4, 1.0])
def test_sources_gather_with_a_probability(p: float) -> None:
    config = two_tables(8, children={"p": p}, layout="reverse_random_tree")
    found = [
        isinstance(node, GatheringNode)
        for seed in range(60)
        for node in drawn(config, seed).tables[0].causal.nodes
        if is_numerical_source(node)
    ]
    assert len(found) > 200
    assert abs(mean_z(found, p, math.sqrt(p * (1 - p)))) < z_limit(3)


def test_gathering_children_take_keys_and_aggregates_uniformly() -> None:
    keys, aggregates = [], []
    for seed in range(150):
        config = two_tables(
            8, children={"p": 1.0}, parent_columns=0.0, layout="reverse_random_tree"
        )
        for node in drawn(config, seed).tables[0].causal.nodes:
            if isinstance(node, GatheringNode):
                keys.append(node.gathered.foreign_key)
                aggregates.append(node.gathered.kind)
    assert counts_p(keys, {"foreign_row_0": 1.0, "foreign_row_1": 1.0}) > p_limit(2)
    assert counts_p(aggregates, dict.fromkeys(AGGREGATES, 1.0)) > p_limit(2)


# What is gathered.


@given(
    aggregate=st.sampled_from(all_aggregates.names()),
    half_life=st.floats(0.05, 2.0),
    n_parents=st.integers(1, 8),
    data=st.data(),
)
def test_gathering_is_a_group_by(
    aggregate: str, half_life: float, n_parents: int, data: st.DataObject
) -> None:
    n = data.draw(st.integers(1, 40))
    keys = data.draw(st.lists(st.integers(0, n_parents - 1), min_size=n, max_size=n))
    numbers = st.floats(-1e6, 1e6, width=32)
    values = data.draw(st.lists(numbers, min_size=n, max_size=n))
    cuts = sorted(data.draw(st.sets(st.integers(1, max(n - 1, 1)), max_size=3)) | {0, n})
    its = planned(aggregate, "posts", "foreign_row_0", 0, half_life)
    assert its.kind == aggregate
    blocks = [
        (a, np.array(keys[a:b]), np.array(values[a:b], np.float32)) for a, b in pairwise(cuts)
    ]
    found = gather(its, n_parents, n, blocks)
    expected = gathered(aggregate, half_life, keys, values, n_parents)
    # terms in another order: a rounding of the largest sum each, and one to float32
    size = max(map(abs, values))
    assert np.allclose(found, expected, rtol=2.0**-23, atol=n * n * 2.0**-52 * size)
    assert found.dtype == np.float32


@pytest.mark.parametrize("aggregate", all_aggregates.names())
def test_columns_that_gather_are_group_bys_of_what_is_written(aggregate: str) -> None:
    n_columns = 0
    for seed in range(12):
        config = two_tables(
            6,
            children={"p": 1.0, "aggregate": aggregate},
            parent_columns=0.0,
            layout="reverse_random_tree",
            transform="identity",
            nulls=0.0,
            latent_ratio=8.0,
            latent_extra=0,
        )
        database = generate(config, seed)
        users, posts = database.tables["users"], database.tables["posts"]
        child = database.schema.by_name["posts"].causal
        for node in database.schema.by_name["users"].causal.nodes:
            if node.column is None or not isinstance(node, GatheringNode):
                continue
            its = node.gathered
            keys, values = posts[its.foreign_key].to_list(), [1.0] * len(posts)
            if (node_gathered := node_of(its)) is not None:
                other = child.nodes[node_gathered]
                if other.column is None or other.categories:
                    continue
                values = posts[other.column].to_list()
            expected = gathered(aggregate, half_life_of(its), keys, values, len(users))
            size = max(map(abs, values)) * len(posts)
            assert np.allclose(users[node.column], expected, rtol=2.0**-23, atol=2.0**-45 * size)
            n_columns += 1
    assert n_columns > 2


def test_a_graph_of_too_many_nodes_is_refused_before_it_is_drawn() -> None:
    """Dense layouts look at all pairs of nodes: thousands of columns would take minutes."""
    config = {
        "schema": {"tables": 2, "columns": 4000, "rows": {"entity": 5, "activity": 5}},
        "features": {"scm": {"layout": "erdos_renyi"}},
    }
    with pytest.raises(ConfigError, match=r"table \w+: would have a causal graph of .* nodes"):
        generate(config, 1)
