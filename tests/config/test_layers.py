"""Configs that extend others, presets by name, and settings given one by one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from plurel_cli.choices.choice import Fixed, IntegerRange
from plurel_cli.config import load_config, parse_config, presets, read_config
from plurel_cli.config.load import layered, loaded
from plurel_cli.config.mixture import load_mixture
from plurel_cli.config.origins import with_origins
from plurel_cli.config.setting import parse_setting
from plurel_cli.errors import PlurelError, UsageError

ROOT = Path(__file__).parents[2]
PRESETS = tuple(sorted(path.stem for path in (ROOT / "configs").glob("*.yaml")))


def _write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def _refusal(path: Path | str | None, *sets: str) -> str:
    with pytest.raises(PlurelError) as caught:
        read_config(path, sets)
    return str(caught.value)


def test_a_config_is_laid_over_what_it_extends(tmp_path: Path) -> None:
    _write(
        tmp_path,
        base="schema: {tables: 3, columns: {min: 1, max: 4, p: inverse}}\nconnectivity: "
        "{levels: 2}\n",
        other="connectivity: {levels: 3, hubs: 0.1, popularities: {lognormal: {sigma: 2}}}\n",
        mine="extends: [./base.yaml, other.yaml]\n"
        "schema: {columns: {min: 5, max: 6}}\n"
        "connectivity: {popularities: {power_law: {alpha: 2}}}\n",
    )
    config = read_config(tmp_path / "mine.yaml").config
    assert config.schema_.tables == Fixed(3)
    assert config.schema_.columns == IntegerRange(5, 6)  # as a whole: nothing is left of p: inverse
    assert (config.connectivity.levels, config.connectivity.hubs) == (Fixed(3), Fixed(0.1))
    assert config.connectivity.popularities["lognormal"]["sigma"] == Fixed(2.0)
    assert config.connectivity.popularities["power_law"]["alpha"] == Fixed(2.0)


def test_tables_are_merged_by_name_and_lists_replaced(tmp_path: Path) -> None:
    _write(
        tmp_path,
        base="schema: {layout: explicit}\n"
        "tables: {a: {rows: 3}, b: {parents: [a, a], columns: 3, keys: {a: {connectivity: {levels: "
        "1}}}}}\n",
        mine="extends: base.yaml\n"
        "tables: {b: {parents: [a], columns: {feature_0: {categories: 2}}}, c: {rows: 9}}\n",
    )
    config = load_config(tmp_path / "mine.yaml")
    assert [parent.table for parent in config.tables["b"].parents or ()] == ["a"]
    assert set(config.tables) == {"a", "b", "c"}
    assert config.tables["b"].named_columns.keys() == {"feature_0"}
    assert config.for_key("b", "foreign_row_0", "a", 0).connectivity.levels == Fixed(1)


def test_a_preset_is_extended_by_its_name(tmp_path: Path) -> None:
    _write(
        tmp_path, mine="extends: realistic\nconnectivity: {levels: 1}\n", realistic="schema: 3\n"
    )
    config, real = load_config(tmp_path / "mine.yaml"), load_config("realistic")
    assert config.schema_ == real.schema_
    assert config.connectivity == real.connectivity.model_copy(update={"levels": Fixed(1)})
    assert parse_config({"extends": "realistic", "connectivity": {"levels": 1}}) == config


def test_a_circle_is_refused_with_its_path(tmp_path: Path) -> None:
    _write(tmp_path, a="extends: b.yaml", b="extends: [small, c.yaml]", c="extends: ./a.yaml")
    a, b, c = (tmp_path / f"{name}.yaml" for name in "abc")
    assert _refusal(a) == f"{c}: extends: must not form a circle, but does: {a} → {b} → {c} → {a}"
    _write(tmp_path, a="extends: a.yaml")
    assert _refusal(a) == f"{a}: extends: must not form a circle, but does: {a} → {a}"


@pytest.mark.parametrize(
    ("extends", "rule"),
    [
        ("realistik", "extends: realistik: is neither a preset nor a file; did you mean "
         "realistic?"),
        ("3", "extends: must be the name of a preset, the path of a config, or a list of them, "
         "got 3"),
        ("[small, 3]", "extends[1]: must be the name of a preset, the path of a config, or a list "
         "of them, got 3"),
        ("mixture", "extends: must not be a mixture, got 'mixture'"),
        ("none.yaml", "extends: {folder}/none.yaml: no such config file; `plurel config show` "
         "prints "
         "one to start from"),
    ],
)  # fmt: skip
def test_what_cannot_be_extended_is_refused(tmp_path: Path, extends: str, rule: str) -> None:
    _write(tmp_path, mine=f"extends: {extends}\n")
    mine = tmp_path / "mine.yaml"
    assert _refusal(mine) == f"{mine}: {rule.format(folder=tmp_path)}"


def test_each_problem_names_the_source_that_states_it(tmp_path: Path) -> None:
    _write(tmp_path, base="schema: {tables: 0}\n", mine="extends: base.yaml\ntime: {min_days: 1}\n")
    assert sorted(_refusal(tmp_path / "mine.yaml", "output.compression=rar").splitlines()) == [
        "--set output.compression=rar: output.compression: must be one of zstd, lz4, snappy, gzip, "
        "uncompressed, got 'rar'",
        f"{tmp_path}/base.yaml: schema.tables: must be at least 1 and at most 10000, got 0",
        f"{tmp_path}/mine.yaml: time.min_days: must be at least 2, got 1",
    ]


def test_warnings_name_the_source_too(tmp_path: Path) -> None:
    _write(tmp_path, base="schema: {tables: [3, 20]}\n", mine="extends: base.yaml\n")
    (warning,) = read_config(tmp_path / "mine.yaml").warnings
    assert warning.startswith(f"{tmp_path}/base.yaml: schema.tables: a list is a choice")


@pytest.mark.parametrize(
    ("text", "location", "value"),
    [
        ("a=1", ("a",), 1),
        ("a.b.c=x=y", ("a", "b", "c"), "x=y"),
        ("a.b={min: 1, max: 2}", ("a", "b"), {"min": 1, "max": 2}),
        ('tables."a.*".rows=5', ("tables", "a.*", "rows"), 5),
        ("tables.table_*.rows=5", ("tables", "table_*", "rows"), 5),
        ("tables.a.parents[1].form=many", ("tables", "a", "parents", 1, "form"), "many"),
        ("a=", ("a",), None),
        ("a=no", ("a",), "no"),
    ],
)
def test_a_setting_is_a_path_and_yaml(text: str, location: Any, value: Any) -> None:
    assert parse_setting(text) == (location, value)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a", "--set: must be a path and a value, got 'a'; write PATH=VALUE, as in "
         "features.scm.noise=0.2"),
        ("=3", "--set: must be a path and a value, got '=3'; write PATH=VALUE, as in "
         "features.scm.noise=0.2"),
        ("a.=3", "--set: must be a path and a value, got 'a.=3'; write PATH=VALUE, as in "
         "features.scm.noise=0.2"),
        ("a={", "--set a={: the value is not YAML: expected the node content, but found "
         "'<stream end>'"),
        ("features.scm.nois=0.2", "--set features.scm.nois=0.2: features.scm.nois: is not a known "
         "setting; did you mean "
          "noise?"),
        ("schema.tables=0", "--set schema.tables=0: schema.tables: must be at least 1 and at "
         "most "
         "10000, got 0"),
        ("schema.tables.min=2", "--set schema.tables.min=2: schema.tables.max: is missing; write "
         "{min: …, max: …}"),
        ("tables.a.parents[0].form=many", "--set tables.a.parents[0].form=many: there is no "
         "item 0 of"
         " tables.a.parents, which has no items; set the whole list"),
        ("schema.tables=0100", "--set schema.tables=0100: the value 0100 is no plain decimal "
         "number;"
         " write 100 if it is a number; write \"0100\", in quotes, if it is text"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_told_with_its_option(text: str, line: str) -> None:
    assert _refusal(None, text) == line


def test_settings_go_over_the_config_the_later_over_the_earlier() -> None:
    sets = ("schema.tables=4", "schema.tables=5", "features={scm: {noise: 2}}")
    config = read_config("realistic", sets).config
    assert config.schema_.tables == Fixed(5)
    assert config.features.scm.noise == Fixed(2.0)
    assert config.features.scm.mlp == load_config("realistic").features.scm.mlp


def test_an_item_of_a_list_can_be_set() -> None:
    sets = ("tables.follow.parents=[user, {table: user}]", "tables.follow.parents[1].form=many")
    config = read_config("social_network", sets).config
    assert [parent.form for parent in config.tables["follow"].parents or ()] == [None, "many"]
    assert "is not a map of settings there" in _refusal(
        "social_network", "tables.follow.parents=[user]", "tables.follow.parents[0].form=many"
    )


def test_settings_reach_every_config_of_a_mixture() -> None:
    mixture = load_mixture("mixture", ("schema.tables=4",))
    assert len(mixture.components) == 3
    assert {component.config.schema_.tables for component in mixture.components} == {Fixed(4)}


def test_origins_are_told_and_give_the_same_config(tmp_path: Path) -> None:
    _write(
        tmp_path,
        base="# One.\nschema:\n  tables: 3\n  rows: {entity: 5}\n",
        mine="extends: [small, base.yaml]\n\nconnectivity:\n  levels: [2, 4, 3]\n"
        "tables: {table_*: {columns: {min: 1, max: 2}}, table_0: {columns: {feature_0: {}}}}\n",
    )
    layer = layered(tmp_path / "mine.yaml", ("time.min_days=30",))
    text = with_origins(layer)
    told = {" ".join(line.split()) for line in text.splitlines()}
    assert f"tables: 3 # {tmp_path}/base.yaml:3" in told
    assert f"entity: 5 # {tmp_path}/base.yaml:4" in told
    assert f"levels: [2, 4, 3] # {tmp_path}/mine.yaml:4" in told
    assert "min_days: 30 # --set time.min_days=30" in told
    assert "max_parents: null # default" in told
    assert any(line.startswith("activity: ") and "# small:" in line for line in told)
    assert parse_config(yaml.safe_load(text)) == loaded(layer).config


def test_presets_are_named_with_what_they_are_for() -> None:
    assert presets.names() == PRESETS
    for name in presets.names():
        assert presets.preset(name).about.endswith((".", ":")), name


def test_a_slash_or_a_suffix_makes_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("small").write_text("schema: {tables: 7}")
    Path("own").write_text("schema: {tables: 8}")
    assert load_config("small") == load_config(ROOT / "configs" / "small.yaml")
    assert load_config("./small").schema_.tables == Fixed(7)
    assert load_config("own").schema_.tables == Fixed(8)
    with pytest.raises(UsageError, match="no such config file"):
        load_config("small.yaml")


def test_an_installed_package_has_its_presets(tmp_path: Path) -> None:
    """Laid out as a wheel is, by what `pyproject.toml` says of it, and asked from elsewhere."""
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    (package,) = wheel["targets"]["wheel"]["packages"]
    shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("*.pyc"))
    for source, target in wheel["targets"]["wheel"]["force-include"].items():
        shutil.copytree(ROOT / source, tmp_path / target)
    ask = (
        "import plurel_cli; from plurel_cli.config import presets, load_config;"
        "print(plurel_cli.__file__, len(presets.names()), load_config('realistic').schema_.layout)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert answer.split()[:2] == [str(tmp_path / package / "__init__.py"), str(len(PRESETS))]
    assert "shallow" in answer
