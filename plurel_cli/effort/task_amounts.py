"""How much work the tasks of a database are, and how large, counted before any of it is made.

Columns that may be predicted are known, and so is what may be asked of which events; how many
questions have rows enough is not, and neither is how many of them prove worth learning. So of
forecasts as many are counted as are asked for, each of the events of the database at the mean.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from statistics import mean

from plurel_cli.effort.drawn import DrawnDatabase
from plurel_cli.effort.node_amounts import Amounts
from plurel_cli.schema.column import Column, Feature
from plurel_cli.schema.table import Table
from plurel_cli.storage.layout import TARGETS, is_scored
from plurel_cli.tasks.asked import Ask, asks_of, events_of
from plurel_cli.tasks.completion import task_type_of
from plurel_cli.tasks.make import FROM_EVENTS
from plurel_cli.tasks.score import EFFORTS
from plurel_cli.tasks.splits import MOST_CUT_OFFS

_PARTS = 4

USUAL_LABELS = 3000
"""Labels of a forecast, where there are events enough."""


def task_work(drawn: DrawnDatabase) -> Amounts:
    """Amounts of work of making the tasks of a database.

    Parameters
    ----------
    drawn
        The database.

    Returns
    -------
    Counter
        Empty where it has no tasks.
    """
    settings, schema = drawn.tasks, drawn.schema
    kinds = set(settings.kinds)
    amounts: Amounts = Counter()
    if drawn.is_relbench or {"completion", "attribute"} & kinds:
        amounts["tallied_table"] = len(schema.tables)
        for table in schema.tables:
            amounts["tallied"] += table.rows * len(table.contents)
    n_completions = 0
    scoring = {}
    if settings.score == "full":
        scoring = {table.name: _scoring(drawn, table, table.rows) for table in schema.tables}
    for table, column in _columns(drawn):
        n_completions += 1
        amounts["column"] += 1
        amounts["column_rows"] += table.rows
        if table.time_column is None and settings.completion == "labels":
            amounts["labels"] += 1
            amounts["label_rows"] += table.rows
        if settings.score == "full" and kinds:
            is_of_classes = task_type_of(column) == "multiclass_classification"
            n_classes = column.cells if is_of_classes and isinstance(column, Feature) else None
            for name, amount in scoring[table.name].items():
                is_grown = name.startswith("grown")
                amounts[name] += amount * ((n_classes or 1) if is_grown else 1)
    asks = _asks(drawn)
    if asks:
        amounts["clocked"] = sum(events.table.rows for events in events_of(schema))
        amounts["forecast"] = settings.max
        amounts["answered"] = round(settings.max * mean(ask.events.table.rows for ask in asks))
        if settings.score != "none" and "link" in (forms := {ask.form for ask in asks}):
            amounts["linked"] = round(1000 * settings.max / len(forms))
    if asks or (settings.score == "full" and n_completions):
        amounts["framed"] = drawn.cells
        amounts["sorted"] = sum(t.rows * len(t.foreign_keys) for t in schema.tables)
    if asks and settings.score != "none":
        entities = Counter(ask.events.entity.name for ask in asks)
        for entity, n_asks in entities.items():
            work = _scoring(drawn, schema.by_name[entity], EFFORTS[settings.score].train)
            for name, amount in work.items():
                amounts[name] += round(amount * settings.max * n_asks / len(asks))
    return amounts


def _scoring(drawn: DrawnDatabase, entity: Table, rows: int) -> Amounts:
    """Work of scoring a task about a table, in units of a thousandth."""
    effort = EFFORTS[drawn.tasks.score]
    seen = effort.seen
    per_child = 4 + 2 * seen.columns
    ways = drawn.schema.referring.get(entity.name, [])[: seen.children]
    width = len(entity.contents) + len(ways) * per_child
    for key in entity.foreign_keys:
        width += min(len(drawn.schema.by_name[key.references].contents), seen.columns)
    grown = min(rows, effort.train) * effort.growth.trees * (3 + _PARTS * effort.parts)
    gathered = sum(child.rows for child, _ in ways) * per_child
    name = drawn.tasks.score
    return Counter(
        {
            f"scored_{name}": 1000,
            f"grown_{name}": 1000 * grown,
            "grown_inputs": 1000 * grown * width,
            "gathered": 1000 * gathered,
        }
    )


def task_files(drawn: DrawnDatabase) -> Amounts:
    """What the bytes of the files of tasks follow from.

    Parameters
    ----------
    drawn
        The database.

    Returns
    -------
    Counter
    """
    settings = drawn.tasks
    is_scored_in_full = settings.score == "full" and bool(settings.kinds)
    amounts: Amounts = Counter()
    if drawn.is_relbench:
        amounts["task_dataset"] = 1
        amounts["task_column_scores"] = sum(len(t.contents) for t in drawn.schema.tables)
    for table, _ in _columns(drawn):
        amounts["task_recorded" if settings.kinds else "task_manifest"] += 1
        amounts["task_baselines"] += is_scored_in_full
        if table.time_column is None and settings.completion == "labels":
            amounts["task_labels"] += 1
            amounts["task_label_rows"] += table.rows
    asks = _asks(drawn)
    if asks:
        amounts["task_forecast"] = settings.max
        amounts["task_baselines"] += settings.max * (settings.score != "none")
        amounts["task_asked"] = round(settings.max * mean(_label_rows(ask) for ask in asks))
    return amounts


def _label_rows(ask: Ask) -> int:
    """Labels of a forecast, about: an entity is asked about nearly as often as it has events, as
    horizons follow the time from one to the next.
    """
    events = ask.events
    return min(events.table.rows, events.entity.rows * MOST_CUT_OFFS, USUAL_LABELS)


def task_memory(drawn: DrawnDatabase) -> Amounts:
    """What the memory that tasks take follows from, of a process that has made the tables.

    Parameters
    ----------
    drawn
        The database.

    Returns
    -------
    Counter
        Empty where it has no tasks.
    """
    amounts: Amounts = Counter()
    asks, settings = _asks(drawn), drawn.tasks
    if drawn.is_relbench or settings.kinds:
        amounts["task_process"] = 1
        amounts["task_rows"] = max(t.rows * len(t.columns) for t in drawn.schema.tables)
    if asks or (settings.kinds and settings.score != "none"):
        amounts["task_framed"] = drawn.cells
    if settings.kinds and settings.score != "none":
        amounts["task_trees"] = 1
    return amounts


def _columns(drawn: DrawnDatabase) -> Iterator[tuple[Table, Column]]:
    """Columns that are to be predicted, if they prove worth it."""
    kinds = set(drawn.tasks.kinds)
    for table in drawn.schema.tables:
        for column in table.contents:
            if not kinds:
                if drawn.is_relbench and is_scored(column) and column.type in TARGETS:
                    yield table, column
                continue
            kind = "attribute" if column.tells_future else "completion"
            if kind in kinds and is_scored(column) and task_type_of(column) is not None:
                yield table, column


def _asks(drawn: DrawnDatabase) -> list[Ask]:
    """What may be asked of events, of the kinds that are wanted."""
    kinds = FROM_EVENTS & set(drawn.tasks.kinds)
    if not kinds or drawn.tasks.max == 0:
        return []
    return [
        ask
        for ask in asks_of(drawn.schema)
        if ("link" if ask.form == "link" else "forecast") in kinds
    ]
