"""Draw the components of mixtures: traits, memory, drift, blocks and noise.

A trait of referenced rows is standardised by the rows that refer to them, and drift by the
reference rows; traits, memory and noise have a mean of 0 and a variance of 1 as they are drawn.
None of these depends on a feature.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn, RowIndex, block_rows
from plurel_cli.connectivity.uniforms import Trait
from plurel_cli.features.memory import Chain, memories
from plurel_cli.features.mixed import Common, Drawn, Kept, LookedUp, Part
from plurel_cli.features.nodes import Computed
from plurel_cli.features.streams import reference_stream, table_stream
from plurel_cli.features.time_sources.draw import TimeSources
from plurel_cli.features.time_sources.trait import TraitScores
from plurel_cli.numerics.elementary import cosines, tanhs
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.numerics.sums import total
from plurel_cli.schema.causal import Budget, CausalNode, Drift, OfBlock
from plurel_cli.schema.model import Schema, Table, Window
from plurel_cli.temporal.autoregression import filtered

N_CELLS = 1 << 12
"""Equal parts of the window in each of which a drift is constant."""

_YEAR_DAYS = 365.2425
_WEEK_DAYS = 7
_LEAST = 1e-6  # a deviation that is none

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


class _Normal:
    """Independent standard normal numbers."""

    def __init__(self, n_rows: int, stream: Stream) -> None:
        self._n_rows, self._stream = n_rows, stream

    def block(self, index: int) -> Floats:
        first, last = block_rows(index, self._n_rows)
        return self._stream.generator(index).standard_normal(last - first, dtype=np.float32)


class _Cells:
    """In which cell of the window each row's time lies."""

    def __init__(self, times: BlockColumn, window: Window) -> None:
        self._times = times
        self._start = np.datetime64(window.start, "ns").astype(np.int64)
        end = np.datetime64(window.end, "ns").astype(np.int64)
        self._per_nanosecond = N_CELLS / float(end - self._start)

    def block(self, index: int) -> NDArray[np.int32]:
        passed = (self._times.block(index) - self._start).astype(np.float64)
        passed *= self._per_nanosecond
        cells: NDArray[np.int32] = passed.astype(np.int32)
        return cells.clip(0, N_CELLS - 1)


class _Blocks:
    """In which block each row lies; −1 for nobody's."""

    def __init__(self, rows: BlockColumn, edges: NDArray[np.int64]) -> None:
        self._rows, self._edges = rows, edges

    def block(self, index: int) -> NDArray[np.int64]:
        rows = self._rows.block(index)
        found: NDArray[np.int64] = self._edges.searchsorted(rows, "right")
        found[rows < 0] = -1
        return found


