"""Addresses of computers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from plurel_cli.lenses import lenses
from plurel_cli.lenses.rows import Identity, RowLens, bits, gathered, joined, row_words

if TYPE_CHECKING:
    import polars as pl

_SPECIAL = frozenset({0, 10, 100, 127, 169, 172, 192, 198, 203})
"""First numbers below which there are addresses for special purposes."""

_NUMBER = r"(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"

_FORMS = {4: rf"^({_NUMBER}\.){{3}}{_NUMBER}$", 6: "^2001:db8(:[0-9a-f]{1,4}){6}$"}


@lenses.kind
class Ip(RowLens):
    """Internet addresses of computers.

    Notes
    -----
    Those of version 4 are random public ones, those of version 6 are such as are set aside for
    examples (RFC 3849).
    """

    kind: Literal["ip"] = Field(default="ip", description="Which lens.")
    version: Literal[4, 6] = Field(default=4, description="Version of the protocol, 4 or 6.")

    def block(self, identity: Identity, index: int) -> pl.Series:
        """The address of each row."""
        words = row_words(identity, index)
        if self.version == 4:
            first, dotted, last = _tables_of_version_4()
            return joined(
                [
                    gathered(first, bits(words, 0, 16) * len(first) >> 16),
                    gathered(dotted, bits(words, 16, 8)),
                    gathered(dotted, bits(words, 24, 8)),
                    gathered(last, bits(words, 32, 8)),
                ]
            )
        more = identity.stream.child("more").generator(index).words(len(words))
        first, group = _tables_of_version_6()
        return joined(
            [
                gathered(first, bits(words, 0, 16)),
                *(gathered(group, bits(words, low, 16)) for low in (16, 32, 48)),
                *(gathered(group, bits(more, low, 16)) for low in (0, 16)),
            ]
        )

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """The form."""
        rule = f"must be an address of version {self.version} of the internet protocol"
        yield rule, ~value.str.contains(_FORMS[self.version])


@lru_cache(1)
def _tables_of_version_4() -> tuple[pl.Series, pl.Series, pl.Series]:
    """First numbers, with a dot; all numbers, with a dot and without."""
    import polars as pl

    first = [f"{k}." for k in range(224) if k not in _SPECIAL]
    numbers = pl.Series([str(k) for k in range(256)])
    return pl.Series(first), numbers + ".", numbers


@lru_cache(1)
def _tables_of_version_6() -> tuple[pl.Series, pl.Series]:
    """The prefix and a group; a group. None is 0: those would be left out of the address."""
    import polars as pl

    group = pl.Series([f":{k or 1:x}" for k in range(1 << 16)])
    return "2001:db8" + group, group
