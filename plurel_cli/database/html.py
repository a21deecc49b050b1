"""A database as a notebook shows it: each table's kind, rows and keys, and its first rows.

Names and values may be anybody's, so all of them are escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING

from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table

if TYPE_CHECKING:
    import polars as pl

_ROWS = 3


def page(schema: Schema, frames: Mapping[str, pl.DataFrame]) -> str:
    """The HTML of a database.

    Parameters
    ----------
    schema
        The database.
    frames
        Its tables.

    Returns
    -------
    str
        A fragment, without scripts or styles of its own.
    """
    return "".join(
        [
            f"<p><b>Database</b> of seed {schema.seed}: {len(schema.tables)} tables, stages done: ",
            escape(", ".join(schema.stages)),
            "</p>",
            *(_table(table, frames.get(table.name)) for table in schema.tables),
        ]
    )


def _table(table: Table, frame: pl.DataFrame | None) -> str:
    keys = [f"{column.name} → {column.references}" for column in table.foreign_keys]
    about = f"{table.kind}, {table.rows:,} rows, key {table.primary_key}"
    head = f"<b>{escape(table.name)}</b> ({escape(about)})"
    if keys:
        head += f"<br>{escape('; '.join(keys))}"
    if frame is None:
        return f"<p>{head}</p>"
    names = _row("th", frame.columns)
    rows = "".join(_row("td", row) for row in frame.head(_ROWS).iter_rows())
    return (
        f'<p>{head}</p><div style="overflow-x: auto"><table><thead>{names}</thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(cell: str, values: Iterable[object]) -> str:
    cells = (f"<{cell}>{escape(_text(value))}</{cell}>" for value in values)
    return f"<tr>{''.join(cells)}</tr>"


def _text(value: object) -> str:
    if value is None:
        return "null"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
