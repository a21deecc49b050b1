"""Every setting says what it can be stated of, and can be stated there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from plurel_cli.choices.section import Section
from plurel_cli.config import Config, parse_config
from plurel_cli.config.scopes import SCOPES, Scope
from plurel_cli.errors import ConfigError

WAY = {Scope.TABLE: (), Scope.KEY: ("keys", "*"), Scope.COLUMN: ("columns", "*")}


def _leaves(section: Section, place: str = "") -> Iterator[tuple[str, object]]:
    for name, field in type(section).model_fields.items():
        path, value = f"{place}{field.alias or name}", getattr(section, name)
        if isinstance(value, Section):
            yield from _leaves(value, f"{path}.")
        elif path != "tables":
            yield path, value


DEFAULTS = dict(_leaves(Config.model_validate({})))


def test_every_setting_is_declared() -> None:
    assert set(DEFAULTS) == set(SCOPES)


def _stated(path: str, way: tuple[str, ...]) -> dict[str, Any]:
    whole: Any = Config.model_validate({}).resolved()
    for part in path.split("."):
        whole = whole[part]
    for part in reversed(("tables", "*", *way, *path.split("."))):
        whole = {part: whole}
    assert isinstance(whole, dict)
    return whole


@pytest.mark.parametrize("scope", WAY, ids=lambda scope: str(scope.name))
def test_a_setting_is_allowed_where_it_is_declared_and_refused_elsewhere(scope: Scope) -> None:
    for path, scopes in SCOPES.items():
        raw = _stated(path, WAY[scope])
        if scope in scopes:
            parse_config(raw)
            continue
        with pytest.raises(ConfigError) as caught:
            parse_config(raw)
        (line,) = str(caught.value).splitlines()
        thing = {Scope.TABLE: "table", Scope.KEY: "key", Scope.COLUMN: "column"}[scope]
        assert f"cannot be stated of a {thing}; state it of the whole database" in line
