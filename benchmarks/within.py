"""How much columns of one database differ in what depends on what, beside real databases.

For 20 databases of each preset: quantiles over a database's columns, and of each the median over
the databases, as they were measured in real ones.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from plurel_cli import generate, load_config
from plurel_cli.measure.dependence import shapes, tells
from plurel_cli.measure.dependence.database import Subject, generator
from plurel_cli.measure.dependence.likeness import net_likeness
from plurel_cli.measure.dependence.skill import gain
from plurel_cli.measure.view import view_of

CONFIGS = Path(__file__).parents[1] / "configs"
N_DATABASES = 20
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
LEAST = 3

REAL: Mapping[str, tuple[float, ...]] = {
    "own_r2 of numbers": (0.08, 0.28, 0.65, 0.90, 0.98),
    "own_r2 of categories": (0, 0.04, 0.18, 0.76, 0.85),
    "sibling_best": (0.10, 0.14, 0.19, 0.53, 0.79),
    "gain from parents": (0, 0, 0.00, 0.13, 0.38),
    "gain from children": (0, 0.01, 0.03, 0.25, 0.35),
    "gain from history": (0, 0, 0.01, 0.12, 0.34),
    "drift": (0.03, 0.04, 0.07, 0.11, 0.23),
    "lag1_within": (0.03, 0.06, 0.14, 0.34, 0.76),
    "levels of a category": (2, 3, 4.5, 10, 29),
}
"""Quantiles over the columns of the median real database."""


def _columns(subject: Subject) -> dict[str, list[float]]:
    """What is measured, by column."""
    found: dict[str, list[float]] = {name: [] for name in REAL}
    for target in subject.targets:
        table, own = target.variable.table, subject.own(target)
        alone = target.skill(own)
        kind = "numbers" if target.variable.is_number else "categories"
        found[f"own_r2 of {kind}"].append(max(alone, 0.0))
        if subject.keys_of(table):
            more = target.skill(np.hstack((own, subject.referenced(target))))
            found["gain from parents"].append(gain(more, alone))
            if table in subject.view.times:
                found["gain from history"].append(tells._memory(subject, target, own, alone))
        if subject.keys_to(table):
            told = target.skill(np.hstack((own, tells._of_children(subject, target))))
            found["gain from children"].append(gain(told, alone))
    for table, variables in subject.variables.items():
        keys = [key for key in subject.keys_of(table) if not key.is_self]
        for its in variables:
            if not its.is_varied:
                continue
            draws = generator("siblings", table, its.name)
            likeness = [net_likeness(its, key.keys, draws) for key in keys]
            likeness = [value for value in likeness if not np.isnan(value)]
            if likeness:
                found["sibling_best"].append(max(likeness))
            if not its.is_number:
                found["levels of a category"].append(float(len(np.unique(its.codes))))
    found["drift"] = shapes._drifts(subject)[0]
    found["lag1_within"] = shapes._lags(subject)[True]
    return found


def one(config: str, seed: int) -> dict[str, list[float]]:
    """Quantiles over the columns of one database."""
    database = generate(load_config(CONFIGS / config), seed)
    columns = _columns(Subject(view_of(database)))
    return {
        name: np.quantile(values, QUANTILES).tolist()
        for name, values in columns.items()
        if len(values) >= LEAST
    }


def run() -> None:
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    print("quantiles 10, 25, 50, 75, 90 % over the columns of the median database")
    for config in ("default.yaml", "realistic.yaml"):
        with ProcessPoolExecutor() as pool:
            its = list(pool.map(one, [config] * N_DATABASES, range(N_DATABASES)))
        for name, real in REAL.items():
            values = [found[name] for found in its if name in found]
            told = (
                ", ".join(f"{value:.2f}" for value in np.median(values, axis=0)) if values else "-"
            )
            beside = ", ".join(f"{value:.2f}" for value in real)
            print(f"  {config:15} {name:22} {told:36} real: {beside}")
