"""What a node of each role must be able to do.

A variable draws its model from the site of an attempt, which gives it randomness, what others of
the graph are, and the values of other tables. A node that is no variable is made of columns as
they are written.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Protocol, Self

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.acting import Probe
from plurel_cli.features.determined.column import FitSample, WrittenValues
from plurel_cli.features.encoders import Cause, Floats
from plurel_cli.features.gathering import GatheredRecord
from plurel_cli.features.nodes import Computed, NodeModel
from plurel_cli.features.roles import CausalNode
from plurel_cli.features.roles.draws import NodeDraws
from plurel_cli.features.sources.settings import SeriesConfig
from plurel_cli.features.time_sources import TimeSourceRecord
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.table import Table


class NodeSite(Protocol):
    """One attempt at a node, as its role asks for it."""

    @property
    def table(self) -> Table:
        """The node's table."""
        ...

    @property
    def node(self) -> int:
        """Its number."""
        ...

    @property
    def attempt(self) -> int:
        """Which attempt it is, from 0 on."""
        ...

    @property
    def stream(self) -> Stream:
        """Randomness of this attempt alone."""
        ...

    @property
    def is_category(self) -> bool:
        """Whether the node is carried as a category."""
        ...

    @property
    def series(self) -> SeriesConfig:
        """Settings of the table's series."""
        ...

    @property
    def draws(self) -> NodeDraws:
        """What is drawn for several nodes of the table together."""
        ...

    def cause(self, node: int, family: str) -> Cause:
        """What another node of the same row is to a mechanism of some family.

        Parameters
        ----------
        node
            The other node.
        family
            Of mechanisms.

        Returns
        -------
        Cause
        """
        ...

    def of_time(self, time: TimeSourceRecord) -> NodeModel:
        """What makes values of the rows' time."""
        ...

    def gathered(self, gathered: GatheredRecord) -> Floats:
        """What is gathered of the rows that refer to each row."""
        ...


class NodeVariable(CausalNode):
    """The base of every role in which a node has values of its own."""

    @abstractmethod
    def model(self, site: NodeSite) -> tuple[NodeVariable, NodeModel | None]:
        """Draw what computes it.

        Parameters
        ----------
        site
            The attempt.

        Returns
        -------
        NodeVariable, NodeModel
            The node, which may have become another; and what computes what the causal graph
            makes of it, which is nothing where it consists of other shares.
        """

    def settled(
        self, model: NodeModel | None, computed: Computed, probes: Mapping[int, Probe]
    ) -> Mapping[str, object]:
        """What the last attempt at the node decides.

        Parameters
        ----------
        model
            What computes what the causal graph makes of it.
        computed
            The reference rows.
        probes
            Values of other nodes of the same row.

        Returns
        -------
        Mapping
            Fields of the node that change, by name.
        """
        return {}


class NodeOfColumns(CausalNode):
    """The base of every role in which a node is made of columns as they are written."""

    is_variable: ClassVar[bool] = False

    @abstractmethod
    def fitted(self, sample: FitSample) -> Self:
        """The node with what the reference sample decides."""

    @abstractmethod
    def written(self, written: WrittenValues) -> BlockColumn:
        """What makes the column's values."""
