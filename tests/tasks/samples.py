"""Databases of which tasks are asked: small ones, and the shapes of RelBench's."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from plurel_cli import Config, generate_to, parse_config
from plurel_cli.config.tasks import TasksConfig
from plurel_cli.schema.model import Schema
from plurel_cli.tasks.draw import Drawer
from plurel_cli.tasks.splits import Period, period_of
from plurel_cli.tasks.tables import Tables

ALL = ("completion", "attribute", "forecast", "link")


def settings(**others: Any) -> TasksConfig:
    """Settings of tasks of all kinds."""
    return TasksConfig.model_validate({"kinds": ALL, **others})


def shop(layout: str = "relbench", **tasks: Any) -> Config:
    """Customers and products, and orders and visits that refer to them."""
    return parse_config(
        {
            "schema": {"layout": "explicit", "naming": "natural", "columns": 4},
            "tables": {
                "customer": {"rows": 150},
                "product": {"rows": 120},
                "basket": {"rows": 400, "parents": ["customer"]},
                "purchase": {"rows": 6000, "parents": ["basket", "product"]},
                "visit": {
                    "rows": 5000,
                    "parents": ["customer", "product"],
                    "columns": {
                        "channel": {"lens": "category", "labels": ["web", "app", "shop"]},
                        "minutes": {"lens": "integer", "min": 0, "max": 90},
                        "refunded": {"lens": "flag", "true": 0.3, "tells_future": True},
                    },
                },
            },
            "time": {"min_days": 1500},
            "output": {"layout": layout},
            "tasks": tasks,
        }
    )


def made(folder: Path, seed: int = 1, **tasks: Any) -> Schema:
    """A shop in a folder."""
    return generate_to(folder, shop(**tasks), seed)


def drawer_of(tables: Tables, asked: TasksConfig) -> tuple[Drawer, Period]:
    """What draws forecasts of a database, and the time that it covers."""
    window = tables.schema.window
    assert window is not None
    period = period_of(tables, window)
    assert period is not None
    return Drawer(tables, period, asked), period


def midnight(day: dt.date) -> dt.datetime:
    """The first moment of a day."""
    return dt.datetime.combine(day, dt.time())
