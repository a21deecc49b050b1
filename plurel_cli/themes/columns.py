"""Choose the columns of matched tables from those that their archetypes have.

A column may hang on others: a date comes after another, a text names a product, a total is the sum
of its lines. It is taken together with those of its own row, and only where the tables and columns
that it names elsewhere are there; of a text, the templates that can be filled. Which are offered is
drawn by the mix of the database; where they are too few, plain columns make up the number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from plurel_cli.numerics.stream import Draws, Stream
from plurel_cli.themes.around import Around
from plurel_cli.themes.mix import Group, Mix, group_of
from plurel_cli.themes.model import ROLES, Archetype, shared_columns
from plurel_cli.themes.outline import Matched, Outline
from plurel_cli.themes.paths import formula_paths, paths, template_paths
from plurel_cli.themes.plain import TIME, Statement, TableSite, plain_column, plain_lens
from plurel_cli.themes.settled import placed, varied
from plurel_cli.themes.unfit import null_together, unfit


@dataclass
class Chosen:
    """The columns of one table.

    Attributes
    ----------
    columns
        What is stated of each, by name in words, in order; names of others as in the theme.
    """

    columns: dict[str, Statement] = field(default_factory=dict)


def choose(
    outlines: Sequence[Outline],
    matches: Mapping[str, Matched],
    numbers: Mapping[str, int],
    mix: Mix,
    home: tuple[str, ...],
    stream: Stream,
) -> dict[str, Chosen]:
    """Choose the columns of all tables.

    Parameters
    ----------
    outlines, matches
        The tables, each after those it refers to, and what they are in the theme.
    numbers
        How many columns each has.
    mix
        What the columns of the database are made of.
    home
        Countries, or regions of the world, that the database is of.
    stream
        Randomness of these choices alone.

    Returns
    -------
    dict
        By the name in the graph.
    """
    result: dict[str, Chosen] = {}
    children = _children(outlines, matches)
    timed = {outline.name for outline in outlines if outline.is_timed}
    for outline in outlines:
        archetype = matches[outline.name].archetype
        around = Around(
            columns=archetype.columns,
            parents={matches[name].archetype.name: result[name].columns for name in outline.others},
            children=children[outline.name],
            timed=frozenset(matches[n].archetype.name for n in outline.others if n in timed),
            is_timed=outline.is_timed,
        )
        draws = stream.child("table", outline.name).draws()
        site = TableSite(_look(archetype), outline.rows, outline.is_timed)
        without = frozenset() if mix.is_exact else unfit(archetype.columns, site, home)
        mixed = _Mixed(mix.of_table(outline.rows, draws), site, without, draws)
        result[outline.name] = _chosen(numbers[outline.name], around, mixed)
    for outline in outlines:
        _without_missing(result[outline.name], _there(outline, outlines, matches, result))
    return result


def _children(
    outlines: Sequence[Outline], matches: Mapping[str, Matched]
) -> dict[str, dict[str, Mapping[str, Statement]]]:
    """Archetypes of the tables that refer to each by one key alone."""
    children: dict[str, dict[str, Mapping[str, Statement]]] = {o.name: {} for o in outlines}
    for outline in outlines:
        archetype = matches[outline.name].archetype
        for parent in outline.others:
            if outline.parents.count(parent) == 1:
                children[parent][archetype.name] = archetype.columns
    return children


def _there(
    outline: Outline,
    outlines: Sequence[Outline],
    matches: Mapping[str, Matched],
    chosen: Mapping[str, Chosen],
) -> dict[str, Mapping[str, Statement]]:
    """Columns chosen of the tables that refer to a table."""
    return {
        matches[other.name].archetype.name: chosen[other.name].columns
        for other in outlines
        if outline.name in other.others
    }


def _without_missing(chosen: Chosen, children: Mapping[str, Mapping[str, Statement]]) -> None:
    """Drop columns of which children turned out not to have what they need."""

    def is_there(path: str) -> bool:
        head, _, column = path.partition(".")
        return not column or head.endswith("_id") or column in children.get(head, {})

    missing = True
    while missing:
        missing = False
        for name, statement in list(chosen.columns.items()):
            several = [*paths(statement)]
            if not all(map(is_there, several)) or any(
                "." not in path and path != TIME and path not in chosen.columns for path in several
            ):
                del chosen.columns[name]
                missing = True


@dataclass(frozen=True)
class _Mixed:
    """The mix of a database, to a table, what does not fit there, and randomness of its columns."""

    mix: Mix
    table: TableSite
    without: frozenset[str]
    draws: Draws

    def as_long(self, statement: Statement) -> Statement:
        """A statement whose texts are as long as those of the database."""
        if statement["lens"] != "text" or self.mix.more_said == 0.0:
            return statement
        are_sentences = all(map(_SENTENCE.search, statement["templates"]))
        return {**statement, "more": self.mix.more_said} if are_sentences else statement

    def offers(self, names: Sequence[str], columns: Mapping[str, Statement]) -> list[str]:
        """Those columns of an archetype that are offered."""
        is_audited = self.draws.chance(self.mix.audited)
        several = []
        for name in names:
            share = self.mix.offered.get(_group(columns[name]), 1.0)
            if self.draws.chance(share) and (is_audited or name not in _audit(self.table.role)):
                several.append(name)
        return several or [*names[:1]]


_SENTENCE = re.compile(r"[.!?][\s|}]*$")
"""The end of a template after which another can follow."""


def _group(statement: Statement) -> Group:
    """What a column is to a mix; names of people are words, whoever chooses among a few."""
    return "word" if "staff" in statement else group_of(str(statement.get("lens")))


def _chosen(number: int, around: Around, mixed: _Mixed) -> Chosen:
    """Columns of one table, in the order of its archetype."""
    draws, names = mixed.draws, [n for n in around.columns if n not in mixed.without]
    audit = _audit(mixed.table.role)
    lenses = {name: str(one.get("lens")) for name, one in around.columns.items()}
    rank = {
        name: _rank(draws, place, lenses[name]) * (1 + (name in audit))
        for place, name in enumerate(names)
    }
    offered = sorted(mixed.offers(names, around.columns), key=rank.__getitem__)
    audits = _drawn_audits(number, around, mixed)
    taken: set[str] = set()

    def take(name: str) -> bool:
        needed = _needed(name, around, set())
        fits = needed is not None and len(taken | needed) + len(audits) <= number
        if needed is not None and fits:
            taken.update(needed)
        return fits

    for name in offered:
        if len(taken) + len(audits) < number:
            take(name)
    others = sorted({*names} - taken, key=rank.__getitem__)
    extra: list[str] = []
    while len(taken) + len(audits) + len(extra) < number:
        lens = plain_lens(mixed.mix, draws)
        if draws.chance(_OF_THEME):
            alike = (n for n in others if _group(around.columns[n]) == group_of(lens))
            if any(name not in taken and take(name) for name in alike):
                continue
        extra.append(lens)
    columns = {
        name: _trimmed(statement, around, taken)
        for name, statement in around.columns.items()
        if name in taken
    }
    columns = {name: statement for name, statement in columns.items() if statement}
    for name, statement in audits.items():
        if all(path in columns or path == TIME for path in paths(statement)):
            columns.setdefault(name, statement)
    while len(columns) < number:
        lens = extra.pop(0) if extra else plain_lens(mixed.mix, draws)
        known = {*columns, *around.columns, *_audit(mixed.table.role)}
        words, statement = plain_column(lens, mixed.mix, mixed.table, known, draws)
        columns[words] = statement
    columns = {name: mixed.as_long(one) for name, one in null_together(columns).items()}
    rows, is_timed = mixed.table.rows, around.is_timed
    return Chosen(
        {name: varied(placed(one, is_timed=is_timed), rows, draws) for name, one in columns.items()}
    )


def _drawn_audits(number: int, around: Around, mixed: _Mixed) -> dict[str, Statement]:
    """Columns that say who entered a row, and when, where the archetype has them not."""
    if not mixed.draws.chance(mixed.mix.audited):
        return {}
    drawn: dict[str, Statement] = {}
    for name, statement in _audit(mixed.table.role).items():
        is_there = all(p in drawn or (p == TIME and around.is_timed) for p in paths(statement))
        is_free = name not in around.columns and _AUDITED * (len(drawn) + 1) <= number
        if is_there and is_free and mixed.draws.chance(_AUDIT):
            drawn[name] = statement
    return drawn


_AUDITED = 3
"""How many columns a table has for each that says who entered a row."""

_LOOKS: Mapping[str, tuple[str, re.Pattern[str]]] = {
    "product": ("work", re.compile("sku|barcode|weight_|pack|vat_rate|shelf_life")),
    "asset": ("object", re.compile("serial_number|asset_tag|manufacturer|running_|power|plate")),
    "place": ("area", re.compile("floor_area|opens_at|site_code|capacity|seats|built_")),
}
"""Roles with what their tables are called here unless they have a column of goods, machines, or
buildings.
"""


def _look(archetype: Archetype) -> str:
    """The role of a table, or what is rather meant by it."""
    other, words = _LOOKS.get(archetype.role, (archetype.role, None))
    is_plain = words is None or any(map(words.match, archetype.columns))
    return archetype.role if is_plain else other


_OF_THEME = 0.7
"""Share of the columns that make up a table's number which its archetype has, if it has some."""

