"""Boosted trees on the labels of a task, and how well predictions tell these.

One figure, larger for better: of yes or no the area under the ROC curve, 0.5 by chance; of numbers
R² on normal scores of the training labels; of classes 1 − log loss / log loss of their frequencies.
The last two are 0 for a constant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.errors import UsageError
from plurel_cli.numerics.normal_quantile import normal_quantile
from plurel_cli.schema.task import TaskType

Doubles = NDArray[np.float64]

LEAST_PROBABILITY = 1e-3

LOWEST = -1.0


class Boosting(NamedTuple):
    """How trees are grown.

    Attributes
    ----------
    trees
        Rounds of trees.
    rate
        How far each goes.
    bins
        Most bins of an input.
    """

    trees: int
    rate: float
    bins: int


_PARAMETERS: dict[str, Any] = {
    "max_depth": 4,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
    "seed": 0,
    "feature_pre_filter": False,
}


def lightgbm() -> Any:
    """The package of boosted trees.

    Raises
    ------
    UsageError
        If it is not installed.
    """
    try:
        import lightgbm as module
    except ImportError:
        remedy = "install it with `pip install 'plurel-cli[tasks]'`, or leave scores out"
        raise UsageError("tasks.score", "needs the package lightgbm", remedy=remedy) from None
    return module


class TaskTarget:
    """The labels of a task as trees and measures take them.

    Parameters
    ----------
    task_type
        What kind of answer there is.
    train
        Training labels: numbers, or codes of classes from 0.
    """

    def __init__(self, task_type: TaskType, train: Doubles) -> None:
        self.task_type = task_type
        self._sorted = np.sort(train)
        self.n_classes = int(train.max(initial=0)) + 1
        scores = self.scores(train)
        self.constant = float(scores.mean())
        counts = np.bincount(train.astype(int)) if task_type != "regression" else np.ones(1)
        self.shares: Doubles = (counts + 1) / (counts + 1).sum()

    def scores(self, labels: Doubles) -> Doubles:
        """Labels as they are predicted: numbers as normal scores of the training labels."""
        if self.task_type != "regression":
            return labels
        below = np.searchsorted(self._sorted, labels, "left")
        until = np.searchsorted(self._sorted, labels, "right")
        n = self._sorted.size
        share = np.clip((below + until) / (2 * n), 0.5 / n, 1 - 0.5 / n)
        return normal_quantile(share)

    def skill(self, predictions: Doubles, labels: Doubles) -> float:
        """How well predictions tell labels.

        Parameters
        ----------
        predictions
            Scores, chances of a yes, or probabilities of each class.
        labels
            The labels.

        Returns
        -------
        float
            NaN where the labels are all the same.
        """
        return self.skill_of_scores(predictions, self.scores(labels))

    def skill_of_scores(self, predictions: Doubles, scores: Doubles) -> float:
        """The same of labels as they are predicted.

        Parameters
        ----------
        predictions
            Scores, chances of a yes, or probabilities of each class.
        scores
            As `scores` gives them.

        Returns
        -------
        float
        """
        if self.task_type == "binary_classification":
            return auc(predictions, scores > 0)
        losses, base = self._losses(predictions, scores)
        total = float(base.sum())
        return max(1 - float(losses.sum()) / total, LOWEST) if total > 0 else float("nan")

    def resampled(self, predictions: Doubles, scores: Doubles, times: Doubles) -> Doubles:
        """Skills on bootstrap samples.

        Parameters
        ----------
        predictions, scores
            As `skill_of_scores` takes them.
        times
            How often each row is in each sample: a row for each sample.

        Returns
        -------
        ndarray
            A skill for each sample; NaN where its labels are all the same.
        """
        if self.task_type == "binary_classification":
            return resampled_auc(predictions, scores > 0, times)
        losses, base = self._losses(predictions, scores)
        with np.errstate(invalid="ignore", divide="ignore"):
            skills: Doubles = np.maximum(
                1 - (times * losses).sum(1) / (times * base).sum(1), LOWEST
            )
        return skills

    def _losses(self, predictions: Doubles, scores: Doubles) -> tuple[Doubles, Doubles]:
        """What is lost row by row, and what a constant loses."""
        if self.task_type == "regression":
            return (scores - predictions) ** 2, (scores - self.constant) ** 2
        codes = scores.astype(int)
        known = codes < self.n_classes
        chosen = np.full(codes.size, LEAST_PROBABILITY)
        chosen[known] = predictions[known, codes[known]]
        shares = np.full(codes.size, LEAST_PROBABILITY)
        shares[known] = self.shares[codes[known]]
        return -np.log(np.clip(chosen, LEAST_PROBABILITY, None)), -np.log(shares)

    @property
    def chance(self) -> float:
        """The skill of a constant."""
        return 0.5 if self.task_type == "binary_classification" else 0.0

    def constants(self, n: int) -> Doubles:
        """Predictions that are all the same."""
        if self.task_type == "multiclass_classification":
            return np.tile(self.shares, (n, 1))
        return np.full(n, self.constant)

    def grown(
        self,
        inputs: Doubles,
        labels: Doubles,
        growth: Boosting,
        early: NDArray[np.int64] | None = None,
    ) -> Iterator[Predictor]:
        """Trees grown on training rows, and then others, if they are asked for, on some of these.

        Parameters
        ----------
        inputs
            A row for each label.
        labels
            The labels.
        growth
            How trees are grown.
        early
            The rows that other trees are grown on as well, if any.

        Yields
        ------
        callable
            From inputs to predictions: a constant where there are no inputs at all.
        """
        wanted = [None] if early is None else [None, early]
        if not inputs.shape[1]:
            yield from [lambda inputs: self.constants(len(inputs)) for _ in wanted]
            return
        package = lightgbm()
        objective = {"binary_classification": "binary", "regression": "regression"}
        parameters = _PARAMETERS | {
            "objective": objective.get(self.task_type, "multiclass"),
            "learning_rate": growth.rate,
            "max_bin": growth.bins,
        }
        if parameters["objective"] == "multiclass":
            parameters["num_class"] = self.n_classes
        every = package.Dataset(inputs, label=self.scores(labels), params=parameters).construct()
        for rows in wanted:
            data = every if rows is None else every.subset(rows)
            model = package.Booster(parameters, data)  # as `train` does, which copies all settings
            for _ in range(growth.trees):
                if model.update():  # nothing is left to be split
                    break
            yield _predictor(model)


Predictor = Callable[[Doubles], Doubles]


def _predictor(model: Any) -> Predictor:
    return lambda inputs: np.asarray(model.predict(inputs, num_threads=1))


def auc(predictions: Doubles, truth: NDArray[np.bool_]) -> float:
    """Area under the ROC curve: the share of pairs ranked right, ties half; NaN without pairs.

    Parameters
    ----------
    predictions
        Larger for what is likelier to be true.
    truth
        What is true.

    Returns
    -------
    float

    Examples
    --------
    >>> auc(np.array([0.1, 0.5, 0.5]), np.array([False, True, False]))
    0.75
    """
    n_true = int(truth.sum())
    n_false = truth.size - n_true
    if not n_true or not n_false:
        return float("nan")
    _, places, counts = np.unique(predictions, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    above = float(ranks[places][truth].sum()) - n_true * (n_true + 1) / 2
    return above / (n_true * n_false)


def resampled_auc(predictions: Doubles, truth: NDArray[np.bool_], times: Doubles) -> Doubles:
    """Areas under the ROC curve on bootstrap samples.

    Parameters
    ----------
    predictions, truth
        As `auc` takes them.
    times
        How often each row is in each sample: a row for each sample.

    Returns
    -------
    ndarray
        One for each sample.
    """
    order = np.argsort(predictions, kind="stable")
    ranked = predictions[order]
    starts = np.flatnonzero(np.concatenate(([True], ranked[1:] != ranked[:-1])))
    n_true = np.add.reduceat(times[:, order] * truth[order], starts, axis=1)
    n_false = np.add.reduceat(times[:, order] * ~truth[order], starts, axis=1)
    above = n_true * (np.cumsum(n_false, axis=1) - n_false / 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        areas: Doubles = above.sum(1) / (n_true.sum(1) * n_false.sum(1))
    return areas
