"""Documents of earlier versions: those that earlier commits wrote, and broken ones."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from plurel_cli import do, load
from plurel_cli.config import parse_config
from plurel_cli.errors import FolderError, UsageError
from plurel_cli.features.nulls.told import ByValue
from plurel_cli.pipeline import generate_to
from plurel_cli.plan import Plan
from plurel_cli.report.describe import describe
from plurel_cli.schema.causal import CausalNode
from plurel_cli.schema.lifts import LIFTS
from plurel_cli.schema.model import FORMAT_VERSION, Schema
from plurel_cli.schema.sample import sample_schema
from plurel_cli.schema.stages import STAGES
from plurel_cli.storage.document import parse_schema
from plurel_cli.storage.validate import validate

FOLDER = Path(__file__).parent.parent / "data" / "format1"

NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def _text(name: str) -> bytes:
    return (FOLDER / f"{name}.json").read_bytes()


def _schema(name: str) -> Schema:
    return parse_schema(_text(name), FOLDER)


def _without_graphs(schema: Schema) -> Schema:
    drawn = _as_drawn(schema)
    return drawn.but(tables=tuple(table.but(causal=None) for table in drawn.tables))


def _as_old(node: CausalNode) -> CausalNode:
    """A node without what version 1 did not say: how many rows at a threshold are null."""
    null = node.null
    return node.but(null=null.but(p_at=None)) if isinstance(null, ByValue) else node


def _as_drawn(schema: Schema) -> Schema:
    """The schema without what made it, what is held in it, and the wording of its config."""
    tables = tuple(
        table.but(
            columns=tuple(column.released for column in table.columns),
            causal=table.causal and table.causal.but(nodes=tuple(map(_as_old, table.causal.nodes))),
        )
        for table in schema.tables
    )
    return schema.but(made=None, tables=tables, config={})


def test_there_is_a_lift_for_every_earlier_version() -> None:
    assert len(LIFTS) + 1 == FORMAT_VERSION


def test_all_forms_and_stages_are_among_the_documents() -> None:
    schemas = [_schema(name) for name in NAMES]
    keys = [key for schema in schemas for table in schema.tables for key in table.foreign_keys]
    assert {key.form for key in keys} == {"many", "one_to_one", "thread", "levels"}
    assert {schema.stages for schema in schemas} == {STAGES[:n] for n in range(1, 5)}
    assert any(table.unique for schema in schemas for table in schema.tables)
    assert any(key.nullable and not key.to_self for key in keys)


@pytest.mark.parametrize("name", NAMES)
def test_document_of_version_1_says_what_is_drawn_now(name: str) -> None:
    """Of the same config and seed."""
    assert json.loads(_text(name))["version"] == 1
    lifted = _schema(name)
    assert lifted.version == FORMAT_VERSION
    config = parse_config(lifted.config)
    if lifted.stages == ("schema",):
        assert _as_drawn(lifted) == _as_drawn(sample_schema(config, lifted.seed))
        return
    drawn = Plan.whole(config, lifted.seed).schema
    for table, other in zip(lifted.tables, drawn.tables, strict=True):
        assert table.foreign_keys == other.foreign_keys
    if lifted.stages == STAGES:  # features were drawn otherwise then
        assert _without_graphs(lifted) == _without_graphs(drawn)


@pytest.mark.parametrize("name", NAMES)
def test_lifted_document_is_written_and_read_back(name: str) -> None:
    lifted = _schema(name)
    text = lifted.to_json()
    assert json.loads(text)["version"] == FORMAT_VERSION
    assert parse_schema(text.encode(), FOLDER) == lifted


@pytest.mark.parametrize("name", ["default", "realistic", "realistic_thread", "explicit"])
def test_folder_of_version_1_is_used_as_before(tmp_path: Path, name: str) -> None:
    folder, schema = tmp_path / "db", _schema(name)
    generate_to(folder, parse_config(schema.config), schema.seed)
    shutil.copy(FOLDER / f"{name}.json", folder / "schema.json")
    assert validate(folder) == []
    assert describe(folder).seed == schema.seed
    database = load(folder)
    table = next(table for table in schema.tables if table.features)
    with pytest.raises(UsageError, match="was made by another release of plurel"):
        do(database, table.name, table.features[0].name, 0)


def test_what_is_held_is_read() -> None:
    schema = _schema("explicit_held")
    held = [c for table in schema.tables for c in table.features if c.held is not None]
    assert [(column.name, column.held) for column in held] == [("feature_0", 0)]


_BROKEN: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda d: d.update(tables=1), "tables: "),
    (lambda d: d.update(tables=[1]), "tables.0: "),
    (lambda d: d["tables"][0].update(columns={}), "tables.0.columns: "),
    (lambda d: d["tables"][0].update(columns=[[]]), "tables.0.columns.0: "),
    (lambda d: d["tables"][0]["columns"][1].update(form=[]), "using 'form'"),
    (lambda d: d["tables"][0]["columns"][1].update(form="cousin"), "using 'form'"),
    (lambda d: d["tables"][0]["columns"][1].update(habits=1), "habits: "),
    (lambda d: d["tables"][0]["columns"][1]["habits"].pop("depth"), "depth: Field required"),
]


@pytest.mark.parametrize(("spoil", "message"), _BROKEN)
def test_broken_document_of_version_1_is_refused(
    spoil: Callable[[dict[str, Any]], object], message: str
) -> None:
    data = json.loads(_text("explicit"))
    spoil(data)
    with pytest.raises(FolderError) as caught:
        parse_schema(json.dumps(data).encode(), FOLDER)
    assert message in str(caught.value)
