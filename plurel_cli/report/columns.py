"""The columns of one table, a line each: its type, what it is, and what is to know of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from plurel_cli.errors import UsageError
from plurel_cli.report.grid import WIDTH, add_names, add_words, grid, printed
from plurel_cli.schema.column import Attribute, Column, Feature
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.record import Record
from plurel_cli.schema.table import Table

_MOST_NAMES = 4
_UNSAID = ("kind", "unique", "weights", "allowed")


@dataclass(frozen=True)
class ColumnSummary:
    """One column, or a hidden variable.

    Attributes
    ----------
    name
        Its name.
    type
        Type in the Parquet file; none of a hidden variable.
    what
        Its role, or the lens that it is seen through.
    details
        What is stated or drawn of it, in words.
    nullable, unique, tells_future
        Whether it may hold nulls, holds nothing twice, and tells what is not known at the time of
        its row.
    """

    name: str
    type: str | None
    what: str
    details: tuple[str, ...]
    nullable: bool
    unique: bool
    tells_future: bool

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return asdict(self)


def columns_of(schema: Schema, place: str) -> tuple[ColumnSummary, ...]:
    """The columns and hidden variables of a table.

    Parameters
    ----------
    schema
        The database.
    place
        `table`, or `table.column` for one alone.

    Returns
    -------
    tuple of ColumnSummary

    Raises
    ------
    UsageError
        If there is no such table or column.
    """
    name, _, column = place.partition(".")
    if name not in schema.by_name:
        raise UsageError("TABLE", f"must be one of {', '.join(schema.by_name)}", name)
    every = tuple(_every(schema.by_name[name]))
    if not column:
        return every
    chosen = tuple(summary for summary in every if summary.name == column)
    if not chosen:
        names = ", ".join(summary.name for summary in every)
        raise UsageError("TABLE.COLUMN", f"must be of {name}: {names}", column)
    return chosen


def _every(table: Table) -> Iterator[ColumnSummary]:
    for column in table.columns:
        yield ColumnSummary(
            name=column.name,
            type=column.type,
            what=_what(column),
            details=tuple(_details(column)),
            nullable=column.nullable,
            unique=(column.name,) in table.unique_sets,
            tells_future=isinstance(column, Feature | Attribute) and column.tells_future,
        )
    for hidden in table.hidden:
        held = () if hidden.held is None else (f"held at {hidden.held:g}",)
        yield ColumnSummary(hidden.name, None, "hidden", held, False, False, False)


def _what(column: Column) -> str:
    if isinstance(column, Feature | Attribute) and column.lens is not None:
        return column.lens.kind
    if isinstance(column, Feature):
        return column.kind
    return column.role.replace("_", " ")


def _details(column: Column) -> Iterator[str]:
    if isinstance(column, ForeignKey):
        yield f"of {column.references}"
    if not isinstance(column, Feature | Attribute):
        return
    if column.lens is not None:
        yield from _words(column.lens)
    elif isinstance(column, Feature) and column.categories is not None:
        yield f"{column.categories} categories"
    if column.when is not None:
        yield f"where {column.when}"
    nulls = column.null_share if isinstance(column, Feature) else column.nulls
    if nulls:
        yield f"null {nulls:.3g} of all"
    if isinstance(column, Feature) and column.held is not None:
        yield f"held at {column.held:g}"


def _words(record: Record) -> Iterator[str]:
    """What is said of a lens that is not its default: a distribution by its name, and some labels.

    Weights of labels are left out.
    """
    for name, field in type(record).model_fields.items():
        value = getattr(record, name)
        words = name.replace("_", " ")
        if name in _UNSAID or value is None or value == field.default:
            continue
        if isinstance(value, Record):
            kind = words if name == "lag" else getattr(value, "kind", words)
            yield " ".join((kind, *_words(value)))
        elif isinstance(value, tuple):
            more = ", …" if len(value) > _MOST_NAMES else ""
            yield ", ".join(map(str, value[:_MOST_NAMES])) + more
        elif value is True:
            yield words
        elif value is not False:
            number = f"{value:.6g}" if isinstance(value, float) else str(value)
            yield number if name == "of" else f"{words} {number}"


def render(columns: tuple[ColumnSummary, ...], width: int = WIDTH) -> str:
    """A table of columns, plain enough to be piped.

    Parameters
    ----------
    columns
        What to print.
    width
        Characters of a line.

    Returns
    -------
    str
        Lines, the last one ended.
    """
    shown = grid()
    add_names(shown, "column", "type", "what")
    add_words(shown, "details")
    for column in columns:
        marks = (
            *("unique",) * column.unique,
            *("tells the future",) * column.tells_future,
        )
        details = "; ".join((*column.details, *marks))
        shown.add_row(column.name, column.type or "", column.what, details)
    return printed([shown], width)
