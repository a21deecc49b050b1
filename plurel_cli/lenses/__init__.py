"""Lenses: how a causal variable is seen in a column, a class and file each.

The causal engine gives every row a number or a category. A lens says what is written of it: its
type, its distribution, its words, whether it is unique. A class is the record of one such column,
as a config states it and as `schema.json` has it, and holds all that there is to it: what it shows
(a number, a category, the row itself, or other columns), what is drawn where nothing is stated,
what is written, and what must be true of it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Literal,
    Self,
)

from pydantic import ConfigDict, Field, model_validator

from plurel_cli.prose import documented, listed, quoted
from plurel_cli.schema.record import Record
from plurel_cli.schema.union import OpenUnion

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from plurel_cli.numerics.stream import Stream

Shows = Literal["number", "category", "row", "others", "formula"]
"""What a lens shows: a variable that is a number or a category, nothing but which row it is, or
other columns, as they are written or by a formula."""

LensType = Literal[
    "int64",
    "int32",
    "float64",
    "float32",
    "string",
    "boolean",
    "date",
    "datetime[ns]",
    "datetime[us]",
    "datetime[ms]",
]
"""Types of what lenses write, in the Parquet file."""

TimeUnit = Literal["ns", "us", "ms"]
"""What times may be counted in."""


@dataclass(frozen=True)
class ColumnSite:
    """Where a column is, for what is drawn of it.

    Attributes
    ----------
    table, column
        Their names.
    rows
        Rows of the table.
    """

    table: str
    column: str
    rows: int


class Lens(Record):
    """The base of every lens."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    kind: str = Field(description="Which lens.")
    unique: bool = Field(default=False, description="Whether no two rows have the same value.")

    shows: ClassVar[Shows]

    can_be_unique: ClassVar[bool] = False
    """Whether it can be told to have no value twice."""

    @model_validator(mode="after")
    def _unique_if_it_can(self) -> Self:
        if self.unique and not self.can_be_unique:
            raise ValueError(f"the lens {self.kind} cannot be unique")
        return self

    @classmethod
    def stated(cls, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a config states, as plain data of the record."""
        return raw

    @property
    @abstractmethod
    def type(self) -> LensType:
        """Type in the Parquet file."""

    @property
    def sql(self) -> str | None:
        """Its type in SQL, where that says more than the type in the Parquet file."""
        return None

    @property
    def refers_to(self) -> str | None:
        """The table whose rows it shows by their primary keys; none where it shows no rows."""
        return None

    @property
    def categories(self) -> int | None:
        """How many categories the variable has, where it is one."""
        return None

    @property
    def held_values(self) -> str:
        """What the column can be held at, in words."""
        return "a finite number"

    def held(self, value: float | str | bool) -> float | None:
        """A written value as the number that is carried; none where it is no value of it.

        Parameters
        ----------
        value
            What is to be written in every row.
        """
        if isinstance(value, str | bool):
            return None
        return float(value)

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns of the same row that it shows, or needs."""
        return ()

    def completed(self, place: ColumnSite, stream: Stream) -> Self:
        """The lens with all that it leaves open drawn.

        Parameters
        ----------
        place
            Where the column is.
        stream
            Randomness of this column alone.

        Returns
        -------
        Lens
            One of the same kind.
        """
        return self

    def numbers(self, written: pl.Series) -> NDArray[np.float64]:
        """What is written as the numbers that are carried: the inverse of `series`.

        Parameters
        ----------
        written
            A column of the lens's type.

        Returns
        -------
        ndarray
            float64, NaN for null.
        """
        import polars as pl

        return written.cast(pl.Float64).fill_null(float("nan")).to_numpy()

    def sql_check(self, column: str) -> str | None:
        """What an SQL database can check of its values; none where that is nothing.

        Parameters
        ----------
        column
            The column, as SQL writes it.

        Returns
        -------
        str or None
            A condition.
        """
        return None

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """What written values must be, besides unique.

        Parameters
        ----------
        value
            The column.

        Yields
        ------
        tuple
            A rule as a clause about the column, and whether each row breaks it.
        """
        return iter(())

    @property
    def phrase(self) -> str:
        """What the column holds, in a sentence: by default what the documentation says."""
        return documented(type(self))

    def without_shape(self) -> Self:
        """The lens without a distribution, as of a column that others determine."""
        return self

    def clauses(self) -> Iterator[str]:
        """What is told of it besides: what its settings make of the column.

        Yields
        ------
        str
            Each a phrase.
        """
        if self.reads:
            yield f"made of {listed(map(quoted, self.reads))}"


class ValueLens(Lens):
    """The base of lenses on what is made as an array, of numbers or categories."""

    @abstractmethod
    def series(self, name: str, values: NDArray[Any]) -> pl.Series:
        """What is written.

        Parameters
        ----------
        name
            Name of the column.
        values
            Numbers as float64, NaN for null; categories or anything else as int64, below 0 for
            null.

        Returns
        -------
        Series
            As many values, of the lens's type.
        """


class HangingLens(ValueLens):
    """The base of lenses whose column hangs on another: a time on a time, a label on one above."""

    @abstractmethod
    def beside(
        self, other: NDArray[np.float64], values: NDArray[Any], lens: Lens | None
    ) -> NDArray[np.float64]:
        """Numbers of a column that hangs on what is written of another.

        Parameters
        ----------
        other
            Numbers of the other column, NaN for null.
        values
            What the variable alone gives, for each row.
        lens
            The lens of the other column.

        Returns
        -------
        ndarray
            float64, NaN for null.
        """


lenses: OpenUnion[Lens] = OpenUnion(Lens, "lens", __name__)  # type: ignore[type-abstract]

AnyLens = Annotated[Lens, lenses]
"""A lens of any kind."""
