"""Pairs that are made when they are drawn, against all of them in a list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli.features.determined.pairs import Pairs

NAMES = st.lists(st.text("abc_1029", min_size=1, max_size=5), unique=True, max_size=12)


@given(NAMES, st.booleans())
def test_pairs_are_those_of_a_list(names: list[str], is_rising: bool) -> None:
    pairs = Pairs(names, is_rising=is_rising)
    every = [(a, b) for a in names for b in names if (a < b if is_rising else a != b)]
    assert len(pairs) == len(every)
    assert [pair.of for pair in pairs] == every
    assert [pair.of for pair in pairs[1:4]] == every[1:4]
    assert bool(pairs) == bool(every)


def test_there_is_no_pair_beyond_the_last() -> None:
    with pytest.raises(IndexError):
        Pairs(["a", "b"], is_rising=True)[1]
