from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from functools import cache
from itertools import pairwise, product
from typing import NamedTuple
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from plurel_cli.connectivity import other_clusters
from plurel_cli.connectivity.clusters import clusters
from plurel_cli.connectivity.descent import DescentKeys, can_descend, steps
from plurel_cli.connectivity.keys import Keys, TableKeys, block_model_keys
from plurel_cli.connectivity.levelwise import LevelwiseKeys
from plurel_cli.connectivity.likeliest import LikeliestKeys
from plurel_cli.connectivity.other_clusters import (
    ClusterTables,
    in_one_step,
    in_two_steps,
    least_likely,
    others,
    shares,
)
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.schema.block_model import BlockModel
from tests.connectivity.models import (
    MakeKeys,
    Matrix,
    all_blocks,
    brute_force,
    drawn,
    keys_p,
    model_of,
    row_probabilities,
    same_keys_p,
    uneven,
)
from tests.statistics import chi_square_p, counts_p, p_limit


def by_table(model: BlockModel, n_parents: int, n_children: int, stream: Stream) -> Keys:
    parents = clusters(n_parents, model.parent_radices)
    return TableKeys(model, parents, clusters(n_children, model.child_radices), stream)


def by_level(model: BlockModel, n_parents: int, n_children: int, stream: Stream) -> Keys:
    children = clusters(n_children, model.child_radices)
    return LevelwiseKeys(model, n_parents, children, stream)


def by_descent(model: BlockModel, n_parents: int, n_children: int, stream: Stream) -> Keys:
    return DescentKeys(model, n_parents, n_children, stream)


def _by_likeliest(
    step: Callable[[list[list[list[float]]], NDArray[np.int64]], ClusterTables],
    model: BlockModel,
    n_parents: int,
    n_children: int,
    stream: Stream,
) -> Keys:
    parents = clusters(n_parents, model.parent_radices)
    children = clusters(n_children, model.child_radices)
    its = step([shares(level) for level in model.levels], parents.sizes)
    return LikeliestKeys(its, parents, children, stream)


def by_one_step(model: BlockModel, n_parents: int, n_children: int, stream: Stream) -> Keys:
    return _by_likeliest(in_one_step, model, n_parents, n_children, stream)


def by_two_steps(model: BlockModel, n_parents: int, n_children: int, stream: Stream) -> Keys:
    return _by_likeliest(in_two_steps, model, n_parents, n_children, stream)


LIKELIEST = [by_one_step, by_two_steps]


