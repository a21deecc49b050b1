from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rich.cells import cell_len

from plurel_cli import generate_to, load, load_config, parse_config
from plurel_cli.report.describe import describe
from plurel_cli.report.text import render
from plurel_cli.schema.stages import STAGES, StageName
from tests.cli.conftest import Run
from tests.storage.samples import LAYOUTS, small_config, write_database


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return write_database(tmp_path / "db", small_config())


def _json(run: Run, folder: Path, *options: str) -> dict[str, Any]:
    code, out, err = run("describe", folder, "--json", *options)
    assert (code, err) == (0, "")
    data: dict[str, Any] = json.loads(out)
    return data


def test_json_keys(run: Run, database: Path) -> None:
    """What scripts rely on."""
    its = _json(run, database)
    assert its.keys() >= {
        *("folder", "seed", "stages", "made_by", "rows", "bytes", "window", "graph", "tables"),
        *("foreign_keys", "training", "notes"),
    }
    assert its["training"] is None
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
    assert "explicit: 1 source, 1 sink, longest path 2, 1 pair with several paths" in lines[2]
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


# What the Relational Transformer's pretraining makes of it.


def _trainable(folder: Path, categorical_as: str = "integer") -> Path:
    config = {
        "schema": {"layout": "explicit", "columns": 4, "p_categorical": 0.5},
        "tables": {"users": {"rows": 90}, "posts": {"rows": 400, "parents": ["users"]}},
        "features": {"categorical_as": categorical_as, "scm": {"mode": "lazy"}},
        "output": {"layout": "relbench"},
    }
    return write_database(folder, parse_config(config), seed=3)


def _rescored(folder: Path, **changes: dict[str, Any]) -> None:
    """Change the scores of some columns of posts."""
    path = folder / "scores.json"
    data = json.loads(path.read_text())
    for column, fields in changes.items():
        data["posts"][column] |= fields
    path.write_text(json.dumps(data))


def test_share_of_columns_that_are_predicted(run: Run, tmp_path: Path) -> None:
    folder = _trainable(tmp_path / "db")
    nothing = {"is_source_node": False, "n_unique": 5, "std": 1.0}
    for table in ("users", "posts"):
        scores = json.loads((folder / "scores.json").read_text())
        scores[table] = {name: its | nothing for name, its in scores[table].items()}
        (folder / "scores.json").write_text(json.dumps(scores))
    its = _json(run, folder)["training"]
    assert its == {
        "columns": 8,
        "targets": 8,
        "kept": 8,
        "share": 1.0,
        "unsplit": 0,
        "left_out": {"source": 0, "constant": 0, "majority": 0, "std": 0},
    }
    text = "8 of 8 columns pass the Relational Transformer's rule (100.0%)"
    assert f"  tasks   {text}\n\n" in run("describe", folder).out
    _rescored(
        folder,
        feature_0={"is_source_node": True, "n_unique": 1, "std": 0.0},  # the first reason counts
        feature_1={"n_unique": 1, "std": 0.0},
        feature_2={"std": 0.99e-4},
        feature_3={"std": 1e-4, "majority_frac": 1.0},
    )
    its = _json(run, folder)["training"]
    assert (its["kept"], its["share"]) == (5, 5 / 8)
    assert its["left_out"] == {"source": 1, "constant": 1, "majority": 0, "std": 1}
    lines = run("describe", folder).out.splitlines()
    assert lines[4] == "  tasks   5 of 8 columns pass the Relational Transformer's rule (62.5%)"
    assert lines[5] == (
        "          left out: 1 that nothing tells, 1 of one value, 1 whose values hardly differ"
    )


def test_labels_are_told_apart(run: Run, tmp_path: Path) -> None:
    folder = _trainable(tmp_path / "db", "label")
    n_labels = sum(c.type == "string" for t in load(folder).schema.tables for c in t.features)
    assert 0 < n_labels < 8
    its = _json(run, folder)["training"]
    assert (its["columns"], its["targets"]) == (8, 8 - n_labels)
    text = f"          labels, which it reads but does not predict: {n_labels}\n"
    assert text in run("describe", folder).out


