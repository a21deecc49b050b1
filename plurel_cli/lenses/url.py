"""Addresses of the web, in domains that nobody owns (see `plurel_cli.words.domains`)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from plurel_cli.lenses import lenses
from plurel_cli.lenses.hosts import RESERVED, firm_hosts
from plurel_cli.lenses.rows import GroupLens, Identity, bits, gathered, joined, permuted, row_words
from plurel_cli.lenses.shared import drawn_firms

if TYPE_CHECKING:
    import polars as pl

PAGES = ("item", "products", "articles", "news", "p", "posts", "catalogue", "view")


@lenses.kind
class Url(GroupLens):
    """Addresses of web sites, or of pages in them, of the row's company."""

    kind: Literal["url"] = Field(default="url", description="Which lens.")
    page: bool = Field(
        default=False,
        description="Whether they are of a page, with a number, rather than of a site; unique ones "
        "always are.",
    )

    can_be_unique: ClassVar[bool] = True

    def block(self, identity: Identity, index: int) -> pl.Series:
        """The address of each row."""
        import polars as pl

        host = firm_hosts(drawn_firms(identity, self.group, index), before="https://www.")
        if not (self.page or self.unique):
            return joined(host)
        words = row_words(identity, index)
        number = 1 + (
            permuted(identity, index, identity.stream.child("order"))
            if self.unique
            else bits(words, 16, 20)
        )
        folder = gathered(_folders(), bits(words, 0, 3))
        return joined([*host, folder, pl.Series(number).cast(pl.String)])

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """The form, and the domain."""
        yield (
            "must be an address of the web in a reserved domain",
            ~value.str.contains(rf"^https://www\.([a-z0-9-]+\.)*{RESERVED}(/[a-z]+/[0-9]+)?$"),
        )


@lru_cache(1)
def _folders() -> pl.Series:
    import polars as pl

    return pl.Series([f"/{page}/" for page in PAGES])
