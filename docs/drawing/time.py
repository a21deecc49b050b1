"""Stage 3: cohorts, and the parts of a series."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
from matplotlib.figure import Figure

from docs.drawing import ACTIVITY, ENTITY, FAINT, INK, picture
from plurel_cli import generate, parse_config
from plurel_cli.config.features import SeriesConfig
from plurel_cli.random import Stream
from plurel_cli.temporal.series import NumericalSeries, sample_series

N_USERS, N_POSTS = 400, 4000
N_ROWS = 600
COHORTS = "#1f3f66", "#4c78a8", "#8fb3d9", "#cfe0f1"


@picture("cohorts", 9, 3.4)
def cohorts(figure: Figure) -> None:
    config = parse_config(
        {
            "schema": {"layout": "explicit"},
            "tables": {
                "users": {"rows": N_USERS},
                "posts": {"rows": N_POSTS, "parents": ["users"]},
            },
            "connectivity": {"levels": 2, "parent_clusters": 2, "child_clusters": 2},
            "features": {"model": "none"},
        }
    )
    database = generate(config, seed=1)
    posts, window = database.tables["posts"], database.schema.window
    lives, counts = figure.subplots(1, 2)

    some = posts.filter(pl.col("foreign_row_0") % 10 == 0)
    lives.scatter(some["date"], some["foreign_row_0"], s=5, c=ENTITY, linewidths=0)
    lives.set(ylim=(N_USERS, 0), ylabel="user (every tenth)", title="dates of a user's posts")

    cohort = posts["foreign_row_0"] * 4 // N_USERS
    dates = [posts.filter(cohort == index)["date"].to_numpy() for index in range(4)]
    labels = [f"users {index * 100} to {index * 100 + 99}" for index in range(4)]
    counts.hist(dates, bins=48, stacked=True, label=labels, color=COHORTS)
    counts.set(ylabel="posts", title="posts of each cohort of users")
    counts.set_ylim(0, counts.get_ylim()[1] * 1.45)
    counts.legend(frameon=False, fontsize=8, ncols=2, loc="upper center")
    for axes in (lives, counts):
        for day, name in ((window.val_timestamp, "val"), (window.test_timestamp, "test")):
            axes.axvline(dt.datetime.combine(day, dt.time()), color=FAINT, linestyle=":")
            axes.annotate(name, (day, 1), xycoords=("data", "axes fraction"), fontsize=7, color=INK)


@picture("series", 9, 4.2)
def series(figure: Figure) -> None:
    panels = figure.subplots(2, 4, sharex=True)
    rows = np.arange(N_ROWS)
    settings = {
        "value_scale": 1,
        "exponent": 0.7,
        "period": 0.2,
        "autocorrelation": 0.85,
        "activity": {"trend": 1, "cycle": 1, "noise": 0.05},
    }
    config = SeriesConfig.model_validate(settings)
    for line, (kind, colour) in zip(
        panels, (("activity", ACTIVITY), ("entity", ENTITY)), strict=True
    ):
        stream = Stream(11)
        parameters = sample_series(config, kind, N_ROWS, stream.child("parameters"))
        its = NumericalSeries(parameters, N_ROWS, stream.child("noise"))
        parts = {
            "trend": its.trend(0),
            "cycle": its.cycle(0),
            "noise": its.noise(0),
            "series": its.block(0),
        }
        for axes, (name, values) in zip(line, parts.items(), strict=True):
            axes.plot(rows, values, color=colour, linewidth=0.6)
            axes.set_ylim(0, 1)
            axes.set_title(f"{kind}: {name}")
    for axes in panels[-1]:
        axes.set_xlabel("row")
