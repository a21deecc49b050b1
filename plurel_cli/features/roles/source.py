"""A source: its values are drawn from a distribution of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.blocks.column import block_rows
from plurel_cli.config.scm import SERIES
from plurel_cli.features.encoders import Floats
from plurel_cli.features.nodes import Blocks
from plurel_cli.features.roles import roles
from plurel_cli.features.roles.node import NodeSite, NodeVariable
from plurel_cli.features.sources import Sampler, sources
from plurel_cli.numerics.stream import Stream
from plurel_cli.prose import article, spaced
from plurel_cli.schema.variable import Naming, Variable
from plurel_cli.temporal.series import series_column


@roles.kind
class SourceNode(NodeVariable):
    """Drawn from a distribution of its own."""

    is_replaceable: ClassVar[bool] = True
    is_linked: ClassVar[bool] = False

    role: Literal["source"] = Field(default="source", description="What it is.")
    source: str = Field(description="What draws the values.")

    @property
    def draw(self) -> str:
        """The source."""
        return self.source

    def words(self, table: str, name: Callable[[Variable], str]) -> str:
        """What draws it, in words."""
        return self.source

    def told(self, words: str, causes: Sequence[str]) -> str:
        """What draws it."""
        return f"source: {words}"

    def model(self, site: NodeSite) -> tuple[SourceNode, Blocks]:
        """Draw the distribution."""
        kind = np.int32 if site.is_category else np.float32
        rows, stream = site.table.rows, site.stream
        if self.source == SERIES:
            categories = self.categories if site.is_category else None
            series = stream.child("series")
            column = series_column(site.series, site.table.kind, rows, categories, series)
            return self, Blocks(column, kind)
        if site.is_category:
            p = stream.generator().dirichlet(np.ones(self.categories or 2))
            return self, Blocks(_RowCategories(p, rows, stream.child("rows")), kind)
        sampler = sources[self.source].function(stream.generator(), site.series)
        return self, Blocks(_Independent(sampler, rows, stream.child("rows")), kind)

    def phrase(self, table: str, names: Naming, causes: Sequence[str]) -> str:
        """What draws it."""
        if self.source == SERIES:
            return "a series of its own, in which each row hangs on those before it"
        return f"{article(spaced(self.source))} source of its own"


class _Independent:
    """Numbers drawn row by row."""

    def __init__(self, sampler: Sampler, n_rows: int, stream: Stream) -> None:
        self._sampler, self._n_rows, self._stream = sampler, n_rows, stream

    def block(self, index: int) -> Floats:
        first, last = block_rows(index, self._n_rows)
        return self._sampler(self._stream.generator(index), last - first)


class _RowCategories:
    """Categories drawn row by row, by a probability each."""

    def __init__(self, p: NDArray[np.float64], n_rows: int, stream: Stream) -> None:
        self._bounds = np.cumsum(p)[:-1]
        self._n_rows, self._stream = n_rows, stream

    def block(self, index: int) -> NDArray[np.int32]:
        first, last = block_rows(index, self._n_rows)
        points = self._stream.generator(index).random(last - first)
        return self._bounds.searchsorted(points, side="right").astype(np.int32)
