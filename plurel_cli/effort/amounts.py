"""How much work a database is, counted before any of it is done.

From its schema, block models and causal graphs follow amounts of work: rows of keys by form, rows
of times by spacing, encodings, sources and cuts by kind. Each has a cost, which `costs` knows.
"""

from __future__ import annotations

from collections import Counter

from plurel_cli.effort.drawn import DrawnDatabase, n_files, n_row_groups
from plurel_cli.effort.feature_amounts import FeatureWork
from plurel_cli.effort.lens_amounts import lens_fit_work, lens_work, lenses_of
from plurel_cli.effort.node_amounts import Amounts
from plurel_cli.effort.task_amounts import task_work
from plurel_cli.features.rows import REFERENCE_ROWS
from plurel_cli.schema.arrivals import Arrivals
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table

OF_TABLES = ("schema", "keys", "times", "fit", "values", "writing")
"""Kinds of work of which tables are made."""

KINDS = (*OF_TABLES, "tasks")
"""Kinds of work, in the order in which they are told."""


def _key_work(schema: Schema, table: Table, key: ForeignKey, again: float) -> Amounts:
    """Work of a foreign key of which each row is made so often."""
    rows, parents = round(table.rows * again), schema.by_name[key.references].rows
    n_levels = len(key.blocks.levels) if key.blocks is not None else 0
    form = key.form if key.shape is None else "shaped"
    form = "pairs" if table.unique is not None and key.name in table.unique else form
    amounts: Amounts = Counter({"key": 1, form: rows, f"levels_{form}": rows * n_levels})
    if key.shape is not None:
        amounts["shaped_parents"] += parents
    if key.keeps_to_time:
        amounts["in_time"] += rows
    if key.takes_times:
        amounts["with_times"] += rows
        amounts["with_times_parents"] += parents
    if table.sorted_by is not None:
        amounts["sorted"] += rows
    return amounts


def _writing_work(drawn: DrawnDatabase, table: Table) -> Amounts:
    """Work of writing a table."""
    amounts: Amounts = Counter(file=n_files(drawn, table))
    amounts["column"] += len(table.columns) * n_row_groups(table)
    for column in table.columns:
        amounts[column.type] += table.rows
    amounts[f"compressed_{drawn.output.compression}"] += table.rows * len(table.columns)
    return amounts


def work_of(drawn: DrawnDatabase) -> dict[str, Amounts]:
    """Amounts of work, by its kind."""
    work: dict[str, Amounts] = {kind: Counter() for kind in KINDS}
    features = FeatureWork(drawn)
    work["schema"]["database"] = work["writing"]["database"] = 1
    for table in drawn.schema.tables:
        work["schema"]["table"] += 1
        work["schema"]["column"] += len(table.columns)
        work["schema"]["lens"] += len(lenses_of(table))
        again = features.times_over(table)
        for key in table.foreign_keys:
            work["keys"].update(_key_work(drawn.schema, table, key, again))
        work["times"].update(_time_work(drawn, table, again))
        work["values"].update(features.values(table))
        work["values"].update(lens_work(drawn.schema, table))
        work["fit"].update(lens_fit_work(table, REFERENCE_ROWS))
        work["writing"].update(_writing_work(drawn, table))
    work["fit"].update(features.fit())
    work["tasks"].update(task_work(drawn))
    return work


def _time_work(drawn: DrawnDatabase, table: Table, again: float) -> Amounts:
    if table.time_column is None:
        return Counter()
    arrivals = drawn.arrivals[table.name]
    spacing = arrivals.spacing if arrivals != Arrivals() else "plain"
    rows = round(table.rows * again)
    amounts: Amounts = Counter({"table": 1, spacing: rows, f"count_{spacing}": table.rows})
    amounts[f"hours_{spacing}"] += round(drawn.hours)
    return amounts
