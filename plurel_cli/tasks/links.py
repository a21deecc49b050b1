"""What baselines reach on links: which rows an entity will refer to next.

Trees rank the candidates by how frequent they are, to all, to the entity and to those that share
rows with it, and how long ago. As of other forecasts, they have to gain on validation rows, and on
the last training rows when grown on the earlier ones. The figure is RelBench's mean average
precision at `eval_k`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.task import SPLITS, Task
from plurel_cli.tasks.candidates import LinkCase, Offer, link_cases
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

REHEARSED = 0.3
"""Share of the training rows, of the latest cut-offs, that trees of the others are tried on."""


def link_verdict(
    task: Task,
    splits: dict[str, pl.DataFrame],
    effort: Effort,
    stream: Stream,
    between: pl.DataFrame | None = None,
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

    Returns
    -------
    TaskVerdict
    """
    cases = link_cases(task, splits, effort, stream, between)
    k = task.eval_k or 1
    is_train = [case.split == 0 for case in cases]
    ranking = {
        "constant": [case.popular[:k] for case in cases],
        "last_value": [_filled(case.recent, case.popular, k) for case in cases],
        "entity_mean": [_filled(case.frequent, case.popular, k) for case in cases],
        "trees": _ranked(cases, [case.offer for case in cases], is_train, effort, k),
        "trees_shuffled_keys": _ranked(
            cases, [case.shuffled for case in cases], is_train, effort, k
        ),
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
        is_hopeless=skills["trees"]["val"] - best <= LEAST_GAIN
        or gain(1) <= 0
        or _rehearsed(cases, precision, effort, k) <= LEAST_GAIN,
        baselines=baselines,
    )


def _rehearsed(
    cases: Sequence[LinkCase], precision: dict[str, Doubles], effort: Effort, k: int
) -> float:
    """What trees of the earlier training rows gain on those of the latest cut-offs."""
    steps = np.array([case.step for case in cases if case.split == 0])
    if np.unique(steps).size < 2:
        return 0.0
    border = np.quantile(steps, 1 - REHEARSED, method="lower")
    border = min(border, steps.max() - 1)
    is_early = [case.split == 0 and case.step <= border for case in cases]
    is_late = np.array([case.split == 0 and case.step > border for case in cases])
    lists = _ranked(cases, [case.offer for case in cases], is_early, effort, k)
    trees = [
        _precision(named, case.truth, k)
        for named, case, is_judged in zip(lists, cases, is_late, strict=True)
        if is_judged
    ]
    simple = max(float(precision[name][is_late].mean()) for name in ("constant", "last_value"))
    return float(np.mean(trees)) - simple


def _mean(values: Doubles) -> float:
    return round(float(values.mean()), 4) if values.size else 0.0


def _filled(first: Sequence[int], then: Sequence[int], k: int) -> list[int]:
    return list(dict.fromkeys([*first, *then]))[:k]


def _ranked(
    cases: Sequence[LinkCase],
    offers: Sequence[Offer],
    is_grown_on: Sequence[bool],
    effort: Effort,
    k: int,
) -> list[list[int]]:
    """The candidates that trees of some cases rank first."""
    sizes = [len(offer.candidates) for offer in offers]
    every = np.array([row for offer in offers for row in offer.inputs], dtype=float)
    both = list(zip(cases, offers, strict=True))
    truth = np.array([row in case.truth for case, offer in both for row in offer.candidates], float)
    is_train = np.repeat(np.array(is_grown_on), sizes)
    if not 0 < truth[is_train].sum() < is_train.sum():
        return [case.popular[:k] for case in cases]
    target = TaskTarget("binary_classification", truth[is_train])
    ranking = target.grown(every[is_train], truth[is_train], effort.trees)(every)
    ends = np.cumsum(sizes)
    return [
        [offer.candidates[i] for i in np.argsort(-ranking[end - size : end], kind="stable")[:k]]
        for offer, size, end in zip(offers, sizes, ends, strict=True)
    ]


def _precision(named: Sequence[int], truth: frozenset[int], k: int) -> float:
    """Average precision of what was named, at k."""
    hits, total = 0, 0.0
    for place, row in enumerate(named[:k], 1):
        if row in truth:
            hits += 1
            total += hits / place
    return total / min(len(truth), k)
