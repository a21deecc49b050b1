"""Features however they are asked for, what holds of every column, and what is drawn anew."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from plurel_cli import Config, generate, generate_to, load, parse_config, run_stage, schema_to
from plurel_cli.features.degenerate import is_degenerate
from plurel_cli.features.engine.work import MOST_ATTEMPTS
from plurel_cli.features.rows import (
    REFERENCE_ROWS,
    SLICE_ROWS,
    Rows,
    all_rows,
    block_of_rows,
    reference_rows,
)
from plurel_cli.numerics.shares import floor_share
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.schema.causal import CausalNode
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from tests.features.slow import SlowDatabase
from tests.features.test_brute_force import config_of, nodes_with_columns
from tests.fingerprints.fingerprint import exact
from tests.plans import plan
from tests.statistics import FALSE_ALARM, chi_square_p, p_limit

BROAD = {
    "mechanism": ["linear", "matrix", "tree", "fourier", "quadratic", "discretiser", "mlp"],
    "decoder": ["linear", "matrix"],
    "width": [1, 2, 4],
    "children": {"p": 0.6},
    "taste": 0.5,
}


def explicit(tables: dict[str, Any], columns: int = 3, **scm: Any) -> Config:
    return parse_config(
        {
            "schema": {"layout": "explicit", "columns": columns},
            "tables": tables,
            "features": {"scm": scm},
        }
    )


def n_blocks(table: Table) -> int:
    return -(-table.rows // BLOCK_ROWS)


def small_databases() -> Iterable[tuple[Config, int]]:
    data = {
        "schema": {
            "tables": 5,
            "rows": {"entity": {"min": 20, "max": 400}, "activity": {"min": 80, "max": 600}},
            "columns": {"min": 1, "max": 8},
        }
    }
    for scm in ({}, BROAD):
        config = parse_config({**data, "features": {"scm": scm}})
        yield from ((config, seed) for seed in range(4))


# Rows in any order.


@pytest.fixture(scope="module")
def large() -> Config:
    """Tables of one block, of several, and of several that refer to those."""
    tables = {
        "users": {"rows": 700},
        "orders": {"rows": 2 * BLOCK_ROWS + 9_000, "parents": ["users"]},
        "items": {"rows": BLOCK_ROWS + 5, "parents": ["orders", "users"]},
    }
    return explicit(tables, width=4, latent_extra=0)


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_any_block_alone_is_part_of_the_whole(large: Config, mode: str) -> None:
    scm = large.features.scm.model_dump() | {"mode": mode, "children": {"p": 0.5}}
    data = large.model_dump(by_alias=True)
    data["features"]["scm"] = scm
    config = parse_config(data)
    whole = generate(config, 5)
    schema, columns = plan(config, 5)
    assert max(n_blocks(table) for table in schema.tables) == 3
    for table in reversed(schema.tables):
        for column in table.features:
            order = list(range(n_blocks(table)))
            np.random.default_rng(0).shuffle(order)
            for index in [*order, order[0]]:
                first = index * BLOCK_ROWS
                block = columns(table)[column.name].block(index)
                expected = whole.tables[table.name][column.name][first : first + BLOCK_ROWS]
                assert np.array_equal(
                    block,
                    expected.fill_null(np.nan).to_numpy() if column.nullable else expected,
                    equal_nan=column.kind == "numerical",
                )


@pytest.mark.once
def test_memory_is_bounded_by_the_block_and_not_the_table() -> None:
    peaks, rows = [], [200 * BLOCK_ROWS, 800 * BLOCK_ROWS]
    for n_rows in rows:
        tables = {"users": {"rows": 100}, "orders": {"rows": n_rows, "parents": ["users"]}}
        config = explicit(tables, width=2, latent_extra=0)
        tracemalloc.start()
        schema, columns = plan(config, 2)
        table = schema.by_name["orders"]
        for index in (0, 1, n_blocks(table) - 2, n_blocks(table) - 1):
            for column in table.features:
                columns(table)[column.name].block(index)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < (rows[1] - rows[0]) / 16  # bytes; a column has four a row


# Tables apart.


def test_a_table_depends_on_no_table_that_it_does_not_refer_to() -> None:
    tables = {
        "users": {"rows": 40},
        "shops": {"rows": 30},
        "posts": {"rows": 60, "parents": ["users"]},
        "sales": {"rows": 70, "parents": ["shops"]},
    }
    one = generate(explicit(tables), 4)
    tables["shops"] = {"rows": 35, "columns": 6, "p_categorical": 1.0}
    tables["sales"] = {"rows": 90, "parents": ["shops", "users"]}
    other = generate(explicit(tables), 4)
    for name in ("users", "posts"):
        assert one.tables[name].equals(other.tables[name])
        assert one.schema.by_name[name].causal == other.schema.by_name[name].causal
    for name in ("shops", "sales"):
        assert not one.tables[name].equals(other.tables[name])


def test_a_table_depends_on_what_it_refers_to() -> None:
    tables = {"users": {"rows": 40}, "posts": {"rows": 60, "parents": ["users"]}}
    one = generate(explicit(tables), 4)
    tables["users"] = {"rows": 40, "columns": 5}
    other = generate(explicit(tables), 4)
    keys = ["row_idx", "foreign_row_0"]
    assert one.tables["posts"].select(keys).equals(other.tables["posts"].select(keys))
    assert not one.tables["posts"].equals(other.tables["posts"])


# The same again.


@pytest.mark.parametrize("scm", [{}, BROAD], ids=["default", "broad"])
def test_stages_apart_give_the_same(scm: dict[str, Any], tmp_path: Path) -> None:
    config = config_of(**scm)
    generate_to(tmp_path / "whole", config, 6)
    schema_to(tmp_path / "parts", config, 6)
    run_stage("fk", tmp_path / "parts")
    run_stage("temporal", tmp_path / "parts", tmp_path / "timed")
    run_stage("features", tmp_path / "timed", tmp_path / "done")
    whole, parts, memory = load(tmp_path / "whole"), load(tmp_path / "done"), generate(config, 6)
    assert whole.schema == parts.schema == memory.schema
    for name, frame in whole.tables.items():
        hashes = [exact(column) for column in frame]
        assert hashes == [exact(column) for column in parts.tables[name]]
        assert hashes == [exact(column) for column in memory.tables[name]]
        assert len(frame.columns) == len(whole.schema.by_name[name].columns)


_HASHES = """
import json, sys
from plurel_cli import generate, parse_config
from tests.fingerprints.fingerprint import exact
database = generate(parse_config(json.loads(sys.argv[1])), 8)
hashes = {f"{t}.{c.name}": exact(c) for t, frame in database.tables.items() for c in frame}
print(json.dumps([hashes, database.schema.model_dump(mode="json")["tables"]]))
"""


@pytest.mark.once
def test_neither_hash_seed_nor_threads_change_a_value() -> None:
    data = {
        "schema": {"layout": "explicit", "columns": 4},
        "tables": {
            "users": {"rows": 3_000},
            "orders": {"rows": 2 * SLICE_ROWS + 9, "parents": ["users"]},
        },
        "features": {"scm": {**BROAD, "width": [4, 32]}},
    }
    found = []
    for hash_seed, threads in (("0", "1"), ("1", "2"), ("4242", "3")):
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS")
        env = os.environ | {"PYTHONHASHSEED": hash_seed} | dict.fromkeys(names, threads)
        command = [sys.executable, "-c", _HASHES, json.dumps(data)]
        root = Path(__file__).parents[2]
        done = subprocess.run(
            command, env=env, cwd=root, capture_output=True, text=True, check=True
        )
        found.append(json.loads(done.stdout))
    assert found[0] == found[1] == found[2]
    assert len(set(found[0][0].values())) > 8


# Nulls and categories.


def test_null_shares_and_categories_are_as_recorded() -> None:
    seen = Counter()
    for config, seed in small_databases():
        database = generate(config, seed)
        for table in database.schema.tables:
            frame = database.tables[table.name]
            share = table.causal.null_share
            assert 0.01 <= share < 0.1
            for column in table.features:
                its = frame[column.name]
                if column.kind == "numerical":
                    assert its.null_count() == floor_share(share, table.rows)
                    assert its.drop_nulls().is_finite().all()
                    seen["nulls"] += its.null_count()
                else:
                    assert its.null_count() == 0
                    assert 0 <= its.min() <= its.max() < column.categories
                    seen[table.causal.mode] += 1
                    seen["whole"] += its.n_unique() == column.categories
    assert min(seen[name] for name in ("nulls", "eager", "lazy", "whole")) > 10


def test_nulls_of_a_large_table_are_as_many() -> None:
    config = explicit({"orders": {"rows": 150_001}}, width=1, latent_extra=0, nulls=0.07)
    database = generate(config, 1)
    numerical = [c.name for c in database.schema.tables[0].features if c.kind == "numerical"]
    assert numerical
    for name in numerical:
        assert database.tables["orders"][name].null_count() == floor_share(0.07, 150_001)


# Reference rows.


@given(st.integers(1, 1_000_000), st.integers(0, 50))
def test_reference_rows_are_all_of_few_and_whole_slices_of_many(n_rows: int, seed: int) -> None:
    rows = reference_rows(n_rows, Stream(seed))
    places = [(its.first, its.last) for its in rows]
    assert rows.n == min(n_rows, REFERENCE_ROWS)
    assert rows.n == sum(last - first for first, last in places)
    assert places == sorted(set(places))
    assert all(first % SLICE_ROWS == 0 and last <= n_rows for first, last in places)
    assert [its.begin for its in rows] == [0, *np.cumsum([b - a for a, b in places])[:-1].tolist()]


def test_every_slice_is_as_likely_a_reference() -> None:
    n = 48
    counts = np.zeros(n)
    for seed in range(500):
        for its in reference_rows(n * SLICE_ROWS + 17, Stream(seed)):
            counts[its.index] += 1
    assert counts.sum() == 500 * (REFERENCE_ROWS // SLICE_ROWS)
    assert chi_square_p(counts, np.ones(n)) > p_limit()


@given(st.integers(1, 300_000), st.data())
def test_rows_of_a_block_are_those_of_the_whole(n_rows: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, -(-n_rows // BLOCK_ROWS) - 1))

    class Squares:
        def block(self, block: int) -> Any:
            return np.arange(block * BLOCK_ROWS, min((block + 1) * BLOCK_ROWS, n_rows)) ** 2

    rows = block_of_rows(n_rows, index)
    expected = np.arange(index * BLOCK_ROWS, min((index + 1) * BLOCK_ROWS, n_rows)) ** 2
    assert (rows.of(Squares()) == expected).all()
    assert (rows.taken(np.arange(n_rows) ** 2) == expected).all()
    assert (all_rows(n_rows).of(Squares()) == np.arange(n_rows) ** 2).all()
    some = Rows(n_rows, [its.index for its in all_rows(n_rows)][::3])
    assert (some.of(Squares()) == some.taken(np.arange(n_rows) ** 2)).all()


def test_ranks_of_a_large_table_are_those_within_its_reference() -> None:
    config = explicit(
        {"orders": {"rows": 200_000, "p_categorical": 0.0}},
        source="uniform", transform="rank", width=1, mechanism="linear", decoder="linear",
        latent_extra=0, nulls=0.0,
    )  # fmt: skip
    frame = generate(config, 1).tables["orders"]
    # the reference's empirical distribution is off by at most this (Dvoretzky–Kiefer–Wolfowitz)
    error = np.sqrt(np.log(2 * 3 / FALSE_ALARM) / (2 * REFERENCE_ROWS))
    for name in ("feature_0", "feature_1", "feature_2"):
        ranks = frame[name].to_numpy()
        assert 0 < ranks.min() < ranks.max() < 1
        assert stats.kstest(ranks, "uniform").statistic < 2 * error
    assert stats.kstest(ranks**1.1, "uniform").statistic > 2 * error


def test_cuts_of_a_large_table_are_at_values_of_its_rows() -> None:
    tables = {"orders": {"rows": 100_000, "categories": 4, "p_categorical": 1.0}}
    config = explicit(tables, columns=2, mode="lazy", width=1, latent_extra=0)
    (table,) = plan(config, 3)[0].tables
    frame = generate(config, 3).tables["orders"]
    for _, node in nodes_with_columns(table):
        assert len(node.boundaries) == 3
        assert list(node.boundaries) == sorted(node.boundaries)
        assert frame[node.column].n_unique() > 1


# Drawing anew.


@given(st.lists(st.integers(0, 3), min_size=1, max_size=400), st.integers(0, 400))
def test_degenerate_is_over_99_percent_one_value(values: list[int], n_same: int) -> None:
    ordered = np.sort(np.array([*values, *([1] * n_same)], dtype=np.float32))
    largest = max(Counter(ordered.tolist()).values())
    assert is_degenerate(ordered) == (largest > int(0.99 * len(ordered)))


class _Attempted(SlowDatabase):
    """The same with another attempt of one node."""

    place = ("", 0)
    attempt = 0

    def _node(self, table: Table, j: int) -> CausalNode:
        node = super()._node(table, j)
        return node.but(attempt=self.attempt) if (table.name, j) == self.place else node


def redrawn(schema: Schema) -> list[tuple[Table, int, CausalNode]]:
    return [
        (table, j, node)
        for table in schema.tables
        for j, node in enumerate(table.causal.nodes)
        if node.attempt > 0
    ]


def test_what_is_drawn_anew_was_degenerate_and_what_is_kept_is_not() -> None:
    n_attempts = 0
    for seed in range(5):
        config = config_of(nulls=0.0)
        database = generate(config, seed)
        for table, j, node in redrawn(database.schema)[:3]:
            assert node.column is not None
            for attempt in range(node.attempt + 1):
                slow = _Attempted(database, config)
                slow.place, slow.attempt = (table.name, j), attempt
                values = slow.values(table, j)
                if node.kind == "categorical" and table.causal.mode == "lazy":
                    found = slow.labels(table, j)[0]
                else:
                    found = np.asarray(values, dtype=np.float32).tolist()
                share = max(Counter(found).values()) / table.rows
                if attempt < MOST_ATTEMPTS - 1:
                    assert (share > 0.99) == (attempt < node.attempt)
                n_attempts += attempt
    assert n_attempts > 6


def test_attempts_are_the_same_again() -> None:
    one, other = (generate(config_of(), 3).schema for _ in range(2))
    assert redrawn(one)
    assert one == other


def test_the_last_of_all_attempts_stays() -> None:
    config = explicit({"users": {"rows": 1}, "posts": {"rows": 30, "parents": ["users"]}})
    database = generate(config, 0)
    users, posts = database.schema.tables
    assert {node.attempt for _, node in nodes_with_columns(users)} == {MOST_ATTEMPTS - 1}
    assert {node.attempt for _, node in nodes_with_columns(posts)} != {MOST_ATTEMPTS - 1}
