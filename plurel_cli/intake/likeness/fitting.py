"""Times and keys of a config, with what those of the source's rows are like.

A table whose rows nearly all come in a small part of the window has no times of rows, but a column
of times. Other times follow the row's, another column, or the row referred to, whichever they lie
closest to. Of the keys of a table, one may be that of its owner, whose rows make its rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from plurel_cli.intake.likeness.fan_out import counts_of, habits_of, popularity_of
from plurel_cli.intake.likeness.figures import LEAST, Doubles
from plurel_cli.intake.likeness.rows import TableLikeness, at_parents
from plurel_cli.intake.likeness.times import DAY, arrivals_of, hours_lag

if TYPE_CHECKING:
    from plurel_cli.intake.columns import StatedTable
    from plurel_cli.intake.keys import HeldKey, HeldTable

_NARROW = 0.1
"""Part of the window that times of rows fill, at least; of the middle half of them."""

_SOON = 0.02
"""Part of the window within which details come."""

_CLOSER = 0.5


@dataclass
class FittedTable:
    """Settings of a table's times and keys.

    Attributes
    ----------
    arrivals
        Of `time.arrivals`.
    connectivity
        Of `connectivity`, by key.
    owner
        Name of the key whose rows make those of the table; none where there is no such key.
    """

    arrivals: dict[str, Any] = field(default_factory=dict)
    connectivity: dict[str, dict[str, Any]] = field(default_factory=dict)
    owner: str | None = None


def window_of(
    stated: Mapping[str, StatedTable], likeness: Mapping[str, TableLikeness]
) -> tuple[date, date] | None:
    """First and last day of the times of rows; none where there are none.

    Parameters
    ----------
    stated
        What is stated of the tables.
    likeness
        What rows of the source are like, by table.

    Returns
    -------
    tuple of date or None
    """
    several = [
        one.months[column]
        for name, one in likeness.items()
        if (column := stated[name].times.time_column) in one.months
    ]
    if not several:
        return None
    first = date.fromisoformat(f"{min(first for first, _ in several)}-01")
    last = date.fromisoformat(f"{max(last for _, last in several)}-28")
    return first, last


def fit(
    held: Mapping[str, HeldTable],
    stated: Mapping[str, StatedTable],
    likeness: Mapping[str, TableLikeness],
) -> dict[str, FittedTable]:
    """Fit what is stated of times and keys to those of the source's rows.

    Parameters
    ----------
    held
        Tables by name, parents first.
    stated
        What is stated of their columns, which is changed.
    likeness
        What rows of the source are like, by table.

    Returns
    -------
    dict of FittedTable
        By table.
    """
    window = window_of(stated, likeness)
    days = (window[1] - window[0]).days if window else 0
    for name, one in likeness.items():
        column = stated[name].times.time_column
        if column is not None and (
            column not in one.times or one.span_days(column) < _NARROW * days
        ):
            stated[name].leave_times(held[name].source.by_name[column])
    fitted = {name: FittedTable() for name in held}
    for name in held:
        _fit_times(held[name], stated, likeness[name])
        _fit_keys(held[name], stated, likeness, fitted[name], days)
    if window is not None:
        ends = tuple(float(np.datetime64(day, "s").astype(np.int64)) for day in window)
        for name, one in likeness.items():
            column = stated[name].times.time_column
            if column is not None and fitted[name].owner not in _timed_keys(held[name], stated):
                fitted[name].arrivals = arrivals_of(one.times[column], (ends[0], ends[1] + DAY))
    return fitted


def _timed_keys(table: HeldTable, stated: Mapping[str, StatedTable]) -> set[str]:
    return {k.name for k in table.parents if stated[k.parent].times.time_column is not None}


def _fit_times(table: HeldTable, stated: Mapping[str, StatedTable], one: TableLikeness) -> None:
    table_stated = stated[table.source.name]
    done: list[str] = []
    for column in one.times:
        if column not in table_stated.columns:
            continue
        statement = table_stated.columns[column].statement
        if statement.get("lens") not in ("date", "timestamp") or column in table.copies:
            continue
        bases = {**_own_bases(table_stated, done), **_parents_bases(table, stated)}
        demanded = statement.get("after") or statement.get("before")
        is_demanded = column in table_stated.times.chained
        choices = [
            (lag, path)
            for base, path in bases.items()
            if (lag := one.lags.get((column, base))) is not None
            and (not is_demanded or (path == demanded and lag.side in statement))
        ]
        best = min(choices, key=lambda choice: choice[0].spread, default=None)
        kept: dict[str, Any] = {
            key: statement[key] for key in ("lens", "nulls", "when") if key in statement
        }
        if best is not None and (is_demanded or best[0].spread < _CLOSER * one.span_days(column)):
            lag, path = best
            strict = {"min": 1} if statement.get("lag", {}).get("min") == 1 else {}
            _set(statement, {**kept, lag.side: path, "lag": lag.statement | strict})
        elif not is_demanded and column in one.months:
            first, last = one.months[column]
            low, high = f"{first}-01", f"{last}-28"
            if column in table_stated.times.bounded:
                low = max(low, str(statement.get("first", "")))
                high = min(high, str(statement.get("last", "9999")))
            if low <= high:
                _set(statement, {**kept, "first": low, "last": high})
        elif (
            not is_demanded
            and statement.get("after") == "time"
            and table_stated.times.time_column is None
        ):
            _set(statement, kept)
        done.append(column)


def _set(statement: dict[str, Any], new: Mapping[str, Any]) -> None:
    statement.clear()
    statement.update(new)


def _own_bases(table_stated: StatedTable, done: list[str]) -> dict[str, str]:
    bases = {column: column for column in done}
    if table_stated.times.time_column is not None:
        bases[table_stated.times.time_column] = "time"
    return bases


def _parents_bases(table: HeldTable, stated: Mapping[str, StatedTable]) -> dict[str, str]:
    """Times of rows that rows refer to, and what the config calls them."""
    bases = {}
    for key in table.parents:
        if len(key.reference.columns) != 1 or key.parent == table.source.name:
            continue
        (column,) = key.reference.columns
        there = stated[key.parent]
        if (time := there.times.time_column) is not None:
            bases[f"{column}.{time}"] = f"{key.name}.{time}"
        for name, other in there.columns.items():
            if other.statement.get("lens") in ("date", "timestamp"):
                bases[f"{column}.{name}"] = f"{key.name}.{name}"
    return bases


def _fit_keys(
    table: HeldTable,
    stated: Mapping[str, StatedTable],
    likeness: Mapping[str, TableLikeness],
    fitted: FittedTable,
    days: int,
) -> None:
    one, time = likeness[table.source.name], stated[table.source.name].times.time_column
    owners: list[tuple[float, str, dict[str, Any]]] = []
    for key in _choosing(table):
        (column,) = key.reference.columns
        if column not in one.parents or not len(one.parents[column]):
            continue
        places = one.parents[column]
        there = places[places >= 0]
        counts = np.bincount(there, minlength=one.n_parents[column]).astype(float)
        settings = popularity_of(counts)
        if time is not None:
            known = places[np.argsort(one.times[time], kind="stable")]
            settings |= habits_of(known[known >= 0], one.n_parents[column])
        late = _late(one, key, column, time, stated, likeness)
        if late is not None and (late >= 0).mean() < 0.95:
            settings["time_order"] = False
        fitted.connectivity[key.name] = settings
        can_own = (
            len(there) == len(places)
            and (counts > 0).sum() >= LEAST
            and one.n_parents[column] >= LEAST
        )
        if can_own and not table.is_junction and counts.max() <= 10_000:
            wait = _wait(places, late, time is not None, days)
            if wait is not None:
                lag = hours_lag(np.maximum(late, 0)) if late is not None and len(late) else {}
                owners.append((wait, key.name, {"detail": counts_of(counts) | lag}))
    lines = [key.name for key in table.parents if table.is_detail_of(key)]
    owners = [owner for owner in owners if not lines or owner[1] in lines]
    if owners:
        _, fitted.owner, settings = min(owners, key=lambda owner: owner[:2])
        fitted.connectivity[fitted.owner] = settings


def _choosing(table: HeldTable) -> Iterator[HeldKey]:
    """Keys of one column that choose among the rows of another table."""
    for key in table.parents:
        if (
            not key.is_single
            and key.parent != table.source.name
            and len(key.reference.columns) == 1
        ):
            yield key


def _late(
    one: TableLikeness,
    key: HeldKey,
    column: str,
    time: str | None,
    stated: Mapping[str, StatedTable],
    likeness: Mapping[str, TableLikeness],
) -> Doubles | None:
    """Days from the time of the row referred to to that of each row; none without both."""
    other = stated[key.parent].times.time_column
    if time is None or other is None:
        return None
    base = at_parents(likeness[key.parent].times[other], one.parents[column])
    late = (one.times[time] - base) / DAY
    return late[~np.isnan(late)]


def _wait(places: Any, late: Doubles | None, is_timed: bool, days: int) -> float | None:
    """Days that rows come after their parents, as a rule; none where parents do not make them."""
    if late is not None:
        if len(late) < 2 * LEAST or (late >= 0).mean() < 0.95:
            return None
        middle, most = np.quantile(late, (0.5, 0.9))
        return float(middle) if most <= _SOON * days else None
    if is_timed:
        return None
    changes = int((places[1:] != places[:-1]).sum()) + 1
    return float(days + 1) if changes <= 1.05 * len(np.unique(places)) else None
