"""Statistics of references, on references whose answer is known."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from plurel_cli.measure.connectivity import (
    first_appearance_groups,
    lifetime,
    lifetime_over_null,
    nmi_excess,
    normalised_information,
    parent_before_child,
    run_lift,
)
from plurel_cli.measure.time import DAY
from tests.statistics import z_limit

Ints = NDArray[np.int64]


def _generator(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_runs_of_known_length() -> None:
    """Runs of four of 100 parents: three of four neighbours agree."""
    keys = np.repeat(np.arange(100), 4)
    assert run_lift(keys) == pytest.approx(300 / 399 - 1 / 100)


def test_independent_references_have_no_runs() -> None:
    n, n_parents = 50_000, 40
    p = 1 / n_parents
    # Neighbours agree with probability p, each pair independent of the next.
    limit = z_limit(2) * math.sqrt(p * (1 - p) / n)
    keys = _generator().integers(0, n_parents, n)
    assert abs(run_lift(keys)) < limit
    sticky = np.where(_generator(2).random(n) < 0.05, np.roll(keys, 1), keys)
    assert run_lift(sticky) > limit


def _slow_run_lift(keys: list[int]) -> float:
    agree = sum(a == b for a, b in pairwise(keys)) / (len(keys) - 1)
    return agree - sum((n / len(keys)) ** 2 for n in Counter(keys).values())


def _slow_lifetime(keys: list[int], times: list[int]) -> float:
    spans = []
    for parent in set(keys):
        its = [time for key, time in zip(keys, times, strict=True) if key == parent]
        if len(its) > 1:
            spans.append(max(its) - min(its))
    return float(np.median(spans)) if spans else math.nan


@pytest.mark.parametrize("seed", range(4))
def test_slow_twins_agree(seed: int) -> None:
    generator = _generator(seed)
    keys = generator.integers(0, 30, 80) ** 2 // 29
    times = generator.integers(0, 1000, 80)
    assert run_lift(keys) == pytest.approx(_slow_run_lift(keys.tolist()))
    assert lifetime(keys, times) == _slow_lifetime(keys.tolist(), times.tolist())
    a, b = generator.integers(0, 5, 80), generator.integers(0, 7, 80)
    b = np.where(generator.random(80) < 0.5, a, b)
    assert normalised_information(a, b) == pytest.approx(_slow_information(a, b))


def _slow_information(a: Ints, b: Ints) -> float:
    n = len(a)
    joint, one, other = Counter(zip(a.tolist(), b.tolist(), strict=True)), Counter(a), Counter(b)
    information = sum(k / n * math.log(k * n / (one[x] * other[y])) for (x, y), k in joint.items())
    entropies = [-sum(k / n * math.log(k / n) for k in its.values()) for its in (one, other)]
    return information / min(entropies)


def test_lifetimes_of_known() -> None:
    """Parents that live a tenth of the window, and parents that live through all of it."""
    n_parents, n_children = 200, 20
    keys = np.repeat(np.arange(n_parents), n_children)
    times = np.arange(keys.size) * 10
    assert lifetime(keys, times) == (n_children - 1) * 10
    ratio = lifetime_over_null(keys, times, _generator())
    # Shuffled, 20 children span 19/21 of the window on average.
    expected = (n_children - 1) / (keys.size * 19 / 21)
    assert ratio == pytest.approx(expected, rel=0.05)


def test_lifetimes_without_structure() -> None:
    """The ratio of medians of two samples of the same distribution, within their errors."""
    n_parents, n_children = 2000, 5
    ratios = []
    for seed in range(30):
        generator = _generator(seed)
        keys = np.repeat(np.arange(n_parents), n_children)
        ratios.append(lifetime_over_null(keys, generator.random(keys.size) * 1e6, generator))
    error = np.std(ratios, ddof=1) / math.sqrt(len(ratios))
    assert abs(np.mean(ratios) - 1) < z_limit() * error
    assert abs(np.mean(ratios) - 1.05) > z_limit() * error


def test_lifetimes_that_have_no_answer() -> None:
    nothing = np.empty(0, np.int64)
    assert math.isnan(lifetime_over_null(nothing, nothing, _generator()))
    alone = np.arange(5)
    assert math.isnan(lifetime(alone, alone))
    assert math.isnan(lifetime_over_null(np.zeros(5, np.int64), np.full(5, 3), _generator()))


def test_groups_are_equal_and_by_first_appearance() -> None:
    keys = np.array([50, 50, 3, 9, 3, 1, 70])
    assert first_appearance_groups(keys, 5).tolist() == [0, 0, 1, 2, 1, 3, 4]
    many = np.concatenate((_generator().permutation(100), np.zeros(50, np.int64)))
    assert set(Counter(first_appearance_groups(many[:100])).values()) == {10}


def test_information_of_known() -> None:
    a = np.tile(np.arange(10), 100)
    assert normalised_information(a, a) == pytest.approx(1)
    assert normalised_information(a, a // 5) == pytest.approx(1)  # over the smaller entropy
    assert normalised_information(a, np.repeat(np.arange(10), 100)) == pytest.approx(0, abs=1e-12)
    assert normalised_information(a, np.zeros(1000, np.int64)) == 0


def _ages(n: int, noise: float, seed: int) -> tuple[Ints, Ints]:
    """Two parents a child, in time order; the less noise, the more alike in age."""
    generator = _generator(seed)
    place = np.arange(n) / n
    return tuple(  # type: ignore[return-value]
        np.floor(100 * np.clip(place + noise * generator.normal(size=n), 0, 0.999)).astype(int)
        if noise < np.inf
        else generator.integers(0, 100, n)
        for _ in range(2)
    )


def test_excess_of_independent_references_is_zero() -> None:
    found = [nmi_excess(*_ages(2000, np.inf, seed), _generator(seed + 100)) for seed in range(40)]
    error = np.std(found, ddof=1) / math.sqrt(len(found))
    assert abs(np.mean(found)) < z_limit() * error
    alike = [nmi_excess(*_ages(2000, 0.3, seed), _generator(seed + 100)) for seed in range(40)]
    assert np.mean(alike) > z_limit() * error


def test_excess_of_equal_references_is_what_chance_leaves() -> None:
    one, _ = _ages(2000, 0.05, 1)
    assert nmi_excess(one, one, _generator()) == pytest.approx(1, abs=0.05)


def test_parents_before_children() -> None:
    children = np.array([DAY + 5, DAY + 6, 2 * DAY])
    assert parent_before_child(children, children) == 1
    assert parent_before_child(children, children + 1) == 0
    assert parent_before_child(children, np.array([0, DAY + 7, 2 * DAY])) == pytest.approx(2 / 3)


def test_dates_are_compared_to_the_day() -> None:
    dates = np.array([DAY, 2 * DAY])
    assert parent_before_child(dates, dates + 5) == 1
    assert parent_before_child(dates, dates + DAY) == 0
