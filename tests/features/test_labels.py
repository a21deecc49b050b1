"""Labels against loops, relabellings against every permutation."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.random import default_rng
from numpy.typing import NDArray

from plurel_cli.features.labels import cut_labels, sample_relabelling
from plurel_cli.numerics.stream import Stream
from tests.statistics import counts_p, p_limit

Floats = NDArray[np.float32]

numbers = st.one_of(st.sampled_from([-1e6, -0.0, 0.0, 1.0, 1e6]), st.floats(-1e6, 1e6, width=32))


def column(least: int, most: int) -> st.SearchStrategy[Floats]:
    return arrays(np.float32, st.integers(least, most), elements=numbers)


@given(raw=column(0, 40), boundaries=st.one_of(column(0, 9), column(31, 34)))
def test_labels_equal_a_loop(raw: Floats, boundaries: Floats) -> None:
    boundaries = np.sort(boundaries)
    before = raw.copy()
    labels = cut_labels(raw, boundaries)
    assert labels.dtype == np.int32
    assert labels.tolist() == [sum(bool(b < value) for b in boundaries) for value in raw]
    np.testing.assert_array_equal(raw, before)


@pytest.mark.parametrize("n_boundaries", [0, 1, 32, 33, 300])
def test_each_number_of_boundaries(n_boundaries: int) -> None:
    boundaries = np.arange(n_boundaries, dtype=np.float32)
    raw = default_rng(0).permutation(np.arange(-1, n_boundaries + 1)).astype(np.float32)
    np.testing.assert_array_equal(cut_labels(raw, boundaries), np.maximum(raw, 0))


@given(
    categories=st.integers(1, 40),
    p_permuted=st.floats(0, 1),
    p_reversed=st.floats(0, 1),
    seed=st.integers(0, 1_000),
)
def test_a_relabelling_is_a_permutation(
    categories: int, p_permuted: float, p_reversed: float, seed: int
) -> None:
    labels = sample_relabelling(categories, p_permuted, p_reversed, Stream(seed).generator())
    assert labels.dtype == np.int32
    assert sorted(labels.tolist()) == list(range(categories))


def distribution(p_permuted: float, p_reversed: float) -> dict[tuple[int, ...], float]:
    expected = dict.fromkeys(permutations(range(3)), 0.0)
    for order in permutations(range(3)):
        p = p_permuted / 6 + (1 - p_permuted) * (order == (0, 1, 2))
        expected[order] += p * (1 - p_reversed)
        expected[tuple(2 - label for label in order)] += p * p_reversed
    return expected


def test_each_relabelling_is_as_likely_as_it_should_be() -> None:
    found = [
        tuple(sample_relabelling(3, 0.6, 0.3, Stream(seed).generator()).tolist())
        for seed in range(4_000)
    ]
    assert counts_p(found, distribution(0.6, 0.3)) > p_limit()
    assert counts_p(found, distribution(0.5, 0.3)) < p_limit()
    assert counts_p(found, distribution(0.6, 0.4)) < p_limit()


def test_certain_relabellings() -> None:
    generator = Stream(0).generator()
    for _ in range(20):
        assert sample_relabelling(4, 0.0, 0.0, generator).tolist() == [0, 1, 2, 3]
        assert sample_relabelling(4, 0.0, 1.0, generator).tolist() == [3, 2, 1, 0]
    found = {tuple(sample_relabelling(3, 1.0, 0.0, generator).tolist()) for _ in range(200)}
    assert found == set(permutations(range(3)))
