"""What the values of a column must be, by its record, and which rows break it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import starmap
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from plurel_cli.blocks.frames import as_series, category_label
from plurel_cli.lenses.link import Link
from plurel_cli.schema.column import Attribute, Column, Feature, PrimaryKey, TimeColumn
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.latents import HiddenColumn
from plurel_cli.schema.model import Schema

if TYPE_CHECKING:
    import polars as pl


class ValueRule(NamedTuple):
    """One rule of a column's values.

    Attributes
    ----------
    text
        What it asks for.
    broken
        Whether each row breaks it.
    """

    text: str
    broken: pl.Expr


def rules_of(schema: Schema, column: Column) -> Iterator[ValueRule]:
    """Rules of a column's values.

    Parameters
    ----------
    schema
        The database.
    column
        A column of it.

    Yields
    ------
    ValueRule
    """
    import polars as pl

    value = pl.col(column.name)
    if not column.nullable:
        yield ValueRule("must not be null", value.is_null())
    if isinstance(column, PrimaryKey):
        yield ValueRule("must be 0, 1, 2, … in row order", value != pl.int_range(pl.len()))
    elif isinstance(column, ForeignKey):
        yield from _rules_of_keys(schema, column, value)
    elif isinstance(column, TimeColumn):
        yield from _rules_of_times(schema, value)
    elif isinstance(column, Feature):
        yield from _rules_of_features(column, value)
    elif isinstance(column, HiddenColumn):
        yield ValueRule("must be finite", ~value.is_finite())
        if column.held is not None:
            held = float(np.float32(column.held))
            yield ValueRule(f"must be {held:g} in every row, as it is held there", value != held)
    elif isinstance(column, Attribute):
        yield from starmap(ValueRule, column.lens.rules(value))
        if isinstance(lens := column.lens, Link):
            names = (lens.to,) if lens.by is None else tuple(lens.tables.values())
            rows = max(t.rows for t in schema.tables if {t.id, t.name} & {*names})
            rule = f"must be less than {rows}, the rows of {' or '.join(map(str, names))}"
            yield ValueRule(rule, value >= rows)


def _rules_of_keys(schema: Schema, key: ForeignKey, value: pl.Expr) -> Iterator[ValueRule]:
    import polars as pl

    parent = schema.by_name[key.references]
    text = f"must refer to one of the {parent.rows} rows of {parent.name}"
    yield ValueRule(text, (value < 0) | (value >= parent.rows))
    if key.to_self:
        yield ValueRule("must refer to an earlier row", value >= pl.int_range(pl.len()))
    if key.one_child:
        yield ValueRule("must rise from row to row, no value twice", value.diff() <= 0)


def _rules_of_times(schema: Schema, value: pl.Expr) -> Iterator[ValueRule]:
    import polars as pl

    backwards = value.diff().cast(pl.Int64) < 0
    yield ValueRule("must not go back in time from one row to the next", backwards)
    if (window := schema.window) is not None:
        outside = (value < window.start) | (value > window.end)
        yield ValueRule(f"must lie within the window, {window.start} to {window.end}", outside)


def _rules_of_features(column: Feature, value: pl.Expr) -> Iterator[ValueRule]:
    n = column.categories or 0
    if column.lens is not None and column.held is None:
        yield from starmap(ValueRule, column.lens.rules(value))
    if column.held is not None:
        of_numbers = "float32" if column.lens is None else "float64"
        kind = of_numbers if column.categories is None else "int32"
        (held,) = as_series(column, np.array([column.held], dtype=kind))
        text = f"must be {held} in every row, as it is held there"
        yield ValueRule(text, value.ne_missing(held))
    if column.lens is not None:
        return
    match column.type:
        case "float32":
            yield ValueRule("must be finite", ~value.is_finite())
        case "int32":
            text = f"must be a category from 0 to {n - 1}"
            yield ValueRule(text, (value < 0) | (value >= n))
        case "string":
            labels = [category_label(category) for category in range(n)]
            yield ValueRule(f"must be a label from c0 to c{n - 1}", ~value.is_in(labels))
        case _:
            return
