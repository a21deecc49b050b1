"""Stated causes have their share of the variance, and nothing else changes by what is held."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from plurel_cli import Database, do, generate, parse_config

N = 20_000

NORMAL = {"lens": "number", "normal": {"mean": 0, "sd": 1}}


def made(columns: dict[str, Any]) -> Database:
    tables = {
        "parent": {
            "rows": 2_000,
            "timed": False,
            "columns": {"trait": {"hidden": True}, "level": NORMAL},
        },
        "child": {"rows": N, "timed": False, "parents": ["parent"], "columns": columns},
    }
    return generate(parse_config({"schema": {"layout": "explicit"}, "tables": tables}), 3)


COLUMNS: dict[str, Any] = {
    "hidden": {"hidden": True},
    "kind": {"lens": "category", "values": {"a": 5, "b": 3, "c": 2}},
    "y": NORMAL
    | {
        "causes": {"hidden": 0.4, "kind": 0.1, "parent_id.trait": -0.2},
        "noise": 0.3,
    },
    "z": NORMAL | {"causes": {"y": -0.6}, "noise": 0.4},
    "doubled": {"lens": "formula", "of": "2 * y"},
    "apart": NORMAL | {"causes": {"hidden": 0.5}, "noise": 0.5},
}


@pytest.fixture(scope="module")
def database() -> Database:
    return made(COLUMNS)


def explained(y: NDArray[Any], by: NDArray[Any]) -> float:
    """Share of the variance with its sign."""
    r = float(np.corrcoef(y, by)[0, 1])
    return r * abs(r)


def test_measured_shares_are_those_stated(database: Database) -> None:
    child, latents = database.tables["child"], database.latents()
    y, z = child["y"].to_numpy(), child["z"].to_numpy()
    hidden = latents["child"]["hidden"].to_numpy()
    trait = latents["parent"]["trait"].to_numpy()[child["parent_id"].to_numpy()]
    error = 5 * 2 / N**0.5  # of a squared correlation: at most 2 / √N, and 5 of these
    assert abs(explained(y, hidden) - 0.4) < error
    assert abs(explained(y, trait) + 0.2) < 5 * 2 / 2_000**0.5
    assert abs(explained(z, y) + 0.6) < error
    by_kind = {k: y[child["kind"].to_numpy() == k] for k in ("a", "b", "c")}
    between = sum(len(v) * (v.mean() - y.mean()) ** 2 for v in by_kind.values()) / N
    assert abs(between / y.var() - 0.1) < error


@pytest.mark.parametrize(
    ("column", "value", "changed"),
    [
        ("hidden", 1.0, {"y", "z", "doubled", "apart"}),
        ("kind", "b", {"kind", "y", "z", "doubled"}),
        ("y", 2.0, {"y", "z", "doubled"}),
        ("z", 0.0, {"z"}),
        ("apart", 0.0, {"apart"}),
    ],
)
def test_do_changes_what_depends_and_nothing_else(
    database: Database, column: str, value: Any, changed: set[str]
) -> None:
    after = do(database, "child", column, value).tables["child"]
    before = database.tables["child"]
    assert {name for name in before.columns if not before[name].equals(after[name])} == changed
    if column == "y":
        assert set(after["doubled"]) == {4.0}


def gathered_by(frame: pl.DataFrame, column: str | None) -> dict[str, NDArray[Any]]:
    """Aggregates of children by their parent, where there are some."""
    by = frame.group_by("parent_id", maintain_order=True)
    if column is None:
        return {"count(child)": by.len().sort("parent_id")["len"].to_numpy()}
    of = by.agg(
        mean=pl.col(column).mean(),
        sum=pl.col(column).sum(),
        max=pl.col(column).max(),
    ).sort("parent_id")
    return {f"{name}(child.{column})": of[name].to_numpy() for name in ("mean", "sum", "max")}


@pytest.mark.parametrize("cause", ["count(child)", "mean(child.x)", "sum(child.x)", "max(child.x)"])
@pytest.mark.parametrize("share", [0.5, -0.3])
def test_aggregates_of_children_have_the_shares_stated(cause: str, share: float) -> None:
    y = NORMAL | {"causes": {cause: share}, "noise": 1.0 - abs(share)}
    x = {"lens": "number", "exponential": {"mean": 10}, "causes": {"self": 1.0}, "noise": 0.0}
    tables = {
        "parent": {"rows": 4_000, "columns": {"y": y}},
        "child": {
            "rows": N,
            "parents": ["parent"],
            "columns": {"self": {"hidden": True}, "x": x},
        },
    }
    raw = {"schema": {"layout": "explicit"}, "tables": tables, "features": {"model": "scm"}}
    frames = generate(parse_config(raw), 5).tables
    children = frames["child"]
    column = None if cause == "count(child)" else "x"
    values = gathered_by(children, column)[cause]
    parents = children["parent_id"].unique().sort().to_numpy()
    of_parents = frames["parent"]["y"].to_numpy()[parents]
    # Parents without children have a value as well, and y is normal where the aggregate is not.
    assert abs(explained(of_parents, values) - share) < 0.05


LABELS = ["never", "seldom", "often", "always"]


@pytest.fixture(scope="module")
def ordered() -> Database:
    use = {"lens": "category", "values": LABELS, "ordered": True}
    return made(
        {
            "need": {"hidden": True},
            "use": use | {"causes": {"need": 0.8}, "noise": 0.2},
            "spent": NORMAL | {"causes": {"use": 0.6}, "noise": 0.4},
        }
    )


def test_ordered_labels_rise_with_their_cause_under_do(ordered: Database) -> None:
    means = []
    for need in (-2.0, -0.5, 0.5, 2.0):
        labels = do(ordered, "child", "need", need).tables["child"]["use"].to_list()
        means.append(np.mean([LABELS.index(label) for label in labels]))
    assert (np.diff(means) > 0.3).all(), means


def test_effect_rises_with_ordered_labels_that_are_held(ordered: Database) -> None:
    means = []
    for label in LABELS:
        after = do(ordered, "child", "use", label).tables["child"]
        assert set(after["use"]) == {label}
        means.append(after["spent"].mean())
    assert (np.diff(np.array(means, dtype=float)) > 0.2).all(), means
