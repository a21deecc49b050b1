"""At which cut-offs a task asks, and whether there are answers enough.

Cut-offs are RelBench's own: in training, horizons back from `val_timestamp`; then one at
`val_timestamp` and one at `test_timestamp`, or several, a horizon apart. No horizon crosses a
border.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plurel_cli.config.tasks import TasksConfig
from plurel_cli.schema.table import Table
from plurel_cli.schema.task import SPLITS
from plurel_cli.schema.window import Window
from plurel_cli.tasks.tables import NS_PER_DAY, Tables

if TYPE_CHECKING:
    import polars as pl

NICE_DAYS = (
    *(1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 150, 180, 270, 365),
    *(540, 730, 1095, 1825, 3650),
)
"""Horizons that are asked about, in days."""

LEAST_CUT_OFFS = 3
"""Cut-offs of training that RelBench demands."""

MOST_CUT_OFFS = 100


@dataclass(frozen=True)
class Period:
    """The time that a database covers.

    Attributes
    ----------
    first, last
        Days of the earliest and the latest row that comes with a time.
    val, test
        Days at which the splits begin.
    """

    first: dt.date
    last: dt.date
    val: dt.date
    test: dt.date

    def horizons(self) -> list[int]:
        """Horizons, in days, that leave cut-offs enough and cross no border."""
        most = min(
            (self.test - self.val).days,
            (self.last - self.test).days,
            (self.val - self.first).days // LEAST_CUT_OFFS,
        )
        least = (self.val - self.first).days / MOST_CUT_OFFS
        return [days for days in NICE_DAYS if least <= days <= most]

    def n_cut_offs(self, horizon_days: int) -> int:
        """How many cut-offs there are in training."""
        return (self.val - self.first).days // horizon_days

    def evaluations(self, horizon_days: int) -> int:
        """At how many cut-offs validation and test can ask without crossing a border."""
        return min((self.test - self.val).days, (self.last - self.test).days) // horizon_days

    def cut_offs(self, horizon_days: int, n_evaluations: int = 1) -> dict[str, list[dt.date]]:
        """Cut-offs of each split, in order.

        Parameters
        ----------
        horizon_days
            Days that an answer is about.
        n_evaluations
            Most cut-offs of validation and of test.

        Returns
        -------
        dict
            Days, by split.
        """
        n = self.n_cut_offs(horizon_days)
        step = dt.timedelta(days=horizon_days)

        def steps(start: dt.date, end: dt.date) -> list[dt.date]:
            most = min(n_evaluations, (end - start).days // horizon_days)
            return [start + step * number for number in range(most)]

        return {
            "train": [self.val - step * back for back in range(n, 0, -1)],
            "val": steps(self.val, self.test),
            "test": steps(self.test, self.last),
        }


def period_of(tables: Tables, window: Window) -> Period | None:
    """The time that a database covers; none where no table has times.

    Parameters
    ----------
    tables
        The database.
    window
        Its window.

    Returns
    -------
    Period or None
    """
    spans = [
        _span(tables, table) for table in tables.schema.tables if table.time_column is not None
    ]
    if not spans:
        return None
    first = max(min(span[0] for span in spans), window.start)
    last = max(span[1] for span in spans)
    return Period(first, last, window.val_timestamp, window.test_timestamp)


def _span(tables: Tables, table: Table) -> tuple[dt.date, dt.date]:
    """The first day on which all rows of a table lie, rounded inwards, and the last."""
    times = tables.times(table)
    days = -(-int(times.min()) // NS_PER_DAY), int(times.max()) // NS_PER_DAY
    first, last = (dt.date(1970, 1, 1) + dt.timedelta(days=day) for day in days)
    return first, last


def divided(labels: pl.DataFrame, period: Period) -> dict[str, pl.DataFrame]:
    """Labels by split.

    Parameters
    ----------
    labels
        With their cut-offs in the first column, in order.
    period
        Where the splits begin.

    Returns
    -------
    dict
        A frame for each split.
    """
    import polars as pl

    days = labels[labels.columns[0]].cast(pl.Date)
    bounds = [days.search_sorted(day) for day in (period.val, period.test)]
    ends = zip([0, *bounds], [*bounds, labels.height], strict=True)
    return {split: labels[first:end] for split, (first, end) in zip(SPLITS, ends, strict=True)}


def is_enough(
    splits: dict[str, pl.DataFrame], target: str, task_type: str, settings: TasksConfig
) -> bool:
    """Whether every split has rows enough, and of two classes each enough.

    Parameters
    ----------
    splits
        Labels by split.
    target
        Their column with the answer.
    task_type
        What kind of answer there is.
    settings
        How many are enough.

    Returns
    -------
    bool
    """
    for split in SPLITS:
        frame = splits[split]
        if frame.height < settings.min_rows:
            return False
        if task_type == "recommendation":
            continue
        if task_type == "binary_classification":
            counts = frame[target].drop_nulls().value_counts(sort=True)["count"].to_list()
            if len(counts) != 2 or counts[1] < settings.min_class_rows:
                return False
        elif frame[target].min() == frame[target].max():
            return False
    return True
