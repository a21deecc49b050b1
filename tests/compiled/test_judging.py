"""Compiled code judges columns as the definitions do, and has the same moments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli.compiled.code.twins import TWINS
from plurel_cli.features.degenerate import MOST_ALIKE, is_degenerate, is_one_sided
from plurel_cli.kernel.twins import definitions
from tests.compiled.test_columns import hostile, numbers, same
from tests.compiled.test_twins import twin_of

SIZES = (1, 2, 99, 100, 101, 1000, 1024, 1025, 5000)

any_number = st.one_of(hostile, st.sampled_from((np.inf, -np.inf, np.nan)))


def agree(name: str, *arguments: Any) -> Any:
    """Both say the same, in the same type, which is given back."""
    expected, given_ = definitions[name](*arguments), twin_of(name)(*arguments)
    assert type(expected) is type(given_)
    assert expected == given_
    return given_


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("levels", [None, 3, 1])
def test_runs_are_the_same(n: int, levels: int | None) -> None:
    ordered = np.sort(numbers(n, n, levels))
    for run in (0, 1, int(MOST_ALIKE * n), n - 1, n):
        agree("run", ordered, run)
    agree("run", np.repeat(ordered, 2)[::2], n // 2)


@given(st.lists(any_number, min_size=1, max_size=30), st.integers(0, 31))
@settings(max_examples=200, deadline=None)
def test_runs_of_hostile_numbers_are_the_same(values: list[float], run: int) -> None:
    agree("run", np.sort(np.array(values, dtype=np.float32)), min(run, len(values)))


def test_a_run_is_seen_at_its_bound(with_twins: None) -> None:
    ordered = np.zeros(200, dtype=np.float32)
    ordered[-1:] = 1.0
    assert is_degenerate(ordered)
    ordered[-2:] = 1.0, 2.0
    assert not is_degenerate(ordered)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=300), st.integers(0, 9))
@settings(max_examples=200, deadline=None)
def test_the_commonest_category_is_the_same(categories: list[int], n: int) -> None:
    several = np.array(categories, dtype=np.int32)
    for values in (several, several.astype(np.int64), np.repeat(several, 2)[::2]):
        agree("most_alike", values, n)


def test_a_category_below_zero_is_refused_alike() -> None:
    for several in (definitions["most_alike"], twin_of("most_alike")):
        with pytest.raises(ValueError, match="negative"):
            several(np.array([0, -1], dtype=np.int32), 2)


def test_a_side_is_seen_at_its_bound(with_twins: None) -> None:
    categories = np.zeros(200, dtype=np.int32)
    categories[:1] = 1
    assert is_one_sided(categories, 2)
    categories[:2] = 1
    assert not is_one_sided(categories, 2)


@pytest.mark.parametrize("n", SIZES)
def test_moments_are_the_same(n: int) -> None:
    values = numbers(n, n)
    with np.errstate(all="ignore"):
        same("mean_and_sd", values)
        same("mean_and_sd", values[::2] if n > 1 else values)
        same("mean_and_sd", values.astype(np.float64))
        same("mean_and_sd", values[:, None])


@given(st.lists(any_number, min_size=1, max_size=40))
@settings(max_examples=200, deadline=None)
def test_moments_of_hostile_numbers_are_the_same(values: list[float]) -> None:
    with np.errstate(all="ignore"):
        same("mean_and_sd", np.array(values, dtype=np.float32))


def test_there_are_no_moments_of_nothing() -> None:
    for several in (definitions["mean_and_sd"], twin_of("mean_and_sd")):
        with pytest.raises(ZeroDivisionError):
            several(np.empty(0, dtype=np.float32))


def test_moments_that_are_wrong_in_one_bit_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = TWINS["mean_and_sd"]

    def wrong(definition: Any) -> Any:
        def off(values: Any) -> tuple[float, float]:
            mean, sd = right(definition)(values)
            return mean, float(np.nextafter(sd, np.inf))

        return off

    monkeypatch.setitem(TWINS, "mean_and_sd", wrong)  # type: ignore[misc]
    with pytest.raises(AssertionError):
        same("mean_and_sd", numbers(100, 1))
