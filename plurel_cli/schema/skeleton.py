"""Which tables there are, and how they refer to each other: written out, or drawn from a layout.

A layout gives a directed acyclic graph whose edges A → B say that B holds a foreign key into A.
Some references then become one-to-one, are repeated, or are added from a table to itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter

from plurel_cli.choices.choice import Choice
from plurel_cli.config import Config
from plurel_cli.config.schema import EXPLICIT
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.forms import form_of, forms
from plurel_cli.schema.graph import Edges
from plurel_cli.schema.layouts import sample_graph


@dataclass(frozen=True)
class Reference:
    """One foreign key: the table it refers to, and its form."""

    table: str
    form: type[ForeignKey]


@dataclass(frozen=True)
class Skeleton:
    """Tables by name with the references of each, in the order of their foreign keys."""

    layout: str
    references: dict[str, tuple[Reference, ...]]

    @property
    def referenced(self) -> set[str]:
        """Tables that others refer to."""
        return {parent for child in self.references for parent in self.parents(child)}

    def parents(self, child: str) -> list[str]:
        """Other tables that a table refers to, in the order of its foreign keys."""
        return [r.table for r in self.references[child] if not r.form.to_self]

    def parents_first(self, after: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """Tables such that each comes after those it refers to.

        Parameters
        ----------
        after
            For some, another table that they come after.

        Returns
        -------
        tuple of str
        """
        graph = {child: set(self.parents(child)) for child in self.references}
        for child, other in (after or {}).items():
            graph[child].add(other)
        return tuple(TopologicalSorter(graph).static_order())


def sample_skeleton(config: Config, stream: Stream) -> Skeleton:
    """The tables and references that a config states, or a draw of them.

    Parameters
    ----------
    config
        What to draw from.
    stream
        Randomness of the schema.

    Returns
    -------
    Skeleton
        With a directed acyclic graph but for references of tables to themselves.
    """
    return _explicit(config) if config.is_explicit else _random(config, stream)


def _explicit(config: Config) -> Skeleton:
    references = {
        name: tuple(
            Reference(stated.table, config.form(name, stated.table, position))
            for position, stated in enumerate(config.table(name).parents or ())
        )
        for name in config.table_names
    }
    return Skeleton(EXPLICIT, references)


def _random(config: Config, stream: Stream) -> Skeleton:
    settings = config.schema_
    n = settings.tables.draw(stream.child("tables").draws())
    layout = settings.layout.draw(stream.child("layout").draws())
    edges = sample_graph(layout, n, stream.child("graph", layout), settings.layouts)
    most = [config.for_table(f"table_{child}").schema.max_parents for child in range(n)]
    edges = _capped(edges, most, stream.child("max_parents"))
    references: dict[str, list[Reference]] = {f"table_{child}": [] for child in range(n)}
    plain = form_of(None, to_self=False)
    for a, b in edges:
        references[f"table_{b}"].append(Reference(f"table_{a}", plain))
    _add_forms(references, config, stream.child("forms"))
    return Skeleton(layout, {name: tuple(several) for name, several in references.items()})


def _add_forms(references: dict[str, list[Reference]], config: Config, stream: Stream) -> None:
    """Give some first references a form, repeat some, and add some of tables to themselves.

    A table whose rows are stated is of no form that gives it rows.
    """

    @cache
    def probability(name: str, choice: Choice[float]) -> float:
        return choice.draw(stream.child(name).draws())

    for name, several in references.items():
        _lead(name, several, config, stream, probability)
    timed = _timed(references, config, stream, probability)
    for name, several in references.items():
        settings, of_table = config.for_table(name).schema, stream.child("table", name)
        stated, most = settings.forms, settings.max_parents
        is_open = not config.table(name).has_rows
        _detail(name, several, timed, config, of_table, probability)
        draws = of_table.child("repeated").draws()
        plain = [at for at, reference in enumerate(several) if reference.form.by_default]
        is_repeated = draws.chance(probability("p_repeated", stated.p_repeated))
        if is_repeated and plain and (most is None or len(several) < most):
            at = draws.item(plain)
            several.insert(at + 1, several[at])
        draws = of_table.child("self").draws()
        is_self = draws.chance(probability("p_self", stated.p_self))
        if is_self and (most is None or len(several) < most):
            form = form_of(stated.self_reference.draw(draws), to_self=True)
            several.append(Reference(name, form))
        for position, reference in enumerate(several):
            form = config.form(name, reference.table, position, reference.form)
            if is_open or not form.one_child:
                several[position] = Reference(reference.table, form)


def _lead(
    name: str,
    several: list[Reference],
    config: Config,
    stream: Stream,
    probability: Callable[[str, Choice[float]], float],
) -> None:
    """Give the first reference of a table a form that only the first can have."""
    if config.table(name).has_rows or not several:
        return
    stated = config.for_table(name).schema.forms
    for entry in forms:
        if entry.function.first_only and not entry.function.draws_counts:
            p = probability(f"p_{entry.name}", getattr(stated, f"p_{entry.name}"))
            if stream.child("table", name, entry.name).draws().chance(p):
                several[0] = Reference(several[0].table, entry.function)


def _timed(
    references: Mapping[str, Sequence[Reference]],
    config: Config,
    stream: Stream,
    probability: Callable[[str, Choice[float]], float],
) -> dict[str, int]:
    """Tables that have times because of what they are, and how many references each is away from
    one that refers to no other.
    """
    parents = {name: [r.table for r in several] for name, several in references.items()}
    depths: dict[str, int] = {}
    timed: dict[str, int] = {}
    for name in TopologicalSorter(parents).static_order():
        depths[name] = max((depths[parent] + 1 for parent in parents[name]), default=0)
        first = next(iter(references[name]), None)
        if holds_events(name, first.form if first else None, config, stream, probability) or any(
            parent in timed for parent in parents[name]
        ):
            timed[name] = depths[name]
    return timed


def holds_events(
    name: str,
    first: type[ForeignKey] | None,
    config: Config,
    stream: Stream,
    probability: Callable[[str, Choice[float]], float],
) -> bool:
    """Whether a table that others refer to holds events.

    Parameters
    ----------
    name
        The table.
    first
        The form of its first reference, if it has one.
    config
        What to draw from.
    stream
        Randomness of the forms of a schema.
    probability
        Draws a probability of `schema.forms`, once for all tables of the same choice.

    Returns
    -------
    bool
    """
    stated = config.table(name).events
    if first is not None and first.one_child:
        return False
    p = probability("p_event", config.for_table(name).schema.forms.p_event)
    drawn = stream.child("table", name, "event").draws().chance(p)
    return drawn if stated is None else stated


def _detail(
    name: str,
    several: list[Reference],
    timed: Mapping[str, int],
    config: Config,
    of_table: Stream,
    probability: Callable[[str, Choice[float]], float],
) -> None:
    """Make the rows of a table details of the deepest table with times that it refers to, as it is
    events that have most details; where it refers to none, perhaps of its first parent.
    """
    if config.table(name).has_rows or not several or not several[0].form.by_default:
        return
    places = [at for at, reference in enumerate(several) if reference.table in timed]
    setting = "p_detail" if places else "p_owned"
    stated = getattr(config.for_table(name).schema.forms, setting)
    for entry in forms:
        draws = of_table.child(entry.name).draws()
        if entry.function.draws_counts and draws.chance(probability(setting, stated)):
            deepest = max(places or [0], key=lambda at: (timed.get(several[at].table, 0), -at))
            parent = several.pop(deepest).table
            several.insert(0, Reference(parent, entry.function))


def _capped(edges: Edges, most: Sequence[int | None], stream: Stream) -> Edges:
    """Edges of which no child has more than its number, where it has one."""
    if not any(most):
        return edges
    kept: Edges = []
    for child in sorted({child for _, child in edges}):
        incoming = sorted(edge for edge in edges if edge[1] == child)
        limit = most[child]
        if limit is not None and len(incoming) > limit:
            stream.child(child).draws().shuffle(incoming)
        kept += incoming[:limit]
    return sorted(kept)
