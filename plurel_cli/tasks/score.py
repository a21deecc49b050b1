"""What a task's baselines reach, and whether it is worth learning.

A constant, the last answer of the entity and the mean of its answers stand against boosted trees
on simple aggregates, with foreign keys as they are and shuffled. Whether a task is kept is told by
validation rows; test rows have to agree, so that what is learned holds there too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.model import Schema
from plurel_cli.schema.task import SPLITS, Task
from plurel_cli.tasks.inputs import NS_PER_DAY, AskedRows, Inputs, Tables
from plurel_cli.tasks.past import Past, past_of
from plurel_cli.tasks.trees import Doubles, TaskTarget

if TYPE_CHECKING:
    import polars as pl

MOST_MAJORITY = 0.99
"""A constant that is right more often makes a task trivial."""

MOST_SKILL = 0.995
"""Trees that reach more make a task trivial."""

LEAST_GAIN = 0.01
"""What trees must gain over a constant and the last answer."""

N_RESAMPLES = 100
CONFIDENCE = 0.95


class Effort(NamedTuple):
    """How much work goes into scores.

    Attributes
    ----------
    train, evaluation
        Most rows that trees are grown on, and judged by in each split.
    trees
        Rounds of trees.
    parts
        Whether what each part of the database adds is told.
    """

    train: int
    evaluation: int
    trees: int
    parts: bool


EFFORTS = {"fast": Effort(1000, 600, 30, False), "full": Effort(6000, 4000, 80, True)}


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


class _Rows(NamedTuple):
    """Rows of labels, as arrays."""

    entity: NDArray[np.int64]
    time: NDArray[np.int64] | None
    label: Doubles
    split: NDArray[np.int64]


class Scorer:
    """Scores the tasks of a database.

    Parameters
    ----------
    schema
        The database.
    frames
        Its tables.
    effort
        How much work goes into it.
    """

    def __init__(self, schema: Schema, frames: dict[str, pl.DataFrame], effort: Effort) -> None:
        self._schema = schema
        self._effort = effort
        tables = Tables(frames, schema.seed)
        self._tables = tables
        self._inputs = Inputs(schema, tables, shuffled=False)
        self._shuffled = Inputs(schema, tables, shuffled=True)

    def verdict(
        self, task: Task, splits: dict[str, pl.DataFrame], *, keeps_hopeless: bool = False
    ) -> TaskVerdict:
        """Scores of a task that is no link.

        Parameters
        ----------
        task
            The task.
        splits
            Its labels by split.
        keeps_hopeless
            Whether all is scored even if it is hopeless.

        Returns
        -------
        TaskVerdict
            Without baselines where the task is not to be kept.
        """
        rows = self._rows(task, splits)
        stream = Stream(self._schema.seed).child("tasks", "scores", task.name)
        past = self._past(task, rows)
        kept = self._sampled(rows, stream)
        parts = self._parts(task, rows, past, kept, self._inputs)
        split, label = rows.split[kept], rows.label[kept]
        is_train = split == 0
        target = TaskTarget(task.task_type, label[is_train])
        last = np.full(label.size, np.nan) if past is None else past.last[kept]
        mean = np.full(label.size, np.nan) if past is None else past.mean[kept]
        predictions = {
            "constant": target.constants(label.size),
            "last_value": _simple(target, last, label, is_train),
            "entity_mean": _simple(target, mean, label, is_train),
            "trees": self._trees(target, parts, label, is_train),
        }
        judged = _Judged(task, target, label, split, stream)
        verdict = judged.verdict(predictions)
        if verdict.is_trivial or (verdict.is_hopeless and not keeps_hopeless):
            return verdict
        others = self._others(past, rows, stream)
        shuffled = self._parts(task, rows, others, kept, self._shuffled)
        predictions["trees_shuffled_keys"] = self._trees(target, shuffled, label, is_train)
        added = self._added(target, parts, label, split) if self._effort.parts else None
        return replace(verdict, baselines=judged.baselines(predictions, added))

    def _rows(self, task: Task, splits: dict[str, pl.DataFrame]) -> _Rows:
        import polars as pl

        frame = pl.concat([splits[split] for split in SPLITS])
        label = frame[task.target_col]
        if task.task_type == "multiclass_classification":
            first = splits["train"][task.target_col].cast(pl.String).unique().sort()
            known = {name: number for number, name in enumerate(first)}
            codes = [known.get(name, len(known)) for name in label.cast(pl.String)]
            label = pl.Series(codes, dtype=pl.Float64)
        table, time = self._schema.by_name[task.entity_table], None
        entity = frame[task.entity_col].to_numpy()
        if task.time_col is not None:
            time = frame[task.time_col].cast(pl.Datetime("ns")).cast(pl.Int64).to_numpy()
        elif table.time_column is not None:
            time = self._tables.times(table)[entity]
        numbers = label.cast(pl.Float64).to_numpy()
        split = np.repeat(np.arange(len(SPLITS)), [splits[split].height for split in SPLITS])
        return _Rows(entity, time, numbers, split)

    @staticmethod
    def _past(task: Task, rows: _Rows) -> Past | None:
        if task.horizon_days is None or rows.time is None:
            return None
        horizon = task.horizon_days * NS_PER_DAY
        return past_of(rows.entity, rows.time, rows.label, horizon)

    @staticmethod
    def _others(past: Past | None, rows: _Rows, stream: Stream) -> Past | None:
        """The past of other rows of the same split."""
        if past is None:
            return None
        lots = stream.child("others").generator().random(rows.split.size)
        order = np.lexsort((lots, rows.split))
        return Past(past.last[order], past.mean[order], past.count[order])

    def _sampled(self, rows: _Rows, stream: Stream) -> NDArray[np.int64]:
        """Rows that trees are grown on and judged by."""
        lots = stream.child("rows").generator().random(rows.split.size)
        kept = []
        for number in range(len(SPLITS)):
            present = np.flatnonzero(rows.split == number)
            most = self._effort.evaluation if number else self._effort.train
            kept.append(np.sort(present[np.argsort(lots[present])[:most]]))
        return np.concatenate(kept)

    def _parts(
        self,
        task: Task,
        rows: _Rows,
        past: Past | None,
        kept: NDArray[np.int64],
        inputs: Inputs,
    ) -> dict[str, Doubles]:
        """Inputs of the sampled rows, by part of the database."""
        hidden = {column for table, column in task.remove_columns if table == task.entity_table}
        is_column = task.kind in ("completion", "attribute")
        asked = AskedRows(
            table=self._schema.by_name[task.entity_table],
            entity=rows.entity[kept],
            time=None if rows.time is None else rows.time[kept],
            hidden=frozenset({*hidden, *([task.target_col] if is_column else [])}),
            horizon_ns=(task.horizon_days or 365) * NS_PER_DAY,
        )
        parts = inputs.of(asked)
        if past is not None:
            parts["history"] = past.columns()[kept]
        return parts

    def _trees(
        self,
        target: TaskTarget,
        parts: dict[str, Doubles],
        label: Doubles,
        is_train: NDArray[np.bool_],
    ) -> Doubles:
        inputs = np.column_stack(list(parts.values()))
        grown = target.grown(inputs[is_train], label[is_train], self._effort.trees)
        predictions: Doubles = grown(inputs)
        return predictions

    def _added(
        self,
        target: TaskTarget,
        parts: dict[str, Doubles],
        label: Doubles,
        split: NDArray[np.int64],
    ) -> dict[str, float]:
        """Skill of test rows by more and more parts of the database."""
        skills, names = {}, list(parts)
        for n in range(1, len(names) + 1):
            some = {name: parts[name] for name in names[:n]}
            predicted = self._trees(target, some, label, split == 0)
            skills[names[n - 1]] = _rounded(target.skill(predicted[split == 2], label[split == 2]))
        return skills


def _simple(
    target: TaskTarget, value: Doubles, label: Doubles, is_train: NDArray[np.bool_]
) -> Doubles:
    """Predictions by an earlier answer; where there is none, the constant."""
    predictions = target.constants(label.size)
    present = np.isfinite(value)
    if target.task_type != "multiclass_classification":
        predictions[present] = target.scores(value[present])
        return predictions
    codes = np.where(present, np.round(value), -1).astype(int)
    for code in np.unique(codes[present]):
        same = codes == code
        counts = np.bincount(label[same & is_train].astype(int), minlength=target.n_classes).astype(
            float
        )
        counts = counts[: target.n_classes] + 5 * target.shares
        predictions[same] = counts / counts.sum()
    return predictions


class _Judged(NamedTuple):
    """The labels that predictions are judged by."""

    task: Task
    target: TaskTarget
    label: Doubles
    split: NDArray[np.int64]
    stream: Stream

    def skill(self, predicted: Doubles, number: int) -> float:
        """How well predictions tell the labels of a split."""
        judged = self.split == number
        return _rounded(self.target.skill(predicted[judged], self.label[judged]))

    def is_real(self, predictions: dict[str, Doubles], number: int) -> bool:
        """Whether trees beat constant and last answer in nearly all resamples of a split."""
        judged = self.split == number
        predicted = {name: values[judged] for name, values in predictions.items()}
        truth = self.target.scores(self.label[judged])
        return resampled_gain(self.target.skill_of_scores, predicted, truth, self.stream) > 0

    def verdict(self, predictions: dict[str, Doubles]) -> TaskVerdict:
        """Whether the task is to be kept: by its validation rows, if test rows agree."""
        counts = np.unique(self.label[self.split == 0], return_counts=True)[1]
        trees = self.skill(predictions["trees"], 1)
        is_trivial = bool(counts.max() > MOST_MAJORITY * counts.sum() or trees > MOST_SKILL)
        gains = [
            self.skill(predictions["trees"], number)
            - max(self.skill(predictions[name], number) for name in ("constant", "last_value"))
            for number in (1, 2)
        ]
        is_hopeless = min(gains) <= LEAST_GAIN or not self.is_real(predictions, 1)
        return TaskVerdict(is_trivial, is_hopeless, {})

    def baselines(
        self, predictions: dict[str, Doubles], added: dict[str, float] | None
    ) -> dict[str, Any]:
        """What `baselines.json` says."""
        skills = {
            name: {SPLITS[number]: self.skill(predicted, number) for number in (1, 2)}
            for name, predicted in predictions.items()
        }
        keys = skills["trees"]["test"] - skills["trees_shuffled_keys"]["test"]
        baselines: dict[str, Any] = {
            "metric": METRICS[self.task.task_type],
            "skill": skills,
            "lift_of_keys": _rounded(keys),
            "is_real": self.is_real(predictions, 2),
            "rows": {name: int((self.split == n).sum()) for n, name in enumerate(SPLITS)},
        }
        return baselines if added is None else {**baselines, "by_part": added}


METRICS = {
    "binary_classification": "auc",
    "regression": "r2_of_normal_scores",
    "multiclass_classification": "log_loss_skill",
    "recommendation": "map",
}
"""What the figures are, by the type of a task."""


def resampled_gain(
    skill: Callable[[Doubles, Doubles], float],
    predicted: dict[str, Doubles],
    truth: Doubles,
    stream: Stream,
) -> float:
    """The gain of trees over simpler predictions that all but 5 % of bootstrap samples exceed.

    Parameters
    ----------
    skill
        Of predictions and labels.
    predicted
        Predictions by `constant`, `last_value` and `trees`.
    truth
        The labels.
    stream
        Draws the samples.

    Returns
    -------
    float
    """
    generator = stream.child("resamples").generator()
    gains = []
    predicted = {name: predicted[name] for name in ("constant", "last_value", "trees")}
    for _ in range(N_RESAMPLES):
        rows = (generator.random(truth.size) * truth.size).astype(int)
        skills = {name: skill(values[rows], truth[rows]) for name, values in predicted.items()}
        gains.append(skills["trees"] - max(skills["constant"], skills["last_value"]))
    finite = [gain for gain in gains if np.isfinite(gain)]
    return float(np.quantile(finite, 1 - CONFIDENCE)) if finite else -1.0


def _rounded(value: float) -> float:
    return round(value, 4) if np.isfinite(value) else 0.0
