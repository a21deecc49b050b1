"""Keys over all settings of keys at once, against a slow account of what rows may refer to."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli import Config, Database, generate
from plurel_cli.connectivity.checked import CheckedKeys
from plurel_cli.connectivity.uniforms import all_uniforms
from plurel_cli.errors import ConfigError
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.forms.many import ManyKey
from plurel_cli.schema.table import Table

_SHARES = st.sampled_from([0.0, 0.0, 0.3, 0.95])

_P = st.sampled_from([0.0, 0.0, 0.01, 1.0])

_CONNECTIVITY = st.fixed_dictionaries(
    {
        "levels": st.integers(1, 3),
        "parent_clusters": st.integers(1, 5),
        "child_clusters": st.integers(1, 5),
        "p_diagonal": st.sampled_from([0.0, 0.5, 1.0]),
        "p_off_diagonal": _P | st.just({"choices": [0.0, 0.5]}),
        "childless": _SHARES,
        "popularity": st.sampled_from(["even", "lognormal", "power_law"]),
        "hubs": _SHARES,
        "latent": _SHARES,
        "softness": st.sampled_from([0.0, 0.0, 0.0, 0.2]),
        "returning": st.sampled_from([0.0, 0.0, 0.0, 0.2]),
        "following": st.sampled_from([0.0, 0.0, 0.5]),
        "run": st.sampled_from([0.0, 0.0, 0.5]),
        "coupling": _SHARES,
        "p_nullable": st.sampled_from([0.0, 0.5]),
        "time_order": st.booleans(),
    }
)


@st.composite
def _configs(draw: st.DrawFn) -> Config:
    users, games = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    junction = draw(st.sampled_from([None, None, True]))
    own = {"table": "posts", "form": draw(st.sampled_from(["thread", "levels"]))}
    tables: dict[str, Any] = {
        "users": {"rows": users, "timed": draw(st.booleans())},
        "games": {"rows": games, "timed": draw(st.booleans())},
        "posts": {
            "rows": draw(st.integers(1, max(1, users * games // 2 if junction else 300))),
            "parents": ["users", "games", "users", own],
            "junction": junction,
            "timed": draw(st.booleans()),
        },
    }
    return Config.model_validate(
        {
            "schema": {"layout": "explicit", "columns": 0},
            "tables": {name: _stated(table) for name, table in tables.items()},
            "connectivity": draw(_CONNECTIVITY),
            "features": {"model": "none"},
        }
    )


def _stated(table: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in table.items() if value is not None}


def _digits(row: int, n_rows: int, radices: tuple[int, ...]) -> list[int]:
    """Label of the last cluster that starts at or before a row, coarsest level first."""
    k = math.prod(radices)
    label = next(j for j in reversed(range(k)) if j * n_rows // k <= row)
    digits = []
    for radix in reversed(radices):
        label, digit = divmod(label, radix)
        digits.append(digit)
    return digits[::-1]


def _scores(key: ManyKey, n_parents: int, n_children: int) -> list[list[float]]:
    """Score of every child with every parent."""
    model = key.block_model
    assert model is not None
    of_parents = [_digits(row, n_parents, model.parent_radices) for row in range(n_parents)]
    of_children = [_digits(row, n_children, model.child_radices) for row in range(n_children)]
    return [
        [
            math.prod(
                level.p[a][b] for level, a, b in zip(model.levels, parent, child, strict=True)
            )
            for parent in of_parents
        ]
        for child in of_children
    ]


def _childless(database: Database, table: Table, key: ManyKey) -> set[int]:
    """Parents that were drawn to have no children, but those that a child cannot do without."""
    assert key.habits is not None
    schema = database.schema
    parent = schema.by_name[key.references]
    address = ("fk", table.id, parent.id, key.ordinal, "weights", "childless")
    shares = all_uniforms(Stream(schema.seed).child(*address), parent.rows)
    none = {row for row in range(1, parent.rows) if shares[row] < key.habits.childless}
    kept = set()
    radices = key.block_model.parent_radices if key.block_model else ()
    labels = [tuple(_digits(row, parent.rows, radices)) for row in range(parent.rows)]
    for scores in _scores(key, parent.rows, table.rows):
        near = [row for row, score in enumerate(scores) if score > 0]
        if none.issuperset(near):
            kept |= {row for row in near if row == 0 or labels[row] != labels[row - 1]}
    return none - kept


def _check(database: Database) -> None:
    schema, frames = database.schema, database.tables
    for table in schema.tables:
        for key in table.foreign_keys:
            parent = schema.by_name[key.references]
            keys = frames[table.name][key.name].to_list()
            there = [k for k in keys if k is not None]
            assert all(0 <= k < parent.rows for k in there)
            assert key.nullable or len(there) == table.rows
            if key.to_self:
                assert all(k is None or k < row for row, k in enumerate(keys))
            if not isinstance(key, ManyKey):
                continue
            habits = key.habits
            if key.keeps_to_time:
                times = frames[parent.name]["date"].to_list()
                pairs = zip(keys, frames[table.name]["date"].to_list(), strict=True)
                assert all(k is None or times[k] <= time for k, time in pairs)
            stays = habits is None or not (
                habits.softness or habits.returning or habits.following or habits.run
            )
            scores = _scores(key, parent.rows, table.rows)
            if stays:
                assert all(k is None or scores[row][k] > 0 for row, k in enumerate(keys))
            is_even = all(score > 0 for row in scores for score in row)
            if habits is not None and not (table.unique and is_even):
                assert not _childless(database, table, key) & set(there)
        if table.unique is not None:
            pairs = frames[table.name].select(table.unique).drop_nulls()
            assert pairs.is_unique().all()


@settings(max_examples=150)
@given(config=_configs(), seed=st.integers(0, 3))
def test_keys_of_any_settings_are_as_told_or_refused(config: Config, seed: int) -> None:
    try:
        database = generate(config, seed)
    except ConfigError:
        return
    _check(database)


def _blocks(**connectivity: Any) -> dict[str, Any]:
    blocks = {"levels": 1, "parent_clusters": 10, "child_clusters": 10, "p_off_diagonal": 0}
    return {"connectivity": {**blocks, **connectivity}, "features": {"model": "none"}}


@pytest.mark.parametrize("childless", [0.3, 0.99])
def test_where_all_that_rows_may_refer_to_are_childless_one_is_not(childless: float) -> None:
    tables = {"users": {"rows": 20}, "posts": {"rows": 200, "parents": ["users"]}}
    raw = {"schema": {"layout": "explicit", "columns": 0}, "tables": tables}
    for seed in range(8):
        database = generate(Config.model_validate(raw | _blocks(childless=childless)), seed)
        _check(database)
        keys = database.tables["posts"]["foreign_row_0"].to_numpy()
        assert (keys // 2 == np.arange(200) // 20).all()


def test_childless_parents_without_which_rows_have_none_are_no_fault_with_features() -> None:
    tables = {"users": {"rows": 20}, "posts": {"rows": 200, "parents": ["users"]}}
    raw = {"schema": {"layout": "explicit", "columns": 2}, "tables": tables}
    raw |= _blocks(childless=0.3) | {"features": {"model": "scm"}}
    for seed in (2, 4, 6):
        _check(generate(Config.model_validate(raw), seed))


def _junction(rows: int) -> Config:
    parents: dict[str, Any] = {"a": {"rows": 30}, "b": {"rows": 30}}
    tables = parents | {"c": {"rows": rows, "parents": ["a", "b"], "junction": True}}
    raw = {"schema": {"layout": "explicit", "columns": 0}, "tables": tables}
    return Config.model_validate(raw | _blocks(p_diagonal=1))


def test_junction_with_more_rows_than_pairs_in_their_blocks_is_refused() -> None:
    with pytest.raises(ConfigError, match="more rows by some time than there are pairs of parents"):
        generate(_junction(400), 1)


@pytest.mark.parametrize("rows", [50, 90])  # 9 pairs for each ten rows: as good as full, and full
def test_pairs_of_a_junction_lie_in_the_blocks_of_their_rows(rows: int) -> None:
    for seed in range(4):
        database = generate(_junction(rows), seed)
        assert database.schema.by_name["c"].unique is not None
        _check(database)


def test_no_key_is_written_unchecked() -> None:
    class Wrong:
        def block(self, index: int) -> Any:
            return np.array([0, 3, -1][: 2 + index])

    assert CheckedKeys(Wrong(), 4, nullable=True, place="x").block(1).tolist() == [0, 3, -1]
    with pytest.raises(ConfigError, match="x: gives keys that are none of 4 rows"):
        CheckedKeys(Wrong(), 4, nullable=False, place="x").block(1)
    with pytest.raises(ConfigError, match="x: gives keys that are none of 3 rows"):
        CheckedKeys(Wrong(), 3, nullable=True, place="x").block(0)
