"""Beta sources are the same compiled, and leave their bits in the same state."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli.compiled.code.bits import CompiledBits
from plurel_cli.compiled.code.twins import TWINS
from plurel_cli.features.sources.independent import BetaSource
from plurel_cli.kernel.twins import definitions
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.stream import Stream
from tests.compiled.alike import alike


def refused(*arguments: Any) -> Any:
    raise AssertionError("left to the definition")


@given(
    st.tuples(st.floats(-100.0, 100.0), st.floats(0.0, 1e6)),
    st.sampled_from([0.5, 0.7, 1.0, 3.3, 5.0]),
    st.sampled_from([0.5, 0.9, 1.0, 2.5, 5.0]),
    st.sampled_from([0, 1, 2, 17, 900, 5000]),
    st.integers(0, 1 << 30),
)
@settings(max_examples=150, deadline=None)
def test_beta_sources_are_the_same(
    bounds: tuple[float, float], a: float, b: float, n: int, seed: int
) -> None:
    low, span = bounds
    source, address = BetaSource(low, low + span, a, b), seed.to_bytes(8, "little")
    here, there = Generator(CompiledBits(address)), Generator(CompiledBits(address))
    expected = definitions["beta_source"](source, here, n)
    found = TWINS["beta_source"](refused)(source, there, n)
    assert found.dtype == expected.dtype == np.float32
    assert alike(found, expected)
    assert here.words(2).tolist() == there.words(2).tolist()


def test_bits_of_numpy_and_numbers_that_are_not_finite_are_left_to_the_definition() -> None:
    with pytest.raises(AssertionError, match="left to the definition"):
        TWINS["beta_source"](refused)(
            BetaSource(0.0, 1.0, 1.0, 2.0), Generator(Stream(1).bits()), 9
        )
    bits = CompiledBits(bytes(8))
    before = bits.state.tolist()
    with pytest.raises(AssertionError, match="left to the definition"):
        TWINS["beta_source"](refused)(BetaSource(0.0, 1.0, np.nan, 2.0), Generator(bits), 9)
    assert bits.state.tolist() == before
