"""What orders and tells whole numbers apart gives what numpy's sort gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli.numerics import ordering
from plurel_cli.numerics.ordering import distinct


def _same(numbers: list[int]) -> None:
    rows = np.array(numbers, dtype=np.int64)
    expected = np.unique(rows, return_inverse=True)
    for here, there in zip(distinct(rows), expected, strict=True):
        assert here.dtype == there.dtype
        assert here.tolist() == there.tolist()


@given(st.lists(st.integers(-30, 300) | st.integers(-(2**63), 2**63 - 1), max_size=60))
def test_distinct_numbers_are_those_of_a_sort(numbers: list[int]) -> None:
    _same(numbers)


@pytest.mark.parametrize("beyond", [-1, 0, 1])
def test_both_ways_meet_where_numbers_lie_far_apart(
    beyond: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    greatest = 3 * ordering.WIDEST - 1 + beyond
    _same([greatest, 0, greatest])
    sorts = []
    unique = np.unique
    monkeypatch.setattr(np, "unique", lambda *a, **k: sorts.append(a) or unique(*a, **k))
    distinct(np.array([greatest, 0, greatest]))
    assert bool(sorts) == (beyond > 0)
