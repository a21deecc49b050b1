"""What an entity may refer to next, and what the past tells of each such row.

Candidates are rows that the entity referred to before, those that others refer to most, lately or
ever, and those that entities refer to which share rows with it: cohorts that no column shows. How
frequent one is is told as a share, which means the same at every cut-off.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import TYPE_CHECKING

import numpy as np

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.task import SPLITS, Task
from plurel_cli.tasks.score import Effort

if TYPE_CHECKING:
    import polars as pl

MOST_POPULAR = 20
MOST_OWN = 20
MOST_SHARED = 10

ROWS_OVER = 2
"""By so many times fewer rows than other tasks are links judged, as each has many candidates."""

FADING = 0.7
"""What is left of a reference's weight at the next cut-off."""

FORGOTTEN = 0.05
"""A weight below which a reference counts no more."""

MOST_SHOWN = 5
"""Of how many of an entity's own rows others are looked at that refer to them as well."""

MOST_OTHERS = 12
"""How many others of each."""


@dataclass
class Offer:
    """Rows that an entity may refer to next.

    Attributes
    ----------
    candidates
        The rows.
    inputs
        What the past tells of each.
    """

    candidates: list[int]
    inputs: list[list[float]]


@dataclass
class LinkCase:
    """A row of labels, with what may be named and what the past tells of each.

    Attributes
    ----------
    split, step
        Its split, and the number of its cut-off.
    truth
        The rows that it does refer to.
    popular, recent, frequent
        The best by how often all refer to them, by how lately this one did, and how often.
    offer, shuffled
        What may be named, and what might if the entity were another one.
    """

    split: int
    step: int
    truth: frozenset[int]
    popular: list[int]
    recent: list[int]
    frequent: list[int]
    offer: Offer
    shuffled: Offer


@dataclass
class _Popular:
    """How often rows are referred to, with what is most frequent at the moment."""

    counts: dict[int, float] = field(default_factory=dict)
    best: list[int] = field(default_factory=list)
    total: float = 0.0

    def settle(self) -> None:
        """Note the most frequent rows as they are now."""
        self.best = nsmallest(MOST_POPULAR, self.counts, key=lambda row: (-self.counts[row], row))
        self.total = sum(self.counts.values())

    def told(self, row: int) -> tuple[float, float]:
        """Share of a row, and how frequent it is beside the most frequent."""
        if not self.best:
            return 0.0, 0.0
        count = self.counts.get(row, 0.0)
        return count / self.total, count / self.counts[self.best[0]]


@dataclass
class _Memory:
    """What was referred to at earlier cut-offs."""

    ever: _Popular = field(default_factory=_Popular)
    lately: _Popular = field(default_factory=_Popular)
    history: dict[int, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    last: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    latest: dict[int, deque[int]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=MOST_OWN))
    )
    sources: dict[int, deque[int]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=MOST_OTHERS))
    )

    def note(self, rows: Iterable[tuple[int, Sequence[int]]], step: int) -> None:
        """Remember the references of a cut-off."""
        fading = {row: FADING * n for row, n in self.lately.counts.items()}
        self.lately.counts = {row: n for row, n in fading.items() if n > FORGOTTEN}
        for source, others in rows:
            for other in others:
                for popular in (self.ever, self.lately):
                    popular.counts[other] = popular.counts.get(other, 0.0) + 1.0
                self.sources[other].append(source)
            self.history[source].update(others)
            self.latest[source].extend(others)
            self.last[source].update(dict.fromkeys(others, step))
        self.ever.settle()
        self.lately.settle()

    def recent(self, source: int) -> list[int]:
        """Rows that a source referred to, the latest first."""
        last, history = self.last.get(source, {}), self.history.get(source, Counter())
        return sorted(last, key=lambda row: (-last[row], -history[row], row))[:MOST_OWN]

    def frequent(self, source: int) -> list[int]:
        """Rows that a source referred to, the most frequent first."""
        history = self.history.get(source, Counter())
        return sorted(history, key=lambda row: (-history[row], row))[:MOST_OWN]

    def shared(self, source: int) -> dict[int, float]:
        """Rows that those refer to who share rows with a source, each by how many of them do."""
        weights: dict[int, float] = defaultdict(float)
        n_others = 0
        for row in self.recent(source)[:MOST_SHOWN]:
            for other in self.sources[row]:
                if other == source:
                    continue
                n_others += 1
                latest = self.latest[other]
                for also in latest:
                    weights[also] += 1.0 / len(latest)
        return {row: weight / n_others for row, weight in weights.items()}

    def offer(self, source: int, step: int) -> Offer:
        """What a source may refer to at a cut-off."""
        shared = self.shared(source)
        near = sorted(shared, key=lambda row: (-shared[row], row))[:MOST_SHARED]
        recent, frequent = self.recent(source), self.frequent(source)
        every = [*recent, *frequent, *near, *self.lately.best, *self.ever.best]
        candidates = list(dict.fromkeys(every))
        history, last = self.history.get(source, Counter()), self.last.get(source, {})
        total = sum(history.values())
        inputs = [
            [
                *self.ever.told(row),
                *self.lately.told(row),
                history[row],
                history[row] / total if total else np.nan,
                step - last[row] if row in last else np.nan,
                total,
                shared.get(row, 0.0),
            ]
            for row in candidates
        ]
        return Offer(candidates, inputs)


def link_cases(
    task: Task,
    splits: dict[str, pl.DataFrame],
    effort: Effort,
    stream: Stream,
    between: pl.DataFrame | None = None,
) -> list[LinkCase]:
    """Sampled rows in the order of time, each with what earlier cut-offs tell.

    Parameters
    ----------
    task
        A link.
    splits
        Its labels by split.
    effort
        How many rows are wanted.
    stream
        Draws them.
    between
        Labels of later cut-offs than those of validation, which are known before the test split.

    Returns
    -------
    list of LinkCase
    """
    memory, cases, sources = _Memory(), list[LinkCase](), list[int]()
    generator = stream.child("rows").generator()
    step = 0
    for number, name in enumerate(SPLITS):
        frame = splits[name]
        most = (effort.evaluation if number else effort.train) // ROWS_OVER
        share = min(most / max(frame.height, 1), 1.0)
        for group in frame.partition_by(task.time_col or "", maintain_order=True):
            rows = list(zip(group[task.entity_col], group[task.target_col], strict=True))
            lots = generator.random(len(rows))
            for (source, others), lot in zip(rows, lots, strict=True):
                if memory.ever.best and lot < share:
                    stranger = sources[int(lot / share * len(sources))]
                    case = LinkCase(
                        split=number,
                        step=step,
                        truth=frozenset(others),
                        popular=memory.ever.best,
                        recent=memory.recent(source),
                        frequent=memory.frequent(source),
                        offer=memory.offer(source, step),
                        shuffled=memory.offer(stranger, step),
                    )
                    cases.append(case)
            memory.note(rows, step)
            sources += [source for source, _ in rows]
            step += 1
        if name == "val" and between is not None:
            for group in between.partition_by(task.time_col or "", maintain_order=True):
                memory.note(zip(group[task.entity_col], group[task.target_col], strict=True), step)
                step += 1
    return cases
