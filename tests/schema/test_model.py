from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from plurel_cli.schema.block_model import BlockLevel, BlockModel
from plurel_cli.schema.model import FORMAT_VERSION, Schema
from plurel_cli.schema.sample import sample_schema
from plurel_cli.schema.stages import STAGES
from plurel_cli.schema.window import Window
from tests.storage.samples import small_config


@pytest.fixture
def schema() -> Schema:
    return sample_schema(small_config(), 1)


@pytest.fixture
def data(schema: Schema) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(schema.to_json())
    return found


def test_json_is_read_back_to_the_same_schema(schema: Schema, data: dict[str, Any]) -> None:
    assert Schema.model_validate_json(schema.to_json()) == schema
    assert data["format"] == "plurel"
    assert data["version"] == FORMAT_VERSION
    assert data["stages"] == ["schema"]
    assert schema.to_json().endswith("}\n")


def test_a_config_is_written_as_it_is(schema: Schema) -> None:
    """What is none in it, and what no number of JSON's is, too."""
    config = {"none": None, "most": float("inf"), "small": 1e-7, "text": "ü"}
    text = schema.but(config=config).to_json()
    assert '"none": null,\n  "most": Infinity,\n  "small": 1e-7,\n  "text": "ü"\n' in text


def test_json_leaves_out_what_is_not_there_but_keeps_the_nulls_of_the_config(
    data: dict[str, Any],
) -> None:
    assert "window" not in data
    assert "references" not in data["tables"][0]["columns"][0]
    assert data["config"]["schema"]["max_parents"] is None


def test_edges_name_every_foreign_key(schema: Schema) -> None:
    assert schema.edges == (
        ("users", "posts", "foreign_row_0"),
        ("users", "likes", "foreign_row_0"),
        ("posts", "likes", "foreign_row_1"),
        ("users", "likes", "foreign_row_2"),
    )


def test_networkx_graph_has_an_edge_for_each_foreign_key(schema: Schema) -> None:
    graph = schema.graph()
    assert set(graph.nodes) == {"users", "posts", "likes"}
    assert graph.nodes["users"] == {"kind": "entity", "rows": 30}
    assert graph.number_of_edges("users", "likes") == 2
    assert set(graph.edges(keys=True)) == set(schema.edges)


def test_tables_list_their_columns_by_role_and_stage(schema: Schema) -> None:
    likes = schema.by_name["likes"]
    assert likes.primary_key == "row_idx"
    assert likes.time_column == "date"
    assert schema.by_name["users"].time_column is None
    assert len(likes.features) == 4
    assert likes.filled(("schema",)) == ()
    assert [c.role for c in likes.filled(("schema", "fk"))] == ["primary_key", *["foreign_key"] * 3]
    assert likes.filled(STAGES) == likes.columns


def test_but_changes_fields_and_forgets_what_was_cached(schema: Schema) -> None:
    users = schema.by_name["users"]
    changed = schema.but(tables=(users,))
    assert set(changed.by_name) == {"users"}
    assert set(schema.by_name) == {"users", "posts", "likes"}
    assert changed.seed == schema.seed


def test_records_are_frozen(schema: Schema) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        schema.seed = 2  # type: ignore[misc]


def _column(data: dict[str, Any], table: int, **changes: Any) -> None:
    data["tables"][table]["columns"][-1] |= changes


def _other(data: dict[str, Any], table: int, **fields: Any) -> None:
    """Another column in the place of the last one."""
    column = data["tables"][table]["columns"][-1]
    data["tables"][table]["columns"][-1] = {"name": column["name"], **fields}


_DAYS = ("start", "end", "val_timestamp", "test_timestamp")

