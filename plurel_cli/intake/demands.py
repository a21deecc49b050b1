"""What is demanded of each column of a table: all its conditions, gathered by column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from math import lcm

from plurel_cli.intake.patterns import matches
from plurel_cli.intake.picture import (
    Absent,
    Among,
    Bounded,
    Calculated,
    Dated,
    Expression,
    Length,
    Multiple,
    Ordered,
    Pattern,
    Present,
    SourceTable,
    Unlike,
    Unmatched,
    ValidJson,
    Value,
)


@dataclass
class Demand:
    """What is demanded of a column.

    Attributes
    ----------
    values
        Those that it may have, if only some.
    low, high
        Bounds of a number, in which it may lie.
    low_is_out, high_is_out
        Whether a bound itself is no value.
    first, last
        Days between which a time lies.
    patterns, unmatched
        Regular expressions that a text has, and those that it has not.
    multiple
        What a whole number is a multiple of.
    """

    values: tuple[Value, ...] | None = None
    low: float | None = None
    high: float | None = None
    low_is_out: bool = False
    high_is_out: bool = False
    first: str | None = None
    last: str | None = None
    patterns: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    multiple: int = 1
    least: int = 0
    most: int | None = None
    is_present: bool = False
    is_absent: bool = False
    is_json: bool = False
    unlike: list[Value] = field(default_factory=list)
    formula: Expression | None = None

    def allows(self, value: Value) -> bool:
        """Whether a value is nothing that is demanded not to be."""
        number = _number(value)
        if value in self.unlike or (number is not None and number in map(_number, self.unlike)):
            return False
        if isinstance(value, str):
            has_length = (
                self.least <= len(value) <= (len(value) if self.most is None else self.most)
            )
            if not has_length or not all(matches(p, value) for p in self.patterns):
                return False
            if any(matches(p, value) for p in self.unmatched):
                return False
        if number is None:
            return self.low is None and self.high is None
        if self.low is not None and (number < self.low or (self.low_is_out and number == self.low)):
            return False
        is_at_end = self.high_is_out and number == self.high
        return not (self.high is not None and (number > self.high or is_at_end)) and (
            number % self.multiple == 0
        )

    def at_least(self, low: float, *, is_out: bool = False) -> None:
        """Let it not lie below a number.

        Parameters
        ----------
        low
            The number.
        is_out
            Whether that itself is no value.
        """
        if self.low is None or (low, is_out) > (self.low, self.low_is_out):
            self.low, self.low_is_out = low, is_out

    def at_most(self, high: float, *, is_out: bool = False) -> None:
        """Let it not lie above a number.

        Parameters
        ----------
        high
            The number.
        is_out
            Whether that itself is no value.
        """
        if self.high is None or (high, not is_out) < (self.high, not self.high_is_out):
            self.high, self.high_is_out = high, is_out


def demands_of(table: SourceTable) -> tuple[dict[str, Demand], list[Ordered]]:
    """What is demanded of each column, and which lie above which.

    Parameters
    ----------
    table
        The table.

    Returns
    -------
    tuple
        Demands by column, and orders.
    """
    demands = {column.name: Demand() for column in table.columns}
    orders: list[Ordered] = []
    for column in table.columns:
        demands[column.name].most = column.length
        if column.labels:
            demands[column.name].values = column.labels
    for check in table.checks:
        for condition in check.conditions:
            if isinstance(condition, Ordered):
                orders.append(condition)
            else:
                _add(demands, condition)
    return demands, list(dict.fromkeys(orders))


def _number(value: Value) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _add(demands: dict[str, Demand], condition: object) -> None:
    match condition:
        case Among(column, values):
            one = demands[column]
            if one.values is None:
                one.values = values
            elif values != (True,):
                one.values = tuple(
                    v for v in one.values if v in values or str(v) in map(str, values)
                )
        case Bounded(column, low, high, low_is_out, high_is_out):
            if low is not None:
                demands[column].at_least(low, is_out=low_is_out)
            if high is not None:
                demands[column].at_most(high, is_out=high_is_out)
        case Dated(column, first, last):
            one = demands[column]
            one.first = max(filter(None, (one.first, first)), default=None)
            one.last = min(filter(None, (one.last, last)), default=None)
        case Pattern(column, expression):
            demands[column].patterns.append(expression)
        case Unmatched(column, expression):
            demands[column].unmatched.append(expression)
        case Multiple(column, of):
            demands[column].multiple = lcm(demands[column].multiple, of)
        case Length(column, least, most):
            one = demands[column]
            one.least = max(one.least, least)
            one.most = min((m for m in (one.most, most) if m is not None), default=None)
        case Present(column):
            demands[column].is_present = True
        case ValidJson(column):
            demands[column].is_json = demands[column].is_present = True  # a null is none to some
        case Absent(column):
            demands[column].is_absent = True
        case Unlike(column, value):
            demands[column].unlike.append(value)
        case Calculated(column, formula):
            demands[column].formula = formula


def chains(orders: Iterable[Ordered]) -> list[tuple[list[str], bool]] | None:
    """Columns that must lie above one another, each chain from the lowest on.

    Parameters
    ----------
    orders
        Which lie above which.

    Returns
    -------
    list or None
        Of each chain its columns, and whether all must differ; None where they go round in a
        circle.

    Examples
    --------
    >>> chains([Ordered("a", "b"), Ordered("a", "c", True), Ordered("x", "y")])
    [(['a', 'b', 'c'], True), (['x', 'y'], False)]
    """
    several = [*orders]
    groups: list[set[str]] = []
    for order in several:
        both = {order.low, order.high}
        joined = [group for group in groups if group & both]
        groups = [group for group in groups if group not in joined]
        groups.append(both.union(*joined))
    rising = []
    for group in groups:
        inside = [order for order in several if order.low in group]
        graph: dict[str, list[str]] = {name: [] for name in sorted(group)}
        for order in inside:
            graph[order.high].append(order.low)
        try:
            chain = [*TopologicalSorter(graph).static_order()]
        except CycleError:
            return None
        rising.append((chain, any(order.is_strict for order in inside)))
    return rising
