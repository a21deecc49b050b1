"""Distributions against formulas that know nothing of the package's: closed forms and sums."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli.marginals import Marginal, marginals, stated
from plurel_cli.numerics.stream import Stream
from tests.marginals.exact import (
    Cdf,
    geometric_cdf,
    lognormal_cdf,
    normal_cdf,
    numbers_cdf,
    poisson_cdf,
    prices_cdf,
    triangular_cdf,
    zeros_cdf,
)

CONTINUOUS: tuple[tuple[dict[str, Any], Cdf], ...] = (
    ({"normal": {"mean": 41, "sd": 14}}, normal_cdf(41, 14)),
    ({"normal": {"mean": -3.0, "sd": 0.01}}, normal_cdf(-3, 0.01)),
    ({"lognormal": {"median": 40, "sigma": 0.8}}, lognormal_cdf(40, 0.8)),
    ({"lognormal": {"median": 0.02, "sigma": 3}}, lognormal_cdf(0.02, 3)),
    ({"exponential": {"mean": 7}}, lambda x: 1 - math.exp(-max(x, 0) / 7)),
    ({"uniform": {"low": -2, "high": 6}}, lambda x: min(max((x + 2) / 8, 0.0), 1.0)),
    ({"pareto": {"least": 3, "alpha": 1.2}}, lambda x: 1 - (3 / x) ** 1.2 if x > 3 else 0.0),
    (
        {"weibull": {"scale": 5, "shape": 0.7}},
        lambda x: 1 - math.exp(-((x / 5) ** 0.7)) if x > 0 else 0.0,
    ),
    ({"triangular": {"low": 0, "mode": 2, "high": 10}}, triangular_cdf(0, 2, 10)),
    ({"triangular": {"low": -1, "mode": -1, "high": 1}}, triangular_cdf(-1, -1, 1)),
    ({"triangular": {"low": -1, "mode": 1, "high": 1}}, triangular_cdf(-1, 1, 1)),
)

DISCRETE: tuple[tuple[dict[str, Any], Cdf], ...] = (
    ({"poisson": {"mean": 0.3}}, poisson_cdf(0.3)),
    ({"poisson": {"mean": 4.7}}, poisson_cdf(4.7)),
    ({"poisson": {"mean": 300}}, poisson_cdf(300)),
    ({"geometric": {"mean": 0.5}}, geometric_cdf(0.5)),
    ({"geometric": {"mean": 12}}, geometric_cdf(12)),
    ({"numbers": {1: 2, 7.5: 1, -3: 0.5}}, numbers_cdf({1: 2, 7.5: 1, -3: 0.5})),
    (
        {"zero_inflated": {"zeros": 0.4, "rest": {"poisson": {"mean": 2}}}},
        zeros_cdf(0.4, poisson_cdf(2)),
    ),
    (
        {"zero_inflated": {"zeros": 0.4, "rest": {"exponential": {"mean": 2}}}},
        zeros_cdf(0.4, lambda x: 1 - math.exp(-x / 2)),
    ),
    ({"prices": {"median": 30, "sigma": 1.0}}, prices_cdf(30, 1.0, 0.3, 0.2)),
    (
        {"prices": {"median": 9, "sigma": 0.6, "whole": 0.0, "half": 0.5}},
        prices_cdf(9, 0.6, 0.0, 0.5),
    ),
)

ALL = (*CONTINUOUS, *DISCRETE)


def _marginal(raw: dict[str, Any]) -> Marginal:
    return marginals.read(stated(raw)["marginal"])


def _named(case: object) -> str:
    return next(iter(case)) if isinstance(case, dict) else ""


def test_every_distribution_has_a_case() -> None:
    assert {name for raw, _ in ALL for name in raw} == set(marginals.names())


@pytest.mark.parametrize(("raw", "cdf"), CONTINUOUS, ids=_named)
def test_probability_of_a_quantile_is_its_share(raw: dict[str, Any], cdf: Cdf) -> None:
    shares = np.concatenate([[1e-9, 1e-4], np.linspace(0.003, 0.997, 331), [0.9999]])
    values = _marginal(raw).quantile(shares.copy())
    np.testing.assert_allclose([cdf(x) for x in values.tolist()], shares, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize(("raw", "cdf"), DISCRETE, ids=_named)
def test_quantile_is_the_first_value_with_as_much(raw: dict[str, Any], cdf: Cdf) -> None:
    shares = np.linspace(0.00123, 0.99877, 997)
    for share, x in zip(shares.tolist(), _marginal(raw).quantile(shares.copy()), strict=True):
        assert cdf(float(x)) >= share - 1e-9
        assert cdf(float(x) - 1e-6) <= share + 1e-6


@pytest.mark.parametrize(("raw", "cdf"), ALL, ids=_named)
def test_probabilities(raw: dict[str, Any], cdf: Cdf) -> None:
    marginal = _marginal(raw)
    values = marginal.quantile(np.linspace(0.01, 0.99, 36))
    is_continuous = (raw, cdf) in CONTINUOUS
    for x in {*values.tolist(), *(values + 0.3).tolist(), -5.0, 0.0}:
        assert marginal.upto(x) == pytest.approx(cdf(x), abs=1e-9)
        before = cdf(x if is_continuous else x - 1e-8 * (x == 0.0 or abs(x) > 1e-6))
        assert marginal.below(x) == pytest.approx(before, abs=1e-6)
        assert marginal.below(x) <= marginal.share(x) <= marginal.upto(x)


@pytest.mark.parametrize(("raw", "cdf"), ALL, ids=_named)
def test_a_parameter_a_little_off_is_seen(raw: dict[str, Any], cdf: Cdf) -> None:
    """The comparison above has power: no parameter can be a hundredth off."""
    marginal = _marginal(raw)
    shares = np.linspace(0.01, 0.99, 99)
    for name, value in marginal:
        if not isinstance(value, float) or value == 0.0 or name in ("first", "second"):
            continue
        try:
            wrong = marginal.but(**{name: value * 1.01})
            wrong = marginals.read(wrong.model_dump())
        except ValueError:
            continue  # no such distribution, as where a mode would lie outside
        away = max(abs(wrong.upto(x) - cdf(x)) for x in marginal.quantile(shares.copy()).tolist())
        assert away > 1e-5, name


@given(
    name=st.sampled_from(marginals.names()),
    seed=st.integers(0, 10_000),
    whole=st.booleans(),
    shares=st.lists(st.floats(1e-12, 1 - 1e-12), min_size=2, max_size=20),
)
@settings(max_examples=200)
def test_drawn_ones_rise_and_know_their_quantiles(
    name: str, seed: int, whole: bool, shares: list[float]
) -> None:
    marginal = marginals.record(name).drawn(Stream(seed).draws(), whole=whole)
    assert marginals.read(marginal.model_dump()) == marginal
    ordered = np.sort(shares)
    values = marginal.quantile(ordered.copy())
    assert np.isfinite(values).all()
    assert (np.diff(values) >= 0).all()
    for share, x in zip(ordered.tolist(), values.tolist(), strict=True):
        nearness = 1e-9 + 1e-6 * min(share, 1 - share)
        assert marginal.below(x - 1e-6 * abs(x)) <= share + nearness
        assert marginal.upto(x + 1e-6 * abs(x)) >= share - nearness
