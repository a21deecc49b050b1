"""What a config takes from the rows of a source: parameters, and no value."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml

from plurel_cli import generate, parse_config
from plurel_cli.errors import UsageError
from plurel_cli.intake.likeness.fan_out import counts_of, habits_of, popularity_of
from plurel_cli.intake.likeness.figures import Doubles
from plurel_cli.intake.likeness.rows import TableLikeness, likeness_of
from plurel_cli.intake.likeness.times import arrivals_of, hours_lag, lag_of
from plurel_cli.intake.sources import read_source
from plurel_cli.intake.sources.rows import rows_of
from plurel_cli.intake.writer import checked
from tests.cli.conftest import Run, run  # noqa: F401 (a fixture)

N = 4000
SCHEMA = """
CREATE TABLE shop (id INTEGER PRIMARY KEY, canary TEXT);
CREATE TABLE sale (
  id INTEGER PRIMARY KEY, shop_id INTEGER REFERENCES shop, kind TEXT NOT NULL, note TEXT,
  price REAL NOT NULL, paid REAL, pieces INTEGER NOT NULL, is_gift BOOLEAN NOT NULL, on_day DATE,
  rare TEXT
);
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows whose distributions are known, with values that nobody must see again."""
    path = tmp_path_factory.mktemp("source") / "sales.db"
    rng = np.random.Generator(np.random.PCG64(7))
    price = np.exp(3 + 0.8 * rng.normal(size=N))
    weights = np.exp(1.2 * rng.normal(size=50))
    shops = rng.choice(50, N, p=weights / weights.sum())
    kinds = rng.choice(["canary-a", "canary-b", "canary-c"], N, p=[0.6, 0.3, 0.1])
    days = np.datetime64("2019-03-05") + rng.integers(0, 800, N)
    with closing(sqlite3.connect(path)) as database:
        database.executescript(SCHEMA)
        database.executemany(
            "INSERT INTO shop VALUES (?, ?)", [(k, f"canary-{k}") for k in range(50)]
        )
        database.executemany(
            "INSERT INTO sale VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    k,
                    None if k % 4 == 0 else int(shops[k]),
                    str(kinds[k]),
                    "canary-note",
                    31_415_926.5 if k == 0 else float(price[k]),
                    float(2 * price[k] + rng.normal()) if k % 2 else None,
                    int(rng.geometric(0.25)) - 1,
                    bool(rng.random() < 0.2),
                    str(days[k]),
                    "canary-rare" if k < 3 else None,
                )
                for k in range(N)
            ],
        )
        database.commit()
    return path


def likeness(source: Path, **options: bool) -> dict[str, TableLikeness]:
    picture = read_source(str(source))
    return likeness_of(picture, rows_of(str(source), picture), **options)


def config(source: Path, **options: bool) -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load(
        checked(read_source(str(source)), 1.0, likeness(source, **options)).text
    )
    return raw


def test_no_value_of_a_row_is_in_the_config(source: Path) -> None:
    text = checked(read_source(str(source)), 1.0, likeness(source)).text
    assert "canary-" not in text
    assert "31415926" not in text
    assert "canary-a" in yaml.safe_dump(config(source, keep_labels=True))


def test_parameters_are_those_of_the_rows(source: Path) -> None:
    sale = config(source)["tables"]["sale"]
    columns = sale["columns"]
    assert sale["rows"] == N
    assert columns["price"]["lognormal"]["median"] == pytest.approx(np.exp(3), rel=0.06)
    assert columns["price"]["lognormal"]["sigma"] == pytest.approx(0.8, rel=0.06)
    assert columns["pieces"]["geometric"]["mean"] == pytest.approx(3, rel=0.06)
    assert columns["pieces"]["min"] == 0
    assert columns["is_gift"]["true"] == pytest.approx(0.2, abs=0.03)
    assert [*columns["kind"]["values"]] == ["c0", "c1", "c2"]
    assert [*columns["kind"]["values"].values()] == pytest.approx([0.6, 0.3, 0.1], abs=0.03)
    assert columns["paid"]["nulls"] == 0.5
    assert columns["paid"]["causes"]["price"] > 0.8
    assert columns["rare"]["nulls"] == 0.1  # three rows tell nothing: it is the default
    (key,) = sale["parents"]
    assert key["connectivity"]["null_rate"] == 0.25
    assert key["connectivity"]["popularities"]["lognormal"]["sigma"] == pytest.approx(1.2, abs=0.4)


def test_labels_that_the_schema_lists_stay(tmp_path: Path) -> None:
    path = tmp_path / "kinds.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, k TEXT CHECK (k IN ('a', 'b', 'z')))"
        )
        database.executemany(
            "INSERT INTO t VALUES (?, ?)", [(k, "ab"[k % 4 == 0]) for k in range(80)]
        )
        database.commit()
    values = config(path)["tables"]["t"]["columns"]["k"]["values"]
    assert values == {"a": 0.75, "b": 0.25, "z": 0.001}


def test_what_the_config_makes_is_like_the_source(source: Path) -> None:
    made = generate(parse_config(config(source)), 1).tables["sale"]
    with closing(sqlite3.connect(source)) as database:
        rows = database.execute("SELECT price, paid, pieces FROM sale").fetchall()
    real = pl.DataFrame(rows, schema=["price", "paid", "pieces"], orient="row")
    for name in real.columns:
        ours, theirs = made[name].drop_nulls(), real[name].drop_nulls()
        for share in (0.25, 0.5, 0.75):
            ratio = float(ours.quantile(share) or 0) / float(theirs.quantile(share) or 1)
            assert ratio == pytest.approx(1, abs=0.35), (name, share)
    both = made.drop_nulls(["price", "paid"])
    assert pl.DataFrame(both).select(pl.corr("price", "paid", method="spearman")).item() > 0.8


def test_ten_rows_are_behind_every_figure(tmp_path: Path) -> None:
    path = tmp_path / "few.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(SCHEMA)
        database.executemany(
            "INSERT INTO sale VALUES (?, NULL, 'x', NULL, 3.5, 7.0, 1, 1, '2020-01-01', NULL)",
            [(k,) for k in range(9)],
        )
        database.commit()
    one = likeness(path)["sale"]
    assert (one.nulls, one.statements, one.months, one.lags) == ({}, {}, {}, {})
    assert not any(dependence.is_any for dependence in one.dependences.values())


def test_the_command_looks_at_rows_where_asked_to(run: Run, source: Path, tmp_path: Path) -> None:  # noqa: F811
    code, out, err = run("init", source, "--like")
    assert (code, err) == (0, "")
    assert "lognormal: {median: 20.0" in out
    assert "start: 2019-03-01" in out or "on_day" in out
    schema = tmp_path / "x.sql"
    schema.write_text(SCHEMA)
    code, _, err = run("init", schema, "--like")
    assert code == 2
    assert "has no rows that --like could look at" in err
    assert "only goes with --like" in run("init", source, "--keep-labels").err


def test_a_source_without_rows_is_refused() -> None:
    path = Path(__file__).parent / "shop.dbml"
    with pytest.raises(UsageError, match="has no rows that --like could look at"):
        rows_of(str(path), read_source(str(path)))


def draws(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def test_a_lag_has_its_side_and_family() -> None:
    rng = draws(1)
    base = rng.uniform(0, 1e9, 3000)
    after = lag_of(base + 86_400 * np.exp(1 + 0.5 * rng.normal(size=3000)), base)
    assert after is not None
    assert after.side == "after"
    assert after.statement["lognormal"]["median"] == pytest.approx(np.e, rel=0.06)
    assert after.statement["lognormal"]["sigma"] == pytest.approx(0.5, rel=0.06)
    before = lag_of(base - 86_400 * rng.uniform(2, 9, 3000), base)
    assert before is not None
    assert before.side == "before"
    assert before.statement["uniform"]["high"] == pytest.approx(9, abs=0.3)
    assert lag_of(base, base) is not None
    assert lag_of(rng.uniform(0, 1e9, 3000), base) is None


@pytest.mark.parametrize(("growth", "tolerance"), [(0.0, 0.2), (2.0, 0.3), (-3.0, 0.4)])
def test_growth_is_that_of_the_rate(growth: float, tolerance: float) -> None:
    u = draws(2).random(4000)
    positions = np.log1p(u * np.expm1(growth)) / growth if growth else u
    told = arrivals_of(1e9 + positions * 4e8, (1e9, 1.4e9))
    assert told.get("growth", 0.0) == pytest.approx(growth, abs=tolerance)
    assert told["spacing"] == "poisson"


def test_bursts_and_busy_weekdays_are_seen() -> None:
    rng = draws(3)
    starts = rng.uniform(0, 4e8, 300)
    bursts = (starts[:, None] + rng.exponential(600, (300, 12))).ravel()
    assert arrivals_of(1e9 + bursts, (1e9, 1.4e9))["spacing"] == "bursty"
    sundays = 259_200 + 604_800 * rng.integers(0, 300, 2000) + 86_400 * (15 / 24)
    told = arrivals_of(sundays + rng.uniform(0, 3600, 2000), (0, 604_800.0 * 301))
    assert told["profile"] == "peak"
    assert (told["profiles"]["peak"]["peak_weekday"], told["profiles"]["peak"]["peak_hour"]) == (
        7,
        15,
    )


@pytest.mark.parametrize(
    ("counts", "name"),
    [
        (draws(4).poisson(4, 3000) + 1, "poisson"),
        (draws(5).geometric(0.2, 3000), "geometric"),
        (draws(6).negative_binomial(0.3, 0.05, 3000) + 1, "negative_binomial"),
        (np.repeat([3, 4], 1000), "constant"),
    ],
)
def test_the_family_of_numbers_of_details_is_told(counts: Doubles, name: str) -> None:
    told = counts_of(counts.astype(float))
    assert told["count"] == name
    assert told["least"] == counts.min()


def test_parents_that_none_refer_to_are_told_apart_from_light_ones() -> None:
    rng = draws(7)
    weights = np.exp(0.8 * rng.normal(size=2000)) * (rng.random(2000) > 0.4)
    told = popularity_of(rng.poisson(20 * weights / weights.mean()).astype(float))
    assert told["childless"] == pytest.approx(0.4, abs=0.05)
    assert told["popularities"]["lognormal"]["sigma"] == pytest.approx(0.8, abs=0.15)
    assert popularity_of(rng.poisson(20, 2000).astype(float)) == {}


def test_runs_and_lifetimes_are_told() -> None:
    rng = draws(8)
    stays = np.repeat(rng.integers(0, 50, 4000), rng.geometric(0.25, 4000))
    assert habits_of(stays, 50)["run"] == pytest.approx(0.75, abs=0.03)
    life = np.sort(rng.random(20_000)) * 90 + rng.normal(size=20_000) * 3
    told = habits_of(np.clip(life, 0, 99).astype(np.int64), 100)
    assert 5 <= told["parent_clusters"] <= 20
    assert habits_of(rng.integers(0, 50, 20_000), 50) == {}


def test_details_come_late_by_what_is_told() -> None:
    late = hours_lag(np.exp(draws(9).normal(size=2000)) / 24)
    assert late["lags"]["lognormal"]["median"] == pytest.approx(1, abs=0.1)
    assert hours_lag(np.zeros(100)) == {"lag": "none"}


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows that depend on earlier columns, on the row referred to, and on which row that is."""
    path = tmp_path_factory.mktemp("linked") / "linked.db"
    rng = draws(10)
    age, taste = (z / z.std() for z in rng.normal(size=(2, 300)))
    who = rng.integers(0, 300, 9000)
    x = rng.normal(size=9000)
    y = 0.6 * x + 0.5 * age[who] + 0.45 * taste[who] + np.sqrt(0.1875) * rng.normal(size=9000)
    group = np.where(x + 0.7 * rng.normal(size=9000) > 0, "up", "down")
    day = np.datetime64("2015-01-01T10:00:00") + np.sort(rng.integers(0, 10**8, 9000))
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "CREATE TABLE person (id INTEGER PRIMARY KEY, age REAL NOT NULL);"
            "CREATE TABLE act (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES "
            "person, acted_at TIMESTAMP NOT NULL, x REAL NOT NULL, y REAL NOT NULL, "
            "side TEXT NOT NULL, seen_at TIMESTAMP NOT NULL);"
        )
        database.executemany("INSERT INTO person VALUES (?, ?)", enumerate(age.tolist()))
        several = zip(who.tolist(), day, x.tolist(), y.tolist(), group, strict=True)
        database.executemany(
            "INSERT INTO act VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    k,
                    p,
                    str(at).replace("T", " "),
                    a,
                    b,
                    str(g),
                    str(at + np.timedelta64(7200, "s")).replace("T", " "),
                )
                for k, (p, at, a, b, g) in enumerate(several)
            ],
        )
        database.commit()
    return path


