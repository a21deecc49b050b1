"""Choose the columns of matched tables from those that their archetypes have.

A column may hang on others: a date comes after another, a text names a product, a total is the sum
of its lines. It is taken together with those of its own row, and only where the tables and columns
that it names elsewhere are there; of a text, the templates that can be filled. Which are offered is
drawn by the mix of the database; where they are too few, plain columns make up the number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from plurel_cli.numerics.stream import Draws, Stream
from plurel_cli.themes.matching import Matched, Outline
from plurel_cli.themes.mix import Mix
from plurel_cli.themes.model import shared_columns
from plurel_cli.themes.plain import Statement, plain_column

TIME = "time"
"""What stands for the time of the row in a statement."""

_PIECE = re.compile(r"\{([^{}:]*)")
_PATH = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)?")
_TEXT = re.compile(r"'(?:[^']|'')*'")
_CALL = re.compile(r"([A-Za-z_]+)\s*\(")


@dataclass
class Chosen:
    """The columns of one table.

    Attributes
    ----------
    columns
        What is stated of each, by name in words, in order; names of others as in the theme.
    """

    columns: dict[str, Statement] = field(default_factory=dict)


@dataclass(frozen=True)
class Around:
    """What a column's statement may name.

    Attributes
    ----------
    columns
        Columns of the table's archetype.
    parents
        Columns that are chosen of each table it refers to, by its name in the theme.
    children
        Columns of each table that refers to it, by its name in the theme.
    timed
        Those of them whose rows have times.
    is_timed
        Whether its rows have times.
    """

    columns: Mapping[str, Statement]
    parents: Mapping[str, Mapping[str, Statement]]
    timed: frozenset[str]
    children: Mapping[str, Mapping[str, Statement]]
    is_timed: bool

    def can_fill(self, template: str) -> bool:
        """Whether there is all that a template names, with labels or bands where it needs them."""
        if not all(map(self.has, template_paths(template))):
            return False
        return not any(self._lens(path) in _WITHOUT_BANDS for path in banded_paths(template))

    def _lens(self, path: str) -> str:
        head, _, column = path.partition(".")
        if not column:
            return str(self.columns[path]["lens"]) if path in self.columns else ""
        return str(self.parents[head[:-3]][column]["lens"]) if head.endswith("_id") else ""

    def has(self, path: str) -> bool:
        """Whether there is what a path names, besides columns of the same row."""
        head, _, column = path.partition(".")
        if not column:
            return self.is_timed if path == TIME else path in self.columns
        if head.endswith("_id") and head[:-3] in self.parents:
            if column == TIME:
                return head[:-3] in self.timed
            return column in self.parents[head[:-3]]
        return head in self.children and column in self.children[head]


def paths(statement: Statement) -> Iterator[str]:
    """What a statement cannot do without: columns of its row, and `table.column` elsewhere."""
    for name in ("after", "before", "under", "of"):
        value = statement.get(name)
        if isinstance(value, str) and statement.get("lens") != "formula":
            yield value
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield from map(str, value)
    if statement.get("lens") == "formula":
        yield from formula_paths(str(statement["of"]))


def formula_paths(formula: str) -> Iterator[str]:
    """Columns that a formula names."""
    plain = _TEXT.sub("0", formula)
    calls = {match.start(1) for match in _CALL.finditer(plain)}
    words = {"and", "or", "not", "true", "false", "by"}
    for match in _PATH.finditer(plain):
        before = plain[: match.start()][-1:]
        if match.start() not in calls and match[0] not in words and not before.isalnum():
            yield match[0]


_BANDED = re.compile(r"\{\s*([A-Za-z][\w.]*)\s*:")

_WITHOUT_BANDS = frozenset(
    {
        *("person_name", "username", "email", "phone", "address", "city", "region", "country"),
        *("country_code", "postcode", "company", "url", "ip", "colour", "code", "uuid", "title"),
        *("text", "json", "latitude", "longitude", "serial", "gender"),
    }
)


def banded_paths(template: str) -> list[str]:
    """Columns whose labels or bands a template chooses by."""
    return _BANDED.findall(template)


def template_paths(template: str) -> list[str]:
    """Columns that a template names."""
    names = (name.strip() for name in _PIECE.findall(template))
    return [name for name in names if name not in ("~", "!")]


def choose(
    outlines: Sequence[Outline],
    matches: Mapping[str, Matched],
    numbers: Mapping[str, int],
    mix: Mix,
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
        result[outline.name] = _chosen(
            numbers[outline.name], around, _Mixed(mix, outline.rows, draws)
        )
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
    """The mix of a database, to a table: its rows, and the randomness of its columns."""

    mix: Mix
    rows: int
    draws: Draws

    def offers(self, names: Sequence[str], columns: Mapping[str, Statement]) -> list[str]:
        """Those columns of an archetype that are offered."""
        is_audited = self.draws.chance(self.mix.audited)
        several = []
        for name in names:
            share = self.mix.share(str(columns[name].get("lens")))
            if self.draws.chance(share) and (is_audited or name not in _audit()):
                several.append(name)
        return several or [*names[:1]]


def _chosen(number: int, around: Around, mixed: _Mixed) -> Chosen:
    """Columns of one table, in the order of its archetype."""
    draws, names = mixed.draws, [*around.columns]
    rank = {name: _rank(draws, place) for place, name in enumerate(names)}
    offered = sorted(mixed.offers(names, around.columns), key=rank.__getitem__)
    taken: set[str] = set()
    for name in offered:
        if len(taken) >= number:
            break
        needed = _needed(name, around, set())
        if needed is not None and len(taken | needed) <= number:
            taken |= needed
    columns = {
        name: _trimmed(statement, around, taken)
        for name, statement in around.columns.items()
        if name in taken
    }
    columns = {name: statement for name, statement in columns.items() if statement}
    for name, statement in _audit().items() if draws.chance(mixed.mix.audited) else ():
        is_there = all(p in columns or (p == TIME and around.is_timed) for p in paths(statement))
        if len(columns) < number and is_there and draws.chance(_AUDIT):
            columns.setdefault(name, statement)
    while len(columns) < number:
        words, statement = plain_column(mixed.mix, mixed.rows, draws)
        several = (words, *(f"{words}_{k}" for k in range(2, number + 2)))
        columns[next(name for name in several if name not in columns)] = statement
    return Chosen({name: _placed(name, one, around) for name, one in columns.items()})


_LATER = re.compile("last_|.*(?:updated|changed|modified|uploaded)_(?:on|at)")
"""Words of times that come after a row is there."""

_LATER_LAG = {"exponential": {"mean": 150}, "per": "days"}


def _placed(name: str, statement: Statement, around: Around) -> Statement:
    """A statement whose time comes after that of the row, where its words say so."""
    is_open = statement["lens"] in ("date", "timestamp") and not {
        "after",
        "before",
        "first",
    } & {*statement}
    if not (is_open and around.is_timed and _LATER.match(name)):
        return statement
    return {**statement, "after": TIME, "lag": _LATER_LAG, "tells_future": True}


_AUDIT = 0.4
"""Share of the columns that say who entered a row, and when, in a table that has some."""


@cache
def _audit() -> Mapping[str, Statement]:
    """Columns that tables of any kind may have, beside their own."""
    several = ("audit", "entry", "validity")
    return {name: one for shared in several for name, one in shared_columns(shared).items()}


def _rank(draws: Draws, place: int) -> float:
    """The first columns of an archetype are those that it nearly always has."""
    return draws.uniform() * (1.0 + place / 6.0)


def _needed(name: str, around: Around, path: set[str]) -> set[str] | None:
    """A column with those of its row that it cannot do without; none where something is missing."""
    if name in path:
        return None
    statement, needed = around.columns[name], {name}
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


_PAIRS = (("first_name", "last_name"), ("latitude", "longitude"))


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
        del result["nulls" if is_known else "when"]
    if causes := statement.get("causes"):
        result["causes"] = {path: share for path, share in causes.items() if is_there(path)}
        if not result["causes"]:
            del result["causes"]
    return result
