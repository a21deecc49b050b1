"""Stage 2: block matrices and the keys drawn from them."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from docs.drawing import ENTITY, picture
from plurel_cli import Database, generate, parse_config
from plurel_cli.connectivity.clusters import clusters
from plurel_cli.connectivity.hsbm import cluster_weights

N_PARENTS, N_CHILDREN = 600, 3000


def _database(levels: int, parent_clusters: int, child_clusters: int) -> Database:
    config = parse_config(
        {
            "schema": {"layout": "explicit"},
            "tables": {
                "users": {"rows": N_PARENTS},
                "posts": {"rows": N_CHILDREN, "parents": ["users"]},
            },
            "connectivity": {
                "levels": levels,
                "parent_clusters": parent_clusters,
                "child_clusters": child_clusters,
            },
            "features": {"model": "none"},
        }
    )
    return generate(config, seed=1)


def _keys(axes: Axes, levels: int, parent_clusters: int, child_clusters: int) -> None:
    posts = _database(levels, parent_clusters, child_clusters).tables["posts"]
    axes.scatter(posts["row_idx"], posts["foreign_row_0"], s=1.5, c=ENTITY, linewidths=0)
    axes.set(xlabel="row of posts", ylabel="row of users it refers to")
    axes.set(xlim=(0, N_CHILDREN), ylim=(N_PARENTS, 0))


@picture("keys", 10, 3.6)
def keys(figure: Figure) -> None:
    matrix, square, wrapped = figure.subplots(1, 3)
    database = _database(2, 3, 3)
    model = database.schema.by_name["posts"].foreign_keys[0].block_model
    users, posts = clusters(N_PARENTS, model.parent_radices), clusters(N_CHILDREN, [3, 3])
    weights = cluster_weights(model, users, posts.digits)
    p = weights / weights.sum(axis=1, keepdims=True)
    image = matrix.imshow(p.T, norm=LogNorm(), cmap="Blues")
    ticks = np.arange(9)
    labels = [f"{a},{b}" for a, b in posts.digits.T.tolist()]
    matrix.set_xticks(ticks, labels, rotation=90)
    matrix.set_yticks(ticks, labels)
    matrix.set(xlabel="cluster of posts", ylabel="cluster of users")
    matrix.set_title("probability, two levels of 3 × 3")
    figure.colorbar(image, ax=matrix, shrink=0.8)
    _keys(square, 2, 3, 3)
    square.set_title("keys drawn from it")
    _keys(wrapped, 1, 2, 3)
    wrapped.set_title("keys of one level of 2 × 3")