_AUDIT = 0.4
"""Share of the columns that say who entered a row, and when, in a table that has some."""


_AUDITS: Mapping[str, frozenset[str]] = {
    "audit": frozenset(ROLES),
    "entry": frozenset({"event", "detail", "history"}),
    "validity": frozenset({"category", "junction", "product", "group", "document"}),
}
"""Roles of tables that may have what an archetype has, beside their own columns."""


@cache
def _audit(role: str) -> Mapping[str, Statement]:
    """Columns that tables of a role may have, whatever they hold."""
    several = (shared for shared, roles in _AUDITS.items() if role in roles)
    return {name: one for shared in several for name, one in shared_columns(shared).items()}


def _rank(draws: Draws, place: int, lens: str) -> float:
    """The first columns of an archetype are those that it nearly always has, and its sentences."""
    return draws.uniform() * (1.0 + (0 if lens == "text" else place) / 6.0)


def _needed(name: str, around: Around, path: set[str]) -> set[str] | None:
    """A column with those of its row that it cannot do without; none where something is missing."""
    if name in path:
        return None
    statement, needed = around.columns[name], {name}
    if statement.get("lens") == "sequence" and not around.parents:
        return None  # it counts the rows of a parent
    for other in _beside(name, around.columns):
        if other not in path:
            needed |= _needed(other, around, path | {name}) or set()
    if statement.get("lens") == "text" and not any(map(around.can_fill, statement["templates"])):
        return None
    for other in paths(statement):
        if not around.has(other):
            return None
        if "." not in other and other != TIME:
            more = _needed(other, around, path | {name})
            if more is None:
                return None
            needed |= more
    return needed


