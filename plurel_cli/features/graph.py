"""Draw the causal graph of every table: its variables, which are columns, and who acts on whom.

Every choice is drawn from an address of its own under the table's, by the settings of that table.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from functools import partial

from plurel_cli.config import Config
from plurel_cli.config.known import new_columns
from plurel_cli.config.schema import SchemaConfig
from plurel_cli.config.scm import ScmConfig
from plurel_cli.errors import ConfigError, Problem
from plurel_cli.features.budget.complete import complete_budgets
from plurel_cli.features.budget.draw import draw_budgets
from plurel_cli.features.budget.share import BudgetedTable, child_keys
from plurel_cli.features.determined.draw import determined_nodes, draw_plans
from plurel_cli.features.edge_weights import edge_weights
from plurel_cli.features.gathering.over import is_of_variable, planned
from plurel_cli.features.nulled import with_nulls
from plurel_cli.features.roles.computed import ComputedNode
from plurel_cli.features.roles.gathering import GatheringNode
from plurel_cli.features.roles.source import SourceNode
from plurel_cli.features.stated import (
    check_circles,
    hidden_nodes,
    in_stated_order,
    stated_edges,
    with_stated,
    without_circles,
)
from plurel_cli.features.streams import reference_stream, table_stream
from plurel_cli.features.taste import TableSettings
from plurel_cli.features.time_sources.draw import draw_time_sources
from plurel_cli.features.variables import Successors, reachable, reversed_edges, successors, written
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.causal import CausalGraph, CausalNode, ParentCauses
from plurel_cli.schema.column import Feature
from plurel_cli.schema.layouts import sample_graph
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.schema.variable import Variable
from plurel_cli.themes.names import theme_names

MOST_NODES = 4096
"""A dense layout looks at all pairs of nodes: so many take seconds, and memory grows likewise."""


def sample_causal_graphs(
    schema: Schema, config: Config, settings: Mapping[str, TableSettings]
) -> dict[str, CausalGraph]:
    """Draw the causal graphs of all tables, by table.

    Parameters
    ----------
    schema
        A database's schema.
    config
        What to draw from.
    settings
        Those of each table. What a column states for itself is drawn as if it were stated of the
        whole table, and that column alone is taken from it.

    Returns
    -------
    dict
        Together without a circle. What no column depends on is marked as not used.

    References
    ----------
    PluRel, arXiv 2602.04029, section on features; influence from children is ours.
    """
    plans = draw_plans(
        schema,
        lambda table, column: settings[table.name].of_column(column.name).scm.determined,
        lambda table: table_stream(schema, table).child("determined"),
        lambda table: _drawn(schema, config, table),
    )
    graphs = {
        table.name: _by_column(
            settings[table.name],
            partial(
                _graph_alone,
                schema,
                table,
                config.for_table(table.id).schema,
                plans[table.name],
            ),
        )
        for table in schema.tables
    }
    graphs = {
        table.name: graphs[table.name].but(
            nodes=(*graphs[table.name].nodes, *determined_nodes(table, plans[table.name], graphs))
        )
        for table in schema.tables
    }
    graphs = {
        table.name: graphs[table.name].but(nodes=(*graphs[table.name].nodes, *hidden_nodes(table)))
        for table in schema.tables
    }
    graphs = {
        table.name: graphs[table.name].but(
            parents=_parents(schema, settings[table.name], table, graphs)
        )
        for table in schema.tables
    }
    graphs = without_circles(schema, graphs)
    edges = successors(graphs)
    for cause, effect in stated_edges(schema, graphs):
        edges[cause].append(effect)
    for table in schema.tables:
        _gather(schema, settings[table.name], table, graphs, edges)
    for table in schema.tables:
        graph, of_table = graphs[table.name], settings[table.name]
        graph = _by_column(of_table, partial(_timed, schema, table, graph))
        graphs[table.name] = _by_column(
            of_table, partial(_with_budgets, schema, table, graph, of_table)
        )
    for table in schema.tables:
        of_table = settings[table.name]
        graph = with_stated(schema, table, graphs)
        of_theme = {column.name for column in _drawn(schema, config, table)}
        graph = _by_column(of_table, partial(with_nulls, schema, table, graph, of_theme))
        graphs[table.name] = graph.but(null_shares=_null_shares(schema, table, of_table, graph))
    if any(node.budget is not None for graph in graphs.values() for node in graph.nodes):
        edges = successors(graphs)  # some nodes have no causes any more
        if any(table.hidden or any(c.model for c in table.features) for table in schema.tables):
            check_circles(edges)
        for table in schema.tables:
            complete_budgets(schema, settings[table.name], table, graphs, edges)
    needed = reachable(reversed_edges(edges), written(graphs))
    return {
        name: graph.but(
            nodes=tuple(
                node if Variable(name, j) in needed else node.but(is_used=False)
                for j, node in enumerate(graph.nodes)
            )
        )
        for name, graph in graphs.items()
    }


def _by_column(settings: TableSettings, draw: Callable[[ScmConfig], CausalGraph]) -> CausalGraph:
    """A graph as the settings of its table give it, but for each column that states something the
    node that its settings would give.
    """
    graph = draw(settings.scm)
    nodes = list(graph.nodes)
    for column, of_column in settings.columns.items():
        for j, node in enumerate(draw(of_column.scm).nodes):
            if node.column == column:
                nodes[j] = node
    return graph.but(nodes=tuple(nodes)) if settings.columns else graph


def _null_share(settings: ScmConfig, stream: Stream) -> float:
    """Share of nulls at random in each number of a table."""
    if settings.missing.p_column.bounds[1] > 0:
        return 0.0
    return settings.nulls.draw(stream.child("null_share").draws())


def _null_shares(
    schema: Schema, table: Table, settings: TableSettings, graph: CausalGraph
) -> dict[str, float]:
    """Those shares of single columns that are not that of their table."""
    stream = table_stream(schema, table)
    shares = {
        column: _null_share(of_column.scm, stream) for column, of_column in settings.columns.items()
    }
    return {column: share for column, share in shares.items() if share != graph.null_share}


def _drawn(schema: Schema, config: Config, table: Table) -> list[Feature]:
    """Columns with a lens of which nothing is stated: a theme of the package drew them."""
    if schema.theme not in theme_names():
        return []
    stated = new_columns(config, table.id)
    return [c for c in table.features if c.lens is not None and c.name not in stated]


def _graph_alone(
    schema: Schema,
    table: Table,
    of_schema: SchemaConfig,
    others: Collection[str],
    settings: ScmConfig,
) -> CausalGraph:
    """The graph of a table's columns but for some others."""
    stream = table_stream(schema, table)
    layout = settings.layout.draw(stream.child("layout").draws())
    mode = settings.mode.draw(stream.child("mode").draws())
    if table.hidden or any(column.lens is not None for column in table.features):
        mode = "lazy"  # a lens asks for shares of labels, which only cuts of numbers give
    features = [column for column in table.features if column.name not in others]
    if not features:
        return CausalGraph(layout=layout, mode=mode, edge_weight="", null_share=0.0, nodes=())
    ratio = settings.latent_ratio.draw(stream.child("latent_ratio").draws())
    extra = settings.latent_extra.draw(stream.child("latent_extra").draws())
    n = len(features) + math.ceil(len(features) / Decimal(repr(ratio))) + extra
    if n > MOST_NODES:
        rule = f"would have a causal graph of {n:,} nodes, and {MOST_NODES:,} are the most"
        remedy = "give it fewer columns, or raise features.scm.latent_ratio"
        raise ConfigError([Problem(f"table {table.name}", rule, remedy=remedy)])
    edges = sample_graph(layout, n, stream.child("graph", layout), settings.layouts)
    weight = settings.edge_weight.draw(stream.child("edge_weight").draws())
    drawn = edge_weights[weight].function(stream.child("weights").generator(), len(edges))
    causes: list[list[int]] = [[] for _ in range(n)]
    weights: list[list[float]] = [[] for _ in range(n)]
    for (cause, effect), value in zip(sorted(edges), drawn.tolist(), strict=True):
        causes[effect].append(cause)
        weights[effect].append(value)
    order = list(range(n))
    stream.child("columns").draws().shuffle(order)
    if table.models:
        order = in_stated_order(order, [column.name for column in features], table, causes)
    column_of: dict[int, Feature] = dict(zip(order, features, strict=False))
    kinds = _latent_kinds(of_schema, n, stream.child("latents"))
    generator = stream.child("nodes").generator()
    widths = settings.width.many(generator, n)
    aggregations = settings.aggregation.many(generator, n)
    sources = settings.source.many(generator, n)
    families = settings.mechanism.many(generator, len(edges))
    decoders = settings.decoder.many(generator, n)
    transforms = settings.transform.many(stream.child("transforms").generator(), n)
    nodes: list[CausalNode] = []
    for j in range(n):
        feature = column_of.get(j)
        categories = feature.cells if feature else kinds[j][1]
        common: dict[str, object] = {
            "kind": "categorical" if categories is not None else "numerical",
            "categories": categories,
            "column": feature.name if feature else None,
            "transform": transforms[j] if feature and feature.is_transformed else None,
        }  # checked where it is read
        if not causes[j]:
            nodes.append(SourceNode.of_values(**common, source=sources[j]))
            continue
        nodes.append(
            ComputedNode.of_values(
                **common,
                causes=tuple(causes[j]),
                weights=tuple(weights[j]),
                mechanisms=(*(families.pop() for _ in causes[j]), decoders[j]),
                aggregation=aggregations[j],
                width=widths[j],
            )
        )
    return CausalGraph(
        layout=layout,
        mode=mode,
        edge_weight=weight,
        null_share=_null_share(settings, stream),
        nodes=tuple(nodes),
    )


