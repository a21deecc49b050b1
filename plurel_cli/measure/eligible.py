"""What of a database the statistics of its looks are taken over."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from plurel_cli.measure import columns
from plurel_cli.measure.apart.columns import Statistics
from plurel_cli.measure.apart.keys import key_statistics
from plurel_cli.measure.view import NO_PARENT, NO_TIME, MeasuredKey, View, share_of

Ints = NDArray[np.int64]

_LEAST_TIMES = 500
_LEAST_PARENTS = 20
_LEAST_CHILDREN = 200
LEAST_BOTH_TIMED = 50
_LEAST_MEAN = 1.0


@dataclass(frozen=True, eq=False)
class Eligible:
    """What of a database the statistics are taken over."""

    view: View

    @cached_property
    def times(self) -> tuple[Ints, ...]:
        """Sorted times of every table with at least 500 of them."""
        there = (_sorted(times[times != NO_TIME]) for times in self.view.times.values())
        return tuple(times for times in there if times.size >= _LEAST_TIMES)

    @cached_property
    def keys(self) -> tuple[MeasuredKey, ...]:
        """Foreign keys to another table with at least 20 parents and 200 children."""
        return tuple(
            key
            for key in self.view.keys
            if not key.is_self
            and key.n_parents >= _LEAST_PARENTS
            and key.references.size >= _LEAST_CHILDREN
        )

    @cached_property
    def fan_outs(self) -> tuple[Ints, ...]:
        """Fan-outs of a mean of at least 1 that are not one-to-one."""
        return tuple(
            key.fan_out
            for key in self.keys
            if key.fan_out.mean() >= _LEAST_MEAN and key.fan_out.max() > 1
        )

    @cached_property
    def both_timed(self) -> tuple[tuple[Ints, Ints], ...]:
        """Times of children and of their parents, of foreign keys with at least 50 such pairs."""
        pairs = (key.both_timed for key in self.view.keys)
        return tuple(pair for pair in pairs if pair[0].size >= LEAST_BOTH_TIMED)

    @cached_property
    def timed_parents(self) -> tuple[Statistics, ...]:
        """Statistics of foreign keys to parents with times, of at least as many children."""
        keys = (
            key
            for key in self.view.keys
            if key.parent_times is not None and key.keys.size >= key.n_parents
        )
        several = (key_statistics(key) for key in keys)
        return tuple(each for each in several if each is not None)

    @cached_property
    def null_rates(self) -> tuple[float, ...]:
        """Share of nulls in every foreign key."""
        return tuple(share_of(key.keys == NO_PARENT) for key in self.view.keys)

    @cached_property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """(child, parent) of every foreign key."""
        return tuple((key.child, key.parent) for key in self.view.keys)

    @cached_property
    def kinds(self) -> tuple[columns.Kind, ...]:
        """Kind of every feature column."""
        return tuple(kind for kind, _ in self._counted)

    @cached_property
    def n_categories(self) -> tuple[int, ...]:
        """Distinct values of every feature column of categories."""
        numbers = (number for kind, number in self._counted if kind == "categorical")
        return tuple(number for number in numbers if number is not None)

    @cached_property
    def _counted(self) -> tuple[tuple[columns.Kind, int | None], ...]:
        return tuple(columns.counted(feature.values) for feature in self.view.features)

    @cached_property
    def missing(self) -> tuple[float, ...]:
        """Share of nulls in every feature column."""
        features = self.view.features
        return tuple(
            feature.values.null_count() / max(len(feature.values), 1) for feature in features
        )


def _sorted(times: Ints) -> Ints:
    """Times in rising order, as many tables have them."""
    return times if (times[1:] >= times[:-1]).all() else np.sort(times)
