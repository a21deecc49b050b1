"""What every foreign key has, whatever its form.

A form says how the rows of a table refer to those of another, or to earlier ones of their own:
each is a subclass with the fields that only it needs, in a module of `forms`. What other rooms
must know of a form they ask of the record, never of its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar, Literal, NamedTuple

from pydantic import Field

from plurel_cli.prose import quoted
from plurel_cli.schema.block_model import BlockModel
from plurel_cli.schema.column import Column, ColumnType
from plurel_cli.schema.record import Record
from plurel_cli.schema.stages import StageName


class KeySite(NamedTuple):
    """Where a foreign key is, for what is told of it.

    Attributes
    ----------
    child
        The table that it is of.
    n_children, n_parents
        Rows of that table, and of the one that it refers to.
    is_timed
        Whether the rows of that table have times.
    coupled
        Other foreign keys of that table that may share a point with it.
    """

    child: str
    n_children: int
    n_parents: int
    is_timed: bool
    coupled: tuple[str, ...] = ()


class ForeignKey(Column):
    """What every foreign key has."""

    role: Literal["foreign_key"] = Field(
        default="foreign_key", description="What the column is for."
    )
    type: ColumnType = Field(default="int64", description="Type in the Parquet file.")
    stage: StageName = Field(default="fk", description="Stage that fills it.")
    references: str = Field(description="The table referred to, by its primary key.")
    ordinal: int = Field(
        default=0,
        ge=0,
        description="Which one this is among the table's keys to the same parent. With the "
        "tables' ids, its permanent identity.",
    )
    form: str = Field(description="How rows refer to those of the other table.")

    stages: ClassVar[tuple[StageName, ...]] = ("fk",)

    to_self: ClassVar[bool] = False
    """Whether it refers to its own table, and then to earlier rows alone."""

    by_default: ClassVar[bool] = False
    """Whether a key to its own table, or else one to another, is of this form unless said."""

    first_only: ClassVar[bool] = False
    """Whether only the first key of a table may be of this form."""

    one_child: ClassVar[bool] = False
    """Whether a parent has at most one child; keys then rise from row to row."""

    takes_times: ClassVar[bool] = False
    """Whether rows take the times of those they refer to, where these have times."""

    draws_counts: ClassVar[bool] = False
    """Whether each parent draws how many rows refer to it, from which the row count follows."""

    in_pairs: ClassVar[bool] = False
    """Whether it may be one of the two keys of a junction."""

    words: ClassVar[tuple[str, ...]] = ()
    """What a reader of an overview is told of the form."""

    @classmethod
    def rows(cls, n_parents: int, draw: Callable[[str], float]) -> int | None:
        """Row count of a table whose first key is of this form.

        Parameters
        ----------
        n_parents
            Rows of the table referred to.
        draw
            Draws a setting of `schema.forms` for the table, by its name without that of the form.

        Returns
        -------
        int or None
            None where the table has a row count of its own.
        """
        return None

    @property
    def types(self) -> tuple[str, tuple[ColumnType, ...]]:
        """Those of a primary key."""
        return self.role, ("int64",)

    @property
    def is_drawn(self) -> bool:
        """Whether all that its rows are drawn from is recorded."""
        return True

    @property
    def blocks(self) -> BlockModel | None:
        """The blocks it was drawn from, if it was."""
        return None

    @property
    def shape(self) -> Record | None:
        """What it was drawn from besides blocks, if anything."""
        return None

    @property
    def keeps_to_time(self) -> bool:
        """Whether rows refer only to parents that exist by their time."""
        return False

    @property
    def is_at_once(self) -> bool:
        """Whether all rows with one reference have one time."""
        return False

    def without_time(self) -> ForeignKey:
        """The key as it is where it does not keep to time."""
        return self

    def with_all_parents(self) -> ForeignKey:
        """The key as it is where no parent is left without children on purpose."""
        return self

    def sentences(self, site: KeySite) -> Iterator[str]:
        """What is told of how its rows refer, a sentence each.

        Parameters
        ----------
        site
            Where it is.

        Yields
        ------
        str
        """
        yield f"Refers to {quoted(self.references)}."
