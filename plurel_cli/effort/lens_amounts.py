"""How much work the lenses of a table are, and how much they put together.

A lens costs something by the column, such as the words that it reads, and something by the row, by
what it shows and the type of that. A formula that aggregates goes through the rows that refer to
the table.
"""

from __future__ import annotations

from collections import Counter

from plurel_cli.effort.node_amounts import Amounts
from plurel_cli.formulas.tree import AggregateLeaf, leaves
from plurel_cli.lenses import Lens
from plurel_cli.lenses.formula import FormulaLens
from plurel_cli.lenses.json import Json
from plurel_cli.lenses.text import Text
from plurel_cli.schema.column import Attribute, Feature
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table


def lenses_of(table: Table) -> list[Lens]:
    """The lenses of a table's columns, of those that have one."""
    columns = [column for column in table.columns if isinstance(column, Feature | Attribute)]
    return [column.lens for column in columns if column.lens is not None]


def lens_work(schema: Schema, table: Table) -> Amounts:
    """Work of what the lenses of a table write.

    Parameters
    ----------
    schema
        The database.
    table
        A table of it.

    Returns
    -------
    Amounts
        By the row for each sort of lens, and once a column.
    """
    amounts: Amounts = Counter()
    shown = [column for column in table.columns if isinstance(column, Feature | Attribute)]
    amounts["lens_when"] += table.rows * sum(column.when is not None for column in shown)
    for lens in lenses_of(table):
        amounts["lens"] += 1
        amounts[f"lens_{lens.shows}_{lens.type.partition('[')[0]}"] += table.rows
        amounts["lens_reads"] += table.rows * len(lens.reads)
        if isinstance(lens, FormulaLens):
            of_children = [leaf for leaf in leaves(lens.tree) if isinstance(leaf, AggregateLeaf)]
            amounts["lens_children"] += sum(schema.by_name[leaf.table].rows for leaf in of_children)
    return amounts


def lens_fit_work(table: Table, reference_rows: int) -> Amounts:
    """Work of the fit of a table for its lenses.

    Parameters
    ----------
    table
        A table.
    reference_rows
        Rows that a fit looks at, at most.

    Returns
    -------
    Amounts
    """
    rows = min(table.rows, reference_rows)
    amounts = Counter(lens=len(lenses_of(table)))
    for column in table.features:
        if column.lens is not None:
            amounts["lens_reference"] += rows
            amounts["lens_whole"] += table.rows - rows
    return amounts


def shown_parts(lens: Lens) -> float | None:
    """How many things a value of a lens is put together of; none where all are alike.

    Parameters
    ----------
    lens
        The lens of a column.
    """
    if isinstance(lens, Text):
        return sum(template.count("{") for template in lens.templates) / len(lens.templates)
    return len(lens.of) if isinstance(lens, Json) else None
