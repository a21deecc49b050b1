from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli import generate_to, load
from plurel_cli.errors import FolderError
from plurel_cli.features.budget.causes import CausesShare, Strength
from plurel_cli.features.budget.children import ChildrenShare
from plurel_cli.features.budget.drift import DriftShare
from plurel_cli.features.budget.memory import MemoryShare
from plurel_cli.features.budget.noise import NoiseShare
from plurel_cli.features.budget.parents import ParentShare
from plurel_cli.features.budget.traits import TraitShare
from plurel_cli.features.chains.fading import Fading
from plurel_cli.features.drifts.step import Step
from plurel_cli.features.gathering.count import Count
from plurel_cli.features.roles.budget import BudgetNode
from plurel_cli.features.roles.computed import ComputedNode
from plurel_cli.features.roles.gathering import GatheringNode
from plurel_cli.features.roles.source import SourceNode
from plurel_cli.features.roles.time import TimeNode
from plurel_cli.features.time_sources.hour import Hour
from plurel_cli.schema.causal import CausalNode
from plurel_cli.schema.column import Feature, PrimaryKey
from plurel_cli.schema.stages import STAGES
from plurel_cli.schema.table import Table
from plurel_cli.storage.layout import ROW_GROUP_ROWS, Part
from plurel_cli.storage.ledger import Ledger
from plurel_cli.storage.parquet import Stored
from plurel_cli.storage.parquet_writer import write_part
from plurel_cli.storage.scores import (
    is_source_node,
    read_scores,
    scores_of,
    table_scores,
    write_scores,
)
from plurel_cli.storage.tallies import ColumnScore, Distinct
from tests.storage.samples import is_one_sentence, small_config, write_database


def brute(series: pl.Series, column: Feature, is_source: bool) -> ColumnScore:
    """A score the slow way, from all values at once."""
    values = series.drop_nulls().to_list()
    of_each = [values.count(value) for value in set(values)]
    is_category = column.kind == "categorical"
    mean = 0.0 if column.type == "string" else sum(values) / max(len(values), 1)
    squares = [] if column.type == "string" else [(value - mean) ** 2 for value in values]
    return ColumnScore(
        is_source_node=is_source,
        n_unique=len(of_each),
        n_classes=len(of_each) if is_category else 0,
        majority_frac=max(of_each, default=0) / max(len(values), 1) if is_category else 0.0,
        std=math.sqrt(math.fsum(squares) / (len(values) - 1)) if len(squares) > 1 else 0.0,
    )


