"""What a fitted node is to the nodes that depend on it, in its own table and over foreign keys."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plurel_cli.features.acting import varies
from plurel_cli.features.encoders import (
    Cause,
    Wanted,
    draw_embeddings,
    draw_mechanisms,
    make_encoders,
)
from plurel_cli.features.engine.fits import TableFit
from plurel_cli.features.mechanisms import is_by_grid
from plurel_cli.features.nodes import Values
from plurel_cli.features.references import ReferencedRows
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.causal import ParentCauses


def as_cause(fit: TableFit, j: int, family: str) -> Cause:
    """What a node is to others of its row.

    Parameters
    ----------
    fit, j
        Its table, and the node.
    family
        Of the mechanism by which it acts.

    Returns
    -------
    Cause
    """
    if fit.is_category(j):
        return Cause(fit.categories(j), is_embedded=True, held=fit.fits[j].held)
    return _as_number(fit, j, family, fit.fits[j].held)


def as_referenced(fit: TableFit, j: int, family: str) -> Cause:
    """What a column is to the rows that refer to it: by its label, where it is cut.

    Parameters
    ----------
    fit, j
        Its table, and the node.
    family
        Of the mechanism by which it acts.

    Returns
    -------
    Cause
    """
    column = fit.fits[j]
    held = column.held
    if column.node.kind == "categorical":
        if held is not None and column.labelling is not None:
            held = float(column.labelling(np.array([held], np.float32))[0])
        return Cause(column.node.categories, fit.graph.mode == "eager", held=held)
    return _as_number(fit, j, family, held)


def _as_number(fit: TableFit, j: int, family: str, held: float | None) -> Cause:
    mean, sd = fit.moments(j)
    grid = fit.grid(j) if is_by_grid(family) else None
    return Cause(grid=grid, held=held, mean=mean, sd=sd)


def referenced_rows(
    fit: TableFit,
    parent: TableFit,
    acting: ParentCauses,
    values: Sequence[Values],
    stream: Stream,
) -> ReferencedRows:
    """What comes over a foreign key.

    Parameters
    ----------
    fit, parent
        The table that refers, and the one it refers to.
    acting
        Which columns of that act, and by what.
    values
        All values of each.
    stream
        Randomness of this foreign key alone.

    Returns
    -------
    ReferencedRows
    """
    taking = [(node, node.embedding) for node in fit.graph.nodes if node.embedding is not None]
    width = max((embedding.width for _, embedding in taking), default=1)
    families, mlp = acting.mechanisms, fit.settings.of_key(acting.foreign_key).scm.mlp
    causes = [as_referenced(parent, *both) for both in zip(acting.nodes, families, strict=True)]
    generator = stream.child("encoders").generator()
    wanted = [
        Wanted(family, width if cause.is_embedded else 1, width)
        for cause, family in zip(causes, families, strict=True)
    ]
    mechanisms = draw_mechanisms(wanted, mlp, generator)
    shapes = [(cause.categories or 2, width) for cause in causes if cause.is_embedded]
    embeddings = iter(draw_embeddings(shapes, mlp, generator))
    encoders = make_encoders(
        causes,
        mechanisms,
        [1.0] * len(causes),
        [next(embeddings) if cause.is_embedded else None for cause in causes],
    )
    kinds = {embedding.aggregation for node, embedding in taking if node.is_used}
    acts = [varies(*one) for one in zip(encoders, causes, values, strict=True)]
    return ReferencedRows(values, causes, encoders, sorted(kinds), tuple(acts))
