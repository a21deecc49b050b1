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
from plurel_cli.intake.likeness import TableLikeness, likeness_of
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
    assert one == TableLikeness()


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
