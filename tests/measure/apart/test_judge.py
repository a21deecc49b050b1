"""The classifier: databases are kept whole, equal samples are not told apart, others are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli.errors import UsageError
from plurel_cli.measure.apart.judge import Verdict, auc, dealt, even_weights, verdict
from plurel_cli.measure.apart.population import LEVELS, LevelSample, check_sizes, population, real

N_STATISTICS = len(LEVELS["tables"])


def _sample(seed: int, n_databases: int, shift: float = 0.0, own: float = 0.0) -> LevelSample:
    """Ten statistics of twelve tables a database: the first is shifted, all have its own mean."""
    generator = np.random.default_rng(seed)
    databases = np.repeat(np.arange(n_databases), 12)
    values = generator.normal(size=(databases.size, N_STATISTICS))
    values += own * generator.normal(size=(n_databases, N_STATISTICS))[databases]
    values[:, 0] += shift
    return LevelSample("tables", databases, values)


def _told(one: LevelSample, other: LevelSample) -> tuple[float, float, Verdict]:
    told = verdict(one, other)
    assert told.auc is not None
    assert told.error is not None
    return told.auc, told.error, told


def test_two_samples_of_one_kind_are_not_told_apart() -> None:
    """Within four standard errors of many such: 0.5."""
    aucs, errors = zip(*(_told(_sample(i, 12), _sample(i + 50, 12))[:2] for i in range(4)),
                       strict=True)  # fmt: skip
    assert abs(np.mean(aucs) - 0.5) < 4 * np.mean(errors) / np.sqrt(len(aucs))
    assert np.std(aucs) < 2 * np.mean(errors)


def test_plainly_different_samples_are_told_apart_by_what_differs() -> None:
    value, error, told = _told(_sample(1, 12, shift=4), _sample(2, 12))
    assert value > 0.98
    assert error < 0.02
    first = told.tells[0]
    assert first.name == LEVELS["tables"][0]
    assert first.auc == pytest.approx(value, abs=0.02)
    assert first.gain > 0.9
    assert first.ours[1] - first.theirs[1] == pytest.approx(4, abs=0.5)
    assert (told.n_ours, told.n_theirs) == (144, 144)


def test_databases_are_kept_whole() -> None:
    """Each database has a style of its own, which trees that see half of it would recognise."""
    one, other = _sample(3, 8, own=6), _sample(4, 8, own=6)
    kept = _told(one, other)[0]
    split = _told(
        LevelSample("tables", np.arange(len(one.values)), one.values),
        LevelSample("tables", np.arange(len(other.values)), other.values),
    )[0]
    assert split > 0.98
    assert kept < 0.9


@given(st.lists(st.integers(1, 9), min_size=2, max_size=12), st.integers(2, 5))
def test_dealt(sizes: list[int], n_folds: int) -> None:
    n_folds = min(n_folds, len(sizes))
    databases = np.repeat(np.arange(len(sizes)), sizes)
    folds = dealt(databases, n_folds, np.random.default_rng(len(sizes)))
    assert set(folds.tolist()) == set(range(n_folds))
    fold_of = [set(folds[databases == database].tolist()) for database in range(len(sizes))]
    assert all(len(fold) == 1 for fold in fold_of)
    in_fold = [fold_of.count({fold}) for fold in range(n_folds)]
    assert max(in_fold) - min(in_fold) <= 1


def test_every_database_weighs_the_same() -> None:
    assert even_weights(np.array([0, 0, 0, 5])) == pytest.approx([1 / 6, 1 / 6, 1 / 6, 1 / 2])


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, 4), st.integers(1, 3)), min_size=2, max_size=12
    )
)
def test_auc(rows: list[tuple[bool, int, int]]) -> None:
    pairs = [
        (a[1], b[1], a[2] * b[2]) for a in rows if a[0] for b in rows if not b[0]
    ]  # ours and theirs
    is_ours, scores, weights = (np.array(column) for column in zip(*rows, strict=True))
    value = auc(is_ours.astype(bool), scores.astype(float), weights.astype(float))
    if not pairs:
        assert np.isnan(value)
        return
    won = sum(weight * ((a > b) + (a == b) / 2) for a, b, weight in pairs)
    assert value == pytest.approx(won / sum(weight for *_, weight in pairs))


def test_half_of_the_real_ones_against_the_others() -> None:
    rows = [member["rows"] for member in real()]
    told = verdict(population(rows[::2])["columns"], population(rows[1::2])["columns"])
    assert told.auc is not None
    assert told.auc < 0.75
    same = verdict(population(rows[::2])["columns"], population(rows[1::2])["columns"])
    assert same == told


def test_too_few_databases() -> None:
    told = verdict(_sample(1, 1), _sample(2, 3))
    assert (told.auc, told.error, told.tells) == (None, None, ())
    with pytest.raises(UsageError, match=r"at least two databases on either side.*DIR has, got 1"):
        check_sizes([1], [1, 2])
    with pytest.raises(UsageError, match="--against has, got 1"):
        check_sizes([1, 2], [1])
