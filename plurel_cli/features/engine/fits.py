"""What the fit of a node and of a table has found.

A node's fit is a frozen record: the node as it was settled, what computes it, and what was taken
from its reference sample, which is kept in order where it is of a column. A table's fit has those
of its nodes, in the order of work, what comes over its foreign keys, and what each node is to
others. An intervention replaces some of them and keeps the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.budget.scale import Scale
from plurel_cli.features.encoders import Cause, Floats
from plurel_cli.features.grids import EXACT_ROWS, Grid
from plurel_cli.features.labels import Labelling
from plurel_cli.features.mechanisms import is_by_grid
from plurel_cli.features.nodes import NodeModel, Values
from plurel_cli.features.references import ReferencedRows
from plurel_cli.features.rows import Rows
from plurel_cli.features.taste import TableSettings
from plurel_cli.features.transforms import Transform
from plurel_cli.lenses import Lens
from plurel_cli.numerics.ordering import in_order
from plurel_cli.numerics.stream import Stream
from plurel_cli.numerics.sums import mean_and_sd
from plurel_cli.schema.causal import CausalGraph, CausalNode
from plurel_cli.schema.column import Feature
from plurel_cli.schema.table import Table


@dataclass(frozen=True)
class Sample:
    """Values of a number at the reference rows.

    Attributes
    ----------
    values
        float32, shape (n,).
    is_ordered
        Whether they rise.
    """

    values: Floats
    is_ordered: bool

    @property
    def ordered(self) -> Floats:
        """The values, rising."""
        return self.values if self.is_ordered else in_order(self.values)

    @cached_property
    def grid(self) -> Grid | None:
        """Points at which encoders of the number are evaluated, unless all values are the same."""
        return Grid.of(self.ordered)

    @cached_property
    def moments(self) -> tuple[float, float]:
        """Mean and deviation; 1 for a deviation of 0."""
        mean, sd = mean_and_sd(self.values)
        return mean, sd or 1.0


@dataclass(frozen=True)
class NodeFit:
    """What the fit of one node has found.

    Attributes
    ----------
    node
        The node, with what the fit has settled.
    model
        What computes it; none where all its values are there, or others determine it.
    sample
        Its reference sample, where it is a number.
    labelling, transform
        The cut or the transform of a column.
    scales
        How a mixture standardises what depends on features, by kind of share.
    held
        The value it is held at, if it is.
    """

    node: CausalNode
    model: NodeModel | None = None
    sample: Sample | None = None
    labelling: Labelling | None = None
    transform: Transform | None = None
    scales: Mapping[str, Scale] = field(default_factory=dict)
    held: float | None = None

    def as_column(self, values: Values) -> Values:
        """A node's values as those of the column: a number that is cut as its label."""
        return values if self.labelling is None else self.labelling(values)


@dataclass(frozen=True)
class TableFit:
    """What the fit of a table has found.

    Attributes
    ----------
    table, graph, settings, stream
        The table, its causal graph and settings, and its randomness.
    plain
        Its causal graph, if columns stated nothing for themselves.
    reference
        The rows it is fitted on.
    keys
        What makes its foreign keys, by column.
    fits
        What was found of its nodes, in the order of work.
    references
        What comes over each foreign key.
    """

    table: Table
    graph: CausalGraph
    settings: TableSettings
    stream: Stream
    plain: CausalGraph
    reference: Rows
    keys: Mapping[str, BlockColumn]
    fits: Mapping[int, NodeFit]
    references: Mapping[str, ReferencedRows]

    @property
    def is_small(self) -> bool:
        """Whether its reference rows are all its rows."""
        return self.reference.n == self.table.rows

    def node(self, j: int) -> CausalNode:
        """A node, with what the fit has settled so far."""
        return self.fits[j].node if j in self.fits else self.graph.nodes[j]

    @property
    def nodes(self) -> list[CausalNode]:
        """All nodes, with what the fit has settled so far."""
        return [self.node(j) for j in range(len(self.graph.nodes))]

    def lens(self, node: CausalNode) -> Lens | None:
        """The lens of the column that a node is, if it is one and has one."""
        column = self.table.by_column.get(node.column or "")
        return column.lens if isinstance(column, Feature) else None

    @property
    def settled_graph(self) -> CausalGraph:
        """The graph with what the fit has settled so far."""
        parents = tuple(
            parent.but(acts=self.references[parent.foreign_key].acts)
            if parent.foreign_key in self.references
            else parent
            for parent in self.graph.parents
        )
        return self.graph.but(nodes=tuple(self.nodes), parents=parents)

    def is_category(self, j: int) -> bool:
        """Whether a node is carried as a category."""
        return self.graph.categories(j) is not None

    def categories(self, j: int) -> int | None:
        """Number of categories of a node that is carried as one."""
        return self.graph.categories(j)

    def grid(self, j: int) -> Grid | None:
        """Grid of a number that is computed, if the table has enough rows for one."""
        sample = None if self.table.rows <= EXACT_ROWS else self.fits[j].sample
        return None if sample is None else sample.grid

    def moments(self, j: int) -> tuple[float, float]:
        """Mean and deviation by which a number is standardised before it acts."""
        settings = self.settings.of_column(self.graph.nodes[j].column).scm
        sample = self.fits[j].sample if settings.standardise else None
        return (0.0, 1.0) if sample is None else sample.moments

    def cause(self, j: int, family: str) -> Cause:
        """What a node is to others of its row.

        Parameters
        ----------
        j
            The node.
        family
            Of the mechanism by which it acts.

        Returns
        -------
        Cause
        """
        held = self.fits[j].held
        if (categories := self.categories(j)) is not None:
            return Cause(categories, is_embedded=True, held=held)
        return self._number(j, family, held)

    def referenced(self, j: int, family: str) -> Cause:
        """What a column is to the rows that refer to it: by its label, where it is cut.

        Parameters
        ----------
        j
            The node.
        family
            Of the mechanism by which it acts.

        Returns
        -------
        Cause
        """
        column = self.fits[j]
        held = column.held
        if column.node.kind == "categorical":
            if held is not None and column.labelling is not None:
                held = float(column.labelling(np.array([held], np.float32))[0])
            return Cause(column.node.categories, self.graph.mode == "eager", held=held)
        return self._number(j, family, held)

    def _number(self, j: int, family: str, held: float | None) -> Cause:
        mean, sd = self.moments(j)
        grid = self.grid(j) if is_by_grid(family) else None
        return Cause(grid=grid, held=held, mean=mean, sd=sd)
