"""Each value of a function of arrays depends on its element alone, however many others there are.

A CPU takes several elements at once, and those that are left over in another way; what makes
values must not show it. So a part of an array, in any order, must give the part of what the whole
gives, to the bit.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from functools import partial
from typing import Any, get_type_hints

import numpy as np
import pytest
from numpy.typing import NDArray

import plurel_cli.numerics
from plurel_cli.formulas.functions import FUNCTIONS
from plurel_cli.marginals import marginals
from plurel_cli.numerics import beta_quantile, elementary, normal_quantile, products, single
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.permutation import Permutation, permuted_within
from plurel_cli.numerics.stream import Stream

Array = NDArray[Any]
Function = Callable[[Array], Array]

N = (1 << 14) + 37
"""More than any function takes at once, and odd."""

RNG = np.random.default_rng(5)


def _mixed(low: float, high: float, *others: float) -> Array:
    """Numbers of all sizes between two, some tiny or at the ends, and others."""
    numbers = RNG.uniform(low, high, N)
    numbers[::3] *= 10.0 ** RNG.uniform(-12, 0, len(numbers[::3]))
    numbers = np.clip(numbers, low, high)
    numbers[1:90:2] = np.resize([low, high, *others], 45)
    return RNG.permutation(numbers)


ANY = _mixed(-800.0, 800.0, 0.0, -0.0, 1.0, np.inf, -np.inf)
POSITIVE = _mixed(1e-300, 1e300, 0.0, np.inf, 1.0, 0.5, 2.0)
SHARES = _mixed(1e-12, 1.0 - 1e-12, 0.5, 0.075, 0.925, 1e-11)
FLOATS = _mixed(-100.0, 100.0, 0.0, 1.0, -1.0).astype(np.float32)
LARGE = RNG.permutation(np.concatenate([FLOATS[: N // 2], FLOATS[N // 2 :] * np.float32(1e30)]))
BELOW = -np.abs(FLOATS)
NOT_NEGATIVE = np.abs(LARGE)
ABOVE = np.maximum(NOT_NEGATIVE, np.float32(1e-37))
SINGLE_SHARES = SHARES.astype(np.float32)
ROWS = RNG.standard_normal((N, 5)).astype(np.float32)
ROWS[7] = 1e9  # what decides the grid
WEIGHTS = {
    (n_in, n_out): products.weights_of(RNG.standard_normal((1, n_in, n_out)).astype(np.float32))[0]
    for n_in, n_out in ((1, 1), (1, 3), (1, 6), (5, 1), (5, 4), (5, 9))
}


def _times(n_in: int, n_out: int, x: Array) -> Array:
    return products.times(np.ascontiguousarray(x[:, :n_in]), WEIGHTS[n_in, n_out], 1e9)


def _several_times(x: Array) -> Array:
    held = np.stack([WEIGHTS[5, 4].held] * 2)
    return products.several_times(np.stack([x, x]), held, np.array([1e9, 1e9]))[1]


def _columns(x: Array) -> Array:
    """With the row that decides the grid always there."""
    whole = np.concatenate([ROWS[7:8], x])
    terms = products.columns(whole, WEIGHTS[5, 4], np.zeros((4, 1), np.float32))
    return terms[:, 1:].T


ELEMENTWISE: dict[str, tuple[Function, Array]] = {
    "elementary.exps": (elementary.exps, ANY),
    "elementary.logs": (elementary.logs, POSITIVE),
    "elementary.log1ps": (
        elementary.log1ps,
        np.concatenate([np.minimum(POSITIVE, 1e300), SHARES - 1.0]),
    ),
    "elementary.powers": (lambda x: elementary.powers(np.abs(x), 0.3), ANY),
    "elementary.tanhs": (elementary.tanhs, ANY),
    "elementary.cosines": (elementary.cosines, _mixed(-1e9, 1e9, 0.0, 0.25, 0.5, 0.125)),
    "normal_quantile.normal_quantile": (normal_quantile.normal_quantile, SHARES),
    "normal_quantile.across_steps": (
        lambda x: normal_quantile.across_steps(
            (x >> np.uint32(16)).astype(np.uint16), x.astype(np.uint16)
        ),
        RNG.integers(0, 1 << 32, N, dtype=np.uint32),
    ),
    "single.exp": (single.exp, LARGE),
    "single.logistic": (single.logistic, LARGE),
    "single.expm1": (single.expm1, BELOW),
    "single.tanh": (single.tanh, LARGE),
    "single.sine_of_turns": (single.sine_of_turns, FLOATS),
    "single.sine": (single.sine, LARGE),
    "single.log1p_of_share": (single.log1p_of_share, SINGLE_SHARES),
    "single.log": (single.log, ABOVE),
    "single.log1p": (single.log1p, NOT_NEGATIVE),
    "permutation.permuted_within": (
        lambda x: permuted_within([0, 300, 1000], x, Stream(1)),
        np.arange(N) % 1000,
    ),
    "permutation.few": (Permutation(1000, Stream(1)).of, np.arange(N) % 1000),
    "permutation.many": (Permutation(10**9, Stream(1)).of, np.arange(N) * 60_013),
    **{f"products.times {size}": (partial(_times, *size), ROWS) for size in WEIGHTS},
    "products.several_times": (_several_times, ROWS),
    "products.columns": (_columns, ROWS),
}

WHOLE = {
    "sums.total": "a sum",
    "sums.mean": "a sum",
    "sums.mean_and_sd": "a sum",
    "products.greatest": "a maximum",
    "products.weights_of": "each output has the grid of its largest weight",
    "products.hold": "by a given largest number, in place: adding and taking off",
    "products.held_by_column": "each output has the grid of its largest weight",
    "ordering.distinct": "an order",
    "ordering.in_order": "an order",
    "ordering.order_of_words": "an order",
    "ordering.rising": "an order",
    "gammas.gammas": "drawn one after another from the same bits",
    "beta_quantile.beta_quantiles": "the steps of a distribution, summed one after another",
}
"""What takes arrays, and gives something of the whole of them."""


def _parts(n: int) -> list[Array]:
    """Which elements: the first few, one, every other, and some in any order."""
    firsts = [np.arange(k) for k in (1, 2, 3, 5, 7, 8, 12, 13, 16, 31, 33, 100, 8191, 8193)]
    ones = [np.array([k]) for k in RNG.integers(0, n, 40)]
    several = [RNG.choice(n, size, replace=False) for size in (2, 3, 11, 15, 17, 63, 1000, n)]
    return [part[part < n] for part in (*firsts, *ones, *several, np.arange(0, n, 2))]


def _bits(values: Array) -> Array:
    """Values to the bit, but for the sign of zero, which never is written."""
    return np.ascontiguousarray(values + values.dtype.type(0)).view(f"u{values.dtype.itemsize}")


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_a_value_depends_on_its_element_alone(name: str) -> None:
    function, x = ELEMENTWISE[name]
    whole = _bits(function(x.copy()))
    for part in _parts(len(x)):
        assert np.array_equal(_bits(function(x[part].copy())), whole[part]), len(part)


@pytest.mark.parametrize("name", [name for name in ELEMENTWISE if name.startswith("single.")])
def test_a_value_in_place_does_not_depend_on_where_it_lies(name: str) -> None:
    """Arrays that begin anywhere in memory, and those whose elements lie apart."""
    function, x = ELEMENTWISE[name]
    whole = _bits(function(x.copy()))
    for shift in range(1, 9):
        room = np.empty(len(x) + shift, dtype=x.dtype)
        room[shift:] = x
        assert np.array_equal(_bits(function(room[shift:])), whole)
    apart = np.empty((len(x), 3), dtype=x.dtype)
    apart[:, 1] = x
    assert np.array_equal(_bits(function(apart[:, 1])), whole)


def test_every_function_of_arrays_is_among_them() -> None:
    known = {name.partition(" ")[0] for name in ELEMENTWISE} | set(WHOLE)
    missing = []
    for info in pkgutil.iter_modules(plurel_cli.numerics.__path__):
        module = importlib.import_module(f"plurel_cli.numerics.{info.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("_") or function.__module__ != module.__name__:
                continue
            hints = get_type_hints(function)
            takes_arrays = any(
                "ndarray" in str(hint) or "Array" in str(hint)
                for parameter, hint in hints.items()
                if parameter != "return"
            )
            if takes_arrays and f"{info.name}.{name}" not in known:
                missing.append(f"{info.name}.{name}")
    assert missing == []


def test_beta_quantiles_depend_on_their_share_alone() -> None:
    shares = np.sort(SHARES)
    several = beta_quantile.beta_quantiles([0.3, 2.0, 50.0], [0.7, 2.0, 1.5])
    alone = [
        beta_quantile.beta_quantiles([a], [b]) for a, b in ((0.3, 0.7), (2.0, 2.0), (50.0, 1.5))
    ]
    for index, one in enumerate(alone):
        whole = several.rising(beta_quantile.Points.of(shares))[index]
        for part in _parts(len(shares)):
            rising = np.sort(part)
            points = beta_quantile.Points.of(shares[rising])
            assert np.array_equal(_bits(one.rising(points)[0]), _bits(whole)[rising])


DRAWN: dict[str, Callable[[Generator, int], Array]] = {
    "words": Generator.words,
    "halves": Generator.halves,
    "quarters": Generator.quarters,
    "random": lambda generator, n: generator.random(n),
    "random, float32": lambda generator, n: generator.random(n, np.float32),
    "uniform": lambda generator, n: generator.uniform(-3.0, 5.0, n),
    "integers": lambda generator, n: generator.integers(-3, 10, n),
    "standard_exponential": Generator.standard_exponential,
}


@pytest.mark.parametrize("name", DRAWN)
def test_the_first_numbers_drawn_do_not_depend_on_how_many_follow(name: str) -> None:
    draw = DRAWN[name]
    whole = draw(Stream(3).generator(), N)
    for n in (1, 2, 3, 4, 7, 12, 13, 100, 8193, N - 1):
        assert np.array_equal(draw(Stream(3).generator(), n), whole[:n]), n


def test_normal_numbers_depend_on_their_bits_alone() -> None:
    """Whole slices are drawn one after another, each of which takes its steps before its places."""
    whole = Stream(3).generator().standard_normal(1 << 15)
    for n in (1 << 13, 1 << 14):
        some = Stream(3).generator().standard_normal(n)
        in_single = Stream(3).generator().standard_normal(n, np.float32)
        assert np.array_equal(some, whole[:n])
        assert np.array_equal(in_single, whole[:n].astype(np.float32))


@pytest.mark.parametrize("kind", marginals.names())
def test_quantiles_depend_on_their_share_alone(kind: str) -> None:
    shares = np.sort(SHARES)
    for number in range(3):
        draws = Stream(number).child(kind).draws()
        marginal = marginals.record(kind).drawn(draws, whole=bool(number % 2))
        whole = _bits(np.asarray(marginal.quantile(shares.copy())))
        for part in _parts(len(shares)):
            rising = np.sort(part)
            some = np.asarray(marginal.quantile(shares[rising].copy()))
            assert np.array_equal(_bits(some), whole[rising]), (marginal, len(part))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_formulas_depend_on_their_row_alone(name: str) -> None:
    function = FUNCTIONS[name]
    n_arguments = min(function.arguments[1], 3)
    table = np.stack([np.where(RNG.random(N) < 0.1, np.nan, ANY) for _ in range(n_arguments)])
    table = np.where(np.isinf(table), 3.0, table)
    table[-1] = RNG.permutation(table[-1])
    with np.errstate(all="ignore"):
        whole = function.of(*table.copy())
        for part in _parts(N):
            some = function.of(*table[:, part].copy())
            assert np.array_equal(some + 0.0, whole[part] + 0.0, equal_nan=True), len(part)
