"""A drawn schema in the words of a theme: names of its tables and keys, and statements of its
columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from plurel_cli.choices.choice import OneOf
from plurel_cli.config import Config
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.skeleton import Reference, Skeleton
from plurel_cli.schema.standing import Standing
from plurel_cli.schema.theme_choice import chosen_theme
from plurel_cli.themes.circumstances import Circumstances
from plurel_cli.themes.columns import choose
from plurel_cli.themes.files import is_file
from plurel_cli.themes.matching import matched
from plurel_cli.themes.mix import Mix
from plurel_cli.themes.model import Theme
from plurel_cli.themes.names import theme_names
from plurel_cli.themes.outline import Matched, Outline
from plurel_cli.themes.plain import TIME, Statement
from plurel_cli.themes.style import Style, distinct
from plurel_cli.words.homes import drawn_home


@dataclass(frozen=True)
class TableNames:
    """Names of one table.

    Attributes
    ----------
    table, primary_key, time
        Its own, that of its primary key, and that of its time column, if it has one.
    keys
        Those of its foreign keys, in order.
    """

    table: str
    primary_key: str
    time: str
    keys: tuple[str, ...]


class Themed:
    """What the tables of a drawn schema are in a theme.

    Parameters
    ----------
    config
        What it is drawn from.
    skeleton, standing
        Its tables and references, and what these are.
    stream
        Randomness of these choices alone.
    """

    def __init__(
        self, config: Config, skeleton: Skeleton, standing: Standing, stream: Stream
    ) -> None:
        choice = config.schema_.themes or OneOf(theme_names())
        name = str(choice.draw(stream.child("theme").draws()))
        self.theme: Theme = chosen_theme(name)
        self.mix = Mix() if is_file(name) else Mix.drawn(stream.child("mix"))
        self.style = Style.drawn(stream.child("style"))
        self._stream = stream
        self._outlines = outlines(skeleton, standing)
        self._by_name = {outline.name: outline for outline in self._outlines}
        self.matches = matched(self.theme, self._outlines, stream.child("matching"))

    @cached_property
    def circumstances(self) -> Circumstances:
        """Who works in the database, and in what countries it is."""
        return Circumstances(self._stream.child("local"), self.home())

    def home(self) -> tuple[str, ...]:
        """Countries, or regions of the world, in which the places of the database lie."""
        return drawn_home(self._stream.child("home").draws(), self.theme.places)

    def names(self) -> dict[str, TableNames]:
        """Names of all tables, by the name in the graph."""
        return self._names

    @cached_property
    def _names(self) -> dict[str, TableNames]:
        order = [outline.name for outline in self._outlines]
        tables = distinct(self._table_name(self.matches[name]) for name in order)
        return {
            name: self._names_of(name, table) for name, table in zip(order, tables, strict=True)
        }

    def _table_name(self, match: Matched) -> str:
        plural = match.archetype.plural if match.name == match.archetype.name else None
        return self.style.table(match.name, plural)

    def _names_of(self, name: str, table: str) -> TableNames:
        match, style = self.matches[name], self.style
        keys = [style.foreign_key(words) for words in match.keys]
        draws = self._stream.child("time", name).draws()
        time = draws.item(match.archetype.times or ("created_at",))
        primary_key, time_column, *keys = distinct(
            [style.primary_key(match.name), style.written(time), *keys]
        )
        return TableNames(table, primary_key, time_column, tuple(keys))

    def statements(self, numbers: Mapping[str, int]) -> dict[str, dict[str, Statement]]:
        """What a config would state of the columns of each table, by the name in the graph.

        Parameters
        ----------
        numbers
            How many columns each has.

        Returns
        -------
        dict
            For each table, statements by the names of its columns.
        """
        stream = self._stream.child("columns")
        chosen = choose(self._outlines, self.matches, numbers, self.mix, self.home(), stream)
        names = {name: self._column_names(name, chosen[name].columns) for name in chosen}
        return {
            name: {
                names[name][words]: self._renamed(name, statement, names)
                for words, statement in chosen[name].columns.items()
            }
            for name in chosen
        }

    def _column_names(self, name: str, columns: Mapping[str, Statement]) -> dict[str, str]:
        """Names of the columns of a table, by their words; none is that of a key or time."""
        names = self._names[name]
        taken = [names.primary_key, names.time, *names.keys]
        written = distinct([*taken, *map(self.style.written, columns)])[len(taken) :]
        return dict(zip(columns, written, strict=True))

    def _renamed(
        self, name: str, statement: Statement, names: Mapping[str, Mapping[str, str]]
    ) -> Statement:
        """A statement with the names of this database in the place of the theme's."""

        def path(text: str) -> str:
            head, _, column = text.partition(".")
            if not column:
                return names[name].get(text, text)
            for key, parent in zip(
                self._names[name].keys, self._by_name[name].parents, strict=True
            ):
                if parent != name and head == f"{self.matches[parent].archetype.name}_id":
                    if column == TIME:
                        return f"{key}.{self._names[parent].time}"
                    return f"{key}.{names[parent].get(column, column)}"
            for child in self._outlines:
                if name in child.others and self.matches[child.name].archetype.name == head:
                    table = self._names[child.name].table
                    return f"{table}.{names[child.name].get(column, column)}"
            return text

        return {key: _with_paths(key, value, statement, path) for key, value in statement.items()}


