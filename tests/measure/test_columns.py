"""Kinds of columns and their kurtosis, and shapes of schemas."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest

from plurel_cli.measure.columns import excess_kurtosis, holds_integers, kind_of, n_distinct
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