class Case(NamedTuple):
    """A block model and the sizes of its tables."""

    levels: list[Matrix]
    n_parents: int
    n_children: int
    n_draws: int = 20_000

    @property
    def model(self) -> BlockModel:
        return model_of(*self.levels)

    @property
    def n_seeds(self) -> int:
        return max(1, self.n_draws // self.n_children)


DEFAULT = [[0.9, 0.0012, 0.0019], [0.0011, 0.9, 0.0015], [0.0018, 0.0013, 0.9]]
ZERO = [[0.9, 0.0, 0.3], [0.0, 0.5, 0.6], [0.2, 0.0, 0.0]]
TWO = [[0.9, 0.3], [0.2, 0.8]]

# Every parent cluster holds a row.
COMPLETE = {
    "one level": Case([uneven(3, 3)], 10, 17),
    "square": Case([uneven(2, 2), uneven(3, 3)], 20, 30),
    "default scores": Case([DEFAULT, DEFAULT], 31, 9000, 900_000),
    "wide diagonal wraps": Case([uneven(2, 3), uneven(1, 3)], 7, 25),
    "tall diagonal wraps": Case([uneven(3, 2), uneven(3, 1)], 25, 7),
    "one child cluster": Case([uneven(3, 1), uneven(2, 1)], 23, 10),
    "one parent cluster": Case([uneven(1, 3), uneven(1, 2)], 9, 20),
    "five levels": Case([uneven(2, 2, low=0.2)] * 5, 75, 70),
    "zeros": Case([ZERO, ZERO], 29, 21),
    "child clusters empty": Case([uneven(2, 3), uneven(2, 3), uneven(2, 3)], 13, 5, 10_000),
    "one child": Case([TWO, TWO], 11, 1, 5000),
    "many rows": Case([uneven(3, 3), uneven(2, 2)], 40, 100_000),
}

# Clusters of the parent are empty, so that only a table of those that are not will do.
INCOMPLETE = {
    "parent clusters empty": Case([uneven(3, 2), uneven(3, 2), uneven(3, 2)], 5, 13),
    "both sides empty": Case([uneven(3, 3, low=0.3)] * 4, 7, 9),
    "ten levels of 2": Case([uneven(2, 2, low=0.6)] * 10, 40, 30),
    "20 levels of 2": Case([uneven(2, 2, low=0.6)] * 20, 40, 30),
    "20 levels of 3": Case([uneven(3, 3, low=0.7)] * 20, 30, 40),
    "64 levels": Case([uneven(3, 3, high=1.0, low=0.85)] * 64, 6, 10, 10_000),
    "zeros and empty": Case([TWO, ZERO, ZERO], 9, 4, 10_000),
}

CASES = COMPLETE | INCOMPLETE

# Every cluster of both sides holds a row, so that the likeliest parent cluster may go first.
FULL = sorted(set(COMPLETE) - {"child clusters empty", "one child"})


@cache
def _keys(name: str, make: MakeKeys = block_model_keys) -> NDArray[np.int64]:
    """Keys of a case by seed, shape (n_seeds, n_children)."""
    case = CASES[name]
    return drawn(case.model, case.n_parents, case.n_children, case.n_seeds, make)


@cache
def _exact(name: str) -> NDArray[np.float64]:
    case = CASES[name]
    return row_probabilities(case.model, case.n_parents, case.n_children)


def _changed(levels: list[Matrix]) -> list[Matrix]:
    """The same levels, on all of which the first parent cluster scores half as high with the
    last child cluster.
    """
    return [[[*p[0][:-1], 0.5 * p[0][-1]], *p[1:]] for p in levels]


@pytest.mark.parametrize("name", CASES)
def test_keys_follow_the_exact_probabilities_cell_by_cell(name: str) -> None:
    case = CASES[name]
    keys = _keys(name)
    assert keys_p(case.model, case.n_parents, case.n_children, keys) > p_limit(len(CASES))


@pytest.mark.parametrize("name", sorted(set(CASES) - {"one parent cluster"}))
def test_a_score_half_as_high_would_be_seen(name: str) -> None:
    case = CASES[name]
    keys = _keys(name)
    other = model_of(*_changed(case.levels))
    assert keys_p(other, case.n_parents, case.n_children, keys) < p_limit(len(CASES))


@pytest.mark.parametrize("name", ["wide diagonal wraps", "tall diagonal wraps", "five levels"])
def test_clusters_drawn_without_their_sizes_would_be_seen(name: str) -> None:
    """A cluster by its score alone, then a row of it, is another distribution."""
    case = CASES[name]
    rng = np.random.default_rng(1)
    exact = _exact(name)
    parents = clusters(case.n_parents, case.model.parent_radices)
    weights = exact / parents.sizes.repeat(parents.sizes)
    keys = brute_force(weights / weights.sum(axis=1, keepdims=True), rng, case.n_seeds)
    assert keys_p(case.model, case.n_parents, case.n_children, keys) < p_limit(len(CASES))


@pytest.mark.parametrize("name", sorted(set(CASES) - {"many rows"}))
def test_keys_agree_with_a_sampler_that_goes_row_by_row(name: str) -> None:
    """It scores every parent row, normalises, and inverts the distribution function."""
    case = CASES[name]
    keys = _keys(name)
    exact = _exact(name)
    slow = brute_force(exact, np.random.default_rng(7), case.n_seeds)
    assert keys_p(case.model, case.n_parents, case.n_children, slow) > p_limit(len(CASES))
    assert same_keys_p(case.model, case.n_children, keys, slow) > p_limit(len(CASES))


@pytest.mark.parametrize("name", ["square", "five levels", "20 levels of 2"])
def test_a_row_by_row_sampler_of_another_model_would_disagree(name: str) -> None:
    case = CASES[name]
    keys = _keys(name)
    other = row_probabilities(model_of(*_changed(case.levels)), case.n_parents, case.n_children)
    slow = brute_force(other, np.random.default_rng(7), case.n_seeds)
    assert same_keys_p(case.model, case.n_children, keys, slow) < p_limit(3)


@pytest.mark.parametrize("name", COMPLETE)
def test_levels_one_by_one_give_the_same_distribution(name: str) -> None:
    case = COMPLETE[name]
    sizes = case.n_parents, case.n_children
    keys = _keys(name, by_level)
    assert keys_p(case.model, *sizes, keys) > p_limit(len(COMPLETE))
    table = _keys(name, by_table)
    assert same_keys_p(case.model, case.n_children, keys, table) > p_limit(len(COMPLETE))


@pytest.mark.parametrize("name", sorted(set(COMPLETE) - {"one parent cluster"}))
def test_levels_one_by_one_of_another_model_would_be_seen(name: str) -> None:
    case = COMPLETE[name]
    sizes = case.n_parents, case.n_children
    keys = _keys(name, by_level)
    assert keys_p(model_of(*_changed(case.levels)), *sizes, keys) < p_limit(len(COMPLETE))


@pytest.mark.parametrize("name", FULL)
@pytest.mark.parametrize("make", LIKELIEST)
def test_the_likeliest_cluster_first_gives_the_same_distribution(name: str, make: MakeKeys) -> None:
    """However unlikely the likeliest is, and hence however many the strays."""
    case = COMPLETE[name]
    sizes = case.n_parents, case.n_children
    keys = _keys(name, make)
    assert keys_p(case.model, *sizes, keys) > p_limit(2 * len(FULL))
    table = _keys(name, by_table)
    assert same_keys_p(case.model, case.n_children, keys, table) > p_limit(2 * len(FULL))


@pytest.mark.parametrize("name", sorted(set(FULL) - {"one parent cluster"}))
@pytest.mark.parametrize("make", LIKELIEST)
def test_the_likeliest_cluster_first_in_another_model_would_be_seen(
    name: str, make: MakeKeys
) -> None:
    case = COMPLETE[name]
    sizes = case.n_parents, case.n_children
    keys = _keys(name, make)
    assert keys_p(model_of(*_changed(case.levels)), *sizes, keys) < p_limit(2 * len(FULL))


# So few labels that the sums below each are soon made for every seed.
DEEP = ["both sides empty", "parent clusters empty", "ten levels of 2", "zeros and empty"]


@pytest.mark.parametrize("name", DEEP)
def test_descent_gives_the_same_distribution(name: str) -> None:
    case = INCOMPLETE[name]
    keys = _keys(name, by_descent)
    assert keys_p(case.model, case.n_parents, case.n_children, keys) > p_limit(len(DEEP))
    table = _keys(name, by_table)
    assert same_keys_p(case.model, case.n_children, keys, table) > p_limit(len(DEEP))


@pytest.mark.parametrize("name", DEEP)
def test_descent_in_another_model_would_be_seen(name: str) -> None:
    case = INCOMPLETE[name]
    sizes = case.n_parents, case.n_children
    keys = _keys(name, by_descent)
    assert keys_p(model_of(*_changed(case.levels)), *sizes, keys) < p_limit(len(DEEP))


def test_descent_where_both_tables_are_too_large_for_one() -> None:
    """Over 13 levels, against the exact probabilities of each of 5,000 parents, summed over the
    children of a block.
    """
    levels = [uneven(2, 2, high=1.0, low=0.5)] * 10 + [uneven(2, 1)] * 3
    model, n_parents, n_children = model_of(*levels), 5000, 1024 * 4000
    assert type(block_model_keys(model, n_parents, n_children, Stream(1))) is DescentKeys
    keys = DescentKeys(model, n_parents, n_children, Stream(1))
    exact = np.ones((1, 1))
    for level in model.levels:
        exact = np.kron(exact, np.array(level.p).T)
    rows = -(-np.arange(1, n_parents + 1) * (1 << 13) // n_parents) - 1
    exact = exact[:, rows]
    exact /= exact.sum(axis=1, keepdims=True)
    uneven_in_parents = []
    for block in (0, 31):
        first = block * BLOCK_ROWS
        drawn_keys = np.bincount(keys.block(block), minlength=n_parents)
        labels = np.bincount((first + np.arange(BLOCK_ROWS)) // 4000, minlength=1024)
        expected = labels @ exact
        assert chi_square_p(drawn_keys, expected) > p_limit(2)
        assert chi_square_p(drawn_keys, np.roll(labels, 16) @ exact) < p_limit(2)
        uneven_in_parents.append(expected.max() / expected.min())
    assert min(uneven_in_parents) > 10


def test_steps_join_levels_of_few_clusters() -> None:
    model = model_of(
        *[uneven(2, 2)] * 5, uneven(3, 1), [[0.5, 0.4]] * 20, uneven(1, 1), uneven(1, 3)
    )
    assert [its.shares.shape for its in steps(model)] == [(16, 16), (2, 6), (2, 20), (3, 1)]
    assert [its.n_finer for its in steps(model)] == [12, 6, 3, 1]
    assert can_descend(model)
    assert can_descend(model_of(*[uneven(2, 2)] * 20))
    assert not can_descend(model_of(*[uneven(3, 3)] * 20))
    assert not can_descend(model_of(*[uneven(1, 3)] * 20))


def test_the_likeliest_cluster_goes_first_where_nearly_all_rows_refer_to_it() -> None:
    """One rule, at 7/8; and both sides must have no empty cluster."""
    clear, even = model_of([[0.9, 0.1], [0.1, 0.9]]), model_of([[0.8, 0.2], [0.2, 0.8]])
    assert least_likely([shares(level) for level in clear.levels]) == pytest.approx(0.9)
    assert least_likely([shares(level) for level in (clear.levels * 2)]) == pytest.approx(0.81)
    assert least_likely([shares(level) for level in model_of([[0.9, 0.0]]).levels]) == 0.0
    kinds = {
        "clear": type(block_model_keys(clear, 9, 9, Stream(1))),
        "even": type(block_model_keys(even, 9, 9, Stream(1))),
        "a parent": type(block_model_keys(clear, 1, 9, Stream(1))),
        "a child": type(block_model_keys(clear, 9, 1, Stream(1))),
    }
    expected = {"clear": LikeliestKeys, "even": TableKeys, "a parent": TableKeys}
    assert kinds == expected | {"a child": TableKeys}


def test_shares_are_the_same_in_every_python() -> None:
    """From 3.12 on `sum` gives 1 for ten tenths, and before a little less."""
    (level,) = model_of([[0.1]] * 10).levels
    assert shares(level) == [[0.1] * 10]


def test_few_pairs_of_clusters_are_searched_in_one_step() -> None:
    """Up to 256; and both ways give the same keys but where rounding decides."""
    few, many = [uneven(2, 2)] * 4, [uneven(2, 2)] * 5
    for levels, step in ((few, in_one_step), (many, in_two_steps)):
        model = model_of(*levels)
        its = [shares(level) for level in model.levels]
        parents, children = clusters(99, model.parent_radices), clusters(9999, model.child_radices)
        with mock.patch.object(other_clusters, step.__name__) as chosen:
            others(its, parents, children)
        chosen.assert_called_once()
        one, two = (make(model, 99, 9999, Stream(2)).block(0) for make in LIKELIEST)
        np.testing.assert_array_equal(one, two)


STRAY = [[0.9, 0.02, 0.03], [0.01, 0.9, 0.04], [0.05, 0.015, 0.9]]


def _strays_expected(changed: float = 1.0) -> NDArray[np.float64]:
    """Probability of each of 27 parent clusters for each of 27 child clusters: sizes times scores,
    with the first level's lowest score times a factor.
    """
    first = np.array(STRAY) * np.where(np.array(STRAY) == 0.01, changed, 1.0)
    scores = np.kron(np.kron(first, np.array(STRAY)), np.array(STRAY))
    weights = scores * np.diff(70 * np.arange(28) // 27)[:, None]
    return np.asarray(weights / weights.sum(axis=0), dtype=np.float64)


@pytest.mark.parametrize("make", [*LIKELIEST, by_table])
def test_strays_over_three_levels_follow_the_exact_probabilities(make: MakeKeys) -> None:
    """A million keys over uneven clusters, of which one in seven strays."""
    n_children = 1_000_003
    keys = all_blocks(make(model_of(STRAY, STRAY, STRAY), 70, n_children, Stream(5)), n_children)
    parent = np.searchsorted(70 * np.arange(28) // 27, keys, side="right") - 1
    borders = n_children * np.arange(28) // 27
    exact, wrong = _strays_expected(), _strays_expected(changed=0.5)
    p_wrong = []
    for child, (begin, end) in enumerate(pairwise(borders.tolist())):
        counts = np.bincount(parent[begin:end], minlength=27)
        assert chi_square_p(counts, exact[:, child]) > p_limit(27)
        p_wrong.append(chi_square_p(counts, wrong[:, child]))
    assert min(p_wrong) < p_limit(27)
    rows = np.bincount(keys, minlength=70)
    size = np.diff(70 * np.arange(28) // 27)
    by_row = (exact * np.diff(borders) / size[:, None]).sum(axis=1).repeat(size)
    assert chi_square_p(rows, by_row) > p_limit()
    assert chi_square_p(rows, np.ones(70)) < p_limit()


@pytest.mark.parametrize("make", [by_table, by_level, *LIKELIEST, block_model_keys])
def test_one_parent_row_is_everybodys(make: MakeKeys) -> None:
    keys = make(model_of(uneven(1, 3), uneven(1, 2)), 1, 50, Stream(1)).block(0)
    assert keys.dtype == np.int64
    assert keys.tolist() == [0] * 50


def test_one_parent_row_in_one_of_many_clusters() -> None:
    keys = block_model_keys(model_of(*[uneven(3, 3)] * 30), 1, 50, Stream(1)).block(0)
    assert keys.tolist() == [0] * 50


def test_scores_of_zero_are_never_drawn() -> None:
    """A permutation of clusters: child cluster c has parents of cluster (c + 1) mod 3 alone."""
    cycle = [[0.0, 0.0, 0.7], [0.3, 0.0, 0.0], [0.0, 0.1, 0.0]]
    for make in (by_table, by_level, *LIKELIEST):
        keys = all_blocks(make(model_of(cycle, cycle), 90, 100_000, Stream(2)), 100_000)
        label = clusters(90, [3, 3]).digits.repeat(10, axis=1)[:, keys]
        child = clusters(100_000, [3, 3])
        expected = (child.digits.repeat(child.sizes, axis=1) + 1) % 3
        np.testing.assert_array_equal(label, expected)


# So many clusters that levels are drawn one by one: 4096 on each side, of one parent row or two.
DEEP = [[0.9, 0.3], [0.2, 0.9]]
DEEP_PARENTS, DEEP_CHILDREN = 5000, 70_000
DEEP_PARENT_SIZES = np.diff(DEEP_PARENTS * np.arange(4097) // 4096)
DEEP_CHILD_SIZES = np.diff(DEEP_CHILDREN * np.arange(4097) // 4096)


def _deep_outcome(parent: NDArray[np.int64], child: NDArray[np.int64]) -> NDArray[np.int64]:
    """First two digits of the child's cluster and of the parent's, digits that match, size."""
    matches = 12 - np.bitwise_count(parent ^ child).astype(np.int64)
    size = DEEP_PARENT_SIZES[parent] - 1
    return (((child >> 10) * 4 + (parent >> 10)) * 13 + matches) * 2 + size


def _deep_expected(weights: NDArray[np.int64]) -> NDArray[np.float64]:
    """Expected keys by outcome, one row for each pair of the child's first two digits, with a
    parent cluster weighing so much beside its score: all scores are a Kronecker product.
    """
    scores = np.ones((1, 1))
    for _ in range(12):
        scores = np.kron(scores, np.array(DEEP))
    scores *= weights[:, None]
    scores *= DEEP_CHILD_SIZES / scores.sum(axis=0)
    children = np.arange(4096)
    expected = np.zeros(4 * 4 * 13 * 2)
    for parent in range(4096):
        outcome = _deep_outcome(np.full(4096, parent), children)
        expected += np.bincount(outcome, scores[parent], minlength=len(expected))
    return expected.reshape(4, -1)


def test_thousands_of_clusters_follow_the_exact_probabilities() -> None:
    keys = all_blocks(
        block_model_keys(model_of(*[DEEP] * 12), DEEP_PARENTS, DEEP_CHILDREN, Stream(4)),
        DEEP_CHILDREN,
    )
    parent = np.repeat(np.arange(4096), DEEP_PARENT_SIZES)[keys]
    child = np.repeat(np.arange(4096), DEEP_CHILD_SIZES)
    counts = np.bincount(_deep_outcome(parent, child), minlength=4 * 4 * 13 * 2).reshape(4, -1)
    exact, unsized = _deep_expected(DEEP_PARENT_SIZES), _deep_expected(np.ones(4096, np.int64))
    for observed, expected, wrong in zip(counts, exact, unsized, strict=True):
        assert chi_square_p(observed, expected) > p_limit(4)
        assert chi_square_p(observed, wrong) < p_limit(4)
    # Both rows of a cluster of two are as likely.
    is_first = keys == (DEEP_PARENTS * np.arange(4097) // 4096)[parent]
    twos = is_first[DEEP_PARENT_SIZES[parent] == 2]
    assert chi_square_p([twos.sum(), (~twos).sum()], [1, 1]) > p_limit()


SEVERAL_BLOCKS = {
    "table": (by_table, [uneven(3, 3), uneven(2, 3)]),
    "level by level": (by_level, [uneven(3, 3), uneven(2, 3)]),
    "descent": (by_descent, [uneven(2, 2), uneven(3, 2)] * 6),
    "likeliest first": (by_one_step, [uneven(3, 3), uneven(2, 3)]),
    "likeliest first, in two steps": (by_two_steps, [uneven(3, 3), uneven(2, 3)]),
    "one cluster": (by_table, [[[0.5]]]),
    "more clusters than a slice": (block_model_keys, [uneven(2, 3)] * 9),
    "thousands of clusters": (block_model_keys, [uneven(2, 2)] * 12),
}


@pytest.mark.parametrize("name", SEVERAL_BLOCKS)
def test_a_block_alone_equals_the_same_block_of_the_whole(name: str) -> None:
    make, levels = SEVERAL_BLOCKS[name]
    model, n_children = model_of(*levels), 3 * BLOCK_ROWS + 1234
    keys = make(model, 5000, n_children, Stream(9))
    whole = [keys.block(index) for index in range(4)]
    assert [len(block) for block in whole] == [BLOCK_ROWS] * 3 + [1234]
    for index in (3, 1, 0, 2):
        alone = make(model, 5000, n_children, Stream(9)).block(index)
        assert alone.dtype == np.int64
        np.testing.assert_array_equal(alone, whole[index])
        np.testing.assert_array_equal(keys.block(index), whole[index])
        assert alone.min() >= 0
        assert alone.max() < 5000


@pytest.mark.parametrize("make", [by_table, by_level, *LIKELIEST])
def test_another_stream_gives_other_keys(make: MakeKeys) -> None:
    model = model_of(uneven(3, 3))
    one, other = (make(model, 5000, 1000, Stream(seed)).block(0) for seed in (1, 2))
    assert (one == other).mean() < 0.05


@pytest.mark.parametrize("make", [by_table, by_level, *LIKELIEST])
def test_children_are_independent(make: MakeKeys) -> None:
    """Neighbours in pairs, and the same place in two blocks, against the product of their laws."""
    model = model_of([[0.9], [0.4]])
    n_children = 2 * BLOCK_ROWS
    keys = all_blocks(make(model, 7, n_children, Stream(6)), n_children)
    p = row_probabilities(model, 7, 1)[0]
    expected = {(a, b): p[a] * p[b] for a, b in product(range(7), range(7))}
    neighbours = list(zip(keys[::2].tolist(), keys[1::2].tolist(), strict=True))
    assert counts_p(neighbours, expected) > p_limit(4)
    blocks = list(zip(keys[:BLOCK_ROWS].tolist(), keys[BLOCK_ROWS:].tolist(), strict=True))
    assert counts_p(blocks, expected) > p_limit(4)
    assert counts_p([(a, a) for a, _ in blocks], expected) < p_limit(4)


@given(
    n_parents=st.integers(1, 50),
    n_children=st.integers(1, 50),
    parent_radices=st.lists(st.integers(1, 3), min_size=1, max_size=4),
    child_radix=st.integers(1, 3),
    seed=st.integers(0, 100),
)
def test_every_key_is_a_parent_row(
    n_parents: int, n_children: int, parent_radices: list[int], child_radix: int, seed: int
) -> None:
    model = model_of(*[uneven(radix, child_radix) for radix in parent_radices])
    keys = block_model_keys(model, n_parents, n_children, Stream(seed)).block(0)
    assert len(keys) == n_children
    assert keys.min() >= 0
    assert keys.max() < n_parents


BILLION = 10**9


def test_a_block_of_a_billion_rows_takes_the_memory_of_a_block() -> None:
    model = model_of(*[DEFAULT] * 5)
    last = BILLION // BLOCK_ROWS
    tracemalloc.start()
    try:
        keys = block_model_keys(model, BILLION, BILLION, Stream(8))
        lengths = [len(keys.block(index)) for index in (0, 7777, last)]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert lengths == [BLOCK_ROWS, BLOCK_ROWS, BILLION - last * BLOCK_ROWS]
    assert peak < 32 * 8 * BLOCK_ROWS  # some tens of arrays of a block, not one of the rows


def test_a_block_of_a_billion_rows_follows_the_exact_probabilities() -> None:
    """Blocks in one child cluster, the first: all 243 parent clusters by their scores, rows even
    within them.
    """
    model = model_of(*[DEFAULT] * 5)
    keys = block_model_keys(model, BILLION, BILLION, Stream(8))
    sample = np.concatenate([keys.block(index) for index in range(8)])
    assert 8 * BLOCK_ROWS < BILLION // 243
    edges = BILLION * np.arange(244) // 243
    cluster = np.searchsorted(edges, sample, side="right") - 1
    scores = np.ones(1)
    for _ in range(5):
        scores = np.kron(scores, np.array(DEFAULT)[:, 0])
    counts = np.bincount(cluster, minlength=243)
    assert chi_square_p(counts, scores * np.diff(edges)) > p_limit(4)
    assert chi_square_p(counts, scores[::-1] * np.diff(edges)) < p_limit(4)
    offset, size = sample - edges[cluster], np.diff(edges)[cluster]
    tenths = np.bincount(offset * 100 // size, minlength=100)
    assert chi_square_p(tenths, np.ones(100)) > p_limit(4)
    for modulus in (2, 101):
        counts = np.bincount(offset % modulus, minlength=modulus)
        assert chi_square_p(counts, np.ones(modulus)) > p_limit(4)


def test_a_long_block_within_many_child_clusters_keeps_their_borders() -> None:
    """With scores of one and zero each child's parent cluster is known, row by row."""
    identity = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    n_parents, n_children = 5000, BLOCK_ROWS + 777
    model = model_of(*[identity] * 5)
    keys = all_blocks(block_model_keys(model, n_parents, n_children, Stream(1)), n_children)
    borders = n_children * np.arange(244) // 243
    for cluster, (begin, end) in enumerate(pairwise(borders.tolist())):
        own = keys[begin:end]
        assert own.min() >= n_parents * cluster // 243
        assert own.max() < n_parents * (cluster + 1) // 243


def test_scores_whose_products_vanish_are_drawn_by_their_ratios() -> None:
    tiny = model_of(*[[[1e-6 * 0.9, 1e-6 * 0.3], [1e-6 * 0.2, 1e-6 * 0.8]]] * 64)
    keys = all_blocks(by_table(tiny, 1000, 1000, Stream(1)), 1000)
    assert ((keys >= 0) & (keys < 1000)).all()
    scaled = model_of(
        [[1e-200 * p for p in row] for row in TWO], [[1e-200 * p for p in row] for row in TWO]
    )
    plain = model_of(TWO, TWO)
    for seed in range(20):
        assert np.array_equal(
            by_table(scaled, 40, 200, Stream(seed)).block(0),
            by_table(plain, 40, 200, Stream(seed)).block(0),
        )
