"""Match the tables of a drawn schema to those of a theme.

Tables are taken parents first, and each gets the table of the theme that fits best what it is in
the graph: which tables it refers to, whether its rows come with those of another, with times or in
pairs, and how many they are. Then single tables are matched anew, with those that refer to them,
while all fit better by it. Where nothing fits, a name is composed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plurel_cli.numerics.stream import Stream
from plurel_cli.themes.composed import composed, free_name
from plurel_cli.themes.fit import own_fit, parents_fit
from plurel_cli.themes.model import Archetype, Theme
from plurel_cli.themes.outline import Matched, Outline

_COMPOSED = -1.0
"""What a composed name is worth."""

_PASSES = 3
"""How often all tables are matched anew."""

_HOPELESS = 9.0
"""How much worse than the best a table by itself may fit, to be tried with its children."""


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
        name = chosen[outline.name]
        if name is not None:
            archetype = theme.tables[name]
            name = free_name(draws.item([name, name, *archetype.also]), taken)
        else:
            parents = [result[parent] for parent in outline.others]
            name, archetype = composed(outline, parents, taken | {*theme.tables}, draws)
        taken.add(name)
        keys = _keys(theme, outline, name, archetype, result)
        result[outline.name] = Matched(name, archetype, keys)
    return result


Choice = dict[str, str | None]
"""The table of the theme for each table; none where a name is to be composed."""


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
        self._alone = {
            (outline.name, table.name): own_fit(theme, table, outline) + 1.5 * draws.uniform()
            for outline in outlines
            for table in theme.tables.values()
        }
        self._fits: dict[tuple[str, str, tuple[str | None, ...]], float] = {}
        self._of_parents: dict[tuple[object, ...], float] = {}
        self._chosen: Choice = {outline.name: None for outline in outlines}

    def best(self) -> Choice:
        """What all tables are matched to in the end."""
        for outline in self._outlines:
            self._choose(outline.name, {*self._chosen.values()})
        for _ in range(_PASSES):
            before = dict(self._chosen)
            for outline in self._outlines:
                self._improve(outline.name)
            if self._chosen == before:
                break
        return self._chosen

    def _choose(self, name: str, taken: set[str | None]) -> None:
        """Match one table to what fits it best by its parents."""
        best, best_fit = None, _COMPOSED
        parents = self._parents(name)
        for table in self._theme.tables:
            if table not in taken and (fit := self._fit(name, table, parents)) > best_fit:
                best, best_fit = table, fit
        self._chosen[name] = best

    def _improve(self, name: str) -> None:
        """Match one table anew, and with it those that refer to it, if all fit better by it."""
        best, best_fit = self._chosen, self._whole()
        fits = {table: self._alone[name, table] for table in self._theme.tables}
        least = max(fits.values()) - _HOPELESS
        for table in (None, *(table for table, fit in fits.items() if fit >= least)):
            before = dict(best)
            if table != before[name]:
                self._chosen = self._moved(before, name, table)
                if (fit := self._whole()) > best_fit:
                    best, best_fit = self._chosen, fit
                self._chosen = best
        self._chosen = best

    def _moved(self, before: Choice, name: str, table: str | None) -> Choice:
        """A match with another table for one, which whoever had it gets in exchange."""
        self._chosen = before
        other = next((n for n, t in before.items() if t == table and t is not None), None)
        if other is not None:
            before[other] = before[name]
        before[name] = table
        taken = {*before.values()}
        for child in self._children[name]:
            taken.discard(before[child])
            self._choose(child, taken)
            taken.add(before[child])
        return before

    def _whole(self) -> float:
        """How well all tables are matched."""
        total = 0.0
        for name, table in self._chosen.items():  # `sum` rounds by the version of Python
            total += _COMPOSED if table is None else self._fit(name, table, self._parents(name))
        return total

    def _parents(self, name: str) -> tuple[str | None, ...]:
        """What those that a table refers to are matched to."""
        chosen = self._chosen
        return tuple([chosen[parent] for parent in self._by_name[name].others])

    def _fit(self, name: str, table: str, parents: tuple[str | None, ...]) -> float:
        """How well a table is matched, by its parents."""
        key = (name, table, parents)
        fit = self._fits.get(key)
        if fit is None:
            fit = self._fits[key] = self._alone[name, table] + self._fit_of_parents(*key)
        return fit

    def _fit_of_parents(self, name: str, table: str, parents: tuple[str | None, ...]) -> float:
        """The same for all tables of which the same is to be known."""
        outline = self._by_name[name]
        detail = None if outline.detail_of is None else outline.others.index(outline.detail_of)
        key = (table, parents, detail, outline.is_timed)
        fit = self._of_parents.get(key)
        if fit is None:
            tables = self._theme.tables
            several = [None if parent is None else tables[parent] for parent in parents]
            fit = parents_fit(self._theme, tables[table], outline, several)
            self._of_parents[key] = fit
        return fit


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
            asked = [w for w in archetype.parents if _is_meant(theme, other.archetype.name, w)]
            words = [word for w in asked for word in archetype.parents[w]]
            # The plain name first where the archetype has no word of its own for the key.
            words = [*words, other.name] if words else [other.name]
            words += [f"other_{other.name}", f"second_{other.name}", f"third_{other.name}"]
        free = [word for word in words if word not in keys]
        keys.append(free[0] if free else f"{words[-1]}_{len(keys)}")
    return tuple(keys)


def _is_meant(theme: Theme, name: str, wanted: str) -> bool:
    """Whether a name is that of a table of the theme, and one that another names as a parent."""
    return name in theme.tables and theme.fits(name, wanted)