def test_shares_of_row_parents_and_chance_are_those_of_the_rows(linked: Path) -> None:
    act = config(linked)["tables"]["act"]["columns"]
    assert act["y"]["causes"]["x"] == pytest.approx(0.36, abs=0.04)
    assert act["y"]["causes"]["person_id.age"] == pytest.approx(0.25, abs=0.05)
    shares = act["y"]["features"]["scm"]["budget"]["shares"]
    assert shares["parents"] == pytest.approx(0.2, abs=0.04)
    assert shares["noise"] == pytest.approx(0.19, abs=0.04)
    assert {*act["side"]["causes"]} <= {"x", "y"}
    assert "causes" not in act["x"]
    assert act["seen_at"]["after"] == "time"


def test_what_is_made_depends_on_what_the_source_does(linked: Path) -> None:
    made = generate(parse_config(config(linked)), 3).tables
    act = made["act"].join(made["person"], left_on="person_id", right_on="id")
    for cause, share in (("x", 0.36), ("age", 0.25)):
        r = float(act.select(pl.corr("y", cause, method="spearman")).item())
        assert r == pytest.approx(np.sqrt(share), abs=0.12), cause
    lag = (act["seen_at"] - act["acted_at"]).dt.total_minutes()
    assert (lag.min(), lag.max()) == (119, 119)  # 0.083 days
