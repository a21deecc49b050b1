"""What entities may refer to next, and what the past tells of each such row.

Candidates are rows that the entity referred to before, those that others refer to most, lately or
ever, and those that entities refer to which share rows with it: cohorts that no column shows. How
frequent one is is told as a share, which means the same at every cut-off. The candidates of all
rows of labels are found at once, from the references sorted by who refers and by what to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.tasks.tables import NS_PER_SECOND, SortedRows, expanded

if TYPE_CHECKING:
    import polars as pl

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]

MOST_POPULAR = 20
MOST_OWN = 20
MOST_SHARED = 10

LATELY = 3
"""Cut-offs that count as lately."""

MOST_SHOWN = 5
"""Of how many of an entity's own rows others are looked at that refer to them as well."""

MOST_OTHERS = 10
"""How many others of each."""

MOST_LATEST = 12
"""How many of the latest references of each of those."""


class Cases(NamedTuple):
    """Rows of labels for which candidates are wanted.

    Attributes
    ----------
    source
        Who refers.
    step
        The number of the cut-off.
    """

    source: Ints
    step: Ints


@dataclass(frozen=True)
class Candidates:
    """Rows that may be named, for each of some cases.

    Attributes
    ----------
    case, row
        For which case, and which row; in order.
    inputs
        What the past tells of each.
    popular, recent, frequent
        Their places among those that all refer to most, and that the entity referred to last and
        most often; ∞ where they have none.
    """

    case: Ints
    row: Ints
    inputs: Doubles
    popular: Doubles
    recent: Doubles
    frequent: Doubles


class _Former(NamedTuple):
    """Rows that sources referred to before, each once for a case."""

    key: Ints
    case: Ints
    row: Ints
    n_times: Doubles
    last: Doubles


