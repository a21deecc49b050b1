from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from plurel_cli.config import Config, parse_config
from plurel_cli.errors import ConfigError
from tests.config.json_schema import Checker

FOLDER = Path(__file__).parents[2] / "configs"
CONFIGS = sorted(set(FOLDER.glob("*.yaml")) - {FOLDER / "mixture.yaml"})

SCHEMA = Config.model_json_schema(by_alias=True)


def _json(raw: Any) -> Any:
    """Data as JSON has it: dates and keys are text."""
    return json.loads(json.dumps(raw, default=str))


def _parts(schema: Any) -> Iterator[Mapping[str, Any]]:
    """Every schema within a schema."""
    if isinstance(schema, dict):
        if {"type", "anyOf", "$ref", "enum"} & schema.keys():
            yield schema
        for key, value in schema.items():
            if key not in ("default", "enum"):
                yield from _parts(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from _parts(item)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_config_is_valid(path: Path) -> None:
    raw = _json(yaml.safe_load(path.read_text(encoding="utf-8")))
    checker = Checker(SCHEMA)
    assert checker.accepts(raw)
    assert checker.accepts(parse_config(raw).resolved())
    for name, section in raw.items():
        if name == "extends":
            continue
        wrong = copy.deepcopy(raw)
        wrong[name]["x"] = section if name != "tables" else {"colour": "red"}
        assert not checker.accepts(wrong)


@pytest.mark.parametrize(
    "raw",
    [
        {"schema": {"tables": 0}},
        {"schema": {"tables": "3"}},
        {"schema": {"tables": True}},
        {"schema": {"tables": {"min": 3}}},
        {"schema": {"tables": {"min": 3, "max": 5, "step": 1}}},
        {"schema": {"tables": []}},
        {"schema": {"tables": {"choices": {"3": -1}}}},
        {"schema": {"layout": "ring"}},
        {"schema": {"layouts": {"ring": {}}}},
        {"schema": {"layouts": {"watts_strogatz": {"k": 3}}}},
        {"schema": {"layouts": {"watts_strogatz": {"q": 2}}}},
        {"schema": {"max_parents": 0}},
        {"schema": {"p_categorical": 1.5}},
        {"schema": [3]},
        {"time": {"split": {"val": 1}}},
        {"time": {"min_days": 1}},
        {"tables": {"a": {"parents": "b"}}},
        {"tables": {"a": {"parents": [{"connectivity": {}}]}}},
        {"output": {"layout": "csv"}},
        {"features": {"series": {"autocorrelation": 1}}},
    ],
)
def test_what_the_config_refuses_by_form_is_invalid(raw: dict[str, Any]) -> None:
    assert not Checker(SCHEMA).accepts(raw)
    with pytest.raises(ConfigError):
        parse_config(raw)


def test_every_part_has_known_words_and_references_that_resolve() -> None:
    checker = Checker(SCHEMA)
    parts = list(_parts(SCHEMA))
    assert len(parts) > 100
    for part in parts:
        checker.accepts(None, part)  # fails on a word it does not know
        if "$ref" in part:
            assert checker.definition(part["$ref"])


def test_defaults_are_valid_as_they_stand() -> None:
    checker = Checker(SCHEMA)
    defaults = [part for part in _parts(SCHEMA) if "default" in part]
    assert len(defaults) > 50
    for part in defaults:
        assert checker.accepts(part["default"], part), part


def test_every_setting_is_described() -> None:
    for name, definition in [("Config", SCHEMA), *SCHEMA["$defs"].items()]:
        for form in definition.get("anyOf", [definition]):
            for key, setting in form.get("properties", {}).items():
                whole = Checker(SCHEMA).definition(setting["$ref"]) if "$ref" in setting else {}
                assert {**whole, **setting}.get("description"), f"{name}.{key}"
