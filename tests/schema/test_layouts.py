"""Layouts against every graph's exact probability on few nodes, and laws on any number."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from graphlib import TopologicalSorter
from itertools import combinations, pairwise, permutations, product
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.layouts import Edges, layouts, sample_graph
from tests.schema.graphs import Outcome, outcomes, sampled
from tests.statistics import chi_square_p, counts_p, p_limit, two_sample_p

Distribution = dict[Outcome, float]


def _outcome(edges: Iterable[tuple[int, int]]) -> Outcome:
    return tuple(sorted(edges))


def _joins(n: int, edges: Sequence[tuple[int, int]]) -> Iterator[tuple[Outcome, float]]:
    """Every way to link the components in a chain, low → high, with its probability."""
    graph: nx.Graph[int] = nx.Graph(list(edges))
    graph.add_nodes_from(range(n))
    parts = sorted(sorted(part) for part in nx.connected_components(graph))
    links = [list(product(a, b)) for a, b in pairwise(parts)]
    p = 1 / math.prod(len(choices) for choices in links)
    for chosen in product(*links):
        yield _outcome((min(e), max(e)) for e in (*edges, *chosen)), p


def _erdos_renyi(n: int, p: float) -> Distribution:
    found: Distribution = defaultdict(float)
    pairs = list(combinations(range(n), 2))
    either = p + p - p * p
    for present in product((False, True), repeat=len(pairs)):
        edges = [pair for pair, is_there in zip(pairs, present, strict=True) if is_there]
        weight = either ** len(edges) * (1 - either) ** (len(pairs) - len(edges))
        for outcome, p_join in _joins(n, edges):
            found[outcome] += weight * p_join
    return found


def _in_turn(weights: Sequence[int], chosen: Sequence[int]) -> float:
    """Probability to draw these one after another, each by its weight among those left."""
    left, p = sum(weights), 1.0
    for index in chosen:
        p *= weights[index] / left
        left -= weights[index]
    return p


def _attached(n: int, m: int) -> Distribution:
    """Preferential attachment's graphs, labelled by age."""
    grown: Distribution = {_outcome((0, leaf) for leaf in range(1, m + 1)): 1.0}
    for new in range(m + 1, n):
        larger: Distribution = defaultdict(float)
        for edges, p in grown.items():
            degrees = [sum(node in edge for edge in edges) for node in range(new)]
            for order in permutations(range(new), m):
                outcome = _outcome([*edges, *((old, new) for old in order)])
                larger[outcome] += p * _in_turn(degrees, order)
        grown = larger
    return grown


def _drops(n: int, edges: Outcome, p_drop: float) -> Iterator[tuple[Outcome, float]]:
    parents = {parent for parent, _ in edges}
    sinks = [[e for e in edges if e[1] == v] for v in range(n) if v not in parents]
    ways = [
        [(None, 1 - p_drop), *((edge, p_drop / len(incoming)) for edge in incoming)]
        for incoming in sinks
        if len(incoming) > 1
    ]
    for way in product(*ways):
        dropped = {edge for edge, _ in way}
        yield _outcome(e for e in edges if e not in dropped), math.prod(p for _, p in way)


def _barabasi_albert(n: int, m: int, p_drop: float) -> Distribution:
    found: Distribution = defaultdict(float)
    for edges, p in _attached(n, m).items():
        for outcome, p_kept in _drops(n, edges, p_drop):
            for labels in permutations(range(n)):
                renamed = _outcome((labels[a], labels[b]) for a, b in outcome)
                found[renamed] += p * p_kept / math.factorial(n)
    return found


def _filled(
    edges: frozenset[tuple[int, int]], needs: Sequence[list[tuple[int, int]]]
) -> Iterator[tuple[frozenset[tuple[int, int]], float]]:
    """Each need in turn met by a uniform one of its edges, unless it is met already."""
    if not needs:
        yield edges, 1.0
        return
    first, *rest = needs
    choices = [edges] if edges & set(first) else [edges | {edge} for edge in first]
    for choice in choices:
        for final, p in _filled(choice, rest):
            yield final, p / len(choices)


def _layered(n: int, depth: int, p_drop: float) -> Distribution:
    found: Distribution = defaultdict(float)
    for thrown in product(range(depth), repeat=n - depth):
        nodes = iter(range(n))
        layers = [[next(nodes) for _ in range(1 + thrown.count(layer))] for layer in range(depth)]
        gaps = []
        for upper, lower in pairwise(layers):
            gap: Distribution = defaultdict(float)
            pairs = list(product(upper, lower))
            needs = [[(a, b) for a in upper] for b in lower]
            needs += [[(a, b) for b in lower] for a in upper]
            for kept in product((False, True), repeat=len(pairs)):
                edges = frozenset(e for e, is_kept in zip(pairs, kept, strict=True) if is_kept)
                p = (1 - p_drop) ** len(edges) * p_drop ** (len(pairs) - len(edges))
                for final, p_final in _filled(edges, needs):
                    gap[_outcome(final)] += p * p_final
            gaps.append(gap)
        for parts in product(*(gap.items() for gap in gaps)):
            outcome = _outcome(edge for part, _ in parts for edge in part)
            if nx.is_connected(nx.Graph(list(outcome))):
                found[outcome] += math.prod(p for _, p in parts) / depth ** len(thrown)
    return found  # of connected graphs alone, as drawn again until one is