_FAULTS: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda d: d.update(stages=["fk"]), "stages must be the first of schema, fk"),
    (lambda d: d.update(stages=[]), "stages must be the first of"),
    (lambda d: d.update(stages=["schema", "temporal"]), "stages must be the first of"),
    (lambda d: d["tables"][0].update(name="../x"), "cannot be named '../x'"),
    (lambda d: d["tables"][0].update(name=""), "cannot be named ''"),
    (lambda d: d["tables"][0].update(name="Posts"), "two tables have the same name"),
    (lambda d: d["tables"][0].update(rows=0), "greater than or equal to 1"),
    (lambda d: d["tables"][0].update(kind="fact"), "'entity' or 'activity'"),
    (lambda d: _column(d, 0, name="row_idx"), "users: two columns have the same name"),
    (lambda d: _other(d, 0, role="primary_key"), "users: must have one primary key"),
    (lambda d: d["tables"][0]["columns"].pop(0), "users: must have one primary key"),
    (lambda d: _other(d, 2, role="time"), "likes: must have at most one time column"),
    (lambda d: _column(d, 0, role="primary_key"), "kind\n  Extra inputs are not permitted"),
    (lambda d: _column(d, 0, role="nothing"), "must have the role primary_key"),
    (
        lambda d: _other(d, 0, role="foreign_key", form="many", references="x"),
        "references no table",
    ),
    (lambda d: _other(d, 0, role="foreign_key", form="many"), "references\n  Field required"),
    (lambda d: _other(d, 0, role="foreign_key", references="posts"), "discriminator 'form'"),
    (
        lambda d: _other(d, 0, role="foreign_key", form="thread", references="posts"),
        "must be many or detail or one_to_one to another table",
    ),
    (
        lambda d: _other(d, 0, role="foreign_key", form="many", references="users"),
        "must be thread or levels to its own table",
    ),
    (lambda d: _column(d, 0, type="float64"), "categorical cannot be of type"),
    (lambda d: _column(d, 0, colour="red"), "Extra inputs"),
    (lambda d: d.update(tables=[]), "at least 1 item"),
    (lambda d: d.update(seed=-1), "greater than or equal to 0"),
    (lambda d: d.update(seed=1 << 64), "less than"),
    (lambda d: d.update(format="other"), "plurel"),
    (lambda d: d.update(stages=["schema", "fk", "temporal"]), "window must be there"),
    (
        lambda d: d.update(window=dict.fromkeys(_DAYS, "2020-01-01")),
        "window must be there from the temporal stage on, and not before",
    ),
]


@pytest.mark.parametrize(("spoil", "message"), _FAULTS)
def test_a_schema_that_does_not_hang_together_is_refused(
    data: dict[str, Any], spoil: Callable[[dict[str, Any]], object], message: str
) -> None:
    spoil(data)
    with pytest.raises(ValidationError, match=message):
        Schema.model_validate(data)


@pytest.mark.parametrize("p", [((0.1, 0.2),), ((0.1,), (0.2,)), ((0.1, 0.2), (0.3,)), ()])
def test_block_matrix_must_have_its_shape(p: tuple[tuple[float, ...], ...]) -> None:
    with pytest.raises(ValidationError, match=r"p must be a 2 × 2 matrix"):
        BlockLevel(parent_clusters=2, child_clusters=2, p=p)


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan")])
def test_block_scores_lie_between_0_and_1(score: float) -> None:
    with pytest.raises(ValidationError, match="p must lie between 0 and 1"):
        BlockLevel(parent_clusters=1, child_clusters=2, p=((0.5, score),))


def test_radices_list_the_clusters_of_each_level() -> None:
    level = BlockLevel(parent_clusters=1, child_clusters=2, p=((0.5, 1.0),))
    other = BlockLevel(parent_clusters=2, child_clusters=1, p=((0.5,), (0.0,)))
    model = BlockModel(levels=(level, other))
    assert model.parent_radices == (1, 2)
    assert model.child_radices == (2, 1)
    with pytest.raises(ValidationError, match="at least 1 item"):
        BlockModel(levels=())


def test_days_of_a_window_count_both_ends() -> None:
    day = dt.date(2020, 2, 28)
    window = Window(
        start=day, end=dt.date(2020, 3, 1), val_timestamp=day, test_timestamp=dt.date(2020, 2, 29)
    )
    assert window.days == 3
