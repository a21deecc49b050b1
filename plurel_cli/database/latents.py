"""The values of hidden variables, which no reader of a database's tables sees."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from plurel_cli.blocks.kept import whole_column
from plurel_cli.plan import Plan
from plurel_cli.schema.model import Schema
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
    engine = held_engine(schema, fit)
    frames = {}
    for table in tables:
        assert table.causal is not None  # noqa: S101 (as chosen)
        nodes = {node.name: j for j, node in enumerate(table.causal.nodes) if node.name}
        frames[table.name] = pl.DataFrame(
            [
                pl.Series(table.primary_key, range(table.rows), pl.Int64),
                *(
                    pl.Series(
                        hidden.name,
                        whole_column(engine.variable(table, nodes[hidden.name]), table.rows),
                    )
                    for hidden in table.hidden
                ),
            ]
        )
    return frames
