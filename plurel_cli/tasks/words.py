"""What tasks are called, and what they ask, in words."""

from __future__ import annotations

from plurel_cli.prose import counted, percent
from plurel_cli.schema.table import Table
from plurel_cli.tasks.asked import Events, Value
from plurel_cli.tasks.forecast import Condition, EventRule, Forecast


def spoken(name: str) -> str:
    """A name as words.

    Examples
    --------
    >>> spoken("bill_line"), spoken("ServiceUser"), spoken("tbl_order")
    ('bill line', 'service user', 'order')
    """
    spaced = "".join(
        f" {letter}" if letter.isupper() and before.islower() else letter
        for before, letter in zip(f" {name}", name, strict=False)
    )
    return spaced.replace("_", " ").strip().lower().removeprefix("tbl ")


def name_of(forecast: Forecast, taken: set[str]) -> str:
    """A name of a forecast that no task has: entity, question, events and horizon.

    Parameters
    ----------
    forecast
        The forecast.
    taken
        Names of other tasks.

    Returns
    -------
    str
        As `user-none-post-90d`.
    """
    ask = forecast.ask
    words = [ask.events.entity.name, ask.form, ask.events.table.name]
    if ask.events.between is not None:
        words.append(f"by_{ask.events.between[0].name}")
    column = ask.value or ask.like
    if column is not None:
        name = column.column.name
        words.append(name if column.key is None else f"{column.key.name}.{name}")
    if ask.other is not None:
        words.append(ask.other.name)
    base = "-".join([*words, f"{forecast.horizon_days}d"])
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name


def description_of(forecast: Forecast) -> str:
    """What a forecast asks, in a sentence.

    Parameters
    ----------
    forecast
        The forecast.

    Returns
    -------
    str
    """
    ask = forecast.ask
    span = _span(forecast.horizon_days)
    events, entity = _rows(ask.events), _one(ask.events.entity)
    like = _like(forecast.rule)
    value = "" if ask.value is None else _of(ask.value)
    least = forecast.rule.least
    several = f"at least {least} {events}" if least > 1 else f"any {events}"
    fewer = f"fewer than {least} {events}" if least > 1 else f"no {events}"
    other = "" if ask.other is None else f"{_table(ask.other_table)} ({ask.other.name})"
    sentence = {
        "none": f"Whether {entity} has {fewer}{like}",
        "any": f"Whether {entity} has {several}{like}",
        "return": f"Whether {entity} that had no {events} for as long has any",
        "count": f"How many {events} {entity} has{like}",
        "sum": f"The sum of {value} over the {events} of {entity}",
        "mean": f"The mean of {value} over the {events} of {entity}",
        "max": f"The largest {value} of the {events} of {entity}",
        "share": f"The share of the {events} of {entity}{like}",
        "next": f"What {value} is in the next {events} of {entity}",
        "wait": f"How many days pass until the next {events} of {entity}",
        "distinct": f"How many different rows of {other} the {events} of {entity} refer to",
        "link": f"Which rows of {other} the {events} of {entity} refer to",
    }[ask.form]
    return f"{sentence}, in the {span} after the cut-off.{_changes(forecast)}"


def _one(table: Table) -> str:
    """A row of a table, with its article."""
    name = spoken(table.name)
    if name.endswith("s") and not name.endswith("ss"):
        return f"a row of {name}"
    return f"{'an' if name[:1] in 'aeio' else 'a'} {name}"


def _span(days: int) -> str:
    return "day" if days == 1 else f"{days} days"


def _rows(events: Events) -> str:
    """The events, as rows of their table."""
    rows = f"rows of {spoken(events.table.name)}"
    return rows if events.between is None else f"{rows} (by {spoken(events.between[0].name)})"


def _table(table: Table | None) -> str:
    return "" if table is None else spoken(table.name)


def _of(value: Value) -> str:
    name = spoken(value.column.name)
    return name if value.key is None else f"{name} of the {spoken(value.table.name)}"


def _like(rule: EventRule) -> str:
    return "" if rule.like is None else f" with {_condition(rule.like)}"


def _condition(condition: Condition) -> str:
    sign = {"=": "", "<=": "at most ", ">=": "at least "}[condition.sign]
    return f"{_of(condition.value)} {sign}{condition.bound}"


def _changes(forecast: Forecast) -> str:
    """What is told of a rule that changes, and of labels that are wrong."""
    remarks = ""
    if forecast.later is not None:
        later = forecast.later
        needed = f"{counted(later.least, 'such row')}{_like(later)}"
        remarks += f" From the start of validation on, it takes {needed}."
    if forecast.noise:
        share = percent(forecast.noise / 1000)
        remarks += f" Before the start of validation, {share} of the labels are wrong."
    return remarks
