"""Match the tables of a drawn schema to those of a theme.

Tables are taken parents first, and each gets the table of the theme that fits best what it is in
the graph: which tables it refers to, whether its rows come with those of another, with times or in
pairs, and how many they are. Then single tables are matched anew, with those that refer to them,
while all fit better by it. Where nothing fits, a name is composed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from plurel_cli.numerics.stream import Stream
from plurel_cli.themes.composed import composed, free_name
from plurel_cli.themes.fit import own_fit
from plurel_cli.themes.model import Archetype, Theme
from plurel_cli.themes.outline import Matched, Outline
from plurel_cli.themes.parents_fit import UNKNOWN, parents_fit

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


class _Match:
    """A match that is being improved: for each table of the graph, a position among those of the
    theme, or `UNKNOWN` where a name is to be composed.

    Parameters
    ----------
    theme, outlines
        What is matched.
    stream
        Randomness of tastes, by which databases of one graph differ.
    """

    def __init__(self, theme: Theme, outlines: Sequence[Outline], stream: Stream) -> None:
        self._theme, self._outlines, self._of_parents = theme, outlines, parents_fit(theme)
        place = {outline.name: k for k, outline in enumerate(outlines)}
        parents = [[place[other] for other in outline.others] for outline in outlines]
        self._children = [
            [k for k, of in enumerate(parents) if parent in of] for parent in range(len(outlines))
        ]
        draws = stream.draws()
        self._alone = np.array(
            [
                [
                    own_fit(theme, table, one) + 1.5 * draws.uniform()
                    for table in theme.tables.values()
                ]
                for one in outlines
            ]
        )
        self._matches = [_of(places) for places in parents]
        self._fits: list[dict[tuple[int, ...], _Fits]] = [{} for _ in outlines]
        self._chosen = [UNKNOWN] * len(outlines)

    def best(self) -> dict[str, str | None]:
        """What all tables are matched to in the end."""
        every = range(len(self._outlines))
        for one in every:
            self._choose(one, {*self._chosen})
        for _ in range(_PASSES):
            before = [*self._chosen]
            for one in every:
                self._improve(one)
            if self._chosen == before:
                break
        names = [*self._theme.tables, None]
        return {o.name: names[k] for o, k in zip(self._outlines, self._chosen, strict=True)}

    def _choose(self, one: int, taken: set[int]) -> None:
        """Match one table to what fits it best by its parents."""
        better = self._fits_of(one).better
        self._chosen[one] = next((table for table in better if table not in taken), UNKNOWN)

    def _improve(self, one: int) -> None:
        """Match one table anew, and with it those that refer to it, if all fit better by it."""
        best, best_fit = self._chosen, self._whole()
        alone = self._alone[one]
        hopeful = np.flatnonzero(alone >= alone.max() - _HOPELESS).tolist()
        for table in (UNKNOWN, *hopeful):
            if table != best[one]:
                self._move(best, one, table)
                if (fit := self._whole()) > best_fit:
                    best, best_fit = self._chosen, fit
        self._chosen = best

    def _move(self, before: Sequence[int], one: int, table: int) -> None:
        """Choose another table for one, which whoever had it gets in exchange."""
        chosen = self._chosen = [*before]
        if table != UNKNOWN and table in chosen:
            chosen[chosen.index(table)] = chosen[one]
        chosen[one] = table
        taken = {*chosen}
        for child in self._children[one]:
            taken.discard(chosen[child])
            self._choose(child, taken)
            taken.add(chosen[child])

    def _whole(self) -> float:
        """How well all tables are matched."""
        total = 0.0
        for one, table in enumerate(self._chosen):  # `sum` rounds by the version of Python
            total += _COMPOSED if table == UNKNOWN else self._fits_of(one).points[table]
        return total

    def _fits_of(self, one: int) -> _Fits:
        """How well a table fits, by what its parents are matched to."""
        parents = self._matches[one](self._chosen)
        return self._fits[one].get(parents) or self._made(one, parents)

    def _made(self, one: int, parents: tuple[int, ...]) -> _Fits:
        outline = self._outlines[one]
        detail = None if outline.detail_of is None else outline.others.index(outline.detail_of)
        points = self._alone[one] + self._of_parents(parents, detail, outline.is_timed)
        best_first = np.argsort(-points, kind="stable")
        better = best_first[: np.count_nonzero(points > _COMPOSED)]
        made = self._fits[one][parents] = _Fits(points.tolist(), better.tolist())
        return made


def _of(places: Sequence[int]) -> Callable[[Sequence[int]], tuple[int, ...]]:
    """What gives the numbers at some places of a list."""
    if len(places) > 1:
        return itemgetter(*places)
    return (lambda numbers: (numbers[places[0]],)) if places else lambda numbers: ()


class _Fits(NamedTuple):
    """How well all tables of a theme fit one of the graph, and those that beat a composed name."""

    points: list[float]
    better: list[int]


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
