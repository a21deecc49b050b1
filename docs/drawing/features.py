"""Stage 4: the causal graph of a table, and what a referenced row's column does to a child's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import networkx as nx
import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from docs.drawing import ACTIVITY, ENTITY, FAINT, INK, picture
from docs.drawing.schema import positions
from plurel_cli import Database, generate, parse_config
from plurel_cli.schema.causal import CausalGraph

N_USERS, N_POSTS = 600, 3000
SEED = 51
N_BINS = 12


def _database() -> Database:
    config = parse_config(
        {
            "schema": {"layout": "explicit"},
            "tables": {
                "users": {"rows": N_USERS, "columns": 3, "p_categorical": 0.34},
                "posts": {
                    "rows": N_POSTS,
                    "columns": 4,
                    "p_categorical": 0.34,
                    "parents": ["users"],
                },
            },
            "connectivity": {"levels": 2},
        }
    )
    return generate(config, SEED)


def _draw_graph(axes: Axes, graph: CausalGraph) -> None:
    drawn: nx.DiGraph[str] = nx.DiGraph()
    drawn.add_nodes_from(map(str, range(len(graph.nodes))))
    for j, node in enumerate(graph.nodes):
        drawn.add_edges_from((str(cause), str(j)) for cause in node.of_row)
    where = positions(drawn)
    for cause, effect in sorted(drawn.edges):
        arrow = FancyArrowPatch(
            where[cause],
            where[effect],
            arrowstyle="-|>",
            mutation_scale=8,
            shrinkA=8,
            shrinkB=9,
            color="#888888" if graph.nodes[int(effect)].is_used else FAINT,
            linewidth=0.9,
        )
        axes.add_patch(arrow)
    for name, (x, y) in where.items():
        node = graph.nodes[int(name)]
        edge = FAINT if not node.is_used else ENTITY if node.of_row else INK
        axes.scatter([x], [y], s=190, zorder=3, **_style(node.kind, bool(node.column), edge))
        if node.column is not None:
            number = node.column.removeprefix("feature_")
            axes.text(x, y, number, ha="center", va="center_baseline", zorder=4, color="white")
    axes.invert_yaxis()
    axes.margins(0.1, 0.12)
    axes.set_axis_off()
    axes.set_title("causal graph of posts")
    for label, kind, is_column, edge in (
        ("column feature_N, numerical", "numerical", True, ACTIVITY),
        ("column feature_N, categorical", "categorical", True, ACTIVITY),
        ("latent, numerical", "numerical", False, INK),
        ("latent, categorical", "categorical", False, INK),
        ("acted on by the row of users referred to", "numerical", False, ENTITY),
        ("no column depends on it", "numerical", False, FAINT),
    ):
        axes.scatter([], [], s=60, label=label, **_style(kind, is_column, edge))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=2, frameon=False, fontsize=8)


def _style(kind: str, is_column: bool, edge: str) -> dict[str, Any]:
    return {
        "marker": "s" if kind == "categorical" else "o",
        "facecolors": ACTIVITY if is_column else "white",
        "edgecolors": edge,
        "linewidths": 1.8,
    }


def _explained(x: np.ndarray, y: np.ndarray) -> float:
    """Share of the variance of y's ranks that lies between bins of x."""
    bins = x.argsort().argsort() * N_BINS // len(x)
    ranks = y.argsort().argsort().astype(float)
    means = np.array([ranks[bins == b].mean() for b in range(N_BINS)])
    return float(np.square(means - ranks.mean()).mean() / ranks.var())


def _pairs(database: Database) -> Iterator[tuple[float, str, str, pl.DataFrame]]:
    """Numerical columns of users and posts, and both of every post in which neither is null."""
    users, posts = database.tables["users"], database.tables["posts"]
    of_users, of_posts = (
        [c.name for c in database.schema.by_name[name].features if c.kind == "numerical"]
        for name in ("users", "posts")
    )
    for parent in of_users:
        for child in of_posts:
            at_parent = users[parent].gather(posts["foreign_row_0"])
            both = pl.DataFrame({"x": at_parent, "y": posts[child]}).drop_nulls()
            if min(both["x"].n_unique(), both["y"].n_unique()) > N_USERS // 2:
                yield _explained(both["x"].to_numpy(), both["y"].to_numpy()), parent, child, both


@picture("causal", 10.5, 4.2)
def causal(figure: Figure) -> None:
    database = _database()
    left, *others = figure.subplots(1, 3, width_ratios=(1.7, 1, 1))
    graph = database.schema.by_name["posts"].causal
    if graph is not None:
        _draw_graph(left, graph)
    _, parent, child, both = max(_pairs(database), key=lambda its: its[0])
    for axes, x, title in zip(
        others,
        (both["x"], both["x"].shuffle(seed=1)),
        ("by the row referred to", "with the keys shuffled"),
        strict=True,
    ):
        axes.scatter(x, both["y"], s=2, c=ENTITY, linewidths=0)
        axes.set(xlabel=f"{parent} of users", ylabel=f"{child} of posts", title=title)
        axes.set(xlim=_middle(both["x"]), ylim=_middle(both["y"]))


def _middle(values: pl.Series) -> tuple[float, float]:
    """Limits between which all but a hundredth lies at each end."""
    low, high = np.quantile(values.to_numpy(), (0.01, 0.99))
    return low - 0.1 * (high - low), high + 0.1 * (high - low)
