"""Stage 1: draw the tables, how they refer to each other, their sizes and their columns.

A layout gives a directed acyclic graph whose edges A → B say that B holds a foreign key into A.
A table that nobody refers to is an activity table, every other an entity table. Every draw has an
address of its own, so that one setting moves nothing but what it is about.
"""

from __future__ import annotations

from dataclasses import dataclass

from plurel_cli.choice import Choice
from plurel_cli.config import Config
from plurel_cli.config.schema import EXPLICIT
from plurel_cli.config.tables import TableConfig
from plurel_cli.errors import UsageError
from plurel_cli.random import SEED_LIMIT, Stream
from plurel_cli.schema.graph import Edges
from plurel_cli.schema.layouts import layouts
from plurel_cli.schema.model import (
    PRIMARY_KEY,
    TIME_COLUMN,
    Column,
    ColumnType,
    Schema,
    Table,
)

_FEATURE_TYPES: dict[str, ColumnType] = {
    "integer": "int32",
    "label": "string",
    "boolean": "boolean",
}

_UNCHANGED = TableConfig()


@dataclass(frozen=True)
class _Skeleton:
    """Tables by name with the parents of each, in the order of their foreign keys."""

    layout: str
    parents: dict[str, tuple[str, ...]]


def sample_schema(config: Config, seed: int) -> Schema:
    """Draw the schema of a database.

    Parameters
    ----------
    config
        What to draw from.
    seed
        Seed of the database, 0 to 2⁶⁴ − 1.

    Returns
    -------
    Schema
        With stage `schema` done: every table and planned column.

    Raises
    ------
    UsageError
        If the seed is out of range.

    Notes
    -----
    O(tables + references + columns) time, apart from the layout.

    Examples
    --------
    >>> schema = sample_schema(Config.model_validate({"schema": {"tables": 4}}), seed=1)
    >>> len(schema.tables)
    4
    """
    if not 0 <= seed < SEED_LIMIT:
        raise UsageError("seed", f"must be from 0 to {SEED_LIMIT - 1}", seed)
    stream = Stream(seed).child("schema")
    skeleton = _explicit(config) if config.is_explicit else _random(config, stream)
    referenced = {parent for parents in skeleton.parents.values() for parent in parents}
    tables = tuple(
        _table(config, stream.child("table", name), name, parents, name in referenced)
        for name, parents in skeleton.parents.items()
    )
    return Schema(
        seed=seed,
        stages=("schema",),
        layout=skeleton.layout,
        tables=tables,
        config=config.resolved(),
    )


def _explicit(config: Config) -> _Skeleton:
    parents = {
        name: tuple(parent.table for parent in table.parents or ())
        for name, table in config.tables.items()
    }
    return _Skeleton(EXPLICIT, parents)


def _random(config: Config, stream: Stream) -> _Skeleton:
    settings = config.schema_
    n = settings.tables.draw(stream.child("tables").draws())
    layout = settings.layout.draw(stream.child("layout").draws())
    edges = sample_graph(layout, n, stream.child("graph", layout), settings.layouts)
    if settings.max_parents is not None:
        edges = _capped(edges, settings.max_parents, stream.child("max_parents"))
    parents: dict[str, tuple[str, ...]] = {
        f"table_{child}": tuple(f"table_{a}" for a, b in edges if b == child) for child in range(n)
    }
    return _Skeleton(layout, parents)


def sample_graph(
    layout: str, n: int, stream: Stream, settings: dict[str, dict[str, Choice[float]]]
) -> Edges:
    """Draw a directed acyclic graph of n nodes from one layout.

    Parameters
    ----------
    layout
        Name of a registered layout.
    n
        Number of nodes.
    stream
        Randomness of this graph alone.
    settings
        Settings by layout; those left out have their defaults.

    Returns
    -------
    Edges
        Sorted (parent, child) pairs of nodes 0..n − 1.
    """
    entry = layouts[layout]
    drawn = entry.draw(settings.get(layout, {}), stream.child("settings"))
    return entry.function(n, stream.child("edges").draws(), **drawn)


def _capped(edges: Edges, most: int, stream: Stream) -> Edges:
    kept: Edges = []
    for child in sorted({child for _, child in edges}):
        incoming = sorted(edge for edge in edges if edge[1] == child)
        if len(incoming) > most:
            stream.child(child).draws().shuffle(incoming)
        kept += incoming[:most]
    return sorted(kept)


def _table(
    config: Config, stream: Stream, name: str, parents: tuple[str, ...], is_referenced: bool
) -> Table:
    settings = config.schema_
    own = config.tables.get(name, _UNCHANGED)
    rows = own.rows or (settings.rows.entity if is_referenced else settings.rows.activity)
    columns = [Column(name=PRIMARY_KEY, role="primary_key", type="int64", stage="fk")]
    columns += [
        Column(
            name=f"foreign_row_{index}",
            role="foreign_key",
            type="int64",
            stage="fk",
            references=parent,
            ordinal=parents[:index].count(parent),
        )
        for index, parent in enumerate(parents)
    ]
    if not is_referenced:
        columns.append(Column(name=TIME_COLUMN, role="time", type="datetime[ns]", stage="temporal"))
    if config.features.model != "none":
        columns += _features(config, own, stream)
    return Table(
        name=name,
        id=name,
        kind="entity" if is_referenced else "activity",
        rows=rows.draw(stream.child("rows").draws()),
        columns=tuple(columns),
    )


def _features(config: Config, own: TableConfig, stream: Stream) -> list[Column]:
    settings, model = config.schema_, config.features.model
    n = (own.columns or settings.columns).draw(stream.child("columns").draws())
    p = (own.p_categorical or settings.p_categorical).draw(stream.child("p_categorical").draws())
    categories = own.categories or settings.categories
    kinds, counts = stream.child("kinds").draws(), stream.child("categories").draws()
    columns = []
    for index in range(n):
        is_categorical = kinds.chance(p)
        count = categories.draw(counts)  # drawn for every column, so that kinds move no counts
        columns.append(
            Column(
                name=f"feature_{index}",
                role="feature",
                type=_FEATURE_TYPES[config.features.categorical_as]
                if is_categorical
                else "float32",
                stage="features" if model == "scm" else "temporal",
                nullable=model == "scm"
                and not is_categorical
                and config.features.scm.nulls.bounds[1] > 0,
                kind="categorical" if is_categorical else "numerical",
                categories=count if is_categorical else None,
            )
        )
    return columns
