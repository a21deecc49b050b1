"""Ranks against loops, and the order of ties against every order that there is."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.random import default_rng
from numpy.typing import NDArray
from scipy import stats

from plurel_cli.features.ranking import Ranking
from plurel_cli.numerics.ordering import rising
from tests.statistics import counts_p, p_limit

Floats = NDArray[np.float32]

MILLION = 1e6
tied = st.sampled_from([-MILLION, -1.5, -0.0, 0.0, 1e-30, 2.0, MILLION])
free = st.floats(-MILLION, MILLION, width=32)
columns = arrays(np.float32, st.integers(1, 60), elements=st.one_of(tied, free))


def shares(ranking: Ranking, raw: Floats, seed: int = 0) -> NDArray[np.float64]:
    """Ranks in full precision, in the order of the rows."""
    seen: list[NDArray[np.float64]] = []
    ranking.mapped(raw, lambda its: seen.append(its.copy()) or its, default_rng(seed))
    found = np.empty(len(raw))
    found[rising(raw)] = seen[0]
    return found


@given(arrays(np.float32, st.integers(0, 80), elements=st.floats(width=32, allow_nan=False)))
def test_rising_is_the_stable_order(values: Floats) -> None:
    np.testing.assert_array_equal(rising(values), values.argsort(kind="stable"))


@pytest.mark.parametrize("n", [3_500, 1 << 16])
def test_rising_is_the_stable_order_of_many(n: int) -> None:
    values = default_rng(n).standard_cauchy(n).astype(np.float32).round(2)
    np.testing.assert_array_equal(rising(values), values.argsort(kind="stable"))


@given(columns, st.integers(0, 100))
def test_own_ranks_are_a_permutation_in_the_values_order(raw: Floats, seed: int) -> None:
    n = len(raw)
    written = Ranking(np.sort(raw)).mapped(raw, lambda its: its, default_rng(seed))
    assert written.dtype == np.float32
    np.testing.assert_array_equal(np.sort(written), (np.arange(1, n + 1) / (n + 1)).astype("f4"))
    for i in range(n):
        for j in range(n):
            assert not (raw[i] < raw[j] and written[i] > written[j])


def tie_orders(raw: Floats, n_samples: int) -> Counter[tuple[int, ...]]:
    ranking = Ranking(np.sort(raw))
    n = len(raw)
    found: Counter[tuple[int, ...]] = Counter()
    for seed in range(n_samples):
        written = ranking.mapped(raw, lambda its: its, default_rng(seed))
        found[tuple(np.rint(written * (n + 1)).astype(int).tolist())] += 1
    return found


def test_every_order_of_ties_is_as_likely() -> None:
    raw = np.array([7, 0, -1, 7, 0, 7], dtype=np.float32)
    expected = {
        (sevens[0], zeros[0], 1, sevens[1], zeros[1], sevens[2]): 1 / 12
        for sevens in permutations((4, 5, 6))
        for zeros in permutations((2, 3))
    }
    found = tie_orders(raw, 4_000)
    assert counts_p(found, expected) > p_limit()
    stable = Counter({min(expected): 4_000})
    assert counts_p(stable, expected) < p_limit()
    tilted = Counter(found)
    tilted[min(expected)] += 150
    assert counts_p(tilted, expected) < p_limit()


def by_hand(value: float, reference: list[float]) -> tuple[float, float]:
    """Least and largest rank that a value may have among others."""
    n = len(reference)
    below = [its for its in reference if its < value]
    equal = [its for its in reference if its == value]
    above = [its for its in reference if its > value]
    if equal:
        return len(below) + 1.0, float(len(below) + len(equal))
    if below and above:
        part = (value - below[-1]) / (above[0] - below[-1])
        return len(below) + part, len(below) + part
    tail = min(16, n - 1)
    end, inner = (reference[0], reference[tail]) if above else (reference[-1], reference[-1 - tail])
    scale = abs(end - inner) or abs(end) or 1.0
    left = max(scale / (scale + abs(value - end)), 1 / 128)
    return (left, left) if above else (n + 1 - left, n + 1 - left)


@given(columns, columns)
def test_ranks_among_others_equal_a_loop(reference: Floats, raw: Floats) -> None:
    ordered = np.sort(reference)
    raw = np.append(raw, raw[:1])  # another size, or more of one value
    raw = np.append(raw, raw) if len(raw) == len(ordered) else raw
    found = shares(Ranking(ordered), raw) * (len(ordered) + 1)
    for value, rank in zip(raw.tolist(), found.tolist(), strict=True):
        low, high = by_hand(value, ordered.tolist())
        assert low - 1e-9 <= rank <= high + 1e-9


@given(columns, columns)
def test_ranks_among_others_keep_the_values_order(reference: Floats, raw: Floats) -> None:
    found = shares(Ranking(np.sort(reference)), np.append(raw, reference))
    together = np.append(raw, reference)
    order = rising(together)
    falls = np.diff(found[order]) < 0
    assert not (falls & (np.diff(together[order]) > 0)).any()
    assert 0 < found.min() <= found.max() < 1
    assert 0 < found.astype(np.float32).min() <= found.astype(np.float32).max() < 1


def test_ties_among_others_are_uniform_over_their_ranks() -> None:
    reference = np.repeat(np.float32([1, 2, 3]), [100, 700, 199])
    found = shares(Ranking(reference), np.full(5_000, 2, dtype=np.float32)) * 1_000
    uniform = stats.uniform(101, 699)
    assert stats.kstest(found, uniform.cdf).pvalue > p_limit()
    assert stats.kstest(found, stats.uniform(101, 600).cdf).pvalue < p_limit()


def ks_p(found: NDArray[np.float64], n_reference: int) -> float:
    """Whether shares are uniform but for the sampling errors of both samples."""
    n = len(found) * n_reference / (len(found) + n_reference)
    distance = stats.kstest(found, "uniform").statistic
    return float(stats.kstwobign.sf(distance * math.sqrt(n)))


@pytest.mark.parametrize("digits", [9, 2, 0])
def test_ranks_of_a_large_table_are_uniform(digits: int) -> None:
    generator = default_rng(digits)
    reference = np.sort(generator.standard_normal(1 << 16).round(digits).astype(np.float32))
    raw = generator.standard_normal(1 << 16).round(digits).astype(np.float32)
    found = shares(Ranking(reference), raw)
    assert ks_p(found, len(reference)) > p_limit(3)
    assert ks_p(found**1.06, len(reference)) < p_limit(3)


def test_a_block_of_the_references_size_is_not_taken_for_it() -> None:
    reference = np.arange(5, dtype=np.float32)
    found = shares(Ranking(reference), np.full(5, 2.5, dtype=np.float32))
    np.testing.assert_allclose(found, 3.5 / 6)


@given(columns, st.floats(-0.5, 1.5))
def test_the_value_of_a_share_has_that_share(reference: Floats, share: float) -> None:
    ordered = np.sort(reference)
    n = len(ordered)
    value = Ranking(ordered).value(share)
    low, high = by_hand(value, ordered.tolist())
    wanted = min(max(share * (n + 1), 1 / 128), n + 1 - 1 / 128)
    # where the value is, in units of what float64 can tell apart there
    spacing = min((b - a for a, b in pairwise(ordered) if a < b), default=1)
    error = 1e-9 + 4 * abs(np.spacing(np.float64(abs(value)))) / float(spacing)
    if error < 0.5:
        assert low - error <= wanted <= high + error


def test_a_reference_of_one_value() -> None:
    ranking = Ranking(np.zeros(1, dtype=np.float32))
    found = shares(ranking, np.float32([-1, 0, 1]))
    np.testing.assert_allclose(found, [0.25, 0.5, 0.75])
    assert [ranking.value(share) for share in (0.25, 0.5, 0.75)] == [-1.0, 0.0, 1.0]
