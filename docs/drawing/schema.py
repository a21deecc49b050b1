"""Stage 1: a graph of each layout."""

from __future__ import annotations

import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from docs.drawing import ACTIVITY, ENTITY, FAINT, picture
from plurel_cli import Schema, parse_config
from plurel_cli.schema.layouts import layouts
from plurel_cli.schema.sample import sample_schema

N_TABLES = 11
SEED = 3


def positions(graph: nx.DiGraph[str]) -> dict[str, tuple[float, float]]:
    """Parents left of their children, each near the middle of its neighbours' heights."""
    depth: dict[str, int] = {}
    for name in nx.topological_sort(graph):
        depth[name] = 1 + max((depth[parent] for parent in graph.predecessors(name)), default=-1)
    columns: dict[int, list[str]] = {}
    for name, steps in depth.items():
        columns.setdefault(steps, []).append(name)
    height = {n: i - (len(c) - 1) / 2 for c in columns.values() for i, n in enumerate(c)}
    for _ in range(20):
        for column in columns.values():
            wish = {
                name: sum(height[o] for o in nx.all_neighbors(graph, name)) / graph.degree(name)
                for name in column
            }
            for place, name in enumerate(sorted(column, key=lambda n: (wish[n], n))):
                height[name] = place - (len(column) - 1) / 2
    return {name: (1.0 * depth[name], height[name]) for name in graph}


def _draw(axes: Axes, schema: Schema) -> None:
    graph: nx.DiGraph[str] = nx.DiGraph(schema.graph())
    where = positions(graph)
    for index, (parent, child) in enumerate(sorted(graph.edges)):
        (x, y), (to_x, to_y) = where[parent], where[child]
        span = to_x - x
        side = np.sign(y + to_y) or (-1) ** index
        bend = 0.0 if span <= 1 else 0.22 * side
        arrow = FancyArrowPatch(
            (x, y),
            (to_x, to_y),
            arrowstyle="-|>",
            mutation_scale=7,
            shrinkA=5,
            shrinkB=6,
            color="#999999",
            linewidth=0.8,
            connectionstyle=f"arc3,rad={-bend}",
        )
        axes.add_patch(arrow)
    for kind, colour, marker in (("entity", ENTITY, "s"), ("activity", ACTIVITY, "o")):
        points = [where[table.name] for table in schema.tables if table.kind == kind]
        axes.scatter(*zip(*points, strict=True), c=colour, marker=marker, s=55, zorder=3)
    axes.margins(0.12, 0.2)
    axes.set_axis_off()


@picture("layouts", 9, 8.4)
def layout_gallery(figure: Figure) -> None:
    names = layouts.names()
    panels = figure.subplots(-(-(len(names) + 1) // 2), 2).ravel()
    for axes, name in zip(panels, names, strict=False):
        config = parse_config({"schema": {"layout": name, "tables": N_TABLES}})
        schema = sample_schema(config, SEED)
        _draw(axes, schema)
        sinks = sum(table.kind == "activity" for table in schema.tables)
        axes.set_title(f"{name}: {len(schema.edges)} foreign keys, {sinks} activity")
    for axes in panels[len(names) :]:
        axes.set_axis_off()
    key = panels[len(names)]
    for kind, colour, marker in (("entity", ENTITY, "s"), ("activity", ACTIVITY, "o")):
        key.scatter([], [], c=colour, marker=marker, s=55, label=f"{kind} table")
    key.plot([], [], color=FAINT, label="parent → child that refers to it")
    key.legend(loc="center", frameon=False)
