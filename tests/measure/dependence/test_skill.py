"""Skill of trees on columns of known dependence."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from plurel_cli.errors import UsageError
from plurel_cli.measure.dependence.skill import (
    LOWEST,
    auc,
    folds,
    gain,
    grouped_folds,
    lightgbm,
    out_of_fold,
    skill_of_category,
    skill_of_number,
)
from plurel_cli.measure.dependence.variables import by_frequency, normal_scores

N = 4000


def _numbers(share: float, seed: int = 1) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A feature matrix, and a number of whose variance its first column tells a share."""
    generator = np.random.default_rng(seed)
    features = generator.normal(size=(N, 4))
    noise = generator.normal(size=N)
    return features, np.sqrt(share) * features[:, 0] + np.sqrt(1 - share) * noise


def _fold(seed: int = 2) -> NDArray[np.int64]:
    return folds(N, np.random.default_rng(seed))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_skill_nears_the_share_that_can_be_told(share: float) -> None:
    """From below: trees on 2,000 rows lose up to a tenth of the variance, and cannot gain."""
    features, target = _numbers(share)
    found = skill_of_number(features, normal_scores(target), _fold())
    error = 2 * np.sqrt(share * (1 - share) / N)  # of R², for a normal target
    assert share - 0.1 < found < share + 5 * error
    assert skill_of_number(features[:, 1:], normal_scores(target), _fold()) < 0.02


def test_nothing_is_told_by_nothing() -> None:
    features, target = _numbers(0.5)
    scores = normal_scores(target)
    assert skill_of_number(features[:, :0], scores, _fold()) == 0
    assert LOWEST <= skill_of_number(features[:, 1:], scores, _fold()) < 0.02
    codes = by_frequency((target > 0).astype(np.int64) + (target > 1))
    assert skill_of_category(features[:, :0], codes, _fold()) == 0
    assert LOWEST <= skill_of_category(features[:, 1:], codes, _fold()) < 0.02


@pytest.mark.parametrize("n_classes", [2, 4, 9])
def test_categories(n_classes: int) -> None:
    features, target = _numbers(1.0)
    codes = by_frequency((stats.norm.cdf(target) * n_classes).astype(np.int64))
    assert skill_of_category(features, codes, _fold()) > 0.8
    half = np.where(np.random.default_rng(3).random(N) < 0.5, codes, codes[::-1])
    partly = skill_of_category(features, by_frequency(half), _fold())
    assert 0.1 < partly < 0.6


def test_a_fold_never_sees_itself() -> None:
    """A target that is a row's own noise cannot be told, though trees could learn it by heart."""
    generator = np.random.default_rng(4)
    features = np.arange(N, dtype=float)[:, None]
    assert skill_of_number(features, generator.normal(size=N), _fold()) < 0.02
    groups = np.repeat(np.arange(N // 200), 200)
    target = generator.normal(size=N // 200)[groups]
    assert skill_of_number(features, target, _fold()) > 0.5
    assert skill_of_number(features, target, grouped_folds(groups, generator)) < 0.1


def test_grouped_folds_keep_groups_whole() -> None:
    groups = np.array([5, 5, 9, 9, 9, 2])
    fold = grouped_folds(groups, np.random.default_rng(1))
    assert len({*zip(groups.tolist(), fold.tolist(), strict=True)}) == 3
    assert set(folds(101, np.random.default_rng(1)).tolist()) == {0, 1}


def test_predictions_are_the_same_each_time() -> None:
    features, target = _numbers(0.5)
    one, other = (out_of_fold(features, target, _fold(), "regression") for _ in range(2))
    assert (one == other).all()


def test_nulls_are_taken() -> None:
    features, target = _numbers(0.9)
    features[::3, 0] = np.nan
    found = skill_of_number(features, normal_scores(target), _fold())
    assert 0.45 < found < 0.65  # two rows in three are told


def test_gain() -> None:
    assert gain(0.5, 0.2) == pytest.approx(0.3)
    assert gain(0.1, -0.1) == 0.1
    assert gain(-0.1, 0.2) == -0.2


def test_auc_is_the_share_of_pairs() -> None:
    generator = np.random.default_rng(5)
    told = generator.integers(0, 10, 60).astype(float)
    truth = generator.random(60) < 0.4
    pairs = [(a > b) + 0.5 * (a == b) for a in told[truth].tolist() for b in told[~truth].tolist()]
    assert auc(told, truth) == pytest.approx(sum(pairs) / len(pairs))


def test_without_lightgbm_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(UsageError, match=r"needs the package lightgbm; install it with `pip "):
        lightgbm()
