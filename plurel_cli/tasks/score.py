"""What a task's baselines reach, and whether it is worth learning.

A constant, the last answer of the entity and the mean of its answers stand against boosted trees
on simple aggregates, with foreign keys as they are and shuffled. Whether a task is kept is told by
validation rows and by a rehearsal: trees of the earlier training rows have to gain on the later
ones too. No test row has a say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.task import SPLITS, Task
from plurel_cli.tasks.forecast import Forecast
from plurel_cli.tasks.inputs import AskedRows, Breadth, Inputs
from plurel_cli.tasks.judged import (
    LEAST_GAIN,
    JudgedLabels,
    TaskVerdict,
    is_one_answer,
    rounded,
)
from plurel_cli.tasks.past import Past, past_of
from plurel_cli.tasks.tables import NS_PER_DAY, Tables
from plurel_cli.tasks.trees import Boosting, Doubles, TaskTarget

if TYPE_CHECKING:
    import polars as pl

REHEARSED = 0.3
"""Share of the training rows, the latest, that trees of the others are tried on beforehand."""

LEAST_REHEARSED = 20


class Effort(NamedTuple):
    """How much work goes into scores.

    Attributes
    ----------
    train, evaluation
        Most rows that trees are grown on, and judged by in each split.
    growth
        How trees are grown.
    seen
        How much of the database they are given.
    parts
        Whether what each part of the database adds is told.
    """

    train: int
    evaluation: int
    growth: Boosting
    seen: Breadth
    parts: bool


EFFORTS = {
    "fast": Effort(500, 500, Boosting(16, 0.18, 31), Breadth(3, 4), parts=False),
    "full": Effort(6000, 4000, Boosting(80, 0.1, 63), Breadth(6, 6), parts=True),
}


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
    tables
        The database.
    effort
        How much work goes into it.
    """

    def __init__(self, tables: Tables, effort: Effort) -> None:
        schema = tables.schema
        self._schema = schema
        self._effort = effort
        self._tables = tables
        self._inputs = Inputs(tables, effort.seen, shuffled=False)
        self._shuffled = Inputs(tables, effort.seen, shuffled=True)

    def verdict(
        self,
        task: Task,
        splits: dict[str, pl.DataFrame],
        forecast: Forecast | None = None,
        *,
        keeps_hopeless: bool = False,
    ) -> TaskVerdict:
        """Scores of a task that is no link.

        Parameters
        ----------
        task
            The task.
        splits
            Its labels by split.
        forecast
            What it asks of later rows, if it does.
        keeps_hopeless
            Whether all is scored even if it is hopeless.

        Returns
        -------
        TaskVerdict
            Without baselines where the task is not to be kept.
        """
        rows = self._rows(task, splits)
        if is_one_answer(rows.label[rows.split == 0]):
            return TaskVerdict(is_trivial=True, is_hopeless=False, baselines={})
        stream = Stream(self._schema.seed).child("tasks", "scores", task.name)
        kept = self._sampled(rows, stream)
        past = self._past(task, rows, kept)
        parts = self._parts(task, rows, past, kept, self._inputs, forecast)
        split, label = rows.split[kept], rows.label[kept]
        is_train = split == 0
        target = TaskTarget(task.task_type, label[is_train])
        unknown = np.full(label.size, np.nan)
        last, mean = (unknown, unknown) if past is None else (past.last, past.mean)
        early = None if rows.time is None or past is None else _early(rows.time[kept][is_train])
        grown = self._trees(target, parts, label, is_train, early)
        predictions = {
            "constant": target.constants(label.size),
            "last_value": _simple(target, last, label, is_train),
            "entity_mean": _simple(target, mean, label, is_train),
            "trees": next(grown),
        }
        judged = JudgedLabels(task, target, label, split, stream)
        verdict = judged.verdict(predictions)
        if not (verdict.is_trivial or verdict.is_hopeless) and task.horizon_days is not None:
            gain = 0.0
            if early is not None:
                late = np.setdiff1d(np.arange(int(is_train.sum())), early)
                predicted = (next(grown), predictions["constant"], predictions["last_value"])
                skills = [target.skill(p[is_train][late], label[is_train][late]) for p in predicted]
                gain = skills[0] - max(skills[1:])
            verdict = replace(verdict, is_hopeless=not gain > LEAST_GAIN)
        if verdict.is_trivial or (verdict.is_hopeless and not keeps_hopeless):
            return verdict
        others = self._others(past, split, stream)
        shuffled = self._parts(task, rows, others, kept, self._shuffled, forecast)
        predictions["trees_shuffled_keys"] = next(self._trees(target, shuffled, label, is_train))
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

    def _past(self, task: Task, rows: _Rows, kept: NDArray[np.int64]) -> Past | None:
        """What earlier answers tell of the sampled rows."""
        if task.horizon_days is None or rows.time is None:
            return None
        is_of_some = np.zeros(self._schema.by_name[task.entity_table].rows, dtype=np.bool_)
        is_of_some[rows.entity[kept]] = True
        some = is_of_some[rows.entity]
        horizon = task.horizon_days * NS_PER_DAY
        known = rows.entity[some], rows.time[some] + horizon, rows.label[some]
        return past_of(*known, rows.entity[kept], rows.time[kept])

    @staticmethod
    def _others(past: Past | None, split: NDArray[np.int64], stream: Stream) -> Past | None:
        """The past of other rows of the same split."""
        if past is None:
            return None
        lots = stream.child("others").generator().random(split.size)
        order = np.lexsort((lots, split))
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
        forecast: Forecast | None,
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
            forecast=forecast,
        )
        parts = inputs.of(asked)
        if past is not None:
            parts["history"] = past.columns()
        return parts

    def _trees(
        self,
        target: TaskTarget,
        parts: dict[str, Doubles],
        label: Doubles,
        is_train: NDArray[np.bool_],
        early: NDArray[np.int64] | None = None,
    ) -> Iterator[Doubles]:
        """Predictions of trees, and then of those that are grown on early training rows alone."""
        inputs = np.column_stack(list(parts.values()))
        grown = target.grown(inputs[is_train], label[is_train], self._effort.growth, early)
        return (predicted(inputs) for predicted in grown)

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
            predicted = next(self._trees(target, some, label, split == 0))
            skills[names[n - 1]] = rounded(target.skill(predicted[split == 2], label[split == 2]))
        return skills


def _early(cut_offs: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Training rows from which the later ones are told beforehand: all of their horizons are over
    by then; none where there are too few.
    """
    border = np.quantile(cut_offs, 1 - REHEARSED, method="lower")
    early = np.flatnonzero(cut_offs <= border)
    is_enough = min(cut_offs.size - early.size, early.size) >= LEAST_REHEARSED
    return early if is_enough else None


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
