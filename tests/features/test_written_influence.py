"""An intervention reaches all that is written of a column that another's nulls change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from plurel_cli import Config, do, generate, parse_config
from plurel_cli.blocks.frames import whole_column
from plurel_cli.features.engine import engine as engine_module
from plurel_cli.features.roles import roles
from plurel_cli.features.variables import WrittenVertex, influence, reachable, shown
from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.schema.causal import CausalGraph, CausalNode
from plurel_cli.schema.variable import Variable
from tests.features.test_intervene import changed, features, value_for
from tests.plans import engine_of


def _graph(*nodes: CausalNode) -> CausalGraph:
    return CausalGraph(layout="chain", mode="lazy", edge_weight="one", null_share=0.0, nodes=nodes)


def _column(name: str, **its: object) -> CausalNode:
    role = "determined" if "determined" in its else "source"
    given = {"source": "normal"} if role == "source" else {}
    return roles.read({"role": role, "kind": "numerical", "column": name, **given, **its})


NULLS = {"kind": "told", "share": 0.5, "group": 0, "cause": 0, "side": "above"}

GRAPHS = {
    "parents": _graph(
        _column("cause"),
        _column("nullable", null=NULLS),
        _column("rounded", determined={"kind": "rounded", "of": (1,)}),
        _column("other"),
    ),
    "children": _graph(
        _column("copied", determined={
            "kind": "copied", "of": (1,), "foreign_key": "foreign_row_0", "table": "parents"
        }),
    ),
}  # fmt: skip


def test_nulls_pass_through_what_others_determine_across_tables() -> None:
    edges = influence(GRAPHS)
    reached = reachable(edges, [Variable("parents", 0)])
    assert {v for v in reached if isinstance(v, WrittenVertex)} == {
        WrittenVertex("parents", 0),
        WrittenVertex("parents", 1),
        WrittenVertex("parents", 2),
        WrittenVertex("children", 0),
    }
    copied = [WrittenVertex("children", 0)]
    assert shown(edges, copied) >= {Variable("parents", 0), Variable("parents", 1)}
    assert Variable("parents", 3) not in shown(edges, copied)


def _config(rows: int = 60, **scm: Any) -> Config:
    """Columns that others determine and whose nulls others tell, in three tables."""
    return parse_config(
        {
            "schema": {"layout": "explicit", "columns": {"min": 5, "max": 8}},
            "tables": {
                "users": {"rows": 30},
                "posts": {"rows": rows, "parents": ["users"]},
                "likes": {"rows": 40, "parents": ["posts", "users"]},
            },
            "features": {
                "scm": {
                    "missing": {"p_column": 0.6, "rate": 0.4, "told": 0.8, "itself": 0.2},
                    "determined": {"p": 0.5},
                    "children": {"p": 0.3},
                    **scm,
                }
            },
        }
    )


@pytest.mark.parametrize("mode", ["eager", "lazy"])
@pytest.mark.parametrize("seed", range(2))
def test_what_is_not_reached_needs_no_making_anew(
    mode: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what is reached is made anew, and it is as if all had been, also where two are held."""
    config = _config(mode=mode)
    database = generate(config, seed)
    fit = engine_of(database.schema, config)
    several = features(database.schema)
    n_nulls_moved = 0
    for table, j, column in several[::4]:
        other, k, another = several[(j + 3) % len(several)]
        after = do(database, table.name, column.name, value_for(column))
        n_nulls_moved += sum(
            frame[c.name].null_count() != after.tables[name][c.name].null_count()
            for name, frame in database.tables.items()
            for c in database.schema.by_name[name].features
            if (name, c.name) != (table.name, column.name)
        )
        both = do(after, other.name, another.name, value_for(another))
        values = {Variable(table.name, j): value_for(column)}
        for found, held in (
            (after, values),
            (both, {**values, Variable(other.name, k): value_for(another)}),
        ):
            with monkeypatch.context() as patch:
                patch.setattr(engine_module, "reachable", lambda edges, start: set(edges))
                everything = fit.holding(held)
            for place, _, c in several:
                whole = whole_column(everything.columns(place)[c.name], place.rows)
                written = found.tables[place.name][c.name]
                assert (
                    written.null_count() == (whole < 0 if c.categories else np.isnan(whole)).sum()
                )
                if c.categories is None:
                    as_floats = written.cast(float).fill_null(np.nan).to_numpy()
                    np.testing.assert_array_equal(as_floats.astype(np.float32), whole)
    assert n_nulls_moved > 0


def test_a_large_table_is_made_anew_where_it_is_reached() -> None:
    """Blocks of a table that is not held whole, against all of them with everything made anew."""
    config = _config(rows=BLOCK_ROWS + 100, mode="lazy")
    database = generate(config, 1)
    fit = engine_of(database.schema, config)
    table, j, column = next(its for its in features(database.schema) if its[0].name == "posts")
    after = do(database, table.name, column.name, value_for(column))
    held = fit.holding({Variable(table.name, j): value_for(column)})
    for c in table.features:
        whole = whole_column(held.columns(table)[c.name], table.rows)
        assert after.tables["posts"][c.name].null_count() == (
            (whole < 0).sum() if c.categories else np.isnan(whole).sum()
        )
    assert changed(database, after)
