"""Habits of foreign keys: the same small database with one of them on at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from docs.drawing import ENTITY, picture
from plurel_cli import Database, generate, parse_config

N_PARENTS, N_CHILDREN = 300, 4000

_BLOCKS = {"levels": 2, "parent_clusters": 3, "matched": True, "p_off_diagonal": 0.001}


def _database(**connectivity: Any) -> Database:
    is_timed = connectivity.get("time_order", False)
    return generate(
        parse_config(
            {
                "schema": {"layout": "explicit"},
                "tables": {
                    "users": {"rows": N_PARENTS, "timed": is_timed},
                    "shops": {"rows": N_PARENTS},
                    "posts": {"rows": N_CHILDREN, "parents": ["users", "shops"]},
                },
                "connectivity": _BLOCKS | connectivity,
                "features": {"model": "none"},
            }
        ),
        seed=4,
    )


def _keys(axes: Axes, title: str, **connectivity: Any) -> None:
    posts = _database(**connectivity).tables["posts"]
    axes.scatter(posts["row_idx"], posts["foreign_row_0"], s=1.2, c=ENTITY, linewidths=0)
    axes.set(xlim=(0, N_CHILDREN), ylim=(N_PARENTS, 0), xticks=[], yticks=[])
    axes.set_title(title, fontsize=8)


@picture("soft_blocks", 10, 2.6)
def soft_blocks(figure: Figure) -> None:
    cases: list[tuple[str, dict[str, Any]]] = [
        ("sharp blocks", {}),
        ("softness: 0.01", {"softness": 0.01}),
        ("softness: 0.1", {"softness": 0.1}),
        ("returning: 0.3", {"returning": 0.3}),
        ("time_order: true", {"time_order": True, "p_off_diagonal": 0.01}),
        ("… and following: 0.7", {"time_order": True, "following": 0.7, "p_off_diagonal": 0.01}),
    ]
    panels = figure.subplots(1, len(cases))
    for axes, (title, settings) in zip(panels, cases, strict=True):
        _keys(axes, title, **settings)
    panels[0].set(xlabel="row of posts", ylabel="row of users it refers to")


@picture("fan_out", 10, 3)
def fan_out(figure: Figure) -> None:
    curves, runs, together, scrambled = figure.subplots(1, 4)
    cases: dict[str, dict[str, Any]] = {
        "even": {},
        "lognormal, σ 1": {
            "popularity": "lognormal",
            "popularities": {"lognormal": {"sigma": 1}},
        },
        "power_law, α 1.5": {
            "popularity": "power_law",
            "popularities": {"power_law": {"alpha": 1.5}},
        },
        "childless: 0.3": {"childless": 0.3},
        "hubs: 0.01": {"hubs": 0.01},
    }
    for name, settings in cases.items():
        posts = _database(**settings).tables["posts"]
        counts = np.bincount(posts["foreign_row_0"].to_numpy(), minlength=N_PARENTS)
        curves.plot(np.sort(counts)[::-1], label=name, linewidth=1)
    curves.set_yscale("symlog", linthresh=10)
    curves.set(xlabel="users by fan-out", ylabel="posts of each")
    curves.legend(fontsize=6)
    for row, run in enumerate((0.0, 0.5, 0.9)):
        key = _database(run=run).tables["posts"]["foreign_row_0"][1000:1060]
        runs.scatter(np.arange(60), np.full(60, row), c=key % 20, cmap="tab20", s=8)
    runs.set(yticks=range(3), yticklabels=["run: 0", "0.5", "0.9"], xlabel="row of posts")
    runs.set_title("colour: user referred to", fontsize=8)
    for axes, pairing in ((together, "direct"), (scrambled, "scrambled")):
        posts = _database(levels=1, parent_clusters=1, coupling=0.8, pairing=pairing).tables[
            "posts"
        ]
        points = posts.select(pl.col("foreign_row_0", "foreign_row_1"))
        axes.scatter(*points, s=1.2, c=ENTITY, linewidths=0)
        axes.set(xlabel="user", ylabel="shop", xticks=[], yticks=[])
        axes.set_title(f"coupling: 0.8, {pairing}", fontsize=8)
