"""What mechanisms are told to compiled code as is the same, whichever path says it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from plurel_cli.compiled.code.packing import N_WORDS, PACKING_TWINS
from plurel_cli.features.mechanisms import drawn
from plurel_cli.kernel.twins import definitions

words = st.integers(-(1 << 50), 1 << 50)
LAYOUTS = st.lists(st.tuples(*[words] * 2 * N_WORDS), max_size=4)

ARRAYS = [
    np.zeros((3, 4, 5), np.float32),
    np.zeros((0, 4), np.float32),
    np.zeros(7, np.int64)[2:],
    np.zeros((4, 6), np.float32).T,
    np.zeros((4, 6), np.float32)[:, 1:3],
    np.zeros(9, np.float32)[::2],
    np.zeros(5, np.float64),
    np.zeros(5, np.uint8),
]


def by_twin(name: str, *arguments: Any) -> Any:
    return PACKING_TWINS[name](definitions[name])(*arguments)


def test_n_words_is_that_of_the_definition() -> None:
    assert drawn.N_WORDS == N_WORDS


@given(LAYOUTS, st.data())
@settings(max_examples=100, deadline=None)
def test_rows_of_layouts_are_the_same(layouts: list[tuple[int, ...]], data: st.DataObject) -> None:
    counts = [data.draw(st.integers(0, 5)) for _ in layouts]
    expected = definitions["rows_of_layouts"](layouts, counts)
    made = by_twin("rows_of_layouts", layouts, counts)
    assert made.dtype == expected.dtype
    assert made.shape == expected.shape
    assert (made == expected).all()
    if made.size:
        wrong = list(map(list, layouts))
        group = next(index for index, count in enumerate(counts) if count)
        wrong[group][0] += 1
        assert (by_twin("rows_of_layouts", wrong, counts) != expected).any()


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype}{array.strides}")
def test_addresses_are_the_same(array: NDArray[Any]) -> None:
    assert by_twin("address_of", array) == array.ctypes.data == definitions["address_of"](array)
