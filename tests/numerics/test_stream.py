from __future__ import annotations

import math
import os
import subprocess
import sys
from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from plurel_cli.choices.choice import IntegerRange, OneOf
from plurel_cli.numerics.stream import Draws, SharedStream, Stream
from tests.statistics import (
    FALSE_ALARM,
    assert_mean,
    chi_square_p,
    counts_p,
    mean_z,
    p_limit,
    z_limit,
)

N = 20_000

_PARTS = st.one_of(st.integers(-(2**70), 2**70), st.text(max_size=4))
_ADDRESSES = st.lists(_PARTS, max_size=4).map(tuple)


def _words(stream: Stream, n: int = 4) -> list[int]:
    draws = stream.draws()
    return [draws.word() for _ in range(n)]


def _correlated(a: Stream, b: Stream) -> float:
    """z of the correlation of two streams' uniforms."""
    x, y = (s.generator().random(N) for s in (a, b))
    return float(stats.pearsonr(x, y)[0] * math.sqrt(N))


def test_addresses_that_look_alike_differ() -> None:
    alike = [(), ("1",), (1,), ("1", ""), ("", "1"), (1, 1), (11,), ("11",), ("1", "1"), (-1,)]
    alike += [("-1",), (2**32,), (0, 1), (1, 0), (0,), ("0",), ("",), ("", ""), ("fk", "a", "b")]
    alike += [("fk", "a b"), ("fka", "b"), ("f", "ka", "b"), ("é",), ("e\u0301",)]
    streams = [Stream(0).child(*parts) for parts in alike]
    first = {tuple(_words(stream)) for stream in streams}
    first |= {tuple(_words(Stream(seed))) for seed in (1, 2, 2**32, 2**64 - 1)}
    first |= {tuple(streams[0].bits(block).random_raw(4).tolist()) for block in (1, 2, 2**40)}
    assert len(first) == len(alike) + 4 + 3


@given(_ADDRESSES, _ADDRESSES)
def test_two_addresses_share_a_stream_only_if_equal(
    one: tuple[str | int, ...], other: tuple[str | int, ...]
) -> None:
    same = _words(Stream(3).child(*one)) == _words(Stream(3).child(*other))
    assert same == (one == other)


@given(_ADDRESSES, _ADDRESSES)
def test_a_child_of_a_child_is_the_child_of_both_parts(
    one: tuple[str | int, ...], other: tuple[str | int, ...]
) -> None:
    assert _words(Stream(5).child(*one).child(*other)) == _words(Stream(5).child(*one, *other))


def test_a_stream_starts_anew_each_time_it_is_opened() -> None:
    stream = Stream(1).child("x")
    used = stream.draws()
    used.word()
    assert _words(stream) == _words(stream)
    assert stream.generator(7).random() == stream.generator(7).random()
    assert _words(stream) == stream.bits().random_raw(4).tolist()
    stream.child("y").draws().word()
    assert _words(stream) == _words(Stream(1).child("x"))


def test_numpy_s_own_state_is_neither_read_nor_moved() -> None:
    kept = np.random.get_state()  # noqa: NPY002
    try:
        np.random.seed(1)  # noqa: NPY002 (the state that must play no part)
        before = np.random.get_state()[1].tolist()  # type: ignore[index]  # noqa: NPY002
        first = _words(Stream(2))
        np.random.seed(9)  # noqa: NPY002
        assert _words(Stream(2)) == first
        np.random.seed(1)  # noqa: NPY002
        Stream(2).generator().random(10)
        assert np.random.get_state()[1].tolist() == before  # type: ignore[index]  # noqa: NPY002
    finally:
        np.random.set_state(kept)  # noqa: NPY002


def test_neighbouring_addresses_are_not_correlated() -> None:
    a = Stream(1).child("t")
    others = [Stream(2).child("t"), Stream(1).child("u"), a.child(0), a.child("t")]
    for other in others:
        assert abs(_correlated(a, other)) < z_limit(len(others))
    assert abs(_correlated(a, a)) > z_limit()
    x, y = a.generator(0).random(N), a.generator(1).random(N)
    assert abs(stats.pearsonr(x, y)[0]) * math.sqrt(N) < z_limit()


def test_first_draws_of_many_streams_are_uniform() -> None:
    first = [Stream(4).child("row", i).draws().uniform() for i in range(N)]
    assert stats.kstest(first, "uniform").pvalue > FALSE_ALARM
    assert stats.kstest(np.square(first), "uniform").pvalue < FALSE_ALARM


@pytest.mark.parametrize("seed", [-1, 1 << 64])
def test_seed_out_of_range_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match=r"seed must be from 0 to 2\*\*64 - 1, got"):
        Stream(seed)


@pytest.mark.parametrize("part", [1.0, None, True, ("a",), b"a", np.int64(3)])
def test_an_address_of_something_else_is_refused(part: object) -> None:
    with pytest.raises(TypeError, match="an address is made of str and int"):
        Stream(1).child(part)  # type: ignore[arg-type]


