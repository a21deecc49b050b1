"""How many cells of which sort a database writes, counted before any of them is made.

A column's bytes follow from its sort: what it is, how many different values it has, and how the
file is compressed. A sort has a number of bytes a cell, and of bits a cell for each bit that tells
its values apart, which `costs` knows.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from plurel_cli.effort.drawn import DrawnDatabase, n_files, n_row_groups
from plurel_cli.effort.lens_amounts import lenses_of, shown_parts
from plurel_cli.features.budget.memory import MemoryShare
from plurel_cli.features.rows import REFERENCE_ROWS
from plurel_cli.schema.arrivals import Arrivals
from plurel_cli.schema.column import Attribute, Column, Feature, PrimaryKey
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.table import Table
from plurel_cli.storage.layout import ROW_GROUP_ROWS


class CellSizes(NamedTuple):
    """The cells of a column.

    Attributes
    ----------
    sort
        What it is.
    rows
        How many there are.
    bits
        Bits that tell the values of one cell apart.
    """

    sort: str
    rows: int
    bits: float


def cells(drawn: DrawnDatabase, table: Table) -> Iterator[CellSizes]:
    """The cells of each column of a table.

    Parameters
    ----------
    drawn
        The database.
    table
        A table of it.

    Yields
    ------
    CellSizes
        In the order of the columns.
    """
    graph = drawn.graph(table)
    nodes = {node.column: node for node in graph.nodes if node.column is not None}
    for column in table.columns:
        sort, bits = _sort(drawn, table, column)
        if isinstance(column, Feature) and (node := nodes.get(column.name)) is not None:
            if column.lens is not None:
                pass
            elif not node.is_variable:
                sort = f"determined_{column.type}"
            elif node.transform is not None:
                sort = f"number_{node.transform}"
        yield CellSizes(sort, table.rows, bits)


def _sort(drawn: DrawnDatabase, table: Table, column: Column) -> tuple[str, float]:
    if isinstance(column, PrimaryKey):
        return "primary_key", math.log2(table.rows + 1)
    if isinstance(column, ForeignKey):
        shaped = "_shaped" if column.shape is not None else ""
        parents = drawn.schema.by_name[column.references].rows
        return f"key_{column.form}{shaped}", math.log2(parents + 1)
    if isinstance(column, Feature | Attribute) and column.lens is not None:
        parts = shown_parts(column.lens)
        bits = math.log2(column.lens.categories or table.rows) if parts is None else parts
        return f"feature_{column.lens.kind}", bits
    if isinstance(column, Feature):
        return f"feature_{column.type}", math.log2(column.categories or 1)
    arrivals = drawn.arrivals[table.name]
    spacing = arrivals.spacing if arrivals != Arrivals() else "plain"
    return f"time_{spacing}_{arrivals.granularity}", math.log2(table.rows + 1)


def file_amounts(drawn: DrawnDatabase) -> Counter[str]:
    """What the bytes of a database beside its columns follow from.

    Parameters
    ----------
    drawn
        The database.
    """
    schema = drawn.schema
    tables = [table.but(causal=drawn.graphs.get(table.name)) for table in schema.tables]
    nodes = [node for graph in drawn.graphs.values() for node in graph.nodes if node.is_used]
    amounts = Counter(
        text=len(schema.but(tables=tuple(tables)).to_json()),
        boundary=sum(node.categories or 0 for node in nodes if node.column is not None),
    )
    for table in schema.tables:
        amounts["file"] += n_files(drawn, table)
        amounts["column"] += len(table.columns) * (n_files(drawn, table) + n_row_groups(table))
    return amounts


def held_amounts(drawn: DrawnDatabase) -> Counter[str]:
    """What the memory that a database takes follows from.

    Parameters
    ----------
    drawn
        The database.
    """
    amounts = Counter(process=1)
    frames = [0]
    for table in drawn.schema.tables:
        used = [node for node in drawn.graph(table).nodes if node.is_used]
        rows = min(table.rows, REFERENCE_ROWS)
        amounts["values"] += rows * len(used)
        frames.append(min(table.rows, ROW_GROUP_ROWS) * len(table.columns))
        if table.rows > REFERENCE_ROWS:
            amounts["whole"] += table.rows * len(drawn.whole_nodes(table))
        if drawn.graph(table).nodes:
            n_chains = sum(
                isinstance(share, MemoryShare) for node in used for share in node.budget or ()
            )
            amounts["chains"] += table.rows * n_chains
    for table in drawn.schema.tables:
        if any(key.keeps_to_time or key.takes_times for key in table.foreign_keys):
            for parent in {key.references for key in table.foreign_keys}:
                amounts["parents"] += drawn.schema.by_name[parent].rows
    amounts["frame"] = max(frames)
    amounts["words"] = any(lenses_of(table) for table in drawn.schema.tables)
    amounts["strings"] = max(
        min(table.rows, ROW_GROUP_ROWS) * sum(lens.type == "string" for lens in lenses_of(table))
        for table in drawn.schema.tables
    )
    amounts["queue"] = max(
        len(table.columns) * ROW_GROUP_ROWS * (table.rows > ROW_GROUP_ROWS)
        for table in drawn.schema.tables
    )
    return amounts
