"""How well boosted trees tell a column from others, out of fold.

Two folds of random rows, 60 trees of depth 4 at a learning rate of 0.1, one thread. Numbers are
told as normal scores, by R²; categories as their five most frequent values and the rest, by log
loss against that of their frequencies.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plurel_cli.errors import UsageError

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

N_TREES = 60
N_CLASSES = 6
LOWEST = -0.1
"""Skill is clipped from here to 1."""

_PARAMETERS: dict[str, Any] = {
    "learning_rate": 0.1,
    "max_depth": 4,
    "num_leaves": 16,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
    "seed": 0,
    "max_bin": 63,
    "feature_pre_filter": False,
}

_LEAST_PROBABILITY = 1e-6


def lightgbm(option: str = "--dependence") -> Any:
    """The package of boosted trees, which an option needs.

    Raises
    ------
    UsageError
        If it is not installed.
    """
    try:
        import lightgbm as module
    except ImportError:
        remedy = "install it with `pip install 'plurel-cli[measure]'`"
        raise UsageError(option, "needs the package lightgbm", remedy=remedy) from None
    return module


def folds(n: int, generator: Generator) -> Ints:
    """Fold of every row: two random halves.

    Parameters
    ----------
    n
        Rows.
    generator
        Draws the halves.

    Returns
    -------
    ndarray
        0 or 1 for each row.
    """
    return generator.permutation(n) % 2


def grouped_folds(groups: Ints, generator: Generator) -> Ints:
    """Fold of every row, the same for all rows of a group.

    Parameters
    ----------
    groups
        Group of every row.
    generator
        Draws the halves.

    Returns
    -------
    ndarray
        0 or 1 for each row.
    """
    _, inverse = np.unique(groups, return_inverse=True)
    return folds(int(inverse.max()) + 1, generator)[inverse]


def out_of_fold(
    features: Doubles, target: Doubles, fold: Ints, objective: str, n_classes: int = 1
) -> Doubles:
    """Predictions for every row by trees grown on the other fold.

    Parameters
    ----------
    features
        n × k, NaN for null.
    target
        n numbers, or classes from 0.
    fold
        0 or 1 a row.
    objective
        Of LightGBM: `regression`, `binary` or `multiclass`.
    n_classes
        Of a multiclass target.

    Returns
    -------
    ndarray
        n predictions, or n × classes probabilities.
    """
    package = lightgbm()
    parameters = _PARAMETERS | {"objective": objective}
    if objective == "multiclass":
        parameters["num_class"] = n_classes
    predictions = np.zeros((target.size, n_classes) if objective == "multiclass" else target.size)
    for half in (0, 1):
        train, test = fold != half, fold == half
        data = package.Dataset(features[train], label=target[train], params=parameters)
        model = package.train(parameters, data, N_TREES, keep_training_booster=True)
        predictions[test] = model.predict(features[test], num_threads=1)
    return predictions


def skill_of_number(features: Doubles, scores: Doubles, fold: Ints) -> float:
    """R² out of fold, 0 without features.

    Parameters
    ----------
    features
        n × k.
    scores
        n normal scores.
    fold
        0 or 1 a row.

    Returns
    -------
    float
        From `LOWEST` to 1.
    """
    if features.shape[1] == 0:
        return 0.0
    predictions = out_of_fold(features, scores, fold, "regression")
    left = float(((scores - predictions) ** 2).sum())
    return _clipped(1 - left / float(((scores - scores.mean()) ** 2).sum()))


def skill_of_category(features: Doubles, codes: Ints, fold: Ints) -> float:
    """1 − log loss / log loss of the frequencies, out of fold; 0 without features.

    Parameters
    ----------
    features
        n × k.
    codes
        Categories by frequency, from 0; those from 5 on are one.
    fold
        0 or 1 a row.

    Returns
    -------
    float
        From `LOWEST` to 1.
    """
    if features.shape[1] == 0:
        return 0.0
    classes = np.minimum(codes, N_CLASSES - 1)
    n_classes = int(classes.max()) + 1
    if n_classes == 2:
        one = out_of_fold(features, classes.astype(float), fold, "binary")
        probabilities = np.column_stack((1 - one, one))
    else:
        probabilities = out_of_fold(features, classes.astype(float), fold, "multiclass", n_classes)
    shares = np.bincount(classes) / classes.size
    prior = -float(np.log(shares[classes]).mean())
    chosen = np.clip(probabilities[np.arange(classes.size), classes], _LEAST_PROBABILITY, None)
    return _clipped(1 + float(np.log(chosen).mean()) / prior)


def _clipped(skill: float) -> float:
    return min(max(skill, LOWEST), 1.0)


def gain(with_more: float, without: float) -> float:
    """Gain in skill, what is below zero counted as zero.

    Parameters
    ----------
    with_more
        Skill with additional features.
    without
        Skill without them.

    Returns
    -------
    float
        From −1 to 1.
    """
    return max(with_more, 0.0) - max(without, 0.0)


def auc(predictions: Doubles, truth: NDArray[np.bool_]) -> float:
    """Area under the ROC curve: the share of pairs ranked right, ties half.

    Parameters
    ----------
    predictions
        Larger for what is likelier to be true.
    truth
        What is true.

    Returns
    -------
    float
        From 0 to 1, 0.5 by chance.

    Examples
    --------
    >>> auc(np.array([0.1, 0.5, 0.5]), np.array([False, True, False]))
    0.75
    """
    from plurel_cli.measure.dependence.variables import ranks

    n_true = int(truth.sum())
    n_false = truth.size - n_true
    above = float(ranks(predictions)[truth].sum()) - n_true * n_true / 2
    return above / (n_true * n_false)
