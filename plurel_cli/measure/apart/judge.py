"""How well boosted trees tell two samples apart, and which statistics tell most.

Databases are dealt to five folds at random, each side by itself, and never split; trees judge the
fold that they have not seen, and the scores of all folds together give an AUC, of which the mean of
five dealings is taken. Every database of a side weighs the same, however many columns it has, and
so do the two sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plurel_cli.measure.apart.population import LEVELS, LevelSample, Population
from plurel_cli.measure.dependence.skill import lightgbm
from plurel_cli.numerics.stream import Stream

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

N_FOLDS = 5
N_DEALINGS = 5
N_TREES = 120
_LEAST_KNOWN = 30
_N_RESAMPLES = 100

_PARAMETERS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 10,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
    "seed": 0,
}


@dataclass(frozen=True)
class Tell:
    """One statistic of a level.

    Attributes
    ----------
    name
        Of the statistic.
    auc
        Of the statistic alone: over 0.5 where ours are larger, under it where they are smaller.
    gain
        Its share in what the trees gain by their splits.
    ours, theirs
        Quartiles, over the rows that have it.
    """

    name: str
    auc: float
    gain: float
    ours: tuple[float, float, float]
    theirs: tuple[float, float, float]


@dataclass(frozen=True)
class Verdict:
    """How well one level is told apart.

    Attributes
    ----------
    level
        columns, keys or tables.
    n_ours, n_theirs
        Rows of either side.
    auc
        Out of fold, the mean of five dealings; None where a side has fewer than two databases
        with such rows.
    error
        Standard error of the AUC over databases, by resampling these.
    tells
        Statistics that both sides have, those that tell most first.
    """

    level: str
    n_ours: int
    n_theirs: int
    auc: float | None
    error: float | None
    tells: tuple[Tell, ...]


def verdicts(ours: Population, theirs: Population) -> tuple[Verdict, ...]:
    """How well each level of two populations is told apart.

    Parameters
    ----------
    ours, theirs
        Databases of either side.

    Returns
    -------
    tuple

    Raises
    ------
    UsageError
        If LightGBM is not installed.
    """
    return tuple(verdict(ours[level], theirs[level]) for level in LEVELS)


def verdict(ours: LevelSample, theirs: LevelSample) -> Verdict:
    """How well one level is told apart.

    Parameters
    ----------
    ours, theirs
        Samples of the same level.

    Returns
    -------
    Verdict

    Notes
    -----
    At most five folds, or as many as the smaller side has databases.
    """
    sizes = (len(ours.values), len(theirs.values))
    n_folds = min(N_FOLDS, ours.n_databases, theirs.n_databases)
    if n_folds < 2:
        return Verdict(ours.level, *sizes, None, None, ())
    values = np.concatenate((ours.values, theirs.values))
    is_ours = np.repeat([True, False], sizes)
    databases = np.concatenate((ours.databases, theirs.databases + ours.databases.max() + 1))
    weights = np.concatenate((even_weights(ours.databases), even_weights(theirs.databases)))
    generator = Stream(0).child("measure", "apart", ours.level).numpy_generator()
    scores, gains = np.empty((N_DEALINGS, len(values))), np.zeros(values.shape[1])
    for dealing in range(N_DEALINGS):
        sides = [dealt(sample.databases, n_folds, generator) for sample in (ours, theirs)]
        scores[dealing], more = _scores(values, is_ours, weights, np.concatenate(sides))
        gains += more / N_DEALINGS
    return Verdict(
        ours.level,
        *sizes,
        _mean_auc(is_ours, scores, weights),
        _error(is_ours, scores, weights, databases, generator),
        _tells(LEVELS[ours.level], values, is_ours, weights, gains),
    )


def even_weights(databases: Ints) -> Doubles:
    """Weight of each row, so that every database weighs the same and all together 1."""
    _, inverse, counts = np.unique(databases, return_inverse=True, return_counts=True)
    return np.asarray(1.0 / (counts[inverse] * counts.size))


def dealt(databases: Ints, n_folds: int, generator: Generator) -> Ints:
    """Fold of each row, at random: databases are kept whole, and folds have as many of them.

    Parameters
    ----------
    databases
        Of each row.
    n_folds
        How many folds; no more than databases.
    generator
        Draws the order in which they are dealt.

    Returns
    -------
    ndarray
        From 0.
    """
    points, inverse = np.unique(databases, return_inverse=True)
    return np.asarray((generator.permutation(points.size) % n_folds)[inverse])


def _scores(
    values: Doubles, is_ours: NDArray[np.bool_], weights: Doubles, folds: Ints
) -> tuple[Doubles, Doubles]:
    """Out-of-fold probability of each row to be ours, and each statistic's share of the gain."""
    module = lightgbm("--apart")
    scores, gains = np.zeros(len(values)), np.zeros(values.shape[1])
    for fold in range(int(folds.max()) + 1):
        fit = folds != fold
        weight = weights[fit] / weights[fit].mean()
        data = module.Dataset(values[fit], is_ours[fit].astype(float), weight=weight)
        trees = module.train(_PARAMETERS, data, num_boost_round=N_TREES)
        scores[~fit] = trees.predict(values[~fit])
        gains += trees.feature_importance("gain")
    return scores, gains / max(float(gains.sum()), 1e-300)