class Mixtures:
    """The components of mixtures in all tables of a database.

    Parameters
    ----------
    schema
        The database, its keys planned.
    times
        The times of its tables.
    """

    def __init__(self, schema: Schema, times: TimeSources) -> None:
        self._schema, self._times = schema, times
        self._traits: dict[tuple[str, int], BlockColumn] = {}
        self._whole_traits: dict[tuple[str, int], Floats] = {}
        self._memories: dict[tuple[str, str, int], Floats] = {}
        self._cells: dict[str, _Cells] = {}
        self._blocks: dict[tuple[str, str, str, str, int], _Blocks] = {}
        self._counts: dict[str, NDArray[np.int64]] = {}

    def parts(
        self,
        table: Table,
        nodes: Sequence[CausalNode],
        j: int,
        keys: Mapping[str, BlockColumn],
        reference: Computed,
    ) -> list[Part]:
        """What there is of a node that depends on no feature.

        Parameters
        ----------
        table, nodes, j
            The node.
        keys
            The table's keys, by column.
        reference
            Its reference rows.
        """
        found: list[Part] = []
        budget = nodes[j].budget or Budget()
        if (own := budget.trait) is not None:
            column = self.trait(table, own.trait)
            found.append(Common(column, own.sign * math.sqrt(own.share)))
        if (of := budget.parent) is not None:
            numbers = self._whole_trait(self._referenced(table, of.foreign_key), of.trait)
            at = reference.of(keys[of.foreign_key])
            weighed = _standardised(numbers, at[at >= 0], of.sign * math.sqrt(of.share))
            # nobody's key is −1, which takes the last
            found.append(LookedUp(np.append(weighed, np.float32(0)), keys[of.foreign_key]))
        if (memory := budget.memory) is not None:
            place = table.name, memory.foreign_key, memory.chain
            if place not in self._memories:
                self._remember(table, nodes, memory.foreign_key, keys[memory.foreign_key])
            weight = memory.sign * math.sqrt(memory.share)
            found.append(Kept(self._memories[place], weight))
        if (drift := budget.drift) is not None:
            stream = table_stream(self._schema, table).child("node", j, "drift")
            found.append(self._drifting(table, drift, stream, reference))
        if (block := budget.block) is not None:
            found.append(self._block(table, j, block, keys, reference))
        if budget.noise:
            stream = table_stream(self._schema, table).child("node", j, "mixed_noise")
            found.append(Drawn(_Normal(table.rows, stream), math.sqrt(budget.noise)))
        return found

    def trait(self, table: Table, number: int) -> BlockColumn:
        """A hidden trait of a table's rows, standard normal; number 0 is the one that keys see."""
        place = table.name, number
        if place not in self._traits:
            stream = table_stream(self._schema, table).child("hidden_trait", number)
            self._traits[place] = (
                TraitScores(Trait(self._schema.seed, table.id, table.rows))
                if number == 0
                else _Normal(table.rows, stream)
            )
        return self._traits[place]

    def _whole_trait(self, table: Table, number: int) -> Floats:
        place = table.name, number
        if place not in self._whole_traits:
            self._whole_traits[place] = _whole(self.trait(table, number), table.rows)
        return self._whole_traits[place]

    def _referenced(self, table: Table, foreign_key: str) -> Table:
        column = next(c for c in table.foreign_keys if c.name == foreign_key)
        return self._schema.by_name[str(column.references)]

    def _remember(
        self, table: Table, nodes: Sequence[CausalNode], foreign_key: str, keys: BlockColumn
    ) -> None:
        """Make all chains by a foreign key that some node follows, in one pass."""
        column = next(c for c in table.foreign_keys if c.name == foreign_key)
        stream = reference_stream(self._schema, table, column).child("memory")
        chains = {
            its.chain: its
            for its in (node.budget.memory for node in nodes if node.budget is not None)
            if its is not None and its.foreign_key == foreign_key
        }
        wanted = [
            Chain(its.persistence, stream.child(number), its.kind == "sticky")
            for number, its in chains.items()
        ]
        n_parents = self._referenced(table, foreign_key).rows
        made = memories(keys, table.rows, n_parents, wanted)
        for chain, values in zip(chains, made, strict=True):
            self._memories[table.name, foreign_key, chain] = values

    def _cells_of(self, table: Table) -> _Cells:
        if table.name not in self._cells:
            self._cells[table.name] = _Cells(self._times.column(table), self._times.window)
        return self._cells[table.name]

    def _drifting(self, table: Table, its: Drift, stream: Stream, reference: Computed) -> LookedUp:
        """A drift in every cell of the window, weighed."""
        cells = self._cells_of(table)
        if table.name not in self._counts:
            self._counts[table.name] = np.bincount(reference.of(cells), minlength=N_CELLS)
        counts = self._counts[table.name]
        path = drift_path(its, counts, self._times.window, stream)
        weight = its.sign * math.sqrt(its.share)
        return LookedUp(_standardised(path, np.arange(N_CELLS), weight, counts), cells)

    def strength(
        self, table: Table, nodes: Sequence[CausalNode], j: int, reference: Computed
    ) -> LookedUp | None:
        """By what the strength of a node's causes moves, if it does: its mean square over the
        reference rows is 1.
        """
        its = (nodes[j].budget or Budget()).strength
        if its is None:
            return None
        stream = table_stream(self._schema, table).child("node", j, "strength")
        moving = self._drifting(table, its, stream, reference)
        counts = self._counts[table.name]
        factors = moving.numbers.astype(np.float64) + math.sqrt(1.0 - its.share)
        square = total(counts * np.square(factors)) / max(int(np.cumsum(counts)[-1]), 1)
        return LookedUp((factors / math.sqrt(square)).astype(np.float32), moving.places)

    def _block(
        self,
        table: Table,
        j: int,
        its: OfBlock,
        keys: Mapping[str, BlockColumn],
        reference: Computed,
    ) -> LookedUp:
        """A number of every block, weighed, and which one each row has."""
        child = self._schema.by_name[its.child]
        column = next(c for c in child.foreign_keys if c.name == its.foreign_key)
        model = column.blocks
        assert model is not None  # noqa: S101 (it was drawn for its blocks)
        n = math.prod(model.parent_radices[: its.levels])
        rows: BlockColumn
        if its.of == "parent":
            rows, n_rows = keys[its.foreign_key], self._referenced(table, its.foreign_key).rows
        else:
            rows, n_rows = RowIndex(table.rows), table.rows
        edges = n_rows * np.arange(1, n) // n  # as in `clusters`, empty ones included
        stream = table_stream(self._schema, child).child("blocks", its.foreign_key, its.levels)
        numbers = stream.child(table.name, j).generator().standard_normal(n)
        column_of_blocks = self._blocks.setdefault(
            (table.name, its.of, its.child, its.foreign_key, its.levels), _Blocks(rows, edges)
        )
        at = reference.of(column_of_blocks)
        weighed = _standardised(numbers, at[at >= 0], math.sqrt(its.share))
        return LookedUp(np.append(weighed, np.float32(0)), column_of_blocks)


