"""Compiled searches find what their definitions find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli.compiled.code.search_twins import SEARCH_TWINS
from plurel_cli.compiled.code.twins import TWINS
from plurel_cli.connectivity import junction, ranks
from plurel_cli.kernel.twins import definitions
from tests.compiled.test_twins import same, twin_of

assert junction, ranks  # which have the definitions

numbers = st.one_of(st.integers(-3, 3).map(float), st.floats(allow_nan=False))


@given(rising=st.lists(numbers, max_size=70), values=st.lists(numbers, max_size=70))
@settings(max_examples=300, deadline=None)
def test_ranks_are_the_same(rising: list[float], values: list[float]) -> None:
    several = np.sort(np.array(rising))
    same("ranks", several, np.concatenate([np.array(values), several]))
    same("ranks", several.repeat(2)[::2], np.array(values).repeat(2)[::2])
    same("ranks", several, np.array([*values, np.nan, 0.0]))


@given(rising=st.lists(st.integers(-9, 9), max_size=70), values=st.lists(st.integers(-11, 11)))
@settings(max_examples=200, deadline=None)
def test_ranks_of_integers_are_the_same(rising: list[int], values: list[int]) -> None:
    several, asked = np.sort(np.array(rising, dtype=np.int64)), np.array(values, dtype=np.int64)
    same("ranks", several, asked)
    same("ranks", several.repeat(2)[::2] << 55, asked.repeat(2)[::2] << 55)
    same("ranks", several, asked.astype(np.float64))


@given(st.lists(st.one_of(st.sampled_from([0, 4095, 4096, 2**64 - 1]), st.integers(0, 2**64 - 1))))
def test_middles_are_the_same(words: list[int]) -> None:
    same("middles", np.array(words, dtype=np.uint64))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 1000, 1024, 40_000])
@pytest.mark.parametrize("n_values", [0, 1, 2047, 2048, 2049, 9000])
def test_ranks_of_many_are_the_same(n: int, n_values: int) -> None:
    rng = np.random.default_rng(n)
    rising = np.cumsum(rng.integers(0, 2, n) * rng.random(n))
    values = rng.random(n_values) * rising[-1] * 1.1 - 0.01
    same("ranks", rising, np.concatenate([values, rising[:n_values]]))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 7, 8, 9, 33, 200])
@pytest.mark.parametrize("n_values", [0, 1, 5000])
def test_last_columns_are_the_same(n: int, n_values: int) -> None:
    rng = np.random.default_rng(n)
    before = np.zeros((20, n + 1))
    before[:, 1:] = np.cumsum(rng.integers(0, 3, (20, n)), axis=1)
    which = rng.integers(0, 20, n_values)
    target = rng.random(n_values) * before[:, -1].take(which) * 1.1 - 0.01
    target[::7] = before[:, n // 2].take(which[::7])
    target[::11] = np.nan
    same("last_at_most", before, which, target)
    same("last_at_most", np.asfortranarray(before), which, np.floor(target))


pairs = st.lists(st.tuples(st.integers(-2, 6), st.integers(-2, 6)), max_size=80)


@given(pairs=pairs, scale=st.sampled_from([1, 1000, 1 << 28]))
@settings(max_examples=300, deadline=None)
def test_repeated_pairs_are_the_same(pairs: list[tuple[int, int]], scale: int) -> None:
    both = np.array(pairs, dtype=np.int64).reshape(-1, 2) * scale
    same("repeated", both[:, 0], both[:, 1])


@pytest.mark.parametrize("n", [1023, 1024, 1025, 50_000])
@pytest.mark.parametrize("most", [1, 40, 5000])
def test_repeated_pairs_of_many_are_the_same(n: int, most: int) -> None:
    rng = np.random.default_rng(n)
    first, second = rng.integers(-1, most, n), rng.integers(-1, 300, n)
    same("repeated", first, second)
    assert len(twin_of("repeated")(first, second)) > (0 if most < 5000 else -1)


@pytest.mark.parametrize("name", sorted(SEARCH_TWINS))
def test_a_twin_that_is_wrong_in_one_number_is_seen(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every comparison above fails if one number is another."""
    arguments: dict[str, tuple[Any, ...]] = {
        "ranks": (np.arange(9.0), np.arange(5.0)),
        "middles": (np.arange(5, dtype=np.uint64),),
        "last_at_most": (np.arange(10.0).reshape(2, 5), np.array([0, 1]), np.array([2.0, 7.5])),
        "repeated": (np.array([1, 1, 1]), np.array([2, 2, 3])),
    }
    right = SEARCH_TWINS[name]

    def wrong(definition: Callable[..., Any]) -> Callable[..., Any]:
        def off(*given_: Any) -> Any:
            made = right(definition)(*given_)
            made[-1] += 1
            return made

        return off

    same(name, *arguments[name])
    assert len(definitions[name](*arguments[name]))
    monkeypatch.setitem(TWINS, name, wrong)  # type: ignore[misc]
    with pytest.raises(AssertionError):
        same(name, *arguments[name])
