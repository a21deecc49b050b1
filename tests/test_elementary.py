from __future__ import annotations

import math
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli.elementary import exp, sigmoid

_WITHIN = st.floats(-700, 700)


def _relative_error(x: float) -> Decimal:
    """Against the exponential to fifty digits."""
    with localcontext() as context:
        context.prec = 50
        exact = Decimal(x).exp()
        return abs(Decimal(exp(x)) - exact) / exact


@given(_WITHIN)
def test_exp_is_within_the_bound_it_states(x: float) -> None:
    assert _relative_error(x) < Decimal(2) ** -50


@pytest.mark.parametrize("k", [-1009, -50, -1, 0, 1, 2, 50, 1009])
@pytest.mark.parametrize("side", [-1, 0, 1])
def test_exp_holds_where_the_power_of_two_changes(k: int, side: int) -> None:
    edge = (k + 0.5) * math.log(2)
    x = edge if side == 0 else math.nextafter(edge, side * math.inf)
    assert _relative_error(x) < Decimal(2) ** -50


def test_exp_at_its_ends() -> None:
    assert exp(0.0) == exp(-0.0) == 1.0
    assert exp(700.0) == pytest.approx(math.exp(700.0), rel=2**-49)
    assert exp(math.nextafter(700.0, 800.0)) == exp(math.inf) == math.inf
    assert exp(-700.0) > 0.0
    assert exp(math.nextafter(-700.0, -800.0)) == exp(-math.inf) == 0.0


@given(_WITHIN)
def test_sigmoid_is_within_four_roundings(x: float) -> None:
    with localcontext() as context:
        context.prec = 50
        exact = 1 / (1 + Decimal(-x).exp())
        assert abs(Decimal(sigmoid(x)) - exact) / exact < Decimal(2) ** -49


@given(st.floats(allow_nan=False))
def test_sigmoid_lies_between_0_and_1_and_is_even_about_a_half(x: float) -> None:
    assert 0.0 <= sigmoid(x) <= 1.0
    assert sigmoid(x) + sigmoid(-x) == pytest.approx(1.0, abs=2**-50)
    assert (sigmoid(x) >= 0.5) == (x >= 0.0) or abs(x) < 2**-50


def test_sigmoid_at_infinity() -> None:
    assert sigmoid(math.inf) == 1.0
    assert sigmoid(-math.inf) == 0.0


def test_exp_is_the_same_for_ever() -> None:
    """To the bit: these decide which edges a graph has."""
    bits = {x: exp(x).hex() for x in (-3.7, 0.1, 1.0, 123.456)}
    assert bits == {
        -3.7: "0x1.9511fc6871044p-6",
        0.1: "0x1.1aec7b35a00d4p+0",
        1.0: "0x1.5bf0a8b14576ap+1",
        123.456: "0x1.1428e1cbc0143p+178",
    }
