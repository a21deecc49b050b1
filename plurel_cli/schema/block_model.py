"""The block model of a foreign key, as `schema.json` records it.

Each level splits the rows of parent and child into clusters, and scores every pair of them. The
score of two rows is the product over the levels.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import prod

from pydantic import Field, model_validator

from plurel_cli.prose import counted
from plurel_cli.schema.record import Record


class BlockLevel(Record):
    """One level of a block model."""

    parent_clusters: int = Field(ge=1, description="Clusters the parent's rows are split into.")
    child_clusters: int = Field(ge=1, description="Clusters the child's rows are split into.")
    p: tuple[tuple[float, ...], ...] = Field(
        description="Score of each parent cluster (rows) with each child cluster (columns)."
    )

    @model_validator(mode="after")
    def _shape(self) -> BlockLevel:
        rows, columns = self.parent_clusters, self.child_clusters
        if len(self.p) != rows or any(len(row) != columns for row in self.p):
            raise ValueError(f"p must be a {rows} × {columns} matrix")
        if not all(0 <= score <= 1 for row in self.p for score in row):
            raise ValueError("p must lie between 0 and 1")
        return self


class BlockModel(Record):
    """Hierarchical stochastic block model of one foreign key, coarsest level first."""

    levels: tuple[BlockLevel, ...] = Field(min_length=1, description="Coarsest level first.")

    @cached_property
    def parent_radices(self) -> tuple[int, ...]:
        """Parent clusters of each level."""
        return tuple(level.parent_clusters for level in self.levels)

    @cached_property
    def child_radices(self) -> tuple[int, ...]:
        """Child clusters of each level."""
        return tuple(level.child_clusters for level in self.levels)

    def sentences(self, n_parents: int, n_children: int) -> Iterator[str]:
        """Into how many clusters it splits the rows, where that is more than one.

        Parameters
        ----------
        n_parents, n_children
            Rows of either side.

        Yields
        ------
        str
        """
        parents, children = prod(self.parent_radices), prod(self.child_radices)
        if children == 1 and parents > 1:
            yield f"Parents fall into {parents:,} clusters, some of which more rows refer to."
        if min(parents, children) == 1:
            return
        levels = f" on {counted(len(self.levels), 'level')}" * (len(self.levels) > 1)
        yield (
            f"Rows fall into {counted(children, 'cluster')}, and parents into {parents:,}{levels}: "
            "rows of one cluster mostly refer to parents of the matching one."
        )
        if parents > n_parents or children > n_children:
            yield "Some clusters are empty, as there are more of them than rows."
