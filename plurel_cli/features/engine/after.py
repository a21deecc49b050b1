"""What is found of a table once all its nodes are fitted: where nulls begin, and what the reference
rows decide about columns that others determine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from plurel_cli.features.determined.column import FitSample
from plurel_cli.features.encoders import Floats
from plurel_cli.features.engine.changed import replace
from plurel_cli.features.engine.fits import NodeFit, TableFit
from plurel_cli.features.nodes import Values
from plurel_cli.features.nulls.reason import NullReason
from plurel_cli.features.roles.node import NodeOfColumns
from plurel_cli.numerics.stream import Stream


def null_fits(fit: TableFit, seen: Mapping[int, Values]) -> Iterator[tuple[int, NodeFit]]:
    """Nodes whose nulls have a reason, with what the reference rows decide.

    Parameters
    ----------
    fit
        The table.
    seen
        Values of its reference rows.

    Yields
    ------
    tuple of int and NodeFit
    """
    for j, node in enumerate(fit.nodes):
        null = node.null
        if null is None:
            continue
        assert isinstance(null, NullReason)  # noqa: S101 (as all that are drawn)
        node = node.but(null=null.fitted(lambda k: fit.fits[k].as_column(seen[k])))
        yield j, replace(fit.fits.get(j, NodeFit(node)), node=node)


def determined_fits(fit: TableFit, seen: Mapping[int, Values]) -> Iterator[tuple[int, NodeFit]]:
    """Nodes that others determine, with what the reference rows decide.

    Parameters
    ----------
    fit
        The table.
    seen
        Values of its reference rows.

    Yields
    ------
    tuple of int and NodeFit
    """
    for j, node in enumerate(fit.nodes):
        if node.is_variable:
            continue
        assert isinstance(node, NodeOfColumns)  # noqa: S101 (as all that are drawn)
        stream = fit.stream.child("determined", "column", str(node.column))

        def numbers(j: int, stream: Stream = stream) -> Floats:
            transform = fit.fits[j].transform
            assert transform is not None  # noqa: S101 (it is a number that is a column)
            ties = stream.child("ties").generator()
            written: Floats = transform(seen[j], ties)
            return np.nan_to_num(written)

        column = next(c for c in fit.table.features if c.name == node.column)
        settings = fit.settings.of_column(node.column).scm
        sample = FitSample(numbers, node.categories, column, settings, stream)
        settled = node.fitted(sample)
        yield j, replace(fit.fits.get(j, NodeFit(settled)), node=settled)
