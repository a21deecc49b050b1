"""Draw which columns others determine exactly, and how.

That comes before the causal graphs, of which these columns are no part: what determines a column is
itself drawn freely.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

from plurel_cli.choices.choice import Choice, restricted
from plurel_cli.features.determined import determined
from plurel_cli.features.determined.column import Candidate, DeterminedColumn, Proposal
from plurel_cli.features.determined.lensed import causes_of_any, free_names, may_lead
from plurel_cli.features.determined.settings import DeterminedConfig
from plurel_cli.features.roles.determined import DeterminedNode
from plurel_cli.numerics.stream import Draws, Stream
from plurel_cli.schema.causal import CausalGraph, CausalNode
from plurel_cli.schema.column import Feature
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table


@dataclass(frozen=True)
class Planned:
    """How a column is to be determined: in which way, and the plan of it."""

    way: type[DeterminedColumn]
    plan: Proposal


def draw_plans(
    schema: Schema,
    settings_of: Callable[[Table, Feature], DeterminedConfig],
    stream_of: Callable[[Table], Stream],
    drawn_of: Callable[[Table], Sequence[Feature]],
) -> dict[str, dict[str, Planned]]:
    """Draw which columns others determine, and how.

    Parameters
    ----------
    schema
        A database's schema.
    settings_of
        Gives those of a column.
    stream_of
        Gives the randomness of these choices alone of a table.
    drawn_of
        Gives the columns with a lens of a table of which nothing is stated.

    Returns
    -------
    dict
        By table and column. What determines a column is itself drawn freely.
    """
    causes = causes_of_any(schema)
    chosen = {
        table.name: _chosen(
            table,
            partial(settings_of, table),
            stream_of(table),
            free_names(drawn_of(table), causes),
        )
        for table in schema.tables
    }

    def others(may_lead: Callable[[Feature], bool]) -> dict[str, list[Feature]]:
        return {
            table.name: [
                c for c in table.features if c.name not in chosen[table.name] and may_lead(c)
            ]
            for table in schema.tables
        }

    plain, lensed = others(lambda column: column.lens is None), others(may_lead)

    def planned(table: Table, column: Feature) -> Planned | None:
        draws = stream_of(table).child("column", column.name).draws()
        free = plain if column.lens is None else lensed
        return _planned(Candidate(table, column, free), settings_of(table, column), draws)

    return {
        table.name: {
            column.name: plan
            for column in table.features
            if column.name in chosen[table.name] and (plan := planned(table, column))
        }
        for table in schema.tables
    }


def _chosen(
    table: Table,
    settings_of: Callable[[Feature], DeterminedConfig],
    stream: Stream,
    with_lens: Collection[str],
) -> set[str]:
    """Columns that are to be determined, each as by settings of the whole table like its own."""
    several = [(column.name, settings_of(column).p) for column in table.features]
    possible = [(name, p) for name, p in several if p.bounds[1] > 0]

    @cache
    def chosen(choice: Choice[float]) -> set[str]:
        p, draws = choice.draw(stream.child("p").draws()), stream.child("columns").draws()
        return {
            column.name
            for column in table.features
            if draws.chance(p)
            if column.name in with_lens or (column.lens is None and column.null_share is None)
        }

    return {name for name, p in possible if name in chosen(p)}


def _planned(candidate: Candidate, settings: DeterminedConfig, draws: Draws) -> Planned | None:
    """How a column is determined; none where nothing can determine it."""
    ways = {
        name: way
        for name, way in determined.of(DeterminedColumn).items()
        if candidate.column.lens is None or way.through_lens
    }
    possible = {
        name: several for name, way in ways.items() if (several := way.proposals(candidate))
    }
    kind = restricted(settings.kind, tuple(possible))
    if kind is None:
        return None
    name = kind.draw(draws)
    return Planned(ways[name], draws.item(possible[name]))


def determined_nodes(
    table: Table, plans: Mapping[str, Planned], graphs: Mapping[str, CausalGraph]
) -> Iterator[CausalNode]:
    """The nodes of a table's columns that others determine.

    Parameters
    ----------
    table
        The table.
    plans
        How each such column is determined, by name.
    graphs
        The causal graphs of all tables, without these nodes.

    Yields
    ------
    CausalNode
        In the order of the columns.
    """
    for column in table.features:
        if (planned := plans.get(column.name)) is None:
            continue
        graph = graphs[planned.plan.table or table.name]
        nodes = {node.column: j for j, node in enumerate(graph.nodes)}
        of = [nodes[name] for name in planned.plan.of]
        yield DeterminedNode(
            kind="categorical" if column.categories is not None else "numerical",
            categories=column.categories,
            column=column.name,
            determined=planned.way.planned(planned.plan, of),
        )
