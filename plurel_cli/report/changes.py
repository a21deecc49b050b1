"""What differs between two databases of the same tables: columns, and the share of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from plurel_cli.database import Database


@dataclass(frozen=True)
class Change:
    """A column whose values differ.

    Attributes
    ----------
    table, column
        Which column.
    rows
        How many of its rows differ.
    share
        Their share of the table's rows, 0 to 1.
    """

    table: str
    column: str
    rows: int
    share: float

    def as_dict(self) -> dict[str, Any]:
        """The change as plain data."""
        return asdict(self)


def changes(before: Database, after: Database) -> list[Change]:
    """Columns that differ, in the order of the schema.

    Parameters
    ----------
    before, after
        Databases of the same tables, with the same rows.

    Returns
    -------
    list of Change
        A null differs from every value, and from no other null.
    """
    changed = []
    for table in before.schema.tables:
        one, other = before.tables[table.name], after.tables[table.name]
        if one is other:
            continue
        for name in one.columns:
            rows = int(one[name].ne_missing(other[name]).sum())
            if rows:
                changed.append(Change(table.name, name, rows, rows / table.rows))
    return changed


def render(changed: Sequence[Change], n_tables: int) -> str:
    """Changes as text, one line for each column.

    Parameters
    ----------
    changed
        What has changed.
    n_tables
        Tables of the database.

    Returns
    -------
    str
        Lines, the first of which sums up.
    """
    tables = {change.table for change in changed}
    lines = [f"{len(changed)} columns changed, in {len(tables)} of {n_tables} tables"]
    width = max((len(f"{change.table}.{change.column}") for change in changed), default=0)
    for change in changed:
        name = f"{change.table}.{change.column}".ljust(width)
        lines.append(f"  {name}  {change.rows:,} rows ({change.share:.1%})")
    return "\n".join(lines) + "\n"
