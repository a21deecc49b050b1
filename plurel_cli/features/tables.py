"""What is known of a table's features while they are fitted and computed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.config.scm import ScmConfig
from plurel_cli.features.aggregations import aggregations
from plurel_cli.features.columns import Labelling
from plurel_cli.features.encoders import EXACT_ROWS, Cause, Floats, Grid, Positions
from plurel_cli.features.missing import Threshold
from plurel_cli.features.mixed import Scale
from plurel_cli.features.nodes import Drawn, NodeModel, Values
from plurel_cli.features.noise import BetaNoise, beta_quantiles
from plurel_cli.features.references import ReferencedRows
from plurel_cli.features.rows import Rows
from plurel_cli.features.transforms import Transform
from plurel_cli.numerics.stream import Stream
from plurel_cli.numerics.sums import mean_and_sd
from plurel_cli.schema.causal import CausalGraph, CausalNode
from plurel_cli.schema.model import Table


@dataclass
class TableFeatures:
    """What is known of one table's features so far.

    Attributes
    ----------
    table, graph, settings, stream
        The table, its causal graph and settings, and its randomness.
    reference
        The rows it is fitted on.
    nodes
        The graph's nodes, with what the fit has found.
    keys
        What makes its foreign keys, by column.
    models
        What computes each node, in the order of work; of a small table only while it is needed.
    labellings, transforms, ordered
        By node: the cut and transform of a column, and a number's sorted reference sample.
    loose
        By node: a latent number's reference sample as it is, until its order is asked for.
    scales
        By node: how a column that is a mixture standardises what its causes give.
    child_scales
        By node: how it standardises what its row's children give.
    thresholds
        By node: beyond which values of another a column is null.
    causes
        What nodes are to others, by node and whether by a grid.
    references
        What comes over each foreign key.
    drawn
        What is drawn for several nodes or attempts together, by node and attempt, until the
        node is done.
    seen
        Values of the reference rows, while the fit goes on.
    whole
        Columns whose values are all there.
    blocks
        Values of the last blocks computed.
    """

    table: Table
    graph: CausalGraph
    settings: ScmConfig
    stream: Stream
    reference: Rows
    nodes: list[CausalNode]
    keys: dict[str, BlockColumn]
    models: dict[int, NodeModel] = field(default_factory=dict)
    labellings: dict[int, Labelling] = field(default_factory=dict)
    ordered: dict[int, Floats] = field(default_factory=dict)
    loose: dict[int, Floats] = field(default_factory=dict)
    transforms: dict[int, Transform] = field(default_factory=dict)
    scales: dict[int, Scale] = field(default_factory=dict)
    child_scales: dict[int, Scale] = field(default_factory=dict)
    thresholds: dict[int, Threshold] = field(default_factory=dict)
    causes: dict[tuple[int, bool], Cause] = field(default_factory=dict)
    references: dict[str, ReferencedRows] = field(default_factory=dict)
    whole: dict[int, Values] = field(default_factory=dict)
    drawn: dict[int, dict[int, Drawn]] = field(default_factory=dict)
    seen: Computing | None = None
    blocks: dict[int, dict[int, Values]] = field(default_factory=dict)
    _grids: dict[int, Grid | None] = field(default_factory=dict)
    _moments: dict[int, tuple[float, float]] = field(default_factory=dict)
    _noises: dict[int, BetaNoise] = field(default_factory=dict)
    _beta_quantiles: dict[int, Floats] = field(default_factory=dict)

    @property
    def is_small(self) -> bool:
        """Whether its reference rows are all its rows."""
        return self.reference.n == self.table.rows

    def is_category(self, node: int) -> bool:
        """Whether a node is carried as a category."""
        return self.graph.mode == "eager" and self.nodes[node].kind == "categorical"

    def grid(self, node: int) -> Grid | None:
        """Grid of a number that is computed, if the table has enough rows for one."""
        if self.table.rows <= EXACT_ROWS:
            return None
        if node not in self._grids:
            self._grids[node] = Grid.of(self._rising(node))
        return self._grids[node]

    def _rising(self, node: int) -> Floats:
        """The sorted reference sample of a number that is computed."""
        if node in self.loose:
            self.ordered[node] = np.sort(self.loose.pop(node))
        return self.ordered[node]

    def categories(self, node: int) -> int | None:
        """Number of categories of a node that is carried as one."""
        return self.nodes[node].categories if self.is_category(node) else None

    def noise(self, node: int) -> BetaNoise:
        """Noise of a node with causes, the same in every attempt."""
        if node not in self._noises:
            if not self._beta_quantiles:
                self._beta_quantiles = self._all_beta_quantiles()
            own = self.stream.child("node", node, "noise")
            quantiles = self._beta_quantiles.pop(node)
            self._noises[node] = BetaNoise(quantiles, self.nodes[node].width or 1, own)
        return self._noises[node]

    def _all_beta_quantiles(self) -> dict[int, Floats]:
        """Quantiles of the noise of every node with causes that is used."""
        generator = self.stream.child("noise").generator()
        parameters = np.array(self.settings.noise.many(generator, 2 * len(self.nodes)))
        used = [j for j, its in enumerate(self.nodes) if its.is_used and its.causes]
        a, b = parameters.reshape(-1, 2).T
        return dict(zip(used, beta_quantiles(a[used], b[used]), strict=True))

    def forget(self, node: int) -> None:
        """Drop what computes a node: all its values are there."""
        self.models.pop(node)
        self._noises.pop(node, None)

    def moments(self, node: int) -> tuple[float, float]:
        """Mean and deviation of a number that is computed; 1 for a deviation of 0."""
        if node not in self._moments:
            values = self.loose[node] if node in self.loose else self.ordered[node]
            mean, sd = mean_and_sd(values)
            self._moments[node] = (mean, sd or 1.0)
        return self._moments[node]


class Computing:
    """Values of some rows of a table, node by node.

    Parameters
    ----------
    state
        The table.
    rows
        The rows.
    """

    def __init__(self, state: TableFeatures, rows: Rows) -> None:
        self.rows = rows
        self.values: dict[int, Values] = {}
        self._state = state
        self._columns: dict[int, Values] = {}
        self._positions: dict[int, list[Positions]] = {}
        self._shared: dict[str, Floats] | None = None

    def of(self, column: BlockColumn) -> Values:
        """Values of a block column that several nodes ask for, and that stays while they do."""
        if id(column) not in self._columns:
            self._columns[id(column)] = self.rows.of(column)
        return self._columns[id(column)]

    def positions(self, node: int) -> list[Positions] | None:
        """Positions of a node's values on its grid, slice by slice, if it has one."""
        grid = self._state.grid(node)
        if grid is None:
            return None
        if node not in self._positions:
            self._positions[node] = grid.positions(self.values[node]).slices(self.rows)
        return self._positions[node]

    def shared(self, aggregation: str) -> Floats | None:
        """Aggregate of the encodings of referenced rows, if there are any."""
        if self._shared is None:
            self._shared = self._referenced()
        return self._shared.get(aggregation)

    def _referenced(self) -> dict[str, Floats]:
        found: dict[str, Floats] = {}
        for foreign_key, referenced in self._state.references.items():
            keys = self.of(self._state.keys[foreign_key])
            for kind, its in referenced.at(keys).items():
                if kind in found:
                    its = aggregations[kind].function([found[kind], its])
                found[kind] = its
        return found

    def compute(self, nodes: Iterable[int]) -> None:
        """Compute some nodes, given in the order of work."""
        for node in nodes:
            if node not in self.values:
                values = self._state.models[node](self)
                if not np.isfinite(values).all():  # in the reference it was
                    values = np.nan_to_num(values)
                self.values[node] = values
