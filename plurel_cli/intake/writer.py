"""A config from a picture: commented YAML that a reader edits and `plurel generate` takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import yaml

from plurel_cli.config.load import parse_config
from plurel_cli.errors import ConfigError, UsageError
from plurel_cli.intake.amounts import relate_amounts
from plurel_cli.intake.columns import StatedTable, stated_columns
from plurel_cli.intake.counters import KeyCounter
from plurel_cli.intake.flow import comment_of, flow_of, key_of
from plurel_cli.intake.following import without_formulas
from plurel_cli.intake.happened import tell_by_status
from plurel_cli.intake.keys import HeldKey, HeldTable, held_keys, parents_first
from plurel_cli.intake.likeness.fitting import FittedTable, fit, window_of
from plurel_cli.intake.likeness.repeating import tell_relations
from plurel_cli.intake.likeness.rows import TableLikeness
from plurel_cli.intake.likeness.same import hold_same_rows
from plurel_cli.intake.likeness.single import with_single_keys
from plurel_cli.intake.likeness.stating import tell_dependences
from plurel_cli.intake.owners import tell_by_type
from plurel_cli.intake.picture import Note, Picture
from plurel_cli.intake.ratings import tell_by_rating
from plurel_cli.intake.sizes import sizes
from plurel_cli.intake.uniqueness import hold_unique_sets

_WIDTH = 88
NULLS = 0.1
"""Share of nulls of a foreign key that may be null."""

_LIKE_FEATURES = (
    "features:",
    "  model: scm",
    "  scm:",
    "    mode: lazy",
    "    source: normal",
    "    budget:  # what a column depends on beside its causes: of each the share, and else chance",
    "      p: 1",
    "      shares: {causes: 0, traits: 0, parents: 0, memory: 0, drift: 0, children: 0, noise: 1}",
    "      database_concentration: 1.0e+9",
    "      table_concentration: 1.0e+9",
    "      concentration: 1.0e+9",
)

_FEATURES = (
    "features:",
    "  model: scm",
    "  scm:",
    "    mode: lazy",
    "    source: normal",
    "    budget:  # what a column depends on, where no causes are stated: its row, parents, chance",
    "      p: 1",
    "      shares: {causes: 0.3, traits: 0.15, parents: 0.25, noise: 0.3}",
)


@dataclass(frozen=True)
class Written:
    """A config, and what its reader should know.

    Attributes
    ----------
    text
        YAML.
    notes
        What was not read, and what is held otherwise than in the source.
    """

    text: str
    notes: tuple[Note, ...]

    @property
    def lost(self) -> tuple[Note, ...]:
        """What rows may break, because it could not be held."""
        return tuple(note for note in self.notes if note.is_lost)


def written(
    picture: Picture,
    scale: float = 1.0,
    likeness: Mapping[str, TableLikeness] | None = None,
) -> Written:
    """The config of a schema.

    Parameters
    ----------
    picture
        The schema.
    scale
        By how much to multiply the rows of tables.
    likeness
        What rows of the source are like, by table.

    Returns
    -------
    Written
    """
    if likeness:
        picture = with_single_keys(_discreet(picture), likeness)
    held, notes = held_keys(picture)
    for table in held.values():
        notes += hold_unique_sets(table)
    if likeness:
        hold_same_rows(held, likeness)
    stated: dict[str, StatedTable] = {}
    for table in parents_first(held):
        has_timed = any(
            stated[key.parent].times.time_column for key in table.parents if key.parent in stated
        )
        stated[table.source.name], lost = stated_columns(
            table,
            picture.dialect,
            has_timed_parent=has_timed,
            likeness=(likeness or {}).get(table.source.name),
        )
        notes += lost
    fitted: dict[str, FittedTable] = {}
    if likeness:
        by_table = {table.source.name: table for table in parents_first(held)}
        fitted = fit(by_table, stated, likeness)
        tell_relations(held, stated, likeness)
        tell_dependences(held, stated, likeness)
    else:
        relate_amounts(held, stated)
        tell_by_status(held, stated)
        tell_by_type(held, stated)
        tell_by_rating(stated)
    rows = sizes(held, {name: one.most_rows for name, one in stated.items()}, scale)
    every = tuple(sorted({*picture.notes, *notes}, key=lambda n: (n.line, n.text)))
    writer = _ConfigWriter(picture, held, stated, rows, every, likeness or {}, fitted)
    return Written("\n".join(writer.lines()) + "\n", every)


class _ConfigWriter:
    def __init__(
        self,
        picture: Picture,
        held: dict[str, HeldTable],
        stated: dict[str, StatedTable],
        rows: Mapping[str, int],
        notes: tuple[Note, ...],
        likeness: Mapping[str, TableLikeness],
        fitted: Mapping[str, FittedTable],
    ) -> None:
        self._likeness, self._fitted = likeness, fitted
        self._picture, self._held, self._stated = picture, held, stated
        self._rows, self._notes = rows, notes

    def lines(self) -> Iterator[str]:
        """The lines of the config."""
        yield from self._head()
        timed = [name for name, one in self._stated.items() if one.times.time_column]
        yield "schema: {layout: explicit, naming: natural}"
        yield from _LIKE_FEATURES if self._likeness else _FEATURES
        if timed:
            habits = (
                ""
                if self._likeness
                else ", arrivals: {spacing: poisson, profile: shop, granularity: second}"
            )
            window = window_of(self._stated, self._likeness)
            yield f"time: {{{_window(window)}{habits}}}"
        ordered = any(key.parent in timed for name in timed for key in self._held[name].parents)
        if ordered or self._likeness:
            yield "connectivity:"
        if self._likeness:
            yield "  {levels: 1, parent_clusters: 1, child_clusters: 1, time_order: true}"
        elif ordered:
            yield "  time_order: true  # no row refers to one that comes later"
            yield "  popularity: lognormal  # a few parents have many children, most have few"
        yield "tables:"
        for table in self._picture.tables:
            yield from self._table(self._held[table.name], self._stated[table.name])

    def _head(self) -> Iterator[str]:
        dialect = f", {self._picture.dialect}" if self._picture.dialect else ""
        yield f"# Made by `plurel init` from {comment_of(self._picture.source)}{dialect}."
        yield "# Edit what you like: rows, what a column is (`lens`), what it depends on (`causes`)"
        for title, is_lost in (
            ("# Rows may break what follows, since nothing here sees to it:", True),
            ("# Held otherwise than in the source, or not read:", False),
        ):
            several = [note for note in self._notes if note.is_lost is is_lost]
            if several:
                yield title
                yield from (f"#   {comment_of(str(note))}" for note in several)

    def _table(self, table: HeldTable, stated: StatedTable) -> Iterator[str]:
        source = table.source
        where = f"line {source.line}" if source.line else ""
        renamed = f"called {source.called!r} in the source" if source.called else ""
        about = "; ".join(filter(None, (where, renamed, source.comment)))
        yield ""
        yield f"  {source.name}:" + (f"  # {comment_of(about)}" if about else "")
        yield f"    rows: {self._rows[source.name]}"
        beside = "  # beside the source's own key" if table.is_beside else ""
        yield f"    primary_key: {key_of(table.primary_key)}{beside}"
        if (counter := self._counter(table)) is not None:
            gaps = f", step: {counter.step}" if counter.step > 1 else ""
            yield f"    key: {{start: {counter.start}{gaps}}}  # what exports write"
        if stated.times.time_column is None:
            yield "    timed: false"
        else:
            yield "    timed: true"
            yield f"    time_column: {key_of(stated.times.time_column)}"
            arrivals = self._fitted[source.name].arrivals if self._fitted else {}
            if table.daily is not None:
                even = {"spacing": "even", "profile": "flat", "growth": 0, "entity_growth": 0}
                arrivals = {**even, "granularity": "day"}
            if stated.times.is_day:
                arrivals = {**arrivals, "granularity": "day"}
            if arrivals:
                yield f"    time: {flow_of({'arrivals': arrivals})}"
        if table.parents:
            yield "    parents:"
            owner = self._fitted.get(source.name, FittedTable()).owner
            parents = sorted(table.parents, key=lambda key: key.name != owner)  # who comes first
            yield from (f"      - {self._parent(table, key)}" for key in parents)
        if table.is_junction:
            yield "    junction: true"
        columns = {name: one for name, one in stated.columns.items() if one.statement}
        yield from self._columns(table, columns)
        for name, one in stated.columns.items():
            if not one.statement:
                yield f"      # {name}: {comment_of(one.comment)}"

    def _counter(self, table: HeldTable) -> KeyCounter | None:
        """Where the numbers of a key begin, if not at the first and one after the other."""
        column = table.source.by_name.get(table.primary_key)
        counter = column.counter if column is not None else None
        is_held = counter is not None and 0 <= counter.start < 2**52 and 1 <= counter.step <= 10**6
        return counter if is_held and counter != KeyCounter() else None

    def _columns(self, table: HeldTable, columns: Mapping[str, Any]) -> Iterator[str]:
        links = {key.name: _link(table, key) for key in table.links}
        if not columns and not links:
            yield "    columns: 0"
            return
        yield "    columns:"
        texts = {name: f"{key_of(name)}: {flow_of(one.statement)}" for name, one in columns.items()}
        for name, statement in links.items():
            yield f"      {key_of(name)}: {flow_of(statement)}  # a foreign key"
        widest = min(max((len(text) for text in texts.values()), default=0), _WIDTH)
        for name, text in texts.items():
            column = table.source.by_name[name]
            called = f"called {column.called!r} in the source; " if column.called else ""
            yield f"      {text:{widest}}  # {comment_of(called + columns[name].comment)}"

    def _parent(self, table: HeldTable, key: HeldKey) -> str:
        entry: dict[str, Any] = {"table": key.parent, "column": key.name}
        fitted = self._fitted.get(table.source.name, FittedTable())
        if key.is_single:
            entry["form"] = "one_to_one"
        elif table.is_detail_of(key) or key.name == fitted.owner:
            entry["form"] = "detail"
        if connectivity := self._connectivity(table, key):
            entry["connectivity"] = connectivity
        beside = ""
        if key.is_beside:
            columns = ", ".join(key.reference.columns)
            beside = f"  # beside {comment_of(columns)}, which it says"
        return flow_of(entry) + beside

    def _connectivity(self, table: HeldTable, key: HeldKey) -> dict[str, Any]:
        """How often a foreign key is null, and how unequal the numbers of children are."""
        one = self._likeness.get(table.source.name, TableLikeness())
        connectivity: dict[str, Any] = {}
        can_be_null = self._can_be_null(table, key)
        share = one.nulls.get(key.reference.columns[0], NULLS)
        if can_be_null and share:
            connectivity = {"p_nullable": 1, "null_rate": min(share, 0.99)}
        if not key.is_single and table.source.name in self._fitted:
            connectivity |= self._fitted[table.source.name].connectivity.get(key.name, {})
        return connectivity

    def _can_be_null(self, table: HeldTable, key: HeldKey) -> bool:
        if not key.nullable or key.is_single or key.parent == table.source.name:
            return False
        return not (table.is_junction and key in table.parents[:2])


def _window(window: tuple[date, date] | None) -> str:
    """First and last day of all times, and how far apart drawn ones are at least."""
    if window is None:
        return "start: 2018-01-01, end: 2024-12-31, min_days: 1500"
    first, last = window
    days = max((last - first).days, 1)
    return f"start: {first}, end: {max(last, first)}, min_days: {max(1, days * 9 // 10)}"


def _discreet(picture: Picture) -> Picture:
    """A schema without what its comments and conditions quote."""
    tables = tuple(
        replace(
            table,
            comment="",
            columns=tuple(
                replace(column, comment="", type=_masked(column.type)) for column in table.columns
            ),
            checks=tuple(
                replace(check, text=_masked(check.text, numbers=True)) for check in table.checks
            ),
        )
        for table in picture.tables
    )
    notes = tuple(replace(note, text=_masked(note.text, numbers=True)) for note in picture.notes)
    return replace(picture, tables=tables, notes=notes)


def _masked(text: str, *, numbers: bool = False) -> str:
    """Text with dots in the place of what it quotes, and of its numbers."""
    text = re.sub(r"'(?:[^']|'')*'", "'…'", text)
    return re.sub(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])", "…", text) if numbers else text


def _link(table: HeldTable, key: HeldKey) -> dict[str, Any]:
    statement: dict[str, Any] = {"lens": "link", "to": key.parent}
    if key.is_single:
        statement["unique"] = True
    if key.through:
        return {**statement, "through": key.through}
    statement["nulls"] = NULLS if key.nullable else False
    return statement


def checked(
    picture: Picture,
    scale: float = 1.0,
    likeness: Mapping[str, TableLikeness] | None = None,
) -> Written:
    """The config of a schema, once plurel has read it.

    Parameters
    ----------
    picture
        The schema.
    scale
        By how much to multiply the rows of tables.
    likeness
        What rows of the source are like, by table.

    Returns
    -------
    Written

    Raises
    ------
    UsageError
        If plurel would refuse the config: it then has something that nobody foresaw.
    """
    result = written(picture, scale, likeness)
    try:
        parse_config(yaml.safe_load(result.text))
    except ConfigError as error:
        simpler = without_formulas(picture, (problem.place for problem in error.problems))
        if simpler is not None:
            return checked(simpler, scale, likeness)
        first = error.problems[0]
        rule = f"makes a config that plurel refuses: {first}"
        raise UsageError(picture.source, rule, remedy="leave that out of the source") from None
    return result
