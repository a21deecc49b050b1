"""What the columns of a fitted table are to the rows that refer to it."""

from __future__ import annotations

from collections.abc import Sequence

from plurel_cli.features.acting import varies
from plurel_cli.features.encoders import (
    make_encoders,
)
from plurel_cli.features.engine.fits import TableFit
from plurel_cli.features.nodes import Values
from plurel_cli.features.references import ReferencedRows
from plurel_cli.features.roles.draws import Wanted, draw_embeddings, draw_mechanisms
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.causal import ParentCauses


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
    causes = [parent.referenced(*both) for both in zip(acting.nodes, families, strict=True)]
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
