"""The realistic preset beside the published method: times and fan-outs of three databases each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from docs.drawing import ACTIVITY, ENTITY, FAINT, picture
from plurel_cli import Config, Database, generate, load_config

_CONFIGS = Path(__file__).parents[2] / "configs"
_SEEDS = (1, 4, 6)
_DAY = 86_400 * 10**9


def _databases(name: str) -> list[Database]:
    raw = load_config(_CONFIGS / f"{name}.yaml").resolved()
    raw["features"]["model"] = "none"
    config = Config.model_validate(raw)
    return [generate(config, seed) for seed in _SEEDS]


def _times(axes: Axes, database: Database) -> None:
    """Rows a week of the largest activity table."""
    table = max((t for t in database.schema.tables if t.kind == "activity"), key=lambda t: t.rows)
    days = database.tables[table.name][str(table.time_column)].to_physical().to_numpy() // _DAY
    weeks = np.bincount((days - days.min()) // 7)
    axes.bar(np.arange(len(weeks)), weeks, width=1.0, color=ACTIVITY)
    axes.set(xlim=(0, len(weeks)), xticks=[])
    axes.set_title(f"{table.rows:,} rows, {len(weeks)} weeks", fontsize=8)


@picture("realistic_times", 10, 3.6)
def realistic_times(figure: Figure) -> None:
    panels = figure.subplots(2, len(_SEEDS))
    for row, name in zip(panels, ("default", "realistic"), strict=True):
        for axes, database in zip(row, _databases(name), strict=True):
            _times(axes, database)
        row[0].set_ylabel(f"{name}.yaml\nrows a week")


@picture("realistic_fan_out", 10, 3)
def realistic_fan_out(figure: Figure) -> None:
    """Share of children by share of parents, both by falling fan-out."""
    panels = figure.subplots(1, 2)
    for axes, name in zip(panels, ("default", "realistic"), strict=True):
        axes.plot([0, 1], [0, 1], color=FAINT, linewidth=1)
        for database in _databases(name):
            for table in database.schema.tables:
                for column in table.foreign_keys:
                    parent = database.schema.by_name[str(column.references)]
                    if column.form != "many" or parent.rows > table.rows:
                        continue
                    keys = database.tables[table.name][column.name].drop_nulls().to_numpy()
                    counts = np.sort(np.bincount(keys, minlength=parent.rows))[::-1]
                    share = np.cumsum(counts) / counts.sum()
                    axes.plot(np.arange(1, parent.rows + 1) / parent.rows, share, c=ENTITY, lw=0.8)
        axes.set(xlabel="share of parents, busiest first", ylabel="share of children")
        axes.set_title(f"{name}.yaml: every foreign key of three databases", fontsize=9)
