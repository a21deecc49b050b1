"""Every setting changes what is made or is told of as playing no part, in several configs.

Each is stated in turn with other values; where neither is so, a rule of `config.rules` is missing,
or the setting is read by nothing.
"""

from __future__ import annotations

from functools import cache, cached_property
from itertools import product
from typing import Any

import pytest
import yaml

from plurel_cli import generate
from plurel_cli.config import Config
from plurel_cli.config.layers import Layer, laid_over
from plurel_cli.config.load import layered, loaded
from plurel_cli.config.setting import set_over
from plurel_cli.errors import PlurelError
from plurel_cli.plan import Plan
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sample import sample_schema
from tests.config.leaves import settings_of

SMALL = {"schema": {"tables": 4, "rows": {"entity": 20, "activity": 30, "event": 25}, "columns": 3}}
SHOP: dict[str, Any] = {
    "schema": {**SMALL["schema"], "layout": "explicit"},
    "tables": {"a": {}, "b": {"parents": ["a"]}, "c": {"parents": ["a", "b"]}},
}
del SHOP["schema"]["tables"]

BASES: dict[str, tuple[str | None, dict[str, Any]]] = {
    "default": ("default", SMALL),
    "broad": ("broad", SMALL),
    "realistic": ("realistic", SMALL),
    "explicit": (None, SHOP),
}

SEEDS = range(40)
"""Seeds until one differs: what is rare takes more of them."""

ELSEWHERE = {
    "output.layout", "output.compression", "output.part_rows",  # files, which storage tests
    "output.latents", "output.card",  # the same
    "features.scm.missing.reasons",  # of other packages, of which there are none here
    "schema.layout",  # to explicit, which needs tables
    "schema.narrowed",  # off is the default, of which nothing is told; on is told of with a theme
}  # fmt: skip

TASKS = "tasks."
"""What tasks are drawn of a database that is there, which their own tests try."""


def _stated(layer: Layer, path: str, value: object) -> Layer:
    text = yaml.safe_dump(value, default_flow_style=True).strip().removesuffix("...").strip()
    return set_over(layer, [f"{path}={text}"])


def _is_told(warnings: tuple[str, ...], path: str) -> bool:
    """Whether a warning is of a setting or of what it is in."""
    parts = path.split(".")
    places = {".".join(parts[:n]) for n in range(1, len(parts) + 1)}
    return any(f": {place}: plays no part" in line for line in warnings for place in places)


def _shown(schema: Schema) -> Any:
    return schema.model_dump(mode="json", exclude={"config", "made"})


class _Made:
    """A database as far as it has to be made to be told from another."""

    def __init__(self, config: Config, seed: int) -> None:
        self._config, self._seed = config, seed

    @cached_property
    def _plan(self) -> Plan:
        plan = Plan.of(sample_schema(self._config, self._seed), self._config)
        return plan.after("fk").after("temporal")

    @cached_property
    def planned(self) -> Any:
        """What is drawn before features."""
        return _shown(self._plan.schema)

    @cached_property
    def linked(self) -> Any:
        """Keys and times."""
        return [
            self._plan.column(table, column).block(0).tobytes()
            for table in self._plan.schema.tables
            for column in table.columns
            if column.stage in ("fk", "temporal")
        ]

    @cached_property
    def whole(self) -> tuple[Any, Any]:
        """What is drawn of features, and all values."""
        database = generate(self._config, self._seed)
        return _shown(database.schema), database.tables

    def differs(self, other: _Made, *, before_features: bool) -> bool:
        """Whether anything but the config is different."""
        if self.planned != other.planned or self.linked != other.linked:
            return True
        if before_features:
            return False
        (schema, tables), (other_schema, others) = self.whole, other.whole
        if schema != other_schema:
            return True
        return not all(frame.equals(others[name]) for name, frame in tables.items())


@pytest.mark.parametrize("base", BASES)
def test_every_setting_acts_or_is_told_of(base: str) -> None:
    preset, over = BASES[base]
    layer = laid_over(layered(preset), Layer(over))
    config = loaded(layer).config

    @cache
    def before(seed: int) -> _Made:
        return _Made(config, seed)

    seeds = list(SEEDS)

    def acts(path: str, several: list[Config]) -> bool:
        """Whether a setting acts; features, the longest to make, come after all else.

        A seed in which it does comes first for the settings after it: what is rare, such as a
        mechanism, often has several.
        """
        depths = (False,) if path.startswith("features.") else (True, False)
        for before_features, seed, other in product(depths, seeds, several):
            try:
                if before(seed).differs(_Made(other, seed), before_features=before_features):
                    seeds.remove(seed)
                    seeds.insert(0, seed)
                    return True
            except PlurelError:  # a database that there cannot be
                continue
        return False

    silent = []
    for path, values in settings_of(config):
        if path in ELSEWHERE or path.startswith(TASKS):
            continue
        several, told = [], False
        for value in values:
            try:
                other = loaded(_stated(layer, path, value), "other")
            except PlurelError:
                continue
            told = told or _is_told(other.warnings, path)
            several.append(other.config)
            if told:
                break
        if several and not told and not acts(path, [several[0], several[-1]]):
            silent.append(path)
    assert silent == [], silent
