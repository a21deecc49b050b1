"""Cohorts: clusters are contiguous in row index and dates rise with it, so that a parent's children
lie in one stretch of the window. Nothing in the model speaks of time; it follows.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from plurel_cli import Config, parse_config
from plurel_cli.schema.sample import sample_schema
from tests.connectivity.models import all_blocks
from tests.plans import key_columns, plan_keys, plan_time, time_columns
from tests.statistics import FALSE_ALARM, chi_square_p, p_limit, z_limit

N_USERS, N_POSTS = 450, 45_000


class Posts(NamedTuple):
    """Who wrote each post, and when: 0 at the window's start, 1 at its end."""

    user: NDArray[np.int64]
    time: NDArray[np.float64]


def _config(**connectivity: Any) -> Config:
    return parse_config(
        {
            "schema": {"layout": "explicit"},
            "tables": {
                "users": {"rows": N_USERS},
                "posts": {"rows": N_POSTS, "parents": ["users"]},
            },
            "features": {"model": "none"},
            "connectivity": {"p_diagonal": 0.9, "p_off_diagonal": 0.0015, **connectivity},
        }
    )


def _posts(seed: int = 11, **connectivity: Any) -> Posts:
    config = _config(**connectivity)
    schema = plan_time(plan_keys(sample_schema(config, seed), config), config)
    table = schema.by_name["posts"]
    user = all_blocks(key_columns(schema, config, table)["foreign_row_0"], N_POSTS)
    date = all_blocks(time_columns(schema, config, table)["date"], N_POSTS)
    return Posts(user, (date - date[0]) / (date[-1] - date[0]))


def _in_stretch(posts: Posts, stretches: int) -> NDArray[np.bool_]:
    """Whether each post falls into the stretch of the window that its user's cluster has."""
    stretch = np.minimum((posts.time * stretches).astype(int), stretches - 1)
    return stretch == posts.user * stretches // N_USERS


def _binomial_z(n_hits: int, n: int, p: float) -> float:
    return (n_hits - n * p) / math.sqrt(n * p * (1 - p))


def test_a_users_posts_fall_in_one_stretch_of_the_window() -> None:
    """Three clusters on each of two levels: the window in nine, each user in one of the nine.

    A post is by a user of its own cluster with probability (0.9 / (0.9 + 2 × 0.0015))² = 0.99337,
    since the nine clusters have as many users each.
    """
    posts = _posts(levels=2, parent_clusters=3, child_clusters=3)
    p = (0.9 / 0.903) ** 2
    hits = _in_stretch(posts, 9)
    # Posts on the border of two stretches: their time is a rounding away from it.
    borders = np.arange(1, 9) * N_POSTS // 9
    counted = np.ones(N_POSTS, dtype=bool)
    counted[borders[:, None] + np.arange(-2, 3)] = False
    n = int(counted.sum())
    assert abs(_binomial_z(int(hits[counted].sum()), n, p)) < z_limit()
    # Scores of 0.0025 off the diagonal would be seen.
    assert abs(_binomial_z(int(hits[counted].sum()), n, (0.9 / 0.905) ** 2)) > z_limit()
    # And were times shuffled, one post in nine would fall there.
    shuffled = Posts(posts.user, np.random.default_rng(1).permutation(posts.time))
    share = int(_in_stretch(shuffled, 9)[counted].sum())
    assert abs(_binomial_z(share, n, p)) > z_limit()
    assert abs(_binomial_z(share, n, 1 / 9)) < z_limit()


def test_each_user_has_a_lifetime() -> None:
    """All but the rare stray of a user's posts lie within a ninth of the window: their number
    outside is binomial, and no user's exceeds what one in a million would, over 450 users.
    """
    posts = _posts(levels=2, parent_clusters=3, child_clusters=3)
    written = np.bincount(posts.user, minlength=N_USERS)
    outside = np.bincount(posts.user[~_in_stretch(posts, 9)], minlength=N_USERS)
    # 5000 posts in each stretch, by 50 users: a user's strays come from the other eight.
    p_stray = 1 - (0.9 / 0.903) ** 2
    most = stats.binom.isf(FALSE_ALARM / N_USERS, written + 5, p_stray) + 2  # 2 on the borders
    assert (outside <= most).all()
    assert (written > 50).all()
    assert (most < written / 5).all()  # so that a user without a lifetime, 8/9 outside, would fail


def test_cohorts_nest_by_level() -> None:
    """A stray keeps its coarse cluster or its fine one far more often than neither: of a cluster's
    posts 0.9 · 0.04 of 0.94² each, against 0.04².
    """
    posts = _posts(levels=2, parent_clusters=3, child_clusters=3, p_off_diagonal=0.02)
    own, users = np.arange(N_POSTS) * 9 // N_POSTS, posts.user * 9 // N_USERS
    kinds = np.bincount(2 * (own // 3 == users // 3) + (own % 3 == users % 3), minlength=4)
    same, other = 0.9 / 0.94, 0.04 / 0.94
    expected = [other * other, other * same, same * other, same * same]
    assert chi_square_p(kinds, expected) > p_limit()
    stray = 1 - same * same  # spread evenly over the eight other clusters it would be
    flat = [stray / 2, stray / 4, stray / 4, same * same]
    assert chi_square_p(kinds, flat) < p_limit()


def test_more_child_clusters_make_a_user_come_back() -> None:
    """Two parent clusters by four child clusters: the diagonal wraps, so that the first half of the
    users has the first and third quarter of the window, the second half the others.
    """
    posts = _posts(levels=1, parent_clusters=2, child_clusters=4)
    quarter = np.arange(N_POSTS) * 4 // N_POSTS
    half = posts.user * 2 // N_USERS
    p = 0.9 / 0.9015
    assert abs(_binomial_z(int((half == quarter % 2).sum()), N_POSTS, p)) < z_limit()
    first = posts.time[half == 0]
    shares = np.histogram(first, [0, 0.25, 0.5, 0.75, 1.0])[0]
    assert chi_square_p(shares, [p, 1 - p, p, 1 - p]) > p_limit()
    assert chi_square_p(shares, [1, 1, 1, 1]) < p_limit()


@pytest.mark.parametrize("parent_clusters", [1, 3])
def test_one_child_cluster_makes_no_cohort(parent_clusters: int) -> None:
    """Whoever wrote it, a post is anywhere in the window: users' clusters by the window's ninths
    are independent.
    """
    posts = _posts(levels=2, parent_clusters=parent_clusters, child_clusters=1)
    ninth = np.arange(N_POSTS) * 9 // N_POSTS
    for group in range(9):
        own = ninth[posts.user * 9 // N_USERS == group]
        assert chi_square_p(np.bincount(own, minlength=9), np.ones(9)) > p_limit(9)
    cohorts = _posts(levels=2, parent_clusters=3, child_clusters=3)
    own = ninth[cohorts.user * 9 // N_USERS == 0]
    assert chi_square_p(np.bincount(own, minlength=9), np.ones(9)) < p_limit(9)
