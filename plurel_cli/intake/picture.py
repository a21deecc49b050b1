"""A neutral picture of a schema that others made: what every source fills, and one writer reads.

A picture has tables with their columns, keys, unique sets and conditions, as the source states
them, and notes on what could not be read. Nothing in it is of a dialect, and nothing of plurel.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from plurel_cli.intake.counters import KeyCounter

ColumnKind = Literal[
    "integer",
    "decimal",
    "float",
    "boolean",
    "text",
    "uuid",
    "date",
    "timestamp",
    "time",
    "json",
    "ip",
    "mac",
    "interval",
    "binary",
    "array",
    "other",
]
"""What a column holds, whatever its type is called."""

Value: TypeAlias = str | int | float | bool


@dataclass(frozen=True)
class Among:
    """A column is one of some values."""

    column: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Bounded:
    """A column lies within bounds; a bound that is left out is none."""

    column: str
    low: float | None = None
    high: float | None = None
    low_is_out: bool = False
    high_is_out: bool = False


@dataclass(frozen=True)
class Dated:
    """A time lies between two days, as they are written; a day that is left out is none."""

    column: str
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True)
class Ordered:
    """A column is at most as large as another, or below it."""

    low: str
    high: str
    is_strict: bool = False


@dataclass(frozen=True)
class Pattern:
    """A text column follows a regular expression."""

    column: str
    expression: str


@dataclass(frozen=True)
class Unmatched:
    """Nothing in a text column is what a regular expression says."""

    column: str
    expression: str


@dataclass(frozen=True)
class Multiple:
    """A column of whole numbers is a multiple of a number."""

    column: str
    of: int


@dataclass(frozen=True)
class Length:
    """A text column has a number of characters."""

    column: str
    least: int = 0
    most: int | None = None


@dataclass(frozen=True)
class ValidJson:
    """A text column is JSON."""

    column: str


@dataclass(frozen=True)
class Present:
    """A column is not null."""

    column: str


@dataclass(frozen=True)
class Absent:
    """A column is null."""

    column: str


@dataclass(frozen=True)
class Unlike:
    """A column is not a value."""

    column: str
    value: Value


@dataclass(frozen=True)
class Calculated:
    """A column is what a formula gives."""

    column: str
    formula: Expression


@dataclass(frozen=True)
class Opaque:
    """Something else, as the source writes it."""

    text: str


Condition = (
    Among
    | Bounded
    | Dated
    | Ordered
    | Pattern
    | Unmatched
    | Multiple
    | Length
    | Present
    | Absent
    | Unlike
    | Calculated
    | Opaque
    | ValidJson
)


@dataclass(frozen=True)
class Expression:
    """What a column is computed by: a formula of plurel's, or a text with columns in it.

    Attributes
    ----------
    of
        A formula; empty where there is none.
    template
        A template of a text; empty where there is none.
    text
        As the source writes it.
    """

    of: str = ""
    template: str = ""
    text: str = ""

    @property
    def is_known(self) -> bool:
        """Whether plurel can compute it."""
        return bool(self.of or self.template)


@dataclass(frozen=True)
class SourceColumn:
    """A column.

    Attributes
    ----------
    name
        What it is called.
    type
        As the source writes it.
    kind
        What it holds.
    length
        Most characters, of a text.
    is_fixed
        Whether all texts have that length.
    bits
        Of a whole number.
    is_unsigned
        Whether a whole number cannot be negative.
    precision, scale
        Of a decimal: digits in all, and after the point.
    nullable
        Whether it may be null.
    default
        What stands where nothing is given, as the source writes it.
    labels
        Of an enumeration.
    computed
        What the database computes it by.
    is_identity
        Whether the database counts it.
    counter
        Where these numbers begin, where that is said.
    comment
        What the source says about it.
    line
        Where it is; 0 where the source has no lines.
    called
        What the source calls it, where no column of plurel can have that name.
    """

    name: str
    type: str
    kind: ColumnKind
    length: int | None = None
    is_fixed: bool = False
    bits: int | None = None
    is_unsigned: bool = False
    precision: int | None = None
    scale: int | None = None
    nullable: bool = True
    default: str | None = None
    labels: tuple[str, ...] = ()
    computed: Expression | None = None
    is_identity: bool = False
    counter: KeyCounter | None = None
    comment: str = ""
    line: int = 0
    called: str = ""

    @property
    def source_name(self) -> str:
        """What the source calls it."""
        return self.called or self.name


@dataclass(frozen=True)
class SourceReference:
    """A foreign key: columns, the table that they refer to, and its columns; none for its key."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class Check:
    """A condition that every row fulfils, and what it comes to.

    Attributes
    ----------
    text
        As the source writes it.
    conditions
        What must all hold.
    """

    text: str
    conditions: tuple[Condition, ...]
    line: int = 0


@dataclass(frozen=True)
class SourceTable:
    """A table.

    Attributes
    ----------
    name
        What it is called, without the name of its schema.
    schema
        The schema it lies in; empty where none is named.
    primary_key
        Columns; none where it has no primary key.
    unique
        Sets of columns of which no two rows hold the same together, besides the primary key.
    rows
        How many there are, where the source has rows.
    called
        What the source calls it, where no table of plurel can have that name.
    """

    name: str
    columns: tuple[SourceColumn, ...]
    schema: str = ""
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    references: tuple[SourceReference, ...] = ()
    checks: tuple[Check, ...] = ()
    comment: str = ""
    rows: int | None = None
    line: int = 0
    called: str = ""

    @property
    def source_name(self) -> str:
        """What the source calls it."""
        return self.called or self.name

    @property
    def by_name(self) -> dict[str, SourceColumn]:
        """Columns by name."""
        return {column.name: column for column in self.columns}

    def with_column(self, column: SourceColumn) -> SourceTable:
        """The table with another column in the place of the one of its name."""
        return replace(
            self, columns=tuple(column if c.name == column.name else c for c in self.columns)
        )


@dataclass(frozen=True)
class Note:
    """Something that a reader should know.

    Attributes
    ----------
    line
        Where it is; 0 where the source has no lines.
    text
        A clause.
    is_lost
        Whether rows may break what the source demands, because it is left out.
    """

    line: int
    text: str
    is_lost: bool = False

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}" if self.line else self.text


@dataclass(frozen=True)
class Picture:
    """A schema.

    Attributes
    ----------
    tables
        All tables, in the order of the source.
    notes
        What was not read, and why.
    source
        What it was read from.
    dialect
        Of SQL, where it was read from SQL.
    """

    tables: tuple[SourceTable, ...]
    notes: tuple[Note, ...] = ()
    source: str = ""
    dialect: str = ""
    by_name: dict[str, SourceTable] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {table.name: table for table in self.tables})


def targets_of(reference: SourceReference, tables: dict[str, SourceTable]) -> tuple[str, ...]:
    """The columns that a foreign key refers to.

    Parameters
    ----------
    reference
        The foreign key.
    tables
        All tables by name.

    Returns
    -------
    tuple of str
        Those named, or the primary key of the table.
    """
    return reference.targets or tables[reference.table].primary_key
