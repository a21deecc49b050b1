"""Kinds of columns and their kurtosis, and shapes of schemas."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli.measure.columns import (
    counted,
    excess_kurtosis,
    holds_integers,
    kind_of,
    n_distinct,
)
from plurel_cli.measure.schema import depth, self_references, share_in_multiples
from tests.statistics import z_limit


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([True, False, None], "boolean"),
        (["a", "b", "a"], "boolean"),
        ([0.5, 7.0, None], "boolean"),
        ([True, True], "categorical"),
        (["a", "b", "c"], "categorical"),
        ([f"w{i}" for i in range(200)], "categorical"),
        ([f"w{i}" for i in range(201)], "text"),
        ([f"w{i % 201}" for i in range(4020)], "text"),
        ([f"w{i % 201}" for i in range(4021)], "categorical"),
        ([1, 2, 3], "categorical"),
        (list(range(12)), "categorical"),
        (list(range(13)), "numeric"),
        ([1.0, 2.0, 3.0, None], "categorical"),
        ([1.0, 2.0, 3.5], "numeric"),
    ],
)
def test_kinds(values: list[Any], kind: str) -> None:
    assert kind_of(pl.Series(values)) == kind


def test_whole_numbers_are_integers_whatever_their_type() -> None:
    assert holds_integers(pl.Series([1.0, 2.0]))
    assert holds_integers(pl.Series([1, 2]))
    assert not holds_integers(pl.Series([1.0, 2.5]))
    assert not holds_integers(pl.Series(["1"]))
    assert n_distinct(pl.Series([1, None, 1])) == 1


def test_kurtosis_of_known() -> None:
    assert excess_kurtosis(np.repeat([0.0, 1.0], 50)) == pytest.approx(-2)
    grid = (np.arange(10_001) + 0.5) / 10_001
    assert excess_kurtosis(grid) == pytest.approx(-1.2, abs=1e-6)


def test_kurtosis_of_a_sample() -> None:
    """Of normal numbers 0 within √(24/n); Laplace's 3 is told apart."""
    n = 20_000
    limit = z_limit(2) * math.sqrt(24 / n)
    generator = np.random.default_rng(1)
    assert abs(excess_kurtosis(generator.normal(size=n))) < limit
    assert excess_kurtosis(generator.laplace(size=n)) > limit
    assert abs(excess_kurtosis(generator.uniform(size=n))) > limit


def test_kurtosis_is_that_of_its_slow_twin() -> None:
    values = np.random.default_rng(2).exponential(size=50)
    mean = sum(values) / 50
    second = sum((value - mean) ** 2 for value in values) / 50
    fourth = sum((value - mean) ** 4 for value in values) / 50
    assert excess_kurtosis(values) == pytest.approx(fourth / second**2 - 3)


def test_what_has_no_kurtosis() -> None:
    assert math.isnan(excess_kurtosis(np.arange(20.0)))
    assert not math.isnan(excess_kurtosis(np.arange(21.0)))
    assert math.isnan(excess_kurtosis(np.ones(100)))


def test_schemas() -> None:
    edges = [("b", "a"), ("b", "a"), ("c", "b"), ("d", "a"), ("d", "c"), ("d", "d"), ("d", "d")]
    assert self_references(edges) == 2
    assert share_in_multiples(edges) == pytest.approx(4 / 7)
    assert depth(edges) == 3
    assert depth([]) == 0
    assert depth([("a", "a")]) == 0


@given(st.data())
def test_first_rows_decide_only_what_all_rows_would(data: st.DataObject) -> None:
    """Kinds by their definition, of columns that begin with few or many values."""
    n_begin, n_rest = data.draw(st.integers(0, 60)), data.draw(st.integers(0, 60))
    most = data.draw(st.integers(1, 40))
    generator = np.random.default_rng(data.draw(st.integers(0, 99)))
    numbers = np.concatenate([generator.integers(0, most, n_begin), np.arange(n_rest)])
    values = pl.Series(numbers / data.draw(st.sampled_from([1.0, 2.0])))
    distinct = len(set(values.to_list()))
    kind, counted_as = counted(values)
    if distinct == 2:
        expected = "boolean"
    elif distinct <= 12 and holds_integers(values):
        expected = "categorical"
    else:
        expected = "numeric"
    assert kind == expected
    assert counted_as in (None, distinct)
    assert kind != "categorical" or counted_as == distinct


@pytest.mark.parametrize("n_distinct", [200, 201, 499, 500, 501])
def test_the_first_rows_of_a_long_text(n_distinct: int) -> None:
    """Of 10,000 rows, fewer than 500 values are categories, wherever they stand."""
    few = [f"w{i % n_distinct}" for i in range(10_000)]
    late = ["w0"] * (10_000 - n_distinct) + [f"w{i}" for i in range(n_distinct)]
    kind = "categorical" if n_distinct < 500 else "text"
    assert kind_of(pl.Series(few)) == kind_of(pl.Series(late)) == kind
