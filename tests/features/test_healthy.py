"""Databases at their full width and few rows: all finite, and nearly no column of one value."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.health import Health
from plurel_cli import Config, Database, generate, load_config, parse_config

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
N_DATABASES = 4


def with_few_rows(name: str) -> Config:
    data = load_config(ROOT / "configs" / f"{name}.yaml").resolved()
    data["schema"]["rows"] = {
        "entity": {"min": 150, "max": 400}, "activity": {"min": 200, "max": 500},
    }  # fmt: skip
    return parse_config(data)


@pytest.mark.parametrize("name", ["default", "broad"])
def test_all_is_finite_and_few_columns_are_one_value(name: str) -> None:
    health = Health()
    config = with_few_rows(name)
    for seed in range(N_DATABASES):
        health.add(generate(config, seed))
    assert health.columns > 300
    assert health.not_finite == 0
    assert health.unplanned_nulls == 0
    assert health.one_sided < 0.05 * health.columns
    # and that is so because some are drawn anew
    assert health.redrawn > 0.01 * health.columns


def test_ill_health_is_noticed() -> None:
    database = generate(with_few_rows("default"), 0)
    table = database.schema.tables[0]
    numbers = [column.name for column in table.features if column.kind == "numerical"]
    frame = database.tables[table.name]
    values = frame[numbers[0]].to_numpy().copy()
    sound = Health()
    sound.add(database)
    for change, harmed in (
        (lambda its: np.where(np.arange(len(its)) == 3, np.inf, np.nan_to_num(its)), "not_finite"),
        (lambda its: np.ones(len(its)), "constant"),
        (lambda its: (np.arange(len(its)) == 3).astype(float), "one_sided"),
        (np.nan_to_num, "unplanned_nulls"),
    ):
        changed = frame.with_columns(**{numbers[0]: change(values).astype(np.float32)})
        health = Health()
        health.add(Database(database.schema, {**database.tables, table.name: changed}))
        assert getattr(health, harmed) > getattr(sound, harmed)
