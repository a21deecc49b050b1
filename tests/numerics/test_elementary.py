from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli.numerics.elementary import exp, exps, logs, sigmoid

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


@given(st.lists(st.floats(allow_nan=False), max_size=20))
def test_exps_are_exp_to_the_bit(x: list[float]) -> None:
    assert exps(np.array(x, dtype=float)).tolist() == [exp(value) for value in x]


def test_many_exps_and_logs_at_once_are_those_of_each() -> None:
    x = np.linspace(-710, 710, 20_001)
    np.testing.assert_array_equal(exps(x), [exp(value) for value in x.tolist()])
    positive = np.ldexp(1.0 + np.arange(20_001) / 20_001, np.arange(20_001) % 2000 - 1000)
    alone = [logs(positive[i : i + 1])[0] for i in range(0, 20_001, 97)]
    np.testing.assert_array_equal(logs(positive)[::97], alone)


def _log_error(x: float) -> Decimal:
    """Relative, against the logarithm to fifty digits."""
    with localcontext() as context:
        context.prec = 50
        exact = Decimal(x).ln()
        error = abs(Decimal(float(logs(np.array([x]))[0])) - exact)
        return error if exact == 0 else error / abs(exact)


@given(st.one_of(st.floats(0, exclude_min=True, allow_infinity=False), st.floats(0.5, 2)))
def test_logs_are_within_the_bound_they_state(x: float) -> None:
    assert _log_error(x) < Decimal(2) ** -50


@pytest.mark.parametrize("k", [-1074, -1022, -3, -1, 0, 1, 2, 50, 1023])
@pytest.mark.parametrize("m", [1.0, 0.5**0.5, 2**0.5])
@pytest.mark.parametrize("side", [-1, 0, 1])
def test_logs_hold_where_the_power_of_two_changes(k: int, m: float, side: int) -> None:
    x = math.ldexp(m, k)
    x = x if side == 0 else math.nextafter(x, math.inf if side > 0 else 0.0)
    if 0.0 < x < math.inf:
        assert _log_error(x) < Decimal(2) ** -50


def test_logs_at_their_ends() -> None:
    ends = logs(np.array([0.0, -0.0, 1.0, math.inf]))
    assert ends.tolist() == [-math.inf, -math.inf, 0.0, math.inf]
    assert np.isnan(logs(np.array([-1.0, -math.inf, math.nan]))).all()
    assert logs(np.empty(0)).shape == exps(np.empty(0)).shape == (0,)


@given(st.floats(-600, 600))
def test_logs_undo_exps(x: float) -> None:
    """To 2⁻⁵⁰ of the exponential, which is an absolute error of the logarithm, and its own."""
    assert logs(exps(np.array([x])))[0] == pytest.approx(x, abs=2**-49, rel=2**-49)


def test_logs_are_the_same_for_ever() -> None:
    x = [5e-324, 0.3, 0.9999, 1.5, 123.456, 1e300]
    bits = {value: logs(np.array([value]))[0].hex() for value in x}
    assert bits == {
        5e-324: "-0x1.74385446d71c3p+9",
        0.3: "-0x1.34378fcbda721p+0",
        0.9999: "-0x1.a3738d2cf1cc2p-14",
        1.5: "0x1.9f323ecbf984cp-2",
        123.456: "0x1.343774f3e2362p+2",
        1e300: "0x1.5963447f87fb5p+9",
    }
