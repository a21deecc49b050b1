"""The columns of a table that refer to no other: primary key, time and features.

A column is one of a few kinds of record, told apart in the file by `role`. Each knows which types
it may have and which stages may fill it; what a value may be is asked of the record.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from pydantic import Field

from plurel_cli.lenses import AnyLens, Lens, LensType, TimeUnit
from plurel_cli.lenses.labels import CategoryLens
from plurel_cli.schema.key_numbers import KeyNumbers
from plurel_cli.schema.record import Record
from plurel_cli.schema.stages import StageName
from plurel_cli.schema.stated import StatedModel

ColumnType = LensType

TIME_TYPES: tuple[ColumnType, ...] = ("datetime[ns]", "datetime[us]", "datetime[ms]")
"""Types of times, by what they are counted in."""

PRIMARY_KEY = "row_idx"
TIME_COLUMN = "date"


class Column(Record):
    """What every column of a table has."""

    name: str = Field(description="Name in the Parquet file.")
    role: str = Field(description="What the column is for.")
    type: ColumnType = Field(description="Type in the Parquet file.")
    stage: StageName = Field(description="Stage that fills it.")
    nullable: bool = Field(default=False, description="Whether it may hold nulls.")

    stages: ClassVar[tuple[StageName, ...]] = ()
    """Stages that may fill it."""

    @property
    @abstractmethod
    def types(self) -> tuple[str, tuple[ColumnType, ...]]:
        """What the column is, in a word, and the types that it may be of."""

    @property
    def released(self) -> Self:
        """The column as it is without interventions."""
        return self

    def faults(self) -> Iterator[str]:
        """Rules that the record breaks by itself, each as a clause about the column."""
        word, types = self.types
        if self.type not in types:
            yield f"a {word} cannot be of type {self.type}"
        if self.stage not in self.stages:
            yield f"a {self.role} cannot be filled by {self.stage}"


class PrimaryKey(Column):
    """The primary key: the row's number."""

    role: Literal["primary_key"] = Field(
        default="primary_key", description="What the column is for."
    )
    type: ColumnType = Field(default="int64", description="Type in the Parquet file.")
    stage: StageName = Field(default="fk", description="Stage that fills it.")
    numbers: KeyNumbers | None = Field(
        default=None, description="What exports write in the place of row numbers, if not these."
    )

    stages: ClassVar[tuple[StageName, ...]] = ("fk",)

    @property
    def types(self) -> tuple[str, tuple[ColumnType, ...]]:
        """64-bit integers."""
        return self.role, ("int64",)


class TimeColumn(Column):
    """The time of the row."""

    role: Literal["time"] = Field(default="time", description="What the column is for.")
    type: ColumnType = Field(default="datetime[ns]", description="Type in the Parquet file.")
    stage: StageName = Field(default="temporal", description="Stage that fills it.")

    stages: ClassVar[tuple[StageName, ...]] = ("temporal",)

    @property
    def types(self) -> tuple[str, tuple[ColumnType, ...]]:
        """Times, whatever they are counted in."""
        return self.role, TIME_TYPES


class Feature(Column):
    """A feature."""

    role: Literal["feature"] = Field(default="feature", description="What the column is for.")
    kind: Literal["categorical", "numerical"] = Field(description="Kind of variable.")
    categories: int | None = Field(
        default=None, ge=1, description="Of a categorical one: number of categories."
    )
    held: float | None = Field(
        default=None,
        allow_inf_nan=False,
        description="What an intervention holds it at in every row, as it is written; a category "
        "by its number.",
    )

    lens: AnyLens | None = Field(
        default=None,
        description="How its variable is seen; none where it is written as it is.",
    )
    model: StatedModel | None = Field(
        default=None, description="How it comes about, as far as that is stated."
    )
    null_share: float | None = Field(
        default=None, ge=0, le=1, description="Share of nulls, where that is stated."
    )
    when: str | None = Field(
        default=None,
        description="In which rows it has a value: null where this formula does not hold.",
    )
    tells_future: bool = Field(
        default=False, description="Whether it tells what is not known at the time of its row."
    )

    stages: ClassVar[tuple[StageName, ...]] = ("temporal", "features")

    @property
    def types(self) -> tuple[str, tuple[ColumnType, ...]]:
        """That of its lens, or those of its kind of variable."""
        if self.lens is not None:
            return self.lens.kind, _types_of(self.lens)
        if self.kind == "numerical":
            return self.kind, ("float32",)
        return self.kind, ("int32", "string", "boolean")

    @property
    def is_transformed(self) -> bool:
        """Whether it is a number that is written by a transform, and not by a lens."""
        return self.kind == "numerical" and self.lens is None

    @property
    def released(self) -> Self:
        """The feature without what an intervention holds it at."""
        return self.but(held=None)

    @property
    def cells(self) -> int | None:
        """Into how many cells its variable is cut, where it is a category."""
        return self.lens.cells if isinstance(self.lens, CategoryLens) else self.categories

    def faults(self) -> Iterator[str]:
        """Rules that the record breaks by itself."""
        yield from super().faults()
        if (self.kind == "categorical") != (self.categories is not None):
            yield "must have categories if it is categorical, and only then"
        if not self._holds_a_value():
            yield "must be held at a category of its own"

    def _holds_a_value(self) -> bool:
        """Whether what it is held at, if anything, is one of its values."""
        is_open = self.held is None or self.categories is None
        return is_open or self.held in range(self.categories or 0)


class Attribute(Column):
    """A column that is no variable: it shows which row it is, or other columns."""

    role: Literal["feature"] = Field(default="feature", description="What the column is for.")
    stage: StageName = Field(default="features", description="Stage that fills it.")
    lens: AnyLens = Field(description="What it shows, and how.")
    nulls: float = Field(default=0.0, ge=0, le=1, description="Share of nulls, at random.")
    when: str | None = Field(
        default=None,
        description="In which rows it has a value: null where this formula does not hold.",
    )
    tells_future: bool = Field(
        default=False, description="Whether it tells what is not known at the time of its row."
    )

    stages: ClassVar[tuple[StageName, ...]] = ("features",)

    @property
    def types(self) -> tuple[str, tuple[ColumnType, ...]]:
        """That of its lens."""
        return self.lens.kind, _types_of(self.lens)


def _types_of(lens: Lens) -> tuple[ColumnType, ...]:
    """Types of what a lens writes: a time in whatever it is counted in."""
    return TIME_TYPES if lens.type in TIME_TYPES else (lens.type,)


def counted_in(column: Column, unit: TimeUnit) -> Column:
    """A column with its times in a unit; one without times as it is.

    Parameters
    ----------
    column
        The column.
    unit
        The unit.

    Returns
    -------
    Column
    """
    return column.but(type=f"datetime[{unit}]") if column.type in TIME_TYPES else column
