from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli.connectivity.clusters import clusters
from tests.connectivity.models import label_of


@given(st.integers(1, 60), st.lists(st.integers(1, 4), min_size=1, max_size=5))
def test_rows_fall_into_contiguous_clusters_by_the_floors(n_rows: int, radices: list[int]) -> None:
    split = clusters(n_rows, radices)
    k = math.prod(radices)
    assert split.n == min(n_rows, k)
    assert split.is_complete == (k <= n_rows)
    assert split.edges[0] == 0
    assert split.edges[-1] == n_rows
    for c in range(split.n):
        for row in range(split.edges[c], split.edges[c + 1]):
            assert tuple(split.digits[:, c]) == label_of(row, n_rows, radices)


@given(st.integers(1, 10**6), st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_sizes_differ_by_at_most_one_row(n_rows: int, radices: list[int]) -> None:
    sizes = clusters(n_rows, radices).sizes
    assert sizes.min() >= 1
    assert sizes.max() - sizes.min() <= 1


def test_labels_count_up_with_the_coarsest_digit_slowest() -> None:
    assert clusters(6, [2, 3]).digits.T.tolist() == [
        [0, 0],
        [0, 1],
        [0, 2],
        [1, 0],
        [1, 1],
        [1, 2],
    ]


def test_fewer_rows_than_clusters_keep_the_labels_of_those_they_are_in() -> None:
    # K = 8 and N = 3: ⌊3j/8⌋ is 0 0 0 1 1 1 2 2 3, so that clusters 2, 5 and 7 hold a row.
    split = clusters(3, [2, 2, 2])
    assert split.edges.tolist() == [0, 1, 2, 3]
    assert split.digits.T.tolist() == [[0, 1, 0], [1, 0, 1], [1, 1, 1]]


@pytest.mark.parametrize("radices", [[3] * 64, [10_000] * 20, [2] * 63, [2] * 62])
def test_more_clusters_than_64_bits_count(radices: list[int]) -> None:
    n_rows = 7
    split = clusters(n_rows, radices)
    assert split.digits.T.tolist() == [
        list(label_of(row, n_rows, radices)) for row in range(n_rows)
    ]


def test_ceiling_split_of_the_published_code_would_fail_here() -> None:
    """⌈N/K⌉ rows each leaves the last clusters short or empty; the floors leave none."""
    sizes = clusters(10, [4]).sizes.tolist()
    assert sizes == [2, 3, 2, 3]
    assert sizes != np.diff([0, 3, 6, 9, 10]).tolist()
