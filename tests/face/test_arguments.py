"""Whatever a public function is given, it answers with its value or with our sentence."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import plurel_cli
from plurel_cli import Config, PlurelError, generate, load_config, parse_config
from plurel_cli.config.arguments import RULES
from plurel_cli.config.given import as_config, as_mixture
from plurel_cli.config.mixture import Mixture
from plurel_cli.errors import ConfigError, ConfigWarning, UsageError
from tests.storage.samples import same_values

FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: value
    for name in plurel_cli.__all__
    if inspect.isfunction(value := getattr(plurel_cli, name))
}

BY_THEMSELVES = {
    "ConfigLike": "as_config",
    "ConfigLike | Mixture": "as_mixture",
    "Database | str | Place": "a folder, unless it is a database",
    "StageName": "one of a few names",
    "Engine": "one of a few names",
    "object": "anything, of which parse_config says what is wrong",
}
"""Annotations that the function's own sentence covers."""

TINY = {"schema": {"tables": 3, "rows": {"entity": 20, "activity": 20}}}

JUNK = [3.5, -1, b"x", object(), [], {"no": 1}, (1,), lambda *_: 0, "no such thing", "\0", 1 << 70]


def _parameters() -> list[tuple[str, str]]:
    return [
        (name, parameter)
        for name, function in FUNCTIONS.items()
        for parameter in inspect.signature(function).parameters
    ]


def test_every_annotation_has_a_rule() -> None:
    kinds = {
        str(parameter.annotation)
        for function in FUNCTIONS.values()
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    }
    assert len(FUNCTIONS) > 12
    assert kinds <= RULES.keys() | BY_THEMSELVES.keys()
    assert kinds >= BY_THEMSELVES.keys()


@pytest.mark.parametrize(("name", "parameter"), _parameters())
def test_nothing_from_inside_is_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, parameter: str
) -> None:
    sound: dict[str, Any] = {
        "folder": "db", "config": TINY, "seed": 1, "seeds": range(1), "stage": "fk", "raw": TINY,
        "database": "db", "table": "table_0", "column": "feature_0", "value": 0.0,
        "portion": (0, 2), "jobs": 1, "path": "c.yaml", "to": "csv", "out": "out",
    }  # fmt: skip
    if name == "dump_config":
        sound["config"] = parse_config(TINY)
    signature = inspect.signature(FUNCTIONS[name])
    required = {
        key: sound[key]
        for key, each in signature.parameters.items()
        if each.kind is not inspect.Parameter.VAR_KEYWORD
        and (each.default is inspect.Parameter.empty or key in ("config", "jobs"))
    }
    for number, junk in enumerate(JUNK):
        (folder := tmp_path / str(number)).mkdir()
        monkeypatch.chdir(folder)
        with suppress(PlurelError):  # anything else fails the test
            is_any = signature.parameters[parameter].kind is inspect.Parameter.VAR_KEYWORD
            FUNCTIONS[name](**required | {"kinds" if is_any else parameter: junk})


@pytest.mark.parametrize("function", [as_config, as_mixture, generate])
def test_what_is_no_config_is_refused_in_one_sentence(function: Callable[..., Any]) -> None:
    known = "a Config, a Design, a dict of settings, a preset's name or a path"
    rule = f"config: must be {known}, got 'int'"
    with pytest.raises(UsageError, match=rule):
        function(3)


def test_a_config_may_be_given_in_any_form(tmp_path: Path) -> None:
    path = tmp_path / "tiny.yaml"
    path.write_text("schema: {tables: 3, rows: {entity: 20, activity: 20}}")
    config = parse_config(TINY)
    for given in (config, TINY, path, str(path), load_config(path)):
        assert as_config(given) == config
        assert as_mixture(given).components[0].config == config
        assert same_values(generate(given, 1), generate(config, 1))
    assert as_config(None) == Config.model_validate({})
    assert as_mixture(mixture := Mixture.alone(config)) is mixture
    with pytest.raises(ConfigError, match=r"schema\.tabels: is not a known setting"):
        generate({"schema": {"tabels": 3}})


def test_warnings_of_a_config_name_the_line_that_gave_it(tmp_path: Path) -> None:
    path = tmp_path / "listed.yaml"
    path.write_text("schema: {tables: [3, 5], rows: {entity: 20, activity: 20}}")
    for function in (load_config, generate):
        with pytest.warns(ConfigWarning, match=r"schema\.tables: a list is a choice") as caught:
            function(path)
        (warning,) = caught
        assert warning.filename == __file__


def test_integers_of_numpy_are_seeds() -> None:
    database = generate(TINY, np.int64(3))  # type: ignore[arg-type]
    assert database.schema.seed == 3
    assert same_values(database, generate(TINY, 3))