def _shallow(n: int, depth: int, extra: float) -> Distribution:
    found: Distribution = defaultdict(float)
    thrown = n - depth - 1
    for levels in product(range(depth + 1), repeat=thrown):
        level = sorted([*range(depth + 1), *levels])
        choices = [list(_parents(child, level, extra)) for child in range(n) if level[child]]
        for way in product(*choices):
            p = math.prod(p for _, p in way) / (depth + 1) ** thrown
            edges = [edge for several, _ in way for edge in several]
            graph: nx.Graph[int] = nx.Graph(edges)
            graph.add_nodes_from(range(n))
            parts = list(nx.connected_components(graph))
            below = [b for b in next(part for part in parts if n - 1 in part) if level[b]]
            links = [[(min(part), b) for b in below] for part in parts if n - 1 not in part]
            for chosen in product(*links):
                share = p / math.prod(len(its) for its in links)
                found[_outcome([*edges, *chosen])] += share
    return found


def _parents(
    child: int, level: Sequence[int], extra: float
) -> Iterator[tuple[list[tuple[int, int]], float]]:
    """Every choice of a table's parents, with its probability."""
    above = [a for a in range(child) if level[a] == level[child] - 1]
    others = [a for a in range(child) if level[a] < level[child]]
    most = min(4, len(others) - 1)
    for first in above:
        left = [a for a in others if a != first]
        for k in range(most + 1):
            p_k = extra**k * (1.0 if k == most else 1 - extra)
            for more in combinations(left, k):
                p = p_k / len(above) / math.comb(len(left), k)
                yield [(a, child) for a in (first, *more)], p


def _rooted_trees(n: int) -> list[Outcome]:
    """Every labelled tree of n nodes with every root, edges away from it, by brute force."""
    found = []
    for edges in combinations(combinations(range(n), 2), n - 1):
        tree: nx.Graph[int] = nx.Graph(list(edges))
        if len(tree) == n and nx.is_connected(tree):
            found += [_outcome(nx.bfs_edges(tree, root)) for root in range(n)]
    return found


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_rooted_trees_are_uniform(n: int) -> None:
    trees = _rooted_trees(n)
    assert len(set(trees)) == n ** (n - 1)  # Cayley
    away = outcomes("random_tree", n, 20 * len(trees))
    toward = outcomes("reverse_random_tree", n, 20 * len(trees))
    turned = [_outcome((b, a) for a, b in tree) for tree in toward]
    for drawn in (away, turned):
        assert counts_p(drawn, dict.fromkeys(trees, 1.0)) > p_limit(8)


def test_root_of_a_tree_is_uniform() -> None:
    roots = [
        ({*range(7)} - {b for _, b in tree}).pop() for tree in outcomes("random_tree", 7, 7000)
    ]
    assert counts_p(roots, dict.fromkeys(range(7), 1.0)) > p_limit()


def test_recursive_trees_and_a_fixed_root_fail_the_check_of_trees() -> None:
    trees = dict.fromkeys(_rooted_trees(4), 1.0)
    rng = np.random.default_rng(1)
    recursive, rooted_at_0 = [], []
    for tree in outcomes("random_tree", 4, 1280):
        labels = rng.permutation(4).tolist()
        recursive.append(
            _outcome((labels[rng.integers(child)], labels[child]) for child in (1, 2, 3))
        )
        rooted_at_0.append(_outcome(nx.bfs_edges(nx.Graph(list(tree)), 0)))
    assert counts_p(recursive, trees) < p_limit()
    assert counts_p(rooted_at_0, trees) < p_limit()


@pytest.mark.parametrize(("m", "p_drop"), [(1, 0.4), (2, 0.4), (2, 0.0), (3, 0.4), (3, 1.0)])
def test_preferential_attachment_on_four_tables_is_exact(m: int, p_drop: float) -> None:
    drawn = outcomes("barabasi_albert", 4, 6000, m=m, p_drop=p_drop)
    assert counts_p(drawn, _barabasi_albert(4, m, p_drop)) > p_limit(5)
    assert counts_p(drawn, _barabasi_albert(4, 1 + m % 3, p_drop)) < p_limit()
    if m == 2:  # otherwise no sink has two parents
        assert counts_p(drawn, _barabasi_albert(4, m, 0.8 - p_drop / 2)) < p_limit()


