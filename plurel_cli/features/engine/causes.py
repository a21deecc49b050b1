"""What the columns of a fitted table are to the rows that refer to it."""

from __future__ import annotations

from collections.abc import Sequence

from plurel_cli.features.acting import levels_of
from plurel_cli.features.engine.fits import TableFit
from plurel_cli.features.nodes import Values
from plurel_cli.features.references import ReferencedColumns, ReferencedRows
from plurel_cli.features.roles.draws import Wanted, draw_embeddings, draw_mechanisms
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.causal import ParentCauses


def referenced_rows(
    fit: TableFit,
    parent: TableFit,
    acting: ParentCauses,
    values: Sequence[Values],
    levels: Sequence[Values | None],
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
    levels
        The lowest, the highest, and quartiles of each that is a number, where they are there.
    stream
        Randomness of this foreign key alone.

    Returns
    -------
    ReferencedRows
    """
    taking = [
        (node.is_used, embedding)
        for node in fit.graph.nodes
        if (embedding := node.embedding) is not None
    ]
    width = max((embedding.width for _, embedding in taking), default=1)
    families, mlp = acting.mechanisms, fit.settings.of_key(acting.foreign_key).scm.mlp
    causes = [parent.referenced(*both) for both in zip(acting.nodes, families, strict=True)]
    generator = stream.child("encoders").generator()
    wanted = [
        Wanted(family, width if cause.is_embedded else 1, width)
        for cause, family in zip(causes, families, strict=True)
    ]
    mechanisms = draw_mechanisms(wanted, mlp, generator)
    shapes = [(cause.categories or 2, width) for cause in causes if cause.is_embedded]
    drawn = iter(draw_embeddings(shapes, mlp, generator))
    embeddings = [next(drawn) if cause.is_embedded else None for cause in causes]
    kinds = sorted({embedding.aggregation for is_used, embedding in taking if is_used})
    columns = ReferencedColumns(causes, mechanisms, embeddings, kinds)
    several = zip(causes, values, levels, strict=True)
    return ReferencedRows(columns, values, [levels_of(*each) for each in several])
