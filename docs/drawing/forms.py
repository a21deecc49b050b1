"""Keys that are not of a block model, and when a key is null."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from docs.drawing import ENTITY, picture
from plurel_cli import generate, parse_config
from plurel_cli.connectivity.uniforms import Trait

N_ROWS = 1000


def _keys(table: dict[str, Any], **connectivity: Any) -> np.ndarray[Any, Any]:
    config = parse_config(
        {
            "schema": {"layout": "explicit"},
            "tables": {"a": {"rows": N_ROWS}, "b": {"rows": N_ROWS} | table},
            "connectivity": connectivity,
            "features": {"model": "none"},
        }
    )
    keys = generate(config, seed=2).tables["b"]["foreign_row_0"]
    return keys.to_numpy()


def _scatter(axes: Axes, title: str, table: dict[str, Any], **connectivity: Any) -> None:
    keys = _keys(table, **connectivity)
    axes.scatter(np.arange(len(keys)), keys, s=1.5, c=ENTITY, linewidths=0)
    axes.set(xlim=(0, N_ROWS), ylim=(N_ROWS, 0), xticks=[], yticks=[])
    axes.set_title(title, fontsize=8)


@picture("forms", 10, 2.4)
def forms(figure: Figure) -> None:
    panels = figure.subplots(1, 5)
    parents = [{"table": "b", "form": "thread"}]
    for axes, recency in zip(panels, (1, 8), strict=False):
        thread = {"root": 0.2, "recency": recency}
        _scatter(axes, f"thread, recency: {recency}", {"parents": parents}, thread=thread)
    levels = {"parents": [{"table": "b", "form": "levels"}]}
    _scatter(panels[2], "levels", levels, hierarchy={"depth": 3, "branching": 5})
    _scatter(panels[3], "one_to_one", {"parents": [{"table": "a", "form": "one_to_one"}]})
    panels[0].set(xlabel="row", ylabel="row it refers to")
    for latent, colour in ((0.0, "#c8c8c8"), (0.5, "#9ecae1"), (1.0, ENTITY)):
        blocks = {"p_nullable": 1, "null_rate": 0.3, "null_latent": latent}
        is_null = np.isnan(_keys({"parents": ["a"]}, **blocks).astype(float))
        trait = Trait(2, "b", N_ROWS).whole()
        share = [is_null[(trait >= x) & (trait < x + 0.1)].mean() for x in np.arange(10) / 10]
        panels[4].step(np.arange(10) / 10, share, where="post", color=colour, label=f"{latent:g}")
    panels[4].legend(title="null_latent", fontsize=6, title_fontsize=6)
    panels[4].set(xlabel="hidden trait of the row")
    panels[4].set_title("null_rate: 0.3", fontsize=8)
