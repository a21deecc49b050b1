"""What predictions of a task's labels reach, and what follows for the task.

Trees stand against a constant and the last answer. What they gain is real where it is there in
nearly all bootstrap samples of the rows that are judged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.task import SPLITS, Task
from plurel_cli.tasks.trees import Doubles, TaskTarget

MOST_MAJORITY = 0.99
"""A constant that is right more often makes a task trivial."""

MOST_SKILL = 0.995
"""Trees that reach more make a task trivial."""

LEAST_GAIN = 0.01
"""What trees must gain over a constant and the last answer."""

N_RESAMPLES = 100
CONFIDENCE = 0.95

METRICS = {
    "binary_classification": "auc",
    "regression": "r2_of_normal_scores",
    "multiclass_classification": "log_loss_skill",
    "recommendation": "map",
}
"""What the figures are, by the type of a task."""


def is_one_answer(labels: Doubles) -> bool:
    """Whether a constant is nearly always right."""
    counts = np.unique(labels, return_counts=True)[1]
    return bool(counts.max() > MOST_MAJORITY * counts.sum())


@dataclass(frozen=True)
class TaskVerdict:
    """What is to become of a task.

    Attributes
    ----------
    is_trivial
        Whether it is too easy.
    is_hopeless
        Whether trees tell nothing that a constant or the last answer does not.
    baselines
        What `baselines.json` says.
    """

    is_trivial: bool
    is_hopeless: bool
    baselines: dict[str, Any]


class JudgedLabels(NamedTuple):
    """The labels that predictions are judged by.

    Attributes
    ----------
    task
        The task.
    target
        Its labels, as trees take them.
    label, split
        Of each row.
    stream
        Draws the samples.
    """

    task: Task
    target: TaskTarget
    label: Doubles
    split: NDArray[np.int64]
    stream: Stream

    def skill(self, predicted: Doubles, number: int) -> float:
        """How well predictions tell the labels of a split.

        Parameters
        ----------
        predicted
            Of all rows.
        number
            Of the split.

        Returns
        -------
        float
        """
        judged = self.split == number
        return rounded(self.target.skill(predicted[judged], self.label[judged]))

    def is_real(self, predictions: dict[str, Doubles], number: int) -> bool:
        """Whether trees beat constant and last answer in nearly all resamples of a split.

        Parameters
        ----------
        predictions
            By name, each of all rows.
        number
            Of the split.

        Returns
        -------
        bool
        """
        judged = self.split == number
        predicted = {name: values[judged] for name, values in predictions.items()}
        truth = self.target.scores(self.label[judged])
        gain = resampled_gain(
            lambda values, times: self.target.resampled(values, truth, times),
            {name: predicted[name] for name in ("last_value", "trees")},
            truth.size,
            self.stream,
            self.target.chance,
        )
        return gain > 0

    def verdict(self, predictions: dict[str, Doubles]) -> TaskVerdict:
        """Whether the task is to be kept, by its validation rows."""
        trees = self.skill(predictions["trees"], 1)
        is_trivial = trees > MOST_SKILL
        simple = max(self.skill(predictions[name], 1) for name in ("constant", "last_value"))
        is_hopeless = trees - simple <= LEAST_GAIN or not self.is_real(predictions, 1)
        return TaskVerdict(is_trivial, is_hopeless, {})

    def baselines(
        self, predictions: dict[str, Doubles], added: dict[str, float] | None
    ) -> dict[str, Any]:
        """What `baselines.json` says.

        Parameters
        ----------
        predictions
            By name, each of all rows.
        added
            Skill by more and more parts of the database, if it was asked for.

        Returns
        -------
        dict
        """
        skills = {
            name: {SPLITS[number]: self.skill(predicted, number) for number in (1, 2)}
            for name, predicted in predictions.items()
        }
        keys = skills["trees"]["test"] - skills["trees_shuffled_keys"]["test"]
        baselines: dict[str, Any] = {
            "metric": METRICS[self.task.task_type],
            "skill": skills,
            "lift_of_keys": rounded(keys),
            "is_real": self.is_real(predictions, 2),
            "rows": {name: int((self.split == n).sum()) for n, name in enumerate(SPLITS)},
        }
        return baselines if added is None else {**baselines, "by_part": added}


def resampled_gain(
    skills: Callable[[Doubles, Doubles], Doubles],
    predicted: dict[str, Doubles],
    n_rows: int,
    stream: Stream,
    least: float = -np.inf,
) -> float:
    """The gain of trees over simpler predictions that all but 5 % of bootstrap samples exceed.

    Parameters
    ----------
    skills
        Of predictions, on samples in which each row is so many times.
    predicted
        Predictions of `trees`, and simpler ones, by name.
    n_rows
        How many rows there are.
    stream
        Draws the samples.
    least
        What the simplest reach on any sample.

    Returns
    -------
    float
    """
    lots = stream.child("resamples").generator().random(N_RESAMPLES * n_rows)
    rows = (lots * n_rows).astype(int) + np.repeat(np.arange(N_RESAMPLES) * n_rows, n_rows)
    times = np.bincount(rows, minlength=lots.size).reshape(N_RESAMPLES, n_rows).astype(float)
    simple = np.full(N_RESAMPLES, least)
    for name, values in predicted.items():
        if name != "trees":
            simple = np.maximum(simple, skills(values, times))
    gains = skills(predicted["trees"], times) - simple
    finite = gains[np.isfinite(gains)]
    return float(np.quantile(finite, 1 - CONFIDENCE)) if finite.size else -1.0


def rounded(value: float) -> float:
    """A figure as it is written; 0 where there is none."""
    return round(value, 4) if np.isfinite(value) else 0.0