class Referrals:
    """What was referred to, at which cut-off.

    Parameters
    ----------
    source, other, step
        Of each reference: who refers, to what, and at the how manieth cut-off; in order of the
        last.
    """

    def __init__(self, source: Ints, other: Ints, step: Ints) -> None:
        self._source, self._other, self._step = source, other, step
        self._n = int(other.max(initial=0)) + 1
        times = step * NS_PER_SECOND
        self._by_source = SortedRows.of(source, times)
        self._by_other = SortedRows.of(other, times)

    @classmethod
    def of(cls, frames: list[pl.DataFrame], source: str, other: str) -> Referrals:
        """Those of labels, a frame for each cut-off.

        Parameters
        ----------
        frames
            The labels, in order of time.
        source, other
            Columns of who refers, and of the lists of what to.

        Returns
        -------
        Referrals
        """
        lists = [frame.select(source, other).explode(other) for frame in frames]
        step = np.repeat(np.arange(len(frames)), [frame.height for frame in lists])
        columns = [
            np.concatenate([frame[name].to_numpy() for frame in lists]) for name in (source, other)
        ]
        return cls(columns[0], columns[1], step)

    def before(self, step: Ints) -> Ints:
        """How many there are before cut-offs."""
        return np.searchsorted(self._step, step, "left")

    def sources(self) -> Ints:
        """Who refers, in order of time."""
        return self._source

    def candidates(self, cases: Cases) -> Candidates:
        """What may be named for each of some cases, and what earlier cut-offs tell of it.

        Parameters
        ----------
        cases
            The cases.

        Returns
        -------
        Candidates
        """
        n, former = self._n, self._former(cases)
        recent = _places(former.case, (former.row, -former.n_times, -former.last))
        frequent = _places(former.case, (former.row, -former.n_times))
        shared_key, shared = self._shared(cases, former, recent)
        near = _places(shared_key // n, (shared_key % n, -shared))
        ever, lately = self._best(cases, None), self._best(cases, LATELY)
        is_own = (recent < MOST_OWN) | (frequent < MOST_OWN)
        keys = (former.key[is_own], shared_key[near < MOST_SHARED], ever, lately)
        key = np.unique(np.concatenate(keys))
        case, row = key // n, key % n
        popular = np.full(key.size, np.inf)
        popular[np.searchsorted(key, ever)] = _places(ever // n, ())
        total = np.bincount(former.case, former.n_times, minlength=cases.step.size).astype(float)[
            case
        ]
        count = _found(former.key, former.n_times, key, 0.0)
        step = cases.step[case]
        with np.errstate(invalid="ignore", divide="ignore"):
            inputs = np.column_stack(
                (
                    *self._told(case, row, step, None),
                    *self._told(case, row, step, LATELY),
                    count,
                    count / total,
                    step - _found(former.key, former.last, key, np.nan),
                    total,
                    _found(shared_key, shared, key, 0.0),
                )
            )
        return Candidates(
            case,
            row,
            inputs,
            popular,
            _found(former.key, recent, key, np.inf),
            _found(former.key, frequent, key, np.inf),
        )

    def _former(self, cases: Cases) -> _Former:
        """Rows that the sources of cases referred to."""
        rows = self._by_source
        case, place = expanded(rows.first(cases.source), rows.end(cases.source, _until(cases.step)))
        reference = rows.order[place]
        key = case * self._n + self._other[reference]
        order = np.argsort(key, kind="stable")
        key, step = key[order], self._step[reference][order]
        ends = np.flatnonzero(np.append(key[1:] != key[:-1], np.ones(min(key.size, 1), bool)))
        count = np.diff(ends, prepend=-1).astype(float)
        key = key[ends]
        return _Former(key, key // self._n, key % self._n, count, step[ends].astype(float))

    def _shared(self, cases: Cases, former: _Former, recent: Doubles) -> tuple[Ints, Doubles]:
        """Rows that those refer to who share rows with a source, each by how many of them do."""
        shown = recent < MOST_SHOWN
        case, row = former.case[shown], former.row[shown]
        rows = self._by_other
        end = rows.end(row, _until(cases.step[case]))
        pair, place = expanded(np.maximum(rows.first(row), end - MOST_OTHERS), end)
        case, other = case[pair], self._source[rows.order[place]]
        is_other = other != cases.source[case]
        case, other = case[is_other], other[is_other]
        n_others = np.bincount(case, minlength=cases.step.size)
        rows = self._by_source
        end = rows.end(other, _until(cases.step[case]))
        first = np.maximum(rows.first(other), end - MOST_LATEST)
        pair, place = expanded(first, end)
        key, inverse = np.unique(
            case[pair] * self._n + self._other[rows.order[place]], return_inverse=True
        )
        weights = np.bincount(inverse, 1.0 / (end - first)[pair], minlength=key.size)
        shared: Doubles = weights / n_others[key // self._n]
        return key, shared

    def _best(self, cases: Cases, n_steps: int | None) -> Ints:
        """The most frequent rows at the cut-off of each case, as keys, the first first."""
        best = dict(self._best_by_step(np.unique(cases.step), n_steps))
        keys = [number * self._n + best[step] for number, step in enumerate(cases.step.tolist())]
        return np.concatenate([np.empty(0, dtype=np.int64), *keys])

    def _best_by_step(self, steps: Ints, n_steps: int | None) -> Iterator[tuple[int, Ints]]:
        ends = self.before(steps)
        starts = np.zeros_like(ends) if n_steps is None else self.before(steps - n_steps)
        for step, start, end in zip(steps.tolist(), starts, ends, strict=True):
            counts = np.bincount(self._other[start:end], minlength=self._n)
            some = np.flatnonzero(counts)
            if some.size > MOST_POPULAR:
                least = np.partition(counts[some], -MOST_POPULAR)[-MOST_POPULAR]
                some = some[counts[some] >= least]
            yield step, some[np.lexsort((some, -counts[some]))][:MOST_POPULAR]

    def _told(
        self, case: Ints, row: Ints, step: Ints, n_steps: int | None
    ) -> tuple[Doubles, Doubles]:
        """Shares of rows among all references, and how frequent they are beside the first."""
        rows, until = self._by_other, _until(step)
        start = rows.first(row) if n_steps is None else rows.end(row, _until(step - n_steps))
        count = (rows.end(row, until) - start).astype(float)
        before = 0 if n_steps is None else self.before(step - n_steps)
        most = np.zeros(int(case.max(initial=0)) + 1)
        np.maximum.at(most, case, count)
        return count / np.maximum(self.before(step) - before, 1), count / np.maximum(most[case], 1)


def _until(step: Ints) -> Ints:
    """The last moment before a cut-off."""
    return (step - 1) * NS_PER_SECOND


def _places(case: Ints, by: tuple[NDArray[np.generic], ...]) -> Doubles:
    """The place of each row among those of its case, in an order; cases are in order."""
    order = np.lexsort((*by, case)) if by else np.arange(case.size)
    places = np.empty(case.size)
    ordered = case[order]
    places[order] = np.arange(case.size) - np.searchsorted(ordered, ordered, "left")
    return places


def _found(keys: Ints, values: Doubles, wanted: Ints, other: float) -> Doubles:
    """Values by key, in order; another one for keys that are not there."""
    if not keys.size:
        return np.full(wanted.size, other)
    place = np.minimum(np.searchsorted(keys, wanted), keys.size - 1)
    return np.where(keys[place] == wanted, values[place], other)
