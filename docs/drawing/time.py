"""Stage 3: cohorts, arrivals, and the parts of a series."""

from __future__ import annotations

import datetime as dt
from typing import cast

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from docs.drawing import ACTIVITY, ENTITY, FAINT, INK, picture
from plurel_cli import generate, parse_config
from plurel_cli.features.sources.settings import SeriesConfig
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.arrivals import Profile
from plurel_cli.schema.sample import sample_schema
from plurel_cli.schema.window import Window
from plurel_cli.temporal.arrivals import sample_profile
from plurel_cli.temporal.clock import Clock
from plurel_cli.temporal.dates import DAY_NS, first_nanosecond
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
        series = NumericalSeries(parameters, N_ROWS, stream.child("noise"))
        parts = {
            "trend": series.trend(0),
            "cycle": series.cycle(0),
            "noise": series.noise(0),
            "series": series.block(0),
        }
        for axes, (name, values) in zip(line, parts.items(), strict=True):
            axes.plot(rows, values, color=colour, linewidth=0.6)
            axes.set_ylim(0, 1)
            axes.set_title(f"{kind}: {name}")
    for axes in panels[-1]:
        axes.set_xlabel("row")


SPACINGS = {
    "even": {"spacing": "even"},
    "poisson": {"spacing": "poisson"},
    "bursty, branching 0.6": {
        "spacing": "bursty",
        "spacings": {"bursty": {"branching": 0.6, "lag_hours": 1}},
    },
    "bursty, branching 0.9": {
        "spacing": "bursty",
        "spacings": {"bursty": {"branching": 0.9, "lag_hours": 1}},
    },
}


def _days(
    arrivals: dict[str, object], n_rows: int, n_days: int, seed: int = 1
) -> tuple[NDArray[np.float64], Clock]:
    """When the rows of a table come, in days from 2020-01-01 on."""
    config = parse_config(
        {
            "schema": {"layout": "explicit", "columns": 1},
            "tables": {"events": {"rows": n_rows}},
            "time": {"arrivals": arrivals},
        }
    )
    start = dt.date(2020, 1, 1)
    window = Window(
        start=start,
        end=start + dt.timedelta(days=n_days),
        val_timestamp=start,
        test_timestamp=start,
        profile=sample_profile(config.time.arrivals, Stream(seed)),
    )
    schema = sample_schema(config, seed).but(window=window)
    clock = Clock(schema, config)
    times = clock.whole(schema.tables[0])
    return (times - first_nanosecond(clock.window)) / DAY_NS, clock


@picture("spacings", 9, 3.6)
def spacings(figure: Figure) -> None:
    rows, gaps = figure.subplots(1, 2, width_ratios=(3, 2))
    for line, (name, arrivals) in enumerate(SPACINGS.items()):
        days, _ = _days(arrivals, 200, 50)
        rows.vlines(days, line - 0.38, line + 0.38, color=ACTIVITY, linewidth=0.6)
        many = np.sort(np.diff(_days(arrivals, 50_000, 6250)[0])) * 24
        colour = (FAINT, ENTITY, "#f2a9a9", ACTIVITY)[line]
        gaps.plot(many, 1 - np.arange(len(many)) / len(many), color=colour, label=name)
    rows.set_yticks(range(len(SPACINGS)), list(SPACINGS))
    rows.invert_yaxis()
    rows.set(xlabel="day", title="200 rows in 50 days")
    gaps.set(xscale="log", yscale="log", xlim=(0.003, 100), ylim=(1e-4, 1.5))
    gaps.set(xlabel="hours", title="share of gaps that are longer")
    gaps.legend(frameon=False, fontsize=8)


@picture("rates", 9, 4.8)
def rates(figure: Figure) -> None:
    panels = figure.subplots(2, 3).ravel()
    for axes, name in zip(panels, ("shop", "office", "site"), strict=False):
        _week(axes, name)
    poisson = {"spacing": "poisson"}
    for axes, name, extra in zip(
        panels[3:],
        ("growth: 1.5", "wander: 0.4", "flashes: 3"),
        ({"growth": 1.5}, {"wander": 0.4}, {"flashes": 3, "flash_size": 12, "flash_hours": 48}),
        strict=True,
    ):
        days, _ = _days(poisson | extra, 20_000, 364)
        axes.hist(days, bins=np.arange(0, 366, 1 if "flash" in name else 7), color=ACTIVITY)
        axes.set(xlabel="day", title=name)
        axes.set_ylabel("rows a day" if "flash" in name else "rows a week")


def _week(axes: Axes, name: str) -> None:
    """Rows by hour of the week, with the rate they were drawn from."""
    days, clock = _days({"spacing": "poisson", "profile": name}, 20_000, 364, seed=4)
    profile = cast(Profile, clock.window.profile)
    weekday = clock.window.start.weekday()
    hours = np.bincount(((days + weekday) % 7 * 24).astype(int), minlength=168)
    rate = np.concatenate(
        [
            np.array(profile.working_hours if day < 5 else profile.weekend_hours) * weight
            for day, weight in enumerate(profile.weekdays)
        ]
    )
    axes.bar(np.arange(168) / 24, hours, width=1 / 24, align="edge", color=ACTIVITY)
    axes.step(np.arange(168) / 24, rate * hours.sum() / rate.sum(), where="post", color=INK, lw=0.7)
    axes.set_xticks(np.arange(7) + 0.5, ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
    axes.set(ylabel="rows an hour of the week", title=f"profile: {name}")
