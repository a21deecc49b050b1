"""Which row of its parent's a row is, counted in row order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table


def key_called(schema: Schema, table: Table, name: str | None) -> ForeignKey:
    """A foreign key of a table.

    Parameters
    ----------
    schema, table
        The table.
    name
        The key's column, or the table that it refers to; none for the first.

    Returns
    -------
    ForeignKey
    """
    return next(
        key
        for key in table.foreign_keys
        if name in (None, key.name, key.references, schema.by_name[key.references].id)
    )


def turns_of(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many of some keys before each are equal to it; −1 for those below 0.

    Examples
    --------
    >>> turns_of(np.array([4, 7, 4, -1, 4, 7])).tolist()
    [0, 0, 1, -1, 2, 1]
    """
    order = np.argsort(keys, kind="stable")
    rising = keys[order]
    is_first = np.ones(len(keys), bool)
    np.not_equal(rising[1:], rising[:-1], out=is_first[1:])
    rows = np.arange(len(keys))
    turns = np.empty(len(keys), np.int64)
    turns[order] = rows - np.maximum.accumulate(np.where(is_first, rows, 0))
    turns[keys < 0] = -1
    return turns
