"""What baselines reach on links: which rows an entity will refer to next.

Candidates are the most frequent rows and those that the entity referred to before. Trees rank them
by how frequent they are, to all and to the entity, and how long ago. The figure is RelBench's mean
average precision at `eval_k`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.task import SPLITS, Task
from plurel_cli.tasks.judged import (
    LEAST_GAIN,
    METRICS,
    MOST_SKILL,
    TaskVerdict,
    resampled_gain,
)
from plurel_cli.tasks.score import Effort
from plurel_cli.tasks.trees import Doubles, TaskTarget

if TYPE_CHECKING:
    import polars as pl

MOST_POPULAR = 20
MOST_OWN = 20
ROWS_OVER = 5
"""Of so many times fewer rows than of other tasks are links judged, as each has many candidates."""


@dataclass
class _Case:
    """A row of labels, with what may be named and what the past tells of each."""

    split: int
    truth: frozenset[int]
    candidates: list[int]
    popular: list[int]
    recent: list[int]
    frequent: list[int]
    inputs: list[list[float]]
    shuffled: list[list[float]] = field(default_factory=list)


@dataclass
class _Memory:
    """What was referred to at earlier cut-offs."""

    overall: Counter[int] = field(default_factory=Counter)
    lately: Counter[int] = field(default_factory=Counter)
    history: dict[int, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    last: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def features(self, source: int, candidates: Sequence[int], step: int) -> list[list[float]]:
        """What is known of each candidate for a source."""
        history, last = self.history.get(source, Counter()), self.last.get(source, {})
        total = sum(history.values())
        return [
            [
                self.overall[c],
                self.lately[c],
                history[c],
                history[c] / total if total else np.nan,
                step - last[c] if c in last else np.nan,
                total,
            ]
            for c in candidates
        ]


def link_verdict(
    task: Task, splits: dict[str, pl.DataFrame], effort: Effort, stream: Stream
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

    Returns
    -------
    TaskVerdict
    """
    cases = _cases(task, splits, effort, stream)
    k = task.eval_k or 1
    ranking = {
        "constant": [case.popular[:k] for case in cases],
        "last_value": [_filled(case.recent, case.popular, k) for case in cases],
        "entity_mean": [_filled(case.frequent, case.popular, k) for case in cases],
        "trees": _ranked(cases, [case.inputs for case in cases], effort, k),
        "trees_shuffled_keys": _ranked(cases, [case.shuffled for case in cases], effort, k),
    }
    precision = {
        name: np.array(
            [_precision(named, case.truth, k) for named, case in zip(lists, cases, strict=True)]
        )
        for name, lists in ranking.items()
    }
    split = np.array([case.split for case in cases])
    skills = {
        name: {SPLITS[number]: _mean(values[split == number]) for number in (1, 2)}
        for name, values in precision.items()
    }
    best = max(skills[name]["val"] for name in ("constant", "last_value"))

    def gain(number: int) -> float:
        some = {name: values[split == number] for name, values in precision.items()}
        n_rows = int((split == number).sum())
        return resampled_gain(
            lambda values, times: (times * values).sum(1) / n_rows, some, n_rows, stream
        )

    lift = skills["trees"]["test"] - skills["trees_shuffled_keys"]["test"]
    baselines: dict[str, Any] = {
        "metric": METRICS["recommendation"],
        "skill": skills,
        "lift_of_keys": round(lift, 4),
        "is_real": gain(2) > 0,
        "rows": {name: int((split == number).sum()) for number, name in enumerate(SPLITS)},
    }
    return TaskVerdict(
        is_trivial=skills["constant"]["val"] > MOST_SKILL or skills["trees"]["val"] > MOST_SKILL,
        is_hopeless=skills["trees"]["val"] - best <= LEAST_GAIN or gain(1) <= 0,
        baselines=baselines,
    )


def _mean(values: Doubles) -> float:
    return round(float(values.mean()), 4) if values.size else 0.0


def _cases(
    task: Task, splits: dict[str, pl.DataFrame], effort: Effort, stream: Stream
) -> list[_Case]:
    """Sampled rows in the order of time, each with what earlier cut-offs tell."""
    memory, cases, sources = _Memory(), list[_Case](), list[int]()
    generator = stream.child("rows").generator()
    step = 0
    for number, name in enumerate(SPLITS):
        frame = splits[name]
        most = (effort.evaluation if number else effort.train) // ROWS_OVER
        share = min(most / max(frame.height, 1), 1.0)
        for group in frame.partition_by(task.time_col or "", maintain_order=True):
            rows = list(zip(group[task.entity_col], group[task.target_col], strict=True))
            lots = generator.random(len(rows))
            popular = [row for row, _ in memory.overall.most_common(MOST_POPULAR)]
            if popular:
                for (source, others), lot in zip(rows, lots, strict=True):
                    if lot < share:
                        stranger = sources[int(lot / share * len(sources))]
                        cases.append(_case(number, source, stranger, others, popular, memory, step))
            memory.lately = Counter()
            for source, others in rows:
                sources.append(source)
                memory.overall.update(others)
                memory.lately.update(others)
                memory.history[source].update(others)
                memory.last[source].update(dict.fromkeys(others, step))
            step += 1
    return cases


def _case(
    split: int,
    source: int,
    stranger: int,
    others: Sequence[int],
    popular: list[int],
    memory: _Memory,
    step: int,
) -> _Case:
    history, last = memory.history.get(source, Counter()), memory.last.get(source, {})
    frequent = sorted(history, key=lambda row: (-history[row], row))[:MOST_OWN]
    recent = sorted(last, key=lambda row: (-last[row], -history[row], row))[:MOST_OWN]
    candidates = list(dict.fromkeys([*recent, *frequent, *popular]))
    return _Case(
        split,
        frozenset(others),
        candidates,
        popular,
        recent,
        frequent,
        memory.features(source, candidates, step),
        memory.features(stranger, candidates, step),
    )


def _filled(first: Sequence[int], then: Sequence[int], k: int) -> list[int]:
    return list(dict.fromkeys([*first, *then]))[:k]


def _ranked(
    cases: Sequence[_Case], inputs: Sequence[list[list[float]]], effort: Effort, k: int
) -> list[list[int]]:
    """The candidates that trees rank first."""
    sizes = [len(case.candidates) for case in cases]
    every = np.array([row for rows in inputs for row in rows], dtype=float)
    truth = np.array([c in case.truth for case in cases for c in case.candidates], dtype=float)
    is_train = np.repeat([case.split == 0 for case in cases], sizes)
    if not 0 < truth[is_train].sum() < is_train.sum():
        return [case.popular[:k] for case in cases]
    target = TaskTarget("binary_classification", truth[is_train])
    ranking = target.grown(every[is_train], truth[is_train], effort.trees)(every)
    ends = np.cumsum(sizes)
    return [
        [case.candidates[i] for i in np.argsort(-ranking[end - size : end], kind="stable")[:k]]
        for case, size, end in zip(cases, sizes, ends, strict=True)
    ]


def _precision(named: Sequence[int], truth: frozenset[int], k: int) -> float:
    """Average precision of what was named, at k."""
    hits, total = 0, 0.0
    for place, row in enumerate(named[:k], 1):
        if row in truth:
            hits += 1
            total += hits / place
    return total / min(len(truth), k)
