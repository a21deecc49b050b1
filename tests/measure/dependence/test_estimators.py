"""Estimators without trees, on inputs of known answer and against slow twins."""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from plurel_cli.measure.dependence import degree, information, order, texture
from plurel_cli.measure.dependence.likeness import (
    MOST_CHILDREN,
    excess_agreement,
    explained,
    families,
    intraclass,
    likeness,
    net_likeness,
    variances,
)
from plurel_cli.measure.dependence.nulls import phi
from plurel_cli.measure.view import NO_PARENT, NO_TIME
from tests.measure.dependence.test_variables import variable
from tests.statistics import assert_mean, mean_z, z_limit

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]


def _generator(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


# Likeness of siblings.


def _siblings(
    share: float, seed: int, n_parents: int = 300, sizes: tuple[int, int] = (2, 9)
) -> tuple[Doubles, Ints]:
    """Numbers of whose variance a share is between parents, and the parents."""
    generator = _generator(seed)
    keys = np.repeat(np.arange(n_parents), generator.integers(*sizes, n_parents))
    trait = generator.normal(size=n_parents)[keys]
    numbers = math.sqrt(share) * trait + math.sqrt(1 - share) * generator.normal(size=keys.size)
    order = generator.permutation(keys.size)
    return numbers[order], keys[order]


@pytest.mark.parametrize("share", [0.0, 0.2, 0.6])
def test_intraclass_correlation_is_the_share_between_parents(share: float) -> None:
    found = [intraclass(*_siblings(share, seed)) for seed in range(60)]
    assert_mean(found, share, n_comparisons=3)
    assert abs(mean_z(found, share + 0.05)) > z_limit(3)


def test_variances_of_equal_groups_are_the_textbooks() -> None:
    numbers, groups = _generator().normal(size=60), np.repeat(np.arange(12), 5)
    table = numbers.reshape(12, 5)
    within = float(table.var(axis=1, ddof=1).mean())
    between = float(table.mean(axis=1).var(ddof=1)) - within / 5
    assert variances(numbers, groups) == pytest.approx((between, within))
    f = stats.f_oneway(*table).statistic
    assert (between * 5 + within) / within == pytest.approx(f)


def test_agreement_of_pairs() -> None:
    generator = _generator()
    codes, groups = generator.integers(0, 3, 80), generator.integers(0, 20, 80)
    pairs = [
        codes[i] == codes[j]
        for i, j in itertools.combinations(range(80), 2)
        if groups[i] == groups[j]
    ]
    overall = sum((n / 80) ** 2 for n in Counter(codes.tolist()).values())
    expected = (np.mean(pairs) - overall) / (1 - overall)
    assert excess_agreement(codes, groups) == pytest.approx(expected)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_excess_agreement_is_the_share_that_copies_its_parent(share: float) -> None:
    """Children take their parent's category with probability √share: pairs agree so in excess."""
    found = []
    for seed in range(40):
        generator = _generator(seed)
        keys = np.repeat(np.arange(400), 5)
        trait = generator.integers(0, 4, 400)[keys]
        copies = generator.random(keys.size) < math.sqrt(share)
        codes = np.where(copies, trait, generator.integers(0, 4, keys.size))
        found.append(excess_agreement(codes, keys))
    # `overall` counts equal pairs in 2,000 rows: a bias far below the error here.
    assert_mean(found, share, n_comparisons=2)
    assert abs(mean_z(found, share + 0.05)) > z_limit(2)


def test_permuted_keys_have_no_likeness() -> None:
    numbers, keys = _siblings(0.4, 1)
    its = variable(numbers)
    assert net_likeness(its, keys, _generator()) == pytest.approx(0.4, abs=0.15)
    found = [
        net_likeness(its, _generator(seed).permutation(keys), _generator(seed + 500))
        for seed in range(40)
    ]
    assert_mean(found, 0.0)


def test_families_are_of_two_to_fifty() -> None:
    keys = np.concatenate((np.zeros(80, int), [1], [2, 2], [NO_PARENT] * 5)).astype(np.int64)
    there = np.ones(keys.size, bool)
    there[81] = False
    rows = families(keys, there, _generator())
    assert Counter(keys[rows].tolist()) == {0: MOST_CHILDREN}
    there[81] = True
    assert Counter(keys[families(keys, there, _generator())].tolist()) == {0: MOST_CHILDREN, 2: 2}
    assert math.isnan(likeness(variable(np.arange(100.0)), np.arange(100) // 4, _generator()))


def test_what_columns_explain_of_likeness() -> None:
    numbers, keys = _siblings(0.5, 1, n_parents=2000)
    means = np.bincount(keys, numbers) / np.bincount(keys)
    assert explained(numbers, np.zeros(numbers.size), keys) == 0
    assert explained(numbers, means[keys], keys) == 1
    generator = _generator(2)
    seen, hidden = generator.normal(size=(2, 2000)) * math.sqrt(0.25)
    noise = generator.normal(size=keys.size) * math.sqrt(0.5)
    whole = seen[keys] + hidden[keys] + noise
    # Of 2,000 parents either variance has an error of √(2/2000), some 3 %, and more from noise.
    assert explained(whole, seen[keys], keys) == pytest.approx(0.5, abs=0.1)


# Information of pairs.


def _slow_information(one: Ints, other: Ints) -> float:
    pairs = [(a, b) for a, b in zip(one.tolist(), other.tolist(), strict=True) if min(a, b) >= 0]
    n, joint = len(pairs), Counter(pairs)
    left, right = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    found = sum(k / n * math.log(k * n / (left[a] * right[b])) for (a, b), k in joint.items())
    entropies = [-sum(k / n * math.log(k / n) for k in its.values()) for its in (left, right)]
    return found / min(entropies)


def test_information_of_all_pairs_is_that_of_each() -> None:
    generator = _generator()
    one = generator.integers(-1, 10, (300, 3))
    other = np.column_stack((one[:, 0], np.maximum(one[:, 1], 4), generator.integers(-1, 3, 300)))
    found = information.pairwise(one, other)
    for i, j in itertools.product(range(3), range(3)):
        assert found[i, j] == pytest.approx(_slow_information(one[:, i], other[:, j]))
    assert found[0, 0] == pytest.approx(1)


def test_information_that_has_no_answer() -> None:
    labels = np.column_stack((np.zeros(100, int), np.arange(100) % 2))
    found = information.pairwise(labels, labels)
    assert np.isnan(found[0]).all()
    assert found[1, 1] == pytest.approx(1)
    assert np.isnan(information.pairwise(labels[:49], labels[:49])).all()


def test_independent_columns_have_information_of_the_known_bias() -> None:
    """(10 − 1)² / 2n nats over ln 10: the statistics take off the same, permuted."""
    n, k = 2000, 30
    its = _generator().integers(0, 10, (n, k))
    found = information.pairwise(its, its)[np.triu_indices(k, 1)] * math.log(10)
    # 2n I is χ² of 81 degrees of freedom.
    assert_mean(2 * n * found, 81, sd=math.sqrt(2 * 81))


# Order.


def _chain(rho: float, n_parents: int, n: int, seed: int) -> tuple[Doubles, Ints, Ints]:
    """AR(1) within each parent, with the parent and time of every row, in random row order."""
    generator = _generator(seed)
    values = np.empty((n_parents, n))
    values[:, 0] = generator.normal(size=n_parents)
    for t in range(1, n):
        noise = generator.normal(size=n_parents)
        values[:, t] = rho * values[:, t - 1] + math.sqrt(1 - rho**2) * noise
    keys, times = np.repeat(np.arange(n_parents), n), np.tile(np.arange(n), n_parents)
    order = generator.permutation(keys.size)
    return values.ravel()[order], keys[order], times[order].astype(np.int64)


def test_lag_of_known_chains() -> None:
    for rho in (0.0, 0.5):
        found = []
        for seed in range(20):
            values, keys, times = _chain(rho, 50, 60, seed)
            rows = order.histories(keys, times, _generator(seed))
            found.append(order.net_lag1(variable(values), keys, rows, _generator(seed + 50)))
        # Centring costs (1 + ρ)-odd parts in 60 of the chain, and as much of the permuted one.
        assert np.mean(found) == pytest.approx(rho, abs=0.06)
    assert order.lag1(np.arange(1000.0), np.zeros(1000, int)) > 0.95


def test_lag_is_its_slow_twin() -> None:
    generator = _generator()
    scores, groups = generator.normal(size=200), np.sort(generator.integers(0, 12, 200))
    members = defaultdict(list)
    for score, group in zip(scores.tolist(), groups.tolist(), strict=True):
        members[group].append(score)
    products, squares = [], []
    for its in members.values():
        centred = [score - sum(its) / len(its) for score in its]
        products += [a * b for a, b in itertools.pairwise(centred)]
        squares += [a * a for a in centred]
    assert order.lag1(scores, groups) == pytest.approx(np.mean(products) / np.mean(squares))


def test_memory_of_categories() -> None:
    """Each row repeats the one before with a known probability."""
    found: dict[float, list[float]] = {0.0: [], 0.4: []}
    for share, its in found.items():
        for seed in range(20):
            generator = _generator(seed)
            codes = generator.integers(0, 5, (60, 50))
            for t in range(1, 50):
                repeats = generator.random(60) < share
                codes[repeats, t] = codes[repeats, t - 1]
            keys, times = np.repeat(np.arange(60), 50), np.tile(np.arange(50), 60)
            rows = order.histories(keys, times, generator)
            its.append(order.net_lag1(variable(codes.ravel()), keys, rows, generator))
    assert_mean(found[0.0], 0.0)
    # A parent's 50 rows in random order agree a little as well where rows repeat.
    assert np.mean(found[0.4]) == pytest.approx(0.4, abs=0.05)


def test_histories_worth_the_name() -> None:
    keys = np.concatenate((np.zeros(5), np.ones(4), np.full(6, 2), [NO_PARENT] * 9)).astype(int)
    times = np.concatenate((np.arange(5), np.arange(4), [1, 1, 1, 2, 3, 4], np.arange(9)))
    rows = order.histories(keys, times.astype(np.int64), _generator())
    assert keys[rows].tolist() == [0] * 5  # 1 has four rows, half of 2's are tied
    assert times[rows].tolist() == [0, 1, 2, 3, 4]
    times[9] = 0  # two of six
    assert set(keys[order.histories(keys, times, _generator())].tolist()) == {0, 2}
    times[0] = NO_TIME
    assert set(keys[order.histories(keys, times, _generator())].tolist()) == {2}


def test_autocorrelation_of_known_chains() -> None:
    values, _, times = _chain(0.6, 1, 20_000, 1)
    scores = values[np.argsort(times)]
    error = math.sqrt((1 - 0.6**2) / scores.size)
    assert abs(order.autocorrelation(scores) - 0.6) < z_limit() * error
    assert abs(order.autocorrelation(_generator().permutation(scores))) < z_limit() / math.sqrt(2e4)


def test_time_order_breaks_ties_at_random() -> None:
    times = np.array([3, NO_TIME, *[1] * 50, 0])
    first, second = (order.in_time_order(times, _generator(seed)) for seed in (1, 2))
    assert first[0] == second[0] == 52
    assert first[-1] == second[-1] == 0
    assert 1 not in first
    assert first.tolist() != second.tolist()


@pytest.mark.parametrize("seed", range(3))
def test_ks_distance_is_scipys(seed: int) -> None:
    one, other = _generator(seed).integers(0, 40, (2, 60)).astype(float)
    other = other[:25] + 5
    assert order.ks_distance(one, other) == pytest.approx(stats.ks_2samp(one, other).statistic)


def test_drift() -> None:
    rows = np.arange(1000)
    assert order.drift(variable(np.arange(1000.0)), rows) == 1
    moved = variable([0] * 600 + [1] * 200 + [1] * 200)
    assert order.drift(moved, rows) == pytest.approx(0.75)
    assert order.drift(moved, _generator().permutation(rows)) < 0.15
    assert math.isnan(order.drift(moved, rows[:90]))


def test_new_parents() -> None:
    keys = np.arange(100)
    assert order.share_of_new_parents(keys, keys) == 1
    assert order.share_of_new_parents(keys % 10, keys) == 0
    half = np.where((keys >= 80) & (keys % 2 == 0), 1000 + keys, 0)
    assert order.share_of_new_parents(half, keys) == 0.5
    assert order.share_of_new_parents(half[::-1], keys[::-1]) == 0.5
    assert math.isnan(order.share_of_new_parents(keys[:0], keys[:0]))
    assert math.isnan(order.share_of_new_parents(keys, np.zeros(100, int)))


# Fan-out.


def test_correlations_are_scipys() -> None:
    generator = _generator()
    values, fan_out = generator.normal(size=200), generator.poisson(3, 200).astype(float)
    values[::7] = np.nan
    there = ~np.isnan(values)
    ranked = stats.rankdata(fan_out)
    found = degree.spearman(variable(values), ranked[:, None])
    # Ranks of all fan-outs stand for those of the rows that are there.
    assert found == pytest.approx(
        abs(stats.pearsonr(stats.rankdata(values[there]), ranked[there]).statistic)
    )


def test_correlation_ratio_of_known() -> None:
    groups = np.arange(300) % 3
    ranked = stats.rankdata(groups * 1000.0)
    assert degree.correlation_ratio(variable(groups), ranked[:, None]) == pytest.approx(1)
    squares = []
    for seed in range(200):
        noise = _generator(seed).permutation(np.arange(300.0))
        squares.append(degree.correlation_ratio(variable(groups), noise[:, None])[0] ** 2)
    # ε² has mean 0 where nothing depends; below 0 it counts as 0.
    eta = 2 / 299
    assert np.mean(squares) < eta


def test_coupling() -> None:
    generator = _generator()
    fan_out = generator.poisson(5, 500)
    independent = [variable(generator.normal(size=500)) for _ in range(5)]
    found = [
        degree.coupling(independent, generator.permutation(fan_out), _generator(seed))
        for seed in range(60)
    ]
    assert_mean(found, 0.0)
    telling = variable(fan_out + generator.normal(size=500) * 5)
    assert degree.coupling([*independent, telling], fan_out, _generator()) > 0.2
    storing = variable(fan_out + generator.normal(size=500) * 0.01)
    assert degree.coupling([*independent, storing], fan_out, _generator()) < 0.1
    by_kind = variable([f"k{min(n // 3, 3)}" for n in fan_out])
    assert degree.coupling([by_kind, telling], fan_out, _generator()) > 0.2
    assert math.isnan(degree.coupling([], fan_out, _generator()))


# Nulls and textures.


def test_phi_is_the_correlation() -> None:
    nulls = _generator().random((200, 3)) < 0.3
    nulls[:, 2] |= nulls[:, 0]
    found = phi(np.column_stack((nulls, np.zeros(200, bool))))
    assert found[:3, :3] == pytest.approx(np.corrcoef(nulls.T.astype(float)))
    assert (found[3] == 0).all()


def test_spearman_matrix_and_effective_rank() -> None:
    generator = _generator()
    values = generator.normal(size=(300, 3))
    values[:, 2] = np.exp(values[:, 0])
    its = [variable(column) for column in values.T]
    matrix = texture.spearman_matrix(its)
    assert matrix == pytest.approx(stats.spearmanr(values).statistic)
    assert texture.effective_rank(matrix) == pytest.approx(_slow_rank(matrix))
    assert texture.effective_rank(matrix) < 2  # one of three repeats another


def _slow_rank(matrix: Doubles) -> float:
    singular = np.linalg.svd(matrix)[1]
    shares = [value / singular.sum() for value in singular if value > 1e-12]
    return math.exp(-sum(share * math.log(share) for share in shares))


def test_repeated_rows() -> None:
    columns = [variable([1, 1, 2, 2, None, None]), variable(["a", "a", "a", "b", None, None])]
    assert texture.repeated_rows(columns) == pytest.approx(2 / 6)
    assert texture.repeated_rows(columns[:1]) == pytest.approx(3 / 6)