def test_one_sided_booleans_are_left_out(run: Run, tmp_path: Path) -> None:
    folder = _trainable(tmp_path / "db", "boolean")
    columns = [c.name for c in load(folder).schema.by_name["posts"].features if c.type == "boolean"]
    sound = {"is_source_node": False, "n_unique": 2, "std": 0.0}
    for majority, n_out in [(0.99, 0), (0.9901, len(columns))]:
        _rescored(folder, **{name: sound | {"majority_frac": majority} for name in columns})
        assert _json(run, folder)["training"]["left_out"]["majority"] == n_out
    assert columns


def test_a_database_without_feature_columns_has_no_tasks(run: Run, tmp_path: Path) -> None:
    folder = write_database(tmp_path / "db", small_config("relbench", model="none"))
    its = _json(run, folder)["training"]
    assert (its["columns"], its["targets"], its["share"]) == (0, 0, 0.0)
    assert run("describe", folder).code == 0


@pytest.mark.parametrize("text", [None, "{", "{}"])
def test_broken_scores_are_one_line(run: Run, tmp_path: Path, text: str | None) -> None:
    folder = _trainable(tmp_path / "db")
    path = folder / "scores.json"
    path.unlink() if text is None else path.write_text(text)
    code, _, err = run("describe", folder)
    if text == "{}":  # what has no score is kept
        assert code == 0
    else:
        assert code == 2
        assert err.startswith(f"error: {path}: ")
        assert err.count("\n") == 1


def test_names_are_not_taken_for_markup(run: Run, tmp_path: Path) -> None:
    folder = write_database(tmp_path / "[bold]db[", small_config())
    assert run("describe", folder).out.startswith(f"{folder}: ")


