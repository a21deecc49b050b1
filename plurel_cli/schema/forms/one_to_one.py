"""At most one child a parent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar, Literal

from pydantic import Field

from plurel_cli.numerics.shares import floor_share
from plurel_cli.prose import percent, quoted
from plurel_cli.schema.foreign_key import ForeignKey, KeySite
from plurel_cli.schema.forms import forms


@forms.named("one_to_one")
class OneToOneKey(ForeignKey):
    """A foreign key with at most one child a parent."""

    form: Literal["one_to_one"] = Field(
        default="one_to_one", description="How rows refer to those of the other table."
    )

    first_only: ClassVar[bool] = True
    one_child: ClassVar[bool] = True
    takes_times: ClassVar[bool] = True
    words: ClassVar[tuple[str, ...]] = ("one-to-one",)

    @classmethod
    def rows(cls, n_parents: int, draw: Callable[[str], float]) -> int:
        """The share of parents that have a child.

        Parameters
        ----------
        n_parents
            Rows of the table referred to.
        draw
            Draws a setting of `schema.forms` for the table.

        Returns
        -------
        int
            At least 1.
        """
        return max(1, floor_share(draw("share"), n_parents))

    def sentences(self, site: KeySite) -> Iterator[str]:
        """How many rows of the other table have one."""
        parent = quoted(self.references)
        some = (
            "each row"
            if site.n_children >= site.n_parents
            else f"{percent(site.n_children / site.n_parents)} of the rows"
        )
        yield (
            f"Makes {quoted(site.child)} an extension of {parent}: {some} of {parent} have one row "
            "here."
        )
