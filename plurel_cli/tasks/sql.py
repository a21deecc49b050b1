"""Forecasts as DuckDB's SQL, written to be read.

A common table holds the events: of which entity, when, and whatever is asked of them. Joined with
the cut-offs in `timestamps`, those up to a cut-off say who is asked about, and those after it, up
to the horizon, what is asked. `{timedelta}` stands for the horizon, as RelBench has it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from plurel_cli.tasks.asked import Events, Value
from plurel_cli.tasks.forecast import EventRule, Forecast
from plurel_cli.tasks.quoting import literal, quoted

TIMESTAMPS = "timestamps"
"""The table of cut-offs, by RelBench's name for it."""

TIME_COLUMN = "timestamp"


@dataclass
class _Events:
    """The common table of events, as it is put together."""

    events: Events
    columns: list[tuple[str, str]] = field(default_factory=list)
    keys: list[tuple[str, str]] = field(default_factory=list)

    def of(self, value: Value) -> str:
        """A column, joined where it is of another table."""
        table = quoted(self.events.table.name)
        if value.key is None:
            return f"{table}.{quoted(value.column.name)}"
        near = value.key.name, value.table.primary_key
        alias = quoted(f"by_{value.key.name}")
        join = (
            f"LEFT JOIN {quoted(value.table.name)} AS {alias}\n"
            f"        ON {alias}.{quoted(near[1])} = {table}.{quoted(near[0])}"
        )
        if (alias, join) not in self.keys:
            self.keys.append((alias, join))
        return f"{alias}.{quoted(value.column.name)}"

    @property
    def entity(self) -> str:
        """The column that says of which entity an event is."""
        if self.events.between is None:
            return f"{quoted(self.events.table.name)}.{quoted(self.events.key.name)}"
        near, far = self.events.between
        return f"{quoted(near.name)}.{quoted(far.name)}"

    def text(self, name: str) -> str:
        """The common table."""
        events, table = self.events, quoted(self.events.table.name)
        entity, joins = self.entity, []
        if events.between is not None:
            near = events.between[0]
            joins.append(
                f"JOIN {quoted(near.name)}\n        ON {quoted(near.name)}."
                f"{quoted(near.primary_key)} = {table}.{quoted(events.key.name)}"
            )
        joins += [join for _, join in self.keys]
        time = f"{table}.{quoted(str(events.table.time_column))}"
        columns = [(entity, "entity"), (time, "happened"), *self.columns]
        shown = ",\n        ".join(f"{what} AS {alias}" for what, alias in columns)
        lines = [f"WITH {name} AS (", "    SELECT", f"        {shown}", f"    FROM {table}"]
        lines += [f"    {join}" for join in joins]
        return "\n".join([*lines, f"    WHERE {entity} IS NOT NULL", ")"])


def events_name(tables: Collection[str]) -> str:
    """A name for the common table that no table has."""
    taken = {table.lower() for table in tables}
    names = ("happenings", "entity_happenings", "all_entity_happenings")
    return next(name for name in names if name not in taken)


def forecast_sql(forecast: Forecast, tables: Collection[str]) -> str:
    """The SQL of a forecast's labels.

    Parameters
    ----------
    forecast
        The forecast.
    tables
        Names of the tables of the database.

    Returns
    -------
    str
        With `{timedelta}` for the horizon.
    """
    name = events_name(tables)
    joins = _joins(forecast, name)
    time = f"{TIMESTAMPS}.{quoted(TIME_COLUMN)}"
    shown = [
        f"{time} AS {quoted(TIME_COLUMN)}",
        f"{name}.entity AS {quoted(forecast.entity_col)}",
        f"{_answer(forecast, name)} AS {quoted(forecast.target_col)}",
    ]
    lines = [
        _common_table(forecast, name),
        "SELECT\n    " + ",\n    ".join(shown),
        f"FROM {TIMESTAMPS}",
        *joins,
        f"GROUP BY {time}, {name}.entity",
        "HAVING " + "\n    AND ".join(_asked_about(forecast, name)),
        "",
    ]
    return "\n".join(lines)


_TS = f"{TIMESTAMPS}.{quoted(TIME_COLUMN)}"
_SPAN = "INTERVAL '{timedelta}'"


def _common_table(forecast: Forecast, name: str) -> str:
    ask, common = forecast.ask, _Events(forecast.ask.events)
    table = ask.events.table
    source = quoted(table.name)
    rules = [(forecast.rule, "counts")]
    if forecast.later is not None:
        rules.append((forecast.later, "counts_later"))
    for rule, alias in rules:
        if (like := rule.like) is not None:
            what = f"{common.of(like.value)} {like.sign} {literal(like.bound)}"
            common.columns.append((f"COALESCE({what}, FALSE)", alias))
    if ask.value is not None:
        common.columns.append((common.of(ask.value), "value"))
    if ask.form == "next":
        common.columns.append((f"{source}.{quoted(table.primary_key)}", "number"))
    if ask.other is not None:
        common.columns.append((f"{source}.{quoted(ask.other.name)}", "other"))
    other = ask.other_table
    if ask.form == "link" and other is not None and other.time_column is not None:
        since = Value(other.by_column[other.time_column], other, ask.other)
        common.columns.append((common.of(since), "other_since"))
    return common.text(name)


