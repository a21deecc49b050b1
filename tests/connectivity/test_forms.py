"""One-to-one keys, references of a table to itself, and junctions."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from plurel_cli import generate, parse_config
from plurel_cli.connectivity.forms.levels import LevelKeys, level_edges
from plurel_cli.connectivity.forms.thread import ThreadKeys
from plurel_cli.connectivity.junction import UniquePairs
from plurel_cli.connectivity.one_to_one import OneToOneKeys
from plurel_cli.connectivity.reach import drawn_reach
from plurel_cli.connectivity.shaped import NO_PARENT, ShapedKeys
from plurel_cli.connectivity.uniforms import Trait
from plurel_cli.connectivity.weights import RowWeights
from plurel_cli.errors import ConfigError
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.schema.habits import Habits
from tests.connectivity.models import model_of
from tests.statistics import chi_square_p, counts_p, mean_z, p_limit, z_limit


@given(n_children=st.integers(1, 200), extra=st.integers(0, 500), seed=st.integers(0, 9))
def test_one_to_one_keys_rise_and_start_at_the_first_parent(
    n_children: int, extra: int, seed: int
) -> None:
    keys = OneToOneKeys(n_children + extra, n_children, Stream(seed)).block(0)
    assert keys[0] == 0
    assert (np.diff(keys) > 0).all()
    assert keys[-1] < n_children + extra


def test_one_to_one_keys_are_uniform_in_their_pieces() -> None:
    keys = np.stack([OneToOneKeys(17, 4, Stream(seed)).block(0) for seed in range(4000)])
    for child, (low, high) in enumerate([(0, 4), (4, 8), (8, 12), (12, 17)]):
        if child == 0:
            continue
        counts = np.bincount(keys[:, child], minlength=17)
        expected = np.zeros(17)
        expected[low:high] = 1
        assert chi_square_p(counts, expected) > p_limit(3)
    wide = OneToOneKeys(3 * BLOCK_ROWS, 2 * BLOCK_ROWS, Stream(1))
    assert wide.block(1)[0] > wide.block(0)[-1]


def test_threads_refer_to_the_latest_of_some_earlier_rows() -> None:
    for recency in (1, 3):
        keys = np.stack([ThreadKeys(9, 0.25, recency, Stream(s)).block(0) for s in range(4000)])
        assert (keys[:, 0] == NO_PARENT).all()
        for row in range(1, 9):
            is_root = keys[:, row] == NO_PARENT
            assert abs(mean_z(is_root, 0.25, np.sqrt(0.1875))) < z_limit(16)
            edges = (np.arange(row + 1) / row) ** recency
            if row > 1:
                counts = np.bincount(keys[~is_root, row], minlength=row)
                assert chi_square_p(counts, np.diff(edges)) > p_limit(14)
                wrong = np.diff((np.arange(row + 1) / row) ** (recency + 1))
                assert row < 4 or chi_square_p(counts, wrong) < p_limit()


def test_levels_refer_to_the_level_above() -> None:
    its = LevelKeys(111, 2, 10.0, Stream(1))
    keys = its.block(0)
    assert its.edges.tolist() == [0, 1, 11, 111]
    assert keys[0] == NO_PARENT
    assert (keys[1:11] == 0).all()
    assert ((keys[11:] >= 1) & (keys[11:] < 11)).all()
    many = np.concatenate([LevelKeys(111, 2, 10.0, Stream(s)).block(0)[11:] for s in range(50)])
    assert chi_square_p(np.bincount(many)[1:], np.ones(10)) > p_limit()


@given(n=st.integers(1, 300), depth=st.integers(1, 8), branching=st.floats(1, 20))
def test_every_level_has_rows(n: int, depth: int, branching: float) -> None:
    edges = level_edges(n, depth, branching)
    assert edges[0] == 0
    assert edges[-1] == n
    assert (np.diff(edges) >= 1).all()
    assert len(edges) == min(depth + 1, n) + 1


class _Times:
    def __init__(self, times: NDArray[np.int64]) -> None:
        self.times = times

    def block(self, index: int) -> NDArray[np.int64]:
        return self.times


def _shaped(
    weights: list[float],
    n_children: int,
    seed: int,
    name: str,
    times: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
) -> ShapedKeys:
    sums = np.concatenate([[0.0], np.cumsum(weights)])
    stream = Stream(seed).child(name)
    return ShapedKeys(
        Habits(time_order=times is not None),
        len(weights),
        n_children,
        lambda: drawn_reach(
            model_of([[0.5]]), len(weights), n_children, lambda kept: RowWeights(sums, sums)
        ),
        stream,
        stream,
        None if times is None else (_Times(times[0]), lambda: times[1]),
        Trait(seed, name, n_children),
    )


def _pairs(seed: int, n: int = 3) -> UniquePairs:
    keys = _shaped([1.0, 3.0], n, seed, "a"), _shaped([1.0, 2.0, 4.0], n, seed, "b")
    return UniquePairs(keys, (2, 3), n)


def test_pairs_are_drawn_one_after_another_from_those_left() -> None:
    """The first key as it is, the second without those that earlier rows have with it."""
    first, second = np.array([1.0, 3.0]) / 4, np.array([1.0, 2.0, 4.0])
    expected: dict[tuple[tuple[int, int], ...], float] = {}
    for ones in product(range(2), repeat=3):
        for others in product(range(3), repeat=3):
            p, pairs = 1.0, tuple(zip(ones, others, strict=True))
            for row, (a, b) in enumerate(pairs):
                gone = [other for one, other in pairs[:row] if one == a]
                left = second.sum() - sum(second[other] for other in set(gone))
                p *= 0.0 if b in gone else first[a] * second[b] / left
            if p > 0:
                expected[pairs] = p
    drawn: Counter[tuple[tuple[int, int], ...]] = Counter()
    for seed in range(6000):
        one, other = _pairs(seed).whole
        drawn[tuple(zip(one.tolist(), other.tolist(), strict=True))] += 1
    assert counts_p(drawn, expected) > p_limit()
    uneven = {pairs: p * (1 + 0.5 * (pairs[2] == (1, 2))) for pairs, p in expected.items()}
    assert counts_p(drawn, uneven) < p_limit()


def test_a_full_junction_is_filled() -> None:
    one, other = _pairs(1, 6).whole
    assert set(zip(one.tolist(), other.tolist(), strict=True)) == set(product(range(2), range(3)))


def test_an_early_row_finds_a_pair_where_later_ones_have_taken_all() -> None:
    """Its parents are few, and later rows have more to choose from."""
    times = np.arange(6)
    parents = np.array([0, 5, 5])
    for seed in range(30):
        one = _shaped([1.0, 1.0], 6, seed, "a")
        other = _shaped([1.0, 1e-9, 1e-9], 6, seed, "b", (times, parents))
        pairs = UniquePairs((one, other), (2, 3), 6)
        if seed == 0:
            assert not pairs.has_room  # two pairs for the first five rows
        late = np.array([0, 0, 0, 5, 5, 5])
        other = _shaped([1.0, 1.0, 1e-9], 4, seed, "b", (late[:4], np.array([0, 0, 5])))
        pairs = UniquePairs((_shaped([1.0, 1e-12], 4, seed, "a"), other), (2, 3), 4)
        assert pairs.has_room
        keys = list(zip(*(its.tolist() for its in pairs.whole), strict=True))
        assert len(set(keys)) == 4
        assert all(second < 2 for _, second in keys[:3])


def test_more_rows_than_pairs_have_no_room() -> None:
    assert not _pairs(1, 7).has_room
    assert _pairs(1, 6).has_room
    told = str(_pairs(1, 7).refused("tables.x.junction"))
    assert "tables.x.junction: has more rows by some time than there are pairs" in told


EXPLICIT = {
    "schema": {"layout": "explicit", "columns": 2},
    "connectivity": {"time_order": True, "popularity": "power_law", "run": 0.3},
    "tables": {
        "person": {"rows": 300, "parents": [{"table": "person", "form": "levels"}], "timed": True},
        "profile": {"rows": 9, "parents": [{"table": "person", "form": "one_to_one"}]},
        "club": {"rows": 40},
        "member": {"rows": 2000, "parents": ["person", "club"], "junction": True},
        "message": {"rows": 900, "parents": ["person", "person", "message"]},
    },
    "features": {"model": "none"},
}


def test_all_forms_in_one_database() -> None:
    database = generate(parse_config(EXPLICIT), 3)
    person, profile, member, message = (
        database.tables[name] for name in ("person", "profile", "member", "message")
    )
    assert profile.height == 9
    assert profile["foreign_row_0"].n_unique() == profile.height
    assert (profile["date"] == person["date"].gather(profile["foreign_row_0"])).all()
    assert not member.select("foreign_row_0", "foreign_row_1").is_duplicated().any()
    for table, key in ((member, "foreign_row_0"), (message, "foreign_row_0")):
        assert (table["date"] >= person["date"].gather(table[key])).all()
    replies = message.filter(message["foreign_row_2"].is_not_null())
    assert 0 < replies.height < message.height
    assert (replies["foreign_row_2"] < replies["row_idx"]).all()
    manager = person["foreign_row_0"]
    assert manager[0] is None
    assert (manager.drop_nulls() >= 0).all()


def test_a_junction_of_more_than_half_of_all_pairs_is_refused() -> None:
    raw = {
        "schema": {"layout": "explicit"},
        "tables": {
            "a": {"rows": 4},
            "b": {"rows": 5},
            "ab": {"rows": 11, "parents": ["a", "b"], "junction": True},
        },
    }
    with pytest.raises(ConfigError, match=r"tables\.ab\.rows: must be at most 10"):
        generate(parse_config(raw), 1)
