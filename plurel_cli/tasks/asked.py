"""What may be asked of a database, as its schema tells.

Entities are rows that timed rows, the events, refer to by one foreign key, or over the rows of a
table between. Of later events one may ask whether there are any, how many, what their columns add
up to, what the next one is like, and which rows of other tables they refer to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from plurel_cli.lenses.labels import CategoryLens
from plurel_cli.schema.column import Attribute, Column, Feature
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table

FORMS = (
    *("none", "any", "count", "sum", "mean", "max", "share", "next"),
    *("wait", "distinct", "return", "link"),
)
"""What may be asked: whether no event comes, or any like this; how many; sum, mean and largest of
a number, and share like this, over those that come; what the next is like, and how long until it;
how many different rows it is about; whether who was away returns; which rows come next."""

MOST_LABELS = 20

_NUMBERS = ("int32", "int64", "float32", "float64")


@dataclass(frozen=True)
class Events:
    """Timed rows, and how they lead to an entity.

    Attributes
    ----------
    entity
        Table of the entities.
    table
        Table of the events.
    key
        Foreign key of the events: to the entity, or to the row between.
    between
        Table between and its foreign key to the entity; none where the first leads there.
    """

    entity: Table
    table: Table
    key: ForeignKey
    between: tuple[Table, ForeignKey] | None = None

    @property
    def hops(self) -> int:
        """How many foreign keys lead to the entity."""
        return 1 if self.between is None else 2

    @property
    def id(self) -> tuple[str, ...]:
        """What tells it from others."""
        between = () if self.between is None else (self.between[0].name, self.between[1].name)
        return (self.entity.name, self.table.name, self.key.name, *between)


@dataclass(frozen=True)
class Value:
    """A column that events have, or that the rows have which they refer to.

    Attributes
    ----------
    column
        The column.
    table
        Its table.
    key
        Foreign key of the events to that table; none for a column of their own.
    """

    column: Column
    table: Table
    key: ForeignKey | None = None

    @property
    def id(self) -> tuple[str, ...]:
        """What tells it from others."""
        return (self.table.name, self.column.name, "" if self.key is None else self.key.name)


@dataclass(frozen=True)
class Ask:
    """Something that may be asked.

    Attributes
    ----------
    form
        One of `FORMS`.
    events
        Of which rows.
    value
        Of sums, means, maxima and what is next: the column.
    like
        Which events count, if not all: those that are like this, by a column of theirs.
    other
        Of links, and of how many different ones: the foreign key of the events.
    other_table
        The table that it refers to.
    """

    form: str
    events: Events
    value: Value | None = None
    like: Value | None = None
    other: ForeignKey | None = None
    other_table: Table | None = None

    @property
    def id(self) -> tuple[object, ...]:
        """What tells it from others."""
        values = (value.id if value is not None else None for value in (self.value, self.like))
        other = None if self.other is None else self.other.name
        return (self.form, self.events.id, *values, other)


def events_of(schema: Schema) -> Iterator[Events]:
    """All timed tables by each way to an entity, of one foreign key or two."""
    for table in schema.tables:
        if table.time_column is None:
            continue
        for key in table.foreign_keys:
            if key.to_self:
                continue
            near = schema.by_name[key.references]
            yield Events(near, table, key)
            for far in near.foreign_keys:
                if not far.to_self and far.references != table.name:
                    yield Events(schema.by_name[far.references], table, key, (near, far))


def asks_of(schema: Schema) -> Iterator[Ask]:
    """Everything that may be asked of a database."""
    for events in events_of(schema):
        yield from _asks(schema, events)


def _asks(schema: Schema, events: Events) -> Iterator[Ask]:
    for form in ("none", "count", "wait", "return"):
        yield Ask(form, events)
    for value in _values(schema, events, is_category):
        if not _is_of_entity(value, events):
            yield Ask("next", events, value=value)
    for value in _values(schema, events, is_condition):
        if not _is_of_entity(value, events):
            for form in ("any", "count", "share"):
                yield Ask(form, events, like=value)
    for value in _values(schema, events, is_number):
        yield Ask("sum", events, value=value)
        if not _is_of_entity(value, events):
            yield Ask("mean", events, value=value)
            yield Ask("max", events, value=value)
    for other in events.table.foreign_keys:
        if other.name != events.key.name and not other.to_self:
            table = schema.by_name[other.references]
            yield Ask("distinct", events, other=other, other_table=table)
            yield Ask("link", events, other=other, other_table=table)


def _is_of_entity(value: Value, events: Events) -> bool:
    """Whether a column is the same for all events of an entity: how many there are is all."""
    return value.key is not None and value.key == events.key and events.between is None


def _values(schema: Schema, events: Events, fits: Callable[[Column], bool]) -> Iterator[Value]:
    """Columns of the events, and of the rows that they refer to, that fit.

    None of them tells the future: such columns are left out of what a model sees, and RelBench
    makes labels of what it sees.
    """
    for column in events.table.contents:
        if fits(column) and not column.tells_future:
            yield Value(column, events.table)
    for key in events.table.foreign_keys:
        if key.to_self:
            continue
        parent = schema.by_name[key.references]
        for column in parent.contents:
            if fits(column) and not column.tells_future:
                yield Value(column, parent, key)


def is_category(column: Column) -> bool:
    """Whether a column holds one of a few labels, or a truth value."""
    if column.type == "boolean":
        return True
    if isinstance(column, Attribute):
        return False
    return isinstance(column, Feature) and 1 < (column.cells or 0) <= MOST_LABELS


def is_number(column: Column) -> bool:
    """Whether a column holds numbers that can be added."""
    if not isinstance(column, Feature) or column.type not in _NUMBERS:
        return False
    return column.kind == "numerical" and not isinstance(column.lens, CategoryLens)


def is_condition(column: Column) -> bool:
    """Whether events can be told apart by a column: by a label, or by a bound of its numbers."""
    return is_category(column) or is_number(column)
