"""Names of companies."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from plurel_cli.lenses import lenses
from plurel_cli.lenses.firms import ends, firm_names, nouns, stems
from plurel_cli.lenses.rows import GroupLens, Identity, gathered, joined
from plurel_cli.lenses.shared import drawn_firms

if TYPE_CHECKING:
    import polars as pl


@lenses.kind
class Company(GroupLens):
    """Invented names of companies, such as there are in the row's country."""

    kind: Literal["company"] = Field(default="company", description="Which lens.")
    form: bool = Field(
        default=True, description="Whether they end with the form of company, as in GmbH."
    )

    def block(self, identity: Identity, index: int) -> pl.Series:
        """The name of each row's company."""
        names = firm_names(drawn_firms(identity, self.group, index))
        stem, noun, end = _tables()
        parts = [gathered(stem, names.stem), gathered(noun, names.noun)]
        return joined([*parts, gathered(end, names.end)] if self.form else parts)

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """Letters, and what there is between them."""
        yield "must be the name of a company", ~value.str.contains(r"^\p{L}[\p{L} .,&/()'’-]*$")


@lru_cache(1)
def _tables() -> tuple[pl.Series, pl.Series, pl.Series]:
    """What names begin with, what follows, what they end with; with spaces between."""
    import polars as pl

    after_stem, last = (
        pl.Series([f" {word}" if word else "" for word in words]) for words in (nouns(), ends())
    )
    return pl.Series(stems()), after_stem, last
