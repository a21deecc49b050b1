"""Names that people have as users."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from plurel_cli.lenses import lenses
from plurel_cli.lenses.handles import handles
from plurel_cli.lenses.rows import GroupLens, Identity

if TYPE_CHECKING:
    import polars as pl


@lenses.kind
class Username(GroupLens):
    """Names of users, made of the name of the row's person."""

    kind: Literal["username"] = Field(default="username", description="Which lens.")

    can_be_unique: ClassVar[bool] = True

    def block(self, identity: Identity, index: int) -> pl.Series:
        """The handle of each row's person."""
        return handles(identity, self.group, index, unique=self.unique)

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """The letters that there may be."""
        yield (
            "must have small letters, digits, dots and underscores alone",
            ~value.str.contains("^[a-z][a-z0-9._]*$"),
        )
