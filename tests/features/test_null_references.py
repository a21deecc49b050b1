"""References to nobody: neutral in every aggregation, and left out of what a parent gathers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from plurel_cli import generate, parse_config, validate
from plurel_cli.features import references
from plurel_cli.features.aggregations import aggregations, neutral
from plurel_cli.features.encoders import Cause
from plurel_cli.features.gathering.over import gather, planned
from plurel_cli.features.references import ReferencedColumns, ReferencedRows
from plurel_cli.features.roles.gathering import GatheringNode
from tests.features.slow import gathered

Floats = NDArray[np.float32]


def doubled(x: Floats) -> Floats:
    """Encodings of two dimensions: a number and twice the number."""
    return np.concatenate([x, 2 * x], axis=1)


@pytest.mark.parametrize("name", aggregations.names())
@given(
    values=st.lists(st.floats(-1e4, 1e4, width=32), min_size=1, max_size=6),
    n_nobody=st.integers(1, 3),
)
def test_a_neutral_number_leaves_the_others_as_they_are(
    name: str, values: list[float], n_nobody: int
) -> None:
    encodings = [np.float32([x]) for x in values]
    nobody = [np.float32([neutral(name)]) for _ in range(n_nobody)]
    function = aggregations[name].function
    # what is shared is aggregated before a node's own encodings come to it
    shared = function([its.copy() for its in nobody])
    found = function([shared, *(its.copy() for its in encodings)])
    expected = function([its.copy() for its in encodings])
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-30)


def test_an_aggregation_without_a_neutral_number_gets_zero(monkeypatch: Any) -> None:
    assert aggregations.names()  # they are there before a copy takes their place
    monkeypatch.setattr(aggregations, "_entries", dict(aggregations._entries))

    def mean(encodings: list[Floats]) -> Floats:
        """Mean."""
        return sum(encodings) / np.float32(len(encodings))

    def minimum(encodings: list[Floats]) -> Floats:
        """Smallest."""
        return np.minimum.reduce(encodings)

    aggregations()(mean)
    aggregations()(minimum)
    assert neutral("mean") == 0.0
    assert neutral("minimum") == 1e30


@pytest.mark.parametrize("dense_rows", [1 << 16, 2])
def test_rows_that_refer_to_nobody(dense_rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "DENSE_ROWS", dense_rows)
    values = np.arange(1.0, 8.0, dtype=np.float32)
    kinds = ["sum", "maximum", "product", "logsumexp"]
    columns = ReferencedColumns([Cause(), Cause()], [doubled, doubled], [None, None], kinds)
    rows = ReferencedRows(columns, [values, -values], [values[:5], np.ones(5, np.float32)])
    assert rows.acts == (True, False)
    keys = np.array([3, -1, 6, 6, -1])
    with_nobody, without = rows.at(keys), rows.at(keys[keys >= 0])
    for kind in kinds:
        np.testing.assert_array_equal(with_nobody[kind][keys >= 0], without[kind])
        assert (with_nobody[kind][keys < 0] == np.float32(neutral(kind))).all()
    nobody = rows.at(np.full(3, -1))
    assert all((nobody[kind] == np.float32(neutral(kind))).all() for kind in kinds)
    # and the next rows see what they should, where a table is shared
    np.testing.assert_array_equal(rows.at(keys)["sum"], with_nobody["sum"])
    np.testing.assert_array_equal(rows.at(np.array([0]))["sum"], [[0.0, 0.0]])


@pytest.mark.parametrize("aggregate", ["count", "sum", "mean", "max", "min", "decayed_sum"])
@given(
    rows=st.lists(st.tuples(st.integers(-1, 3), st.floats(-9, 9, width=32)), max_size=20),
    cut=st.integers(0, 20),
)
def test_nobody_gathers_them(aggregate: str, rows: list[tuple[int, float]], cut: int) -> None:
    half_life = 0.3 if aggregate == "decayed_sum" else None
    its = planned(aggregate, "posts", "foreign_row_0", 0, 0.3)
    keys = np.array([key for key, _ in rows], dtype=np.int64)
    values = np.array([value for _, value in rows], dtype=np.float32)
    if aggregate == "count":
        values = values[:0]
    blocks = [(first, keys[first:last], values[first:last])
              for first, last in ((0, cut), (cut, len(rows)))]  # fmt: skip
    found = gather(its, 4, len(rows), blocks)
    if not (keys >= 0).any() and aggregate in ("mean", "max", "min"):
        assert (found == 0).all()
        return
    expected = gathered(
        aggregate, half_life, [None if k < 0 else k for k in keys.tolist()],
        [value for _, value in rows], 4,
    )  # fmt: skip
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_a_whole_database_of_them(tmp_path: Any) -> None:
    """A table that nobody refers to, one that refers to itself, and null keys in large tables."""
    data = {
        "schema": {"layout": "explicit", "columns": 3},
        "tables": {
            "users": {"rows": 70_000, "parents": ["users"]},
            "posts": {"rows": 3_000, "parents": ["users", "users"]},
        },
        "connectivity": {"p_nullable": 1, "null_rate": 0.5},
        "features": {"scm": {"children": {"p": 1.0}, "width": 2}},
    }
    for seed in range(2):
        database = generate(parse_config(data), seed)
        database.save(tmp_path / str(seed))
        validate(tmp_path / str(seed))
        assert not database.schema.by_name["users"].causal.parents
        for node in database.schema.by_name["users"].causal.nodes:
            assert not isinstance(node, GatheringNode) or node.gathered.table == "posts"
        for key in ("foreign_row_0", "foreign_row_1"):
            assert 0.4 < database.tables["posts"][key].null_count() / 3_000 < 0.6
