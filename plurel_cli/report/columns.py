"""The columns of a table, a line each: what a column is, and what lies in it.

What it is comes from the schema, and what lies in it from figures of its values: nulls, different
values, the range or the most frequent ones, and a sparkline of their distribution.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from plurel_cli.errors import UsageError
from plurel_cli.schema.column import Attribute, Column, Feature
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.record import Record
from plurel_cli.schema.table import Table
from plurel_cli.summary.columns import ColumnFigures, column_figures, what_of
from plurel_cli.summary.rows import RowSource

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
    figures
        What lies in it; None of a hidden variable, and before the stage that fills it.
    """

    name: str
    type: str | None
    what: str
    details: tuple[str, ...]
    nullable: bool
    unique: bool
    tells_future: bool
    figures: ColumnFigures | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return asdict(self)


def summaries(table: Table, figures: Sequence[ColumnFigures] = ()) -> tuple[ColumnSummary, ...]:
    """All columns and hidden variables of a table.

    Parameters
    ----------
    table
        The table.
    figures
        What lies in its columns, as far as they are filled.

    Returns
    -------
    tuple of ColumnSummary
    """
    by_name = {each.name: each for each in figures}
    return tuple(replace(each, figures=by_name.get(each.name)) for each in _every(table))


def columns_of(
    schema: Schema, place: str, source: RowSource | None = None
) -> tuple[ColumnSummary, ...]:
    """The columns and hidden variables of a table.

    Parameters
    ----------
    schema
        The database.
    place
        `table`, or `table.column` for one alone.
    source
        What has the rows; without it, there are no figures.

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
    table = schema.by_name[name]
    every = tuple(_every(table))
    if column and column not in {summary.name for summary in every}:
        names = ", ".join(summary.name for summary in every)
        raise UsageError("TABLE.COLUMN", f"must be of {name}: {names}", column)
    stages = schema.stages if "fk" in schema.stages else ()
    filled = [each for each in table.filled(stages) if column in ("", each.name)]
    figures = column_figures(table, filled, source) if source is not None and filled else ()
    return tuple(each for each in summaries(table, figures) if column in ("", each.name))


def _every(table: Table) -> Iterator[ColumnSummary]:
    for column in table.columns:
        yield ColumnSummary(
            name=column.name,
            type=column.type,
            what=what_of(column),
            details=tuple(_details(column)),
            nullable=column.nullable,
            unique=(column.name,) in table.unique_sets,
            tells_future=isinstance(column, Feature | Attribute) and column.tells_future,
        )
    for hidden in table.hidden:
        held = () if hidden.held is None else (f"held at {hidden.held:g}",)
        yield ColumnSummary(hidden.name, None, "hidden", held, False, False, False)


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
