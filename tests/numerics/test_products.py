"""Products against rational arithmetic: exact before the one rounding, in any order."""

from __future__ import annotations

import numpy as np
import pytest

from plurel_cli.features.mechanisms import evaluated
from plurel_cli.features.mechanisms.mlp import mlp
from plurel_cli.features.mechanisms.settings import MlpConfig
from plurel_cli.numerics.products import WEIGHT_BITS, _on_grid, greatest, times, weights_of
from plurel_cli.numerics.stream import Stream


def drawn(n: int, n_in: int, n_out: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(n + n_in)
    size = np.exp(spread * random.standard_normal((n, 1)))
    x = (size * random.standard_normal((n, n_in))).astype(np.float32)
    return x, random.standard_normal((1, n_in, n_out)).astype(np.float32)


@pytest.mark.parametrize("spread", [0.0, 3.0])
@pytest.mark.parametrize(("n_in", "n_out"), [(2, 3), (32, 32), (33, 1), (256, 4)])
def test_no_order_of_sums_matters(n_in: int, n_out: int, spread: float) -> None:
    x, weights = drawn(50, n_in, n_out, spread)
    (its,) = weights_of(weights.copy())
    whole = _on_grid(x, n_in, greatest(x))
    terms = whole[:, :, None] * its.held.astype(np.float64)
    forwards = np.cumsum(terms, axis=1)[:, -1]
    order = np.random.default_rng(0).permutation(n_in)
    assert np.array_equal(forwards, np.cumsum(terms[:, ::-1], axis=1)[:, -1])
    assert np.array_equal(forwards, np.cumsum(terms[:, order], axis=1)[:, -1])
    assert np.array_equal(times(x, its), forwards.astype(np.float32))


def test_plain_products_are_not_so() -> None:
    """Power: without the grid, orders of sums differ."""
    x, weights = drawn(200, 32, 32, 0.0)
    terms = x.astype(np.float64)[:, :, None] * weights[0].astype(np.float64) / 3.0
    assert (np.cumsum(terms, axis=1)[:, -1] != np.cumsum(terms[:, ::-1], axis=1)[:, -1]).any()


def test_products_are_close() -> None:
    x, weights = drawn(300, 32, 8, 2.0)
    (its,) = weights_of(weights.copy())
    largest = np.abs(weights[0]).max(axis=0)
    assert (np.abs(its.held - weights[0]) <= largest * 2.0**-WEIGHT_BITS).all()
    exact = x.astype(np.float64) @ its.held.astype(np.float64)
    size = np.abs(x).max() * largest * 32
    assert (np.abs(times(x, its) - exact) <= size * 2.0**-33 + np.abs(exact) * 2.0**-23).all()


def test_what_is_not_finite_counts_as_something() -> None:
    x, weights = drawn(5, 4, 2, 0.0)
    x[2, 1], x[3, 0] = np.nan, np.inf
    assert np.isfinite(times(x[:3], weights_of(weights.copy())[0])).all()
    assert not np.isnan(times(x, weights_of(weights.copy())[0])).any()


@pytest.mark.parametrize("n_in", [1, 32])
def test_perceptrons_together_are_those_one_by_one(n_in: int) -> None:
    several = mlp(Stream(1).generator(), 60, n_in, 32, MlpConfig())
    random = np.random.default_rng(1)
    inputs = [
        (10.0 ** random.uniform(-3, 6) * random.standard_normal((n, n_in))).astype(np.float32)
        for n in random.choice([5, 128], 60)
    ]
    alone = [mechanism(x.copy()) for mechanism, x in zip(several, inputs, strict=True)]
    for one, other in zip(alone, evaluated(several, inputs), strict=True):
        assert np.array_equal(one, other)
