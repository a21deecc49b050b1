"""Small inputs that once gave wrong values, tracebacks or no end: each is right, or refused.

Their files are in `tests/data/cases`.
"""

from __future__ import annotations

import datetime as dt
import itertools
import resource
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from plurel_cli import Config, do, generate, load, load_config, parse_config
from tests.cli.conftest import Run
from tests.cli.runs import in_process
from tests.statistics import z_limit

CASES = Path(__file__).parents[1] / "data" / "cases"
N_USERS, N_POSTS = 20, 200  # of childless-no-strays


@pytest.mark.parametrize("case", ["childless-no-strays", "childless-no-strays-features"])
def test_childless_parents_leave_keys_that_exist_in_their_block(
    case: str, run: Run, tmp_path: Path
) -> None:
    for seed in range(8):
        out = tmp_path / str(seed)
        made = run("generate", "-c", CASES / f"{case}.yaml", "-s", str(seed), "-o", out, "-q")
        assert made.code == 0, made.err
        assert run("validate", out).code == 0
        keys = load(out).tables["posts"]["foreign_row_0"].to_numpy()
        n_clusters = 10
        assert (keys * n_clusters // N_USERS == np.arange(N_POSTS) * n_clusters // N_POSTS).all()


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("junction-blocks", "tables.c.junction: has more rows by some time than there are pairs"),
        ("series-overflow", "features.series.value_scale: must be above 0 and at most 1e+20"),
        ("noise", "features.scm.noise: must be at least 0.1 and at most 200, got 5000"),
        ("branching", "connectivity.hierarchy.branching: must be at least 1 and at most 10000"),
        ("many-clusters", "connectivity: must give a key at most 262144 scores"),
        ("leading-zero", "line 2: tables.a.rows: 0100 is no plain decimal number; write 100 if it"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    case: str, words: str, run: Run, tmp_path: Path
) -> None:
    refused = run("generate", "-c", CASES / f"{case}.yaml", "-o", tmp_path / "db")
    errors = [line for line in refused.err.splitlines() if not line.startswith("warning: ")]
    assert (refused.code, refused.out, len(errors)) == (2, "", 1)
    assert errors[0].startswith("error: ")
    assert words in errors[0]
    assert not (tmp_path / "db").exists()


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("alias-bomb", "aliases repeat more than 100,000 values; write fewer of them"),
        ("yaml-tag", "line 2, column 20: is not YAML: tags such as tag:yaml.org,2002:timestamp"),
        ("bad-date", "line 1: time.end: there is no day 2021-13-01; write one such as 2020-01-31"),
        ("even-range", "schema.layouts.watts_strogatz.k.max: must be at least 2 and at most 10000"),
    ],
)
def test_configs_that_say_no_config_are_refused_at_once_in_little_memory(
    case: str, words: str
) -> None:
    n_bytes, n_seconds = 4 << 30, 20  # of processor time: far less than what once never ended
    refused = in_process(
        *("config", "check", CASES / f"{case}.yaml"),
        before=f"import resource; resource.setrlimit({resource.RLIMIT_AS}, ({n_bytes},) * 2); "
        f"resource.setrlimit({resource.RLIMIT_CPU}, ({n_seconds},) * 2)",
    )
    assert refused.is_refusal(words), refused


def test_a_table_may_be_named_no(run: Run, tmp_path: Path) -> None:
    assert run("config", "check", CASES / "table-no.yaml").code == 0
    assert run("generate", "-c", CASES / "table-no.yaml", "-o", tmp_path / "db", "-q").code == 0
    assert {name: frame.height for name, frame in load(tmp_path / "db").tables.items()} == {
        "no": 10
    }


def test_the_one_window_of_so_many_days_is_found() -> None:
    for seed in range(3):
        window = generate(load_config(CASES / "fixed-window.yaml"), seed).schema.window
        assert window is not None
        days = dt.date(1990, 1, 1), dt.date(2025, 1, 1) - dt.timedelta(days=1)
        assert (window.start, window.end) == days  # the end of the range is not part of it


