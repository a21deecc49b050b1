"""What a unit of each work costs, and a cell of each sort: measured once, and kept in a file.

`benchmarks/costs.py` writes `costs.json`, and `benchmarks/task_costs.py` what tasks cost to a file
of its own; what compiled functions save is in a third. Seconds are those of one core of the machine
that measured them, by its `slowness`; another machine's are in the ratio of the two.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from plurel_cli.effort.node_amounts import Amounts
from plurel_cli.effort.sizes import CellSizes


@dataclass(frozen=True)
class CompiledCosts:
    """What compiled functions cost and save.

    Attributes
    ----------
    loading
        Seconds that loading them takes, once a process.
    memory
        Bytes that they take, and what loads them.
    shares
        Their share of the seconds of numpy's functions, by unit of work; elsewhere it is 1.
    """

    loading: float
    memory: float
    shares: Mapping[str, float]


@dataclass(frozen=True)
class Costs:
    """Costs of work.

    Attributes
    ----------
    slowness
        Of the machine that measured them.
    seconds
        Of each unit of work, by kind of work.
    size
        Bytes a cell, bytes a cell and bit, and bytes a column, by sort of column and by the first
        word of the sort, for those that were not measured.
    compression
        Factors on the bytes of columns, by compression and first word of the sort.
    files
        Bytes of a file beside its columns, and of `schema.json` beside what is drawn.
    memory
        Bytes of memory a unit.
    compiled
        What compiled functions take of those seconds, by unit of work, and what loading them takes.
    """

    slowness: float
    seconds: Mapping[str, Mapping[str, float]]
    size: Mapping[str, tuple[float, float, float]]
    compression: Mapping[str, Mapping[str, float]]
    files: Mapping[str, float]
    memory: Mapping[str, float]
    compiled: CompiledCosts

    def time(self, kind: str, amounts: Amounts, *, compiled: bool = False) -> float:
        """Seconds of one core, for some work of a kind.

        Parameters
        ----------
        kind
            Of work.
        amounts
            How much of it.
        compiled
            Whether with compiled functions.

        Returns
        -------
        float
            Seconds.
        """
        costs = self.seconds[kind]
        shares = self.compiled.shares if compiled else {}
        return sum(
            costs.get(name, 0.0) * shares.get(name, 1.0) * amount
            for name, amount in amounts.items()
        )

    def bytes_of(self, cells: CellSizes, compression: str) -> float:
        """Bytes of a column in a file.

        Parameters
        ----------
        cells
            The column.
        compression
            Of the file.

        Returns
        -------
        float
            Of all cells, and what the column takes beside them.
        """
        word = cells.sort.partition("_")[0]
        a_cell, a_bit, a_column = self.size.get(cells.sort) or self.size[word]
        n_bytes = cells.rows * (a_cell + a_bit * cells.bits) + a_column
        return n_bytes * self.compression.get(compression, {}).get(word, 1.0)

    def beside(self, amounts: Amounts) -> float:
        """Bytes of the files of a database beside their columns.

        Parameters
        ----------
        amounts
            What they follow from.
        """
        return self.files.get("schema", 0.0) + sum(
            self.files.get(name, 0.0) * amount for name, amount in amounts.items()
        )

    def held(self, amounts: Amounts) -> float:
        """Bytes of memory at the most.

        Parameters
        ----------
        amounts
            What is held.
        """
        return sum(self.memory.get(name, 0.0) * amount for name, amount in amounts.items())


@cache
def costs() -> Costs:
    """Those of this release."""
    raw, of_tasks = _read("costs.json"), _read("task_costs.json")
    pace = raw["slowness"] / of_tasks["slowness"]
    raw["seconds"]["tasks"] = {name: pace * cost for name, cost in of_tasks["seconds"].items()}
    for kind in ("files", "memory"):
        raw[kind] |= of_tasks[kind]
    size = {sort: tuple(numbers) for sort, numbers in raw.pop("size").items()}
    raw.pop("measured")
    return Costs(size=size, compiled=CompiledCosts(**_read("compiled_costs.json")), **raw)


def _read(name: str) -> dict[str, Any]:
    text = files("plurel_cli.effort").joinpath(name).read_text("utf-8")
    costs_of_file: dict[str, Any] = json.loads(text)
    return costs_of_file
