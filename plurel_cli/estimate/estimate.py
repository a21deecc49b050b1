"""What a database or a corpus will take on this machine, before any of it is made.

Schemas and causal graphs are drawn, of many seeds those of a sample; what they say of the work is
weighed with what work costs. So an estimate takes a second or two, whatever the rows.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from plurel_cli.config.arguments import checked
from plurel_cli.config.given import ConfigLike, as_mixture
from plurel_cli.config.mixture import Mixture
from plurel_cli.errors import PlurelError
from plurel_cli.estimate.amounts import KINDS, Drawn
from plurel_cli.estimate.costs import Costs, costs
from plurel_cli.estimate.machine import slowness
from plurel_cli.estimate.sizes import cells, file_amounts, held_amounts

MOST_SAMPLED = 64
"""Databases of a corpus that are drawn at most."""

_PATIENCE_S = 1.0


@dataclass(frozen=True)
class Estimate:
    """What databases will take.

    Attributes
    ----------
    databases
        How many there are.
    sampled
        How many of them were drawn; tables, rows and cells are exact where all were.
    tables, rows, cells
        Of all databases together.
    bytes
        On the disk.
    memory
        Bytes that making one database takes at the most, the largest of those drawn.
    seconds
        Of one core of this machine, by kind of work: `schema`, `keys`, `times`, `fit`, `values` and
        `writing`.
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
    largest: tuple[str, int]

    @classmethod
    def of(cls, drawn: Drawn, known: Costs) -> _One:
        compression = drawn.output.compression
        in_columns = [
            known.bytes_of(its, compression)
            for table in drawn.schema.tables
            for its in cells(drawn, table)
        ]
        beside = file_amounts(drawn)
        sizes = {table.name: table.rows * len(table.columns) for table in drawn.schema.tables}
        largest = max(sizes, key=lambda name: sizes[name])
        return cls(
            tables=len(drawn.schema.tables),
            rows=drawn.rows,
            cells=drawn.cells,
            bytes=sum(in_columns) + known.beside(beside),
            memory=known.held(held_amounts(drawn)),
            seconds={kind: known.time(kind, drawn.work[kind]) for kind in KINDS},
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
    O(tables + columns) time for each of at most 64 databases, whatever their rows; of more, a
    sample at even steps is drawn, and fewer where that would take over a second. The costs of work
    are those of `plurel_cli/estimate/costs.json`, by what a twentieth of a second of the same work
    takes here.

    Examples
    --------
    >>> taken = estimate({"schema": {"tables": 3}}, seeds=7)
    >>> taken.databases, taken.tables, taken.is_exact
    (1, 3, True)
    """
    mixture = as_mixture(config)
    wanted = range(seeds, seeds + 1) if isinstance(seeds, int) else seeds
    known, ones = costs(), []
    failure: PlurelError | None = None
    began = time.monotonic()
    for seed in _sampled(wanted):
        if ones and time.monotonic() - began > _PATIENCE_S:
            break
        try:
            ones.append(_One.of(Drawn.of(mixture.of(seed).config, seed), known))
        except PlurelError as error:  # of one seed, as a corpus has it
            failure = error
    if failure is not None and not ones:
        raise failure
    return _together(ones, len(wanted), known)


def _sampled(seeds: range) -> list[int]:
    """Seeds to draw, in an order in which the first few are spread as all are."""
    n = min(len(seeds), MOST_SAMPLED)
    chosen = [seeds[k * len(seeds) // n] for k in range(n)]
    bits = max(n - 1, 1).bit_length()
    places = sorted(range(n), key=lambda k: int(f"{k:0{bits}b}"[::-1], 2))
    return [chosen[k] for k in places]


def _together(ones: Sequence[_One], n: int, known: Costs) -> Estimate:
    times = n / len(ones)
    seconds: Counter[str] = Counter()
    for one in ones:
        seconds.update(one.seconds)  # type: ignore[arg-type]
    rate = slowness() / known.slowness
    name, most = max((one.largest for one in ones), key=lambda its: its[1])
    in_all = sum(one.cells for one in ones)
    return Estimate(
        databases=n,
        sampled=len(ones),
        tables=round(sum(one.tables for one in ones) * times),
        rows=round(sum(one.rows for one in ones) * times),
        cells=round(in_all * times),
        bytes=round(sum(one.bytes for one in ones) * times),
        memory=round(max(one.memory for one in ones)),
        seconds={kind: seconds[kind] * times * rate for kind in KINDS},
        largest=(name, most / max(in_all, 1)),
    )