def test_a_key_with_nulls_is_never_said_to_have_none(run: Run, tmp_path: Path) -> None:
    case = CASES / "nullable-keys.yaml"
    statements = run("schema", "-c", case, "-s", "1", "--format", "sql").out
    line = next(line for line in statements.splitlines() if "foreign_row_0" in line)
    assert "REFERENCES" in line
    assert "NOT NULL" not in line
    run("generate", "-c", case, "-s", "1", "-o", tmp_path / "db", "-q")
    assert load(tmp_path / "db").tables["posts"]["foreign_row_0"].null_count() > 0


def test_a_one_to_one_table_has_the_rows_that_are_asked() -> None:
    for seed in range(4):
        frame = generate(load_config(CASES / "one-to-one-rows.yaml"), seed).tables["profiles"]
        assert frame.height == 80
        assert frame["foreign_row_0"].n_unique() == 80


@pytest.mark.parametrize(
    ("case", "table", "n_rows"), [("shop", "line", 50_000), ("junction-realistic", "stock", 50_000)]
)
def test_stated_tables_have_the_habits_of_the_realistic_preset(
    case: str, table: str, n_rows: int
) -> None:
    """What `config check` accepts is made whatever the seed, and pairs come once."""
    config = parse_config(
        load_config(CASES / f"{case}.yaml").resolved() | {"features": {"model": "none"}}
    )
    for seed in range(2):
        database = generate(config, seed)
        assert database.tables[table].height == n_rows
        if unique := database.schema.by_name[table].unique:
            assert database.tables[table].select(unique).drop_nulls().is_unique().all()


@pytest.mark.parametrize("run_share", [0, 0.3, 0.7])
def test_coupling_with_runs_is_what_its_page_says(run_share: float) -> None:
    """Of rows, coupling × (1 − run) / (1 + run) have both keys from one point.

    Runs make neighbours alike, so that shares of a hundred stretches give the sampling error.
    """
    config = Config.model_validate(
        {
            "schema": {"layout": "explicit"},
            "features": {"model": "none"},
            "tables": {
                "a": {"rows": 500},
                "d": {"rows": 500},
                "b": {"rows": 50_000, "parents": ["a", "d"]},
            },
            "connectivity": {
                "levels": 1,
                "parent_clusters": 1,
                "child_clusters": 1,
                "coupling": 1.0,
                "run": run_share,
            },
        }
    )
    frame = generate(config, seed=3).tables["b"]
    both = (frame["foreign_row_0"] == frame["foreign_row_1"]).to_numpy().reshape(100, -1).mean(1)
    z = z_limit(3)
    error = z * both.std(ddof=1) / 10 + 2 / 500  # and pairs that are alike by chance
    assert both.mean() == pytest.approx((1 - run_share) / (1 + run_share), abs=error)


def _looked_up(frame: pl.DataFrame) -> dict[tuple[str, str], dict[Any, Any]]:
    """What each value of a categorical column goes with, where every value has but one."""
    maps = {}
    for a, b in itertools.permutations([n for n in frame.columns if n.startswith("feature")], 2):
        pairs = frame.select(a, b).unique()
        is_map = frame[a].dtype == pl.String and pairs.height == frame[a].n_unique() < 40
        if is_map and frame[b].n_unique() > 3:
            maps[a, b] = dict(pairs.iter_rows())
    return maps


def test_what_a_category_looks_up_changes_with_its_nulls() -> None:
    """A category that loses or gains nulls under an intervention takes what it looks up along."""
    config = Config.model_validate(
        {
            "schema": {"layout": "explicit", "columns": 8, "p_categorical": 0.6},
            "tables": {"shops": {"rows": 200}},
            "features": {
                "categorical_as": "label",
                "scm": {
                    "missing": {"p_column": 0.7, "rate": 0.4, "told": 1, "itself": 0},
                    "determined": {"p": 0.5, "kind": "lookup"},
                },
            },
        }
    )
    n_moved = 0
    for seed in range(1, 4):
        database = generate(config, seed)
        before = database.tables["shops"]
        looked_up = _looked_up(before)
        for name in {a for a, _ in looked_up} | {"feature_3", "feature_5"}:
            value = before[name].drop_nulls()[0]
            after = do(database, "shops", name, value).tables["shops"]
            for (a, b), entries in looked_up.items():
                if name not in (a, b):
                    n_moved += before[a].null_count() != after[a].null_count()
                    known = {None: None} | entries
                    assert [known[x] for x, _ in after.select(a, b).rows()] == after[b].to_list()
    assert n_moved > 0
