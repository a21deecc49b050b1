"""What of a database the statistics are taken over, and that they are the 34."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from plurel_cli import generate, load, parse_config
from plurel_cli.errors import StageError
from plurel_cli.measure.apart.population import LEVELS, real
from plurel_cli.measure.realism import FAMILY, MORE, STATISTICS, measure
from plurel_cli.measure.reference import REALISM
from plurel_cli.measure.time import DAY, HOUR
from plurel_cli.measure.view import NO_PARENT, NO_TIME, view_of
from tests.measure.views import view
from tests.storage.samples import edit_schema, rewrite, small_config, write_database

N = 400


def test_they_are_34_and_each_has_a_reference() -> None:
    assert len(STATISTICS) == 34
    assert [*STATISTICS, *MORE] == list(REALISM)
    assert list(STATISTICS) == list(FAMILY.statistics)
    assert not STATISTICS.keys() & MORE.keys()
    for its in REALISM.values():
        assert its.min <= its.q25 <= its.median <= its.q75 <= its.max


def test_a_database_without_anything_eligible_has_no_value() -> None:
    its = measure(view({"a": 5}))
    assert its.keys() == {*STATISTICS, *MORE}
    assert {name for name, value in its.items() if value is not None} == {"self_refs", "depth"}


def test_median_over_time_columns_of_500() -> None:
    even, tied = HOUR * np.arange(500), np.repeat(HOUR * np.arange(250), 2)
    its = measure(view({}, times={"a": even, "b": tied, "c": np.zeros(499)}))
    assert its["ties"] == pytest.approx((0 + 250 / 499) / 2)
    with_nulls = np.concatenate((even, [NO_TIME] * 9))
    assert measure(view({}, times={"a": with_nulls}))["ties"] == 0
    assert measure(view({}, times={"a": np.append(even[:499], NO_TIME)}))["ties"] is None
    assert measure(view({}, times={"a": even[::-1]}))["B"] == -1  # sorted first


def test_keys_that_count() -> None:
    rows = {"p": 20, "few": 19, "c": N, "d": 200}
    spread = np.arange(N) % 20
    keys = {
        ("c", "k", "p"): spread,
        ("c", "l", "few"): np.zeros(N),
        ("c", "m", "c"): np.zeros(N),
        ("d", "n", "p"): np.append(np.zeros(199), NO_PARENT),
    }
    its = measure(view(rows, keys))
    assert (its["gini"], its["childless"], its["max_over_mean"]) == (0, 0, 1)
    assert its["run_lift"] == pytest.approx(-1 / 20)
    assert its["self_refs"] == 1
    assert its["nullable_fk_share"] == 0.25
    assert its["null_rate_of_nullable"] == 1 / 200
    keys["d", "n", "p"] = np.zeros(200)
    assert measure(view(rows, keys))["childless"] == pytest.approx(0.95 / 2)


def test_one_to_one_and_sparse_keys_have_no_dispersion() -> None:
    rows = {"p": N, "wide": N + 1, "c": N}
    for parent in ("p", "wide"):
        keys = {("c", "k", parent): np.arange(N)}
        its = measure(view(rows, keys))
        assert its["dispersion"] is its["gini"] is its["max_over_mean"] is None
        assert its["childless"] == pytest.approx(1 - N / rows[parent])


def test_a_mean_of_one_child_is_enough() -> None:
    uneven = np.append(np.arange(N - 1), 0)
    its = measure(view({"p": N, "c": N}, {("c", "k", "p"): uneven}))
    assert its["max_over_mean"] == 2
    assert measure(view({"p": N + 1, "c": N}, {("c", "k", "p"): uneven}))["gini"] is None


def test_times_of_both_ends() -> None:
    rows = {"p": 20, "c": N, "d": N}
    times = {"p": DAY * np.arange(20) + 1, "c": np.full(N, 10 * DAY)}
    keys = {("c", "k", "p"): np.arange(N) % 20, ("d", "k", "p"): np.arange(N) % 20}
    its = measure(view(rows, keys, times))
    assert its["fks_both_timed"] == 0.5
    assert its["parent_before_child"] == 11 / 20  # dates: to the day
    times["c"] = np.full(N, 10 * DAY + 1)
    assert measure(view(rows, keys, times | {"c": times["c"]}))["parent_before_child"] == 11 / 20
    times["c"] = np.where(np.arange(N) < 49, 10 * DAY, NO_TIME)
    its = measure(view(rows, keys, times))
    assert (its["fks_both_timed"], its["parent_before_child"]) == (0, None)


def test_keys_to_parents_with_times() -> None:
    """Of at least as many children as parents; to one without times there is none."""
    rows = {"p": 40, "few": 10, "c": 80, "d": 40}
    two = np.arange(80) // 2
    keys = {("c", "k", "p"): two, ("c", "l", "few"): np.zeros(80), ("d", "m", "c"): np.arange(40)}
    times = {"p": DAY * np.arange(40), "c": DAY * two + np.arange(80) % 2 * 2 * DAY}
    its = measure(view(rows, keys, times))
    names = ("childless", "max_over_mean", "sd_over_mean", "within_day", "in_order")
    assert [its[f"timed_{name}"] for name in names] == [0, 1, 0, 0.5, 1]
    assert its["timed_lag"] == pytest.approx(1 / 41)
    without = measure(view(rows, keys, {"c": times["c"]}))
    assert {without[f"timed_{name}"] for name in (*names, "lag")} == {None}
    assert measure(view(rows, keys, {"p": times["p"]}))["timed_lag"] is None


def test_real_keys_are_those_of_the_package() -> None:
    """Medians over the foreign keys of each real database."""
    rows = [
        dict(zip(LEVELS["keys"], row, strict=True))
        for member in real()
        for row in member["rows"]["keys"]
        if member["name"] == "d03"
    ]
    timed = [row for row in rows if row["timedparent"] and (row["ratio"] or 0) >= 0]
    known = json.loads(files("plurel_cli.measure").joinpath("real.json").read_text("utf-8"))
    for name, column in (("childless", "childless"), ("in_order", "monotone"), ("lag", "lagmed")):
        values = [value for row in timed if (value := row[column]) is not None]
        assert known["d03"]["realism"][f"timed_{name}"] == pytest.approx(np.median(values))


def test_pairs_of_keys() -> None:
    rows = {"p": 50, "q": 50, "c": N}
    old = np.arange(N) * 50 // N
    keys = {("c", "k", "p"): old, ("c", "l", "q"): old}
    its = measure(view(rows, keys, {"c": np.arange(N)}))
    assert its["nmi_excess"] is not None
    assert its["nmi_excess"] > 0.8
    assert measure(view(rows, keys))["nmi_excess"] is None


def test_pairs_are_taken_by_time_and_give_the_same_each_time() -> None:
    generator = np.random.default_rng(1)
    rows = {"p": 50, "q": 50, "c": N}
    old = np.arange(N) * 40 // N
    near = old + generator.integers(0, 10, N)
    order = generator.permutation(N)
    found = [
        measure(view(rows, {("c", "k", "p"): old[by], ("c", "l", "q"): near[by]}, {"c": by}))
        for by in (np.arange(N), np.arange(N), order)
    ]
    assert found[0] == found[1]
    assert found[2]["nmi_excess"] == found[0]["nmi_excess"]
    by_row = {("c", "k", "p"): old[order], ("c", "l", "q"): near[order]}
    other = measure(view(rows, by_row, {"c": np.arange(N)}))
    assert other["nmi_excess"] != found[0]["nmi_excess"]


def test_columns() -> None:
    numbers = np.arange(100.0)
    features = {
        ("a", "whole"): numbers,
        ("a", "real"): numbers / 7,
        ("a", "kinds"): [f"k{i % 5}" for i in range(100)],
        ("b", "flag"): [True, None] * 30 + [False] * 40,
        ("b", "gone"): [None] * 60 + list(range(40)),
        ("b", "words"): [f"w{i}" for i in range(300)],
    }
    its = measure(view({"a": 100, "b": 100}, features=features))
    assert its["missing_mean"] == pytest.approx((0.3 + 0.6) / 6)
    assert its["missing_gt50"] == pytest.approx(1 / 6)
    assert its["int_numeric"] == pytest.approx(2 / 3)
    assert its["share_bool"] == its["share_text"] == its["share_categorical"] == 1 / 6
    assert its["cat_card"] == 5
    assert its["kurtosis"] == pytest.approx(-1.2, abs=0.01)


# From a database.


def test_view_is_the_database() -> None:
    database = generate(small_config(), seed=1)
    its = view_of(database)
    assert its.tables == {"users": 30, "posts": 50, "likes": 90}
    assert list(its.times) == ["likes"]
    for key in its.keys:
        assert key.keys.tolist() == database.tables[key.child][key.column].to_list()
        assert key.fan_out.sum() == its.tables[key.child]
    assert len(its.features_of("posts")) == 4
    date = database.tables["likes"]["date"]
    assert its.times["likes"].tolist() == date.to_physical().to_list()


def test_nulls_and_roles_come_from_the_folder(tmp_path: Path) -> None:
    """A time column of any name, in any table, and null keys."""
    folder = write_database(tmp_path / "db", small_config())

    def change(data: dict) -> None:  # type: ignore[type-arg]
        columns = {table["name"]: table["columns"] for table in data["tables"]}
        created = {"name": "created", "role": "time", "type": "datetime[ns]", "stage": "temporal"}
        columns["users"].append(created)
        for column in columns["likes"]:
            if column["role"] == "foreign_key":
                column["nullable"] = True

    edit_schema(folder, change)
    created = pl.Series("created", np.arange(30) * DAY).cast(pl.Datetime("ns"))
    rewrite(folder, "users", lambda frame: frame.with_columns(created))
    first = pl.when(pl.int_range(pl.len()) > 8).then(pl.col("foreign_row_0")).alias("foreign_row_0")
    rewrite(folder, "likes", lambda frame: frame.with_columns(first))
    its = view_of(load(folder))
    assert its.times["users"].tolist() == (np.arange(30) * DAY).tolist()
    values = measure(its)
    assert values["null_rate_of_nullable"] == pytest.approx(9 / 90)
    assert values["nullable_fk_share"] == 1 / 4
    assert values["fks_both_timed"] == 2 / 4
    assert values["fk_in_multi_share"] == 2 / 4


def test_stages(tmp_path: Path) -> None:
    with pytest.raises(StageError, match="run `plurel fk` first"):
        view_of(load(write_database(tmp_path / "schema", small_config(), "schema")))
    keys = measure(view_of(load(write_database(tmp_path / "fk", small_config(), "fk"))))
    assert keys["depth"] == 2
    assert keys["missing_mean"] is None
    assert keys["fks_both_timed"] == 0


def test_default_databases_are_what_they_are_known_to_be() -> None:
    """Evenly spaced times, and fan-outs of block models: never childless as real ones."""
    config = parse_config({"schema": {"tables": 6}, "features": {"model": "none"}})
    its = measure(view_of(generate(config, seed=3)))
    assert its["B"] == pytest.approx(-1)
    assert its["ties"] == its["self_refs"] == its["nullable_fk_share"] == 0
    assert its["dispersion"] is not None
    assert 0.9 < its["dispersion"] < 3
