"""Compiled functions of whole columns give what their definitions give, to the bit but for the sign
of zero.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from plurel_cli.compiled.code.columns import COLUMN_TWINS
from plurel_cli.compiled.code.twins import TWINS
from plurel_cli.features import siblings
from plurel_cli.features.chains.chain import BlockOfChains
from plurel_cli.features.ranking import _Ties
from plurel_cli.kernel.twins import definitions
from plurel_cli.numerics.stream import Stream
from tests.compiled.alike import alike
from tests.compiled.test_twins import HOSTILE, copied, twin_of

SIZES = (0, 1, 2, 31, 1023, 1024, 1025, 5000, 70_000)

hostile = st.one_of(st.sampled_from(HOSTILE), st.floats(width=32, allow_nan=False))


def same(name: str, *arguments: Any) -> None:
    """Both give the same, whatever they overwrite."""
    here, there = [[copied(each) for each in arguments] for _ in range(2)]
    expected, given_ = definitions[name](*here), twin_of(name)(*there)
    several = (expected, given_) if isinstance(expected, tuple) else ((expected,), (given_,))
    for one, other in zip(*several, strict=True):
        assert getattr(one, "dtype", float) == getattr(other, "dtype", float)
        assert alike(one, other)


def numbers(n: int, seed: int, levels: int | None = None) -> NDArray[np.float32]:
    """Normal numbers, some of them alike, among them the hostile ones, in random order."""
    rng = np.random.default_rng(seed)
    values = rng.standard_normal(n).astype(np.float32)
    if levels is not None:
        values = np.round(values * np.float32(levels)) / np.float32(levels)
    values[: len(HOSTILE)] = HOSTILE[:n]
    return rng.permutation(values)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("levels", [None, 3])
def test_sorts_are_the_same(n: int, levels: int | None) -> None:
    values = numbers(n, n, levels)
    same("in_order", values)
    same("in_order", np.repeat(values, 2)[::2])
    same("rising_places", values)
    same("rising_places", np.repeat(values, 2)[::2])


@pytest.mark.parametrize("value", [np.nan, -np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_sorted_alike(value: float) -> None:
    values = numbers(5000, 3)
    values[[17, 4000]] = value
    same("in_order", values)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("bits", [1, 20, 32, 33, 40, 64])
def test_orders_of_words_are_the_same(n: int, bits: int) -> None:
    words = Stream(n).generator().words(n)
    same("order_of_words", words)
    same("order_of_words", words >> np.uint64(64 - bits))
    same("order_of_words", words << np.uint64(64 - bits))
    same("order_of_words", (words >> np.uint64(12)).astype(np.float64).view(np.uint64))


@given(
    rows=st.lists(st.integers(-50, 200), max_size=40),
    far=st.sampled_from([0, 7, -(1 << 40), (1 << 62)]),
)
@settings(max_examples=200, deadline=None)
def test_distinct_numbers_are_the_same(rows: list[int], far: int) -> None:
    same("distinct", np.array(rows, dtype=np.int64) + far)
    same("distinct", np.array([*rows, 0, far], dtype=np.int64))


@pytest.mark.parametrize("n", SIZES)
def test_distinct_numbers_of_many_are_the_same(n: int) -> None:
    for n_rows in (1, 100, 20 * n):
        same("distinct", np.random.default_rng(n).integers(0, n_rows, n))


@given(
    reference=st.lists(hostile, min_size=1, max_size=60),
    values=st.lists(hostile, max_size=60),
    among=st.lists(st.integers(0, 59), max_size=60),
)
@settings(max_examples=300, deadline=None)
def test_ranks_within_are_the_same(
    reference: list[float], values: list[float], among: list[int]
) -> None:
    points = np.sort(np.array(reference, dtype=np.float32))
    alike = points[[k % len(points) for k in among]]
    inside = np.concatenate([np.array(values, dtype=np.float32), alike])
    ordered = np.sort(inside.clip(points[0], points[-1]))
    ties = _Ties.of(points)
    with np.errstate(over="ignore", invalid="ignore"):
        same("ranks_within", points, ordered, None)
        if ties is not None:
            same("ranks_within", points, ordered, ties.further)


@pytest.mark.parametrize("n", SIZES)
def test_ranks_within_of_many_are_the_same(n: int) -> None:
    points = np.sort(np.random.default_rng(1).standard_normal(5000).astype(np.float32))
    ordered = np.sort(numbers(n, 2).clip(points[0], points[-1]))
    same("ranks_within", points, ordered, None)
    points = np.sort(points.round(2))
    ties = _Ties.of(points)
    assert ties is not None
    same("ranks_within", points, points, ties.further)
    same(
        "ranks_within", points, np.sort(ordered.round(2).clip(points[0], points[-1])), ties.further
    )


SHARES = (0.0, 1.0, 5e-324, 1e-310, 1e-300, 1e-12, np.exp(-25.0), 0.075, 0.5, 0.925, 1 - 2.0**-53)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("power", [1, 20])
def test_quantiles_are_the_same(n: int, power: int) -> None:
    shares = np.random.default_rng(n).random(n) ** power
    same("normal_quantile", shares)
    same("normal_quantile", np.sort(1.0 - shares))


def test_quantiles_of_hostile_shares_are_the_same() -> None:
    near = np.array([np.nextafter(share, side) for share in SHARES for side in (-1.0, 2.0)])
    same("normal_quantile", np.concatenate([SHARES, near.clip(0.0, 1.0)]))


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("n_boundaries", [0, 1, 2, 7, 31, 32, 33, 34, 63, 64, 65, 1000])
def test_labels_are_the_same(n: int, n_boundaries: int) -> None:
    values = numbers(n, n, 3)
    boundaries = np.sort(numbers(n_boundaries + 50, 5, 3))[25 : 25 + n_boundaries]
    same("cut_labels", values, boundaries)
    same("cut_labels", values.repeat(2)[::2], boundaries)
    same("cut_labels", values.astype(np.float64), boundaries.astype(np.float64))
    values[n // 2 :] = np.nan
    same("cut_labels", values, boundaries)
    values[n // 2 :] = np.inf
    same("cut_labels", -values, boundaries)


@pytest.mark.parametrize("n", [1, 2, 1023, 1024, 1025, 2049, 5000, 70_001])
@pytest.mark.parametrize(
    "bounds", [(-np.inf, np.inf), (-1.0, 2.0), (0.3, 0.3), (-1e30, 1e-3), (1e-46, 1.0)]
)
def test_what_is_held_between_two_is_the_same(n: int, bounds: tuple[float, float]) -> None:
    values = numbers(n, n)
    for each in (values, values.repeat(2)[::2], np.where(values == 0.5, np.nan, values)):
        with np.errstate(over="ignore", invalid="ignore"):
            same("moments_within", each, *bounds)
            same("standardised", each, *bounds, np.float32(0.1), np.float32(-2.7))
    infinite = np.array([np.inf, 1.0, -np.inf, np.nan], dtype=np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        same("standardised", infinite, *bounds, np.float32(0.1), np.float32(-2.7))
        same("moments_within", infinite, *bounds)


def test_normal_numbers_are_the_same() -> None:
    rng = np.random.default_rng(4)
    every = rng.permutation(1 << 16).astype(np.uint16)
    shares = rng.integers(0, 1 << 16, len(every)).astype(np.uint16)
    for of_steps in (every, np.repeat(np.array([0, 65_535], np.uint16), 1 << 15), every[:0]):
        same("across_steps", of_steps, shares[: len(of_steps)])


@given(
    keys=st.lists(st.integers(-2, 7), max_size=60),
    n_parents=st.sampled_from([8, 9, 500]),
)
@settings(max_examples=200, deadline=None)
def test_rows_by_parent_are_the_same(keys: list[int], n_parents: int) -> None:
    several = np.array(keys, dtype=np.int64)
    same("by_parent", several, n_parents)
    same("by_parent", several.repeat(2)[::2], n_parents)


def test_a_parent_out_of_range_is_left_to_the_definition() -> None:
    keys = np.array([3, 1, 9, 1, -1], dtype=np.int64)
    for given_, expected in zip(
        twin_of("by_parent")(keys, 4), definitions["by_parent"](keys, 4), strict=True
    ):
        assert np.array_equal(given_, expected)


def blocks(keys: list[int], known: list[bool]) -> tuple[BlockOfChains, NDArray[np.float32]]:
    """A block of rows with these parents, some of which are known, and what is carried."""
    rows = siblings.siblings(np.array(keys, dtype=np.int64), 8)
    parents = rows.parents.take(rows.starts)
    is_known = np.array(known, dtype=np.bool_).take(parents)
    carried = np.random.default_rng(5).standard_normal(8).astype(np.float32).take(parents)
    block = BlockOfChains(1, len(keys), rows.rows, rows.starts, rows.ends, is_known)
    return block, carried * is_known


@given(
    keys=st.lists(st.integers(-1, 7), max_size=80),
    known=st.lists(st.booleans(), min_size=8, max_size=8),
    rho=st.one_of(
        st.sampled_from([0.0, 1e-12, 1e-5, 0.5, 0.999, 1 - 2.0**-53]), st.floats(0, 0.999)
    ),
)
@settings(max_examples=300, deadline=None)
def test_chains_are_the_same(keys: list[int], known: list[bool], rho: float) -> None:
    block, carried = blocks(keys, known)
    x = np.random.default_rng(6).standard_normal(len(block.order)).astype(np.float32)
    uniforms = np.random.default_rng(7).random(len(keys))
    same("stuck", x, carried, block, uniforms, rho)
    for n in range(5):
        same("faded", x, carried, block, rho, [rho ** (1 << step) for step in range(n)])


@pytest.mark.parametrize("name", sorted(COLUMN_TWINS))
def test_a_twin_that_is_wrong_in_one_bit_is_seen(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every comparison above fails if the last bit of one number is changed."""
    many = np.linspace(-2.0, 2.0, 3000, dtype=np.float32)
    words = np.arange(3000, dtype=np.uint64)
    block, carried = blocks([0, 0, 1], [True] * 8)
    x = many[:3]
    arguments: dict[str, tuple[Any, ...]] = {
        "in_order": (many,),
        "rising_places": (many,),
        "order_of_words": (words,),
        "ranks_within": (many, many[1:50], np.ones(len(many), np.intp)),
        "distinct": (np.array([5, 3, 5, 9]),),
        "cut_labels": (many, many[5:9]),
        "moments_within": (many, -1.0, 1.0),
        "standardised": (many, -1.0, 1.0, np.float32(0.1), np.float32(1.1)),
        "normal_quantile": (np.linspace(0.1, 0.9, 9),),
        "across_steps": (np.array([5, 9], np.uint16), np.array([7, 9], np.uint16)),
        "by_parent": (np.array([1, 0, 1]), 2),
        "faded": (x.copy(), carried, block, 0.5, [0.5]),
        "stuck": (x.copy(), carried, block, np.array([0.1, 0.2, 0.3]), 0.5),
    }
    right = COLUMN_TWINS[name]

    def wrong(definition: Callable[..., Any]) -> Callable[..., Any]:
        def off(*given_: Any) -> Any:
            made = right(definition)(*given_)
            if name == "moments_within":
                return np.nextafter(made[0], 1.0), made[1]
            values = made[-1] if isinstance(made, tuple) else made
            values.view(np.int32)[-1] ^= 1
            return made

        return off

    same(name, *arguments[name])
    monkeypatch.setitem(TWINS, name, wrong)  # type: ignore[misc]
    with pytest.raises(AssertionError):
        same(name, *arguments[name])
