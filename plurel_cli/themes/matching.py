"""Match the tables of a drawn schema to those of a theme.

Tables are taken parents first, and each gets the table of the theme that fits best what it is in
the graph: whether it has parents and which, whether its rows come with times, refer to rows of
their own, or pair two others. Then single tables are matched anew while all fit better by it. A
table never refers to one that, in the theme, refers to it. Where nothing fits any more, a name is
composed of that of a parent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from plurel_cli.numerics.stream import Draws, Stream
from plurel_cli.themes.model import Archetype, Theme

IMPOSSIBLE = float("-inf")

_COMPOSED = -1.0
"""What a composed name is worth."""

_PASSES = 3
"""How often all tables are matched anew."""


@dataclass(frozen=True)
class Outline:
    """What a table is in the graph.

    Attributes
    ----------
    name
        Its name in the graph.
    parents
        Tables it refers to by its foreign keys, in order; its own name for itself.
    n_children, rows
        How many tables refer to it, and how many rows it has.
    is_timed, is_event, is_junction, is_one_to_one
        Whether its rows have times, are events that others refer to, pair its first two parents,
        or are at most one for each row of its first parent.
    """

    name: str
    parents: tuple[str, ...]
    n_children: int
    rows: int
    is_timed: bool
    is_event: bool
    is_junction: bool
    is_one_to_one: bool

    @property
    def others(self) -> tuple[str, ...]:
        """The other tables that it refers to, each once."""
        return tuple(dict.fromkeys(parent for parent in self.parents if parent != self.name))

    @property
    def is_hierarchy(self) -> bool:
        """Whether it refers to itself."""
        return self.name in self.parents


@dataclass(frozen=True)
class Matched:
    """What a table of the graph is in the theme.

    Attributes
    ----------
    name
        Words of its name, in the singular.
    archetype
        The table of the theme; one of its own, without columns, where the name is composed.
    keys
        Words of the name of each foreign key, without `_id`.
    """

    name: str
    archetype: Archetype
    keys: tuple[str, ...]


def matched(theme: Theme, outlines: Sequence[Outline], stream: Stream) -> dict[str, Matched]:
    """Match tables to those of a theme.

    Parameters
    ----------
    theme
        The theme.
    outlines
        The tables, each after those it refers to.
    stream
        Randomness of these choices alone.

    Returns
    -------
    dict
        By the name in the graph. No two have the same name.
    """
    chosen = _Match(theme, outlines, stream.child("tastes")).best()
    result: dict[str, Matched] = {}
    taken: set[str] = set()
    for outline in outlines:
        draws = stream.child("table", outline.name).draws()
        archetype = chosen[outline.name]
        if archetype is not None:
            name = _free(draws.item([archetype.name, archetype.name, *archetype.also]), taken)
        else:
            parents = [result[parent] for parent in outline.others]
            name, archetype = _composed(outline, parents, taken, draws)
        taken.add(name)
        keys = _keys(theme, outline, name, archetype, result)
        result[outline.name] = Matched(name, archetype, keys)
    return result


class _Match:
    """A match that is being improved.

    Parameters
    ----------
    theme, outlines
        What is matched.
    stream
        Randomness of tastes, by which databases of one graph differ.
    """

    def __init__(self, theme: Theme, outlines: Sequence[Outline], stream: Stream) -> None:
        self._theme, self._outlines = theme, outlines
        self._by_name = {outline.name: outline for outline in outlines}
        self._children: dict[str, list[str]] = {outline.name: [] for outline in outlines}
        for outline in outlines:
            for parent in outline.others:
                self._children[parent].append(outline.name)
        draws = stream.draws()
        self._taste = {
            (outline.name, table): 1.5 * draws.uniform()
            for outline in outlines
            for table in theme.tables
        }
        self._chosen: dict[str, Archetype | None] = {}

    def best(self) -> dict[str, Archetype | None]:
        """The table of the theme for each table; none where a name is to be composed."""
        for outline in self._outlines:
            self._chosen[outline.name] = None
            self._improve(outline.name, self._own)
        for _ in range(_PASSES):
            before = dict(self._chosen)
            for outline in self._outlines:
                self._improve(outline.name, self._around)
            if self._chosen == before:
                break
        return self._chosen

    def _improve(self, name: str, value: Callable[[str], float]) -> None:
        """Match one table anew, if that is better by a value of it."""
        best, best_value = self._chosen[name], value(name)
        taken = {table.name for table in self._chosen.values() if table is not None}
        for table in self._theme.tables.values():
            if table.name not in taken:
                self._chosen[name] = table
                if (now := value(name)) > best_value:
                    best, best_value = table, now
        self._chosen[name] = best

    def _own(self, name: str) -> float:
        """How well a table is matched, by its parents."""
        outline, table = self._by_name[name], self._chosen[name]
        if table is None:
            return _COMPOSED
        parents = [self._chosen[parent] for parent in outline.others]
        return _score(self._theme, table, outline, parents) + self._taste[name, table.name]

    def _around(self, name: str) -> float:
        """How well a table and its children are matched."""
        of_children = 0.0
        for child in self._children[name]:  # `sum` rounds otherwise from one Python to the next
            of_children += self._own(child)
        return self._own(name) + of_children


def _free(name: str, taken: set[str]) -> str:
    """A name that no other table has."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


