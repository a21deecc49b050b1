"""Sentences made of templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from plurel_cli.lenses import LensType, lenses
from plurel_cli.lenses.others import OthersLens, Seen
from plurel_cli.lenses.templates import Template, parsed
from plurel_cli.schema.record import remembered

if TYPE_CHECKING:
    import polars as pl

MOST = 1_000
"""Templates that there may be."""


@lenses.kind
class Text(OthersLens):
    """Sentences whose words hang on the row: templates filled with its columns."""

    kind: Literal["text"] = Field(default="text", description="Which lens.")
    templates: tuple[str, ...] = Field(
        strict=False, description="Templates, each as likely: `{name}` is what a column says."
    )

    @field_validator("templates")
    @classmethod
    def _are_templates(cls, templates: tuple[str, ...]) -> tuple[str, ...]:
        if not 1 <= len(templates) <= MOST:
            raise ValueError(f"must have 1 to {MOST} templates, got {len(templates)}")
        for template in templates:
            parsed(template)
        return templates

    @remembered
    def _parsed(self) -> tuple[Template, ...]:
        return tuple(map(parsed, self.templates))

    @property
    def type(self) -> LensType:
        """Texts."""
        return "string"

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns that templates name."""
        return tuple(dict.fromkeys(name for t in self._parsed for name in t.reads))

    def _without_nulls(self, seen: Seen, which: NDArray[np.int64]) -> NDArray[np.int64]:
        """The template of each row, another one where it would have to insert what is null."""
        lacks = np.zeros((len(self._parsed), seen.n), dtype=np.bool_)
        for k, template in enumerate(self._parsed):
            for name in template.inserted:
                series = seen.series(name)
                if series.null_count():
                    lacks[k] |= series.is_null().to_numpy()
        if lacks.any():
            rows = np.arange(seen.n)
            for _ in self._parsed:
                which = np.where(lacks[which, rows], (which + 1) % len(self._parsed), which)
        return which

    def block(self, seen: Seen) -> pl.Series:
        """A template a row, filled."""
        import polars as pl

        generator = seen.stream.generator(seen.index)
        chance = generator.random(seen.n)
        which = (generator.random(seen.n) * len(self._parsed)).astype(np.int64)
        which = self._without_nulls(seen, which)
        order = which.argsort(kind="stable")
        ends = which.take(order).searchsorted(np.arange(len(self._parsed) + 1))
        parts = [
            template.filled(seen, order[begin:end], chance)
            for template, begin, end in zip(self._parsed, ends[:-1], ends[1:], strict=True)
            if begin < end
        ]
        together = pl.concat(parts) if parts else pl.Series([], dtype=pl.String)
        back = np.empty(seen.n, dtype=np.int64)
        back[order] = np.arange(seen.n)
        return together.gather(back)
