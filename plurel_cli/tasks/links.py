"""What baselines reach on links: which rows an entity will refer to next.

Trees rank the candidates by how frequent they are, to all, to the entity and to those that share
rows with it, and how long ago. As of other forecasts, they have to gain on validation rows, and on
the last training rows when grown on the earlier ones; and there they have to beat trees whose
foreign keys are shuffled, or all that is told is what is popular. The figure is RelBench's mean
average precision at `eval_k`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.task import SPLITS, Task
from plurel_cli.tasks.candidates import Candidates, Cases, Doubles, Ints, Referrals
from plurel_cli.tasks.judged import (
    LEAST_GAIN,
    METRICS,
    MOST_SKILL,
    TaskVerdict,
    resampled_gain,
)
from plurel_cli.tasks.score import REHEARSED, Effort
from plurel_cli.tasks.trees import TaskTarget

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

ROWS_OVER = 2
"""By so many times fewer rows than other tasks are links judged, as each has many candidates."""

GROWN_ON = 0.3
"""Share of the candidates that are not referred to which trees are grown on."""


class _Sample(NamedTuple):
    """Rows of labels that a link is judged by.

    Attributes
    ----------
    cases, strangers
        Who refers, and others who referred before.
    split
        Of each.
    truth
        Case and row of each reference, in one number, in order.
    references
        All that is referred to.
    """

    cases: Cases
    strangers: Cases
    split: Ints
    truth: Ints
    references: Referrals


class _Judged(NamedTuple):
    """Candidates, and which of them are referred to."""

    candidates: Candidates
    is_true: NDArray[np.bool_]
    n_true: Ints
    k: int

    def precision(self, key: Doubles) -> Doubles:
        """Average precision at k of each case, with what has the least keys named first."""
        candidates = self.candidates
        order = np.lexsort((-candidates.inputs[:, 0], key, candidates.case))
        case = candidates.case[order]
        first = np.searchsorted(case, case, "left")
        place = np.arange(case.size) - first
        hit = self.is_true[order] & np.isfinite(key[order]) & (place < self.k)
        before = np.concatenate(([0], np.cumsum(hit)))
        gained = np.where(hit, (before[1:] - before[first]) / (place + 1), 0.0)
        total = np.bincount(case, gained, minlength=self.n_true.size)
        return total / np.maximum(np.minimum(self.n_true, self.k), 1)


def link_verdict(
    task: Task,
    splits: dict[str, pl.DataFrame],
    effort: Effort,
    stream: Stream,
    between: pl.DataFrame | None = None,
    *,
    keeps_hopeless: bool = True,
) -> TaskVerdict:
    """Scores of a link.

    Parameters
    ----------
    task
        The task.
    splits
        Its labels by split.
    effort
        How much work goes into it.
    stream
        Draws which rows are judged.
    between
        Labels of later cut-offs than those of validation, which are known before the test split.
    keeps_hopeless
        Whether all is scored even if it is hopeless.

    Returns
    -------
    TaskVerdict
        Without baselines where the task is not to be kept.
    """
    sample = _sample(task, splits, effort, stream, between)
    split, k = sample.split, task.eval_k or 1
    judged = _judged(sample, sample.cases, k)
    candidates = judged.candidates
    popular, former = candidates.popular, (candidates.recent, candidates.frequent)
    recent, frequent = (np.where(np.isfinite(key), key, 1e6 + popular) for key in former)
    early = _early(sample)
    ranked = _ranked(judged, sample, effort, stream, early)
    precision = {
        "constant": judged.precision(popular),
        "last_value": judged.precision(recent),
        "entity_mean": judged.precision(frequent),
        "trees": judged.precision(next(ranked)),
    }

    def mean(name: str, number: int) -> float:
        values = precision[name][split == number]
        return round(float(values.mean()), 4) if values.size else 0.0

    def gain(number: int, simple: tuple[str, ...]) -> float:
        some = {name: precision[name][split == number] for name in ("trees", *simple)}
        n_rows = int((split == number).sum())
        return resampled_gain(
            lambda values, times: (times * values).sum(1) / n_rows, some, n_rows, stream
        )

    simple = ("constant", "last_value")
    is_trivial = max(mean("constant", 1), mean("trees", 1)) > MOST_SKILL
    best = max(mean(name, 1) for name in simple)
    is_hopeless = mean("trees", 1) - best <= LEAST_GAIN or gain(1, simple) <= 0
    if not is_hopeless:
        late = (split == 0) & ~early
        of_late = [precision[name][late].mean() for name in simple] if late.any() else [1.0]
        known = judged.precision(next(ranked))[late]
        is_hopeless = not (known.size and known.mean() - max(of_late) > LEAST_GAIN)
    if is_trivial or (is_hopeless and not keeps_hopeless):
        return TaskVerdict(is_trivial, is_hopeless, {})
    others = _judged(sample, sample.strangers, k)
    shuffled = next(_ranked(others, sample, effort, stream, early))
    precision["trees_shuffled_keys"] = others.precision(shuffled)
    is_hopeless |= gain(1, ("trees_shuffled_keys",)) <= 0
    lift = mean("trees", 2) - mean("trees_shuffled_keys", 2)
    baselines: dict[str, Any] = {
        "metric": METRICS["recommendation"],
        "skill": {
            name: {SPLITS[number]: mean(name, number) for number in (1, 2)} for name in precision
        },
        "lift_of_keys": round(lift, 4),
        "is_real": gain(2, (*simple, "trees_shuffled_keys")) > 0,
        "rows": {name: int((split == number).sum()) for number, name in enumerate(SPLITS)},
    }
    return TaskVerdict(is_trivial, is_hopeless, baselines)


def _sample(
    task: Task,
    splits: dict[str, pl.DataFrame],
    effort: Effort,
    stream: Stream,
    between: pl.DataFrame | None,
) -> _Sample:
    """Sampled rows in the order of time, of cut-offs before which something was referred to."""
    time, source, other = task.time_col or "", task.entity_col, task.target_col
    frames: list[pl.DataFrame] = []
    numbers: list[int] = []
    for name in SPLITS:
        some = [splits[name], *([between] if name == "val" and between is not None else [])]
        for number, frame in zip((SPLITS.index(name), -1), some, strict=False):
            groups = frame.partition_by(time, maintain_order=True)
            frames += groups
            numbers += [number] * len(groups)
    references = Referrals.of(frames, source, other)
    heights = [frame.height for frame in frames]
    split, step = np.repeat(numbers, heights), np.repeat(np.arange(len(frames)), heights)
    generator = stream.child("rows").generator()
    lots = generator.random(split.size)
    kept = step > 0
    for number in range(len(SPLITS)):
        most = (effort.evaluation if number else effort.train) // ROWS_OVER
        n_rows = int((split == number).sum())
        kept &= (split != number) | (lots < most / max(n_rows, 1))
    kept &= split >= 0
    chosen = np.flatnonzero(kept)
    sources = np.concatenate([frame[source].to_numpy() for frame in frames])
    lists = [frame[other] for frame in frames]
    truth = _truth(lists, heights, chosen)
    cases = Cases(sources[chosen], step[chosen])
    before = references.before(cases.step)
    known = references.sources()[(generator.random(chosen.size) * before).astype(np.int64)]
    return _Sample(cases, Cases(known, cases.step), split[chosen], truth, references)


def _truth(lists: list[pl.Series], heights: list[int], chosen: Ints) -> Ints:
    """Case and row of each reference of the chosen rows of labels, in one number."""
    import polars as pl

    some = pl.concat(lists).gather(chosen)
    case = np.repeat(np.arange(chosen.size), some.list.len().to_numpy())
    truth: Ints = case * _MOST_ROWS + some.explode().to_numpy()
    return truth


_MOST_ROWS = 1 << 40
"""More than the rows of any table."""


def _judged(sample: _Sample, cases: Cases, k: int) -> _Judged:
    candidates = sample.references.candidates(cases)
    key = candidates.case * _MOST_ROWS + candidates.row
    n_true = np.bincount(sample.truth // _MOST_ROWS, minlength=cases.step.size)
    return _Judged(candidates, np.isin(key, sample.truth), n_true, k)


def _early(sample: _Sample) -> NDArray[np.bool_]:
    """Training cases but those of the latest cut-offs."""
    is_train: NDArray[np.bool_] = sample.split == 0
    steps = sample.cases.step[is_train]
    if np.unique(steps).size < 2:
        return is_train
    border = min(int(np.quantile(steps, 1 - REHEARSED, method="lower")), int(steps.max()) - 1)
    early: NDArray[np.bool_] = is_train & (sample.cases.step <= border)
    return early


def _ranked(
    judged: _Judged, sample: _Sample, effort: Effort, stream: Stream, early: NDArray[np.bool_]
) -> Iterator[Doubles]:
    """Keys by which trees rank the candidates, and then those by trees of early cases alone."""
    candidates = judged.candidates
    lots = stream.child("candidates").generator().random(candidates.case.size)
    is_grown_on = (sample.split == 0)[candidates.case] & (judged.is_true | (lots < GROWN_ON))
    truth = judged.is_true[is_grown_on].astype(float)
    if not 0 < truth.sum() < truth.size:
        yield from (candidates.popular, candidates.popular)
        return
    target = TaskTarget("binary_classification", truth)
    rows = np.flatnonzero(early[candidates.case[is_grown_on]])
    for predicted in target.grown(candidates.inputs[is_grown_on], truth, effort.growth, rows):
        yield -predicted(candidates.inputs)
