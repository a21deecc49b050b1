"""Sentences made of templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from plurel_cli.lenses import LensType, lenses
from plurel_cli.lenses.others import OthersLens, Seen
from plurel_cli.lenses.templates import Doubles, Template, parsed
from plurel_cli.schema.record import remembered

if TYPE_CHECKING:
    import polars as pl

MOST = 1_000
"""Templates that there may be."""


@lenses.kind
class Text(OthersLens):
    """Sentences whose words depend on the row: templates filled with its columns."""

    kind: Literal["text"] = Field(default="text", description="Which lens.")
    templates: tuple[str, ...] = Field(
        strict=False, description="Templates, each as likely: `{name}` is what a column says."
    )
    more: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="Probability that another template follows, and after it a third, and so on.",
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

    def block(self, seen: Seen) -> pl.Series:
        """A template a row, filled, and others after it where more is said."""
        import polars as pl

        generator = seen.stream.generator(seen.index)
        chance = generator.random(seen.n)
        first = (generator.random(seen.n) * len(self._parsed)).astype(np.int64)
        rows = np.arange(seen.n)
        lacks = self._lacks(seen)
        which = _free(first, rows, lacks)
        text = self._filled(seen, rows, which, chance)
        if self.more == 0.0 or len(self._parsed) == 1:
            return text
        says_more, least = generator.random(seen.n), 1.0
        for _ in range(len(self._parsed) - 1):
            lacks[which, rows] = True
            least *= self.more
            goes_on = (says_more[rows] < least) & ~lacks[:, rows].all(axis=0)
            rows = rows[goes_on]
            if rows.size == 0:
                break
            which = _free((which[goes_on] + 1) % len(self._parsed), rows, lacks)
            further = self._filled(seen, rows, which, generator.random(seen.n))
            longer = pl.select(pl.concat_str(text.gather(rows), further, separator=" ")).to_series()
            text = text.scatter(rows, longer)
        return text

    def _lacks(self, seen: Seen) -> NDArray[np.bool_]:
        """Where a template, by row of the result, would have to insert what is null."""
        lacks = np.zeros((len(self._parsed), seen.n), dtype=np.bool_)
        for k, template in enumerate(self._parsed):
            for name in template.inserted:
                series = seen.series(name)
                if series.null_count():
                    lacks[k] |= series.is_null().to_numpy()
        return lacks

    def _filled(
        self, seen: Seen, rows: NDArray[np.int64], which: NDArray[np.int64], chance: Doubles
    ) -> pl.Series:
        """A template for each of some rows, filled."""
        import polars as pl

        order = which.argsort(kind="stable")
        ends = which.take(order).searchsorted(np.arange(len(self._parsed) + 1))
        parts = [
            template.filled(seen, rows[order[begin:end]], chance)
            for template, begin, end in zip(self._parsed, ends[:-1], ends[1:], strict=True)
            if begin < end
        ]
        together = pl.concat(parts) if parts else pl.Series([], dtype=pl.String)
        back = np.empty(rows.size, dtype=np.int64)
        back[order] = np.arange(rows.size)
        return together.gather(back)


def _free(
    which: NDArray[np.int64], rows: NDArray[np.int64], lacks: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The template of each row, or the next one that it does not lack, if there is any."""
    for _ in lacks if lacks.any() else ():
        which = np.where(lacks[which, rows], (which + 1) % len(lacks), which)
    return which
