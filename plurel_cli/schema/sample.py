"""Stage 1: draw the tables, how they refer to each other, their sizes and their columns.

A layout gives a directed acyclic graph whose edges A → B say that B holds a foreign key into A.
A table that no other refers to is an activity table, every other an entity table. Every draw has an
address of its own, so that one setting moves nothing but what it is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Literal, cast

from plurel_cli.choices.choice import Choice
from plurel_cli.config import Config
from plurel_cli.config.schema import EXPLICIT, SchemaConfig
from plurel_cli.config.scm import ScmConfig
from plurel_cli.config.tables import ReferenceConfig, TableConfig
from plurel_cli.errors import ConfigError, Problem, UsageError
from plurel_cli.numerics.shares import floor_share
from plurel_cli.numerics.stream import SEED_LIMIT, Stream
from plurel_cli.schema.graph import Edges
from plurel_cli.schema.layouts import layouts
from plurel_cli.schema.model import (
    PRIMARY_KEY,
    SELF_FORMS,
    TIME_COLUMN,
    Column,
    ColumnType,
    Form,
    Schema,
    Table,
)
from plurel_cli.schema.narrowed import Narrowed

_FEATURE_TYPES: dict[str, ColumnType] = {
    "integer": "int32",
    "label": "string",
    "boolean": "boolean",
}

_UNCHANGED = TableConfig()

_PAIRS_A_ROW = 2  # a junction holds at most half of the pairs, so that a free one is soon drawn


@dataclass(frozen=True)
class _Reference:
    """One foreign key: the table it refers to, and its form."""

    table: str
    form: Form | None = None


@dataclass(frozen=True)
class _Skeleton:
    """Tables by name with the references of each, in the order of their foreign keys."""

    layout: str
    references: dict[str, tuple[_Reference, ...]]


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
    seed = int(seed)  # which numpy may have made
    if not 0 <= seed < SEED_LIMIT:
        raise UsageError("seed", f"must be from 0 to {SEED_LIMIT - 1}", seed)
    stream = Stream(seed).child("schema")
    skeleton = _explicit(config) if config.is_explicit else _random(config, stream)
    forms = _Forms(config, stream, skeleton)
    tables = tuple(
        _table(config, stream.child("table", name), name, forms) for name in skeleton.references
    )
    return Schema(
        seed=seed,
        stages=("schema",),
        layout=skeleton.layout,
        tables=tables,
        config=config.resolved(),
    )


def _explicit(config: Config) -> _Skeleton:
    references = {
        name: tuple(_Reference(its.table, _explicit_form(its, name)) for its in table.parents or ())
        for name, table in config.tables.items()
    }
    return _Skeleton(EXPLICIT, references)


def _explicit_form(its: ReferenceConfig, child: str) -> Form | None:
    if its.table == child:
        return its.form or "thread"
    return None if its.form == "many" else its.form


def _random(config: Config, stream: Stream) -> _Skeleton:
    settings = config.schema_
    n = settings.tables.draw(stream.child("tables").draws())
    layout = settings.layout.draw(stream.child("layout").draws())
    edges = sample_graph(layout, n, stream.child("graph", layout), settings.layouts)
    if settings.max_parents is not None:
        edges = _capped(edges, settings.max_parents, stream.child("max_parents"))
    parents: list[list[_Reference]] = [[] for _ in range(n)]
    for a, b in edges:
        parents[b].append(_Reference(f"table_{a}"))
    references = {f"table_{child}": its for child, its in enumerate(parents)}
    _add_forms(references, settings, stream.child("forms"))
    return _Skeleton(layout, {name: tuple(its) for name, its in references.items()})


def _add_forms(
    references: dict[str, list[_Reference]], settings: SchemaConfig, stream: Stream
) -> None:
    """Make some references one-to-one, repeat some, and add some of tables to themselves."""
    forms = settings.forms
    p_one_to_one, p_repeated, p_self = (
        getattr(forms, name).draw(stream.child(name).draws())
        for name in ("p_one_to_one", "p_repeated", "p_self")
    )
    most = settings.max_parents
    for name, its in references.items():
        own = stream.child("table", name)
        if its and own.child("one_to_one").draws().chance(p_one_to_one):
            its[0] = _Reference(its[0].table, "one_to_one")
        draws = own.child("repeated").draws()
        many = [at for at, reference in enumerate(its) if reference.form is None]
        if draws.chance(p_repeated) and many and (most is None or len(its) < most):
            at = draws.item(many)
            its.insert(at + 1, its[at])
        draws = own.child("self").draws()
        if draws.chance(p_self) and (most is None or len(its) < most):
            its.append(_Reference(name, cast(Form, forms.self_reference.draw(draws))))


class _Forms:
    """Kinds, row counts, times and unique pairs of all tables, which hang on their references, and
    the ranges that a database draws for its tables.
    """

    def __init__(self, config: Config, stream: Stream, skeleton: _Skeleton) -> None:
        self._config, self._stream = config, stream
        self.references = skeleton.references
        self._referenced = {
            its.table
            for child, several in self.references.items()
            for its in several
            if its.table != child
        }
        forms = stream.child("forms")
        self._p_timed, self._p_event, self._p_junction = (
            getattr(config.schema_.forms, name).draw(forms.child(name).draws())
            for name in ("p_timed", "p_event", "p_junction")
        )
        self.ranges = {
            name: Narrowed.of(getattr(config.schema_, name), stream.child("narrowed", name))
            for name in ("p_categorical", "categories")
        }
        self._rows: dict[str, int] = {}
        self._timed: dict[str, bool] = {}
        for name in TopologicalSorter(
            {
                child: {its.table for its in several} - {child}
                for child, several in self.references.items()
            }
        ).static_order():
            self._rows[name] = self._drawn_rows(name)
            self._timed[name] = self._is_timed(name)

    def _of(self, name: str) -> Stream:
        return self._stream.child("forms", "table", name)

    def _own(self, name: str) -> TableConfig:
        return self._config.tables.get(name, _UNCHANGED)

    def kind(self, name: str) -> Literal["entity", "activity"]:
        """What the table is."""
        return "entity" if name in self._referenced else "activity"

    def rows(self, name: str) -> int:
        """Row count."""
        return self._rows[name]

    def is_timed(self, name: str) -> bool:
        """Whether it has a time column."""
        return self._timed[name]

    def holds_events(self, name: str) -> bool:
        """Whether it is an entity table of events."""
        own, first = self._own(name).events, next(iter(self.references[name]), None)
        if self.kind(name) == "activity" or (first is not None and first.form == "one_to_one"):
            return False
        drawn = self._of(name).child("event").draws().chance(self._p_event)
        return drawn if own is None else own

    def is_junction(self, name: str) -> bool:
        """Whether no pair of its first two parents may come twice.

        Raises
        ------
        ConfigError
            If the config asks for that, and its rows are more than half of the pairs.
        """
        own, pair = self._own(name).junction, self.references[name][:2]
        if own is False or len(pair) < 2 or any(its.form is not None for its in pair):
            return False
        drawn = self._of(name).child("junction").draws().chance(self._p_junction)
        is_open = not all(self._timed[its.table] for its in pair)  # early rows find enough pairs
        if not (own or (drawn and is_open)):
            return False
        most = self._rows[pair[0].table] * self._rows[pair[1].table] // _PAIRS_A_ROW
        if self._rows[name] > most and own:
            rule = f"must be at most {most}, half of the pairs of its parents, in a junction"
            raise ConfigError([Problem(f"tables.{name}.rows", rule, self._rows[name])])
        return self._rows[name] <= most

    def _drawn_rows(self, name: str) -> int:
        settings, own = self._config.schema_, self._own(name)
        first = next(iter(self.references[name]), None)
        if first is not None and first.form == "one_to_one":
            share = settings.forms.one_to_one_share.draw(self._of(name).child("share").draws())
            return max(1, floor_share(share, self._rows[first.table]))
        kind = "event" if self.holds_events(name) else self.kind(name)
        rows = own.rows or getattr(settings.rows, kind)
        return int(rows.draw(self._stream.child("table", name).child("rows").draws()))

    def _is_timed(self, name: str) -> bool:
        own = self._own(name).timed
        if own is not None:
            return own
        if self.kind(name) == "activity" or self.holds_events(name):
            return True
        if any(self._timed.get(its.table, False) for its in self.references[name]):
            return True  # it exists no earlier than what it refers to
        return self._of(name).child("timed").draws().chance(self._p_timed)


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


def _table(config: Config, stream: Stream, name: str, forms: _Forms) -> Table:
    own = config.tables.get(name, _UNCHANGED)
    references = forms.references[name]
    parents = [its.table for its in references]
    keys = [
        Column(
            name=f"foreign_row_{index}",
            role="foreign_key",
            type="int64",
            stage="fk",
            nullable=its.form in SELF_FORMS,
            references=its.table,
            ordinal=parents[:index].count(its.table),
            form=its.form,
        )
        for index, its in enumerate(references)
    ]
    columns = [Column(name=PRIMARY_KEY, role="primary_key", type="int64", stage="fk"), *keys]
    if forms.is_timed(name):
        columns.append(Column(name=TIME_COLUMN, role="time", type="datetime[ns]", stage="temporal"))
    if config.features.model != "none":
        columns += _features(config, own, stream, forms.ranges)
    return Table(
        name=name,
        id=name,
        kind=forms.kind(name),
        rows=forms.rows(name),
        columns=tuple(columns),
        holds_events=forms.holds_events(name) or None,
        unique=(keys[0].name, keys[1].name) if forms.is_junction(name) else None,
    )


def _features(
    config: Config, own: TableConfig, stream: Stream, ranges: dict[str, Narrowed]
) -> list[Column]:
    settings, model = config.schema_, config.features.model
    n = (own.columns or settings.columns).draw(stream.child("columns").draws())
    p_categorical: Choice[float] | Narrowed = own.p_categorical or settings.p_categorical
    categories: Choice[int] | Narrowed = own.categories or settings.categories
    if settings.narrowed:
        p_categorical = p_categorical if own.p_categorical else ranges["p_categorical"]
        categories = categories if own.categories else ranges["categories"]
    p = p_categorical.draw(stream.child("p_categorical").draws())
    kinds, counts = stream.child("kinds").draws(), stream.child("categories").draws()
    columns = []
    for index in range(n):
        is_categorical = kinds.chance(p)
        count = int(categories.draw(counts))  # drawn for every column, so that kinds move no counts
        columns.append(
            Column(
                name=f"feature_{index}",
                role="feature",
                type=_FEATURE_TYPES[config.features.categorical_as]
                if is_categorical
                else "float32",
                stage="features" if model == "scm" else "temporal",
                nullable=model == "scm" and _may_be_null(config.features.scm, is_categorical),
                kind="categorical" if is_categorical else "numerical",
                categories=count if is_categorical else None,
            )
        )
    return columns


def _may_be_null(settings: ScmConfig, is_categorical: bool) -> bool:
    if settings.missing.p_column.bounds[1] > 0 or settings.determined.p.bounds[1] > 0:
        return True  # a column that others determine is null where they are
    return not is_categorical and settings.nulls.bounds[1] > 0
