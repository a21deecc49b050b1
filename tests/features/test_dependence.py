"""Whether the columns of a row tell of those of the rows it refers to, and not where they may not.

Mutual information is taken between bins of two columns, over all pairs of a child's column and a
column of a referenced row. Under a shuffled foreign key the pairs are the same but for who refers
to whom: its mutual information is what bins give by chance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from plurel_cli import Config, Database, generate, parse_config
from tests.statistics import z_limit

N_BINS = 8
N_SHUFFLES = 9
SEEDS = range(8)


def config_of(**scm: Any) -> Config:
    return parse_config(
        {
            "schema": {"layout": "explicit", "columns": 4},
            "tables": {
                "users": {"rows": 200},
                "shops": {"rows": 150},
                "orders": {"rows": 1000, "parents": ["users", "shops", "users"]},
            },
            "features": {"scm": scm},
        }
    )


def bins(column: pl.Series) -> NDArray[np.int64]:
    """Categories as they are, numbers in bins of as many rows, nulls in one of their own."""
    if column.dtype.is_integer():
        return column.to_numpy().astype(np.int64)
    ranks = column.rank("ordinal").fill_null(0).to_numpy().astype(np.int64)
    n = len(column) - column.null_count()
    return np.where(ranks == 0, N_BINS, (ranks - 1) * N_BINS // max(n, 1))


def mutual_information(a: NDArray[np.int64], b: NDArray[np.int64]) -> float:
    """In nats, of two columns of small non-negative integers."""
    joint = np.bincount(a * (b.max() + 1) + b, minlength=(a.max() + 1) * (b.max() + 1))
    p = joint.reshape(a.max() + 1, b.max() + 1) / len(a)
    expected = np.outer(p.sum(axis=1), p.sum(axis=0))
    present = p > 0
    return float((p[present] * np.log(p[present] / expected[present])).sum())


def test_mutual_information_of_known_columns() -> None:
    a = np.arange(1000) % 4
    assert mutual_information(a, a) == pytest.approx(np.log(4))
    assert mutual_information(a, a // 2) == pytest.approx(np.log(2))
    assert mutual_information(a, np.arange(1000) // 4 % 2) == pytest.approx(0, abs=1e-4)


def over_a_key(database: Database, foreign_key: str, parent: str, shuffle: int | None) -> float:
    """Mutual information over all pairs of columns, with the key as it is or shuffled.

    A shuffle keeps how many refer to a row: it is one of the child's rows.
    """
    keys = database.tables["orders"][foreign_key].to_numpy()
    if shuffle is not None:
        keys = np.random.default_rng(shuffle).permutation(keys)
    names = [c.name for c in database.schema.by_name["orders"].features]
    others = [c.name for c in database.schema.by_name[parent].features]
    return sum(
        mutual_information(
            bins(database.tables["orders"][name]), bins(database.tables[parent][other])[keys]
        )
        for name in names
        for other in others
    )


def z_scores(config: Config, foreign_key: str, parent: str) -> NDArray[np.float64]:
    """How far each database's key is above its shuffles, in their standard deviations."""
    found = []
    for seed in SEEDS:
        database = generate(config, seed)
        shuffled = [over_a_key(database, foreign_key, parent, k) for k in range(N_SHUFFLES)]
        real = over_a_key(database, foreign_key, parent, None)
        found.append((real - np.mean(shuffled)) / (np.std(shuffled, ddof=1) or 1.0))
    return np.array(found)


def excess(z: NDArray[np.float64]) -> float:
    """The scores in all, in standard errors.

    Where the key is as good as a shuffle, a score has a mean of 0 and, with 9 shuffles, is √(10/9)
    times Student's t of 8 degrees, whose variance is 8 / 6; the sum of n is taken as normal. It is
    held at 10, so that no one database decides.
    """
    variance = (1 + 1 / N_SHUFFLES) * (N_SHUFFLES - 1) / (N_SHUFFLES - 3)
    return float(np.clip(z, -10, 10).sum() / np.sqrt(variance * len(z)))


KEYS = [("foreign_row_0", "users"), ("foreign_row_1", "shops"), ("foreign_row_2", "users")]


@pytest.mark.parametrize(("foreign_key", "parent"), KEYS)
def test_children_tell_of_the_rows_they_refer_to(foreign_key: str, parent: str) -> None:
    found = z_scores(config_of(), foreign_key, parent)
    assert excess(found) > z_limit(len(KEYS) * 2)


@pytest.mark.parametrize(("foreign_key", "parent"), KEYS)
def test_without_columns_of_referenced_rows_they_tell_nothing(
    foreign_key: str, parent: str
) -> None:
    # nor may the key's clusters, which are runs of rows, meet columns that are series over rows
    config = config_of(parent_columns=0.0, source=["uniform", "normal", "beta", "mixture"])
    found = z_scores(config, foreign_key, parent)
    assert abs(excess(found)) < z_limit(len(KEYS) * 2)


def test_parents_that_gather_tell_of_their_children() -> None:
    config = config_of(
        parent_columns=0.0,
        children={"p": 1.0, "aggregate": ["mean", "sum"]},
        source=["uniform", "normal", "beta", "mixture"],
        layout="reverse_random_tree",
        latent_ratio=8.0,
        latent_extra=0,
    )
    found = [z_scores(config, *its) for its in KEYS]
    assert excess(np.concatenate(found)) > z_limit()
