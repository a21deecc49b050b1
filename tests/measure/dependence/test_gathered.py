"""Features from children and from the past, against slow twins."""

from __future__ import annotations

import math

import numpy as np
import pytest

from plurel_cli.measure.dependence.children import aggregates
from plurel_cli.measure.dependence.database import gathered
from plurel_cli.measure.dependence.history import history
from plurel_cli.measure.time import DAY
from plurel_cli.measure.view import NO_PARENT, NO_TIME
from tests.measure.dependence.test_variables import variable
from tests.measure.views import view


@pytest.mark.parametrize("seed", range(4))
def test_history_is_its_slow_twin(seed: int) -> None:
    generator = np.random.default_rng(seed)
    n = 120
    keys = generator.integers(-1, 8, n)
    times = np.where(generator.random(n) < 0.1, NO_TIME, generator.integers(0, 40, n))
    last, level = generator.normal(size=(2, n))
    level[generator.random(n) < 0.2] = np.nan
    found = history(keys, times, last, level)
    for i in range(n):
        if keys[i] == NO_PARENT or times[i] == NO_TIME:
            assert np.isnan(found[i]).all()
            continue
        earlier = [j for j in range(n) if keys[j] == keys[i] and NO_TIME != times[j] < times[i]]
        assert found[i, 2] == len(earlier)
        levels = [level[j] for j in earlier if not math.isnan(level[j])]
        expected = sum(levels) / len(levels) if levels else math.nan
        assert found[i, 1] == pytest.approx(expected, nan_ok=True)
        latest = [last[j] for j in earlier if times[j] == max(times[k] for k in earlier)]
        assert found[i, 0] in latest if latest else math.isnan(found[i, 0])


def test_history_of_nothing() -> None:
    found = history(np.array([NO_PARENT]), np.array([1]), np.ones(1), np.ones(1))
    assert np.isnan(found).all()


def test_aggregates_are_their_slow_twins() -> None:
    generator = np.random.default_rng(1)
    n, n_parents = 200, 30
    keys = generator.integers(-1, n_parents - 3, n)
    times = DAY * generator.integers(0, 50, n)
    number = variable(np.where(generator.random(n) < 0.1, np.nan, generator.normal(size=n)))
    kind = variable([None if i % 9 == 0 else f"k{i % 3 * (i % 2)}" for i in range(n)])
    its = view({"p": n_parents, "c": n}, {("c", "k", "p"): keys}, {"c": times})
    found = aggregates(its.keys[0], [number, kind])
    assert found.shape == (n_parents, 5)
    for parent in range(n_parents):
        rows = np.flatnonzero(keys == parent)
        assert found[parent, 0] == rows.size
        scores = number.scores[rows][~np.isnan(number.scores[rows])]
        assert found[parent, 1] == pytest.approx(
            scores.mean() if scores.size else np.nan, nan_ok=True
        )
        codes = kind.codes[rows][kind.codes[rows] >= 0]
        if not codes.size:
            assert np.isnan(found[parent, 2:4]).all()
        else:
            shares = np.bincount(codes) / codes.size
            assert found[parent, 2] == pytest.approx(shares[0])
            entropy = -sum(share * math.log(share) for share in shares if share > 0)
            assert found[parent, 3] == pytest.approx(entropy)
        recency = (times[keys >= 0].max() - times[rows].max()) / DAY if rows.size else np.nan
        assert found[parent, 4] == pytest.approx(recency, nan_ok=True)


def test_rows_of_a_parent() -> None:
    found = gathered(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1, NO_PARENT, 0]))
    assert found[[0, 2]].tolist() == [[3, 4], [1, 2]]
    assert np.isnan(found[1]).all()
