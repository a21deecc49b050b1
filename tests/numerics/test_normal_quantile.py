"""Normal quantiles against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import special

from plurel_cli.numerics import normal_quantile as module
from plurel_cli.numerics.normal_quantile import normal_probability, normal_quantile

TAILS = 10.0 ** -np.linspace(1, 300, 3000)
CENTRE = np.linspace(0.0005, 0.9995, 1999)
JOINTS = np.concatenate(
    [c + np.linspace(-1e-9, 1e-9, 21) for c in (0.075, 0.5, 0.925)]
    + [np.exp(-25.0) * (1 + np.linspace(-1e-9, 1e-9, 21))]
)
UPPER = 1.0 - 2.0 ** -np.arange(2.0, 54.0)

RELATIVE = 1e-13
"""The approximation's own is 10⁻¹⁶; about one half, `share − 0.5` loses what is below 2⁻⁵³."""


@pytest.mark.parametrize("share", [TAILS, CENTRE, JOINTS, UPPER], ids=["tails", "c", "j", "u"])
def test_equals_scipy(share: np.ndarray) -> None:
    np.testing.assert_allclose(normal_quantile(share), special.ndtri(share), RELATIVE, 1e-15)


def test_is_odd() -> None:
    share = np.arange(1, 512) / 512.0  # exact in binary, so that 1 - share is
    np.testing.assert_array_equal(normal_quantile(share), -normal_quantile(1.0 - share))


def test_rises() -> None:
    share = np.sort(np.concatenate([TAILS, CENTRE, UPPER]))
    assert (np.diff(normal_quantile(np.unique(share))) > 0).all()


def test_leaves_its_argument() -> None:
    share = CENTRE.copy()
    normal_quantile(share)
    np.testing.assert_array_equal(share, CENTRE)


def test_takes_no_rows() -> None:
    assert normal_quantile(np.empty(0)).shape == (0,)


@pytest.mark.parametrize("value", [-30.0, -5.0, -0.1, 0.0, 0.3, 4.0, 9.0])
def test_probability_equals_scipy(value: float) -> None:
    assert normal_probability(value) == pytest.approx(special.ndtr(value), rel=1e-12)


@pytest.mark.parametrize("value", [-38.0, -8.2, -1.5, -0.7, -1e-9])
def test_probability_is_the_least_share_whose_quantile_is_no_less(value: float) -> None:
    share = normal_probability(value)
    below, there = normal_quantile(np.array([np.nextafter(share, 0.0), share]))
    assert below < value <= there


@given(st.floats(-39.0, 9.0) | st.floats(-1e-3, 1e-3))
@example(float("-inf"))
@example(-36.4)
@example(-37.7)
@example(0.0)
def test_steps_that_are_plain_are_those_that_quantiles_tell(value: float) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_about", lambda value: (1, module._bits(0.5)))
        expected = normal_probability(value)
    assert normal_probability(value) == expected
