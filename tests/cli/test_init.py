"""`plurel init`: from a schema to a config, and what it says on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
import yaml

from plurel_cli import load
from plurel_cli.cli.init import _asked
from plurel_cli.intake.sources.starters import starters
from tests.cli.conftest import Run

SHOP = """CREATE TABLE kind (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL);
CREATE TABLE item (id INT PRIMARY KEY, kind_id INT NOT NULL REFERENCES kind (id), price DECIMAL(8, 2) CHECK (price >= 0));
"""  # noqa: E501 (a statement in one line)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.sql"
    path.write_text(SHOP)
    return path


def test_two_commands_make_a_database(run: Run, shop: Path, tmp_path: Path) -> None:
    config, out = tmp_path / "shop.yaml", tmp_path / "shop"
    assert run("init", shop, "--out", config) == (0, "", "")
    assert run("config", "check", config) == (0, "", "")
    assert run("generate", "--config", config, "--seed", "1", "--out", out).code == 0
    item = load(out).tables["item"]
    assert item.columns == ["id", "kind_id", "price"]
    assert (item["price"].drop_nulls() >= 0).all()


def test_it_is_printed_where_no_file_is_named(run: Run, shop: Path) -> None:
    code, out, err = run("init", shop, "--scale", "0.1")
    assert (code, err) == (0, "")
    assert yaml.safe_load(out)["tables"]["item"]["rows"] == 100
    assert "# DECIMAL(8, 2)" in out


def test_what_cannot_be_held_is_refused_by_name(run: Run, shop: Path, tmp_path: Path) -> None:
    with shop.open("a") as file:
        file.write("CREATE TABLE odd (x INT, CHECK (x <> random()));\n")
    config = tmp_path / "shop.yaml"
    code, out, err = run("init", shop, "--out", config)
    assert (code, out) == (2, "")
    first, last = err.splitlines()
    assert first == f"error: {shop}: line 3: a condition of odd is not held: x <> random()"
    assert last == (
        f"error: {shop}: demands what rows might break, once; say --anyway to make the config "
        "nevertheless"
    )
    assert not config.exists()
    code, _, err = run("init", shop, "--out", config, "--anyway")
    assert code == 0
    assert err == f"note: {shop}: line 3: a condition of odd is not held: x <> random()\n"
    assert "#   line 3: a condition of odd is not held: x <> random()" in config.read_text()


def test_a_file_is_replaced_where_asked_for(run: Run, shop: Path, tmp_path: Path) -> None:
    config = tmp_path / "shop.yaml"
    config.write_text("mine")
    code, _, err = run("init", shop, "--out", config)
    assert code == 2
    assert err == f"error: {config}: exists already; choose another --out, or say --force\n"
    assert config.read_text() == "mine"
    assert run("init", shop, "--out", config, "--force") == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "error: SOURCE: must be given; or say --preset shop, or --explain\n"),
        (("x.sql", "--dialect", "basic"), "error: --dialect: must be one of postgres, "),
        (
            ("x.sql", "--scale", "0"),
            "error: --scale: must be above 0, and at most a million, got 0",
        ),
        (("x.sql",), "error: x.sql: cannot be read; no such file or directory\n"),
    ],
)
def test_what_cannot_be_used_is_told(run: Run, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = run("init", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(message)


def test_rules_are_listed(run: Run) -> None:
    code, out, err = run("init", "--explain")
    assert (code, err) == (0, "")
    assert out.startswith("lens: title")
    assert "\nlens: email" in out
    assert len(out.splitlines()) > 50


def test_a_preset_stands_for_a_source(run: Run) -> None:
    config = yaml.safe_load(run("init", "--preset", "bank", "--scale", "2").out)
    assert config["tables"]["loan"]["rows"] == 3000
    for words in (["--preset", "bank", "x.sql"], ["--preset", "bank", "--like"]):
        refused = run("init", *words)
        assert (refused.code, refused.err.count("\n")) == (2, 1)
    words = " ".join(run("init", "--help").out.split())
    assert all(name in words for name in starters())


def test_without_one_a_terminal_is_asked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "say --preset shop" in run("init").err
    answers = iter(["bnk", "bank", 0.5, str(tmp_path / "x.yaml")])
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: next(answers))
    assert _asked(1.0, None) == ("bank", 0.5, str(tmp_path / "x.yaml"))
