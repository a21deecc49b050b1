"""Compiled functions that make keys give what their definitions give, to the bit."""

from __future__ import annotations

from inspect import unwrap
from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from plurel_cli.compiled.code.twins import TWINS
from plurel_cli.connectivity import keys as by_table
from plurel_cli.connectivity import likeliest as by_likeliest
from plurel_cli.connectivity.clusters import Clusters, clusters
from plurel_cli.connectivity.hsbm import check_reachable
from plurel_cli.connectivity.keys import TableKeys
from plurel_cli.connectivity.likeliest import LikeliestKeys
from plurel_cli.connectivity.other_clusters import ClusterTables, shares
from plurel_cli.connectivity.reach import drawn_reach
from plurel_cli.connectivity.shaped import among_blocks, inverted
from plurel_cli.connectivity.weights import RowWeights
from plurel_cli.errors import ConfigError
from plurel_cli.kernel.twins import definitions
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.schema.block_model import BlockModel
from tests.connectivity.models import model_of

radices = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=5)


@st.composite
def models(draw: st.DrawFn, least: float = 0.0, of: Any = radices) -> BlockModel:
    """Block models; some scores may be nearly zero or zero, but for one a child cluster."""
    rng = np.random.default_rng(draw(st.integers(0, 1 << 32)))
    levels = []
    for n_parents, n_children in draw(of):
        p = rng.random((n_parents, n_children)) * draw(st.sampled_from([1.0, 0.1, 1e-9, 1e-40]))
        if draw(st.booleans()):
            p[rng.random(p.shape) < 0.3] = least
        p[rng.integers(n_parents, size=n_children), np.arange(n_children)] = draw(
            st.sampled_from([1.0, 0.9, 0.3])
        )
        levels.append(p.tolist())
    return model_of(*levels)


def rows(radices: tuple[int, ...], some: st.SearchStrategy[int]) -> st.SearchStrategy[int]:
    """So many rows that no cluster is without one."""
    return some.map(lambda extra: prod(radices) + extra)


def twin_of(name: str) -> Any:
    return TWINS[name](definitions[name])


def same_tables(model: BlockModel, n_coarse: int, parents: Clusters) -> ClusterTables:
    levels = [shares(level) for level in model.levels]
    given_ = levels[:n_coarse], levels[n_coarse:], parents.sizes
    expected, compiled = definitions["cluster_tables"](*given_), twin_of("cluster_tables")(*given_)
    assert len(expected) == len(compiled)
    for here, there in zip(expected, compiled, strict=True):
        assert here.dtype == there.dtype
        assert here.shape == there.shape
        assert np.array_equal(here, there)
    return ClusterTables(*expected)


@given(st.data(), models(), st.integers(0, 9))
def test_tables_of_clusters_are_the_same(data: st.DataObject, model: BlockModel, cut: int) -> None:
    n_parents = data.draw(rows(model.parent_radices, st.integers(0, 10**9)))
    same_tables(model, 1 + cut % len(model.levels), clusters(n_parents, model.parent_radices))


@given(st.data(), models(), st.integers(0, 9), st.integers(0, 1 << 40))
def test_keys_by_the_likeliest_cluster_are_the_same(
    data: st.DataObject, model: BlockModel, cut: int, seed: int
) -> None:
    n_parents = data.draw(rows(model.parent_radices, st.integers(0, 10**6)))
    n_children = data.draw(
        rows(model.child_radices, st.one_of(st.integers(0, 99), st.integers(0, 150_000)))
    )
    parents = clusters(n_parents, model.parent_radices)
    children = clusters(n_children, model.child_radices)
    tables = same_tables(model, 1 + cut % len(model.levels), parents)
    keys = LikeliestKeys(tables, parents, children, Stream(seed))
    for block in range(-(-n_children // BLOCK_ROWS)):
        expected = keys.block(block)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(by_likeliest, "fill", twin_of("likeliest_keys"))
            assert np.array_equal(keys.block(block), expected)


@given(st.data(), models(), st.integers(0, 1 << 40))
def test_keys_by_thresholds_are_the_same(data: st.DataObject, model: BlockModel, seed: int) -> None:
    """Whether clusters hold rows or not, many or few of them."""
    sizes = st.one_of(st.integers(1, 9), st.integers(1, 3000), st.integers(1, 150_000))
    n_parents, n_children = data.draw(sizes), data.draw(sizes)
    try:
        check_reachable(model, n_parents, n_children, "key")
    except ConfigError:
        reject()
    parents = clusters(n_parents, model.parent_radices)
    children = clusters(n_children, model.child_radices)
    table = TableKeys(model, parents, children, Stream(seed))
    for block in range(-(-n_children // BLOCK_ROWS)):
        expected = table.block(block)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(by_table, "fill_by_table", twin_of("table_keys"))
            assert np.array_equal(table.block(block), expected)


@given(st.data(), models(), st.integers(0, 1 << 32), st.booleans(), st.booleans())
def test_keys_with_habits_are_the_same(
    data: st.DataObject, model: BlockModel, seed: int, has_time: bool, has_childless: bool
) -> None:
    """Of parents of whom some weigh nothing, with rows that come before some parents."""
    sizes = st.one_of(st.integers(1, 9), st.integers(1, 3000), st.integers(1, 70_000))
    n_parents, n_children = data.draw(sizes), data.draw(st.integers(1, 3000))
    rng = np.random.default_rng(seed)
    weights = rng.random(n_parents) ** data.draw(st.sampled_from([0.0, 1.0, 9.0]))
    if has_childless:
        weights[rng.random(n_parents) < 0.5] = 0.0
        weights[0] = 1.0
    sums = np.append(0.0, np.cumsum(weights))
    reach = drawn_reach(model, n_parents, n_children, lambda kept: RowWeights(sums, sums))
    n = 500
    places, points = rng.integers(0, n_children, n), rng.random(n)
    points[:2] = 2.0**-54, 1.0 - 2.0**-53
    present = rng.integers(1, n_parents + 1, n) if has_time else None
    given_ = (
        *(reach.children.edges, reach.parents.edges, reach.scores, reach.before, sums),
        *(places, points, present),
    )
    with np.errstate(all="ignore"):
        expected = unwrap(among_blocks)(*given_)
    assert np.array_equal(twin_of("among_blocks")(*given_), expected)
    target = rng.random(n) * sums[-1] * data.draw(st.sampled_from([1.0, 1.5]))
    target[:3] = 0.0, np.nan, sums[n_parents // 2]
    of_rows = sums, target, present
    expected = unwrap(inverted)(*of_rows)
    assert np.array_equal(twin_of("inverted")(*of_rows), expected)


def test_rows_without_a_parent_are_left_to_the_definition() -> None:
    sums, edges = np.array([0.0, 1.0, 3.0]), np.array([0, 2])
    scores, before = np.ones((1, 1)), np.array([[0.0, 3.0]])
    seen: list[Any] = []

    def definition(*given: Any) -> Any:
        seen.append(given)
        return np.array([7])

    rows = np.array([0]), np.array([0.5]), np.array([0])
    made = TWINS["among_blocks"](definition)(edges, edges, scores, before, sums, *rows)
    assert made.tolist() == [7]
    assert len(seen) == 1