def _whole(column: BlockColumn, n_rows: int) -> Floats:
    return np.concatenate([column.block(k) for k in range(-(-n_rows // BLOCK_ROWS))])


def _standardised(
    numbers: NDArray[np.floating],
    at: NDArray[np.integer],
    weight: float,
    counts: NDArray[np.int64] | None = None,
) -> Floats:
    """Numbers of mean 0 and this deviation over the places at which they are seen, each as often
    as is counted; 0 where they do not differ.
    """
    if counts is None:
        counts = np.bincount(at, minlength=len(numbers))
    n = max(int(np.cumsum(counts)[-1]), 1)
    centred = numbers - total(counts * numbers.astype(np.float64)) / n
    sd = math.sqrt(total(counts * np.square(centred, dtype=np.float64)) / n)
    return (centred * (weight / sd if sd > _LEAST else 0.0)).astype(np.float32)


def drift_path(its: Drift, counts: NDArray[np.int64], window: Window, stream: Stream) -> Doubles:
    """A drift over the cells of a window, on a scale of its own.

    Parameters
    ----------
    its
        Which.
    counts
        Reference rows in each cell.
    window
        The window.
    stream
        Randomness of a `local` one.

    Returns
    -------
    ndarray
        Shape (N_CELLS,). `gradual`: tanh((m − at) / width) at place m of the window, 0 to 1.
        `seasonal`: cos 2π(y − at) at place y of the year. `step`: 0, and 1 from the first cell on
        that has the share `at` of the rows before it. `local`: normal numbers a week apart, each
        with a correlation of `width` to the one before, and straight lines between.
    """
    middles = (np.arange(N_CELLS) + 0.5) / N_CELLS
    days = (window.end - window.start).days * middles
    match its.kind:
        case "gradual":
            return tanhs((middles - its.at) / its.width)
        case "seasonal":
            of_year = (window.start - window.start.replace(month=1, day=1)).days
            return cosines((days + of_year) / _YEAR_DAYS - its.at)
        case "step":
            before = np.cumsum(counts) - counts
            return np.where(before >= its.at * int(np.cumsum(counts)[-1]), 1.0, 0.0)
        case _:
            weeks = days / _WEEK_DAYS
            steps = stream.generator().standard_normal(int(weeks[-1]) + 2)
            steps[1:] *= math.sqrt(1.0 - its.width * its.width)
            path, week = filtered(steps, its.width), weeks.astype(np.intp)
            left = path.take(week)
            return left + (weeks - week) * (path.take(week + 1) - left)
