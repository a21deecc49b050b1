"""What moves with time: a drift in every interval of the window, and the interval of each row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.budget.components import LookedUpComponent
from plurel_cli.features.budget.share import ShareRows
from plurel_cli.features.budget.standard import weighed_by_counts
from plurel_cli.features.drifts import DriftRecord, drifts
from plurel_cli.features.drifts.drift import N_INTERVALS, Drift, WindowIntervals
from plurel_cli.numerics.stream import Draws, Stream
from plurel_cli.schema.window import Window


def draw_drift(kind: str, draws: Draws) -> DriftRecord:
    """Draw a drift of a kind.

    Parameters
    ----------
    kind
        Which.
    draws
        Randomness of what it belongs to.

    Returns
    -------
    DriftRecord
    """
    return drifts.of(Drift)[kind].drawn(draws)


def moving(rows: ShareRows, drift: DriftRecord, weight: float, stream: Stream) -> LookedUpComponent:
    """A drift in every interval of the window, of mean 0 and a deviation over the reference rows.

    Parameters
    ----------
    rows
        The rows that it is of.
    drift
        Which.
    weight
        The deviation.
    stream
        Randomness of this drift alone.

    Returns
    -------
    LookedUpComponent
        A number for each interval of the window, and the interval of each row.
    """
    assert isinstance(drift, Drift)  # noqa: S101 (as all that are drawn)
    counts = interval_counts(rows)
    path = drift.path(WindowIntervals(rows.window, counts), stream)
    return LookedUpComponent(weighed_by_counts(path, counts, weight), intervals(rows))


def interval_counts(rows: ShareRows) -> NDArray[np.int64]:
    """Reference rows in each interval."""
    return rows.kept(
        ("interval counts", rows.table.name),
        lambda: np.bincount(rows.reference.of(intervals(rows)), minlength=N_INTERVALS),
    )


def intervals(rows: ShareRows) -> BlockColumn:
    """In which interval of the window each row's time lies."""
    return rows.kept(
        ("intervals", rows.table.name), lambda: _IntervalOfTime(rows.times, rows.window)
    )


class _IntervalOfTime:
    """In which interval of the window each row's time lies."""

    def __init__(self, times: BlockColumn, window: Window) -> None:
        self._times = times
        self._start = np.datetime64(window.start, "ns").astype(np.int64)
        end = np.datetime64(window.end, "ns").astype(np.int64)
        self._per_nanosecond = N_INTERVALS / float(end - self._start)

    def block(self, index: int) -> NDArray[np.int32]:
        passed = (self._times.block(index) - self._start).astype(np.float64)
        passed *= self._per_nanosecond
        intervals: NDArray[np.int32] = passed.astype(np.int32)
        return intervals.clip(0, N_INTERVALS - 1)
