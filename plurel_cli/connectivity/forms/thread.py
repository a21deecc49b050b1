"""References of a table to any earlier row of its own, as replies have them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn, block_rows
from plurel_cli.blocks.continued import After
from plurel_cli.config import Config
from plurel_cli.connectivity.forms import Sampler, samplers
from plurel_cli.connectivity.growing import GrowingSite
from plurel_cli.connectivity.shaped import NO_PARENT
from plurel_cli.connectivity.site import Site
from plurel_cli.connectivity.uniforms import block_uniforms
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.forms.thread import ThreadHabits, ThreadKey
from plurel_cli.temporal.clock import Clock


@samplers.named("thread")
class ThreadSampler(Sampler):
    """Draws keys to any earlier row of the own table."""

    @staticmethod
    def planned(site: Site, config: Config) -> ForeignKey:
        """The key with its habits."""
        settings = site.settings(config)
        stream = site.alike(site.stream.child("habits"), settings.alike)
        habits = ThreadHabits(
            root=settings.thread.root.draw(stream.child("root").draws()),
            recency=settings.thread.recency.draw(stream.child("recency").draws()),
        )
        return site.key.but(habits=habits)

    @staticmethod
    def keys(site: Site, clock: Clock) -> BlockColumn:
        """The keys of all rows."""
        key = site.key
        assert isinstance(key, ThreadKey)  # noqa: S101 (each form has a sampler of its own)
        assert key.habits is not None  # noqa: S101 (planned before)
        stream = site.stream.child("keys")
        return ThreadKeys(site.table.rows, key.habits.root, key.habits.recency, stream)

    @staticmethod
    def grown(growing: GrowingSite) -> BlockColumn:
        """The keys of the new rows: those that a larger table has."""
        keys = ThreadSampler.keys(growing.whole, growing.clock)
        return After(keys, growing.n_former, growing.site.table.rows)


class ThreadKeys:
    """Each row refers to an earlier one, or to none.

    Parameters
    ----------
    n_rows
        Rows of the table.
    root
        Share of rows that refer to none; the first row always does.
    recency
        The parent is the latest of so many rows drawn from the earlier ones: below row k of r
        with probability (k / r) to that power.
    stream
        Randomness of this foreign key's rows alone.
    """

    def __init__(self, n_rows: int, root: float, recency: int, stream: Stream) -> None:
        self._n_rows, self._root, self._recency = n_rows, root, recency
        self._stream = stream

    def block(self, index: int) -> NDArray[np.int64]:
        """Keys of one block of rows, int64; `NO_PARENT` for null."""
        start, stop = block_rows(index, self._n_rows)
        n = stop - start
        place = block_uniforms(self._stream.child("place", 0), index, n)
        for draw in range(1, self._recency):
            np.maximum(
                place, block_uniforms(self._stream.child("place", draw), index, n), out=place
            )
        rows = np.arange(start, stop)
        keys = np.minimum((place * rows).astype(np.int64), rows - 1)  # row 0: −1
        is_root = block_uniforms(self._stream.child("root"), index, n) < self._root
        keys[is_root] = NO_PARENT
        return keys
