"""Reports of databases: what their data says, and what a browser makes of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from plurel_cli import Config, load_config
from plurel_cli.measure.databases import Asked, measure_one
from plurel_cli.page.database import database_report
from plurel_cli.page.html import MOST_BYTES, embedded, page
from plurel_cli.page.origin import origin
from plurel_cli.pipeline import run_stage, schema_to
from plurel_cli.report.describe import describe
from plurel_cli.schema.sample import sample_schema
from plurel_cli.schema.stages import STAGES, StageName
from plurel_cli.storage.document import read_schema
from tests.page.chromium import Chromium
from tests.page.conftest import CONFIG, HOSTILE

VIEWS = ("schema", "table/person", "table/visit", "causes", "statistics", "tasks", "config")

AXE = Path(__file__).with_name("axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def report(database: Path) -> dict[str, Any]:
    task = {
        "name": "person-any-visit-7d",
        "description": "Whether there is a visit.",
        "form": "any",
        "kind": "forecast",
        "task_type": "binary_classification",
        "rows": (300, 20, 30),
        "skill": {"constant": 0.5, "last_value": 0.55, "entity_mean": 0.6, "trees": 0.7},
    }
    return {**database_report(database, dependence=True), "tasks": [task]}


@pytest.fixture(scope="module")
def file(report: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("reports") / "report.html"
    target.write_text(page(report), encoding="utf-8")
    return target


def settled(browser: Chromium) -> None:
    """Wait until all charts in sight are drawn."""
    browser.until(
        "[...document.querySelectorAll('.chart')].every((place) => "
        "place.querySelector('svg') || place.getBoundingClientRect().top > innerHeight)"
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_views_draw_themselves_and_are_for_everybody(
    browser: Chromium, file: Path, view: str, theme: str
) -> None:
    browser.size(1300, 4000)
    browser.open(file, f"?theme={theme}#{view}")
    settled(browser)
    assert browser.faults == []
    assert len(browser.run("document.querySelector('main').innerText")) > 50
    browser.run(AXE)
    found = browser.run(
        "axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations"
        ".filter((v) => ['moderate', 'serious', 'critical'].includes(v.impact))"
        ".map((v) => [v.id, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200))]))"
    )
    assert found == []


def test_charts_show_what_they_are_given(browser: Chromium, file: Path) -> None:
    browser.size(1300, 4000)
    browser.open(file, "#table/visit")
    settled(browser)
    drawn = browser.run(
        "[...document.querySelectorAll('.chart')].map((place) => "
        "[place.getAttribute('aria-label'), place.querySelectorAll('path, rect').length])"
    )
    assert len(drawn) >= 10
    assert all(marks > 1 for _, marks in drawn), drawn


def test_a_phone_need_not_scroll_sideways(browser: Chromium, file: Path) -> None:
    browser.size(390, 844, mobile=True)
    for view in VIEWS:
        browser.open(file, f"#{view}")
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert browser.run(wide) <= 0, view


def test_keys_go_round_the_page(browser: Chromium, file: Path) -> None:
    browser.size(1300, 900)
    browser.open(file)
    name = browser.run(
        "(() => { const card = document.querySelector('.erd .table'); card.focus(); "
        "card.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true})); "
        "return card.dataset.name; })()"
    )
    browser.until(f"document.querySelector('main h2')?.innerText.startsWith({json.dumps(name)})")
    before = browser.run("document.querySelector('.board svg').getAttribute('viewBox')")
    browser.run(
        "document.querySelector('.board').dispatchEvent("
        "new KeyboardEvent('keydown', {key: '+', bubbles: true}))"
    )
    assert browser.run("document.querySelector('.board svg').getAttribute('viewBox')") != before


def test_picking_a_column_shows_what_it_comes_from(browser: Chromium, file: Path) -> None:
    browser.size(1300, 900)
    browser.open(file, "#causes")
    browser.run(
        "document.querySelector('[data-name=\"visit.price\"]')"
        ".dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    )
    text = browser.run("document.querySelector('.twocol .card').innerText")
    assert "person.taste" in text
    assert "person.spent" in text


def test_print_has_all_views(browser: Chromium, file: Path) -> None:
    browser.size(1300, 900)
    browser.open(file, "?all")
    assert browser.run("document.querySelectorAll('section').length") == 6
    assert browser.run("[...document.querySelectorAll('.chart')].every((p) => p.firstChild)")
    assert browser.faults == []


# Nothing becomes markup.


def hostile(data: Any) -> Any:
    """A report in which every text that is a name, label or sentence wants to be markup."""
    structural = ("kind", "role", "chart", "first", "last", "edges", "marks", "task_type")
    if isinstance(data, dict):
        return {key: value if key in structural else hostile(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [hostile(value) for value in data]
    return data + HOSTILE if isinstance(data, str) else data


def test_no_text_becomes_markup(browser: Chromium, report: dict[str, Any], tmp_path: Path) -> None:
    text = page({**hostile(report), "kind": "database"})
    (tmp_path / "report.html").write_text(text, encoding="utf-8")
    for view in ("schema", "table/person", "causes", "statistics", "tasks", "config", "all"):
        browser.size(1300, 6000)
        after = "?all" if view == "all" else f"#{view}"
        browser.open(tmp_path / "report.html", after)
        assert browser.faults == []
        assert browser.run("document.querySelectorAll('img, main script').length") == 0
        assert "onerror" in browser.run("document.body.innerText")
        assert browser.run("typeof hacked") == "undefined"
        shown = browser.run("document.body.innerText + document.title")
        assert not re.search("[\u202e\u2028\x1b]", shown)


def test_data_is_plain_ascii_without_markup() -> None:
    text = embedded({"a": [HOSTILE, "\ud800"], "b": [float("nan"), -float("inf")]})
    assert text.isascii()
    assert not re.search("[<>&]", text)
    assert json.loads(text) == {"a": [HOSTILE, "\ud800"], "b": [None, None]}


def test_much_data_is_compressed(browser: Chromium, report: dict[str, Any], tmp_path: Path) -> None:
    tables = [
        {**table, "name": f"{table['name']}_{i}"} for i in range(150) for table in report["tables"]
    ]
    text = page({**report, "tables": tables, "keys": [], "causes": None, "dependence": []})
    assert len(text.encode()) < MOST_BYTES
    (tmp_path / "report.html").write_text(text, encoding="utf-8")
    browser.open(tmp_path / "report.html")
    assert browser.faults == []
    assert browser.run("document.querySelectorAll('.erd .table').length") == 450


# Its numbers are those of the rows.


def test_numbers_are_those_of_describe_measure_and_queries(
    database: Path, report: dict[str, Any]
) -> None:
    checked = 0
    described = describe(database).as_dict()
    for key, other in zip(report["keys"], described["foreign_keys"], strict=True):
        fan_out = other["fan_out"]
        assert (key["child"], key["column"]) == (other["child"], other["column"])
        assert key["mean"] == pytest.approx(fan_out["mean"], abs=1e-12)
        assert key["median"] == fan_out["median"]
        assert key["most"] == fan_out["max"]
        assert key["childless"] == pytest.approx(fan_out["childless_share"], abs=1e-12)
        assert key["null_share"] == pytest.approx(fan_out["null_share"], abs=1e-12)
        checked += 5
    for table, other in zip(report["tables"], described["tables"], strict=True):
        assert (table["name"], table["rows"]) == (other["name"], other["rows"])
        frame = pl.read_parquet(database / f"{table['name']}.parquet")
        for column in table["columns"]:
            if column["role"] == "hidden":
                continue
            values = frame[column["name"]]
            assert column["nulls"] == values.null_count()
            assert column["distinct"] == values.drop_nulls().n_unique()
            checked += 3
            if column["mean"] is not None:
                assert column["mean"] == pytest.approx(values.cast(pl.Float64).mean(), rel=1e-12)
                assert (column["low"], column["high"]) == (values.min(), values.max())
                checked += 3
    measured = measure_one(database, Asked("realism", apart=False)).measured.values
    for one in report["measure"]["judged"]:
        assert one["value"] == measured[one["name"]]
        checked += 1
    assert checked >= 50


def test_what_can_be_learned_is_what_statistics_are_taken_of(
    database: Path, report: dict[str, Any]
) -> None:
    measured = measure_one(database, Asked("dependence", apart=False)).measured.values
    grids = {chart["table"]: chart["grid"] for chart in report["learned"]}
    assert {table: grid["x"] for table, grid in grids.items()} == {
        "person": ["own row", "children"],
        "visit": ["own row", "parents", "history"],
    }
    own = [row[0] for grid in grids.values() for row in grid["values"]]
    parents = [row[1] for row in grids["visit"]["values"]]
    assert measured["own_r2"] == pytest.approx(float(np.median(own)), abs=1e-6)
    assert measured["own_noise"] == pytest.approx(np.mean([skill < 0.05 for skill in own]))
    assert max(parents) > 0.05  # the price, by the taste of the person


def test_splits_are_those_of_the_window(database: Path, report: dict[str, Any]) -> None:
    window = read_schema(database).window
    assert window is not None
    visits = next(table for table in report["tables"] if table["name"] == "visit")
    times = pl.read_parquet(database / "visit.parquet")[visits["time_column"]].dt.date()
    val, test = window.val_timestamp, window.test_timestamp
    train, between, after = visits["splits"]
    assert train == (times < val).sum()
    assert after == (times >= test).sum()
    assert train + between + after == times.len()


@pytest.mark.parametrize("stage", ["schema", "fk", "temporal"])
def test_early_stages_have_a_shorter_report(
    browser: Chromium, tmp_path: Path, stage: StageName
) -> None:
    schema_to(tmp_path / "db", CONFIG, seed=3)
    for one in STAGES[1 : STAGES.index(stage) + 1]:
        run_stage(one, tmp_path / "db")
    (tmp_path / "report.html").write_text(page(database_report(tmp_path / "db")), encoding="utf-8")
    browser.size(1300, 3000)
    for view in ("schema", "table/visit", "statistics"):
        browser.open(tmp_path / "report.html", f"#{view}")
        settled(browser)
        assert browser.faults == []
    assert "finished databases" in browser.run("document.body.innerText")


def test_settings_are_told_from_the_preset_that_they_are_nearest_to() -> None:
    def settings(config: Config) -> dict[str, Any]:
        return origin(sample_schema(config, 1))

    changed = load_config("realistic").model_dump(mode="json", by_alias=True)
    changed["schema"]["nulls"] = False
    near = settings(Config.model_validate(changed))
    assert near["preset"] == "realistic"
    assert near["beyond"] == "schema: {nulls: false}\n"
    assert "preset" not in settings(CONFIG)
    hard = load_config("hard")
    assert settings(hard.with_sources(None))["beyond"] == "{}\n"
    assert "beyond" not in settings(hard)
    assert settings(hard)["again"] == "plurel generate --config hard --seed 1 --out DIR"
    assert [one["name"] for one in settings(hard)["sources"]] == [
        "hard",
        "realistic",
        "realistic_plain",
    ]