_MOST_LABELS = 200  # rows that a list of kinds or codes rarely has more of

_FEW, _MANY = ("category", "place", "product", "asset", "group"), ("event", "detail", "history")

_LATER = ("event", "detail", "history", "document")


def _score(
    theme: Theme, table: Archetype, outline: Outline, parents: Sequence[Archetype | None]
) -> float:
    """How well a table of the theme fits one of the graph."""
    names = [parent.name if parent is not None else "" for parent in parents]
    if any(table.name in theme.above.get(name, ()) for name in names):
        return IMPOSSIBLE  # it would be referred to by what it refers to
    score = 0.0
    wanted = list(table.parents)
    for name in names:
        place = next(
            (k for k, w in enumerate(wanted) if name in theme.tables and theme.fits(name, w)), None
        )
        score += -2.5 if place is None else 4.0 if place == 0 else 3.0
    others = [w for w in wanted if w != table.name]
    if others and not any(name in theme.tables and theme.fits(name, others[0]) for name in names):
        score -= 4.0 if table.role in ("history", "detail", "junction") else 1.5
    if table.detail_of is not None:
        score += 2.0 if table.detail_of in names else -6.0
    if table.one_to_one or outline.is_one_to_one:
        score += 4.0 if table.one_to_one and outline.is_one_to_one else -4.0
    if outline.is_junction or table.role == "junction":
        both = outline.is_junction and table.role == "junction"
        score += 5.0 if both else -3.0 if outline.is_junction else -4.0 + len(names)
    if outline.is_hierarchy:
        score += 3.0 if table.is_hierarchy else -1.0
    score += _of_role(table.role, outline)
    if table.role == "category" and outline.rows > _MOST_LABELS:
        score -= 3.0
    is_asked_for = theme.popularity[table.name]
    return score + min(0.35 * min(outline.n_children, is_asked_for), 2.0)


def _of_role(role: str, outline: Outline) -> float:
    """How well a role fits a table, its parents apart."""
    score = 0.0
    if not outline.others:
        score += -4.0 if role in (*_MANY, "junction", "document") else 1.0
    if outline.is_event:
        score += 2.5 if role in _LATER else -2.0
    elif outline.is_timed:
        score += 2.0 if role in _LATER else -2.0 if role in _FEW else 0.0
    else:
        score += -2.0 if role in ("event", "history") else 0.5 if role in _FEW else 0.0
    return score


_NOUNS: Mapping[str, tuple[str, ...]] = {
    "root": ("category", "region", "unit", "source", "channel", "batch", "profile", "scheme"),
    "event": ("event", "log", "update", "request", "entry", "action", "record", "notice"),
    "entity": ("item", "detail", "entry", "option", "setting", "version", "note", "plan"),
    "one": ("profile", "settings", "detail", "summary"),
}


def _composed(
    outline: Outline, parents: Sequence[Matched], taken: set[str], draws: Draws
) -> tuple[str, Archetype]:
    """A name made of that of the parents, where the theme has no table left that fits."""
    if outline.is_junction and len(parents) > 1:
        several, role = [f"{parents[0].name}_{parents[1].name}"], "junction"
    else:
        if outline.is_one_to_one:
            kind, role = "one", "detail"
        elif not parents:
            kind, role = "root", "category"
        elif outline.is_timed:
            kind, role = "event", "event"
        else:
            kind, role = "entity", "detail"
        before = f"{parents[0].name}_" if parents else ""
        several = [before + noun for noun in _NOUNS[kind]]
    free = [name for name in several if name not in taken]
    name = draws.item(free) if free else _free(several[0], taken)
    return name, Archetype(name=f"composed {outline.name}", role=role)


def _keys(
    theme: Theme,
    outline: Outline,
    name: str,
    archetype: Archetype,
    matches: Mapping[str, Matched],
) -> tuple[str, ...]:
    """Words of the foreign keys of a table, no two the same."""
    keys: list[str] = []
    for parent in outline.parents:
        if parent == outline.name:
            words = [
                *archetype.parents.get(archetype.name, ()),
                f"parent_{name}",
                "previous",
                "root",
            ]
        else:
            other = matches[parent]
            asked = [w for w in archetype.parents if _fits(theme, other.archetype.name, w)]
            words = [word for w in asked for word in archetype.parents[w]]
            # The plain name first where the archetype has no word of its own for the key.
            words = [*words, other.name] if words else [other.name]
            words += [f"other_{other.name}", f"second_{other.name}", f"third_{other.name}"]
        free = [word for word in words if word not in keys]
        keys.append(free[0] if free else f"{words[-1]}_{len(keys)}")
    return tuple(keys)


def _fits(theme: Theme, name: str, wanted: str) -> bool:
    return name in theme.tables and theme.fits(name, wanted)
