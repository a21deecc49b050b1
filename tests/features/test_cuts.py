"""Cut points against every choice of rows, and label frequencies against Beta's."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.random import default_rng
from numpy.typing import NDArray
from scipy import stats

from plurel_cli.features.cuts import cuts
from plurel_cli.features.cuts.zipf import MOST_FREQUENT, zipf_shares
from plurel_cli.features.labels import cut_labels
from plurel_cli.numerics.stream import Stream
from tests.statistics import counts_p, p_limit

Floats = NDArray[np.float32]


def cut(name: str, reference: Floats, categories: int, seed: int) -> Floats:
    return cuts[name].function(reference, categories, Stream(seed).generator())


def test_names() -> None:
    assert cuts.names() == ("dirichlet", "rows", "zipf")


@pytest.mark.parametrize("name", ["dirichlet", "rows", "zipf"])
@given(
    values=arrays(np.float32, st.integers(1, 30), elements=st.floats(-1e6, 1e6, width=32)),
    categories=st.integers(2, 12),
    seed=st.integers(0, 100),
)
def test_boundaries_rise(name: str, values: Floats, categories: int, seed: int) -> None:
    reference = np.sort(values)
    boundaries = cut(name, reference, categories, seed)
    assert boundaries.dtype == np.float32
    assert boundaries.shape == (categories - 1,)
    assert (np.diff(boundaries) >= 0).all()
    below_all = np.nextafter(reference[0], np.float32(-np.inf))
    assert np.isin(boundaries, np.append(reference, below_all)).all()


def test_rows_are_drawn_uniformly_with_replacement() -> None:
    reference = np.float32([-1, 0, 0, 5])
    expected: Counter[tuple[float, ...]] = Counter()
    for rows in product(range(4), repeat=3):
        expected[tuple(sorted(float(reference[row]) for row in rows))] += 1
    found = [tuple(cut("rows", reference, 4, seed).tolist()) for seed in range(3_000)]
    assert counts_p(found, dict(expected)) > p_limit()
    without = [tuple(sorted(its)) for its in combinations(reference.tolist(), 3)] * 750
    assert counts_p(without, dict(expected)) < p_limit()


def test_rows_leave_labels_empty() -> None:
    reference = np.arange(3, dtype=np.float32)
    labels = [set(cut_labels(reference, cut("rows", reference, 4, s)).tolist()) for s in range(50)]
    assert any(len(its) < 3 for its in labels)


@pytest.mark.parametrize("label", [0, 1, 4])
def test_dirichlet_gives_each_label_its_share(label: int) -> None:
    reference = np.sort(default_rng(0).standard_normal(10_000).astype(np.float32))
    shares = [
        (cut_labels(reference, cut("dirichlet", reference, 5, seed)) == label).mean()
        for seed in range(1_500)
    ]
    # a share of 10,000 rows is a multiple of 1e-4: an error far below that of 1,500 draws
    assert stats.kstest(shares, stats.beta(1, 4).cdf).pvalue > p_limit(3)
    assert stats.kstest(shares, stats.beta(1, 6).cdf).pvalue < p_limit(3)
    of_rows = [
        (cut_labels(reference, cut("rows", reference, 5, seed)) == label).mean()
        for seed in range(1_500)
    ]
    assert stats.kstest(of_rows, stats.beta(1, 4).cdf).pvalue > p_limit(3)


def test_a_share_below_half_a_row_gets_none() -> None:
    reference = np.float32([1, 2])
    found = Counter(
        tuple(np.bincount(cut_labels(reference, cut("dirichlet", reference, 2, s)), minlength=2))
        for s in range(2_000)
    )
    assert counts_p(found, {(0, 2): 0.25, (1, 1): 0.5, (2, 0): 0.25}) > p_limit()


@pytest.mark.parametrize("name", ["dirichlet", "rows", "zipf"])
def test_a_constant_column_has_one_label(name: str) -> None:
    reference = np.full(20, 3, dtype=np.float32)
    for seed in range(20):
        assert len(np.unique(cut_labels(reference, cut(name, reference, 6, seed)))) == 1


@pytest.mark.parametrize("name", ["dirichlet", "rows", "zipf"])
def test_one_category_needs_no_boundary(name: str) -> None:
    assert cut(name, np.float32([1, 2]), 1, 0).shape == (0,)


@pytest.mark.parametrize("categories", [2, 3, 10, 100, 1_000])
def test_zipf_is_the_formula(categories: int) -> None:
    reference = np.arange(100_000, dtype=np.float32)
    for seed in range(20):
        drawn = Stream(seed).generator()
        exponent, shift = drawn.uniform(0.7, 2.1), max(drawn.uniform(-1.0, 1.0), 0.0)
        weights = [(k + shift) ** -exponent for k in range(1, categories + 1)]
        expected = np.array(weights) / sum(weights)
        if expected[0] > 0.75:
            expected = np.array([0.75, *expected[1:] * 0.25 / expected[1:].sum()])
        labels = cut_labels(reference, cut("zipf", reference, categories, seed))
        counts = np.bincount(labels, minlength=categories)
        found = np.sort(counts)[::-1] / len(reference)
        # each boundary is rounded to a row, so that a label has a row more or less
        np.testing.assert_allclose(found, np.sort(expected)[::-1], atol=1.01e-5)


def test_zipf_frequencies_lie_along_the_value_in_any_order() -> None:
    reference = np.arange(10_000, dtype=np.float32)
    found = []
    for seed in range(600):
        counts = np.bincount(cut_labels(reference, cut("zipf", reference, 3, seed)))
        found.append(tuple(counts.argsort().tolist()))
    assert counts_p(found, dict.fromkeys(permutations(range(3)), 1.0)) > p_limit()


def test_zipf_is_drawn_as_said() -> None:
    """The exponent from the shares of the first three labels, where the shift is none."""
    reference = np.arange(1 << 18, dtype=np.float32)
    exponents, shifted = [], 0
    for seed in range(400):
        counts = np.bincount(cut_labels(reference, cut("zipf", reference, 100, seed)))
        first, second, third = np.sort(counts)[:-4:-1]
        exponent = np.log(first / second) / np.log(2)
        is_plain = abs(np.log(first / third) / np.log(3) - exponent) < 1e-3
        shifted += not is_plain
        if is_plain:
            exponents.append(exponent)
    assert stats.kstest(exponents, stats.uniform(0.7, 1.4).cdf).pvalue > p_limit(2)
    assert stats.kstest(exponents, stats.uniform(0.7, 0.9).cdf).pvalue < p_limit(2)
    assert stats.binomtest(shifted, 400, 0.5).pvalue > p_limit(2)


@given(categories=st.integers(1, 300), exponent=st.floats(0, 5), shift=st.floats(0, 10))
def test_zipf_has_no_dominant_label(categories: int, exponent: float, shift: float) -> None:
    shares = zipf_shares(categories, exponent, shift)
    assert abs(shares.sum() - 1) < 1e-9
    assert (np.diff(shares) <= 1e-12).all() or shares[0] == MOST_FREQUENT
    assert categories == 1 or shares.max() <= MOST_FREQUENT + 1e-12
