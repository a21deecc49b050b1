"""What a database or a corpus will take on this machine, before any of it is made.

Schemas and causal graphs are drawn, of many seeds those of a sample; what they say of the work is
weighed with what work costs. So an estimate takes a second or two, whatever the rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

from plurel_cli import compiled
from plurel_cli.config.arguments import checked
from plurel_cli.config.given import ConfigLike, as_mixture
from plurel_cli.config.mixture import Mixture
from plurel_cli.effort.amounts import KINDS, work_of
from plurel_cli.effort.costs import CompiledCosts, Costs, costs
from plurel_cli.effort.drawn import DrawnDatabase
from plurel_cli.effort.machine import slowness
from plurel_cli.effort.sizes import cells, file_amounts, held_amounts
from plurel_cli.effort.task_amounts import task_files, task_memory
from plurel_cli.errors import PlurelError
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sample import sample_schema

_Item = TypeVar("_Item")

MOST_SAMPLED = 256
"""Databases of a corpus whose tables are drawn at most."""

LEAST_SAMPLED = 8
"""Databases of a corpus that are drawn at least."""

_PATIENCE_S = 0.4


@dataclass(frozen=True)
class Estimate:
    """What databases will take.

    Attributes
    ----------
    databases
        How many there are.
    sampled
        Of how many the tables were drawn; tables, rows and cells are exact where all were.
    tables, rows, cells
        Of all databases together.
    bytes
        On the disk.
    memory
        Bytes that making one database takes at the most, the largest of those drawn.
    seconds
        Of one core of this machine, by kind of work: `schema`, `keys`, `times`, `fit`, `values`,
        `writing` and `tasks`.
    largest
        Table of the most cells in those drawn, and its share of their cells.
    """

    databases: int
    sampled: int
    tables: int
    rows: int
    cells: int
    bytes: int
    memory: int
    seconds: dict[str, float]
    largest: tuple[str, float]

    @property
    def total_s(self) -> float:
        """Seconds of one core."""
        return sum(self.seconds.values())

    @property
    def is_exact(self) -> bool:
        """Whether tables, rows and cells are those that there will be."""
        return self.sampled == self.databases

    @property
    def dominant(self) -> str:
        """The kind of work that takes longest."""
        return max(self.seconds, key=lambda kind: self.seconds[kind])

    def part(self, share: float) -> Estimate:
        """Of a run that makes so large a share of it."""
        return replace(
            self,
            bytes=round(self.bytes * share),
            rows=round(self.rows * share),
            cells=round(self.cells * share),
            seconds={kind: seconds * share for kind, seconds in self.seconds.items()},
        )

    def at(self, ms: float) -> Estimate:
        """Of the machine whose costs are kept, what it is on one of another slowness, in ms."""
        pace = ms / costs().slowness
        return replace(self, seconds={kind: pace * s for kind, s in self.seconds.items()})

    def left_s(self, elapsed_s: float, rows: int) -> float:
        """Seconds that a run has yet to take, at the pace at which it has gone so far.

        Parameters
        ----------
        elapsed_s
            Seconds since it began.
        rows
            Rows that it has made.

        Returns
        -------
        float
            Seconds.

        Notes
        -----
        The plan and the fit precede all rows, tasks follow them, and one row is taken to be as much
        work as another.

        Examples
        --------
        >>> work = {"fit": 2.0, "values": 8.0}
        >>> taken = Estimate(1, 1, 1, 100, 100, 0, 0, work, ("table", 1.0))
        >>> round(taken.left_s(elapsed_s=6.0, rows=50), 6)
        4.0
        """
        first_s = sum(self.seconds.get(kind, 0.0) for kind in ("schema", "fit"))
        first = first_s / max(self.total_s, 1e-9)
        last = self.seconds.get("tasks", 0.0) / max(self.total_s, 1e-9)
        done = first + (1.0 - first - last) * min(rows / max(self.rows, 1), 1.0)
        return elapsed_s * (1.0 - done) / max(done, 1e-9)

    def as_dict(self) -> dict[str, Any]:
        """The estimate as plain data, with what follows from it."""
        return asdict(self) | {"total_s": self.total_s, "dominant": self.dominant}


@dataclass(frozen=True)
class _One:
    """What one database takes, in seconds of the machine whose costs are kept."""

    tables: int
    rows: int
    cells: int
    bytes: float
    memory: float
    seconds: dict[str, float]
    compiled: dict[str, float]
    largest: tuple[str, int]

    @classmethod
    def of(cls, drawn: DrawnDatabase, known: Costs) -> _One:
        compression = drawn.output.compression
        in_columns = [
            known.bytes_of(sizes, compression)
            for table in drawn.schema.tables
            for sizes in cells(drawn, table)
        ]
        beside, work = file_amounts(drawn) + task_files(drawn), work_of(drawn)
        sizes = {table.name: table.rows * len(table.columns) for table in drawn.schema.tables}
        largest = max(sizes, key=lambda name: sizes[name])
        return cls(
            tables=len(drawn.schema.tables),
            rows=drawn.rows,
            cells=drawn.cells,
            bytes=sum(in_columns) + known.beside(beside),
            memory=max(known.held(held_amounts(drawn)), known.held(task_memory(drawn))),
            seconds={kind: known.time(kind, work[kind]) for kind in KINDS},
            compiled={kind: known.time(kind, work[kind], compiled=True) for kind in KINDS},
            largest=(largest, sizes[largest]),
        )


@checked
def estimate(config: ConfigLike | Mixture = None, seeds: int | range = 0) -> Estimate:
    """What a database, or many, will take on this machine.

    Parameters
    ----------
    config
        What to draw from, as in `generate`, or a mixture of configs or its file.
    seeds
        Seed of the database, or those of many.

    Returns
    -------
    Estimate

    Raises
    ------
    ConfigError
        If the config cannot be used.
    UsageError
        If a seed is out of range.

    Notes
    -----
    O(tables + columns) time for each of at most 256 databases, whatever their rows: at even steps
    of the seeds, and of as many as take less than half a second but no fewer than 8. Of fewer
    still the causal graphs are drawn, and their time and bytes a cell stand for all. The costs of
    work are those of `plurel_cli/effort/costs.json`, by what a twentieth of a second of the same
    work takes here; with what compiled functions save and take, if they will be loaded.

    Examples
    --------
    >>> taken = estimate({"schema": {"tables": 3}}, seeds=7)
    >>> taken.databases, taken.tables, taken.is_exact
    (1, 3, True)
    """
    return on_machine(config, seeds, slowness())


def on_machine(
    config: ConfigLike | Mixture,
    seeds: int | range,
    ms: float | None,
    most: int = MOST_SAMPLED,
) -> Estimate:
    """What a database, or many, will take on a machine of which the slowness is known.

    Parameters
    ----------
    config, seeds
        As in `estimate`.
    ms
        Its slowness; by default that of the machine whose costs are kept.
    most
        Databases to draw at most.

    Returns
    -------
    Estimate
    """
    mixture = as_mixture(config)
    wanted = range(seeds, seeds + 1) if isinstance(seeds, int) else seeds
    chosen, known = _sampled(wanted)[:most], costs()
    drawn: dict[int, Schema] = {}

    def one(seed: int) -> _One:
        database = DrawnDatabase.of(mixture.of(seed).config, seed)
        drawn[seed] = database.schema
        return _One.of(database, known)

    def schema(seed: int) -> Schema:
        return drawn.get(seed) or sample_schema(mixture.of(seed).config, seed)

    ones = _as_many_as_wanted(chosen, one)
    schemas = _as_many_as_wanted(chosen, schema)
    taken = _together(schemas, ones, len(wanted))
    tables = [table for each in schemas for table in each.tables]
    n_features = sum(table.rows * len(table.features) for table in tables)
    n_keys = sum(table.rows * len(table.foreign_keys) for table in tables)
    many = len(wanted) / len(schemas)
    if compiled.is_expected(int(n_features * many), int(n_keys * many)):
        sooner = [replace(each, seconds=each.compiled) for each in ones]
        taken = _with_loading(_together(schemas, sooner, len(wanted)), known.compiled)
    return taken if ms is None else taken.at(ms)


def _with_loading(taken: Estimate, costs: CompiledCosts) -> Estimate:
    """An estimate with what loading compiled functions takes."""
    seconds = taken.seconds | {"fit": taken.seconds["fit"] + costs.loading}
    return replace(taken, memory=taken.memory + round(costs.memory), seconds=seconds)


def _as_many_as_wanted(seeds: Sequence[int], draw: Callable[[int], _Item]) -> list[_Item]:
    """What is drawn for some seeds, until it has taken long enough."""
    items: list[_Item] = []
    failure: PlurelError | None = None
    began = time.thread_time()
    for seed in seeds:
        if len(items) >= LEAST_SAMPLED and time.thread_time() - began > _PATIENCE_S:
            break
        try:
            items.append(draw(seed))
        except PlurelError as error:  # of one seed, which a corpus lists as failed
            failure = error
    if failure is not None and not items:
        raise failure
    return items


def _sampled(seeds: range) -> list[int]:
    """Seeds to draw, in an order in which the first few are spread as all are."""
    n = min(len(seeds), MOST_SAMPLED)
    chosen = [seeds[k * len(seeds) // n] for k in range(n)]
    bits = max(n - 1, 1).bit_length()
    places = sorted(range(n), key=lambda k: int(f"{k:0{bits}b}"[::-1], 2))
    return [chosen[k] for k in places]


def _together(schemas: Sequence[Schema], ones: Sequence[_One], n: int) -> Estimate:
    times = n / len(schemas)
    tables = [table for schema in schemas for table in schema.tables]
    n_cells = sum(table.rows * len(table.columns) for table in tables) * times
    in_ones = max(sum(one.cells for one in ones), 1)
    share = n_cells / in_ones
    name, most = max((one.largest for one in ones), key=lambda table: table[1])
    return Estimate(
        databases=n,
        sampled=len(schemas),
        tables=round(len(tables) * times),
        rows=round(sum(table.rows for table in tables) * times),
        cells=round(n_cells),
        bytes=round(sum(one.bytes for one in ones) * share),
        memory=round(max(one.memory for one in ones)),
        seconds={kind: sum(one.seconds[kind] for one in ones) * share for kind in KINDS},
        largest=(name, most / in_ones),
    )
