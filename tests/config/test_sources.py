"""Where settings were stated: each at its last place, and told apart from defaults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from plurel_cli import load_config, parse_config
from plurel_cli.config import Config, read_config
from plurel_cli.config.mixture import load_mixture
from plurel_cli.config.scaled import scaled
from plurel_cli.corpus.worker import Maker
from plurel_cli.report.explain import explained
from plurel_cli.schema.sample import sample_schema
from plurel_cli.schema.sources import Sources
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.place import place_of

FILE = """
extends: small
schema: {columns: 4, rows: {entity: 7}}
time: {start: 2001-02-03}
tables:
  table_*: {columns: {feature_0: {lens: flag, true: 0.2}}}
"""


def _file(folder: Path) -> Path:
    path = folder / "mine.yaml"
    path.write_text(FILE)
    return path


def _sources(config: Config) -> Sources:
    assert config.sources is not None
    return config.sources


def _settings(config: Config) -> dict[tuple[str, str], dict[str, Any]]:
    return {(one.kind, one.name): one.settings for one in _sources(config).stated}


def test_each_setting_is_of_the_last_place_that_states_it(tmp_path: Path) -> None:
    sets = ("schema.columns=5", "features.scm.noise=0.1", "features.scm.noise=0.2")
    config = read_config(_file(tmp_path), sets).config
    settings = _settings(config)
    assert list(settings) == [
        ("set", "features.scm.noise=0.2"),
        ("set", "schema.columns=5"),
        ("file", "mine.yaml"),
        ("preset", "small"),
    ]
    assert settings["set", "schema.columns=5"] == {"schema": {"columns": 5}}
    assert settings["file", "mine.yaml"] == {
        "schema": {"rows": {"entity": 7}},
        "time": {"start": "2001-02-03"},
        "tables": {"table_*": {"columns": {"feature_0": {"lens": "flag", "true": 0.2}}}},
    }
    small = yaml.safe_load((Path("configs") / "small.yaml").read_text())
    del small["schema"]["rows"]["entity"], small["schema"]["columns"]
    assert settings["preset", "small"] == small


def test_what_was_stated_gives_the_config_again(tmp_path: Path) -> None:
    """Of every preset: laid over each other, the last one on top, they state all of it."""
    for name in ("default", "realistic", "hard", "snowflake", str(_file(tmp_path))):
        config = read_config(name, ("schema.columns=3",)).config
        whole: dict[str, Any] = {}
        for source in reversed(_sources(config).stated):
            _lay(whole, source.settings)
        assert parse_config(json.loads(json.dumps(whole))) == config


def _lay(whole: dict[str, Any], over: dict[str, Any]) -> None:
    for name, value in over.items():
        if isinstance(value, dict) and isinstance(whole.get(name), dict):
            _lay(whole[name], value)
        else:
            whole[name] = value


def test_the_record_is_no_part_of_what_a_config_is(tmp_path: Path) -> None:
    config = load_config("small")
    assert config == parse_config(config.resolved())
    assert config.sources != parse_config(config.resolved()).sources
    assert parse_config({}).sources is None
    assert "sources" not in config.resolved()
    assert _sources(scaled(scaled(config, 10), 0.5)).scale == 5


def test_databases_of_a_corpus_know_theirs(tmp_path: Path) -> None:
    (tmp_path / "mix.yaml").write_text("configs: [small, mine.yaml]")
    _file(tmp_path)
    mixture = load_mixture(tmp_path / "mix.yaml", ("schema.tables=3",))
    configs = json.loads(json.dumps([one.as_data() for one in mixture.components]))
    maker = Maker(place_of(tmp_path), "db", configs)
    for position, name in enumerate(("small", "mine.yaml")):
        maker(position, position)
        sources = read_schema(place_of(tmp_path / f"db-{position:06d}")).sources
        assert sources is not None
        assert (sources.config, sources.is_preset) == (name, name == "small")
        assert sources.sets == ("schema.tables=3",)


def test_stories_say_where_settings_come_from(tmp_path: Path) -> None:
    sets = ("schema.tables=3",)
    config = scaled(read_config(_file(tmp_path), sets).config, 2)
    for given, told in (
        (
            config,
            "Its settings are those of the file `mine.yaml`, with 1 setting over them, and "
            "rows multiplied by 2.",
        ),
        (load_config("small"), "Its settings are those of the preset `small`."),
        (load_config(), "Its settings are the defaults."),
    ):
        assert told in explained(sample_schema(given, 1))[0].sentences
    story = explained(sample_schema(parse_config({"schema": {"tables": 3}}), 1))
    assert "settings" not in " ".join(story[0].sentences)


def test_a_database_that_was_made_before_has_none(tmp_path: Path) -> None:
    """As one of data that was stated in Python."""
    from plurel_cli import generate_to

    generate_to(tmp_path / "db", {"schema": {"tables": 3, "rows": {"entity": 5, "activity": 9}}}, 1)
    assert "sources" not in json.loads((tmp_path / "db" / "schema.json").read_text())
    assert read_schema(place_of(tmp_path / "db")).sources is None
