from __future__ import annotations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.graph import components, joined, low_to_high
from tests.statistics import counts_p, p_limit

_GRAPHS = st.integers(1, 12).flatmap(
    lambda n: st.tuples(
        st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=15)
    )
)


def _networkx(n: int, edges: list[tuple[int, int]]) -> nx.Graph[int]:
    graph: nx.Graph[int] = nx.Graph(edges)
    graph.add_nodes_from(range(n))
    return graph


@given(_GRAPHS)
def test_components_are_those_of_networkx_by_smallest_label(
    sized: tuple[int, list[tuple[int, int]]],
) -> None:
    n, edges = sized
    theirs = nx.connected_components(_networkx(n, edges))
    assert components(n, edges) == sorted(sorted(part) for part in theirs)


@given(_GRAPHS, st.integers(0, 1000))
def test_joined_adds_one_edge_from_each_component_to_the_next(
    sized: tuple[int, list[tuple[int, int]]], seed: int
) -> None:
    n, edges = sized
    parts = components(n, edges)
    whole = joined(n, edges, Stream(seed).draws())
    assert whole[: len(edges)] == edges
    links = whole[len(edges) :]
    assert len(links) == len(parts) - 1
    for (a, b), earlier, later in zip(links, parts, parts[1:], strict=False):
        assert a in earlier
        assert b in later
    assert nx.is_connected(_networkx(n, whole))


def test_ends_of_a_join_are_uniform_and_independent() -> None:
    edges = [(0, 1), (2, 3), (3, 4)]
    drawn = [tuple(joined(6, edges, Stream(seed).draws())[3:]) for seed in range(5000)]
    exact = {
        ((a, b), (c, 5)): 1.0 for a in (0, 1) for b in (2, 3, 4) for c in (2, 3, 4)
    }  # parts {0, 1}, {2, 3, 4} and {5}
    assert counts_p(drawn, exact) > p_limit()
    same_node = {key: 1.0 + 9.0 * (key[0][1] == key[1][0]) for key in exact}
    assert counts_p(drawn, same_node) < p_limit()


def test_low_to_high_turns_and_sorts() -> None:
    assert low_to_high([(3, 1), (0, 2), (1, 0)]) == [(0, 1), (0, 2), (1, 3)]
