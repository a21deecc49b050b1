from __future__ import annotations

import copy

import numpy as np
import polars as pl
import pytest

from plurel_cli import Database, generate
from tests.fingerprints.fingerprint import (
    CONFIGS,
    config_of,
    differences,
    exact,
    fingerprint,
    made,
    path_of,
    stored,
)


@pytest.mark.parametrize("name", CONFIGS)
def test_values_are_those_committed(name: str) -> None:
    wrong = differences(stored(name), made(name))
    assert wrong == [], "if this is meant: python -m tests.fingerprints --write"


def test_every_fingerprint_has_its_config() -> None:
    assert {path.stem for path in path_of("").parent.glob("*.json")} == set(CONFIGS)


# The fingerprints themselves: they see what they should, and nothing less.


@pytest.fixture(scope="module")
def database() -> Database:
    return generate(config_of("small"), 1)


def _changed(database: Database, table: str, change: pl.Expr) -> list[str]:
    """Where the fingerprint differs after a change of a column."""
    frame = database.tables[table].with_columns(change)
    tables = database.tables | {table: frame}
    other = Database(database.schema, tables)
    return differences(fingerprint(database), fingerprint(other))


def test_same_database_is_the_same(database: Database) -> None:
    assert differences(fingerprint(database), fingerprint(database)) == []
    assert differences(fingerprint(database), fingerprint(generate(config_of("small"), 1))) == []


def test_another_seed_differs(database: Database) -> None:
    other = fingerprint(generate(config_of("small"), 2))
    assert "schema" in differences(fingerprint(database), other)


def test_one_key_or_date_is_seen(database: Database) -> None:
    last = pl.int_range(pl.len()) == pl.len() - 1
    for table in database.schema.tables:
        for column in table.columns:
            if column.role == "feature":
                continue
            value = pl.col(column.name)
            step = pl.duration(nanoseconds=1) if column.role == "time" else 1
            change = pl.when(last).then(value - step).otherwise(value).alias(column.name)
            assert _changed(database, table.name, change) == [f"{table.name}.{column.name}"]


def test_one_bit_of_a_feature_is_seen(database: Database) -> None:
    last = pl.int_range(pl.len()) == pl.len() - 1
    for table in database.schema.tables:
        for column in table.features:
            values = database.tables[table.name][column.name]
            if values.dtype == pl.Float32:
                bits = values.fill_null(0).to_numpy().view(np.int32)
                changed = pl.Series(column.name, (bits ^ 1).view(np.float32))
            else:
                changed = 1 - values.fill_null(0)
            change = pl.when(last).then(changed).otherwise(values).alias(column.name)
            assert _changed(database, table.name, change) == [f"{table.name}.{column.name}"]


def test_columns_and_types_are_seen(database: Database) -> None:
    its = fingerprint(database)
    other = copy.deepcopy(its)
    table = next(iter(other["tables"]))
    other["tables"][table]["extra"] = "Int64 1 00"
    assert differences(its, other) == [f"{table}: columns"]
    del other["tables"][table]
    assert differences(its, other) == ["tables"]


def test_exact_hash_tells_types_and_nulls_apart() -> None:
    columns = [
        pl.Series([0, 1], dtype=pl.Int64),
        pl.Series([0, 1], dtype=pl.Int32),
        pl.Series([0, 1], dtype=pl.Datetime("ns")),
        pl.Series([0, 1], dtype=pl.Datetime("us")),
        pl.Series([1, 0], dtype=pl.Int64),
        pl.Series([None, 1], dtype=pl.Int64),
        pl.Series([0, None], dtype=pl.Int64),
        pl.Series([0.0, 1.0], dtype=pl.Float32),
        pl.Series([-0.0, 1.0], dtype=pl.Float32),
        pl.Series(["0", "1"]),
        pl.Series([False, True]),
    ]
    assert len({exact(column) for column in columns}) == len(columns)


def test_exact_hash_is_of_little_endian_values() -> None:
    """Written out, so that another machine's byte order or another Polars' layout is noticed."""
    assert exact(pl.Series(np.arange(3))) == "Int64 3 d740b193add69a08"
