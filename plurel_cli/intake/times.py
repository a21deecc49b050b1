"""Times of a table: which column is the time of the row, and how the others follow it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plurel_cli.intake.demands import Demand
from plurel_cli.intake.guesses import guess, snake
from plurel_cli.intake.keys import HeldTable
from plurel_cli.intake.pairs import pairs
from plurel_cli.intake.picture import SourceColumn

_FIRST = re.compile(
    r"^(?:\w+_)?(?:created|creation|inserted|added|registered|joined|ordered|order|placed|posted"
    r"|occurred|event|start|started|begin|opened|issued|invoice|payment|rental|sale|transaction|trans"
    r"|hire|visit|sent|time|timestamp|date|datetime|logged|touched)(?:_?(?:at|on|date|time|datetime|ts))*(?:_\w+)?$"
)
_LATER = re.compile(
    r"(?<!first_)(?:updat|modif|delet|end|finish|close|expire|due|ship|deliver|return|cancel|last|birth|dob|valid"
    r"|require|commit|receipt|receive|leave|left|paid|resolved|approved|published|seen|until|thru|born)"
)


@dataclass
class HeldTimes:
    """The times of a table.

    Attributes
    ----------
    time_column
        The column that is the time of the row; none where there is none.
    is_day
        Whether that is a day.
    statements
        What is stated of the others, by column.
    present
        Columns that must not be null, because a time that may not be null follows them.
    chained
        Columns that are demanded to come before or after another.
    bounded
        Columns that are demanded to lie between days.
    unheld
        Columns that are so, and may not, since they come before or after another.
    """

    time_column: str | None = None
    is_day: bool = False
    statements: dict[str, dict[str, Any]] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    chained: set[str] = field(default_factory=set)
    bounded: set[str] = field(default_factory=set)
    unheld: list[str] = field(default_factory=list)


def held_times(
    table: HeldTable,
    columns: Sequence[SourceColumn],
    demands: Mapping[str, Demand],
    chains: Sequence[tuple[list[str], bool]],
    has_timed_parent: bool,
) -> HeldTimes:
    """Which column is the time of the row, and how the others follow it.

    Parameters
    ----------
    table
        The table.
    columns
        Those that are no keys.
    demands
        What is demanded of each.
    chains
        Times each of which must not come before the one before it, and whether none may be equal.
    has_timed_parent
        Whether it refers to rows that have times.

    Returns
    -------
    HeldTimes
    """
    times = {
        c.name: c
        for c in columns
        if c.kind in ("date", "timestamp")
        and c.computed is None
        and c.name not in table.copies
        and c.name not in table.empty
        and not demands[c.name].is_absent
    }
    held = HeldTimes()
    chosen = _time_of_row(table, [*times.values()], demands, has_timed_parent)
    if table.daily is not None:
        chosen = times[table.daily]
    if chosen is not None:
        held.time_column, held.is_day = chosen.name, chosen.kind == "date"
    for chain, is_strict in chains:
        held.chained |= {*chain}
        _follow([times[name] for name in chain if name in times], is_strict, held)
    for name in sorted({*held.statements} & {*times}):
        if demands[name].first or demands[name].last:
            held.unheld.append(name)  # a lag from another time may lead anywhere
    for pair in _likely_chains([*times.values()], demands, held):
        _follow(pair, False, held)
    for column in times.values():
        if column.name != held.time_column and column.name not in held.statements:
            demand = demands[column.name]
            held.statements[column.name] = _alone(column, table, demand, held)
            if demand.first or demand.last:
                held.bounded.add(column.name)
    return held


def _likely_chains(
    times: Sequence[SourceColumn], demands: Mapping[str, Demand], held: HeldTimes
) -> Iterator[list[SourceColumn]]:
    """Times that nobody demands to come after one another, but whose names say so."""
    free = [
        column
        for column in times
        if column.name not in held.chained
        and not (demands[column.name].first or demands[column.name].last)
    ]
    for start, end in pairs(free):
        if end.name != held.time_column or start.nullable is end.nullable:
            yield [start, end]


def _time_of_row(
    table: HeldTable,
    times: Sequence[SourceColumn],
    demands: Mapping[str, Demand],
    has_timed_parent: bool,
) -> SourceColumn | None:
    """The column that says when the row came to be."""
    sets = [table.source.primary_key, *table.source.unique]
    alone = {s[0] for s in sets if len(s) == 1}
    free = [
        c
        for c in times
        if not (demands[c.name].first or demands[c.name].last)
        and c.name not in alone
        and c.name not in table.copied  # which is to the second
    ]
    ranked = sorted(
        free,
        key=lambda c: (
            c.kind == "date",
            c.nullable,
            bool(_LATER.search(snake(c.name))),
            _FIRST.match(snake(c.name)) is None,
        ),
    )
    for column in ranked:
        is_later = _LATER.search(snake(column.name)) is not None
        is_first = _FIRST.match(snake(column.name)) is not None
        is_event = column.kind == "timestamp" or has_timed_parent or bool(table.parents)
        if (
            not is_later
            and (is_first or column.kind == "timestamp")
            and is_event
            and not column.nullable
        ):
            return column
    for column in ranked:
        if column.kind == "timestamp" and _FIRST.match(snake(column.name)):
            return column
    return None


def _lag(column: SourceColumn, *, is_strict: bool, days: float = 5) -> dict[str, Any]:
    lag: dict[str, Any] = {"lognormal": {"median": days, "sigma": 1}}
    if is_strict:
        lag["min"] = 1
    return lag


def _follow(chain: Sequence[SourceColumn], is_strict: bool, held: HeldTimes) -> None:
    """Let each time of a chain come after the one before it."""
    names = [c.name for c in chain]
    at = names.index(held.time_column) if held.time_column in names else None
    is_mixed = len({c.kind for c in chain}) > 1
    strict = is_strict or is_mixed
    for k, column in enumerate(chain):
        if any(not later.nullable for later in chain[k + 1 :]):
            held.present.add(column.name)
        if column.name == held.time_column:
            continue
        if at is not None and k < at:
            base = names[k + 1] if k + 1 < at else "time"
            held.statements[column.name] = _hung(column, "before", base, is_strict=strict)
            if any(not earlier.nullable for earlier in chain[:k]):
                held.present.add(column.name)
        elif k > 0:
            base = "time" if at == k - 1 else names[k - 1]
            held.statements[column.name] = _hung(column, "after", base, is_strict=strict)


def _hung(column: SourceColumn, side: str, base: str, *, is_strict: bool) -> dict[str, Any]:
    return {"lens": column.kind, side: base, "lag": _lag(column, is_strict=is_strict)}


def _alone(
    column: SourceColumn, table: HeldTable, demand: Demand, held: HeldTimes
) -> dict[str, Any]:
    """A time of which no other is demanded to come before or after it."""
    guessed, rule = guess(column, table.source)
    statement: dict[str, Any] = {**guessed, "lens": column.kind}
    if demand.first or demand.last:
        if demand.first:
            statement["first"] = max(demand.first, str(statement.get("first", "")))
        if demand.last:
            statement["last"] = min(demand.last, str(statement.get("last", "9999")))
        if str(statement.get("first", "")) > str(statement.get("last", "9999")):
            statement.pop("last" if not demand.last else "first")
        if "first" in statement and "last" not in statement:
            statement["last"] = f"{int(statement['first'][:4]) + 10}-12-31"
        if "last" in statement and "first" not in statement:
            statement["first"] = f"{int(statement['last'][:4]) - 10}-01-01"
        return statement
    if rule is None and held.time_column is not None:
        return {"lens": column.kind, "after": "time", "lag": _lag(column, is_strict=False)}
    return statement