def test_tables_fit_a_narrow_terminal(database: Path) -> None:
    for width in (90, 120):
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


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Orders whose amount hangs on what no column says."""
    folder = tmp_path_factory.mktemp("shop") / "db"
    columns = {
        "amount": {
            "lens": "money",
            "lognormal": {"median": 40, "sigma": 0.8},
            "causes": {"customer_id.appetite": 0.5, "customer_id.plan": 0.2},
            "noise": 0.3,
        },
        "tax": {"lens": "formula", "of": "amount * 0.19", "digits": 2},
        "shipped_at": {"lens": "timestamp", "after": "time", "tells_future": True, "nulls": 0.1},
        "gift": {"lens": "flag", "true": 0.1},
        "note": {"lens": "text", "templates": ["An order of {amount}."]},
    }
    plan = {"lens": "category", "values": {"free": 6, "pro": 3, "team": 1}}
    customer = {
        "plan": plan,
        "appetite": {"hidden": True},
        "patience": {"hidden": True, "causes": {"appetite": -0.4}, "noise": 0.6},
    }
    raw = {
        "schema": {"layout": "explicit", "columns": 0},
        "features": {"model": "scm"},
        "tables": {
            "customer": {"rows": 50, "timed": False, "columns": customer},
            "order": {"rows": 300, "parents": ["customer"], "columns": columns, "others": 0},
        },
    }
    generate_to(folder, parse_config(raw), 1)
    return folder


def test_columns_are_counted_by_what_they_hold(run: Run, shop: Path) -> None:
    _, order = _json(run, shop)["tables"]
    counts = {name: order[name] for name in ("numerical", "categorical", "flags", "dates", "texts")}
    assert counts == {"numerical": 2, "categorical": 0, "flags": 1, "dates": 1, "texts": 1}
    assert order["tells_future"] == ["shipped_at"]
    out = run("describe", shop).out
    assert "  order: shipped_at\n" in out
    assert "  customer: appetite, patience\n" in out
    head = next(line for line in out.splitlines() if "numerical" in line)
    assert head.split()[-4:] == ["flags", "dates", "texts", "time"]


def test_columns_of_one_table(run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    out = run("describe", shop, "order").out
    lines = {line.split()[0]: " ".join(line.split()) for line in out.splitlines() if line.split()}
    assert lines["amount"].startswith("amount float64 money 3")
    assert lines["amount"].endswith("lognormal median 40 sigma 0.8")
    assert lines["shipped_at"].startswith("shipped_at datetime[ns] timestamp 10% 270 ")
    assert "null 0.1 of all;" in lines["shipped_at"]
    assert "tells the future" in " ".join(out.split())
    assert lines["customer_id"] == "customer_id int64 foreign key 50 of customer"
    hidden = json.loads(run("describe", shop, "customer.appetite", "--json").out)
    assert [(one["name"], one["what"], one["type"]) for one in hidden] == [
        ("appetite", "hidden", None)
    ]
    for place, rule in (("orders", "TABLE: must be one of"), ("order.x", "must be of order: ")):
        for more in ((), ("--causal",)):
            code, out, err = run("describe", shop, place, *more)
            assert (code, out) == (2, "")
            assert rule in err


def test_causes_have_their_names(run: Run, shop: Path) -> None:
    lines = run("describe", "--causal", shop, "order.tax").out.splitlines()
    assert lines == [
        "order.tax  formula; = amount * 0.19",
        "└─ amount",
        "   ├─  50%  customer_id.appetite",
        "   │  └─ 100%  noise",
        "   ├─  30%  noise",
        "   └─  20%  customer_id.plan",
        *[f"      {line}" for line in _below(run, shop, "customer.plan")],
    ]
    text = run("describe", "--causal", shop).out
    assert "  note  text\n  └─ amount\n" in text
    notes = "null: 10% at random; from created_at; tells the future"
    assert f"  shipped_at  timestamp; {notes}\n" in text
    assert "  ├─  60%  noise\n  └─  40%  less with appetite\n" in text
    assert not any("node" in line.split("nodes")[-1] for line in text.splitlines())


def _below(run: Run, folder: Path, place: str) -> list[str]:
    return run("describe", "--causal", folder, place).out.splitlines()[1:]


def test_shares_of_causes_are_those_of_the_budget(run: Run, shop: Path) -> None:
    for told in json.loads(run("describe", "--causal", shop, "--json").out):
        nodes = load(shop).schema.by_name[told["table"]].causal.nodes
        budgets = {node.column or node.name: node.budget for node in nodes}
        for column in told["columns"]:
            shares = [branch["share"] for branch in column["branches"]]
            budget = budgets.get(column["column"])
            assert shares == sorted(shares, key=lambda share: -(share or 0))
            if budget is not None:
                assert sorted(shares) == sorted(share.share for share in budget)


def test_figures_are_those_of_the_tables(run: Run, shop: Path) -> None:
    frames = load(shop).tables
    for table in _json(run, shop)["tables"]:
        frame = frames[table["name"]]
        figures = {column["name"]: column["figures"] for column in table["columns"]}
        assert [name for name, each in figures.items() if each] == frame.columns
        for name, each in figures.items():
            if each is not None:
                assert each["nulls"] == frame[name].null_count()
                assert each["distinct"] == frame[name].drop_nulls().n_unique()
        assert json.loads(run("describe", shop, table["name"], "--json").out) == table["columns"]


def test_columns_are_left_out_of_a_brief_description(run: Run, shop: Path) -> None:
    out = run("describe", shop).out
    brief = run("describe", shop, "--brief").out
    assert out.startswith(brief)
    assert "customer: 50 rows" in out.removeprefix(brief).splitlines()
    assert all(table["columns"] == [] for table in _json(run, shop, "--brief")["tables"])


def test_names_are_never_cut(run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On any terminal: where it is narrow, a column takes a few lines."""
    names = {c.name for t in load(shop).schema.tables for c in (*t.columns, *t.hidden)}
    for width in (40, 60, 100, 200):
        monkeypatch.setenv("COLUMNS", str(width))
        for place in ("customer", "order"):
            out = run("describe", shop, place).out
            assert all(len(line) <= width for line in out.splitlines())
            assert {word for word in out.split() if word in names} >= {
                column.name for column in load(shop).schema.by_name[place].columns
            }
        assert names <= set(re.split(r"[\s,;]+", run("describe", shop).out))


