"""How two databases differ: in their schemas, settings, statistics and values.

Schemas and settings are compared field by field; of columns that both have, figures are compared,
and where a table has as many rows in both, its values row by row. Two databases of one config and
seed differ in nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.place import Place, place_of
from plurel_cli.summary.columns import column_figures
from plurel_cli.summary.rows import StoredRows

_OF_SCHEMA = ("seed", "stages", "layout", "theme", "places", "window", "tasks")
_OF_TABLE = (
    "kind",
    "rows",
    "row_order",
    "sorted_by",
    "holds_events",
    "unique",
    "arrivals",
    "causal",
)
_OF_FIGURES = ("nulls", "distinct", "low", "high", "mean", "sd", "top")


@dataclass(frozen=True)
class Deviation:
    """One thing in which two databases differ.

    Attributes
    ----------
    place
        What: `table.column.field`, or the path of a setting.
    first, second
        What it is in each; None where one of them lacks it.
    """

    place: str
    first: Any
    second: Any


@dataclass(frozen=True)
class Changed:
    """A column whose values differ.

    Attributes
    ----------
    place
        `table.column`.
    rows, share
        How many rows differ, and their share of the table's rows.
    """

    place: str
    rows: int
    share: float


@dataclass(frozen=True)
class Differences:
    """All in which two databases differ, or nothing.

    Attributes
    ----------
    first, second
        Their folders.
    schema, settings, statistics
        What differs in tables and columns, in configs, and in figures of columns.
    values
        Columns of tables with as many rows whose values differ.
    """

    first: str
    second: str
    schema: tuple[Deviation, ...]
    settings: tuple[Deviation, ...]
    statistics: tuple[Deviation, ...]
    values: tuple[Changed, ...]

    @property
    def is_none(self) -> bool:
        """Whether they differ in nothing."""
        return not (self.schema or self.settings or self.statistics or self.values)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return {"equal": self.is_none, **asdict(self)}


def differences(first: str | Place, second: str | Place) -> Differences:
    """Compare two databases.

    Parameters
    ----------
    first, second
        Their folders.

    Returns
    -------
    Differences

    Raises
    ------
    FolderError, StorageError
        If one of them cannot be read.
    """
    places = place_of(first), place_of(second)
    one, other = map(read_schema, places)
    sources = StoredRows(places[0], one), StoredRows(places[1], other)
    statistics: list[Deviation] = []
    values: list[Changed] = []
    for table in one.tables if "fk" in one.stages and "fk" in other.stages else ():
        if (twin := other.by_name.get(table.name)) is not None:
            if not (names := _common(one, other, table, twin)):
                continue
            statistics += _statistics(table, twin, names, sources)
            values += _values(table, twin, names, sources)
    return Differences(
        first=str(first),
        second=str(second),
        schema=tuple(_schemas(one, other)),
        settings=tuple(_unequal("", one.config, other.config)),
        statistics=tuple(statistics),
        values=tuple(values),
    )


def _schemas(one: Schema, other: Schema) -> Iterator[Deviation]:
    """What differs in tables and columns."""
    yield from _fields("", one, other, _OF_SCHEMA)
    for name in dict.fromkeys([*one.by_name, *other.by_name]):
        table, twin = one.by_name.get(name), other.by_name.get(name)
        if table is None or twin is None:
            yield Deviation(name, _is_table(table), _is_table(twin))
            continue
        yield from _fields(f"{name}.", table, twin, _OF_TABLE)
        order = [[column.name for column in each.columns] for each in (table, twin)]
        for column in dict.fromkeys([*order[0], *order[1]]):
            raw = [
                each.by_column[column].model_dump(mode="json") if column in each.by_column else None
                for each in (table, twin)
            ]
            yield from _unequal(f"{name}.{column}", *raw)
        if order[0] != order[1] and set(order[0]) == set(order[1]):
            yield Deviation(f"{name}.columns", order[0], order[1])
        hidden = [{h.name: h.model_dump(mode="json") for h in t.hidden} for t in (table, twin)]
        yield from _unequal(f"{name}.hidden", *hidden)


def _is_table(table: Table | None) -> str | None:
    return None if table is None else "table"


def _fields(prefix: str, one: Any, other: Any, names: tuple[str, ...]) -> Iterator[Deviation]:
    """Fields of two records that differ."""
    raw = [each.model_dump(mode="json", include=set(names)) for each in (one, other)]
    for name in names:
        yield from _unequal(f"{prefix}{name}", raw[0][name], raw[1][name])


def _unequal(place: str, one: Any, other: Any) -> Iterator[Deviation]:
    """Leaves in which two trees of plain data differ."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in dict.fromkeys([*one, *other]):
            below = f"{place}.{key}" if place else str(key)
            yield from _unequal(below, one.get(key), other.get(key))
    elif one != other:
        yield Deviation(place, one, other)


def _common(one: Schema, other: Schema, table: Table, twin: Table) -> list[str]:
    """Columns that two tables have filled, of the same type."""
    filled = [
        {column.name: column.type for column in each.filled(schema.stages)}
        for schema, each in ((one, table), (other, twin))
    ]
    return [name for name, type_ in filled[0].items() if filled[1].get(name) == type_]


def _statistics(
    table: Table, twin: Table, names: list[str], sources: tuple[StoredRows, StoredRows]
) -> Iterator[Deviation]:
    """Figures of columns that differ."""
    figures = [
        {
            each.name: each
            for each in column_figures(one, [one.by_column[name] for name in names], source)
        }
        for one, source in zip((table, twin), sources, strict=True)
    ]
    for name in names:
        for field in _OF_FIGURES:
            pair = [getattr(each[name], field) for each in figures]
            if pair[0] != pair[1]:
                yield Deviation(f"{table.name}.{name}.{field}", *pair)


def _values(
    table: Table, twin: Table, names: list[str], sources: tuple[StoredRows, StoredRows]
) -> Iterator[Changed]:
    """Columns whose values differ, where there are as many rows."""
    import polars as pl

    if table.rows != twin.rows:
        return
    frames = [
        source.lazy(one).select(pl.col(name).alias(f"{side} {name}") for name in names)
        for side, one, source in zip("ab", (table, twin), sources, strict=True)
    ]
    unequal = [pl.col(f"a {name}").ne_missing(pl.col(f"b {name}")).sum() for name in names]
    (counts,) = sources[0].collect(table, [pl.concat(frames, how="horizontal").select(unequal)])
    for name, rows in zip(names, counts.row(0), strict=True):
        if rows:
            yield Changed(f"{table.name}.{name}", int(rows), rows / table.rows)