_PIECE = re.compile(r"\{([^{}:]*)")

_PATH = re.compile(r"'(?:[^']|'')*'|[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)?")


def _with_paths(key: str, value: Any, statement: Statement, path: Callable[[str], str]) -> Any:
    """A part of a statement, with all paths in it replaced."""
    if key in ("after", "before", "under"):
        return path(value) if value != TIME else value
    if key == "causes":
        return {path(text): share for text, share in value.items()}
    if key == "templates":
        return [_PIECE.sub(lambda piece: "{" + path(piece[1].strip()), t) for t in value]
    if key == "when" or (key == "of" and statement.get("lens") == "formula"):
        return _PATH.sub(lambda m: m[0] if m[0].startswith("'") else path(m[0]), value)
    if key == "of":
        return path(value) if isinstance(value, str) else [path(text) for text in value]
    return value


def _made_by(references: Sequence[Reference]) -> str | None:
    """The table whose rows make those of another, if one does."""
    return next((r.table for r in references[:1] if r.form.draws_counts), None)


def outlines(skeleton: Skeleton, standing: Standing) -> list[Outline]:
    """What each table is in the graph, each after those it refers to.

    Parameters
    ----------
    skeleton, standing
        Tables and references, and what these are.

    Returns
    -------
    list of Outline
    """
    n_children = dict.fromkeys(skeleton.references, 0)
    for child in skeleton.references:
        for parent in dict.fromkeys(skeleton.parents(child)):
            n_children[parent] += 1

    n_details = dict.fromkeys(skeleton.references, 0)
    for several in skeleton.references.values():
        if (made := _made_by(several)) is not None:
            n_details[made] += 1
    by_rows = sorted(skeleton.references, key=lambda name: (standing.rows(name), name))
    place = {name: at / max(len(by_rows) - 1, 1) for at, name in enumerate(by_rows)}

    def outline(name: str, references: Sequence[Reference]) -> Outline:
        return Outline(
            name=name,
            parents=tuple(reference.table for reference in references),
            n_children=n_children[name],
            n_details=n_details[name],
            rows=standing.rows(name),
            size=place[name],
            is_timed=standing.is_timed(name),
            is_event=bool(standing.holds_events(name)),
            is_junction=standing.is_junction(name),
            is_one_to_one=any(reference.form.one_child for reference in references),
            detail_of=_made_by(references),
        )

    return [outline(name, skeleton.references[name]) for name in skeleton.parents_first()]
