from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from plurel_cli.choices.choice import Fixed, IntegerRange, OneOf
from plurel_cli.config.connectivity import ConnectivityConfig
from plurel_cli.connectivity import hsbm
from plurel_cli.connectivity.clusters import clusters
from plurel_cli.connectivity.hsbm import check_reachable, cluster_weights, sample_block_model
from plurel_cli.errors import ConfigError
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.block_model import BlockLevel, BlockModel
from tests.connectivity.models import labels_of, model_of, row_probabilities, uneven
from tests.statistics import counts_p, p_limit

N_MODELS = 3000

# Entries on the diagonal, which wraps where the matrix is not square, as the method draws it.
DIAGONALS = {
    (1, 1): ["x"],
    (1, 2): ["xx"],
    (1, 3): ["xxx"],
    (2, 1): ["x", "x"],
    (2, 2): ["x.", ".x"],
    (2, 3): ["x.x", ".x."],
    (3, 1): ["x", "x", "x"],
    (3, 2): ["x.", ".x", "x."],
    (3, 3): ["x..", ".x.", "..x"],
}


@pytest.fixture(scope="module")
def models() -> list[BlockModel]:
    return [sample_block_model(ConnectivityConfig(), Stream(seed)) for seed in range(N_MODELS)]


@pytest.fixture(scope="module")
def levels(models: list[BlockModel]) -> list[BlockLevel]:
    return [level for model in models for level in model.levels]


def _uniform(low: int, high: int) -> dict[int, float]:
    return dict.fromkeys(range(low, high + 1), 1.0)


def test_levels_are_uniform_from_1_to_5(models: list[BlockModel]) -> None:
    drawn = [len(model.levels) for model in models]
    assert counts_p(drawn, _uniform(1, 5)) > p_limit()
    assert counts_p(drawn, _uniform(1, 6)) < p_limit()
    assert counts_p(drawn, _uniform(2, 5)) < p_limit()


def test_cluster_counts_of_both_sides_are_uniform_and_independent(
    levels: list[BlockLevel],
) -> None:
    drawn = [(level.parent_clusters, level.child_clusters) for level in levels]
    assert counts_p(drawn, dict.fromkeys(DIAGONALS, 1.0)) > p_limit()
    assert counts_p([(a, a) for a, _ in drawn], dict.fromkeys(DIAGONALS, 1.0)) < p_limit()


def test_cluster_counts_of_successive_levels_are_independent(models: list[BlockModel]) -> None:
    deep = [model for model in models if len(model.levels) > 1]
    for radices in ("parent_radices", "child_radices"):
        drawn = [tuple(getattr(model, radices)[:2]) for model in deep]
        assert counts_p(drawn, dict.fromkeys(DIAGONALS, 1.0)) > p_limit(2)


def test_wrapped_diagonal_is_exactly_p_diagonal(levels: list[BlockLevel]) -> None:
    shapes = set()
    for level in levels:
        shape = (level.parent_clusters, level.child_clusters)
        shapes.add(shape)
        marks = ["".join("x" if p == 0.9 else "." for p in row) for row in level.p]
        assert marks == DIAGONALS[shape]
    assert shapes == DIAGONALS.keys()


def test_other_entries_are_uniform(levels: list[BlockLevel]) -> None:
    entries = np.array([p for level in levels for row in level.p for p in row if p != 0.9])
    assert entries.min() >= 0.001
    assert entries.max() < 0.002
    assert len(set(entries.tolist())) == len(entries)  # each drawn for itself
    assert stats.kstest(entries, "uniform", (0.001, 0.001)).pvalue > p_limit()
    assert stats.kstest(entries, "uniform", (0.001, 0.0011)).pvalue < p_limit()


def test_neighbouring_entries_are_independent(levels: list[BlockLevel]) -> None:
    quarters = [
        tuple(int((p - 0.001) * 4000) for p in (level.p[0][1], level.p[1][0]))
        for level in levels
        if min(level.parent_clusters, level.child_clusters) > 1
    ]
    expected = dict.fromkeys(product(range(4), range(4)), 1.0)
    assert counts_p(quarters, expected) > p_limit()


def test_settings_are_followed() -> None:
    config = ConnectivityConfig(
        levels=Fixed(7),
        parent_clusters=Fixed(4),
        child_clusters=IntegerRange(2, 3),
        p_diagonal=OneOf((0.5, 0.75)),
        p_off_diagonal=Fixed(0.25),
    )
    model = sample_block_model(config, Stream(3))
    assert model.parent_radices == (4,) * 7
    assert set(model.child_radices) == {2, 3}
    diagonal = [
        level.p[i % 4][i % level.child_clusters] for level in model.levels for i in range(4)
    ]
    assert set(diagonal) == {0.5, 0.75}
    assert {p for level in model.levels for row in level.p for p in row} == {0.25, 0.5, 0.75}


def test_one_setting_moves_no_other_draw() -> None:
    plain = sample_block_model(ConnectivityConfig(levels=Fixed(3)), Stream(5))
    deeper = sample_block_model(ConnectivityConfig(levels=Fixed(5)), Stream(5))
    assert deeper.levels[:3] == plain.levels
    other = sample_block_model(
        ConnectivityConfig(levels=Fixed(3), p_diagonal=OneOf((0.5, 0.6))), Stream(5)
    )
    for one, two in zip(plain.levels, other.levels, strict=True):
        pairs = [
            (a, b) for r, s in zip(one.p, two.p, strict=True) for a, b in zip(r, s, strict=True)
        ]
        assert all(a == b for a, b in pairs if a != 0.9)
        assert {b for a, b in pairs if a == 0.9} <= {0.5, 0.6}


