"""Settings that play no part are told of, and one setting leaves no nulls anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from plurel_cli import generate
from plurel_cli.config import parse_config, presets, read_config
from plurel_cli.config.layers import Layer, Origin, laid_over
from plurel_cli.config.load import layered
from plurel_cli.config.rules import RULES

SHOP = "schema: {layout: explicit}\ntables: {a: {}, b: {parents: [a, a]}}\n"


def _warnings(folder: Path, text: str, *sets: str) -> list[str]:
    path = folder / "c.yaml"
    path.write_text(text, encoding="utf-8")
    return [line.removeprefix(f"{path}:") for line in read_config(path, sets).warnings]


@pytest.mark.parametrize("name", sorted(set(presets.names()) - {"mixture"}))
def test_presets_state_nothing_idle(name: str) -> None:
    assert read_config(name).warnings == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("features:\n  scm:\n    missing: {rate: 0.3}", "3: features.scm.missing.rate: plays "
         "no part, "
         "as features.scm.missing.p_column is 0"),
        ("features: {scm: {missing: {p_column: 0.5}, nulls: 0.2}}", "1: features.scm.nulls: "
         "plays no "
         "part, as features.scm.missing.p_column can be above 0, and rules instead"),
        ("connectivity: {lag: 7}", "1: connectivity.lag: plays no part, as no row follows the "
         "newest "
         "parents by connectivity.following and time_order"),
        ("connectivity: {popularities: {lognormal: {sigma: 2}}}", "1: connectivity.popularities."
         "lognormal: plays no part, as connectivity.popularity cannot be lognormal"),
        ("schema: {layout: layered, layouts: {shallow: {depth: 9}}}", "1: schema.layouts.shallow: "
         "plays no part, as schema.layout cannot be shallow"),
        ("time: {arrivals: {flash_size: 9}}", "1: time.arrivals.flash_size: plays no part, as "
         "time.arrivals.flashes is 0"),
        ("features: {model: series, scm: {noise: 2}}", "1: features.scm: plays no part, as "
         "features.model is not scm"),
        ("schema: {forms: {one_to_one_share: 0.2}}", "1: schema.forms.one_to_one_share: plays "
         "no part"
         ", as no reference can be one_to_one"),
        ("schema: {nulls: false}\nconnectivity: {p_nullable: 0.5}", "2: "
         "connectivity.p_nullable: plays"
         " no part, as schema.nulls is false"),
        (f"{SHOP}connectivity: {{thread: {{root: 0.2}}}}", "3: connectivity.thread: plays no "
         "part, as "
         "no self-reference can be a thread"),
        ("schema: {layout: explicit}\ntables: {a: {}, b: {parents: [a], events: true}}", "2: "
         "tables.b."
         "events: plays no part, as no table refers to it, and events are those of an entity "
          "table"),
        ("tables:\n  table_0: {connectivity: {hub_weight: 9}}", "2: tables.table_0.connectivity."
         "hub_weight: plays no part, as connectivity.hubs is 0"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_act_is_told_with_its_line(
    tmp_path: Path, text: str, line: str
) -> None:
    assert _warnings(tmp_path, text) == [line]


@pytest.mark.parametrize(
    "text",
    [
        "connectivity: {lag: 3}",  # as by default
        "features: {scm: {budget: {floor: 0.01}}}\n"
        "tables: {table_2: {features: {scm: {budget: {p: 0.5}}}}}",
        "connectivity: {hub_weight: 9}\ntables: {table_1: {keys: {'*': {connectivity: {hubs: "
        "0.1}}}}}",
        f"{SHOP}connectivity: {{popularities: {{lognormal: {{sigma: 2}}}}}}\n".replace(
            "parents: [a, a]",
            "parents: [a, {table: a, connectivity: {popularity: lognormal}}]",
        ),
        "schema: {layout: explicit}\nconnectivity: {thread: {root: 0.2}}\n"
        "tables: {a: {parents: [a]}}",
    ],
)
def test_what_may_act_somewhere_is_not_told_of(tmp_path: Path, text: str) -> None:
    assert _warnings(tmp_path, text) == []


def test_what_a_config_extends_may_be_overruled_but_not_what_the_option_says(
    tmp_path: Path,
) -> None:
    text = "extends: realistic\nconnectivity: {popularity: even, latent: 0}\n"
    assert _warnings(tmp_path, text) == []
    (told,) = _warnings(tmp_path, text, "connectivity.hub_weight=3", "connectivity.hubs=0")
    assert told == (
        "--set connectivity.hub_weight=3: connectivity.hub_weight: plays no part, as "
        "connectivity.hubs is 0"
    )


def test_every_rule_is_of_a_setting_that_there_is() -> None:
    whole = parse_config({}).resolved()
    for rule in RULES:
        at: Any = whole
        for part in rule.place.removesuffix(".*").split("."):
            assert part in at, rule.place
            at = at[part]


def _nulls(config: dict[str, Any], seed: int) -> int:
    database = generate(parse_config(config), seed)
    return sum(
        frame[column.name].null_count()
        for table in database.schema.tables
        for frame in [database.tables[table.name]]
        for column in table.columns
    )


NULLABLE = {
    "schema": {"tables": 6, "rows": {"entity": 30, "activity": 60}, "columns": 6},
    "connectivity": {"p_nullable": 1},
    "features": {
        "scm": {"missing": {"p_column": 0.8}, "determined": {"p": 0.3}, "budget": {"p": 0.5}}
    },
}


def test_one_setting_leaves_no_nulls_anywhere() -> None:
    without = {**NULLABLE, "schema": {**NULLABLE["schema"], "nulls": False}}
    for seed in range(3):
        assert _nulls(NULLABLE, seed) > 0
        assert _nulls(without, seed) == 0
    columns = [
        column
        for table in generate(parse_config(without), 0).schema.tables
        for column in table.columns
    ]
    assert not any(column.nullable for column in columns)


def test_one_table_may_have_no_nulls() -> None:
    config = {**NULLABLE, "tables": {"table_0": {"nulls": False}}}
    database = generate(parse_config(config), 1)
    counts = {name: sum(frame.null_count().row(0)) for name, frame in database.tables.items()}
    assert counts["table_0"] == 0
    assert sum(counts.values()) > 0


def test_an_origin_goes_with_its_value() -> None:
    base = Layer(
        {"time": {"min_days": 5}}, {"time": Origin("a", 1), "time.min_days": Origin("a", 2)}
    )
    over = Layer({"time": {"min_days": 6}}, {"time.min_days": Origin("b", 9)})
    assert str(laid_over(base, over).origins["time.min_days"]) == "b:9"
    assert layered(None).origins == {}


LENS = "schema: {layout: explicit}\ntables:\n  a:\n    columns: {x: {lens: money}}\n"
LAZY = "plays no part, as columns with a lens are cut from numbers, for which the mode is lazy"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{LENS}features: {{model: scm, scm: {{mode: eager}}}}", f"5: features.scm.mode: {LAZY}"),
        (
            f"{LENS}    features: {{model: scm, scm: {{mode: eager}}}}",
            f"5: tables.a.features.scm.mode: {LAZY}",
        ),
    ],
)
def test_mode_that_a_lens_rules_out_is_told_of(tmp_path: Path, text: str, line: str) -> None:
    assert line in _warnings(tmp_path, text)


def test_mode_of_tables_without_lenses_is_not(tmp_path: Path) -> None:
    text = f"{LENS}  b: {{rows: 3}}\nfeatures: {{model: scm, scm: {{mode: eager}}}}"
    assert not [line for line in _warnings(tmp_path, text) if "scm.mode" in line]
