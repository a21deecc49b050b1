"""When each setting plays a part: rules that look at what other settings are.

Each rule is a place, what must hold for it to act under some settings, and the reason in words why
it does not otherwise. A test states every setting in turn and sees that it either changes what is
made or has a rule that says why not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from plurel_cli.choices.choice import Choice, Fixed, OneOf
from plurel_cli.choices.section import Section
from plurel_cli.config.model import Config
from plurel_cli.config.statements import Settings
from plurel_cli.features.mechanisms import mechanisms
from plurel_cli.features.mechanisms.settings import MlpConfig
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.forms import forms
from plurel_cli.schema.forms import names as form_names


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


def can_be(choice: Choice[Any], *values: object) -> bool:
    """Whether one of some values can be drawn."""
    return any(value in _possible(choice) for value in values)


def _possible(choice: Choice[Any]) -> tuple[Any, ...]:
    """All values of a choice among some, or the ends of a range."""
    return choice.possible if isinstance(choice, OneOf) else choice.bounds


class _ReadSettings:
    """Settings that note which of them are read."""

    def __init__(self, settings: MlpConfig) -> None:
        self._settings, self.names = settings, set[str]()

    def __getattr__(self, name: str) -> Any:
        self.names.add(name)
        return getattr(self._settings, name)


@cache
def _read_by(mechanism: str) -> frozenset[str]:
    """Settings of `mlp` that a mechanism reads, found by drawing one."""
    reader: Any = _ReadSettings(MlpConfig())
    mechanisms[mechanism].function(Stream(0).child("read").generator(), 1, 2, 2, reader)
    return frozenset(reader.names)


def _mlp_acts(name: str, config: Config, settings: Settings, entry: str) -> bool:
    """Whether some mechanism that there can be reads a setting of `mlp`."""
    scm = settings.features.scm
    if name == "initialisation" and can_be(scm.mode, "eager"):
        return True  # embeddings of categories are drawn by it
    return any(name in _read_by(m) for m in (*_possible(scm.mechanism), *_possible(scm.decoder)))


def _some(choice: Choice[float]) -> bool:
    """Whether something above 0 can be drawn."""
    return choice.bounds[1] > 0


def _refers_to_itself(config: Config, form: str) -> bool:
    if config.is_explicit:
        return any(
            parent.table == name and config.form(name, name, place) is forms[form].function
            for name in config.table_names
            for place, parent in enumerate(config.table(name).parents or ())
        )
    several = [config.schema_.forms, *(table.schema.forms for table in _tables(config))]
    if any(key.form == form for table in config.tables.values() for key in table.keys.values()):
        return any(_some(stated.p_self) for stated in several)
    return any(_some(stated.p_self) and can_be(stated.self_reference, form) for stated in several)


def _has_form(config: Config, name: str) -> bool:
    """Whether a reference of some table to another can have a form that is not the default."""
    if config.is_explicit:
        return any(
            config.form(child, parent.table, place) is forms[name].function
            for child in config.table_names
            for place, parent in enumerate(config.table(child).parents or ())
        )
    several = [config.schema_.forms, *(table.schema.forms for table in _tables(config))]
    keys = [key for table in config.tables.values() for key in table.keys.values()]
    return any(key.form == name for key in keys) or any(
        _some(getattr(form, f"p_{name}")) for form in several
    )


def _has_events(config: Config) -> bool:
    several = [config.schema_.forms, *(table.schema.forms for table in _tables(config))]
    return any(_some(forms.p_event) for forms in several) or any(
        table.events for table in config.tables.values()
    )


def _has_timed_entities(config: Config) -> bool:
    """Whether a table that others refer to can have times."""
    several = [config.schema_.forms, *(table.schema.forms for table in _tables(config))]
    return (
        _has_events(config)
        or any(_some(forms.p_timed) for forms in several)
        or any(table.timed for table in config.tables.values())
    )


def _has_cohorts(config: Config) -> bool:
    """Whether a table without times can be referred to by a key that is drawn from blocks."""
    several = [config.schema_.forms, *(table.schema.forms for table in _tables(config))]
    is_open = any(forms.p_timed.bounds[0] < 1 for forms in several)
    if not config.is_explicit:
        return is_open or any(table.timed is False for table in config.tables.values())
    return any(
        config.form(child, parent.table, place).by_default
        and parent.table != child
        and not config.table(parent.table).timed
        and (is_open or config.table(parent.table).timed is False)
        for child in config.table_names
        for place, parent in enumerate(config.table(child).parents or ())
    )


def _keeps_time(config: Config) -> bool:
    """Whether both ends of a reference can have times."""
    is_self = any(_refers_to_itself(config, form) for form in form_names(to_self=True))
    return _has_timed_entities(config) or is_self


def _tables(config: Config) -> Iterable[Settings]:
    return (config.for_table(name) for name in config.tables)


def _varies(choice: object) -> bool:
    """Whether something of it is drawn anew by each that draws from it."""
    if isinstance(choice, Section):
        return any(_varies(value) for _, value in choice)
    if isinstance(choice, dict):
        return any(_varies(value) for value in choice.values())
    return isinstance(choice, Choice) and not isinstance(choice, Fixed)


def _habits_vary(config: Config, settings: Settings) -> bool:
    """Whether two keys can have different habits."""
    section = settings.connectivity
    if section.p_nullable.bounds[1] > 0 and section.p_nullable.bounds[0] < 1:
        return True  # it is drawn for each key
    names = set(type(section).model_fields) - _OF_BLOCKS - {"popularities", "events", "alike"}
    stated = {f"connectivity.{name}": getattr(section, name) for name in names}
    for name in ("following", "lag"):
        stated[f"connectivity.events.{name}"] = getattr(section.events, name)
    for name, choices in section.popularities.items():
        if can_be(section.popularity, name):
            stated["connectivity.popularity"] = (*choices.values(), section.popularity)
    return any(
        any(map(_varies, value if isinstance(value, tuple) else (value,)))
        for place, value in stated.items()
        if acts(config, settings, place)
    )


def _arrivals_vary(config: Config, settings: Settings) -> bool:
    """Whether the arrivals of two tables can be different."""
    section = settings.time.arrivals
    names = set(type(section).model_fields) - {"profile", "profiles", "spacings", "alike"}
    drawn = [getattr(section, n) for n in names if acts(config, settings, f"time.arrivals.{n}")]
    for name, choices in section.spacings.items():
        drawn += choices.values() if can_be(section.spacing, name) else ()
    return section.flashes.bounds[1] > 0 or any(map(_varies, drawn))


_OF_BLOCKS = frozenset(
    {"levels", "parent_clusters", "child_clusters", "matched", "p_diagonal", "p_off_diagonal"}
)


def acts(config: Config, settings: Settings, place: str) -> bool:
    """Whether a setting acts, as far as some rule is of it.

    Parameters
    ----------
    config
        The whole config.
    settings
        Settings of the thing that it is stated of.
    place
        Path of the setting, without names of a registry.

    Returns
    -------
    bool
    """
    return all(
        rule.acts(config, settings, "")
        for rule in RULES
        if place == rule.place or place.startswith(f"{rule.place}.")
    )


def _is_series(settings: Settings) -> bool:
    features = settings.features
    return features.model == "series" or (
        features.model == "scm" and can_be(features.scm.source, "series")
    )


def _has_budget(settings: Settings) -> bool:
    scm = settings.features.scm
    return _some(scm.budget.p) and can_be(scm.mode, "lazy")


def _gathers(settings: Settings) -> bool:
    scm = settings.features.scm
    return _some(scm.children.p) or (_has_budget(settings) and scm.budget.shares["children"] > 0)


RULES = (
    Rule("schema.layouts.*", lambda c, s, n: can_be(s.schema.layout, n),
         "schema.layout cannot be {}"),
    Rule("schema.tables", lambda c, s, n: not c.is_explicit, "the layout is explicit"),
    Rule("schema.max_parents", lambda c, s, n: not c.is_explicit, "the layout is explicit"),
    *(Rule(f"schema.forms.{name}", lambda c, s, n: not c.is_explicit, "the layout is explicit")
      for name in ("p_repeated", "p_self", "p_one_to_one")),
    Rule("schema.forms.p_detail", lambda c, s, n: not c.is_explicit and _has_timed_entities(c),
         "no table that others refer to can have times, or the layout is explicit"),
    Rule("schema.forms.p_owned", lambda c, s, n: not c.is_explicit, "the layout is explicit"),
    Rule("schema.forms.self_reference",
         lambda c, s, n: not c.is_explicit and _some(s.schema.forms.p_self),
         "no table can refer to itself by schema.forms.p_self"),
    Rule("schema.forms.one_to_one_share", lambda c, s, n: _has_form(c, "one_to_one"),
         "no reference can be one_to_one"),
    Rule("connectivity.detail.counts.*",
         lambda c, s, n: _has_form(c, "detail") and can_be(s.connectivity.detail.count, n),
         "no reference can be detail, or connectivity.detail.count cannot be {}"),
    Rule("connectivity.detail.lags.*",
         lambda c, s, n: _has_form(c, "detail") and can_be(s.connectivity.detail.lag, n),
         "no reference can be detail, or connectivity.detail.lag cannot be {}"),
    Rule("connectivity.detail", lambda c, s, n: _has_form(c, "detail"),
         "no reference can be detail"),
    Rule("schema.rows.event", lambda c, s, n: _has_events(c), "no table can hold events"),
    Rule("schema.row_order", lambda c, s, n: _has_cohorts(c),
         "all tables that others refer to have times, or keys to them no cohorts"),
    Rule("schema.naming", lambda c, s, n: c.schema_.naming != "themed" or not c.is_explicit,
         "the layout is explicit, and tables that are written out have no theme"),
    *(Rule(place, lambda c, s, n: c.naming != "themed", "names are themed, and a theme has columns")
      for place in ("schema.p_categorical", "schema.categories", "schema.narrowed",
                    "features.categorical_as", "features.scm.transform", "features.scm.cut",
                    "features.scm.p_permuted", "features.scm.p_reversed",
                    "features.scm.determined")),
    Rule("schema.themes", lambda c, s, n: c.naming == "themed", "names are not themed"),
    *(Rule(f"schema.{name}", lambda c, s, n: s.features.model != "none",
           "features.model is none")
      for name in ("columns", "p_categorical", "categories", "narrowed")),
    Rule("connectivity.child_clusters", lambda c, s, n: not s.connectivity.matched,
         "connectivity.matched makes as many as there are parent_clusters"),
    Rule("connectivity.alike", lambda c, s, n: _habits_vary(c, s),
         "all keys have the same habits without it"),
    Rule("connectivity.time_order", lambda c, s, n: _keeps_time(c),
         "no table that another refers to can have times"),
    Rule("connectivity.following",
         lambda c, s, n: s.connectivity.time_order and _keeps_time(c),
         "connectivity.time_order is off, or no table that another refers to can have times"),
    Rule("connectivity.founders", lambda c, s, n: _some(s.connectivity.returning),
         "connectivity.returning is 0"),
    Rule("connectivity.lag",
         lambda c, s, n: s.connectivity.time_order and _some(s.connectivity.following)
         and _keeps_time(c),
         "no row follows the newest parents by connectivity.following and time_order"),
    Rule("connectivity.events", lambda c, s, n: _has_events(c), "no table can hold events"),
    Rule("connectivity.popularities.*", lambda c, s, n: can_be(s.connectivity.popularity, n),
         "connectivity.popularity cannot be {}"),
    Rule("connectivity.latent",
         lambda c, s, n: not can_be(s.connectivity.popularity, "even")
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
    Rule("time.arrivals.spacings.*", lambda c, s, n: can_be(s.time.arrivals.spacing, n),
         "time.arrivals.spacing cannot be {}"),
    Rule("time.arrivals.alike", lambda c, s, n: _arrivals_vary(c, s),
         "all tables have the same arrivals without it"),
    Rule("time.arrivals.entity_growth", lambda c, s, n: _has_timed_entities(c),
         "no table that another refers to can have times"),
    Rule("time.arrivals.profiles.*", lambda c, s, n: can_be(s.time.arrivals.profile, n),
         "time.arrivals.profile cannot be {}"),
    *(Rule(f"time.arrivals.{name}", lambda c, s, n: s.time.arrivals.flashes.bounds[1] > 0,
           "time.arrivals.flashes is 0")
      for name in ("flash_size", "flash_hours")),
    Rule("features.categorical_as", lambda c, s, n: s.features.model != "none",
         "features.model is none"),
    Rule("features.series", lambda c, s, n: _is_series(s),
         "neither features.model nor features.scm.source can be series"),
    Rule("features.scm", lambda c, s, n: s.features.model == "scm", "features.model is not scm"),
    Rule("features.scm.layouts.*", lambda c, s, n: can_be(s.features.scm.layout, n),
         "features.scm.layout cannot be {}"),
    *(Rule(f"features.scm.{name}", lambda c, s, n: can_be(s.features.scm.mode, "lazy"),
           "features.scm.mode cannot be lazy")
      for name in ("budget", "cut", "p_permuted", "p_reversed")),
    *(Rule(f"features.scm.budget.{name}", lambda c, s, n: _has_budget(s),
           "features.scm.budget.p is 0")
      for name in ("shares", "database_concentration", "table_concentration", "concentration",
                   "floor", "traits", "chains", "persistence", "chain", "moving", "drift",
                   "batch_traits", "batch_rows")),
    Rule("features.scm.budget.first_trait",
         lambda c, s, n: _has_budget(s) and s.features.scm.budget.traits > 1,
         "features.scm.budget.p is 0, or there is one trait"),
    *(Rule(f"features.scm.mlp.{name}", partial(_mlp_acts, name),
           "no mechanism or decoder that there can be reads it")
      for name in MlpConfig.model_fields),
    Rule("features.scm.children.aggregate", lambda c, s, n: _gathers(s),
         "nothing gathers children by features.scm.children.p or a share of the budget"),
    Rule("features.scm.children.half_life",
         lambda c, s, n: _gathers(s) and can_be(s.features.scm.children.aggregate, "decayed_sum"),
         "nothing can be gathered as decayed_sum"),
    Rule("features.scm.time.kind", lambda c, s, n: _some(s.features.scm.time.p),
         "features.scm.time.p is 0"),
    Rule("features.scm.determined.kind", lambda c, s, n: _some(s.features.scm.determined.p),
         "features.scm.determined.p is 0"),
    *(Rule(f"features.scm.missing.{name}",
           lambda c, s, n: _some(s.features.scm.missing.p_column),
           "features.scm.missing.p_column is 0")
      for name in ("rate", "told", "itself", "begins", "reasons", "group")),
    Rule("features.scm.nulls", lambda c, s, n: s.features.scm.missing.p_column.bounds[1] == 0,
         "features.scm.missing.p_column can be above 0, and rules instead"),
    *(Rule(place, lambda c, s, n: s.schema.nulls, "schema.nulls is false")
      for place in ("connectivity.p_nullable", "features.scm.nulls", "features.scm.missing")),
)  # fmt: skip
"""All rules."""
