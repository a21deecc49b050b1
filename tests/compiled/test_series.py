"""Series over rows are the same compiled, of numbers and of categories."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli.compiled.code.twins import TWINS
from plurel_cli.kernel.twins import definitions
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.temporal.series import NumericalSeries, SeriesParameters
from tests.compiled.alike import alike

PARAMETERS = st.builds(
    SeriesParameters,
    low=st.sampled_from([0.0, -0.0, -3.0, 0.2, 1e-300]),
    high=st.sampled_from([0.2, 1.0, 30.0, 1e20]),
    exponent=st.one_of(st.just(0.0), st.floats(0.0, 3.0), st.just(1e6)),
    half_period=st.integers(1, 3000),
    autocorrelation=st.one_of(st.just(0.0), st.floats(0.0, 0.999)),
    trend_scale=st.sampled_from([0.0, 1.0, -1.0, 1e9]),
    cycle_scale=st.sampled_from([0.0, 1.0, -1.0, -1e9]),
    noise_scale=st.sampled_from([0.0, 0.05, 1.0, 1e9]),
)

SIZES = st.sampled_from([1, 2, 3, 5, 800, 8192, 8193, 20_000])


def refused(*arguments: Any) -> Any:
    raise AssertionError("left to the definition")


@given(PARAMETERS, SIZES, st.integers(0, 1 << 30))
@settings(max_examples=150, deadline=None)
def test_series_are_the_same(parameters: SeriesParameters, n: int, seed: int) -> None:
    series = NumericalSeries(parameters, n, Stream(seed))
    expected = definitions["series"](series, 0)
    found = TWINS["series"](refused)(series, 0)
    assert found.dtype == expected.dtype == np.float64
    assert alike(found, expected)


@given(st.lists(PARAMETERS, min_size=1, max_size=7), SIZES, st.integers(0, 1 << 30))
@settings(max_examples=60, deadline=None)
def test_categories_are_the_same(several: list[SeriesParameters], n: int, seed: int) -> None:
    stream = Stream(seed)
    series = [
        NumericalSeries(parameters, n, stream.child("category", index))
        for index, parameters in enumerate(several)
    ]
    expected = definitions["categories_of_series"](series, stream.child("pick"), 0)
    found = TWINS["categories_of_series"](refused)(series, stream.child("pick"), 0)
    assert found.dtype == expected.dtype == np.int32
    assert alike(found, expected)


def test_tables_of_several_blocks_are_left_to_the_definition() -> None:
    parameters = SeriesParameters(0.0, 1.0, 1.0, 90, 0.5, 1.0, 1.0, 0.1)
    series = NumericalSeries(parameters, BLOCK_ROWS, Stream(1))
    with pytest.raises(AssertionError, match="left to the definition"):
        TWINS["series"](refused)(series, 0)
    with pytest.raises(AssertionError, match="left to the definition"):
        TWINS["categories_of_series"](refused)([series], Stream(2), 0)


def test_what_differs_by_one_parameter_differs() -> None:
    """The examples would show a parameter that compiled code does not read."""
    base = SeriesParameters(0.1, 5.0, 1.5, 90, 0.5, 1.0, 1.0, 0.1)
    values = TWINS["series"](refused)(NumericalSeries(base, 500, Stream(1)), 0)
    others = {
        "low": 0.2, "high": 0.5, "exponent": 0.5, "half_period": 80, "autocorrelation": 0.6,
        "trend_scale": -1.0, "cycle_scale": -1.0, "noise_scale": 0.2,
    }  # fmt: skip
    for name, value in others.items():
        other = SeriesParameters(**{**vars(base), name: value})
        found = TWINS["series"](refused)(NumericalSeries(other, 500, Stream(1)), 0)
        assert not np.array_equal(found, values), name
