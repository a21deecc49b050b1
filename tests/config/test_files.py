"""The example configs load without a warning, and the first is the built-in default."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from plurel_cli.config import Config, dump_config, parse_config, read_config
from plurel_cli.config.mixture import load_mixture
from plurel_cli.schema.layouts import layouts
from plurel_cli.schema.sample import sample_schema

FOLDER = Path(__file__).parents[2] / "configs"
MIXTURE = FOLDER / "mixture.yaml"
CONFIGS = sorted(set(FOLDER.glob("*.yaml")) - {MIXTURE})


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_config_loads_without_warning_and_round_trips(path: Path, tmp_path: Path) -> None:
    config, warnings = read_config(path)
    assert warnings == ()
    dumped = tmp_path / "dumped.yaml"
    dumped.write_text(dump_config(config), encoding="utf-8")
    again, told = read_config(dumped)
    assert again == config
    assert told == () or config.naming == "themed"  # settings written out that play no part then
    assert parse_config(config.resolved()) == config


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_config_gives_a_schema(path: Path) -> None:
    config = read_config(path).config
    schema = sample_schema(config, 1)
    if config.is_explicit:
        assert set(schema.by_name) == set(config.tables)


def test_mixture_loads_without_warning() -> None:
    mixture = load_mixture(MIXTURE)
    assert mixture.warnings == ()
    assert len({component.fingerprint for component in mixture.components}) == 3


@pytest.mark.parametrize("path", [*CONFIGS, MIXTURE], ids=lambda path: path.stem)
def test_config_opens_with_a_comment(path: Path) -> None:
    assert re.match(r"# [A-Z].+[.:]", path.read_text(encoding="utf-8"))


def test_default_config_is_the_built_in_one() -> None:
    assert read_config(FOLDER / "default.yaml").config == read_config(None).config
    assert read_config(None) == (Config.model_validate({}), ())


def test_default_config_writes_out_every_setting_of_its_layouts_and_model() -> None:
    raw = yaml.safe_load((FOLDER / "default.yaml").read_text(encoding="utf-8"))
    whole = Config.model_validate({}).resolved()
    for section in ("schema", "connectivity", "time", "output"):
        assert raw[section].keys() == whole[section].keys()
    assert raw["features"].keys() == whole["features"].keys()
    assert raw["features"]["scm"].keys() == whole["features"]["scm"].keys() - {"layouts"}
    assert raw["features"]["series"].keys() == whole["features"]["series"].keys()
    with_settings = {n for n in raw["schema"]["layout"] if layouts[n].parameters}
    assert raw["schema"]["layouts"].keys() == with_settings


def test_there_is_a_config_for_every_layout() -> None:
    for name in layouts.names():
        config = read_config(FOLDER / f"{name}.yaml").config
        assert config.schema_.layout.bounds == (name, name)


def test_social_network_has_a_diamond_and_two_keys_to_one_parent() -> None:
    graph = sample_schema(read_config(FOLDER / "social_network.yaml").config, 1).graph()
    assert graph.number_of_edges("user", "follow") == 2
    assert graph.has_edge("user", "post")
    assert graph.has_edge("user", "comment")
    assert graph.has_edge("post", "comment")


def test_snowflake_has_one_activity_table() -> None:
    schema = sample_schema(read_config(FOLDER / "snowflake.yaml").config, 1)
    assert [table.name for table in schema.tables if table.kind == "activity"] == ["sale"]