def _timed(schema: Schema, table: Table, graph: CausalGraph, settings: ScmConfig) -> CausalGraph:
    """Let some sources be of the rows' time, in place of what they were."""
    if settings.time.p.bounds[1] == 0:
        return graph
    candidates = [
        j
        for j, node in enumerate(graph.nodes)
        if node.is_replaceable and (graph.mode == "lazy" or node.kind == "numerical")
    ]
    stream = table_stream(schema, table).child("time")
    nodes = draw_time_sources(schema, table, graph.nodes, candidates, settings.time, stream)
    return graph.but(nodes=tuple(nodes))


def _with_budgets(
    schema: Schema,
    table: Table,
    graph: CausalGraph,
    of_table: TableSettings,
    settings: ScmConfig,
) -> CausalGraph:
    """Let columns be mixtures of shares, where the config asks for them."""
    if graph.mode == "eager" or settings.budget.p.bounds[1] == 0:
        return graph
    database = Stream(schema.seed).child("features", "budget")
    stream = table_stream(schema, table).child("budget")
    of_keys = {key: features.scm.budget for key, features in of_table.keys.items()}
    budgeted = BudgetedTable(schema, table, settings.budget, stream, of_keys)
    return graph.but(nodes=tuple(draw_budgets(budgeted, graph.nodes, database)))


