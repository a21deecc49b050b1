"""Put the mixtures of a database together: what its shares ask for, and what is made only once.

What depends on no feature, such as traits and memory, is made once for all nodes that have it, and
kept for interventions. How what depends on features is standardised is part of a node's fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.budget import ShareRecord
from plurel_cli.features.budget.components import Floats, Mixed
from plurel_cli.features.budget.effects import Labelled
from plurel_cli.features.budget.scale import Scale
from plurel_cli.features.budget.share import BudgetShare
from plurel_cli.features.gathering import GatheredRecord
from plurel_cli.features.nodes import Computed, NodeModel
from plurel_cli.features.streams import table_stream
from plurel_cli.features.time_sources.draw import TimeSources
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.causal import CausalNode
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.schema.variable import Variable
from plurel_cli.schema.window import Window

T = TypeVar("T")

S = TypeVar("S", bound=ShareRecord)


class OtherVariables(Protocol):
    """Other variables of the database, as a mixture asks for them."""

    def labelled(self, variable: Variable) -> Labelled | None:
        """What a variable is as a category; none where it is a number."""
        ...

    def whole(self, variable: Variable) -> NDArray[Any]:
        """All values of a variable of another table, a number that is cut as its label."""
        ...


@dataclass(frozen=True)
class Mixing:
    """A node that is to be a mixture.

    Attributes
    ----------
    table, nodes, node
        Its table, the nodes of that, and which of them it is.
    keys
        The table's keys, by column.
    reference
        Its reference rows.
    gathered
        Gives what is gathered of the rows that refer to each row, as it is written or carried.
    others
        Gives what is known of other variables.
    """

    table: Table
    nodes: Sequence[CausalNode]
    node: int
    keys: Mapping[str, BlockColumn]
    reference: Computed
    gathered: Callable[[GatheredRecord, bool], Floats]
    others: OtherVariables


class Mixtures:
    """The mixtures in all tables of a database.

    Parameters
    ----------
    schema
        The database, its keys planned.
    times
        The times of its tables.
    """

    def __init__(self, schema: Schema, times: TimeSources) -> None:
        self.schema, self.times = schema, times
        self._kept: dict[tuple[object, ...], object] = {}

    def mixed(
        self,
        mixing: Mixing,
        model: NodeModel | None,
        given: Floats | None,
        scales: Mapping[str, Scale],
    ) -> tuple[Mixed, dict[str, Scale]]:
        """A node's mixture, and how its shares are standardised.

        Parameters
        ----------
        mixing
            The node.
        model, given
            What computes what the causal graph gives, and that in the reference rows, if some
            share is made of it.
        scales
            How shares are standardised, by kind, where their fit is there.

        Returns
        -------
        tuple[Mixed, dict[str, Scale]]
            The mixture, and the scales with those that were taken now.
        """
        rows = _NodeRows(self, mixing, given, dict(scales))
        components = []
        for share in mixing.nodes[mixing.node].budget or ():
            assert isinstance(share, BudgetShare)  # noqa: S101 (as all that are drawn)
            components.append(share.component(rows))
        return Mixed(model, tuple(components)), rows.scales

    def kept(self, what: tuple[object, ...], make: Callable[[], T]) -> T:
        """What is made once.

        Parameters
        ----------
        what
            Which.
        make
            Makes it.

        Returns
        -------
        T
            What was made.
        """
        if what not in self._kept:
            self._kept[what] = make()
        return cast(T, self._kept[what])


class _NodeRows:
    """The rows of a table, for the shares of one of its nodes."""

    def __init__(
        self,
        mixtures: Mixtures,
        mixing: Mixing,
        given: Floats | None,
        scales: dict[str, Scale],
    ) -> None:
        self._mixtures, self._mixing = mixtures, mixing
        self.table, self.node, self.reference = mixing.table, mixing.node, mixing.reference
        self.given, self.scales = given, scales

    @property
    def schema(self) -> Schema:
        return self._mixtures.schema

    @property
    def stream(self) -> Stream:
        return table_stream(self.schema, self.table).child("node", self.node)

    @property
    def window(self) -> Window:
        return self._mixtures.times.window

    @property
    def times(self) -> BlockColumn:
        return self._mixtures.times.column(self.table)

    def keys(self, foreign_key: str) -> BlockColumn:
        return self._mixing.keys[foreign_key]

    def referenced(self, foreign_key: str) -> Table:
        (key,) = (key for key in self.table.foreign_keys if key.name == foreign_key)
        return self.schema.by_name[key.references]

    def gathered(self, gathered: GatheredRecord, *, as_written: bool = False) -> Floats:
        return self._mixing.gathered(gathered, as_written)

    def labelled(self, variable: Variable) -> Labelled | None:
        return self._mixing.others.labelled(variable)

    def whole(self, variable: Variable) -> NDArray[Any]:
        return self._mixing.others.whole(variable)

    def shares(self, kind: type[S]) -> list[S]:
        every = (share for node in self._mixing.nodes for share in node.budget or ())
        return [share for share in every if isinstance(share, kind)]

    def scale(self, kind: str, values: Floats) -> Scale:
        if kind not in self.scales:
            self.scales[kind] = Scale.of(values)
        return self.scales[kind]

    def kept(self, what: tuple[object, ...], make: Callable[[], T]) -> T:
        return self._mixtures.kept(what, make)