_PAIRS = (
    *(("first_name", "last_name"), ("latitude", "longitude"), ("old_status", "new_status")),
    *(("quantity", "unit_price"), ("net_amount", "gross_amount")),
)


def _beside(name: str, columns: Mapping[str, Statement]) -> list[str]:
    """Columns that a column is never without."""
    pairs = (pair for pair in _PAIRS if name in pair)
    return [other for pair in pairs for other in pair if other != name and other in columns]


def _trimmed(statement: Statement, around: Around, taken: set[str]) -> Statement:
    """A statement without the templates and causes that name what is not there."""

    def is_there(path: str) -> bool:
        return around.has(path) and ("." in path or path == TIME or path in taken)

    result = dict(statement)
    if statement.get("lens") == "text":
        fillable = [
            t
            for t in statement["templates"]
            if all(map(is_there, template_paths(t))) and around.can_fill(t)
        ]
        if not fillable:
            return {}
        result["templates"] = fillable
    if when := statement.get("when"):
        # Nulls at random are for databases that lack what says where there are some.
        is_known = all(map(is_there, formula_paths(str(when))))
        result.pop("nulls" if is_known else "when", None)
    if causes := statement.get("causes"):
        result["causes"] = {path: share for path, share in causes.items() if is_there(path)}
        if not result["causes"]:
            del result["causes"]
    return result
