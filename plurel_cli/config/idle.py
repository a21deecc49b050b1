"""Settings that can play no part, because of what others are.

Each rule is a place, the settings that must allow it to act, and the reason in words. A setting is
idle if under those of the whole database, and of every table, key and column that states its own,
nothing would read it. Only what differs from the default is told of: `default.yaml` states all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from plurel_cli.choices.choice import Choice, OneOf
from plurel_cli.config.layers import Layer, Origin
from plurel_cli.config.model import Config
from plurel_cli.config.statements import Settings


@dataclass(frozen=True)
class Rule:
    """When a setting acts.

    Attributes
    ----------
    place
        The setting, or the section; `*` at its end stands for a name of a registry.
    acts
        Whether it acts, under some settings and, where it ends in a name, for that name.
    why
        Why it does not, otherwise; `{}` stands for the name.
    """

    place: str
    acts: Callable[[Config, Settings, str], bool]
    why: str


def _can(choice: Choice[Any], *values: object) -> bool:
    """Whether one of some values can be drawn."""
    names = choice.possible if isinstance(choice, OneOf) else choice.bounds
    return any(value in names for value in values)


def _some(choice: Choice[float]) -> bool:
    """Whether something above 0 can be drawn."""
    return choice.bounds[1] > 0


def _refers_to_itself(config: Config, form: str) -> bool:
    if config.is_explicit:
        return any(
            parent.table == name and (parent.form or "thread") == form
            for name in config.table_names
            for parent in config.table(name).parents or ()
        )
    forms = config.schema_.forms
    return _some(forms.p_self) and _can(forms.self_reference, form)


def _has_one_to_one(config: Config) -> bool:
    if config.is_explicit:
        references = (config.table(name).parents or () for name in config.table_names)
        return any(parent.form == "one_to_one" for several in references for parent in several)
    return _some(config.schema_.forms.p_one_to_one)


def _has_events(config: Config) -> bool:
    return _some(config.schema_.forms.p_event) or any(
        table.events for table in config.tables.values()
    )


def _is_series(settings: Settings) -> bool:
    features = settings.features
    return features.model == "series" or (
        features.model == "scm" and _can(features.scm.source, "series")
    )


def _has_budget(settings: Settings) -> bool:
    scm = settings.features.scm
    return _some(scm.budget.p) and _can(scm.mode, "lazy")


def _gathers(settings: Settings) -> bool:
    scm = settings.features.scm
    return _some(scm.children.p) or (_has_budget(settings) and scm.budget.shares["children"] > 0)


RULES = (
    Rule("schema.layouts.*", lambda c, s, n: _can(s.schema.layout, n),
         "schema.layout cannot be {}"),
    Rule("schema.tables", lambda c, s, n: not c.is_explicit, "the layout is explicit"),
    Rule("schema.max_parents", lambda c, s, n: not c.is_explicit, "the layout is explicit"),
    *(Rule(f"schema.forms.{name}", lambda c, s, n: not c.is_explicit, "the layout is explicit")
      for name in ("p_repeated", "p_self", "p_one_to_one")),
    Rule("schema.forms.self_reference",
         lambda c, s, n: not c.is_explicit and _some(s.schema.forms.p_self),
         "no table can refer to itself by schema.forms.p_self"),
    Rule("schema.forms.one_to_one_share", lambda c, s, n: _has_one_to_one(c),
         "no reference can be one_to_one"),
    Rule("schema.rows.event", lambda c, s, n: _has_events(c), "no table can hold events"),
    *(Rule(f"schema.{name}", lambda c, s, n: s.features.model != "none",
           "features.model is none")
      for name in ("columns", "p_categorical", "categories", "narrowed")),
    Rule("connectivity.child_clusters", lambda c, s, n: not s.connectivity.matched,
         "connectivity.matched makes as many as there are parent_clusters"),
    Rule("connectivity.following", lambda c, s, n: s.connectivity.time_order,
         "connectivity.time_order is off"),
    Rule("connectivity.lag",
         lambda c, s, n: s.connectivity.time_order and _some(s.connectivity.following),
         "no row follows the newest parents by connectivity.following and time_order"),
    Rule("connectivity.events", lambda c, s, n: _has_events(c), "no table can hold events"),
    Rule("connectivity.popularities.*", lambda c, s, n: _can(s.connectivity.popularity, n),
         "connectivity.popularity cannot be {}"),
    Rule("connectivity.latent",
         lambda c, s, n: not _can(s.connectivity.popularity, "even")
         or len(getattr(s.connectivity.popularity, "possible", ())) > 1,
         "connectivity.popularity is even"),
    Rule("connectivity.hub_weight", lambda c, s, n: _some(s.connectivity.hubs),
         "connectivity.hubs is 0"),
    Rule("connectivity.pairing", lambda c, s, n: _some(s.connectivity.coupling),
         "connectivity.coupling is 0"),
    *(Rule(f"connectivity.{name}", lambda c, s, n: _some(s.connectivity.p_nullable),
           "connectivity.p_nullable is 0")
      for name in ("null_rate", "null_latent")),
    Rule("connectivity.thread", lambda c, s, n: _refers_to_itself(c, "thread"),
         "no self-reference can be a thread"),
    Rule("connectivity.hierarchy", lambda c, s, n: _refers_to_itself(c, "levels"),
         "no self-reference can be of levels"),
    Rule("time.arrivals.spacings.*", lambda c, s, n: _can(s.time.arrivals.spacing, n),
         "time.arrivals.spacing cannot be {}"),
    Rule("time.arrivals.profiles.*", lambda c, s, n: _can(s.time.arrivals.profile, n),
         "time.arrivals.profile cannot be {}"),
    *(Rule(f"time.arrivals.{name}", lambda c, s, n: s.time.arrivals.flashes.bounds[1] > 0,
           "time.arrivals.flashes is 0")
      for name in ("flash_size", "flash_hours")),
    Rule("features.categorical_as", lambda c, s, n: s.features.model != "none",
         "features.model is none"),
    Rule("features.series", lambda c, s, n: _is_series(s),
         "neither features.model nor features.scm.source can be series"),
    Rule("features.scm", lambda c, s, n: s.features.model == "scm", "features.model is not scm"),
    Rule("features.scm.layouts.*", lambda c, s, n: _can(s.features.scm.layout, n),
         "features.scm.layout cannot be {}"),
    *(Rule(f"features.scm.{name}", lambda c, s, n: _can(s.features.scm.mode, "lazy"),
           "features.scm.mode cannot be lazy")
      for name in ("budget", "cut", "p_permuted", "p_reversed")),
    *(Rule(f"features.scm.budget.{name}", lambda c, s, n: _has_budget(s),
           "features.scm.budget.p is 0")
      for name in ("shares", "database_concentration", "table_concentration", "concentration",
                   "floor", "traits", "chains", "persistence", "chain", "moving", "drift")),
    Rule("features.scm.children.aggregate", lambda c, s, n: _gathers(s),
         "nothing gathers children by features.scm.children.p or a share of the budget"),
    Rule("features.scm.children.half_life",
         lambda c, s, n: _gathers(s) and _can(s.features.scm.children.aggregate, "decayed_sum"),
         "nothing can be gathered as decayed_sum"),
    Rule("features.scm.time.kind", lambda c, s, n: _some(s.features.scm.time.p),
         "features.scm.time.p is 0"),
    Rule("features.scm.determined.kind", lambda c, s, n: _some(s.features.scm.determined.p),
         "features.scm.determined.p is 0"),
    *(Rule(f"features.scm.missing.{name}",
           lambda c, s, n: _some(s.features.scm.missing.p_column),
           "features.scm.missing.p_column is 0")
      for name in ("rate", "told", "itself", "begins", "reasons", "group")),
    Rule("features.scm.nulls", lambda c, s, n: s.features.scm.missing.p_column.bounds[0] == 0,
         "features.scm.missing.p_column is above 0, and rules instead"),
    *(Rule(place, lambda c, s, n: s.schema.nulls, "schema.nulls is false")
      for place in ("connectivity.p_nullable", "features.scm.nulls", "features.scm.missing")),
)  # fmt: skip
"""All rules."""


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
    everywhere = [config.statements.base, *_everywhere(config)]
    defaults, values = Config.model_validate({}).resolved(), config.resolved()
    told: set[str] = set()
    for rule in RULES:
        for place, name in _places(rule.place, "", stated):
            if not any(rule.acts(config, settings, name) for settings in everywhere):
                yield from _told(place, rule.why.format(name), stated, told, (defaults, values))
    for table in config.tables:
        prefix = f"tables.{table}."
        settings = config.for_table(table)
        if any(place.startswith(prefix) for place in stated):
            for rule in RULES:
                for place, name in _places(rule.place, prefix, stated):
                    if not rule.acts(config, settings, name):
                        yield from _told(place, rule.why.format(name), stated, told, None)
    yield from _idle_forms(config, stated)


def _everywhere(config: Config) -> Iterator[Settings]:
    """Settings of every table, key and column that states its own."""
    for name, table in config.tables.items():
        yield config.for_table(name)
        for key in table.keys:
            yield config.for_key(name, key, key, len(table.parents or ()))
        for place, parent in enumerate(table.parents or ()):
            yield config.for_key(name, f"foreign_row_{place}", parent.table, place)
        for column in table.named_columns:
            yield config.for_column(name, column)


def _places(place: str, prefix: str, stated: dict[str, Origin]) -> Iterator[tuple[str, str]]:
    """Stated places that a rule is of, each with the name at its end."""
    whole = prefix + place.removesuffix("*")
    if not place.endswith("*"):
        if any(other == whole or other.startswith(f"{whole}.") for other in stated):
            yield whole, ""
        return
    names = {other[len(whole) :].partition(".")[0] for other in stated if other.startswith(whole)}
    for name in sorted(names):
        yield f"{whole}{name}", name


def _told(
    place: str,
    why: str,
    stated: dict[str, Origin],
    told: set[str],
    data: tuple[dict[str, Any], dict[str, Any]] | None,
) -> Iterator[str]:
    """One sentence about a place, unless a part of it was told of or it is as by default."""
    if data is not None and _at(data[0], place) == _at(data[1], place):
        return
    within = [other for other in stated if other == place or other.startswith(f"{place}.")]
    if not within or any(place == other or place.startswith(f"{other}.") for other in told):
        return
    told.add(place)
    origin = stated.get(place, stated[within[0]])
    yield f"{origin}: {place}: plays no part, as {why}"


def _at(data: Any, place: str) -> Any:
    for part in place.split("."):
        data = data.get(part) if isinstance(data, dict) else None
    return data


def _idle_forms(config: Config, stated: dict[str, Origin]) -> Iterator[str]:
    """What is stated of explicit tables that cannot have it."""
    if not config.is_explicit:
        return
    referenced = {
        parent.table
        for name in config.table_names
        for parent in config.table(name).parents or ()
        if parent.table != name
    }
    for name in config.table_names:
        table = config.tables[name]
        if table.events and name not in referenced:
            place = f"tables.{name}.events"
            why = "no table refers to it, and events are those of an entity table"
            yield from _told(place, why, stated, set(), None)
        if table.junction and len(table.parents or ()) < 2:
            why = "it refers to fewer than two parents"
            yield from _told(f"tables.{name}.junction", why, stated, set(), None)
