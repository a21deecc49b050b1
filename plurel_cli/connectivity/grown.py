"""The keys of a database that has grown: those that there were, and those of the rows that came.

New rows are drawn as the first ones were, among all parents that are there by then, old and new. A
row that its parent makes has a new one, as has the only row of a parent, and one without a time. No
new pair of a junction is one that there was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn, RowIndex
from plurel_cli.blocks.continued import Continued, Placed
from plurel_cli.blocks.frames import whole_column
from plurel_cli.blocks.kept import KeptBlocks
from plurel_cli.connectivity.checked import CheckedKeys
from plurel_cli.connectivity.forms import sampler_of
from plurel_cli.connectivity.forms.many import shaped_keys, shaped_keys_among
from plurel_cli.connectivity.growing import GrowingSite
from plurel_cli.connectivity.junction import UniquePairs
from plurel_cli.connectivity.row_order import ReorderedKeys, row_order
from plurel_cli.connectivity.site import Site
from plurel_cli.connectivity.stage import DatabaseKeys
from plurel_cli.errors import UsageError
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.schema.wave import is_of_new_rows, wave_of
from plurel_cli.temporal.grown import GrownClock

Integers = NDArray[np.int64]


class GrownKeys(DatabaseKeys):
    """The keys of all tables of a database that has grown.

    Parameters
    ----------
    schema
        The database.
    clock
        Its times.
    kept
        Where blocks of keys are kept.
    former
        Its keys before it last grew.
    """

    def __init__(
        self, schema: Schema, clock: GrownClock, kept: KeptBlocks, former: DatabaseKeys
    ) -> None:
        super().__init__(schema, clock, kept)
        before = schema.former
        assert before is not None  # noqa: S101 (it has grown)
        self._former, self._before, self._wave = former, before, wave_of(schema)
        self._later = _WaveKeys(schema, self._wave, clock, kept, former)

    def _drawn(self, table: Table, name: str) -> BlockColumn:
        if name == table.primary_key:
            return RowIndex(table.rows)
        before, later = self._before.by_name[table.name], self._wave.by_name[table.name]
        keys = self._former.column(before, name)
        if not later.rows:
            return keys
        made = Placed(self._later.column(later, name), before.rows, table.rows)
        return Continued(keys, made, before.rows)


class _WaveKeys(DatabaseKeys):
    """The keys of the rows that came, counted from 0."""

    def __init__(
        self,
        schema: Schema,
        wave: Schema,
        clock: GrownClock,
        kept: KeptBlocks,
        former: DatabaseKeys,
    ) -> None:
        super().__init__(schema.but(seed=wave.seed), clock.wave, kept)
        self._grown, self._wave, self._former = schema, wave, former
        self._grown_clock = clock

    def _before(self, name: str) -> Table:
        former = self._grown.former
        assert former is not None  # noqa: S101 (it has grown)
        return former.by_name[name]

    def _site(self, table: Table, key: ForeignKey) -> GrowingSite:
        return GrowingSite(
            Site(self._schema, table, key),
            self._grown.seed,
            self._before(table.name).rows,
            self._grown_clock,
        )

    def pairs(self, table: Table) -> UniquePairs:
        """The first two keys of the new rows of a junction."""
        if table.name not in self._pairs:
            keys = [key for key in table.foreign_keys if key.name in (table.unique or ())]
            first, second = (
                shaped_keys(Site(self._wave, table, key), self._clock)
                if is_of_new_rows(self._wave, table, key)
                else shaped_keys_among(self._site(table, key))
                for key in keys
            )
            sizes = (self._parents(table, keys[0]), self._parents(table, keys[1]))
            before = self._before(table.name)
            taken = None
            if not any(is_of_new_rows(self._wave, table, key) for key in keys):
                taken = np.array(
                    [whole_column(self._former.column(before, k.name), before.rows) for k in keys]
                )
            self._pairs[table.name] = UniquePairs(
                (first, second), sizes, table.rows, self._junctions, taken
            )
        return self._pairs[table.name]

    def _parents(self, table: Table, key: ForeignKey) -> int:
        """How many rows a key may refer to."""
        schema = self._wave if is_of_new_rows(self._wave, table, key) else self._grown
        return schema.by_name[key.references].rows

    def _unsorted(self, table: Table, name: str) -> BlockColumn:
        (key,) = (key for key in table.foreign_keys if key.name == name)
        site = self._site(table, key)
        is_of_new = is_of_new_rows(self._wave, table, key)
        keys: BlockColumn
        if table.unique is not None and name in table.unique:
            pairs = self.pairs(table)
            if not pairs.has_room:
                raise _too_full(table)
            keys = pairs.column(table.unique.index(name))
        elif is_of_new:
            keys = sampler_of(key).keys(Site(self._wave, table, key), self._clock)
        else:
            keys = sampler_of(key).grown(site)
        parents = (self._wave if is_of_new else self._grown).by_name[key.references]
        seed = self._wave.seed if is_of_new else self._grown.seed
        order = row_order(seed, parents)
        if order is not None and key.blocks is not None:
            keys = ReorderedKeys(keys, order)
        if is_of_new:
            keys = _AfterThose(keys, self._before(key.references).rows)
        rows = self._grown.by_name[key.references].rows
        return CheckedKeys(keys, rows, nullable=key.nullable, place=site.site.place)


def _too_full(table: Table) -> UsageError:
    rule = f"brings {table.rows} rows to {table.name}, for which too few pairs of parents are left"
    first, second = (
        key.references for key in table.foreign_keys if key.name in (table.unique or ())
    )
    remedy = f"let {first} or {second} grow more"
    return UsageError("--rows", rule, remedy=remedy)


@dataclass(frozen=True)
class _AfterThose:
    """Keys to new rows, which lie after others."""

    keys: BlockColumn
    n_former: int

    def block(self, index: int) -> Integers:
        keys: Integers = self.keys.block(index)
        return np.where(keys < 0, keys, keys + self.n_former)