def test_preferential_attachment_on_five_tables_is_exact_up_to_names() -> None:
    @cache
    def nameless(outcome: Outcome) -> Outcome:
        return min(_outcome((p[a], p[b]) for a, b in outcome) for p in permutations(range(5)))

    exact: Distribution = defaultdict(float)
    uniform: Distribution = defaultdict(float)  # attached whatever the degrees
    grown = _attached(5, 2)
    for edges, p in grown.items():
        for outcome, p_kept in _drops(5, edges, 0.4):
            exact[nameless(outcome)] += p * p_kept
            uniform[nameless(outcome)] += p_kept / len(grown)
    drawn = [nameless(outcome) for outcome in outcomes("barabasi_albert", 5, 10_000)]
    assert counts_p(drawn, exact) > p_limit()
    assert counts_p(drawn, uniform) < p_limit()


@pytest.mark.parametrize(("n", "m"), [(7, 1), (9, 2), (8, 3)])
def test_preferential_attachment_has_the_degrees_that_networkx_gives(n: int, m: int) -> None:
    def degrees(edges: Iterable[tuple[int, int]]) -> tuple[int, ...]:
        flat = [node for edge in edges for node in edge]
        return tuple(sorted(flat.count(node) for node in range(n)))

    graphs = sampled("barabasi_albert", n, 3000, m=m, p_drop=0)
    ours = [degrees(edges) for edges in graphs]
    theirs = [degrees(nx.barabasi_albert_graph(n, m, seed=s).edges) for s in range(3000)]
    even = [degrees(nx.gnm_random_graph(n, len(g), seed=s).edges) for s, g in enumerate(graphs)]
    assert two_sample_p(ours, theirs) > p_limit(3)
    assert two_sample_p(ours, even) < p_limit()