def _latent_kinds(settings: SchemaConfig, n: int, stream: Stream) -> list[tuple[str, int | None]]:
    """Kinds of latent nodes, drawn as those of columns are."""
    p, categories = settings.p_categorical, settings.categories
    generator = stream.generator()
    is_categorical = generator.random(n) < p.draw(stream.child("p_categorical").draws())
    counts = categories.many(generator, n)
    return [
        ("categorical", count) if is_it else ("numerical", None)
        for is_it, count in zip(is_categorical.tolist(), counts, strict=True)
    ]


def _parents(
    schema: Schema,
    of_table: TableSettings,
    table: Table,
    graphs: Mapping[str, CausalGraph],
) -> tuple[ParentCauses, ...]:
    acting = []
    for column in table.foreign_keys:
        if column.to_self:
            continue  # a table's columns would depend on themselves
        parent = schema.by_name[str(column.references)]
        settings = of_table.of_key(column.name).scm
        stream = reference_stream(schema, table, column)
        position = {c.name: i for i, c in enumerate(parent.features)}
        nodes = sorted(
            (position[node.column], j)
            for j, node in enumerate(graphs[parent.name].nodes)
            if node.column is not None and node.is_variable
        )
        share = settings.parent_columns.draw(stream.child("share").draws())
        if share < 1:
            taken = stream.child("taken").generator().random(len(nodes)) < share
            nodes = [node for node, is_taken in zip(nodes, taken, strict=True) if is_taken]
        families = settings.mechanism.many(stream.child("families").generator(), len(nodes))
        if nodes:
            acting.append(
                ParentCauses(
                    foreign_key=column.name,
                    table=parent.name,
                    nodes=tuple(j for _, j in nodes),
                    mechanisms=tuple(families),
                )
            )
    return tuple(acting)


def _gather(
    schema: Schema,
    settings: TableSettings,
    table: Table,
    graphs: dict[str, CausalGraph],
    edges: Successors,
) -> None:
    """Let some of a table's sources gather from its children, in place of what they were."""
    keys = child_keys(schema, table)
    graph = graphs[table.name]
    stream = table_stream(schema, table).child("children")
    if not keys:
        return
    for j, node in enumerate(graph.nodes):
        if not node.is_replaceable or node.kind == "categorical":
            continue
        of_children = settings.of_column(node.column).scm.children
        if of_children.p.bounds[1] == 0:
            continue
        p = of_children.p.draw(stream.child("p").draws())
        draws = stream.child("node", j).draws()
        if not draws.chance(p):
            continue
        child, column = draws.item(keys)
        aggregate = of_children.aggregate.draw(draws)
        half_life = of_children.half_life.draw(draws)
        below = reachable(edges, [Variable(table.name, j)])
        allowed = [
            v
            for v, other in enumerate(graphs[child.name].nodes)
            if other.is_variable and Variable(child.name, v) not in below
        ]
        variable = draws.item(allowed) if allowed and is_of_variable(aggregate) else None
        gathered = planned(aggregate, child.name, column.name, variable, half_life)
        for cause in gathered.reads():
            edges[cause].append(Variable(table.name, j))
        nodes = list(graphs[table.name].nodes)
        nodes[j] = node.becoming(GatheringNode, gathered=gathered)
        graphs[table.name] = graphs[table.name].but(nodes=tuple(nodes))
