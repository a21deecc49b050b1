"""The statistics of a database of known dependence, and of the same with its columns permuted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
import pytest

from plurel_cli import generate
from plurel_cli.measure.dependence.database import Subject, permuted
from plurel_cli.measure.dependence.family import FAMILY, STATISTICS, measure, measure_floor
from plurel_cli.measure.dependence.shapes import fan_out, memory, nulls, pairs, siblings, textures
from plurel_cli.measure.dependence.skill import LOWEST
from plurel_cli.measure.dependence.tells import explained_by_parents, skills, told_nulls
from plurel_cli.measure.family import Values
from plurel_cli.measure.reference import DEPENDENCE
from plurel_cli.measure.view import View, view_of
from tests.measure.views import view
from tests.storage.samples import small_config

N, N_PARENTS = 3000, 200


def _database() -> View:
    """Parents with popularity, a hidden trait and three columns; children in time order.

    The children's columns: three that follow the parent's column, three its hidden trait, three
    each other, three that follow the one before of the same parent, and noise.
    """
    generator = np.random.default_rng(1)
    popularity = generator.gamma(2.0, 1.0, N_PARENTS)
    keys = np.sort(generator.choice(N_PARENTS, N, p=popularity / popularity.sum()))
    keys = generator.permutation(keys)
    visible, hidden = generator.normal(size=(2, N_PARENTS))
    chain = np.empty(N)
    state = generator.normal(size=N_PARENTS)
    for row, key in enumerate(keys):
        state[key] = 0.8 * state[key] + 0.6 * generator.normal()
        chain[row] = state[key]
    own = generator.normal(size=N)

    def noise(n: int = N) -> Any:
        return generator.normal(size=n)

    features: dict[tuple[str, str], Any] = {
        ("p", "visible"): visible,
        ("p", "popularity"): popularity + 0.3 * noise(N_PARENTS),
        ("p", "noise"): noise(N_PARENTS),
    }
    for i in range(3):
        features["c", f"visible_{i}"] = visible[keys] + noise()
        features["c", f"hidden_{i}"] = hidden[keys] + noise()
        features["c", f"own_{i}"] = own + 0.5 * noise()
        features["c", f"chain_{i}"] = chain + 0.5 * noise()
    features["c", "noise"] = noise()
    rows = {"p": N_PARENTS, "c": N}
    return view(rows, {("c", "k", "p"): keys}, {"c": np.arange(N)}, features)


@pytest.fixture(scope="module")
def its() -> Values:
    return measure(_database())


def test_they_are_28_and_each_has_a_reference() -> None:
    assert len(STATISTICS) == 28
    assert list(STATISTICS) == list(DEPENDENCE) == list(FAMILY.statistics)
    for quartiles in DEPENDENCE.values():
        assert quartiles.q25 <= quartiles.median <= quartiles.q75


def _value(values: Mapping[str, float | None], name: str) -> float:
    value = values[name]
    assert value is not None, name
    return value


def test_what_is_there_is_seen(its: Values) -> None:
    assert _value(its, "own_r2") > 0.2
    assert _value(its, "parent_lift_mean") > 0.02
    assert _value(its, "child_lift_share") == pytest.approx(2 / 3)  # all but the parent's noise
    assert _value(its, "sibling_all") > 0.2
    assert _value(its, "sibling_best_share05") > 0.6
    assert _value(its, "hop0_med") > 0.0
    assert _value(its, "hop1_share02") == pytest.approx(3 / 39, abs=1 / 39)
    assert _value(its, "lag1_within") == pytest.approx(0, abs=0.05)  # most columns have none
    assert _value(its, "history_net") > 0.01
    assert its["lag1_within_cat"] is None
    assert its["comissing"] is None
    assert its["cols_with_nulls"] == 0
    assert _value(its, "distinct_ratio") == 1
    assert _value(its, "duplicate_rows") == 0


def test_of_nothing_is_read_nothing() -> None:
    floor = measure_floor(_database())
    for name in (
        *("parent_lift_mean", "child_lift_share", "sibling_all", "hop0_med"),
        *("hop1_share02", "time_drift_net", "lag1_within", "lag1_global", "history_net"),
    ):
        assert abs(_value(floor, name)) < 0.03, name
    assert LOWEST <= _value(floor, "own_r2") < 0.03
    assert floor["own_noise"] == floor["noise_given_parents"] == 1
    assert floor["sibling_best_share05"] == 0
    assert floor["between_explained"] is None


def test_floor_keeps_values_and_moves_them() -> None:
    before, after = _database(), permuted(_database())
    for one, other in zip(before.features, after.features, strict=True):
        assert not one.values.equals(other.values)
        assert one.values.sort().equals(other.values.sort())
    assert permuted(before).keys is before.keys
    assert permuted(before).times is before.times


def test_the_same_each_time() -> None:
    database = view_of(generate(small_config(), seed=1))
    assert measure(database) == measure(database)


# Statistics one by one, on columns that have nothing else.


def _children(features: Mapping[str, Any], keys: Any = None, times: Any = None) -> Subject:
    """Children of 200 parents without columns, by default fifteen each in random order."""
    if keys is None:
        keys = np.random.default_rng(9).permutation(np.arange(N) % N_PARENTS)
    return Subject(
        view(
            {"p": N_PARENTS, "c": N},
            {("c", "k", "p"): keys},
            {} if times is None else {"c": times},
            {("c", name): values for name, values in features.items()},
        )
    )


def _keys() -> Any:
    return np.random.default_rng(9).permutation(np.arange(N) % N_PARENTS)


def test_fewer_than_three_columns_do_not_count() -> None:
    generator = np.random.default_rng(1)
    for n in (2, 3):
        subject = _children({f"x{i}": generator.normal(size=N) for i in range(n)})
        assert (skills(subject)["own_noise"] is None) == (n < 3)
        assert (siblings(subject)["sibling_all"] is None) == (n < 3)
        assert pairs(subject)["hop0_med"] is None  # at most three pairs
    subject = _children({f"x{i}": generator.normal(size=N) for i in range(4)})
    assert pairs(subject)["hop0_med"] is not None


@pytest.mark.parametrize(("seen", "low", "high"), [(True, 0.6, 1.0), (False, 0.0, 0.15)])
def test_likeness_by_what_is_seen_and_by_what_is_hidden(
    seen: bool, low: float, high: float
) -> None:
    generator = np.random.default_rng(2)
    keys, trait = _keys(), generator.normal(size=N_PARENTS)
    parent = trait if seen else generator.normal(size=N_PARENTS)
    features: dict[tuple[str, str], Any] = {
        ("c", f"x{i}"): trait[keys] + generator.normal(size=N) for i in range(3)
    }
    rows = {"p": N_PARENTS, "c": N}
    subject = Subject(view(rows, {("c", "k", "p"): keys}, features=features | {("p", "y"): parent}))
    assert low <= _value(explained_by_parents(subject), "between_explained") <= high
    assert _value(siblings(subject), "sibling_all") == pytest.approx(0.5, abs=0.1)


def test_memory_of_chains() -> None:
    keys = np.arange(N) % N_PARENTS
    generator = np.random.default_rng(3)
    chains = generator.normal(size=(3, N))
    for row in range(N_PARENTS, N):
        chains[:, row] = 0.7 * chains[:, row - N_PARENTS] + 0.7 * chains[:, row]
    labels = np.digitize(chains, [-0.5, 0.5])
    features = {f"x{i}": chain for i, chain in enumerate(chains)}
    features |= {f"k{i}": label for i, label in enumerate(labels)}
    its = memory(_children(features, keys, np.arange(N)))
    assert _value(its, "lag1_within") > 0.5
    assert _value(its, "lag1_within_cat") > 0.2
    assert abs(_value(its, "lag1_global")) < 0.06
    assert its["test_new_parents"] is None  # one foreign key
    numbers = {name: values for name, values in features.items() if name.startswith("x")}
    assert _value(skills(_children(numbers, keys, np.arange(N))), "history_net") > 0.2


def test_drifting_columns() -> None:
    generator = np.random.default_rng(4)
    trend = np.arange(N) / N
    features = {f"x{i}": generator.normal(size=N) + (3 * trend if i == 0 else 0) for i in range(4)}
    its = memory(_children(features, times=np.arange(N)))
    assert its["time_drift_net"] == 0.25
    backwards = _children(features, times=np.random.default_rng(5).permutation(N))
    assert memory(backwards)["time_drift_net"] == 0


def test_nulls_that_are_told_and_nulls_together() -> None:
    generator = np.random.default_rng(6)
    columns = generator.normal(size=(5, N))
    cause = generator.normal(size=N)
    features: dict[str, Any] = {"cause": cause}
    for i, column in enumerate(columns[:3]):
        features[f"x{i}"] = np.where(cause > 1 + 0.01 * i, np.nan, column)
    its = nulls(_children(features))
    assert its["cols_with_nulls"] == 0.75
    assert its["comissing"] == 1
    assert _value(told_nulls(_children(features)), "missing_auc_values") > 0.95
    for i, column in enumerate(columns[:3]):
        features[f"x{i}"] = np.where(generator.random(N) < 0.15, np.nan, column)
    assert nulls(_children(features))["comissing"] == 0
    assert _value(told_nulls(_children(features)), "missing_auc_values") == pytest.approx(
        0.5, abs=0.05
    )


def test_columns_null_together_do_not_tell_each_other() -> None:
    """All nulls in one group, told by nothing else."""
    generator = np.random.default_rng(7)
    gone = generator.random(N) < 0.2
    features = {f"x{i}": np.where(gone, np.nan, generator.normal(size=N)) for i in range(3)}
    features["other"] = generator.normal(size=N)
    value = told_nulls(_children(features))["missing_auc_values"]
    assert value == pytest.approx(0.5, abs=0.05)


def test_fan_out_by_columns() -> None:
    generator = np.random.default_rng(8)
    rows, found = {"p": N_PARENTS, "c": N, "d": N}, []
    for strength in (0.0, 1.0):
        size = generator.normal(size=N_PARENTS)
        weights = np.exp(strength * size)
        keys = {
            (child, "k", "p"): generator.choice(N_PARENTS, N, p=weights / weights.sum())
            for child in ("c", "d")
        }
        noisy = size + generator.normal(size=N_PARENTS)
        found.append(fan_out(Subject(view(rows, keys, features={("p", "size"): noisy}))))
    assert abs(_value(found[0], "degree_coupling_nocount")) < 0.2
    assert _value(found[1], "degree_coupling_nocount") > 0.4


def test_new_parents() -> None:
    rows = {"p": N, "c": N, "d": N}
    keys = {("c", "k", "p"): np.arange(N), ("d", "k", "p"): np.arange(N) % 50}
    its = memory(Subject(view(rows, keys, {"c": np.arange(N), "d": np.arange(N)})))
    assert (its["test_new_parents"], its["new_parents_event_share"]) == (0.5, 0.5)


def test_textures() -> None:
    generator = np.random.default_rng(10)
    x = generator.normal(size=(3, N))
    features: dict[str, Any] = {
        "sparse": np.where(generator.random(N) < 0.4, 0.0, x[0]),
        "copy": x[1],
        "same": 2 * x[1],
        "kind": ["a"] * (N * 3 // 5) + ["b"] * (N * 2 // 5),
        "kinds": pl.Series([f"k{i % 4}" for i in range(N)]),
        "flag": np.arange(N) % 2 == 0,
    }
    its = textures(_children(features))
    assert its["top1_share"] == pytest.approx(1 / 3)
    assert _value(its, "zero_share") == pytest.approx(0.4 / 3, abs=0.02)
    assert its["distinct_ratio"] == 1
    assert its["cat_majority"] == 0.5
    assert _value(its, "abs_spearman") < 0.1  # of three pairs one is certain
    assert _value(its, "eff_rank_ratio") == pytest.approx(1.89 / 3, abs=0.02)
    assert its["duplicate_rows"] == 0
    few = {"kind": features["kind"], "flag": features["flag"]}
    assert textures(_children(few))["duplicate_rows"] == pytest.approx(1 - 4 / N)
