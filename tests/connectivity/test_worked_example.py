"""The worked example of the method: 8 users, 12 posts, two levels of two clusters on each side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from plurel_cli import generate, load_config
from plurel_cli.connectivity.clusters import Clusters, clusters
from plurel_cli.schema.block_model import BlockModel
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sample import sample_schema
from tests.connectivity.models import labels_of
from tests.plans import key_columns, plan_keys
from tests.statistics import chi_square_p, mean_z, p_limit, z_limit

CONFIG = load_config(Path(__file__).parents[2] / "configs" / "worked_example.yaml")

N_SEEDS = 4000

USERS = [(0, 0), (0, 0), (0, 1), (0, 1), (1, 0), (1, 0), (1, 1), (1, 1)]
POSTS = [
    *[(0, 0), (0, 0), (0, 0)],
    *[(0, 1), (0, 1), (0, 1)],
    *[(1, 0), (1, 0), (1, 0)],
    *[(1, 1), (1, 1), (1, 1)],
]

# Scores: 0.9·0.9 in the same fine cluster, 0.9·0.001 in one cluster of the two levels, 0.001·0.001
# in none. Of four user clusters of two rows a post's own, two and one are so far; together
# 0.81 + 0.0018 + 0.000001 = 0.811801 = 0.901².
SAME, NEAR, FAR = 0.81 / 0.811801, 0.0009 / 0.811801, 0.000001 / 0.811801
CLUSTERS = np.array(
    [
        [SAME, NEAR, NEAR, FAR],
        [NEAR, SAME, FAR, NEAR],
        [NEAR, FAR, SAME, NEAR],
        [FAR, NEAR, NEAR, SAME],
    ]
)


@pytest.fixture(scope="module")
def schema() -> Schema:
    return plan_keys(sample_schema(CONFIG, 0), CONFIG)


@pytest.fixture(scope="module")
def model(schema: Schema) -> BlockModel:
    column = schema.by_name["posts"].foreign_keys[0]
    assert column.block_model is not None
    return column.block_model


@pytest.fixture(scope="module")
def keys(schema: Schema) -> NDArray[np.int64]:
    """Users of the posts by seed, shape (N_SEEDS, 12)."""
    drawn = []
    for seed in range(N_SEEDS):
        own = schema.but(seed=seed)
        columns = key_columns(own, CONFIG, own.by_name["posts"])
        drawn.append(columns["foreign_row_0"].block(0))
    return np.stack(drawn)


def _labels(split: Clusters) -> list[tuple[int, ...]]:
    by_cluster = [tuple(label) for label in split.digits.T.tolist()]
    return [by_cluster[c] for c in range(split.n) for _ in range(split.sizes[c])]


def test_labels_of_all_rows() -> None:
    assert _labels(clusters(8, [2, 2])) == USERS
    assert _labels(clusters(12, [2, 2])) == POSTS
    assert labels_of(8, [2, 2]) == USERS
    assert labels_of(12, [2, 2]) == POSTS


def test_block_matrices_are_the_same_at_both_levels(model: BlockModel) -> None:
    assert [level.p for level in model.levels] == [((0.9, 0.001), (0.001, 0.9))] * 2


def test_probabilities_are_those_written_out(model: BlockModel) -> None:
    assert pytest.approx(1.0) == SAME + 2 * NEAR + FAR
    assert pytest.approx(0.9977815) == SAME
    assert pytest.approx(0.0011086, rel=1e-4) == NEAR
    assert pytest.approx(1.2318e-6, rel=1e-4) == FAR


def test_each_post_refers_to_each_user_as_often_as_it_should(keys: NDArray[np.int64]) -> None:
    for post in range(12):
        counts = np.bincount(keys[:, post], minlength=8)
        assert chi_square_p(counts, CLUSTERS[post // 3].repeat(2) / 2) > p_limit(12)


def test_clusters_match_as_often_as_they_should(keys: NDArray[np.int64]) -> None:
    counts = np.zeros((4, 4))
    np.add.at(counts, (np.arange(12) // 3, keys // 2), 1)
    for posts, expected in zip(counts, CLUSTERS, strict=True):
        assert chi_square_p(posts, expected) > p_limit(4)


def test_posts_are_independent(keys: NDArray[np.int64]) -> None:
    """Which of its two users each post of a cluster has, all three together."""
    own = keys[(keys[:, :3] < 2).all(axis=1), :3]
    assert chi_square_p(np.bincount(own @ [4, 2, 1], minlength=8), np.ones(8)) > p_limit()
    repeated = own[:, [0, 0, 2]]
    assert chi_square_p(np.bincount(repeated @ [4, 2, 1], minlength=8), np.ones(8)) < p_limit()


def test_strays_number_as_many_as_they_should(keys: NDArray[np.int64]) -> None:
    is_stray = keys // 2 != np.arange(12) // 3
    p = 2 * NEAR + FAR
    assert abs(mean_z(is_stray, p, (p * (1 - p)) ** 0.5)) < z_limit()
    twice = 2 * p  # scores of 0.002 for those of 0.001
    assert abs(mean_z(is_stray, twice, (twice * (1 - twice)) ** 0.5)) > z_limit()


def test_generate_gives_these_keys() -> None:
    database = generate(CONFIG, seed=3)
    schema = database.schema
    columns = key_columns(schema, CONFIG, schema.by_name["posts"])
    drawn = columns["foreign_row_0"].block(0).tolist()
    assert database.tables["posts"]["foreign_row_0"].to_list() == drawn
    assert database.tables["users"].columns == ["row_idx"]
    assert database.tables["posts"].columns == ["row_idx", "foreign_row_0", "date"]
