"""The values of hidden variables, which no reader of a database's tables sees."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from plurel_cli.blocks.frames import as_series, whole_column
from plurel_cli.plan import Plan
from plurel_cli.schema.latents import shadow_of
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.storage.database import recorded_config

if TYPE_CHECKING:
    import polars as pl


def hidden_variables(schema: Schema) -> dict[str, pl.DataFrame]:
    """The hidden variables of a database.

    Parameters
    ----------
    schema
        A database with its features done.

    Returns
    -------
    dict
        For each table with hidden variables a frame of its primary key and of these, float32.
    """
    import polars as pl

    from plurel_cli.features.intervene import held_engine

    tables = [table for table in schema.tables if table.hidden and table.causal is not None]
    if not tables:
        return {}
    plan = Plan.of(schema, recorded_config(schema, Path()))
    fit = plan.engine
    assert fit is not None  # noqa: S101 (there are causal features)
    held = replace(plan, fit=held_engine(schema, fit))

    def frame(shadow: Table) -> pl.DataFrame:
        columns = ((column, held.column(shadow, column)) for column in shadow.columns)
        return pl.DataFrame(
            [as_series(column, whole_column(made, shadow.rows)) for column, made in columns]
        )

    return {table.name: frame(shadow_of(table)) for table in tables}