def auc(is_ours: NDArray[np.bool_], scores: Doubles, weights: Doubles) -> float:
    """Area under the ROC curve: how often ours has the higher score, ties counting half.

    Parameters
    ----------
    is_ours, scores, weights
        By row.

    Returns
    -------
    float
        From 0 to 1; NaN where either side has no weight.

    Examples
    --------
    >>> auc(np.array([True, False, False]), np.array([2.0, 1.0, 2.0]), np.ones(3))
    0.75
    """
    _, ranks = np.unique(scores, return_inverse=True)
    ours = np.bincount(ranks, weights * is_ours)
    theirs = np.bincount(ranks, weights * ~is_ours)
    below = np.cumsum(theirs) - theirs / 2
    whole = ours.sum() * theirs.sum()
    return float(ours @ below / whole) if whole > 0 else float("nan")


def _mean_auc(is_ours: NDArray[np.bool_], scores: Doubles, weights: Doubles) -> float:
    """Mean AUC of several dealings."""
    return float(np.mean([auc(is_ours, each, weights) for each in scores]))


def _error(
    is_ours: NDArray[np.bool_],
    scores: Doubles,
    weights: Doubles,
    databases: Ints,
    generator: Generator,
) -> float:
    """Standard deviation of the AUC where databases of either side are drawn with replacement."""
    sides = (np.unique(databases[is_ours]), np.unique(databases[~is_ours]))
    resampled = []
    for _ in range(_N_RESAMPLES):
        times = np.zeros(int(databases.max()) + 1)
        for side in sides:
            times += np.bincount(generator.choice(side, side.size), minlength=times.size)
        resampled.append(_mean_auc(is_ours, scores, weights * times[databases]))
    return float(np.std(resampled))


def _tells(
    names: tuple[str, ...],
    values: Doubles,
    is_ours: NDArray[np.bool_],
    weights: Doubles,
    gains: Doubles,
) -> tuple[Tell, ...]:
    """What each statistic tells by itself, where more than 30 rows have it and both sides do."""
    tells = []
    for name, column, gain in zip(names, values.T, gains.tolist(), strict=True):
        there = ~np.isnan(column)
        ours, theirs = column[there & is_ours], column[there & ~is_ours]
        if there.sum() > _LEAST_KNOWN and ours.size and theirs.size:
            alone = auc(is_ours[there], column[there], weights[there])
            tells.append(Tell(name, alone, gain, _quartiles(ours), _quartiles(theirs)))
    return tuple(sorted(tells, key=lambda tell: -abs(tell.auc - 0.5)))


def _quartiles(values: Doubles) -> tuple[float, float, float]:
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75]).tolist()
    return low, middle, high
