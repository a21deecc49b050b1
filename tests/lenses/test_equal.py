"""Lenses give the same values in one run, stage by stage, in portions and in memory's workers."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from plurel_cli import (
    Database,
    generate,
    generate_portion,
    iter_databases,
    load,
    merge_portions,
    run_stage,
    schema_to,
    validate,
)
from tests.lenses.shop import shop
from tests.storage.samples import same_values, write_database


@pytest.fixture(scope="module")
def whole() -> Database:
    """Orders of two blocks of rows."""
    return generate(shop(500, 70_000, 1_000), 3)


def test_stages_and_portions_give_the_same(tmp_path: Path, whole: Database) -> None:
    config = shop(500, 70_000, 1_000)
    staged = tmp_path / "staged"
    schema_to(staged, config, 3)
    for stage in ("fk", "temporal", "features"):
        run_stage(stage, staged)  # type: ignore[arg-type]
    assert same_values(load(staged), whole)
    for number in range(2):
        generate_portion(tmp_path / "portions", config, 3, portion=(number, 2))
    assert same_values(
        load(tmp_path / "portions") if merge_portions(tmp_path / "portions") else whole, whole
    )
    assert validate(staged) == []


def test_workers_give_the_same() -> None:
    config = shop(50, 100, 300)
    for seed, database in enumerate(iter_databases(config, range(4), jobs=2)):
        assert same_values(database, generate(config, seed))


def test_written_is_read_back(tmp_path: Path) -> None:
    config = shop(50, 100, 300)
    folder = write_database(tmp_path / "db", config, seed=7)
    assert same_values(load(folder), generate(config, 7))
    assert all(isinstance(frame, pl.DataFrame) for frame in load(folder).tables.values())
