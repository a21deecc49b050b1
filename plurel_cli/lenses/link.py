"""Rows of any table, by their primary key: references that no order of the tables could have.

They may be to some rows alone, those for which a formula holds, each to a row of the table that
another column names, or to the one that a row referred to refers to in turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from plurel_cli.formulas.parse import parsed
from plurel_cli.lenses import LensType, lenses
from plurel_cli.lenses.others import OthersLens, Seen
from plurel_cli.numerics.permutation import permuted_within
from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.prose import quoted

if TYPE_CHECKING:
    import polars as pl


@lenses.kind
class Link(OthersLens):
    """A row of a table, by its primary key, whichever table that is: for references in a circle."""

    kind: Literal["link"] = Field(default="link", description="Which lens.")
    unique: bool = Field(default=False, description="Whether no two rows have the same value.")
    to: str | None = Field(
        default=None, description="The table, which may be one that refers to this one."
    )
    where: str | None = Field(
        default=None,
        min_length=1,
        max_length=1000,
        description="Which of its rows: a formula of its columns that holds for them.",
    )
    through: str | None = Field(
        default=None,
        description="A foreign key of a row that the row refers to, as `order_id.customer_id`: the "
        "row is the same.",
    )
    by: str | None = Field(
        default=None, description="A category of the row that says of which table it is."
    )
    tables: dict[str, str] = Field(
        default_factory=dict, description="With `by`: the table of each label."
    )

    can_be_unique: ClassVar[bool] = True

    @classmethod
    def stated(cls, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """Tables of labels may stand below `to`, and conditions be a map of columns to labels."""
        raw = dict(raw)
        if isinstance(raw.get("to"), Mapping):
            raw["tables"] = raw.pop("to")
        if isinstance(where := raw.get("where"), Mapping):
            raw["where"] = " and ".join(f"{name} = {_literal(v)}" for name, v in where.items())
        return raw

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if (self.to is None) == (self.by is None):
            raise ValueError("must have a table to refer to, or be by a column, and not both")
        if bool(self.tables) != (self.by is not None):
            raise ValueError("must have a table for each label below to, and by, or neither")
        if self.unique and (self.by is not None or self.where is not None):
            raise ValueError("cannot be unique where it is by a column, or to some rows alone")
        if self.through is not None and (self.unique or self.by or self.where):
            raise ValueError("cannot be through a row, and by a column, to some rows, or unique")
        if self.where is not None:
            if self.by is not None:
                raise ValueError("cannot be by a column and to some rows alone")
            parsed(self.where)
        return self

    @property
    def reads(self) -> tuple[str, ...]:
        """The column that says of which table, or which row it is."""
        return tuple(name for name in (self.by, self.through) if name is not None)

    @property
    def type(self) -> LensType:
        """64-bit integers."""
        return "int64"

    @property
    def refers_to(self) -> str | None:
        """The table that is stated; none where each row has its own."""
        return self.to

    def block(self, seen: Seen) -> pl.Series:
        """A row each, every one as likely, or the same as a row referred to has."""
        import polars as pl

        if self.through is not None:
            return seen.series(self.through).cast(pl.Int64)
        if self.by is not None:
            return self._by_labels(seen)
        if self.where is not None:
            rows = seen.chosen(str(self.to), self.where)
            share = seen.stream.generator(seen.index).random(seen.n)
            return pl.Series(rows.take((share * len(rows)).astype(np.int64)))
        edges = seen.edges(self.to)
        n = edges[-1]
        if self.unique:
            first = seen.index * BLOCK_ROWS
            numbers = np.arange(first, first + seen.n, dtype=np.int64)
            start, other = seen.edges()[-2], edges[-2]  # of the rows that came last
            numbers = np.where(numbers >= start, numbers + (other - start), numbers)
            return pl.Series(permuted_within(edges, numbers, seen.stream.child("order")))
        return pl.Series((seen.stream.generator(seen.index).random(seen.n) * n).astype(np.int64))

    def _by_labels(self, seen: Seen) -> pl.Series:
        """A row each of the table that the label names."""
        import polars as pl

        share = seen.stream.generator(seen.index).random(seen.n)
        labels = seen.series(str(self.by)).cast(pl.String)
        sizes = {label: seen.edges(table)[-1] for label, table in self.tables.items()}
        size = labels.replace_strict(sizes, default=None, return_dtype=pl.Int64)
        return (pl.Series(share) * size).cast(pl.Int64)

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """The number of a row."""
        yield "must be the number of a row", value < 0

    @property
    def phrase(self) -> str:
        """Whose rows it shows."""
        if self.by is not None:
            return f"the primary key of a row of the table that {quoted(self.by)} names"
        if self.through is not None:
            return f"the primary key of the row of {quoted(str(self.to))} that {self.through} is"
        which = "any one" if self.where is None else f"one where {self.where}"
        return f"the primary key of a row of {quoted(str(self.to))}, {which}"


def _literal(value: object) -> str:
    """A label as a formula has it."""
    return str(value).lower() if isinstance(value, bool | int | float) else f"'{value}'"