def test_streams_are_the_same_for_ever() -> None:
    """What a seed means: the values themselves, at an address of each kind."""
    assert [f"{word:016x}" for word in _words(Stream(0), 2)] == SEED_0
    assert [f"{word:016x}" for word in _words(Stream(7).child("fk", "posts", 3), 2)] == CHILD_OF_7
    assert f"{Stream(7).bits(9).random_raw():016x}" == BLOCK_9_OF_7


SEED_0 = ["76d0b8aada0840d1", "3054eef77405fa6d"]
CHILD_OF_7 = ["eb8646ae063f1b90", "76ef30214e28d196"]
BLOCK_9_OF_7 = "88bf6bd5540ef3dc"

_SCRIPT = """
from hashlib import sha256
from plurel_cli import Config
from plurel_cli.schema.sample import sample_schema
print(sha256(sample_schema(Config.model_validate({}), 11).to_json().encode()).hexdigest())
"""


def test_python_s_hash_seed_moves_nothing() -> None:
    printed = {
        subprocess.run(
            [sys.executable, "-c", _SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "12345")
    }
    assert len(printed) == 1


@pytest.mark.parametrize("n", [1, 2, 3, 7, 10])
def test_below_is_uniform(n: int) -> None:
    draws = Stream(1).child("below", n).draws()
    drawn = [draws.below(n) for _ in range(N)]
    if n == 1:
        assert set(drawn) == {0}
        return
    assert counts_p(drawn, dict.fromkeys(range(n), 1.0)) > p_limit(4)
    assert counts_p(drawn, {k: 1.0 + 0.2 * (k == 0) for k in range(n)}) < p_limit()


def test_below_has_no_bias_where_multiplying_without_rejection_has() -> None:
    """With n = ¾ 2⁶⁴ a bare multiplication gives each multiple of 3 twice as often."""
    n = 3 << 62
    draws = Stream(1).child("wide").draws()
    wide = [draws.below(n) for _ in range(N)]
    bare = [draws.word() * n >> 64 for _ in range(N)]
    assert chi_square_p(np.bincount([v % 3 for v in wide], minlength=3), [1, 1, 1]) > p_limit()
    assert chi_square_p(np.bincount([v % 3 for v in bare], minlength=3), [1, 1, 1]) < p_limit()
    assert min(wide) >= 0
    assert max(wide) < n


@pytest.mark.parametrize("n", [0, -1, (1 << 64) + 1])
def test_below_an_impossible_number_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match="n must be from 1 to"):
        Stream(1).draws().below(n)


def test_below_the_largest_number_is_a_word() -> None:
    assert Stream(1).draws().below(1 << 64) == Stream(1).draws().word()


def test_uniform_has_its_distribution_and_resolution() -> None:
    draws = Stream(1).child("uniform").draws()
    drawn = [draws.uniform() for _ in range(N)]
    assert stats.kstest(drawn, "uniform").pvalue > FALSE_ALARM
    assert all(value * 2**53 == int(value * 2**53) and 0 <= value < 1 for value in drawn)
    assert any(int(value * 2**53) % 2 for value in drawn)


def test_between_is_uniform_and_never_the_upper_end() -> None:
    draws = Stream(1).child("between").draws()
    drawn = [draws.between(-2.0, 3.0) for _ in range(N)]
    assert stats.kstest(drawn, stats.uniform(-2, 5).cdf).pvalue > FALSE_ALARM
    assert stats.kstest(drawn, stats.uniform(-2, 4.8).cdf).pvalue < FALSE_ALARM
    narrow = math.nextafter(1.0, 2.0)
    assert {draws.between(1.0, narrow) for _ in range(200)} == {1.0}
    assert draws.between(4.0, 4.0) == 4.0


@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300), st.integers(0, 99))
def test_between_stays_in_range(a: float, b: float, seed: int) -> None:
    low, high = sorted((a, b))
    value = Stream(seed).draws().between(low, high)
    assert low <= value < high or value == low == high


@pytest.mark.parametrize(
    "weights", [(1, 1), (2, 1, 1), (0, 1, 3), (1, 0, 1, 0), (1e-300, 3e-300), (1e300, 1e300)]
)
def test_weighted_follows_its_weights(weights: tuple[float, ...]) -> None:
    draws = Stream(1).child("weighted").draws()
    counts = Counter(draws.weighted(weights) for _ in range(N))
    observed = [counts[index] for index in range(len(weights))]
    expected = np.array(weights) / max(weights)
    assert chi_square_p(observed, expected) > p_limit(6)
    expected[np.flatnonzero(expected)[0]] *= 1.3
    assert chi_square_p(observed, expected) < p_limit()


def test_weighted_never_draws_a_weight_of_zero_even_at_the_edge() -> None:
    class Edge:
        """The largest uniform there is."""

        def random_raw(self) -> int:
            return 2**64 - 1

    draws = Draws(Edge())  # type: ignore[arg-type]
    assert draws.weighted([0.1] * 10 + [0.0]) == 9
    assert draws.weighted([5e-324, 0.0]) == 0