def assert_same(found: ColumnScore, expected: ColumnScore) -> None:
    assert found.but(std=0.0) == expected.but(std=0.0)
    assert found.std == pytest.approx(expected.std, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("categorical_as", ["integer", "label", "boolean"])
@pytest.mark.parametrize("layout", ["flat", "relbench"])
def test_scores_of_a_database(tmp_path: Path, categorical_as: str, layout: str) -> None:
    config = small_config(layout, model="scm", categorical_as=categorical_as)
    generate_to(tmp_path / "db", config, 3)
    database = load(tmp_path / "db")
    found = scores_of(tmp_path / "db", database.schema)
    assert list(found) == [table.name for table in database.schema.tables]
    types, has_nulls = set(), False
    for table in database.schema.tables:
        assert list(found[table.name]) == [column.name for column in table.features]
        for column in table.features:
            series = database.tables[table.name][column.name]
            expected = brute(series, column, is_source_node(table, column))
            assert_same(found[table.name][column.name], expected)
            types.add(column.type)
            has_nulls |= series.null_count() > 0
    assert types == {
        "float32",
        {"integer": "int32", "label": "string"}.get(categorical_as, "boolean"),
    }
    assert has_nulls


# Large tables, of several row groups.

FEATURES = {
    "normal": ("float32", "numerical", None),
    "whole": ("float32", "numerical", None),
    "empty": ("float32", "numerical", None),
    "constant": ("float32", "numerical", None),
    "code": ("int32", "categorical", 7),
    "label": ("string", "categorical", 3),
    "flag": ("boolean", "categorical", 2),
}


def _table(rows: int) -> Table:
    key = PrimaryKey(name="row_idx")
    features = [
        Feature.model_validate(
            {"name": name, "role": "feature", "type": its, "stage": "features", "nullable": True}
            | {"kind": kind, "categories": categories}
        )
        for name, (its, kind, categories) in FEATURES.items()
    ]
    return Table(name="t", id="t", kind="activity", rows=rows, columns=(key, *features))


def _frame(rows: int) -> pl.DataFrame:
    rng = np.random.default_rng(rows)
    first = np.arange(rows) < ROW_GROUP_ROWS
    return pl.DataFrame(
        {
            "row_idx": np.arange(rows),
            "normal": (1e3 + rng.standard_normal(rows)).astype(np.float32),
            # values of the first row group come again, and others come later alone
            "whole": np.where(first, rng.integers(-50, 50, rows), rng.integers(-90, 20, rows)),
            "empty": pl.Series([None] * rows, dtype=pl.Float32),
            "constant": np.full(rows, 0.1, np.float32),
            "code": rng.integers(0, 7, rows),
            "label": pl.Series(["c0", "c1", "c2"]).gather(rng.integers(0, 3, rows)),
            "flag": rng.random(rows) < 0.003,
        },
        schema_overrides={"whole": pl.Float32, "code": pl.Int32},
    ).with_columns(
        pl.when(pl.int_range(pl.len()) % 10 != 3).then(pl.col(name)).alias(name)
        for name in ("normal", "code", "label", "flag")
    )


@pytest.mark.parametrize("rows", [1, 2, ROW_GROUP_ROWS, ROW_GROUP_ROWS + 1, 2 * ROW_GROUP_ROWS + 5])
def test_row_groups_change_nothing(tmp_path: Path, rows: int) -> None:
    table, frame = _table(rows), _frame(rows)
    part = Part(Path("t.parquet"), 0, rows)
    stored = Stored(table, tmp_path, (part,))
    frames = [frame.slice(start, ROW_GROUP_ROWS) for start in range(0, rows, ROW_GROUP_ROWS)]
    write_part(stored, part, STAGES, lambda part: iter(frames), "zstd", Ledger())
    found = table_scores(stored)
    for column in table.features:
        values = frame[column.name].drop_nulls()
        counts = values.value_counts()["count"]
        score = found[column.name]
        assert score.n_unique == values.n_unique()
        if column.kind == "categorical":
            assert (score.n_classes, score.majority_frac) == (
                values.n_unique(),
                counts.max() / len(values),
            )
        else:
            assert (score.n_classes, score.majority_frac) == (0, 0.0)
        std = None if column.type == "string" else values.cast(pl.Float64).std()
        assert score.std == pytest.approx(std or 0.0, rel=1e-9, abs=1e-12)
    assert table_scores(stored) == found


Numbers = st.lists(
    st.floats(width=32, allow_nan=False, allow_infinity=False)
    | st.sampled_from([0.0, -0.0, 1.0, -1.0, 3.4e38, 1e-45, 2.0**-126])
    | st.integers(-5, 5).map(float),
    max_size=30,
)


@given(st.lists(Numbers, max_size=5))
def test_distinct_numbers_are_counted_exactly(blocks: list[list[float]]) -> None:
    distinct, seen = Distinct(), set()
    for block in blocks:
        distinct.add(np.array(block, dtype=np.float32))
        seen |= set(np.array(block, dtype=np.float32).tolist())
        assert distinct.n == len(seen)  # a set has 0 and −0 as one as well


# What is a source.

GATHERED = Count(table="c", foreign_key="k")
CHAIN = Fading(number=0, persistence=0.5)
STRENGTH = Strength(share=0.5, sign=1, drift=Step(at=0.5))


def _node(role: type[CausalNode], **fields: Any) -> CausalNode:
    return role.of_values(kind="numerical", column="x", **fields)


@pytest.mark.parametrize(
    ("node", "is_source"),
    [
        (_node(SourceNode, source="normal"), True),
        (_node(SourceNode, source="series"), True),
        (_node(ComputedNode, causes=(0,), mechanisms=("mlp", "mlp")), False),
        (_node(GatheringNode, gathered=GATHERED), False),
        (_node(TimeNode, time=Hour(instead="beta", phase=0.5)), False),
        (_node(BudgetNode, budget=(NoiseShare(share=1.0),)), True),
        (
            _node(
                SourceNode, source="normal", budget=(CausesShare(share=0.9), NoiseShare(share=0.1))
            ),
            True,
        ),
        (
            _node(
                ComputedNode, causes=(0,), budget=(CausesShare(share=0.9), NoiseShare(share=0.1))
            ),
            False,
        ),
        (_node(BudgetNode, budget=(TraitShare(share=1, trait=0, sign=1),)), False),
        (
            _node(
                SourceNode,
                source="normal",
                budget=(
                    CausesShare(share=0.5),
                    ParentShare(share=0.5, foreign_key="k", trait=0, sign=1),
                ),
            ),
            False,
        ),
        (
            _node(BudgetNode, budget=(MemoryShare(share=1, foreign_key="k", chain=CHAIN, sign=1),)),
            False,
        ),
        (_node(BudgetNode, budget=(DriftShare(share=1, sign=1, drift=Step(at=0.5)),)), False),
        (_node(BudgetNode, budget=(ChildrenShare(share=1, gathered=GATHERED, sign=1),)), False),
        (
            _node(SourceNode, source="normal", budget=(CausesShare(share=1, strength=STRENGTH),)),
            False,
        ),
    ],
)
def test_what_is_a_source(node: CausalNode, is_source: bool) -> None:
    assert node.is_independent == is_source


def test_columns_that_nothing_else_moves_are_sources(tmp_path: Path) -> None:
    """Those without an edge into them, and all that are series over the rows."""
    for seed in range(3):
        folder = tmp_path / str(seed)
        generate_to(folder, small_config("relbench", model="scm"), seed)
        schema, found = load(folder).schema, read_scores(folder)
        for table in schema.tables:
            assert table.causal is not None
            without = {n.column for n in table.causal.nodes if n.column and not n.of_row}
            sources = {name for name, score in found[table.name].items() if score.is_source_node}
            assert sources == without
    write_database(tmp_path / "series", small_config("relbench"))
    found = read_scores(tmp_path / "series")
    assert all(its.is_source_node for columns in found.values() for its in columns.values())


# The file.


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    generate_to(tmp_path / "db", small_config("relbench", model="scm"), 1)
    found = read_scores(tmp_path / "db")
    assert found == scores_of(tmp_path / "db", load(tmp_path / "db").schema)
    text = (tmp_path / "db" / "scores.json").read_bytes()
    write_scores(tmp_path, found, Ledger())
    assert (tmp_path / "scores.json").read_bytes() == text
    fields = {"is_source_node", "n_unique", "n_classes", "majority_frac", "std"}
    raw = json.loads(text)
    assert all(its.keys() == fields for columns in raw.values() for its in columns.values())


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (None, "is missing"),
        ("{", "Invalid JSON"),
        ("[]", "should be an object"),
        ('{"a": {"b": {}}}', "a.b.is_source_node: Field required"),
        ('{"a": {"b": {"n_unique": -1}}}', "a.b."),
    ],
)
def test_broken_file_is_refused(tmp_path: Path, text: str | None, rule: str) -> None:
    if text is not None:
        (tmp_path / "scores.json").write_text(text)
    with pytest.raises(FolderError) as caught:
        read_scores(tmp_path)
    assert f"{tmp_path / 'scores.json'}: " in str(caught.value)
    assert rule in str(caught.value)
    assert is_one_sentence(caught.value)


def test_a_column_of_every_type_has_a_score(tmp_path: Path) -> None:
    """A time of day, which is a causal number, is written as a string."""
    columns = {
        "n": {"lens": "integer", "nulls": 0.5},
        "at": {"lens": "time_of_day"},
        "is_high": {"lens": "formula", "of": "n > 3"},
        "twice": {"lens": "formula", "of": "n * 2", "when": "n > 5"},
        "flag": {"lens": "flag", "nulls": 1.0},
        "nothing": {"lens": "number", "nulls": 1.0},
        "day": {"lens": "date"},
        "label": {"lens": "category", "values": ["a", "b"]},
    }
    config = {
        "schema": {"layout": "explicit"},
        "output": {"layout": "relbench"},
        "tables": {"a": {"rows": 60, "columns": columns}},
    }
    generate_to(tmp_path / "db", config, 1)
    scores = read_scores(tmp_path / "db")["a"]
    assert {"n", "at", "is_high", "twice", "flag", "nothing", "label"} <= set(scores)
