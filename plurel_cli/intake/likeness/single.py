"""Keys of a source no two rows of which are the same, though the schema does not say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from plurel_cli.intake.likeness.figures import LEAST

if TYPE_CHECKING:
    from plurel_cli.intake.likeness.rows import TableLikeness
    from plurel_cli.intake.picture import Picture, SourceTable


def with_single_keys(picture: Picture, likeness: Mapping[str, TableLikeness]) -> Picture:
    """A schema that says of such keys that they are unique, of one of each table.

    Parameters
    ----------
    picture
        The schema.
    likeness
        Keys and times of each table.

    Returns
    -------
    Picture
    """
    return replace(
        picture, tables=tuple(_single(table, likeness[table.name]) for table in picture.tables)
    )


def _single(table: SourceTable, one: TableLikeness) -> SourceTable:
    if any(len(names) == 1 and names[0] in one.parents for names in table.unique):
        return table
    for reference in table.references:
        (key, *others) = reference.columns
        if others or key not in one.parents or reference.table == table.name:
            continue
        parents = one.parents[key]
        is_whole = len(parents) >= 2 * LEAST and bool((parents >= 0).all())
        if is_whole and len(np.unique(parents)) == len(parents):
            return replace(table, unique=(*table.unique, (key,)))
    return table
