"""How many rows refer to each row of a source, as what its columns can depend on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from plurel_cli.intake.likeness.dependence import RowVariable
from plurel_cli.intake.likeness.figures import LEAST

if TYPE_CHECKING:
    from plurel_cli.intake.likeness.rows import TableLikeness
    from plurel_cli.intake.picture import Picture


def children_of(
    name: str, picture: Picture, likeness: Mapping[str, TableLikeness]
) -> dict[str, RowVariable]:
    """How many rows of other tables refer to each row, by `table(key)`.

    Parameters
    ----------
    name
        The table that they refer to.
    picture
        The schema.
    likeness
        Keys of each table.

    Returns
    -------
    dict
        Where at least ten rows of it have some, and numbers differ.
    """
    children = {}
    for child in picture.tables:
        for reference in child.references:
            (key, *others) = reference.columns
            one = likeness[child.name]
            if others or reference.table != name or child.name == name or key not in one.parents:
                continue
            parents = one.parents[key]
            counts = np.bincount(parents[parents >= 0], minlength=one.n_parents[key])
            if (counts > 0).sum() >= LEAST and counts.min() < counts.max():
                path = f"{child.name}({key})"
                children[path] = RowVariable(counts.astype(float), is_number=True, is_count=True)
    return children
