"""Null rows against every set of rows, and block counts against the hypergeometric distribution."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from plurel_cli.features.nulls import random as nulls
from plurel_cli.features.nulls.random import Nulls
from plurel_cli.numerics.shares import floor_share
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from tests.statistics import chi_square_p, counts_p, p_limit


def null_rows(n_rows: int, share: float, seed: int) -> tuple[int, ...]:
    its = Nulls(n_rows, share, Stream(seed))
    blocks = [its.block(index) for index in range(-(-n_rows // nulls.BLOCK_ROWS))]
    return tuple(np.flatnonzero(np.concatenate(blocks)).tolist())


@given(
    n_rows=st.one_of(
        st.integers(1, 5_000),
        st.sampled_from([BLOCK_ROWS - 1, BLOCK_ROWS, BLOCK_ROWS + 1, 3 * BLOCK_ROWS + 7]),
    ),
    share=st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.1, 0.29, 1.0])),
    seed=st.integers(0, 100),
)
def test_there_are_as_many_as_the_share_says(n_rows: int, share: float, seed: int) -> None:
    its = Nulls(n_rows, share, Stream(seed))
    blocks = [its.block(index) for index in range(-(-n_rows // BLOCK_ROWS))]
    assert all(block.dtype == np.bool_ for block in blocks)
    assert all(len(block) == BLOCK_ROWS for block in blocks[:-1])
    assert sum(len(block) for block in blocks) == n_rows
    assert sum(int(block.sum()) for block in blocks) == floor_share(share, n_rows)


@pytest.mark.parametrize("block_rows", [1, 2, 3, 5, 100])
def test_every_set_of_rows_is_as_likely(block_rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nulls, "BLOCK_ROWS", block_rows)
    found = [null_rows(6, 0.5, seed) for seed in range(2_000)]
    expected = dict.fromkeys(combinations(range(6), 3), 1.0)
    assert counts_p(found, expected) > p_limit(5)
    # as many in each half as in the other: what fixed counts a block would give
    even = [rows for rows in expected if sum(row < 3 for row in rows) in (1, 2)] * 100
    assert counts_p(even, expected) < p_limit(5)


@pytest.mark.parametrize("index", [0, 1, 2])
def test_counts_of_a_block_are_hypergeometric(index: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nulls, "BLOCK_ROWS", 20)
    found = [int(Nulls(50, 0.3, Stream(seed)).block(index).sum()) for seed in range(4_000)]
    size = 20 if index < 2 else 10
    counts = np.bincount(found, minlength=16)
    assert chi_square_p(counts, stats.hypergeom(50, 15, size).pmf(range(16))) > p_limit(6)
    assert chi_square_p(counts, stats.binom(size, 0.3).pmf(range(len(counts)))) < p_limit(6)


def test_counts_of_two_blocks_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nulls, "BLOCK_ROWS", 4)
    found: Counter[tuple[int, int]] = Counter()
    for seed in range(3_000):
        its = Nulls(10, 0.5, Stream(seed))
        found[int(its.block(0).sum()), int(its.block(1).sum())] += 1
    joint = stats.multivariate_hypergeom([4, 4, 2], 5)
    expected = {
        (a, b): float(joint.pmf([a, b, 5 - a - b]))
        for a in range(5)
        for b in range(5)
        if 0 <= 5 - a - b <= 2
    }
    assert counts_p(found, expected) > p_limit()


def test_rows_within_a_large_block_are_uniform() -> None:
    found = np.flatnonzero(Nulls(10**7, 0.05, Stream(3)).block(100))
    p = stats.kstest((found + 0.5) / BLOCK_ROWS, "uniform").pvalue
    assert p > p_limit()
    assert stats.kstest(((found + 0.5) / BLOCK_ROWS) ** 1.25, "uniform").pvalue < p_limit()


def test_any_block_on_its_own() -> None:
    n_rows, share = 3 * BLOCK_ROWS + 11, 0.07
    forward = Nulls(n_rows, share, Stream(5))
    blocks = [forward.block(index) for index in range(4)]
    for index in (3, 1, 2, 0):
        alone = Nulls(n_rows, share, Stream(5)).block(index)
        np.testing.assert_array_equal(alone, blocks[index])


def test_streams_differ() -> None:
    assert null_rows(200, 0.1, 1) != null_rows(200, 0.1, 2)
    blocks = Nulls(2 * BLOCK_ROWS, 0.5, Stream(1))
    assert (blocks.block(0) != blocks.block(1)).any()


def test_huge_table() -> None:
    n_rows = 10**9
    its = Nulls(n_rows, 0.01, Stream(0))
    last = -(-n_rows // BLOCK_ROWS) - 1
    assert len(its.block(last)) == n_rows - last * BLOCK_ROWS
    mean = BLOCK_ROWS * 0.01
    for index in (0, 7_000, last - 1):
        z = (int(its.block(index).sum()) - mean) / (mean * 0.99) ** 0.5
        assert abs(z) < stats.norm.isf(p_limit(3) / 2)