def test_item_and_chance() -> None:
    draws = Stream(1).child("item").draws()
    items = [draws.item("abc") for _ in range(N)]
    assert counts_p(items, dict.fromkeys("abc", 1.0)) > p_limit()
    chances = [draws.chance(0.3) for _ in range(N)]
    assert_mean(chances, 0.3)
    assert abs(mean_z(chances, 0.33)) > z_limit()
    assert not any(draws.chance(0.0) for _ in range(100))
    assert all(draws.chance(1.0) for _ in range(100))


def test_shuffle_is_uniform_over_all_orders() -> None:
    draws = Stream(1).child("shuffle").draws()
    orders, swapped = [], []
    for _ in range(N):
        items = list("abcd")
        draws.shuffle(items)
        orders.append(tuple(items))
        wrong = list("abcd")  # each place swapped with any, a well-known mistake
        for i in range(4):
            j = draws.below(4)
            wrong[i], wrong[j] = wrong[j], wrong[i]
        swapped.append(tuple(wrong))
    every = dict.fromkeys(permutations("abcd"), 1.0)
    assert counts_p(orders, every) > p_limit()
    assert counts_p(swapped, every) < p_limit()


@given(st.lists(st.integers(), max_size=20), st.integers(0, 99))
@settings(max_examples=50)
def test_shuffle_keeps_what_it_shuffles(items: list[int], seed: int) -> None:
    shuffled = list(items)
    Stream(seed).draws().shuffle(shuffled)
    assert sorted(shuffled) == sorted(items)


def test_cauchy_has_its_quantiles() -> None:
    draws = Stream(1).child("cauchy").draws()
    drawn = [draws.cauchy() for _ in range(N)]
    edges = stats.cauchy.ppf(np.arange(1, 20) / 20)
    counts = np.bincount(np.searchsorted(edges, drawn), minlength=20)
    assert chi_square_p(counts, np.ones(20)) > p_limit()
    slopes = np.bincount(np.searchsorted(edges, np.multiply(drawn, 1.1)), minlength=20)
    assert chi_square_p(slopes, np.ones(20)) < p_limit()
    square = [(2 * draws.uniform() - 1) / (2 * draws.uniform() - 1) for _ in range(N)]
    unrejected = np.bincount(np.searchsorted(edges, square), minlength=20)
    assert chi_square_p(unrejected, np.ones(20)) < p_limit()  # a slope in the square, not the disc


@pytest.mark.parametrize(("low", "high"), [(1, 6), (3, 40), (20, 24)])
def test_inverse_range_is_proportional_to_one_over_k(low: int, high: int) -> None:
    draws = Stream(1).child("inverse", low).draws()
    drawn = [IntegerRange(low, high, inverse=True).draw(draws) for _ in range(N)]
    exact = {k: 1 / k for k in range(low, high + 1)}
    assert counts_p(drawn, exact) > p_limit(3)
    if low < 20:
        assert counts_p(drawn, {k: 1 / (k + 1) for k in exact}) < p_limit()
    assert counts_p(drawn, dict.fromkeys(exact, 1.0)) < p_limit()


def test_choices_at_once_have_the_distributions_of_single_ones() -> None:
    generator = Stream(1).child("many").generator()
    inverse = IntegerRange(3, 9, inverse=True).many(generator, N)
    assert counts_p(inverse, {k: 1 / k for k in range(3, 10)}) > p_limit(3)
    plain = IntegerRange(3, 9).many(generator, N)
    assert counts_p(plain, dict.fromkeys(range(3, 10), 1.0)) > p_limit(3)
    weighed = OneOf(("a", "b", "c"), (1.0, 0.0, 3.0)).many(generator, N)
    assert counts_p(weighed, {"a": 1.0, "c": 3.0}) > p_limit(3)
    assert counts_p(inverse, dict.fromkeys(range(3, 10), 1.0)) < p_limit()


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_share_of_purposes_is_drawn_in_common(share: float) -> None:
    common = Stream(3).child("common")
    n = 4000
    one, other = (SharedStream(Stream(3).child(name), common, share) for name in ("a", "b"))
    words = [
        tuple(its.child("purpose", i, "deeper").draws().word() for its in (one, other, common))
        for i in range(n)
    ]
    # The purpose is the first part: all of an object's purposes of one name go together.
    assert len({a == c for a, _, c in words}) == 1
    purposes = [
        tuple(its.child(f"purpose {i}").draws().word() for its in (one, other, common))
        for i in range(n)
    ]
    for at in (0, 1):
        in_common = [its[at] == its[2] for its in purposes]
        spread = math.sqrt(share * (1 - share))
        assert_mean(in_common, share, spread, 3)
    both = [a == b for a, b, _ in purposes]
    assert_mean(both, share**2, math.sqrt(share**2 * (1 - share**2)), 3)
