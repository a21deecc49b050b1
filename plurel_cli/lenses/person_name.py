"""Names of people."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from plurel_cli.lenses import lenses
from plurel_cli.lenses.rows import GroupLens, Identity, gathered, joined
from plurel_cli.lenses.shared import drawn_persons
from plurel_cli.prose import documented
from plurel_cli.words.people import people

if TYPE_CHECKING:
    import polars as pl


@lenses.kind
class PersonName(GroupLens):
    """Names of people, such as there are in the row's country."""

    kind: Literal["person_name"] = Field(default="person_name", description="Which lens.")
    style: Literal["full", "first", "last"] = Field(
        default="full", description="Both names, or which of them."
    )

    @property
    def phrase(self) -> str:
        """Which names."""
        which = {"full": "full", "first": "first", "last": "family"}[self.style]
        return f"{which} {documented(type(self))}"

    def block(self, identity: Identity, index: int) -> pl.Series:
        """The name of each row's person."""
        persons = drawn_persons(identity, self.group, index)
        given, before_family, family = _tables()
        match self.style:
            case "full":
                return joined(
                    [gathered(before_family, persons.given), gathered(family, persons.family)]
                )
            case "first":
                return gathered(given, persons.given)
            case "last":
                return gathered(family, persons.family)

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """Letters, and what there is between them."""
        yield "must be the name of a person", ~value.str.contains(r"^\p{L}[\p{L} .'’-]*$")


@lru_cache(1)
def _tables() -> tuple[pl.Series, pl.Series, pl.Series]:
    """Given names, by themselves and before a family name, and family names."""
    import polars as pl

    given = pl.Series(people().given)
    return given, given + " ", pl.Series(people().family)
