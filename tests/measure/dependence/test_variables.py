"""Columns as numbers and categories."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from plurel_cli.measure.dependence.variables import (
    NO_CODE,
    MeasuredVariable,
    by_frequency,
    normal_scores,
    ranks,
    variable_of,
)
from plurel_cli.measure.view import MeasuredFeature


def variable(values: Any) -> MeasuredVariable:
    """A column as a variable; it must be one."""
    found = variable_of(MeasuredFeature("t", "x", pl.Series("x", values)))
    assert found is not None
    return found


def test_ranks_are_scipys() -> None:
    values = np.random.default_rng(1).integers(0, 20, 100).astype(float)
    assert ranks(values) == pytest.approx(stats.rankdata(values) - 0.5)
    with_null = np.insert(values, 3, np.nan)
    assert np.isnan(ranks(with_null)[3])
    assert np.delete(ranks(with_null), 3) == pytest.approx(ranks(values))


def test_normal_scores() -> None:
    values = np.exp(np.random.default_rng(1).normal(size=501))
    scores = normal_scores(values)
    assert scores == pytest.approx(stats.norm.ppf((stats.rankdata(values) - 0.5) / 501))
    assert np.isnan(normal_scores(np.full(3, np.nan))).all()


@pytest.mark.parametrize(
    ("values", "is_number"),
    [
        ([0.5 * i for i in range(13)], True),
        ([0.5 * i for i in range(12)], False),
        (list(range(13)) * 2, True),
        ([1, 2, None], False),
        ([True, False, None], False),
        (["a", "b"], False),
    ],
)
def test_kinds(values: list[Any], is_number: bool) -> None:
    its = variable(values)
    assert its.is_number is is_number
    assert its.is_null.tolist() == [value is None for value in values]


def test_text_is_left_out_and_dates_are_numbers() -> None:
    assert variable_of(MeasuredFeature("t", "x", pl.Series([f"w{i}" for i in range(201)]))) is None
    days = pl.Series([dt.datetime(2020, 1, 1) + dt.timedelta(days=i) for i in range(20)])
    assert variable(days.to_physical()).is_number


def test_codes_are_by_frequency() -> None:
    its = variable(["b", "a", None, "b", "c", "c", "b"])
    assert its.codes.tolist() == [0, 2, NO_CODE, 0, 1, 1, 0]
    assert its.scores[[0, 1]].tolist() == [1, 0]
    assert by_frequency(np.array([5, 5, 1])).tolist() == [0, 0, 1]
    numbers = variable([7.0, 3.0, 3.0, None])
    assert numbers.codes.tolist() == [1, 0, 0, NO_CODE]
    assert numbers.values[:3].tolist() == [7, 3, 3]  # a number's order is kept


def test_majority() -> None:
    assert variable([1, 1, 2, None]).majority == pytest.approx(2 / 3)
    assert variable([1] * 99 + [2]).is_varied
    assert not variable([1] * 199 + [2]).is_varied
    assert not variable([None, None]).is_varied


def test_labels() -> None:
    its = variable(np.arange(1000.0)).labels()
    assert np.bincount(its).tolist() == [100] * 10
    tied = variable([*np.arange(50.0), *[99.0] * 50]).labels()
    assert set(tied[50:].tolist()) == {7}  # equal values alike, by their middle rank
    many = variable([f"k{i % 30}" for i in range(900)])
    assert many.labels().max() == 9
    assert np.bincount(many.labels())[9] == 900 - 9 * 30
    assert variable([None, *np.arange(20.0)]).labels()[0] == NO_CODE
