from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from plurel_cli import generate_to, load, parse_config
from plurel_cli.report.describe import describe
from plurel_cli.report.text import render
from plurel_cli.schema.model import STAGES, StageName
from tests.cli.conftest import Run
from tests.storage.samples import LAYOUTS, small_config, write_database


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return write_database(tmp_path / "db", small_config())


def _json(run: Run, folder: Path) -> dict[str, Any]:
    code, out, err = run("describe", folder, "--json")
    assert (code, err) == (0, "")
    data: dict[str, Any] = json.loads(out)
    return data


def test_json_keys(run: Run, database: Path) -> None:
    """What scripts rely on."""
    its = _json(run, database)
    assert its.keys() >= {
        *("folder", "seed", "stages", "made_by", "rows", "bytes", "window", "graph", "tables"),
        *("foreign_keys", "notes"),
    }
    assert its["graph"].keys() >= {
        *("layout", "tables", "foreign_keys", "sources", "sinks", "longest_path"),
        *("multipath_pairs", "most_foreign_keys"),
    }
    assert its["window"].keys() == {"start", "end", "val_timestamp", "test_timestamp"}
    assert its["tables"][0].keys() >= {
        *("name", "kind", "rows", "primary_key", "time_column", "foreign_keys", "numerical"),
        "categorical",
    }
    assert its["foreign_keys"][0].keys() == {
        *("child", "column", "parent", "fan_out", "blocks", "form", "habits")
    }
    assert its["foreign_keys"][0]["fan_out"].keys() == {
        *("mean", "median", "max", "childless_share", "null_share")
    }


def test_json_values(run: Run, database: Path) -> None:
    its = _json(run, database)
    assert (its["folder"], its["seed"], its["rows"]) == (str(database), 1, 170)
    assert its["stages"] == list(STAGES)
    assert its["made_by"].startswith("plurel ")
    assert its["bytes"] == sum(p.stat().st_size for p in database.rglob("*") if p.is_file())
    assert its["graph"] == {
        "layout": "explicit",
        "tables": 3,
        "foreign_keys": 4,
        "sources": 1,
        "sinks": 1,
        "longest_path": 2,
        "multipath_pairs": 1,
        "most_foreign_keys": 3,
    }
    tables = {table["name"]: table for table in its["tables"]}
    assert {name: table["kind"] for name, table in tables.items()} == {
        "users": "entity",
        "posts": "entity",
        "likes": "activity",
    }
    assert tables["likes"]["time_column"] == "date"
    assert tables["users"]["time_column"] is None
    assert all(table["numerical"] + table["categorical"] == 4 for table in its["tables"])
    window = load(database).schema.window
    assert window is not None
    assert its["window"]["val_timestamp"] == window.val_timestamp.isoformat()


