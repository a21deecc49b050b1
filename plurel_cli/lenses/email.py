"""Addresses of mail, in domains that nobody owns (see `plurel_cli.words.domains`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from plurel_cli.lenses import lenses
from plurel_cli.lenses.handles import handles
from plurel_cli.lenses.hosts import RESERVED, drawn_hosts, firm_hosts
from plurel_cli.lenses.rows import GroupLens, Identity, joined
from plurel_cli.lenses.shared import drawn_firms

if TYPE_CHECKING:
    import polars as pl

SHORT_HOST = "@inbox.example"
"""What stands after the name where an address would be too long."""

SHORTEST = len(SHORT_HOST) + 12
"""Characters that leave room for two letters and ten digits."""


@lenses.kind
class Email(GroupLens):
    """E-mail addresses, made of the name of the row's person."""

    kind: Literal["email"] = Field(default="email", description="Which lens.")
    of_company: bool = Field(
        default=False, description="Whether they are in the domain of the row's company."
    )

    longest: int | None = Field(
        default=None,
        ge=SHORTEST,
        description="Most characters, to which names and domains are cut; null: any number.",
    )

    can_be_unique: ClassVar[bool] = True

    def block(self, identity: Identity, index: int) -> pl.Series:
        """The address of each row's person."""
        name = handles(identity, self.group, index, unique=self.unique, formal=self.of_company)
        if self.of_company:
            host = firm_hosts(drawn_firms(identity, self.group, index), before="@")
        else:
            host = drawn_hosts(identity, self.group, index)
        addresses = joined([name, *host])
        if self.longest is None:
            return addresses
        most = self.longest - len(SHORT_HOST)
        name = handles(
            identity, self.group, index, unique=self.unique, formal=self.of_company, most=most
        )
        fits = addresses.str.len_chars() <= self.longest
        return addresses.zip_with(fits, name + SHORT_HOST)

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """The form, the domain, and the length."""
        if self.longest is not None:
            rule = f"must have {self.longest} characters at most"
            yield rule, value.str.len_chars() > self.longest
        yield (
            "must be an address of mail in a reserved domain",
            ~value.str.contains(rf"^[a-z][a-z0-9._]*@([a-z0-9-]+\.)*{RESERVED}$"),
        )
