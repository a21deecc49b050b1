"""Categories under others: each label allows some, by their weights, in whatever row it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli import do, generate, generate_to, parse_config, validate
from plurel_cli.errors import ConfigError, UsageError
from plurel_cli.lenses.category import Category
from plurel_cli.lenses.subcategory import Subcategory

KINDS = {"food": {"bread": 3, "milk": 1, "oil": 0}, "tool": ["saw", "axe"]}

ITEM: dict[str, Any] = {
    "sort": {"lens": "category", "under": "department_id.kind", "values": KINDS},
    "finer": {
        "lens": "category",
        "under": "sort",
        "values": {"bread": {"rye": 1, "wheat": 4}, "*": ["plain"]},
    },
    "state": {
        "lens": "category",
        "under": "department_id.is_open",
        "values": {True: ["low", "fair", "high"], False: ["none"]},
        "ordered": True,
        "causes": {"stock": 0.9},
        "noise": 0.1,
    },
    "stock": {"lens": "number", "normal": {"mean": 0, "sd": 1}},
    "is_saw": {"lens": "formula", "of": "if(sort = 'saw', 1, 0)", "digits": 0},
    "note": {"lens": "text", "templates": ["{sort: saw = sharp | * = soft} {finer}"], "nulls": 0.1},
}


def config(item: dict[str, Any] = ITEM, rows: int = 20_000) -> Any:
    kind = {"lens": "category", "values": {"food": 3, "tool": 2}}
    department = {"kind": kind, "is_open": {"lens": "flag", "true": 0.5, "nulls": 0.2}}
    return parse_config(
        {
            "schema": {"layout": "explicit", "columns": 0},
            "features": {"model": "scm"},
            "tables": {
                "department": {"rows": 60, "columns": department},
                "item": {"rows": rows, "parents": ["department"], "columns": item},
            },
        }
    )


def whole(database: Any) -> pl.DataFrame:
    tables: dict[str, pl.DataFrame] = database.tables
    return tables["item"].join(tables["department"], on="department_id")


def test_labels_have_their_weights_under_each_label_above() -> None:
    frame = whole(generate(config(), 3))
    for kind, weights in (
        ("food", {"bread": 0.75, "milk": 0.25}),
        ("tool", {"saw": 0.5, "axe": 0.5}),
    ):
        sorts = frame.filter(pl.col("kind") == kind)["sort"]
        shares = {label: (sorts == label).mean() for label in sorts.unique().to_list()}
        assert shares == pytest.approx(weights, abs=0.02)
    finer = frame.filter(pl.col("sort") == "bread")["finer"]
    assert (finer == "wheat").mean() == pytest.approx(0.8, abs=0.02)
    assert frame.filter(pl.col("sort") != "bread")["finer"].unique().to_list() == ["plain"]
    assert ((frame["sort"] == "saw") == (frame["is_saw"] == 1)).all()
    told = frame.drop_nulls("note")
    assert (told["note"].str.starts_with("sharp") == (told["sort"] == "saw")).all()


def test_it_is_null_where_the_one_above_is() -> None:
    frame = whole(generate(config(), 3))
    assert 0 < frame["is_open"].null_count() == frame["state"].null_count()


def test_ordered_labels_rise_with_their_cause() -> None:
    frame = whole(generate(config(), 3)).filter(pl.col("is_open"))
    means = [frame.filter(pl.col("state") == s)["stock"].mean() for s in ("low", "fair", "high")]
    steps = np.diff(np.array(means, dtype=float))
    assert (steps > 0.2).all()


def test_holding_the_one_above_changes_it(tmp_path: Path) -> None:
    generate_to(tmp_path / "db", config(rows=3_000), 3)
    assert validate(tmp_path / "db") == []
    held = do(tmp_path / "db", "department", "kind", "tool")
    held.save(tmp_path / "held")
    assert validate(tmp_path / "held") == []
    assert set(held.tables["item"]["sort"]) == {"saw", "axe"}
    with pytest.raises(UsageError, match=r"hangs on department_id\.kind, and cannot be held"):
        do(tmp_path / "db", "item", "sort", "saw")


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ({"under": "department_id.sort", "values": KINDS}, "names no column of department"),
        ({"under": "stock", "values": KINDS}, "must name a category or a flag"),
        ({"under": "sort", "values": {"*": ["a"]}}, "must not form a circle"),
        (
            {"under": "department_id.kind", "values": {"food": ["a"], "tols": ["b"]}},
            "department_id.kind has no such label, got 'tols'; did you mean tool?",
        ),
        (
            {"under": "department_id.kind", "values": {"food": ["a"]}},
            "must say which labels tool of department_id.kind allows; or name those of all others",
        ),
        ({"under": "department_id.kind", "values": ["a"]}, "which labels each label"),
        ({"under": "department_id.kind", "values": {"*": ["a", "a"]}}, "must have each label once"),
        ({"under": "department_id.kind", "values": {"*": {"a": 0}}}, "one above 0"),
        ({"under": "department_id.kind", "values": {"food": ["a"], "*": [1]}}, "all texts or all"),
    ],
)
def test_what_cannot_be_is_refused(column: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config({"stock": ITEM["stock"], "sort": {"lens": "category", **column}})
    assert message in str(caught.value)


@given(seed=st.integers(0, 1_000))
def test_every_row_has_a_label_that_is_allowed(seed: int) -> None:
    generator = np.random.default_rng(seed)
    several: list[dict[str, int]] = [
        {str(k): int(generator.integers(1, 10)) for k in generator.permutation(8)[:n]}
        for n in generator.integers(1, 6, size=generator.integers(1, 6))
    ]
    values = {f"l{k}": one for k, one in enumerate(several)}
    lens = Subcategory.model_validate(
        {"kind": "subcategory", **Subcategory.stated({"under": "x", "values": values})}
    )
    above, shares = Category(labels=tuple(values)), lens.shares or ()
    other = generator.integers(len(several), size=50)
    cells = generator.integers(-1, len(shares), size=50)
    codes = lens.beside(other.astype(float), cells, above)
    assert lens.are_allowed(other.astype(float), codes, above).all()
    written = lens.series("x", codes)
    assert np.array_equal(lens.numbers(written), codes, equal_nan=True)
    for label, k, cell in zip(written.to_list(), other, cells, strict=True):
        assert label is None if cell < 0 else label in several[k]
    for k, one in enumerate(several):
        of_cells = lens.beside(np.full(len(shares), float(k)), np.arange(len(shares)), above)
        for label, weight in one.items():
            sizes = np.array(shares)[of_cells == lens.labels.index(label)]
            assert sizes.sum() == pytest.approx(weight / sum(one.values()), abs=1e-8)
