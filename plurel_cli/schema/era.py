"""What a database was before it grew: how many rows it had, and where its window ended."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from plurel_cli.lenses.times import TimeLens
from plurel_cli.schema.column import Column, Feature
from plurel_cli.schema.record import Record
from plurel_cli.schema.table import Table


class Era(Record):
    """A database before it grew."""

    rows: dict[str, int] = Field(description="Rows that each table had, by its name.")
    end: dt.date = Field(description="Last day of the window.")


def known_until(table: Table, end: dt.date, other: dt.date) -> Table:
    """A table of which times are known until another day, where they were until the last.

    Parameters
    ----------
    table
        The table.
    end, other
        The last day, and the other one.

    Returns
    -------
    Table
    """

    def moved(column: Column) -> Column:
        if isinstance(column, Feature) and isinstance(lens := column.lens, TimeLens):
            return column.but(lens=lens.but(until=other)) if lens.until == end else column
        return column

    if not any(isinstance(column.lens, TimeLens) for column in table.features):
        return table
    return table.but(columns=tuple(map(moved, table.columns)))
