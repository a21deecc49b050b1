"""Rows of a database as they are made, with no disk between: Arrow, by Polars' frames."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from plurel_cli.config.arguments import checked
from plurel_cli.config.given import ConfigLike, as_config
from plurel_cli.pipeline import made_rows
from plurel_cli.plan import Plan
from plurel_cli.schema.declared import parents_first
from plurel_cli.storage.layout import whole

if TYPE_CHECKING:
    import polars as pl

    from plurel_cli.schema.table import Table


@checked
def iter_frames(config: ConfigLike = None, seed: int = 0) -> Iterator[tuple[Table, pl.DataFrame]]:
    """The rows of a database a few blocks at a time, parents before the tables that refer to them.

    Nothing is written, and no more than a few blocks are in memory. Each frame is an Arrow stream
    (`__arrow_c_stream__`), which drivers of ADBC and others take.

    Parameters
    ----------
    config, seed
        As in `generate`, with the same values.

    Yields
    ------
    tuple
        A table of the schema, and rows of it in order; a table has several frames if it is large.

    Examples
    --------
    >>> config = {"schema": {"layout": "explicit"}, "tables": {"a": {"rows": 5}}}
    >>> [(table.name, frame.height) for table, frame in iter_frames(config, seed=1)]
    [('a', 5)]
    """
    plan = Plan.whole(as_config(config), seed)
    rows = made_rows(plan, None)
    for table in parents_first(plan.schema):
        for frame in rows(table)(whole(table)):
            yield table, frame