def test_no_line_is_wider_than_a_terminal(tmp_path: Path) -> None:
    """By the cells of a terminal; but for words that are, as names of 63 letters."""
    name = "customers_of_the_eastern_branch_and_of_its_partners_abroad_12"
    labels = {"大阪府のとても長いラベルがここにあります": 1, "東京": 3, "😀 family": 1, "نعم": 2}
    columns = {"kind": {"lens": "category", "values": labels}, "who": {"lens": "person_name"}}
    tables = {
        name: {"rows": 9, "columns": columns},
        "b": {"rows": 20, "parents": [name], "columns": columns},
    }
    generate_to(tmp_path / "顧客 😀 db", {"schema": {"layout": "explicit"}, "tables": tables}, 1)
    description = describe(tmp_path / "顧客 😀 db")
    for width in (30, 44, 60, 80, 100):
        out = render(description, width)
        for line in out.splitlines():
            longest = max(map(cell_len, line.split()), default=0)
            assert cell_len(line) <= max(width, 13 + longest), line
        assert out.count(name) >= 4
        assert all(label in " ".join(out.split()) for label in labels)
    assert "  clusters " in render(description, 60)


def test_a_corpus_has_a_line_for_each_database(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    config = tmp_path / "few.yaml"
    config.write_text("schema: {tables: 3, rows: {entity: 5, activity: 9}, columns: 2}\n")
    assert run("corpus", "-c", config, "-s", "0:2", "-j", "1", "-o", folder, "-q").code == 0
    generate_to(folder / "db-000007", load_config(config), 7)
    its = json.loads(run("describe", folder, "--json").out)["databases"]
    assert [(one["name"], one["status"]) for one in its] == [
        ("db-000000", "done"),
        ("db-000001", "done"),
        ("db-000007", "unlisted"),
    ]
    for one in its:
        schema = load(folder / one["name"]).schema
        assert one["rows"] == sum(table.rows for table in schema.tables)
        assert (one["tables"], one["layout"]) == (len(schema.tables), schema.layout)
    out = run("describe", folder).out
    assert out.startswith(f"{folder}: 3 databases, 0 failed\n")
    assert {"db-000000", "db-000007", "unlisted"} <= set(out.split())


@pytest.mark.parametrize("arguments", [(), ("a",), ("a.kind",), ("--causal",)])
def test_values_do_not_act_on_the_terminal(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    evil = "[bold]x[/bold] <b>:tea:"
    raw = {
        "schema": {"layout": "explicit", "columns": 0},
        "tables": {
            "a": {"rows": 9, "columns": {"kind": {"lens": "category", "values": [evil, "b"]}}}
        },
    }
    folder = tmp_path / "db"
    generate_to(folder, parse_config(raw), 1)
    values = pl.Series("kind", [evil, "\x1b[31mtold\u202e\u2028\n\r\x07 otherwise"] * 4 + ["b"])
    path = folder / "a.parquet"
    pl.read_parquet(path).with_columns(values).write_parquet(path)  # as by somebody else
    for width in (50, 150):
        monkeypatch.setenv("COLUMNS", str(width))
        out = run("describe", folder, *arguments).out
        assert all(character.isprintable() for character in out.replace("\n", ""))
        assert "--causal" in arguments or {"told", *evil.split()} <= set(
            re.split(r"\s|\\x1b\[31m|\\u", out)
        )
