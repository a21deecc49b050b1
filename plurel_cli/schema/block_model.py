"""The block model of a foreign key, as `schema.json` records it.

Each level splits the rows of parent and child into clusters, and scores every pair of them. The
score of two rows is the product over the levels.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import prod
from statistics import fmean

from pydantic import Field, model_validator

from plurel_cli.prose import counted, listed, percent
from plurel_cli.schema.record import Record

_TINY = 1e-9


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
        near = prod(map(_near, self.levels))
        if parents == 1 or near == 1:
            return
        levels = f" on {counted(len(self.levels), 'level')}" * (len(self.levels) > 1)
        how = "mostly refer" if prod(map(_inside, self.levels)) >= 0.5 else "refer more often"
        whom = (
            "the matching one"
            if near * parents < 1.0 + _TINY
            else f"those that match, {percent(near)} of all"
        )
        if children == 1:
            yield f"Parents fall into {parents:,} clusters{levels}: rows {how} to parents of some."
        else:
            yield (
                f"Rows fall into {counted(children, 'cluster')}, and parents into {parents:,}"
                f"{levels}: rows of one cluster {how} to parents of {whom}."
            )
        sides = (("rows", children, n_children), ("parents", parents, n_parents))
        fewer = [side for side, clusters, rows in sides if clusters > rows]
        if fewer:
            names = listed(fewer)
            yield f"Some clusters of {names} are empty, as there are fewer {names} than clusters."


def _is_near(level: BlockLevel) -> tuple[tuple[bool, ...], ...]:
    """For each cluster of children, whether each of parents is among those that match."""
    scores = [score for row in level.p for score in row]
    middle = 0.5 * (min(scores) + max(scores))
    return tuple(
        tuple(score >= middle for score in column) for column in zip(*level.p, strict=True)
    )


def _near(level: BlockLevel) -> float:
    """Share of the clusters of parents that match one of children, on average."""
    return fmean(sum(column) / len(column) for column in _is_near(level))


def _inside(level: BlockLevel) -> float:
    """Share of the score that lies in clusters that match, on average."""
    columns = zip(zip(*level.p, strict=True), _is_near(level), strict=True)
    shares = [
        sum(score for score, is_near in zip(scores, near, strict=True) if is_near) / sum(scores)
        for scores, near in columns
        if any(scores)
    ]
    return fmean(shares or [1.0])
