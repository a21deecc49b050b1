"""Which rows repeat the pair of an earlier one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli.connectivity.junction import _repeated

keys = st.one_of(st.integers(-1, 3), st.integers(2**30, 2**30 + 2))


@given(st.lists(st.tuples(keys, keys), max_size=60))
def test_repeated_rows_are_those_of_a_walk_over_all_rows(pairs: list[tuple[int, int]]) -> None:
    first, second = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    expected = [
        row
        for row, pair in enumerate(pairs)
        if min(pair) >= 0 and pair in pairs[:row]  # without a parent, nothing is repeated
    ]
    assert _repeated(first, second).tolist() == expected