@pytest.mark.parametrize(("n", "k", "p"), [(5, 2, 0.4), (6, 2, 0.2), (6, 4, 0.3), (7, 4, 0.1)])
def test_small_world_has_the_graphs_that_networkx_gives(n: int, k: int, p: float) -> None:
    """Those that were joined are one outcome here, as are those that networkx leaves apart."""

    def connected(edges: Iterable[tuple[int, int]], is_whole: bool) -> Outcome | None:
        return _outcome((min(e), max(e)) for e in edges) if is_whole else None

    def networkx(p: float) -> list[Outcome | None]:
        graphs = [nx.watts_strogatz_graph(n, k, p, seed=s) for s in range(4000)]
        return [connected(graph.edges, nx.is_connected(graph)) for graph in graphs]

    drawn = sampled("watts_strogatz", n, 4000, k=k, p_rewire=p)
    ours = [connected(edges, len(edges) == n * k // 2) for edges in drawn]
    assert two_sample_p(ours, networkx(p)) > p_limit(4)
    assert two_sample_p(ours, networkx(p + 0.15)) < p_limit()


@pytest.mark.parametrize(("n", "p"), [(2, 0.1), (3, 0.2), (4, 0.15), (4, 0.5)])
def test_erdos_renyi_is_exact(n: int, p: float) -> None:
    drawn = outcomes("erdos_renyi", n, 6000, p=p)
    if n == 2:
        assert set(drawn) == {((0, 1),)}
        return
    assert counts_p(drawn, _erdos_renyi(n, p)) > p_limit(3)
    assert counts_p(drawn, _erdos_renyi(n, p / 2)) < p_limit()


@pytest.mark.parametrize(("n", "depth"), [(3, 2), (4, 2), (4, 3), (5, 3), (5, 4)])
def test_layered_is_exact(n: int, depth: int) -> None:
    drawn = outcomes("layered", n, 5000, depth=depth, p_drop=0.4)
    assert counts_p(drawn, _layered(n, depth, 0.4)) > p_limit(5)
    if n > depth + 1:
        assert counts_p(drawn, _layered(n, depth, 0.3)) < p_limit()


@pytest.mark.parametrize(("n", "depth"), [(3, 1), (4, 1), (4, 2), (5, 2)])
def test_shallow_is_exact(n: int, depth: int) -> None:
    drawn = outcomes("shallow", n, 5000, depth=depth, extra=0.4)
    assert counts_p(drawn, _shallow(n, depth, 0.4)) > p_limit(4)
    if (n, depth) != (3, 1):  # which leaves no further parent
        assert counts_p(drawn, _shallow(n, depth, 0.3)) < p_limit()


def test_shallow_is_as_deep_as_it_says() -> None:
    for depth in (1, 2, 3):
        for edges in sampled("shallow", 24, 5, depth=depth, extra=0.9):
            graph = nx.DiGraph(edges)
            assert nx.dag_longest_path_length(graph) == depth
            assert max(its for _, its in graph.in_degree()) >= 5


def test_layers_that_redrawing_cannot_connect_are_joined_between_their_first_two() -> None:
    chosen = {"depth": 3, "p_drop": 0.999}
    for seed_edges in sampled("layered", 24, 5, **chosen):
        level = _depths(24, seed_edges)
        assert set(level) == {0, 1, 2}
        assert all(level[b] == level[a] + 1 for a, b in seed_edges)
        assert nx.is_connected(nx.Graph(seed_edges))


def _depths(n: int, edges: Edges) -> list[int]:
    level = [0] * n
    for a, b in edges:  # sorted, and labels rise from layer to layer
        level[b] = max(level[b], level[a] + 1)
    return level


def _cauchy_by_brute_force(n: int, n_graphs: int, shared: float = 1.0) -> list[Outcome]:
    """All affinities of all graphs at once, from numpy's Cauchy."""
    rng = np.random.default_rng(2)
    picks = random.Random(3)
    a = rng.standard_cauchy((n_graphs, 1, 1))
    b = rng.standard_cauchy((n_graphs, n, 1))
    c = rng.standard_cauchy((n_graphs, 1, n))
    x = np.clip(shared * a + b + c, -700, 700)
    there = np.triu(rng.random(x.shape) < 1 / (1 + np.exp(-x)), 1)
    graphs = [[(int(i), int(j)) for i, j in np.argwhere(graph)] for graph in there]
    return [picks.choice([outcome for outcome, _ in _joins(n, edges)]) for edges in graphs]


@pytest.mark.parametrize("n", [3, 4])
def test_random_cauchy_has_the_graphs_of_a_brute_force_draw(n: int) -> None:
    drawn = outcomes("random_cauchy", n, 8000)
    assert two_sample_p(drawn, _cauchy_by_brute_force(n, 8000)) > p_limit(2)
    assert two_sample_p(drawn, _cauchy_by_brute_force(n, 8000, shared=0.0)) < p_limit()


@pytest.mark.parametrize("layout", layouts.names())
def test_one_table_has_no_edge_and_two_have_one(layout: str) -> None:
    assert sampled(layout, 1, 5) == [[]] * 5
    either = {((0, 1),), ((1, 0),)}
    found = set(outcomes(layout, 2, 40))
    by_label = layout in ("watts_strogatz", "erdos_renyi", "random_cauchy", "layered", "shallow")
    assert found == ({((0, 1),)} if by_label else either)


_SETTINGS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "barabasi_albert": {"m": st.integers(1, 40), "p_drop": st.floats(0, 1)},
    "erdos_renyi": {"p": st.floats(0, 1)},
    "shallow": {"depth": st.integers(1, 40), "extra": st.floats(0, 1)},
    "layered": {"depth": st.integers(2, 40), "p_drop": st.floats(0, 1, exclude_max=True)},
    "random_cauchy": {},
    "random_tree": {},
    "reverse_random_tree": {},
    "watts_strogatz": {"k": st.integers(1, 20).map(lambda k: 2 * k), "p_rewire": st.floats(0, 1)},
}


def test_every_setting_of_every_layout_is_tested() -> None:
    assert {entry.name: set(entry.parameters) for entry in layouts} == {
        name: set(its) for name, its in _SETTINGS.items()
    }


@pytest.mark.parametrize("layout", layouts.names())
@given(data=st.data())
@settings(max_examples=60)
def test_layout_is_a_connected_acyclic_graph_without_repeated_edges(
    layout: str, data: st.DataObject
) -> None:
    n = data.draw(st.integers(1, 30))
    chosen = data.draw(st.fixed_dictionaries({}, optional=_SETTINGS[layout]))
    stream = Stream(data.draw(st.integers(0, 2**64 - 1)))
    edges = sample_graph(layout, n, stream, layouts.settings({layout: chosen}))
    assert edges == sorted(set(edges))
    assert all(0 <= node < n for edge in edges for node in edge)
    TopologicalSorter({b: [a for a, c in edges if c == b] for b in range(n)}).prepare()
    graph: nx.Graph[int] = nx.Graph(edges)
    graph.add_nodes_from(range(n))
    assert nx.is_connected(graph)
    assert edges == sample_graph(layout, n, stream, layouts.settings({layout: chosen}))


def test_settings_of_the_small_world_are_drawn_for_each_graph() -> None:
    edges = [len(graph) for graph in sampled("watts_strogatz", 12, 2000, p_rewire=0)]
    assert chi_square_p([edges.count(12), edges.count(24)], [1, 1]) > p_limit()
    assert set(edges) == {12, 24}
