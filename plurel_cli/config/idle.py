"""Settings that can play no part, because of what others are, told with where they were stated.

A setting is idle if under those of the whole database, and of every table, key and column that
states its own, nothing would read it; what is stated of one thing, if under those of that thing
nothing would. Only what differs from the default is told of: `default.yaml` states all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from plurel_cli.config.layers import Layer, Origin
from plurel_cli.config.model import Config
from plurel_cli.config.rules import RULES, can_be
from plurel_cli.config.statements import Settings, fitting
from plurel_cli.config.table_times import may_have_times

_NO_KEY = 1 << 20
"""A position that no foreign key has."""


@dataclass
class _Idle:
    """Places that play no part, each told once.

    Attributes
    ----------
    stated
        What is stated, with where.
    named
        Places that were told of.
    """

    stated: Mapping[str, Origin]
    named: set[str] = field(default_factory=set)

    def sentences(self, place: str, why: str) -> Iterator[str]:
        """One sentence about a place, unless a part of it, or what it is in, was told of."""
        within = [other for other in self.stated if other == place or _is_in(other, place)]
        if not within or any(place == other or _is_in(place, other) for other in self.named):
            return
        self.named.add(place)
        origin = self.stated.get(place, self.stated[within[0]])
        yield f"{origin}: {place}: plays no part, as {why}"


def _is_in(place: str, section: str) -> bool:
    return place.startswith((f"{section}.", f"{section}["))


def idle_settings(config: Config, layer: Layer, is_told: Callable[[Origin], bool]) -> Iterator[str]:
    """Sentences about settings that can play no part.

    Parameters
    ----------
    config
        A config.
    layer
        What it states, and where.
    is_told
        Whether to tell of what has an origin; what a config extends may well be overruled.

    Yields
    ------
    str
        The origin, the place, and why.
    """
    stated = {place: origin for place, origin in layer.origins.items() if is_told(origin)}
    if not stated:
        return
    idle = _Idle(stated)
    defaults, values = Config.model_validate({}).resolved(), config.resolved()
    for prefix, several in _things(config):
        if prefix and not any(place.startswith(prefix) for place in stated):
            continue
        for rule in RULES:
            for place, name in _places(rule.place, prefix, stated):
                if not prefix and _at(defaults, place) == _at(values, place):
                    continue
                if not any(rule.acts(config, settings, name) for settings in several):
                    yield from idle.sentences(place, rule.why.format(name))
    yield from _idle_in_columns(config, idle)
    yield from _idle_by_lenses(config, idle)
    if config.is_explicit:
        yield from _idle_in_tables(config, idle)


def _idle_in_columns(config: Config, idle: _Idle) -> Iterator[str]:
    """What is stated of columns with a lens, whose kind, categories and look the lens says."""
    for table, stated in config.tables.items():
        for name, column in stated.named_columns.items():
            if (lens := column.lens) is None:
                continue
            prefix, why = f"tables.{table}.columns.{name}.", f"the lens {lens.kind} says it"
            for place in ("p_categorical", "categories", "features.scm.transform"):
                yield from idle.sentences(f"{prefix}{place}", why)
                yield from idle.sentences(f"{prefix}schema.{place}", why)
            if lens.shows not in ("number", "category"):
                why = f"the lens {lens.kind} shows no variable"
                yield from idle.sentences(f"{prefix}features", why)
            elif isinstance(column.nulls, float):
                why = "its share of nulls is stated"
                yield from idle.sentences(f"{prefix}features.scm.missing", why)


def _idle_by_lenses(config: Config, idle: _Idle) -> Iterator[str]:
    """Modes of tables whose columns have lenses, which need that of numbers that are cut."""
    why = "columns with a lens are cut from numbers, for which the mode is lazy"
    eager = [
        name
        for name, table in config.tables.items()
        if any(column.is_new for column in table.named_columns.values())
        and not can_be(config.for_table(name).features.scm.mode, "lazy")
    ]
    for name in eager:
        yield from idle.sentences(f"tables.{name}.features.scm.mode", why)
    if config.is_explicit and set(eager) == set(config.table_names):
        yield from idle.sentences("features.scm.mode", why)


def _things(config: Config) -> Iterator[tuple[str, list[Settings]]]:
    """What settings can be stated of, each with where, and the settings of all that it covers."""
    below = {name: list(_below(config, name)) for name in config.tables}
    whole = [config.statements.base, *(s for several in below.values() for _, s in several)]
    yield "", whole
    for name, table in config.tables.items():
        covered = [other for other in config.tables if fitting({name: table}, other)]
        prefix = f"tables.{name}."
        yield prefix, [settings for other in covered for _, settings in below[other]]
        for place, settings in below[name]:
            if place:
                yield f"{prefix}{place}.", [settings]


def _below(config: Config, name: str) -> Iterator[tuple[str, Settings]]:
    """Settings of a table, and of every key and column that states its own, with the place."""
    table = config.tables[name]
    yield "", config.for_table(name)
    for key in table.keys:
        position = _position(key)
        yield f"keys.{key}", config.for_key(name, key, key, position)
    for place, parent in enumerate(table.parents or ()):
        column = f"foreign_row_{place}"
        yield f"parents[{place}]", config.for_key(name, column, parent.table, place)
    for column in table.named_columns:
        yield f"columns.{column}", config.for_column(name, column)


def _position(key: str) -> int:
    """The position that the name of a key's column says, if it does."""
    number = key.removeprefix("foreign_row_")
    return int(number) if number.isdecimal() and number != key else _NO_KEY


def _places(place: str, prefix: str, stated: Mapping[str, Origin]) -> Iterator[tuple[str, str]]:
    """Stated places that a rule is of, each with the name at its end."""
    whole = prefix + place.removesuffix("*")
    if not place.endswith("*"):
        if any(other == whole or _is_in(other, whole) for other in stated):
            yield whole, ""
        alone = prefix + place.removeprefix("schema.")
        if prefix and alone != whole and alone in stated:
            yield alone, ""
        return
    names = {other[len(whole) :].partition(".")[0] for other in stated if other.startswith(whole)}
    for name in sorted(names):
        yield f"{whole}{name}", name


def _at(data: Any, place: str) -> Any:
    for part in place.split("."):
        data = data.get(part) if isinstance(data, dict) else None
    return data


def _idle_in_tables(config: Config, idle: _Idle) -> Iterator[str]:
    """What is stated of explicit tables that cannot have it."""
    parents = {
        name: [parent.table for parent in config.table(name).parents or ()]
        for name in config.table_names
    }
    referenced = {p for name, several in parents.items() for p in several if p != name}
    for name, table in config.tables.items():
        covered = [other for other in parents if fitting({name: table}, other)]
        if table.events and not any(other in referenced for other in covered):
            why = "no table refers to it, and events are those of an entity table"
            yield from idle.sentences(f"tables.{name}.events", why)
        if table.junction and not any(len(parents[other]) > 1 for other in covered):
            why = "it refers to fewer than two parents"
            yield from idle.sentences(f"tables.{name}.junction", why)
        if not any(parents[other] for other in covered):
            why = "it refers to no table"
            for place in ("connectivity", "features.scm.parent_columns", "schema.max_parents"):
                yield from idle.sentences(f"tables.{name}.{place}", why)
        if not any(may_have_times(config, other, parents, referenced) for other in covered):
            yield from idle.sentences(f"tables.{name}.time", "it has no times")
