"""Plan what a parent gathers of its children, and gather it over all of them, in one pass."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.gathering import GatheredRecord, aggregates
from plurel_cli.features.gathering.aggregate import Aggregate, Block, ChildRows
from plurel_cli.features.gathering.count import Count


def is_of_variable(kind: str) -> bool:
    """Whether an aggregate is of a variable of the children, and not of their rows alone."""
    return aggregates.of(Aggregate)[kind].is_of_variable


def planned(
    kind: str, table: str, foreign_key: str, node: int | None, half_life: float
) -> GatheredRecord:
    """The record of what is gathered; the number of children where there is no variable for it.

    Parameters
    ----------
    kind
        By which aggregate.
    table, foreign_key
        The child table, and its foreign key.
    node
        Node of the variable, if there is one.
    half_life
        How fast what is long ago loses weight, as a share of the child's rows.

    Returns
    -------
    GatheredRecord
    """
    record = aggregates.of(Aggregate)[kind]
    if record.is_of_variable and node is None:
        record = Count
    return record.planned(table, foreign_key, node, half_life)


def gather(
    gathered: GatheredRecord, n_parents: int, n_children: int, blocks: Iterable[Block]
) -> NDArray[np.float32]:
    """Aggregate children over each parent.

    Parameters
    ----------
    gathered
        What is gathered.
    n_parents, n_children
        Row counts.
    blocks
        All children, in order; one whose key is below 0 refers to nobody.

    Returns
    -------
    NDArray[np.float32]
        Shape (n_parents,).
    """
    assert isinstance(gathered, Aggregate)  # noqa: S101 (as all that are drawn)
    return gathered.values(ChildRows(n_parents, n_children, blocks)).astype(np.float32)
