"""Reports of corpora: what their data says, and what a browser makes of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from plurel_cli import generate_corpus
from plurel_cli.corpus.select import select
from plurel_cli.page.corpus import _spread, corpus_report
from plurel_cli.page.html import page
from plurel_cli.storage.document import read_schema
from tests.cli.runs import at_once
from tests.corpus.samples import tiny_config
from tests.page.chromium import Chromium
from tests.page.test_database import AXE, hostile, settled

VIEWS = ("overview", "databases", "statistics", "failures")
N = 4


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpora") / "corpus"
    generate_corpus(folder, tiny_config(), range(N), jobs=1)
    return folder


@pytest.fixture(scope="module")
def report(corpus: Path) -> dict[str, Any]:
    return corpus_report(corpus, href=lambda name: f"corpus/{name}.html")


@pytest.fixture(scope="module")
def file(report: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("reports") / "corpus.html"
    target.write_text(page(report), encoding="utf-8")
    return target


def test_data_is_that_of_schemas(corpus: Path, report: dict[str, Any]) -> None:
    assert len(report["databases"]) == N
    for one in report["databases"]:
        schema = read_schema(corpus / one["name"])
        assert one["tables"] == len(schema.tables) == len(one["kinds"])
        assert one["rows"] == sum(table.rows for table in schema.tables)
        assert len(one["edges"]) == one["foreign_keys"]
    sizes = [chart for chart in report["spread"] if chart["about"] in ("tables", "rows")]
    for chart in sizes:
        rows = chart["columns"]["rows"]
        assert sum(n for n in rows if n is not None) == N
        assert chart["columns"]["of"][-1] == "real"


@pytest.mark.parametrize("view", VIEWS)
def test_views_draw_themselves_and_are_for_everybody(
    browser: Chromium, file: Path, view: str
) -> None:
    browser.size(1300, 4000)
    browser.open(file, f"#{view}")
    settled(browser)
    assert browser.faults == []
    browser.run(AXE)
    found = browser.run(
        "axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations"
        ".filter((v) => ['moderate', 'serious', 'critical'].includes(v.impact))"
        ".map((v) => [v.id, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200))]))"
    )
    assert found == []
    browser.size(390, 844, mobile=True)
    browser.open(file, f"#{view}")
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert browser.run(wide) <= 0


def test_filters_choose_databases(browser: Chromium, file: Path, report: dict[str, Any]) -> None:
    browser.size(1300, 2000)
    browser.open(file, "#databases")
    rows = sorted(one["rows"] for one in report["databases"])
    browser.run(
        "(() => { const box = document.querySelector('[name=\"at least rows\"]'); "
        f"box.value = {rows[1]}; box.dispatchEvent(new Event('input')); }})()"
    )
    assert browser.run("document.querySelectorAll('.thumb').length") == N - 1
    addresses = browser.run(
        "[...document.querySelectorAll('.thumb')].map((a) => a.getAttribute('href'))"
    )
    assert all(address.startswith("corpus/db-") for address in addresses)
    browser.until("document.querySelector('.thumb svg rect')")
    boxes = browser.run("document.querySelector('.thumb svg').querySelectorAll('rect').length")
    assert boxes in {one["tables"] for one in report["databases"]}


def test_no_text_becomes_markup(browser: Chromium, report: dict[str, Any], tmp_path: Path) -> None:
    data = {**hostile(report), "kind": "corpus"}
    for one in data["databases"]:
        one["kinds"] = ["entity"] * len(one["kinds"])
    (tmp_path / "report.html").write_text(page(data), encoding="utf-8")
    browser.size(1300, 4000)
    for view in VIEWS:
        browser.open(tmp_path / "report.html", f"#{view}")
        assert browser.faults == []
        assert browser.run("document.querySelectorAll('img, main script').length") == 0
        assert browser.run("typeof hacked") == "undefined"


def test_what_was_removed_is_no_failure(corpus: Path, tmp_path: Path) -> None:
    shutil.copytree(corpus, tmp_path / "corpus")
    select(tmp_path / "corpus", "seed = 1").remove()
    data = corpus_report(tmp_path / "corpus", measured=False)
    assert [one["seed"] for one in data["databases"]] == [0, 2, 3]
    assert data["failed"] == []


def test_the_command_writes_a_page_of_each(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "all.html"
    result = at_once("report", corpus, "--out", out, "--each", "--no-measure")
    assert (result.code, result.out, result.err) == (0, "", "")
    assert len(list((tmp_path / "all-databases").glob("db-*.html"))) == N
    assert out.stat().st_size < 2e6
    again = at_once("report", corpus, "--out", out, "--no-measure")
    assert again.code == 0  # a report is replaced
    out.write_text("mine")
    assert at_once("report", corpus, "--out", out, "--no-measure").is_refusal("--force")
    assert out.read_text() == "mine"
    assert at_once("report", corpus / "db-000000", "--each").is_refusal("--each")


def test_print_has_all_pictures(browser: Chromium, file: Path) -> None:
    browser.size(1300, 900)
    browser.open(file, "?all")
    pictures = "[...document.querySelectorAll('.thumb svg')]"
    assert browser.run(f"{pictures}.length") == N
    assert browser.run(f"{pictures}.every((one) => one.querySelector('rect'))")
    outside = browser.run(
        f"{pictures}.flatMap((one) => [...one.children].filter((part) => {{"
        "const box = part.getBBox(), view = one.viewBox.baseVal;"
        "return box.y < view.y || box.y + box.height > view.y + view.height; })).length"
    )
    assert outside == 0


def test_sizes_of_several_powers_of_ten_are_drawn_on_a_log_scale() -> None:
    (chart,) = _spread("rows", [400.0, 900.0, 7000.0, 800.0], (50_000.0, 180_000.0), are_whole=True)
    assert chart.name == "spread_log"
    assert isinstance(chart.columns, dict)
    here = [n for n in chart.columns["rows"] if isinstance(n, int)]
    assert sum(here) == 4
    assert min(low for low in chart.columns["low"] if isinstance(low, float)) > 0
    (chart,) = _spread("tables", [3.0, 5.0, 9.0], None, are_whole=True)
    assert chart.name == "spread"