@pytest.mark.parametrize(
    ("n_parents", "n_children"), [(8, 12), (7, 11), (3, 4), (1, 1), (2, 20), (20, 2)]
)
def test_weights_are_sizes_times_scores(n_parents: int, n_children: int) -> None:
    """Spread over the rows of a cluster they give every row its probability by definition."""
    model = model_of(uneven(2, 3), uneven(3, 2))
    parents = clusters(n_parents, model.parent_radices)
    children = clusters(n_children, model.child_radices)
    weights = cluster_weights(model, parents, children.digits)
    assert weights.shape == (children.n, parents.n)
    by_row = (weights / weights.sum(axis=1, keepdims=True) / parents.sizes).repeat(
        parents.sizes, axis=1
    )
    np.testing.assert_allclose(
        by_row.repeat(children.sizes, axis=0),
        row_probabilities(model, n_parents, n_children),
        rtol=1e-12,
    )


def _is_reachable(model: BlockModel, n_parents: int, n_children: int) -> bool:
    """Whether every child row has a parent row with a score above zero, in exact arithmetic."""
    parents = labels_of(n_parents, model.parent_radices)
    children = labels_of(n_children, model.child_radices)

    def score(a: tuple[int, ...], b: tuple[int, ...]) -> Fraction:
        pairs = zip(model.levels, a, b, strict=True)
        return math.prod((Fraction(level.p[i][j]) for level, i, j in pairs), start=Fraction(1))

    return all(any(score(a, b) > 0 for a in parents) for b in children)


def _is_refused(model: BlockModel, n_parents: int, n_children: int) -> bool:
    try:
        check_reachable(model, n_parents, n_children, "here")
    except ConfigError:
        return True
    return False


_score = st.sampled_from([0.0, 0.0, 0.5, 0.9])


@st.composite
def _models(draw: st.DrawFn) -> BlockModel:
    def matrix() -> list[list[float]]:
        rows, columns = draw(st.integers(1, 3)), draw(st.integers(1, 3))
        row = st.lists(_score, min_size=columns, max_size=columns)
        return draw(st.lists(row, min_size=rows, max_size=rows))

    return model_of(*(matrix() for _ in range(draw(st.integers(1, 3)))))


@settings(max_examples=400)
@given(_models(), st.integers(1, 30), st.integers(1, 30))
def test_a_model_is_refused_exactly_when_a_child_row_has_no_parent(
    model: BlockModel, n_parents: int, n_children: int
) -> None:
    assert _is_refused(model, n_parents, n_children) != _is_reachable(model, n_parents, n_children)


@settings(max_examples=400)
@given(_models(), st.integers(1, 30), st.integers(1, 30))
def test_many_clusters_are_refused_alike(
    model: BlockModel, n_parents: int, n_children: int
) -> None:
    """As where a table of all pairs would be too large."""
    with mock.patch.object(hsbm, "PAIRS_BY_TABLE", 0):
        is_refused = _is_refused(model, n_parents, n_children)
    assert is_refused != _is_reachable(model, n_parents, n_children)


@pytest.mark.parametrize(
    ("n_parents", "n_children", "is_refused"),
    [
        (4, 4, False),  # parents (0,0) (0,1) (1,0) (1,1): every child finds its twin
        (2, 4, True),  # parents (0,1) and (1,1) alone: children (·,0) find none
        (2, 2, False),  # and no child (·,0) is there
        (1, 1, False),
        (1, 2, True),  # the one parent is (1,1), a child is (0,1)
    ],
)
def test_empty_clusters_count_for_nothing(
    n_parents: int, n_children: int, is_refused: bool
) -> None:
    identity = [[1.0, 0.0], [0.0, 1.0]]
    model = model_of(identity, identity)
    assert _is_refused(model, n_parents, n_children) == is_refused


def test_the_refusal_names_the_place_and_a_remedy() -> None:
    with pytest.raises(ConfigError, match=r"^connectivity, for likes\.foreign_row_1: .*raise p_"):
        check_reachable(model_of([[0.0, 0.5]]), 3, 3, place="connectivity, for likes.foreign_row_1")


def test_a_check_of_many_clusters_costs_no_matrix_of_them() -> None:
    """2²⁰ parent clusters by 2²⁰ child clusters, of which a score is zero."""
    model = model_of(*[[[0.9, 0.0], [0.001, 0.9]]] * 20)
    check_reachable(model, 1 << 20, 1 << 20, "here")
    with pytest.raises(ConfigError):
        check_reachable(model_of(*[[[0.9, 0.0], [0.9, 0.0]]] * 20), 1 << 20, 1 << 20, "here")


def test_a_check_of_many_clusters_of_which_some_are_empty_costs_no_matrix_of_them() -> None:
    """Each child needs a parent of its own label; every second label has one."""
    identity = [[1.0, 0.0], [0.0, 1.0]]
    check_reachable(model_of(*[identity] * 20), 1 << 19, 1 << 19, "here")
    with pytest.raises(ConfigError):
        check_reachable(model_of(*[identity] * 20), 1 << 19, 1 << 20, "here")