def _joins(forecast: Forecast, name: str) -> list[str]:
    """Joins of the cut-offs with events, and with entities that come with times."""
    until = f"JOIN {name}\n    ON {name}.happened <= {_TS} + {_SPAN}"
    if forecast.lookback is not None:
        until += f"\n    AND {name}.happened > {_TS} - {forecast.lookback} * {_SPAN}"
    entity = forecast.ask.events.entity
    if entity.time_column is None:
        return [until]
    table = quoted(entity.name)
    since = f"{table}.{quoted(entity.time_column)}"
    known = f"    AND {since} <= {_TS}"
    if forecast.n_evaluations > 1:  # RelBench knows no entity that is newer than test_timestamp
        known += f"\n    AND {since} <= DATE '{forecast.split.test}'"
    key = f"{table}.{quoted(entity.primary_key)}"
    return [until, f"JOIN {table}\n    ON {key} = {name}.entity\n{known}"]


def _answer(forecast: Forecast, name: str) -> str:
    """The expression of the answer."""
    form, after = forecast.ask.form, f"{name}.happened > {_TS}"
    if forecast.is_yes_or_no:
        return _yes_or_no(forecast, name)
    if form == "count":
        return f"COUNT(*) FILTER (WHERE {after}{_counting(forecast.rule, name, 'counts')})"
    if form == "share":
        return f"AVG(CAST({name}.counts AS INTEGER)) FILTER (WHERE {after})"
    if form == "sum":
        return f"COALESCE(SUM({name}.value) FILTER (WHERE {after}), 0)"
    if form in ("mean", "max"):
        function = {"mean": "AVG", "max": "MAX"}[form]
        return f"{function}({name}.value) FILTER (WHERE {after})"
    if form == "next":
        order = f"ORDER BY {name}.happened, {name}.number"
        label = f"{name}.value"
        return f"FIRST({label} {order}) FILTER (WHERE {after} AND {label} IS NOT NULL)"
    if form == "wait":
        first = f"MIN({name}.happened) FILTER (WHERE {after})"
        return f"DATE_DIFF('second', {_TS}, {first}) / 86400.0"
    if form == "distinct":
        return f"COUNT(DISTINCT {name}.other) FILTER (WHERE {after})"
    others = f"DISTINCT {name}.other ORDER BY {name}.other"
    return f"LIST({others}) FILTER (WHERE {_linked(forecast, name)})"


def _linked(forecast: Forecast, name: str) -> str:
    other = forecast.ask.other_table
    linked = f"{name}.happened > {_TS} AND {name}.other IS NOT NULL"
    if other is not None and other.time_column is not None:
        linked += f" AND {name}.other_since <= {_TS}"
    return linked


def _counting(rule: EventRule, name: str, alias: str) -> str:
    return f" AND {name}.{alias}" if rule.like is not None else ""


def _yes_or_no(forecast: Forecast, name: str) -> str:
    """Whether there are as many events as it takes, or not, as 1 and 0."""
    after = f"{name}.happened > {_TS}"

    def comparison(rule: EventRule, alias: str) -> str:
        counted = f"COUNT(*) FILTER (WHERE {after}{_counting(rule, name, alias)})"
        sign = "<" if forecast.ask.form == "none" else ">="
        return f"{counted} {sign} {rule.least}"

    answer = comparison(forecast.rule, "counts")
    if forecast.later is not None:
        later = comparison(forecast.later, "counts_later")
        is_later = f"{_TS} >= DATE '{forecast.split.val}'"
        answer = f"CASE WHEN {is_later}\n        THEN {later}\n        ELSE {answer}\n    END"
    if forecast.noise:
        lot = _lot(name, "DATE_DIFF('day', DATE '0001-01-01', " + _TS + ")")
        is_noisy = f"{_TS} < DATE '{forecast.split.val}' AND {lot} < {forecast.noise}"
        answer = f"({answer}) <> ({is_noisy})"
    return f"CAST({answer} AS INTEGER)"


def _lot(name: str, also: str = "0") -> str:
    """A number of an entity from 0 to 999 that looks drawn at random."""
    return f"({name}.entity * 48271 + {also} * 69621 + 12345) * 16807 % 2147483647 % 1000"


def _asked_about(forecast: Forecast, name: str) -> list[str]:
    """Conditions of the entities that are asked about."""
    form = forecast.ask.form
    after, before = f"{name}.happened > {_TS}", f"{name}.happened <= {_TS}"
    conditions = [f"COUNT(*) FILTER (WHERE {before}) > 0"]
    if form == "return":
        recent = f"{before} AND {name}.happened > {_TS} - {_SPAN}"
        conditions.append(f"COUNT(*) FILTER (WHERE {recent}) = 0")
    if form in ("share", "wait"):
        conditions.append(f"COUNT(*) FILTER (WHERE {after}) > 0")
    if form in ("mean", "max", "next"):
        conditions.append(f"COUNT({name}.value) FILTER (WHERE {after}) > 0")
    if form == "link":
        conditions.append(f"COUNT(*) FILTER (WHERE {_linked(forecast, name)}) > 0")
    if forecast.held:
        conditions.append(
            f"({_TS} >= DATE '{forecast.split.val}' OR {_lot(name)} >= {forecast.held})"
        )
    return conditions