def test_fan_out_is_counted(run: Run, database: Path) -> None:
    its = {(key["child"], key["column"]): key for key in _json(run, database)["foreign_keys"]}
    frames = load(database).tables
    for (child, column), key in its.items():
        children = [0] * frames[key["parent"]].height
        for parent in frames[child][column]:
            children[parent] += 1
        ordered, n = sorted(children), len(children)
        assert key["fan_out"] == {
            "mean": pytest.approx(sum(children) / n),
            "median": (ordered[(n - 1) // 2] + ordered[n // 2]) / 2,
            "max": ordered[-1],
            "childless_share": pytest.approx(children.count(0) / n),
            "null_share": 0,
        }


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_can_be_described(
    run: Run, tmp_path: Path, layout: str, stage: StageName
) -> None:
    folder = write_database(tmp_path / "db", small_config(layout), stage)
    its = _json(run, folder)
    n_done = STAGES.index(stage) + 1
    assert its["stages"] == list(STAGES[:n_done])
    assert (its["window"] is None) == ("temporal" not in its["stages"])
    assert all((key["fan_out"] is None) == (n_done == 1) for key in its["foreign_keys"])
    code, out, err = run("describe", folder)
    assert (code, err) == (0, "")
    assert f"stages done: {', '.join(STAGES[:n_done])}" in out


def test_text(run: Run, database: Path) -> None:
    code, out, err = run("describe", database)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith(f"{database}: seed 1, stages done: schema, fk")
    assert "3 tables, 4 foreign keys, 170 rows, " in lines[1]
    assert "explicit: 1 sources, 1 sinks, longest path 2, 1 pairs with several paths" in lines[2]
    window = load(database).schema.window
    assert window is not None
    assert f"{window.start} to {window.end}, validation from {window.val_timestamp}" in lines[3]
    rows = {words[0]: words for line in lines if (words := line.split())}
    assert rows["likes"][1:4] == ["activity", "90", "3"]
    assert rows["likes"][-1] == "date"
    assert {"posts.foreign_row_0", "likes.foreign_row_0", "likes.foreign_row_2"} <= rows.keys()
    assert rows["likes.foreign_row_1"][1] == "posts"
    assert "\x1b" not in out
    assert all(len(line) <= 120 and line == line.rstrip() for line in lines)


def test_many_keys_are_noted(run: Run, tmp_path: Path) -> None:
    for n_keys, n_notes in [(5, 0), (6, 1)]:
        tables = {"a": {"rows": 5}, "b": {"rows": 9, "parents": ["a"] * n_keys}}
        config = {"schema": {"layout": "explicit"}, "tables": tables, "features": {"model": "none"}}
        folder = write_database(tmp_path / str(n_keys), parse_config(config), "fk")
        notes = _json(run, folder)["notes"]
        assert len(notes) == n_notes
        assert all("has 6 foreign keys; the Relational Transformer" in note for note in notes)


def test_names_are_not_taken_for_markup(run: Run, tmp_path: Path) -> None:
    folder = write_database(tmp_path / "[bold]db[", small_config())
    assert run("describe", folder).out.startswith(f"{folder}: ")


def test_tables_fit_a_narrow_terminal(database: Path) -> None:
    for width in (70, 120):
        lines = render(describe(database), width).splitlines()
        tables = lines[lines.index("") :]
        assert len(tables) > 10
        assert all(len(line) <= width for line in tables)


def test_habits_and_arrivals_are_told(run: Run, tmp_path: Path) -> None:
    config = parse_config(
        {
            "schema": {"layout": "explicit", "columns": 1},
            "tables": {
                "a": {"rows": 30, "timed": True},
                "b": {"rows": 20, "parents": [{"table": "a", "form": "one_to_one"}]},
                "c": {"rows": 90, "parents": ["a", "e", "c"], "junction": True},
                "e": {"rows": 40},
                "d": {"rows": 9, "parents": [{"table": "d", "form": "levels"}]},
            },
            "connectivity": {
                "run": 0.25,
                "popularity": "power_law",
                "p_nullable": 1,
                "null_rate": 0.5,
                "popularities": {"power_law": {"alpha": 2}},
                "time_order": True,
            },
            "time": {"arrivals": {"spacing": "poisson", "granularity": "day", "profile": "shop"}},
            "features": {"model": "none"},
        }
    )
    generate_to(tmp_path / "db", config, 1)
    out = run("describe", str(tmp_path / "db")).out
    habits = "popularity power_law, alpha 2, run 0.25, null rate 0.5, time order"
    for line in (
        "  b.foreign_row_0: one-to-one",
        f"  c.foreign_row_0: {habits}",
        "  c: foreign_row_0 and foreign_row_1 unique together",
        "  a: spacing poisson, granularity day",
    ):
        assert line in out.splitlines(), out
    assert "profile of a shop" in out
    assert "thread, root " in out
    assert "levels, depth " in out
    assert "null" in next(line for line in out.splitlines() if "childless" in line)
    its = _json(run, tmp_path / "db")
    key = next(k for k in its["foreign_keys"] if (k["child"], k["parent"]) == ("c", "a"))
    assert key["habits"]["parameters"] == {"alpha": 2}
    assert key["fan_out"]["null_share"] > 0
    assert its["window"]["profile"] == "shop"
