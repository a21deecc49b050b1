"""Columns as in real databases: whole numbers, frequencies of categories, nulls with reasons."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from matplotlib.figure import Figure

from docs.drawing import ENTITY, FAINT, picture
from plurel_cli import generate, parse_config

N_ROWS = 4000


def _columns(**settings: Any) -> pl.DataFrame:
    table = {"columns": 8, "p_categorical": settings.pop("p_categorical", 0), "rows": N_ROWS}
    table |= {"categories": settings.pop("categories", 20)}
    scm = {"mode": "lazy", "mechanism": "linear", "decoder": "linear", "nulls": 0, **settings}
    config = parse_config(
        {
            "schema": {"layout": "explicit"},
            "tables": {"rows": table},
            "features": {"scm": scm},
        }
    )
    frame = generate(config, seed=5).tables["rows"]
    return frame.select(pl.col("^feature_.*$"))


@picture("textures", 10, 4)
def textures(figure: Figure) -> None:
    panels = figure.subplots(2, 4).ravel()
    names = (
        "flag",
        "count",
        "integer_uniform",
        "integer_normal",
        "integer_zero_inflated",
        "heaped",
    )
    for axes, name in zip(panels, names, strict=False):
        values = _columns(transform=name)["feature_0"].to_numpy()
        most = np.quantile(values, 0.98)
        axes.hist(values[values <= most], bins=60, color=ENTITY)
        axes.set_title(f"transform: {name}", fontsize=8)
        axes.set_yticks([])
    for cut, colour in (("rows", FAINT), ("zipf", ENTITY)):
        frame = _columns(cut=cut, p_categorical=1)
        for column in frame.columns[:4]:
            counts = np.sort(frame[column].value_counts()["count"].to_numpy())[::-1]
            panels[6].plot(counts / N_ROWS, color=colour, linewidth=1)
    panels[6].set_title("cut: rows (grey), zipf", fontsize=8)
    panels[6].set(xlabel="categories, most frequent first", yscale="log")
    missing = {"p_column": 0.9, "rate": [0.1, 0.4, 0.7], "told": 1, "group": 0.6}
    frame = _columns(missing=missing)
    first = frame.sort("feature_0", nulls_last=True).head(N_ROWS)
    is_null = first.select(pl.all().is_null()).to_numpy()
    panels[7].imshow(~is_null.T, aspect="auto", cmap="gray", interpolation="nearest")
    panels[7].set(xlabel="rows by the first column", ylabel="columns", xticks=[], yticks=[])
    panels[7].set_title("missing: told 1, group 0.6", fontsize=8)
